//! The command line.

use std::path::PathBuf;

/// Whether system packages may be installed without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// `--yes` was given.
    Given,
    /// Ask, unless running as root.
    Ask,
}

/// What to do with the interface's types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypesMode {
    /// Write them.
    Write,
    /// Fail if those checked in are stale.
    Check,
}

/// What `demo` was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DemoOptions {
    /// A server of one's own, `host` or `host:port`, in place of the sample hospital.
    pub(crate) server: Option<String>,
    /// The address to sign in with there.
    pub(crate) user: Option<String>,
    /// Write screenshots to this folder and use no display.
    pub(crate) shots: Option<PathBuf>,
    /// End when everything is on screen.
    pub(crate) exit: bool,
    /// Build with optimisation.
    pub(crate) release: bool,
}

/// What `chaos` was asked for.
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

/// What to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bench {
    /// From starting the app to the whole chat list.
    Start,
    /// From a colleague's sending to the screen.
    Live,
    /// A large team in which much is said.
    Team,
    /// One of `tests/bench`, which need no window.
    Archive(&'static str),
}

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
    /// What there is.
    Help,
}

/// The whole command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) task: Task,
    pub(crate) consent: Consent,
}

impl Arguments {
    /// Reads the words after `cargo xtask`; the error is a sentence.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let words: Vec<String> = words.collect();
        let asks = |word: &String| matches!(word.as_str(), "--help" | "-h");
        if words.first().is_some_and(|word| word == "help") || words.iter().any(asks) {
            return Ok(Self {
                task: Task::Help,
                consent: Consent::Ask,
            });
        }
        let mut words = words.into_iter();
        let mut task = match words.next().as_deref() {
            Some("demo") => Task::Demo(DemoOptions::default()),
            Some("test") => Task::Test(Vec::new()),
            Some("bench") => Task::Bench(bench(words.next().as_deref())?),
            Some("chaos") => Task::Chaos(ChaosOptions::default()),
            Some("fuzz") => Task::Fuzz(5),
            Some("mutants") => Task::Mutants(Vec::new()),
            Some("bundle") => Task::Bundle,
            Some("types") => Task::Types(TypesMode::Write),
            Some("icons") => Task::Icons,
            Some(other) => return Err(format!("There is no task called {other}.")),
            None => return Err("Which task?".to_owned()),
        };
        let mut consent = Consent::Ask;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value."));
            match (word.as_str(), &mut task) {
                ("--yes", _) => consent = Consent::Given,
                ("--check", Task::Types(mode)) => *mode = TypesMode::Check,
                ("--only", Task::Test(only) | Task::Mutants(only)) => only.push(value()?),
                ("--exit", Task::Demo(options)) => options.exit = true,
                ("--release", Task::Demo(options)) => options.release = true,
                ("--shots", Task::Demo(options)) => options.shots = Some(PathBuf::from(value()?)),
                ("--server", Task::Demo(options)) => options.server = Some(value()?),
                ("--user", Task::Demo(options)) => options.user = Some(value()?),
                ("--server", Task::Chaos(options)) => options.server = value()?,
                ("--schedules", Task::Chaos(options)) => options.schedules = number(&value()?)?,
                ("--seed", Task::Chaos(options)) => options.seed = number(&value()?)?,
                ("--parallel", Task::Chaos(options)) => options.parallel = number(&value()?)?,
                ("--minutes", Task::Fuzz(minutes)) => *minutes = number(&value()?)?.max(1),
                _ => return Err(format!("{word} is not known here.")),
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

fn bench(name: Option<&str>) -> Result<Bench, String> {
    match name {
        Some("start") => Ok(Bench::Start),
        Some("live") => Ok(Bench::Live),
        Some("team") => Ok(Bench::Team),
        other => {
            let known = ARCHIVE.into_iter().find(|known| other == Some(known));
            let all = ARCHIVE.join(", ");
            known
                .map(Bench::Archive)
                .ok_or(format!("bench what? There are start, live, team, {all}."))
        }
    }
}

fn number(word: &str) -> Result<u64, String> {
    word.parse().map_err(|_| format!("{word} is no number."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_demo_on_a_server_of_ones_own_needs_both_names() {
        assert!(read("demo --server chat.example --user me@chat.example").is_ok());
        assert!(read("demo --server chat.example").is_err());
    }

    #[test]
    fn help_is_given_wherever_it_is_asked_for() {
        for line in [
            "help",
            "--help",
            "-h",
            "demo --help",
            "demo --exit -h",
            "chaos --seed --help",
        ] {
            assert_eq!(read(line).unwrap().task, Task::Help, "{line}");
        }
        assert!(read("").is_err());
    }

    #[test]
    fn an_option_of_another_task_is_refused() {
        assert!(read("test --shots docs").is_err());
        assert_eq!(read("types --check").unwrap().task, Task::Types(TypesMode::Check));
        assert_eq!(
            read("test --yes --only clippy").unwrap().task,
            Task::Test(vec!["clippy".to_owned()])
        );
    }

    #[test]
    fn a_bench_is_one_that_there_is() {
        assert_eq!(
            read("bench away --yes").unwrap().task,
            Task::Bench(Bench::Archive("away"))
        );
        assert_eq!(read("bench start").unwrap().task, Task::Bench(Bench::Start));
        assert!(read("bench everything").is_err());
        assert!(read("bench").is_err());
    }

    #[test]
    fn a_schedule_of_chaos_is_named_by_its_seed() {
        let asked = read("chaos --server ejabberd --schedules 1 --seed 42").unwrap();
        let Task::Chaos(options) = asked.task else {
            panic!("another task");
        };
        assert_eq!(
            (options.seed, options.schedules, options.server.as_str()),
            (42, 1, "ejabberd")
        );
        assert!(read("chaos --seed x").is_err());
    }
}
