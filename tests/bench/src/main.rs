//! `wardline-bench NAME [--small]`, and the process of the app that it measures.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

use std::process::ExitCode;

use wardline_bench::{BenchError, Size, desk, run};

#[tokio::main]
async fn main() -> ExitCode {
    match work().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn work() -> Result<(), BenchError> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let name = words.first().map(String::as_str).unwrap_or_default();
    if name == "desk" {
        return desk::obey().await;
    }
    let small = words.iter().any(|word| word == "--small");
    let program = std::env::current_exe()?;
    run(name, if small { Size::Small } else { Size::Full }, &program).await
}
