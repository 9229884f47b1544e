//! Runs commands with their output in a log file, so that a screen shows what happened and a file shows why.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use wardline_test_support::process::tail_of;

use crate::failure::Failure;
use crate::places;

/// Runs `command`, its output in `target/xtask/<name>.log`; the output. Nothing is read from the terminal.
pub(crate) fn logged(name: &str, command: &mut Command) -> Result<String, Failure> {
    fs::create_dir_all(places::logs())?;
    let log = places::logs().join(format!("{name}.log"));
    let file = File::create(&log)?;
    let program = command.get_program().to_string_lossy().into_owned();
    if command.get_current_dir().is_none() {
        command.current_dir(places::root());
    }
    let status = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()
        .map_err(|source| Failure::Missing { program, source })?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&fs::read(&log)?).into_owned());
    }
    let tail = tail_of(&log);
    Err(Failure::Command {
        name: name.to_owned(),
        status: status.to_string(),
        log,
        tail,
    })
}

/// Runs `command` on the terminal of whoever asked.
pub(crate) fn shown(command: &mut Command) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.current_dir(places::root()).stdin(Stdio::null()).status();
    let status = status.map_err(|source| Failure::Missing { program, source })?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Wrong("Something went wrong; see above.".to_owned()))
    }
}

/// Whether `program` runs at all with these arguments.
pub(crate) fn works(program: &str, arguments: &[&str]) -> bool {
    let quiet = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok_and(|status| status.success())
}

/// `cargo`, the one that runs this task.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
