//! The server's time (mission S3). Everything that is dated is dated by it: an archive's stamp where there is one, and until
//! then an estimate of the server's clock.
//!
//! The estimate is an answer of the server (XEP-0202) plus what a clock that never jumps says has passed since. That clock
//! stands still while the computer sleeps. So this computer's own clock is watched too: when it runs away from the other one,
//! either it was set, or the computer slept. Backwards is never sleep, and ignored. Forwards, the server is asked again, and
//! as long as it cannot be, sleep is believed: it happens every day.
//!
//! Between two runs of the app the difference to this computer's clock is remembered. A clock that shows less than when the
//! difference was measured has been set since, and the difference means nothing any more.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use wardline_store::{Reads, StoreError, Text, WriteTx, messages};

use super::requests::handled;
use super::{Engine, read_pointer};
use crate::setting_keys::SERVER_CLOCK_OFFSET;
use crate::view::Event;
use crate::wall_clock::WallClock;

/// Two clocks that differ by more than this within one look have parted.
const LEAP: i64 = 2_000_000;
/// How often the clocks are compared.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// A correction by less than this is not worth a change of what is shown.
const NOTICEABLE: i64 = 1_000_000;

/// Whether the server can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    Up,
    Down,
}

/// What is known of the server's clock.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// Nothing: it was never asked.
    Nothing,
    /// From an earlier run: how much it is ahead of this computer's.
    Remembered(i64),
    /// It showed that at that instant.
    Answered(i64, Instant),
}

/// As it is kept between two runs.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    /// Server's clock minus this computer's.
    ahead: i64,
    /// What this computer's clock showed then.
    local: i64,
}

/// Whether this computer's clock and the one that never jumps have parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Together,
    Parted,
}

/// An estimate of the server's clock.
#[derive(Debug)]
pub(crate) struct ServerClock {
    wall: WallClock,
    known: Known,
    link: Link,
    /// How far this computer's clock has leapt ahead since the server's last answer.
    leapt: i64,
    looked: (i64, Instant),
}

impl ServerClock {
    pub(super) fn new(wall: WallClock) -> Self {
        let looked = (wall.micros(), Instant::now());
        Self {
            wall,
            known: Known::Nothing,
            link: Link::Down,
            leapt: 0,
            looked,
        }
    }

    /// A clock that remembers the difference of an earlier run.
    pub(super) async fn load(wall: WallClock, tx: &impl Reads) -> Result<Self, StoreError> {
        let mut clock = Self::new(wall);
        let kept = SERVER_CLOCK_OFFSET.get(tx).await?;
        if let Some(kept) = kept.and_then(|kept| serde_json::from_str::<Remembered>(&kept).ok())
            && kept.local <= clock.local()
        {
            clock.known = Known::Remembered(kept.ahead);
        }
        Ok(clock)
    }

    /// The server's time now, Unix microseconds.
    pub(crate) fn now(&self) -> i64 {
        match self.known {
            Known::Nothing => self.local(),
            Known::Remembered(ahead) => self.local().saturating_add(ahead),
            Known::Answered(at, instant) => {
                let slept = match self.link {
                    Link::Up => 0,
                    Link::Down => self.leapt,
                };
                at.saturating_add(micros(instant.elapsed())).saturating_add(slept)
            }
        }
    }

    /// This computer's time, Unix microseconds. Only for what concerns this computer, such as when to try again.
    pub(crate) fn local(&self) -> i64 {
        self.wall.micros()
    }

    pub(super) fn set_link(&mut self, link: Link) {
        self.link = link;
    }

    /// Takes the server's answer to "what time is it" (XEP-0202), which is as old as half the way there and back. By how
    /// much it was known wrongly before.
    pub(super) fn set(&mut self, server: i64, round_trip: Duration) -> i64 {
        let before = self.now();
        self.leapt = 0;
        self.known = Known::Answered(server.saturating_add(micros(round_trip / 2)), Instant::now());
        self.now().saturating_sub(before)
    }

    /// Whether the server should be asked again.
    pub(super) fn is_doubtful(&self) -> bool {
        self.leapt != 0 || !matches!(self.known, Known::Answered(..))
    }

    pub(super) fn next_look(&self) -> Instant {
        self.looked.1 + LOOK_EVERY
    }

    /// Compares the two clocks of this computer.
    pub(super) fn look(&mut self) -> Look {
        let (local, now) = (self.local(), Instant::now());
        let passed = micros(now.saturating_duration_since(self.looked.1));
        let parted = local.saturating_sub(self.looked.0).saturating_sub(passed);
        self.looked = (local, now);
        if parted.abs() < LEAP {
            return Look::Together;
        }
        if parted > 0 {
            self.leapt = self.leapt.saturating_add(parted);
        }
        Look::Parted
    }

