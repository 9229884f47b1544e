//! Counts over schedules, and the table of them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use wardline_test_support::fault_proxy::{FaultKind, Happening, Note};

use crate::check::{Difference, Wrong};
use crate::schedule::Downfall;

/// What happened in one schedule or in many.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Schedules.
    pub schedules: usize,
    /// Of these, schedules in which something was wrong.
    pub failed: usize,
    /// How often each kind of fault struck.
    pub faults: BTreeMap<FaultKind, usize>,
    /// Messages that were taken.
    pub taken: usize,
    /// Messages with which something is wrong, by kind.
    pub wrong: BTreeMap<Wrong, usize>,
    /// Stanzas that a server archived twice.
    pub archived_twice: usize,
    /// Messages that a server which went down never brought to their recipient.
    pub dropped_by_server: usize,
    /// Sessions that were resumed.
    pub resumed: usize,
    /// Sessions that were begun.
    pub begun: usize,
    /// Processes that were killed.
    pub kills: usize,
    /// Servers that were stopped.
    pub stops: usize,
    /// Servers that were killed.
    pub crashes: usize,
    /// Time over all schedules, from the first fault until everything was right.
    pub time: Duration,
}

impl Tally {
    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        self.schedules += other.schedules;
        self.failed += other.failed;
        for (kind, count) in &other.faults {
            *self.faults.entry(*kind).or_default() += count;
        }
        for (wrong, count) in &other.wrong {
            *self.wrong.entry(*wrong).or_default() += count;
        }
        self.taken += other.taken;
        self.archived_twice += other.archived_twice;
        self.dropped_by_server += other.dropped_by_server;
        self.resumed += other.resumed;
        self.begun += other.begun;
        self.kills += other.kills;
        self.stops += other.stops;
        self.crashes += other.crashes;
        self.time += other.time;
    }

    /// Counts the faults of a line's journal.
    pub fn count_faults(&mut self, journal: &[Note]) {
        for note in journal {
            if let Happening::Fault(fault) = &note.what {
                *self.faults.entry(fault.kind()).or_default() += 1;
            }
        }
    }

    /// Counts what an app logged about its sessions.
    pub fn count_sessions(&mut self, log: &str) {
        let opened = |how: &str| {
            log.lines()
                .filter(|line| line.contains("session opened") && line.contains(how))
                .count()
        };
        self.resumed += opened("Resumed");
        self.begun += opened("New");
    }

    /// Counts an outage.
    pub fn count_outage(&mut self, how: Downfall) {
        match how {
            Downfall::Stop => self.stops += 1,
            Downfall::Kill => self.crashes += 1,
        }
    }

    /// Counts what is wrong.
    pub fn count_differences(&mut self, differences: &[Difference]) {
        for difference in differences {
            *self.wrong.entry(difference.wrong).or_default() += difference.count;
        }
    }

    /// With how many messages this is wrong.
    #[must_use]
    pub fn of(&self, wrong: Wrong) -> usize {
        self.wrong.get(&wrong).copied().unwrap_or_default()
    }
}

impl fmt::Display for Tally {
    /// A table in Markdown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| What | Count |\n|---|---:|")?;
        writeln!(f, "| Schedules | {} |", self.schedules)?;
        writeln!(f, "| Schedules in which something was wrong | {} |", self.failed)?;
        writeln!(f, "| Messages taken | {} |", self.taken)?;
        for (name, wrong) in [
            ("Lost", Wrong::Lost),
            ("Doubled", Wrong::Doubled),
            ("Misordered", Wrong::Misordered),
            ("Unread count wrong", Wrong::Unread),
        ] {
            writeln!(f, "| {name} | {} |", self.of(wrong))?;
        }
        let main = [Wrong::Lost, Wrong::Doubled, Wrong::Misordered, Wrong::Unread];
        let other: usize = self
            .wrong
            .iter()
            .filter(|(wrong, _)| !main.contains(wrong))
            .map(|(_, count)| count)
            .sum();
        writeln!(f, "| Otherwise wrong | {other} |")?;
        for kind in FaultKind::ALL {
            let struck = self.faults.get(&kind).copied().unwrap_or_default();
            writeln!(f, "| Fault: {kind} | {struck} |")?;
        }
        writeln!(f, "| Apps killed while writing | {} |", self.kills)?;
        writeln!(f, "| Servers stopped and started again | {} |", self.stops)?;
        writeln!(f, "| Servers killed and started again | {} |", self.crashes)?;
        writeln!(f, "| Sessions resumed | {} |", self.resumed)?;
        writeln!(f, "| Sessions begun | {} |", self.begun)?;
        writeln!(
            f,
            "| Stanzas that the server archived twice | {} |",
            self.archived_twice
        )?;
        writeln!(
            f,
            "| Messages that a server which went down did not deliver | {} |",
            self.dropped_by_server
        )?;
        let each = self.time.as_secs_f64() / f64::from(u32::try_from(self.schedules.max(1)).unwrap_or(u32::MAX));
        write!(
            f,
            "| Seconds a schedule, from the first fault until all was right | {each:.1} |"
        )
    }
}
