//! `cargo xtask`: everything that is done to the project besides writing it.
//!
//! One module a job; each says what it needs and leaves nothing running.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

mod arguments;
mod bench;
mod build;
mod bundle;
mod chaos;
mod check;
mod demo;
mod desktop;
mod failure;
mod fingerprint;
mod fuzz;
mod icons;
mod mutants;
mod node;
mod packages;
mod places;
mod plan;
mod run;
mod runners;
mod scenes;
mod screen;
mod shots;
mod tools;
mod traces;
mod types;
mod webdriver;

use std::process::ExitCode;

use crate::arguments::{Arguments, Task};
use crate::failure::Failure;

const USAGE: &str = "\
cargo xtask demo [--yes] [--exit] [--release] [--shots DIR] [--server HOST[:PORT] --user ADDRESS]
                              the app on a sample hospital, or on a server of your own
cargo xtask test [--yes] [--only NAME]…   every check and test, with a summary
cargo xtask bench start [--yes]  how long from start to the chat list, beside a bare window
cargo xtask bench live [--yes]   how long from a colleague's sending to the screen, beside a bare client
cargo xtask bench sync|away|ingest|open|reconnect|inbox|list [--yes]
                              what the archive, the store, the chat list and a reconnect cost, beside a reference in the same run
cargo xtask chaos [--server prosody|ejabberd|FILE] [--schedules N] [--seed S] [--parallel P] [--yes]
                              clients on a bad network, against a server that goes down; a table of what went wrong
cargo xtask fuzz [--minutes N] [--yes]
                              whatever a server may send, for N minutes to each target
cargo xtask mutants [--yes] [--only NAME]…   breaks a rule of the sync at a time; a table of what noticed
cargo xtask bundle [--yes]    installers for this system
cargo xtask types [--check]   the interface's types out of the Rust types
cargo xtask icons             every icon out of icons/wardline.svg
--yes installs missing system packages without asking. --help shows this.";

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            println!("{reason}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match work(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn work(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.task {
        Task::Demo(options) => demo::run(options, arguments.consent),
        Task::Test(only) => check::run(only, arguments.consent),
        Task::Bench(bench) => bench::run(*bench, arguments.consent),
        Task::Chaos(options) => chaos::run(options, arguments.consent),
        Task::Fuzz(minutes) => fuzz::run(*minutes, arguments.consent),
        Task::Mutants(only) => mutants::run(only, arguments.consent),
        Task::Bundle => bundle::run(arguments.consent),
        Task::Types(mode) => types::run(*mode),
        Task::Icons => icons::run(),
        Task::Help => {
            println!("{USAGE}");
            Ok(())
        }
    }
}
