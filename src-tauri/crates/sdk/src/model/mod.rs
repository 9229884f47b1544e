//! The proof of the sync rules (sync.md): this computer's engine and session, real to the last line, over a server, a network, a
//! clock and a process that a random schedule moves.
//!
//! [`schedule`] says what happens, [`server`] is the server, [`gate`] lets the process die between two transactions, [`world`]
//! runs a schedule, and [`verdict`], [`shown`], [`standing`] and [`notified`] say what must be true at its end. A failure prints the smallest schedule that still fails.
//!
//! `WARDLINE_MODEL_SCHEDULES` sets how many are run, `WARDLINE_MODEL_ROOM_SCHEDULES` how many of those in which people come into rooms
//! and go out of them, `WARDLINE_MODEL_SEED` which, `WARDLINE_MODEL_SHRINKS` how often a failing one is
//! tried smaller.

mod disk;
mod early;
mod gate;
mod golden;
mod kept;
mod kills;
mod notified;
mod schedule;
mod server;
mod shown;
mod standing;
mod verdict;
mod world;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use self::schedule::{Rooms, Schedule, schedules};
use self::verdict::{Extent, faults};
use self::world::World;

/// Runs a schedule; what is wrong at its end.
fn run(folder: &Path, schedule: &Schedule) -> Result<(), String> {
    let folder = tempfile::tempdir_in(folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let found = runtime.block_on(async {
        let mut world = World::new(folder.path(), schedule).await;
        for step in &schedule.steps {
            world.step(step).await;
        }
        world.calm().await;
        let mut found = shown::faults(&mut world).await;
        found += &faults(&world, Extent::Segments).await;
        found += &standing::faults(&world).await;
        found += &notified::faults(&world).await;
        if found.is_empty() {
            world.read_all().await;
            found = shown::faults(&mut world).await;
            found += &faults(&world, Extent::Everything).await;
            found += &standing::known(&world).await;
            found += &notified::faults(&world).await;
        }
        world.end().await;
        found
    });
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// A folder in memory where there is one: the disk is not what is tried here.
fn folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

/// How far the workers of one test are.
#[derive(Default)]
struct Progress {
    /// Schedules that were run.
    run: AtomicU32,
    failed: AtomicBool,
}

/// Which of the schedules of a seed a worker runs: each of two workers every second one, as each waits for the store half of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Even,
    Odd,
}

/// Runs its lane of that many random schedules from a seed, or until another worker has found one that fails.
fn prove(rooms: Rooms, cases: u32, seed: u64, lane: Lane, progress: &Progress) {
    let folder = folder();
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: u32::try_from(number("WARDLINE_MODEL_SHRINKS", 600)).unwrap(),
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let found_after = Cell::new(None);
    let next = Cell::new(Lane::Even);
    let outcome = runner.run(&schedules(rooms), |schedule| {
        if found_after.get().is_none() {
            let turn = next.replace(match next.get() {
                Lane::Even => Lane::Odd,
                Lane::Odd => Lane::Even,
            });
            if turn != lane || progress.failed.load(Ordering::SeqCst) {
                return Ok(());
            }
            progress.run.fetch_add(1, Ordering::SeqCst);
        }
        let outcome = match catch_unwind(AssertUnwindSafe(|| run(&folder, &schedule))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(found)) => Err(TestCaseError::fail(found)),
            Err(_) => Err(TestCaseError::fail("panicked")),
        };
        if outcome.is_err() && found_after.get().is_none() {
            progress.failed.store(true, Ordering::SeqCst);
            found_after.set(Some(progress.run.load(Ordering::SeqCst)));
        }
        outcome
    });
    if let Err(TestError::Fail(reason, schedule)) = outcome {
        let after = found_after.get().unwrap_or_default();
        panic!("seed {seed}, after {after} schedules\n{reason}\n{schedule:#?}");
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn whatever_happens_the_store_ends_as_the_server_has_it() {
    prove_all(Rooms::One, number("WARDLINE_MODEL_SCHEDULES", 2_000));
}

#[test]
fn whatever_happens_in_rooms_the_store_ends_as_the_server_has_it() {
    prove_all(Rooms::Both, number("WARDLINE_MODEL_ROOM_SCHEDULES", 1_000));
}

fn prove_all(rooms: Rooms, cases: u64) {
    let seed = number("WARDLINE_MODEL_SEED", 1);
    let seeds = 2;
    let progress = Progress::default();
    std::thread::scope(|scope| {
        for worker in 0..seeds {
            let (cases, progress) = (u32::try_from(cases / seeds).unwrap(), &progress);
            for lane in [Lane::Even, Lane::Odd] {
                scope.spawn(move || prove(rooms, cases, seed * 1_000 + worker, lane, progress));
            }
        }
    });
}
