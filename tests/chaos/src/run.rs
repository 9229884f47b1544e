//! Plays one schedule: people write while things go wrong, then it is calm, and everything must come right.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::future::try_join_all;
use tempfile::TempDir;
use tokio::time::{Instant, sleep, sleep_until};
use wardline_interop::TestClient;

use crate::archive::{self, ReadError};
use crate::check::{Difference, Fate, OPENING, Rules, Truth, Verdict, Written, Wrong, judge};
use crate::device::{Device, DeviceError};
use crate::schedule::{Act, DEVICES, Downfall, Outage, Schedule, Start, To, Told};
use crate::stage::{Cast, Ground, StageError};
use crate::talk::{Order, Place, Report, Thread};
use crate::tally::Tally;

/// How long it may take after the last fault until everything is right. It only bounds a failure.
const PATIENCE: Duration = Duration::from_secs(90);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(700);
/// For so long everything must stay right: longer than an engine waits before it asks once more for the end of an archive,
/// after which it sends again what it believes not to have arrived.
const STAYS: Duration = Duration::from_millis(4_500);
/// The devices that read everything at the end; bob's other one is to hear of it.
const READERS: [usize; 3] = [0, 1, 3];

/// Why a schedule could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The server or the accounts.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// A device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The archives.
    #[error(transparent)]
    Archive(#[from] ReadError),
    /// A folder or file of ours.
    #[error("file error: {0}")]
    Io(#[from] std::io::Error),
}

/// How a schedule ended.
#[derive(Debug)]
pub struct Played {
    /// What happened.
    pub tally: Tally,
    /// What was wrong: seed, differences, and what the lines did.
    pub failure: Option<String>,
}

/// A schedule being played.
struct Play {
    schedule: Schedule,
    ground: Ground,
    cast: Cast,
    devices: Vec<Device>,
    readers: Vec<TestClient>,
    /// What the devices showed when they were last looked at.
    shown: Vec<Report>,
    tally: Tally,
}

/// Plays the schedule of `seed` on `ground`, or on a server of its own where the server goes down. `program` is this
/// package's binary. What a failed schedule leaves is kept.
pub async fn play(seed: u64, ground: &Ground, program: &Path) -> Played {
    match set_up(seed, ground, program).await {
        Ok((play, folder)) => play.through(folder).await,
        Err(error) => Played {
            tally: Tally {
                schedules: 1,
                failed: 1,
                ..Tally::default()
            },
            failure: Some(format!("schedule {seed} could not be set up: {error}")),
        },
    }
}

async fn set_up(seed: u64, ground: &Ground, program: &Path) -> Result<(Play, TempDir), PlayError> {
    let schedule = Schedule::of(seed, ground.abilities());
    let ground = match schedule.outage {
        Some(_) => ground.another().await?,
        None => ground.clone(),
    };
    let folder = tempfile::Builder::new()
        .prefix(&format!("wardline-chaos-{seed}-"))
        .tempdir()?;
    let cast = Cast::gather(&ground).await?;
    let mut devices = Vec::new();
    for index in 0..DEVICES.len() {
        devices.push(Device::start(index, program, folder.path(), ground.endpoint(), seed ^ index as u64).await?);
    }
    let play = Play {
        schedule,
        ground,
        cast,
        devices,
        readers: Vec::new(),
        shown: Vec::new(),
        tally: Tally {
            schedules: 1,
            ..Tally::default()
        },
    };
    Ok((play, folder))
}

impl Play {
    async fn through(mut self, folder: TempDir) -> Played {
        let played = self.acts().await;
        let wrong = match played {
            Ok(differences) if differences.is_empty() => None,
            Ok(differences) => {
                self.tally.count_differences(&differences);
                let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
                Some(lines.join("\n"))
            }
            Err(error) => Some(error.to_string()),
        };
        for device in &self.devices {
            self.tally.count_faults(&device.line.journal());
            self.tally
                .count_sessions(&std::fs::read_to_string(device.log()).unwrap_or_default());
            let taken = device.written.iter().filter(|written| written.fate == Fate::Accepted);
            self.tally.taken += taken.count();
        }
        self.tally.kills = self.schedule.kills();
        if let Some(outage) = self.schedule.outage {
            self.tally.count_outage(outage.how);
        }
        let failure = wrong.map(|wrong| {
            self.tally.failed = 1;
            let kept = folder.keep();
            let text = self.describe(&wrong, &kept);
            // The text is printed too.
            let _written = std::fs::write(kept.join("result.txt"), &text);
            text
        });
        Played {
            tally: self.tally,
            failure,
        }
    }

    fn describe(&self, wrong: &str, kept: &Path) -> String {
        let Schedule {
            seed,
            start,
            outage,
            told,
            acts,
            ..
        } = &self.schedule;
        let mut text = format!(
            "schedule {seed} went wrong:\n{wrong}\n\nstart {start:?}, outage {outage:?}, told {told:?}\nlogs and profiles are in {}\n",
            kept.display()
        );
        // Writing to a string does not fail.
        for (device, report) in self.devices.iter().zip(&self.shown) {
            let _ = writeln!(text, "\n{} shows:", device.name());
            for thread in &report.threads {
                let texts: Vec<&str> = thread.messages.iter().map(|shown| shown.text.as_str()).collect();
                let _ = writeln!(
                    text,
                    "  {}, {} unread: {}",
                    thread.name,
                    thread.unread,
                    texts.join(", ")
                );
            }
        }
        for device in &self.devices {
            let _ = writeln!(text, "\nthe line of {}:", device.name());
            for note in device.line.journal() {
                let _ = writeln!(text, "{note}");
            }
        }
        let _ = writeln!(text, "\nacts:");
        for (at, act) in acts {
            let _ = writeln!(text, "{:>7} ms  {act:?}", at.as_millis());
        }
        text
    }

    async fn acts(&mut self) -> Result<Vec<Difference>, PlayError> {
        self.sign_in().await?;
        let began = Instant::now();
        self.storm().await?;
        let calm = self.come_right().await?;
        let mut differences = calm.differences;
        self.tally.dropped_by_server = calm.dropped_by_server;
        if differences.is_empty() {
            differences = self.read_everything().await?;
        }
        self.tally.time = began.elapsed();
        Ok(differences)
    }

    async fn sign_in(&mut self) -> Result<(), PlayError> {
        let at_once = self.schedule.start == Start::AtOnce;
        let plans = self.schedule.lines.clone();
        for ((device, (_, owner)), plan) in self.devices.iter_mut().zip(DEVICES).zip(plans) {
            if let Some(account) = self.cast.accounts.get(owner) {
                device.sign_in(self.ground.endpoint(), account).await?;
            }
            if at_once {
                device.line.begin(plan);
            }
        }
        if at_once { Ok(()) } else { self.settle().await }
    }

    /// Everybody is caught up and has read the first words in the team chat.
    async fn settle(&mut self) -> Result<(), PlayError> {
        let rooms = self.cast.room.is_some();
        let ready = |report: &Report| report.online && (!rooms || report.threads.iter().any(|thread| thread.team));
        self.until(ready).await?;
        if !rooms {
            return Ok(());
        }
        if let Some(alice) = self.devices.first_mut() {
            alice.write(To::Room, Place::Room, OPENING.to_owned()).await?;
        }
        let heard = |report: &Report| {
            let mut team = report.threads.iter().filter(|thread| thread.team);
            team.any(|thread| thread.messages.iter().any(|shown| shown.text == OPENING))
        };
        self.until(heard).await?;
        for device in &mut self.devices {
            device.read_all().await?;
        }
        Ok(())
    }

    /// Waits until every device shows what it should. Patience only bounds a failure, which the checks at the end then name.
    async fn until(&mut self, right: impl Fn(&Report) -> bool) -> Result<(), PlayError> {
        let patience = Instant::now() + PATIENCE;
        while Instant::now() < patience {
            let reports = self.reports().await?;
            if reports.iter().all(&right) {
                break;
            }
            sleep(LOOK / 4).await;
        }
        Ok(())
    }

    /// People write while everything goes wrong; then it is calm.
    async fn storm(&mut self) -> Result<(), PlayError> {
        if self.schedule.start == Start::Settled {
            let plans = self.schedule.lines.clone();
            for (device, plan) in self.devices.iter_mut().zip(plans) {
                device.line.begin(plan);
            }
        }
        let (ground, outage) = (self.ground.clone(), self.schedule.outage);
        let (acted, went) = tokio::join!(self.act(), go_down(&ground, outage));
        acted?;
        went?;
        for device in &mut self.devices {
            device.line.calm();
            if self.schedule.told == Told::Yes {
                device.tell(&Order::Wake).await?;
            }
        }
        Ok(())
    }

    async fn act(&mut self) -> Result<(), PlayError> {
        let began = Instant::now();
        for (at, act) in self.schedule.acts.clone() {
            sleep_until(began + at).await;
            match act {
                Act::Write { device, to, count } => self.write(device, to, count).await?,
                Act::Open { device, place } => {
                    let place = self.place(place);
                    self.tell(device, &Order::Open(place)).await?;
                }
                Act::Wake { device } => self.tell(device, &Order::Wake).await?,
                Act::Kill {
                    device,
                    to,
                    count,
                    after,
                } => {
                    self.write(device, to, count).await?;
                    sleep(after).await;
                    if let Some(device) = self.devices.get_mut(device) {
                        device.kill().await;
                    }
                }
                Act::Restart { device } => {
                    if let Some(device) = self.devices.get_mut(device) {
                        device.wake()?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn tell(&mut self, device: usize, order: &Order) -> Result<(), PlayError> {
        if let Some(device) = self.devices.get_mut(device).filter(|device| device.is_awake()) {
            device.tell(order).await?;
        }
        Ok(())
    }

    async fn write(&mut self, device: usize, to: To, count: usize) -> Result<(), PlayError> {
        let place = self.place(to);
        if let Some(device) = self.devices.get_mut(device).filter(|device| device.is_awake()) {
            for _ in 0..count {
                let text = format!("{} {}", device.name(), device.written.len() + 1);
                device.write(to, place.clone(), text).await?;
            }
        }
        Ok(())
    }

    fn place(&self, to: To) -> Place {
        match to {
            To::Person(person) => {
                let account = self.cast.accounts.get(person);
                Place::Person(account.map(|account| account.address.clone()).unwrap_or_default())
            }
            To::Room => Place::Room,
        }
    }

    /// Looks until everything is right and stays so, or patience ends.
    async fn come_right(&mut self) -> Result<Verdict, PlayError> {
        for account in &self.cast.accounts {
            self.readers
                .push(archive::reader(self.ground.endpoint(), account).await?);
        }
        let patience = Instant::now() + PATIENCE;
        let mut right_since: Option<Instant> = None;
        loop {
            let verdict = self.look().await?;
            let now = Instant::now();
            if verdict.differences.is_empty() {
                let since = *right_since.get_or_insert(now);
                if now >= since + STAYS {
                    return Ok(verdict);
                }
            } else {
                right_since = None;
                if now >= patience {
                    return Ok(verdict);
                }
            }
            sleep(LOOK).await;
        }
    }

    async fn reports(&mut self) -> Result<Vec<Report>, PlayError> {
        self.shown = try_join_all(self.devices.iter_mut().map(Device::report)).await?;
        Ok(self.shown.clone())
    }

    async fn look(&mut self) -> Result<Verdict, PlayError> {
        // The archives first: what comes meanwhile may be shown already, and the next look finds both.
        let truth = self.truth().await?;
        let reports = self.reports().await?;
        self.tally.archived_twice =
            truth.talks.values().map(|transcript| transcript.copies).sum::<usize>() + truth.room.copies;
        let written: Vec<Written> = self.devices.iter().flat_map(|device| device.written.clone()).collect();
        let rules = Rules {
            start: self.schedule.start,
            outage: self.schedule.outage.map(|outage| outage.how),
        };
        Ok(judge(&truth, &reports, &written, &self.cast.names(), rules))
    }

    async fn truth(&self) -> Result<Truth, PlayError> {
        let mut truth = Truth::default();
        for (owner, reader) in self.readers.iter().enumerate() {
            for (with, account) in self.cast.accounts.iter().enumerate().filter(|(with, _)| *with != owner) {
                let transcript = archive::with_person(reader, &account.address).await?;
                truth.talks.insert((owner, with), transcript);
            }
        }
        if let (Some(room), Some(reader)) = (&self.cast.room, self.readers.first()) {
            truth.room = archive::of_room(reader, room).await?;
        }
        Ok(truth)
    }

    /// One device of each person reads everything: nothing is unread any more on any.
    async fn read_everything(&mut self) -> Result<Vec<Difference>, PlayError> {
        for reader in READERS {
            if let Some(device) = self.devices.get_mut(reader) {
                device.read_all().await?;
            }
        }
        let patience = Instant::now() + PATIENCE / 3;
        loop {
            let reports = self.reports().await?;
            let mut differences = Vec::new();
            for (device, report) in self.devices.iter().zip(&reports) {
                // Where the last word is one's own, nothing is to be read on the device that wrote it, and no other is told.
                let answered = |thread: &&Thread| thread.messages.last().is_some_and(|last| last.own);
                for thread in report
                    .threads
                    .iter()
                    .filter(|thread| thread.unread > 0 && !answered(thread))
                {
                    differences.push(Difference {
                        wrong: Wrong::Unread,
                        count: usize::try_from(thread.unread).unwrap_or(usize::MAX),
                        what: format!(
                            "{}: {} unread with {} after all was read",
                            device.name(),
                            thread.unread,
                            thread.name
                        ),
                    });
                }
            }
            if differences.is_empty() || Instant::now() >= patience {
                return Ok(differences);
            }
            sleep(LOOK).await;
        }
    }
}

async fn go_down(ground: &Ground, outage: Option<Outage>) -> Result<(), StageError> {
    let Some(outage) = outage else { return Ok(()) };
    sleep(outage.at).await;
    match outage.how {
        Downfall::Stop => ground.stop().await,
        Downfall::Kill => ground.kill().await,
    }
    sleep(outage.away).await;
    ground.start_again().await
}

/// Where the descriptions of servers are.
#[must_use]
pub fn description(server: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    match server {
        "prosody" | "ejabberd" => root.join("tests/servers").join(format!("{server}.toml")),
        file => root.join(file),
    }
}