    async fn remember(&self, tx: &WriteTx) -> Result<(), StoreError> {
        let local = self.local();
        let ahead = self.now().saturating_sub(local);
        match serde_json::to_string(&Remembered { ahead, local }) {
            Ok(text) => SERVER_CLOCK_OFFSET.set(tx, &Text(text)).await,
            Err(_) => Ok(()),
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl Engine {
    /// Compares the clocks, and asks the server where they have parted.
    pub(super) fn look_at_clock(&mut self) {
        if self.clock.look() == Look::Parted {
            tracing::info!("this computer slept, or its clock was set");
            if self.online() {
                self.request_time();
            }
            self.tell_time();
        }
    }

    /// Asks the server what time it is.
    pub(super) fn request_time(&mut self) {
        self.request(
            |session| async move { session.server_time().await },
            |engine, time| match time {
                Ok(time) => Box::pin(engine.on_time(time.at.0, time.round_trip)),
                Err(error) => {
                    tracing::info!(%error, "server's time not known");
                    handled()
                }
            },
        );
    }

    /// The server has said what time it is. What waits to be sent was dated by what was known before, and is dated anew; its
    /// place in the thread stays.
    pub(super) async fn on_time(&mut self, at: i64, round_trip: Duration) -> Result<(), StoreError> {
        let wrong_by = self.clock.set(at, round_trip);
        let tx = self.begin().await?;
        self.clock.remember(&tx).await?;
        if wrong_by.abs() >= NOTICEABLE {
            for (conversation, message) in messages::redate_waiting(&tx, wrong_by).await? {
                tx.message(conversation, message);
                read_pointer::refresh(&tx, conversation).await?;
            }
        }
        let committed = tx.commit().await?;
        self.tell_time();
        self.publish(committed).await
    }

    fn tell_time(&self) {
        let now = self.clock.now() / 1_000;
        self.events.send(Event::Clock { now });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::time::UNIX_EPOCH;

    use super::*;

    const DAY: i64 = 86_400_000_000;
    const START: i64 = 1_795_000_000_000_000;

    /// This computer's clock in the hands of a test. Real time is paused: it passes only where the test says so.
    #[derive(Clone)]
    struct Desk(Arc<AtomicI64>);

    impl Desk {
        fn new() -> Self {
            Self(Arc::new(AtomicI64::new(START)))
        }

        fn wall(&self) -> WallClock {
            let held = self.0.clone();
            WallClock::new(move || {
                let micros = u64::try_from(held.load(Ordering::Relaxed)).unwrap();
                UNIX_EPOCH + Duration::from_micros(micros)
            })
        }

        fn set_by(&self, by: i64) {
            self.0.fetch_add(by, Ordering::Relaxed);
        }

        async fn pass(&self, seconds: u64) {
            self.set_by(i64::try_from(seconds).unwrap() * 1_000_000);
            tokio::time::advance(Duration::from_secs(seconds)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_computer_three_days_off_shows_the_servers_time() {
        let desk = Desk::new();
        let mut clock = ServerClock::new(desk.wall());
        let off = clock.set(START + 3 * DAY, Duration::from_millis(20));
        assert_eq!((off, clock.now()), (3 * DAY + 10_000, START + 3 * DAY + 10_000));
        desk.pass(60).await;
        assert_eq!(clock.now(), START + 3 * DAY + 60_010_000);
        assert_eq!(clock.look(), Look::Together);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_changes_nothing_that_is_shown() {
        for by in [-3 * DAY, 3 * DAY] {
            let desk = Desk::new();
            let mut clock = ServerClock::new(desk.wall());
            clock.set_link(Link::Up);
            clock.set(START, Duration::ZERO);
            desk.pass(10).await;
            desk.set_by(by);
            assert_eq!(clock.look(), Look::Parted);
            assert_eq!(clock.look(), Look::Together, "said once");
            assert_eq!(clock.now(), START + 10_000_000);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_sleep_without_a_network_the_computers_clock_says_how_long_it_was() {
        let desk = Desk::new();
        let mut clock = ServerClock::new(desk.wall());
        clock.set_link(Link::Up);
        clock.set(START + DAY, Duration::ZERO);
        desk.set_by(8 * 3_600_000_000);
        assert_eq!(clock.look(), Look::Parted);
        assert!(clock.is_doubtful());
        clock.set_link(Link::Down);
        assert_eq!(clock.now(), START + DAY + 8 * 3_600_000_000);
        // The server has the last word.
        clock.set_link(Link::Up);
        clock.set(START + 2 * DAY, Duration::ZERO);
        clock.set_link(Link::Down);
        assert_eq!(clock.now(), START + 2 * DAY);
        assert!(!clock.is_doubtful());
    }

    #[tokio::test]
    async fn a_difference_is_remembered_unless_the_clock_was_set_back_since() {
        let folder = tempfile::TempDir::new().unwrap();
        let key = wardline_store::DatabaseKey::new([7; 32]);
        let store = wardline_store::Store::open(&folder.path().join("db"), &key)
            .await
            .unwrap()
            .store;
        let desk = Desk::new();
        let mut clock = ServerClock::new(desk.wall());
        clock.set(START + 3 * DAY, Duration::ZERO);
        let tx = store.begin().await.unwrap();
        clock.remember(&tx).await.unwrap();
        tx.commit().await.unwrap();

        desk.set_by(3_600_000_000);
        let tx = store.read().await.unwrap();
        let again = ServerClock::load(desk.wall(), &tx).await.unwrap();
        // What passed between asking and noting counts, in real time here.
        let near = |at: i64| at..at + 60_000_000;
        assert!(near(START + 3 * DAY + 3_600_000_000).contains(&again.now()));
        desk.set_by(-2 * DAY);
        let set_back = ServerClock::load(desk.wall(), &tx).await.unwrap();
        assert_eq!(set_back.now(), START + 3_600_000_000 - 2 * DAY);
    }
}
