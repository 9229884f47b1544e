//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt as _};

/// The help text.
pub(crate) const USAGE: &str = "\
wardline-stage demo [--shots DIR [--exit]] [--server HOST[:PORT] --user ADDRESS]
    shows the app on a server with the sample hospital, or on a running server
wardline-stage bench start|live|team
    measures the app in its window
wardline-stage desktop [--keep-home] -- PROGRAM [ARGUMENT]…
    runs a program on a virtual desktop, and ends with its exit status
The app is taken from the folder of this program, tauri-driver from WARDLINE_TAURI_DRIVER or the path.";

/// A running server, and the person who signs in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visit {
    /// `host` or `host:port`.
    pub(crate) server: String,
    /// The address to sign in with.
    pub(crate) user: String,
}

/// The options of `demo`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DemoOptions {
    /// A running server in place of the sample hospital.
    pub(crate) visit: Option<Visit>,
    /// Take pictures into this folder, on a virtual desktop.
    pub(crate) shots: Option<PathBuf>,
    /// End when the pictures are taken.
    pub(crate) exit: bool,
}

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bench {
    /// From starting the app to the whole chat list.
    Start,
    /// From a colleague's sending to the screen.
    Live,
    /// A large team in which much is said.
    Team,
}

/// A program that runs on a virtual desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guest {
    /// The program and its arguments.
    pub(crate) line: Vec<OsString>,
    /// Whether the program keeps the caller's home and the folders that hang on it.
    pub(crate) keeps_home: bool,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Task {
    Demo(DemoOptions),
    Bench(Bench),
    Desktop(Guest),
    Help,
}

impl Task {
    /// Reads the words after the program's name; the error is a sentence.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut words = Parser::from_args(words);
        match words.next().map_err(said)? {
            Some(Arg::Long("help") | Arg::Short('h')) => Ok(Self::Help),
            Some(Arg::Value(task)) => match task.to_str() {
                Some("demo") => demo(words),
                Some("bench") => bench(words),
                Some("desktop") => desktop(words),
                _ => Err(format!("There is no task called {}.", task.display())),
            },
            Some(other) => Err(unknown(&other)),
            None => Err("Which task?".to_owned()),
        }
    }
}

fn demo(mut words: Parser) -> Result<Task, String> {
    let (mut options, mut server, mut user) = (DemoOptions::default(), None, None);
    while let Some(word) = words.next().map_err(said)? {
        match word {
            Arg::Long("shots") => options.shots = Some(PathBuf::from(words.value().map_err(said)?)),
            Arg::Long("exit") => options.exit = true,
            Arg::Long("server") => server = Some(text(&mut words)?),
            Arg::Long("user") => user = Some(text(&mut words)?),
            Arg::Long("help") | Arg::Short('h') => return Ok(Task::Help),
            other => return Err(unknown(&other)),
        }
    }
    options.visit = match (server, user) {
        (Some(server), Some(user)) => Some(Visit { server, user }),
        (None, None) => None,
        _ => return Err("--server and --user belong together.".to_owned()),
    };
    Ok(Task::Demo(options))
}

fn bench(mut words: Parser) -> Result<Task, String> {
    let name = words.value().ok();
    match name.as_deref().and_then(OsStr::to_str) {
        Some("start") => Ok(Task::Bench(Bench::Start)),
        Some("live") => Ok(Task::Bench(Bench::Live)),
        Some("team") => Ok(Task::Bench(Bench::Team)),
        Some("--help" | "-h") => Ok(Task::Help),
        _ => Err("Which bench? There are start, live, team.".to_owned()),
    }
}

fn desktop(mut words: Parser) -> Result<Task, String> {
    let mut keeps_home = false;
    while let Some(word) = words.next().map_err(said)? {
        match word {
            Arg::Long("keep-home") => keeps_home = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(Task::Help),
            // The program; all that follows is its own.
            Arg::Value(program) => {
                let rest = words.raw_args().map_err(said)?;
                let line = std::iter::once(program).chain(rest).collect();
                return Ok(Task::Desktop(Guest { line, keeps_home }));
            }
            other => return Err(unknown(&other)),
        }
    }
    Err("Which program?".to_owned())
}

fn text(words: &mut Parser) -> Result<String, String> {
    words.value().and_then(|word| word.string()).map_err(said)
}

fn unknown(word: &Arg<'_>) -> String {
    match word {
        Arg::Long(name) => format!("--{name} is not known here."),
        Arg::Short(letter) => format!("-{letter} is not known here."),
        Arg::Value(word) => format!("{} is not known here.", word.display()),
    }
}

/// An error of the parser, as a sentence.
fn said(error: lexopt::Error) -> String {
    match error {
        lexopt::Error::MissingValue { option: Some(option) } => format!("{option} needs a value."),
        lexopt::Error::UnexpectedValue { option, .. } => format!("{option} takes no value."),
        other => format!("The command line cannot be read: {other}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Task, String> {
        Task::read(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_guest_keeps_its_own_options() {
        let asked = read("desktop --keep-home -- cargo nextest run --help").unwrap();
        let line = ["cargo", "nextest", "run", "--help"].map(OsString::from).to_vec();
        assert_eq!(asked, Task::Desktop(Guest { line, keeps_home: true }));
        assert_eq!(read("desktop --keep-home").unwrap_err(), "Which program?");
        assert_eq!(read("desktop --size 3").unwrap_err(), "--size is not known here.");
    }

    #[test]
    fn a_demo_on_a_running_server_needs_both_names() {
        assert!(read("demo --server chat.example --user me@chat.example --exit").is_ok());
        assert!(read("demo --server chat.example").is_err());
        assert_eq!(read("demo --shots").unwrap_err(), "--shots needs a value.");
    }

    #[test]
    fn a_bench_is_known_by_its_name() {
        assert_eq!(read("bench live").unwrap(), Task::Bench(Bench::Live));
        assert!(read("bench").is_err());
        assert!(read("bench sync").is_err());
    }
}
