//! What is said of a panic: where, and what only if the text is a literal of the program.
//!
//! A formatted message may hold anything that was at hand, such as the text that could not be sliced or the value that
//! was not expected; none of it is written, neither to the log nor to the terminal.

use std::io::Write;
use std::panic::{self, PanicHookInfo};

/// Takes the place of the standard hook, which writes the whole message to the terminal.
pub(crate) fn install() {
    panic::set_hook(Box::new(|info| {
        let told = Told::of(info);
        tracing::error!(file = told.file, line = told.line, literal = told.literal, "panic");
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
