//! Processor time and memory of this process.

use std::fs;
use std::time::Duration;

/// Processor time of all threads of this process so far.
pub(crate) fn processor() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(spent.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(spent.tv_nsec).unwrap_or_default())
}

/// Lets the highest use of memory be counted from now on, where the system can do that.
pub(crate) fn forget_peak() {
    // Elsewhere the peak of the process counts, which is no less.
    let _not_here = fs::write("/proc/self/clear_refs", "5");
}

/// Memory of this process that lies in RAM, in bytes: now, and at most so far. Zero where the system does not say.
pub(crate) fn memory() -> (u64, u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
        number.unwrap_or_default() * 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}
