//! Lines of a result.

use std::time::Duration;

use crate::bare::Pulled;
use crate::desk::Cost;

/// Messages a second.
pub(crate) fn rate(messages: usize, time: Duration) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    let messages = messages as f64;
    messages / time.as_secs_f64().max(f64::EPSILON)
}

/// A line with how long something took and how fast that is.
pub(crate) fn speed(what: &str, messages: usize, time: Duration) {
    println!(
        "{what:<46}{:>9.2} s{:>12.0} messages/s",
        time.as_secs_f64(),
        rate(messages, time)
    );
}

/// The line that compares two rates.
pub(crate) fn ratio(what: &str, ours: f64, reference: f64) {
    println!("{what:<46}{:>9.2}", ours / reference.max(f64::EPSILON));
}

/// A line with processor time.
pub(crate) fn processor(what: &str, time: Duration) {
    println!("{what:<46}{:>9.2} s", time.as_secs_f64());
}

/// A line with memory.
pub(crate) fn memory(what: &str, bytes: u64) {
    println!("{what:<46}{:>9} MB", bytes >> 20);
}

/// All lines of what a client fetched, beside a bare socket that fetched the same pages before and after it.
pub(crate) fn beside_socket(messages: usize, [before, after]: &[Pulled; 2], ours: &Cost) {
    let bare = (before.time + after.time) / 2;
    speed("bare socket, the same pages", messages, bare);
    println!("  {} pages, {} MB", before.pages, before.bytes >> 20);
    speed("client, encrypted store", messages, ours.whole);
    ratio("ratio", rate(messages, ours.whole), rate(messages, bare));
    processor("processor time of the client", ours.processor);
    memory("memory at the start", ours.before);
    memory("memory after everything", ours.after);
    memory("memory at most", ours.most);
}

/// The one in the middle.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
