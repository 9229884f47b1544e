//! Counts the processor time and memory of a group of processes on Linux.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::failure::Failure;

/// Clock ticks of the kernel per second, as it tells them to programs (`USER_HZ`); the same on every Linux that the app runs on.
const TICKS: f64 = 100.0;

/// Taken so far, or in a stretch of time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usage {
    ticks: f64,
    /// Of one processor, in percent.
    pub(super) processor: f64,
    /// Memory, each page that processes share counted once.
    pub(super) megabytes: u64,
}

impl Usage {
    /// Counts all that the processes of a group have taken until now.
    pub(super) fn now(group: u32) -> Result<Self, Failure> {
        let mut usage = Self::default();
        for entry in fs::read_dir("/proc")? {
            let process = entry?.path();
            if let Some(ticks) = ticks_of(&process, group) {
                usage.ticks += ticks;
                usage.megabytes += kilobytes_of(&process) / 1_024;
            }
        }
        Ok(usage)
    }

    /// The part that was taken in the stretch of time since `before`.
    pub(super) fn since(self, before: &Self, elapsed: Duration) -> Self {
        let seconds = (self.ticks - before.ticks) / TICKS;
        Self {
            processor: 100.0 * seconds / elapsed.as_secs_f64().max(0.001),
            ..self
        }
    }
}

/// Processor time of a process, if it is of that group (proc(5), `stat`).
fn ticks_of(process: &Path, group: u32) -> Option<f64> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    // The name, in brackets, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<f64>().ok();
    let of_group = fields.get(2)?.parse::<u32>().ok()? == group;
    of_group.then_some(number(11)? + number(12)?)
}

fn kilobytes_of(process: &Path) -> u64 {
    let rollup = fs::read_to_string(process.join("smaps_rollup")).unwrap_or_default();
    let proportional = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let number = proportional.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}
