//! Runs commands with their output in a log file, so that a screen shows what happened and a file shows why.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

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
    let status = unbound(command)
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

/// Runs `command` with its output on the terminal.
pub(crate) fn shown(command: &mut Command) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = unbound(command)
        .current_dir(places::root())
        .stdin(Stdio::null())
        .status();
    let status = status.map_err(|source| Failure::Missing { program, source })?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Wrong("Something went wrong; see above.".to_owned()))
    }
}

/// Lets `command` take the place of this process, so that Ctrl+C, the terminal and the exit status are the command's own.
#[cfg(unix)]
pub(crate) fn handed_over(command: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;
    let program = command.get_program().to_string_lossy().into_owned();
    // Comes back only if the program could not be started.
    let source = command.exec();
    Err(Failure::Missing { program, source })
}

/// Runs `command` on the terminal, and ends with its status.
#[cfg(not(unix))]
pub(crate) fn handed_over(command: &mut Command) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .map_err(|source| Failure::Missing { program, source })?;
    std::process::exit(status.code().unwrap_or(1))
}

/// Takes away the variables by which `cargo run` describes this package. Build scripts of dependencies look at them, too, and would
/// run anew each time that cargo is called by hand after a task, or the other way round.
fn unbound(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(describes_a_package) {
            command.env_remove(name);
        }
    }
    command
}

fn describes_a_package(variable: &str) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_"]
        .iter()
        .any(|beginning| variable.starts_with(beginning))
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

/// `cargo`, the same that runs this task.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// How many lines of a log a failure shows.
const TAIL: usize = 25;

/// The last lines of a log.
fn tail_of(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default();
    last.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_hears_nothing_of_this_package_and_keeps_what_the_caller_set() {
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION_MAJOR"] {
            assert!(describes_a_package(name), "{name}");
        }
        for name in [
            "CARGO",
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_NET_OFFLINE",
            "RUSTFLAGS",
        ] {
            assert!(!describes_a_package(name), "{name}");
        }
    }
}
