//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt as _};

use crate::help::{self, Topic};

/// Whether system packages may be installed without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// `--yes` was given.
    Given,
    /// Ask, unless running as root.
    Ask,
}

/// Whether `types` writes or compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypesMode {
    /// Write the interface's types.
    Write,
    /// Fail if those checked in are stale.
    Check,
}

/// The options of `demo`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DemoOptions {
    /// A running server, `host` or `host:port`, in place of the sample hospital.
    pub(crate) server: Option<String>,
    /// The address to sign in with there.
    pub(crate) user: Option<String>,
    /// Write screenshots to this folder and use no display.
    pub(crate) shots: Option<PathBuf>,
    /// End when the screenshots are taken.
    pub(crate) exit: bool,
    /// Build with optimisation.
    pub(crate) release: bool,
}

/// The options of `chaos`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChaosOptions {
    /// `prosody`, `ejabberd`, or the file that describes a server.
    pub(crate) server: String,
    /// How many schedules.
    pub(crate) schedules: u64,
    /// The seed of the first one; the others follow.
    pub(crate) seed: u64,
    /// How many are played at a time.
    pub(crate) parallel: u64,
}

impl Default for ChaosOptions {
    fn default() -> Self {
        Self {
            server: "prosody".to_owned(),
            schedules: 20,
            seed: 1,
            parallel: 3,
        }
    }
}

/// A measurement, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bench {
    /// Of the app in its window; `tests/stage` has it.
    Window(&'static str),
    /// Of the SDK alone; `tests/bench` has it.
    Archive(&'static str),
}

/// The benches of `tests/stage`.
const WINDOW: [&str; 3] = ["start", "live", "team"];

/// The benches of `tests/bench`.
const ARCHIVE: [&str; 7] = ["sync", "away", "ingest", "open", "reconnect", "inbox", "list"];

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Task {
    Demo(DemoOptions),
    Test(Vec<String>),
    Bench(Bench),
    Chaos(ChaosOptions),
    /// For how many minutes to each target.
    Fuzz(u64),
    Mutants(Vec<String>),
    Bundle,
    Types(TypesMode),
    Icons,
    /// Show the page of a task, or the list of all.
    Help(Option<&'static Topic>),
}

/// The whole command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) task: Task,
    pub(crate) consent: Consent,
}

/// A command line that cannot be obeyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The reason, a sentence.
    pub(crate) reason: String,
    /// The forms that would be obeyed: those of the task, or the list of tasks where none is known.
    pub(crate) usage: String,
}

impl Arguments {
    /// Reads the words after `cargo xtask`.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, Refusal> {
        let words: Vec<OsString> = words.into_iter().collect();
        if let Some(topic) = help_asked(&words) {
            return Ok(Self {
                task: Task::Help(topic),
                consent: Consent::Ask,
            });
        }
        let name = words.first().map(|word| word.to_string_lossy());
        let Some(topic) = name.as_deref().and_then(help::topic) else {
            let reason = name.map_or_else(
                || "Which task?".to_owned(),
                |name| format!("There is no task called {name}."),
            );
            return Err(Refusal {
                reason,
                usage: help::overview(),
            });
        };
        let options = Parser::from_args(words.into_iter().skip(1));
        Self::of_task(topic.name, options).map_err(|reason| Refusal {
            reason,
            usage: topic.usage(),
        })
    }

    fn of_task(name: &str, mut words: Parser) -> Result<Self, String> {
        let mut task = match name {
            "demo" => Task::Demo(DemoOptions::default()),
            "test" => Task::Test(Vec::new()),
            "bench" => Task::Bench(bench(words.value().ok().as_deref())?),
            "chaos" => Task::Chaos(ChaosOptions::default()),
            "fuzz" => Task::Fuzz(5),
            "mutants" => Task::Mutants(Vec::new()),
            "bundle" => Task::Bundle,
            "types" => Task::Types(TypesMode::Write),
            "icons" => Task::Icons,
            other => return Err(format!("There is no task called {other}.")),
        };
        let mut consent = Consent::Ask;
        while let Some(word) = words.next().map_err(said)? {
            match (word, &mut task) {
                (Arg::Long("yes"), _) => consent = Consent::Given,
                (Arg::Long("check"), Task::Types(mode)) => *mode = TypesMode::Check,
                (Arg::Long("only"), Task::Test(only) | Task::Mutants(only)) => only.push(text(&mut words)?),
                (Arg::Long("exit"), Task::Demo(options)) => options.exit = true,
                (Arg::Long("release"), Task::Demo(options)) => options.release = true,
                (Arg::Long("shots"), Task::Demo(options)) => {
                    options.shots = Some(PathBuf::from(words.value().map_err(said)?));
                }
                (Arg::Long("server"), Task::Demo(options)) => options.server = Some(text(&mut words)?),
                (Arg::Long("user"), Task::Demo(options)) => options.user = Some(text(&mut words)?),
                (Arg::Long("server"), Task::Chaos(options)) => options.server = text(&mut words)?,
                (Arg::Long("schedules"), Task::Chaos(options)) => options.schedules = number(&mut words)?,
                (Arg::Long("seed"), Task::Chaos(options)) => options.seed = number(&mut words)?,
                (Arg::Long("parallel"), Task::Chaos(options)) => options.parallel = number(&mut words)?,
                (Arg::Long("minutes"), Task::Fuzz(minutes)) => *minutes = number(&mut words)?.max(1),
                (Arg::Long(name), _) => return Err(format!("--{name} is not known here.")),
                (Arg::Short(letter), _) => return Err(format!("-{letter} is not known here.")),
                (Arg::Value(word), _) => return Err(format!("{} is not known here.", word.display())),
            }
        }
        if let Task::Demo(options) = &task
            && options.server.is_some() != options.user.is_some()
        {
            return Err("--server and --user belong together.".to_owned());
        }
        Ok(Self { task, consent })
    }
}

/// The page that is asked for, by `help` in front or by `--help` anywhere; `None` within is the list of tasks.
fn help_asked(words: &[OsString]) -> Option<Option<&'static Topic>> {
    let named = |place: usize| words.get(place).and_then(|word| word.to_str()).and_then(help::topic);
    if words.first().is_some_and(|word| word == "help") {
        return Some(named(1));
    }
    let asks = words.iter().any(|word| word == "--help" || word == "-h");
    asks.then(|| named(0))
}

fn bench(name: Option<&OsStr>) -> Result<Bench, String> {
    let of = |names: &[&'static str]| {
        names
            .iter()
            .copied()
            .find(|known| name.is_some_and(|name| name == *known))
    };
    let window = of(&WINDOW).map(Bench::Window);
    window
        .or_else(|| of(&ARCHIVE).map(Bench::Archive))
        .ok_or_else(|| format!("Which bench? There are {}, {}.", WINDOW.join(", "), ARCHIVE.join(", ")))
}

fn text(words: &mut Parser) -> Result<String, String> {
    words.value().and_then(|word| word.string()).map_err(said)
}

fn number(words: &mut Parser) -> Result<u64, String> {
    let word = text(words)?;
    word.parse().map_err(|_| format!("{word} is no number."))
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
mod tests;
