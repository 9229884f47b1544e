//! One account, two computers that come and go, another app now and then, and three people: whatever is said and decided, and on
//! which device, in the end both computers and a new one show the same list, and it is the right one.
//!
//! [`happenings`] draws what happens, [`expected`] says by the rules of the product what the list must be then, [`ward`] plays it on
//! the server. What alice does is over on the server and on the devices that are on before the next
//! thing happens; what others say arrives whenever it does. A device that is off hears of it all when it is on again.
//! `WARDLINE_DEVICES_SCHEDULES` sets how many are played, `WARDLINE_DEVICES_SEED` which,
//! `WARDLINE_DEVICES_SHRINKS` how often a failing one is tried smaller.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the whole program is a test, its helpers too"
)]

mod expected;
mod happenings;
mod ward;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use wardline_interop::ServerUnderTest;

use self::happenings::schedules;
use self::ward::{Abilities, Ward};

fn number(name: &str, otherwise: u32) -> u32 {
    std::env::var(name)
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn whatever_happens_on_two_devices_their_list_is_the_one_that_the_server_gives_a_third() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(ServerUnderTest::from_env()).unwrap();
    let abilities = runtime.block_on(Abilities::of(&server));
    let config = Config {
        cases: number("WARDLINE_DEVICES_SCHEDULES", 5),
        max_shrink_iters: number("WARDLINE_DEVICES_SHRINKS", 0),
        failure_persistence: None,
        ..Config::default()
    };
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number("WARDLINE_DEVICES_SEED", 1).to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let outcome = runner.run(&schedules(abilities), |schedule| {
        runtime.block_on(async {
            let mut ward = Ward::open(&server, abilities).await;
            for happening in schedule {
                ward.play(happening).await;
            }
            ward.compare().await;
        });
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
