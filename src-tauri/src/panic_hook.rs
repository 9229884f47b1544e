//! What is said of a panic: where, and what only if the text is a literal of the program.
//!
//! A formatted message may hold anything that was at hand, such as the text that could not be sliced or the value that
//! was not expected; none of it is written, neither to the log nor to the terminal.

use std::cell::Cell;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

thread_local! {
    /// A panic of this thread is somebody's to put into words.
    static IS_CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; `None` if it panicked. Of that the log has the place, and the terminal nothing: the caller says what it means. For
/// libraries that know no other answer, as the window system's where there is no screen.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    IS_CONTAINED.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CONTAINED.set(false);
    done.ok()
}

/// Takes the place of the standard hook, which writes the whole message to the terminal.
pub(crate) fn install() {
    panic::set_hook(Box::new(|info| {
        let told = Told::of(info);
        tracing::error!(file = told.file, line = told.line, literal = told.literal, "panic");
        if IS_CONTAINED.get() {
            return;
        }
        // Nobody may be reading; there is nowhere else to say it.
        let _unread = writeln!(
            std::io::stderr(),
            "panic at {}:{} {}",
            told.file,
            told.line,
            told.literal
        );
    }));
}

struct Told<'a> {
    file: &'a str,
    line: u32,
    literal: &'static str,
}

impl<'a> Told<'a> {
    fn of(info: &'a PanicHookInfo<'_>) -> Self {
        let (file, line) = info
            .location()
            .map_or(("", 0), |location| (location.file(), location.line()));
        let literal = info
            .payload()
            .downcast_ref::<&'static str>()
            .copied()
            .unwrap_or_default();
        Self { file, line, literal }
    }
}
