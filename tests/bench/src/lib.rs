//! What the archive, the store, the chat list and a reconnect cost. `cargo xtask bench` runs it.
//!
//! Each bench prints its number beside a reference of the same run: for what comes from a server, a [bare socket](bare) that pulls
//! the same pages and understands nothing of them; for what goes to the disk, [plain SQLite](plain) with the same rows.
//! What is measured is the SDK as an app uses it, [in a process of its own](desk) where its memory or processor time counts.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

mod away;
mod bare;
mod cost;
pub mod desk;
mod error;
mod filling;
mod held;
mod inbox;
mod ingest;
mod list;
mod open;
mod plain;
mod reconnect;
mod replay;
mod report;
mod sample;
mod served;
mod sync;
mod watched;

pub use error::BenchError;

/// How large a bench is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As documented.
    Full,
    /// A hundredth: it shows that a bench works, and nothing else.
    Small,
}

impl Size {
    /// So many, or a hundredth of them.
    fn of(self, full: usize) -> usize {
        match self {
            Self::Full => full,
            Self::Small => (full / 100).max(4),
        }
    }
}

/// Runs the bench of that name and prints what it measured.
///
/// # Errors
/// [`BenchError::Unknown`] where there is none of that name; otherwise what kept it from measuring, or the proof that what it
/// measured was not complete.
pub async fn run(name: &str, size: Size, program: &std::path::Path) -> Result<(), BenchError> {
    match name {
        "sync" => sync::measure(size, program).await,
        "ingest" => ingest::measure(size).await,
        "open" => open::measure(size).await,
        "reconnect" => reconnect::measure(size).await,
        "inbox" => inbox::measure(size).await,
        "list" => list::measure(size).await,
        "away" => away::measure(size, program).await,
        other => Err(BenchError::Unknown(other.to_owned())),
    }
}
