//! Many schedules in a row, and the process of one device. `cargo xtask chaos` starts the former, which starts the latter.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinSet;
use wardline_chaos::{Ground, Played, Tally, desk, play, run};

/// What was asked for.
#[derive(Debug, Clone)]
struct Options {
    schedules: u64,
    seed: u64,
    server: String,
    parallel: usize,
}

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            schedules: 20,
            seed: 1,
            server: String::new(),
            parallel: 3,
        };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value."))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{value} is no number."));
            match word.as_str() {
                "--schedules" => options.schedules = number()?,
                "--seed" => options.seed = number()?,
                "--server" => options.server = value,
                "--parallel" => options.parallel = usize::try_from(number()?.max(1)).unwrap_or(1),
                _ => return Err(format!("{word} is not known here.")),
            }
        }
        if options.server.is_empty() {
            return Err("--server prosody, --server ejabberd, or --server with a description's file.".to_owned());
        }
        Ok(options)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).peekable();
    if words.peek().is_some_and(|word| word == "desk") {
        let folder = words.nth(1).map(PathBuf::from).unwrap_or_default();
        return match desk::run(folder).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                println!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let options = match Options::read(words) {
        Ok(options) => options,
        Err(reason) => {
            println!("{reason}");
            return ExitCode::from(2);
        }
    };
    match all(&options).await {
        Ok(tally) => {
            println!("\n{} on {}\n\n{tally}", plural(options.schedules), options.server);
            if tally.failed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(reason) => {
            println!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn plural(schedules: u64) -> String {
    if schedules == 1 {
        "1 schedule".to_owned()
    } else {
        format!("{schedules} schedules")
    }
}

/// Plays all schedules, some at a time.
async fn all(options: &Options) -> Result<Tally, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let ground = Ground::of(&run::description(&options.server))
        .await
        .map_err(|error| error.to_string())?;
    let next = Arc::new(AtomicU64::new(options.seed));
    let end = options.seed.saturating_add(options.schedules);
    let mut players = JoinSet::new();
    for _ in 0..options.parallel {
        let (next, ground, program) = (Arc::clone(&next), ground.clone(), program.clone());
        players.spawn(async move {
            let mut sum = Tally::default();
            loop {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= end {
                    return sum;
                }
                let Played { tally, failure } = play(seed, &ground, &program).await;
                sum.add(&tally);
                match failure {
                    None => println!(
                        "{seed}: right after {:.1} s, {} messages",
                        tally.time.as_secs_f64(),
                        tally.taken
                    ),
                    Some(failure) => println!("{seed}: WRONG\n{failure}"),
                }
            }
        });
    }
    let mut sum = Tally::default();
    while let Some(player) = players.join_next().await {
        sum.add(&player.map_err(|error| error.to_string())?);
    }
    Ok(sum)
}
