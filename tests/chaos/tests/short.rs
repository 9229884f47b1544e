//! The short set: a few schedules of each sort against the server that `WARDLINE_TEST_SERVER` names, and that they hold what
//! they are for. Which seeds these are follows from what their schedules hold, so that they are always the same.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the whole file is a test, its helpers too"
)]

use std::path::Path;

use wardline_chaos::schedule::{Abilities, Downfall, Schedule};
use wardline_chaos::{Ground, Tally, play, run};
use wardline_test_support::fault_proxy::FaultKind;

async fn ground() -> Ground {
    let server = std::env::var("WARDLINE_TEST_SERVER").unwrap();
    Ground::of(&run::description(&server)).await.unwrap()
}

/// The first seeds whose schedules are such.
fn seeds(abilities: Abilities, count: usize, wanted: impl Fn(&Schedule) -> bool) -> Vec<u64> {
    let such = (1..).filter(|seed| wanted(&Schedule::of(*seed, abilities)));
    such.take(count).collect()
}

/// Plays these schedules at once. Everything must come right in each.
async fn all_right(ground: &Ground, seeds: Vec<u64>) -> Tally {
    let program = Path::new(env!("CARGO_BIN_EXE_wardline-chaos"));
    let played = seeds.iter().map(|seed| play(*seed, ground, program));
    let mut sum = Tally::default();
    let mut failures = Vec::new();
    for played in futures::future::join_all(played).await {
        sum.add(&played.tally);
        failures.extend(played.failure);
    }
    eprintln!("{sum}");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    sum
}

fn is_calm(schedule: &Schedule) -> bool {
    schedule.outage.is_none() && schedule.kills() == 0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_network_loses_doubles_and_disorders_nothing() {
    let ground = ground().await;
    let seeds = seeds(ground.abilities(), 4, is_calm);
    let tally = all_right(&ground, seeds).await;
    for kind in FaultKind::ALL {
        assert!(tally.faults.contains_key(&kind), "no {kind} struck");
    }
    assert!(tally.resumed > 0 && tally.taken > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_killed_while_it_writes_loses_and_doubles_nothing() {
    let ground = ground().await;
    let seeds = seeds(ground.abilities(), 3, |schedule| {
        schedule.outage.is_none() && schedule.kills() > 0
    });
    let tally = all_right(&ground, seeds).await;
    assert!(tally.kills >= 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_down_and_comes_back_finds_everything_sent_once() {
    let ground = ground().await;
    if !ground.abilities().ours {
        eprintln!("SKIPPED: a server of somebody else cannot be stopped");
        return;
    }
    let goes = |how| move |schedule: &Schedule| schedule.outage.is_some_and(|outage| outage.how == how);
    let mut chosen = seeds(ground.abilities(), 1, goes(Downfall::Stop));
    chosen.extend(seeds(ground.abilities(), 1, goes(Downfall::Kill)));
    let tally = all_right(&ground, chosen).await;
    assert_eq!((tally.stops, tally.crashes), (1, 1));
}
