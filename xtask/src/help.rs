//! The help texts: a list of the tasks, and a page for each.

/// The page of a task.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Topic {
    /// The task's name on the command line.
    pub(crate) name: &'static str,
    /// Its line in the list of tasks, which is also the first line of its page.
    about: &'static str,
    /// Its forms, without `cargo xtask` before them.
    forms: &'static [&'static str],
    /// Its options and a sentence on each.
    options: &'static [(&'static str, &'static str)],
}

const YES: (&str, &str) = ("--yes", "installs missing system packages without asking");

/// All tasks.
static TOPICS: [Topic; 9] = [
    Topic {
        name: "demo",
        about: "opens the app on a sample hospital, or on a server of your own",
        forms: &["demo [--exit] [--release] [--shots DIR] [--server HOST[:PORT] --user ADDRESS] [--yes]"],
        options: &[
            (
                "--shots DIR",
                "uses a virtual screen and writes pictures of all screens into DIR;",
            ),
            ("", "without a display this happens by itself, into target/demo"),
            ("--exit", "ends once the pictures are taken"),
            ("--release", "builds with optimisation, which takes longer"),
            (
                "--server HOST[:PORT]",
                "connects there in place of a local server with the sample hospital",
            ),
            (
                "--user ADDRESS",
                "signs in there with this address; the password is typed into the app,",
            ),
            ("", "or taken from WARDLINE_DEMO_PASSWORD"),
            YES,
        ],
    },
    Topic {
        name: "test",
        about: "runs every check and test, with a summary",
        forms: &["test [--only STEP]… [--yes]"],
        options: &[
            ("--only STEP", "runs this step only, and others named in the same way"),
            YES,
        ],
    },
    Topic {
        name: "bench",
        about: "measures the app, the archive and the store beside a reference in the same run",
        forms: &[
            "bench start|live|team [--yes]",
            "bench sync|away|ingest|open|reconnect|inbox|list [--yes]",
        ],
        options: &[
            (
                "start",
                "the app: from its start to the whole chat list, beside a bare window",
            ),
            (
                "live",
                "the app: from a colleague's sending to the screen, beside a bare client",
            ),
            (
                "team",
                "the app: a large team in which much is said, beside a window at rest",
            ),
            (
                "sync … list",
                "the archive, the store, the chat list and a reconnect, without a window",
            ),
            YES,
        ],
    },
    Topic {
        name: "chaos",
        about: "plays clients on a bad network against a server that goes down",
        forms: &["chaos [--server prosody|ejabberd|FILE] [--schedules N] [--seed S] [--parallel P] [--yes]"],
        options: &[
            (
                "--server NAME",
                "prosody (the default), ejabberd, or the file that describes a server",
            ),
            ("--schedules N", "how many schedules are played (20)"),
            ("--seed S", "the seed of the first schedule; the others follow (1)"),
            ("--parallel P", "how many are played at a time (3)"),
            YES,
        ],
    },
    Topic {
        name: "fuzz",
        about: "feeds random bytes, made from what servers have sent, to the reader and the store",
        forms: &["fuzz [--minutes N] [--yes]"],
        options: &[("--minutes N", "how long each target runs (5)"), YES],
    },
    Topic {
        name: "mutants",
        about: "breaks a rule of the sync at a time; prints a table of the tests that noticed",
        forms: &["mutants [--only NAME]… [--yes]"],
        options: &[
            (
                "--only NAME",
                "tries this mutation only, and others named in the same way",
            ),
            YES,
        ],
    },
    Topic {
        name: "bundle",
        about: "builds installers for this system",
        forms: &["bundle [--yes]"],
        options: &[YES],
    },
    Topic {
        name: "types",
        about: "writes the interface's types out of the Rust types",
        forms: &["types [--check]"],
        options: &[(
            "--check",
            "fails if the types that are checked in are stale, and writes nothing",
        )],
    },
    Topic {
        name: "icons",
        about: "draws every icon out of icons/wardline.svg",
        forms: &["icons"],
        options: &[],
    },
];

/// The page of the task of that name.
pub(crate) fn topic(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

/// The list of all tasks.
pub(crate) fn overview() -> String {
    let mut text = String::from("cargo xtask TASK [OPTION]…\n\n");
    for topic in &TOPICS {
        text.push_str(&format!("  {:<9}{}\n", topic.name, topic.about));
    }
    text.push_str("\n`cargo xtask TASK --help` shows a task's options.");
    text
}

impl Topic {
    /// The forms in which the task is called, a line each.
    pub(crate) fn usage(&self) -> String {
        let lines: Vec<String> = self.forms.iter().map(|form| format!("cargo xtask {form}")).collect();
        lines.join("\n")
    }

    /// The whole page.
    pub(crate) fn page(&self) -> String {
        let mut text = format!("cargo xtask {}: {}\n\n{}", self.name, self.about, self.usage());
        if !self.options.is_empty() {
            text.push('\n');
        }
        for (option, meaning) in self.options {
            text.push_str(&format!("\n  {option:<22}{meaning}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_listed_and_has_a_page_of_its_own() {
        for topic in &TOPICS {
            assert!(overview().contains(topic.about), "{}", topic.name);
            assert!(topic.page().contains(&topic.usage()), "{}", topic.name);
            assert!(topic.forms.iter().all(|form| form.starts_with(topic.name)));
        }
        assert!(topic("demo").unwrap().page().contains("--shots DIR"));
        assert_eq!(topic("everything"), None);
    }
}
