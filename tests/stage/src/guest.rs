//! `wardline-stage desktop`: a program of the caller's choice on a virtual desktop.

use std::process::{ExitCode, ExitStatus};

use tokio::process::Command;
use tokio::signal::ctrl_c;

use crate::arguments::Guest;
use crate::desktop::Desktop;
use crate::failure::Failure;

/// The variables that a program keeps with its home: cargo finds its caches and settings by them.
const HOME: [&str; 4] = ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"];

/// Starts a desktop and runs the program in its environment; the program's exit status.
pub(crate) async fn run(guest: &Guest) -> Result<ExitCode, Failure> {
    let desktop = tokio::select! {
        started = Desktop::start() => started?,
        interrupted = ctrl_c() => {
            interrupted?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut words = guest.line.iter();
    let mut command = Command::new(words.next().cloned().unwrap_or_default());
    let environment = desktop
        .environment()
        .iter()
        .filter(|(name, _)| !guest.keeps_home || !HOME.contains(name));
    command
        .args(words)
        .envs(environment.map(|(name, value)| (name, value)))
        .kill_on_drop(true);
    let mut running = command.spawn().map_err(|source| Failure::Missing {
        program: command.as_std().get_program().to_string_lossy().into_owned(),
        source,
    })?;
    loop {
        tokio::select! {
            ended = running.wait() => return Ok(status(ended?)),
            // The terminal interrupts the program, too, which may need the desktop until its end.
            interrupted = ctrl_c() => interrupted?,
        }
    }
}

/// A program's exit status as this program's own; that of a program which a signal ended is a failure.
fn status(ended: ExitStatus) -> ExitCode {
    let code = ended.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
