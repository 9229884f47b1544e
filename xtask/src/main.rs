//! `cargo xtask`: everything that is done to the project besides writing it.
//!
//! Each module does a job, says what it needs and leaves nothing running. Servers, desktops and windows belong to `tests/stage`, so that
//! this program compiles in seconds.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

mod arguments;
mod bench;
mod build;
mod bundle;
mod chaos;
mod check;
mod failure;
mod fingerprint;
mod fuzz;
mod help;
mod icons;
mod mutants;
mod node;
mod packages;
mod places;
mod plan;
mod run;
mod runners;
mod stage;
mod tools;
mod traces;
mod types;

use std::process::ExitCode;

use crate::arguments::{Arguments, Bench, Task};
use crate::failure::Failure;

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(refusal) => {
            println!("{}\n\n{}", refusal.reason, refusal.usage);
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
        Task::Demo(options) => stage::demo(options, arguments.consent),
        Task::Test(only) => check::run(only, arguments.consent),
        Task::Bench(Bench::Window(name)) => stage::bench(name, arguments.consent),
        Task::Bench(Bench::Archive(name)) => bench::run(name, arguments.consent),
        Task::Chaos(options) => chaos::run(options, arguments.consent),
        Task::Fuzz(minutes) => fuzz::run(*minutes, arguments.consent),
        Task::Mutants(only) => mutants::run(only, arguments.consent),
        Task::Bundle => bundle::run(arguments.consent),
        Task::Types(mode) => types::run(*mode),
        Task::Icons => icons::run(),
        Task::Help(topic) => {
            println!("{}", topic.map_or_else(help::overview, help::Topic::page));
            Ok(())
        }
    }
}
