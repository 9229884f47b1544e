//! `wardline-stage`: the app where it can be seen. It starts what the app needs around it, a server with the sample hospital or a desktop
//! without a display, and drives the window. `cargo xtask` builds it together with the app and runs it from the same folder.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

mod arguments;
mod bench;
mod demo;
mod desktop;
mod failure;
mod guest;
mod hospital;
mod places;
mod scenes;
mod screen;
mod shots;
mod stage;
mod webdriver;

use std::process::ExitCode;

use crate::arguments::{Task, USAGE};
use crate::failure::Failure;

#[tokio::main]
async fn main() -> ExitCode {
    let task = match Task::read(std::env::args_os().skip(1)) {
        Ok(task) => task,
        Err(reason) => {
            println!("{reason}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match work(&task).await {
        Ok(status) => status,
        Err(failure) => {
            println!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

async fn work(task: &Task) -> Result<ExitCode, Failure> {
    match task {
        Task::Demo(options) => until_interrupted(demo::play(options)).await,
        Task::Bench(bench) => until_interrupted(bench::measure(*bench)).await,
        Task::Desktop(guest) => guest::run(guest).await,
        Task::Help => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Plays until the end or until Ctrl+C. The future owns all that runs, so that dropping it ends all of it.
async fn until_interrupted(play: impl Future<Output = Result<(), Failure>>) -> Result<ExitCode, Failure> {
    tokio::select! {
        ended = play => ended?,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            println!("\nEnding …");
        }
    }
    Ok(ExitCode::SUCCESS)
}
