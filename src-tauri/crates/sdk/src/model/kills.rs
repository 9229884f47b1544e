//! A kill at every transaction, one after the other: what a random schedule meets by luck.

use super::schedule::Chat::{Bob, Carol, Ward};
use super::schedule::Step::{self, *};
use super::schedule::{Begins, Killed as When, Offline, RoomManner, Schedule, Stamps};

/// As many write transactions as the steps below come to, and some more.
const TRANSACTIONS: u8 = 40;

/// Runs the steps with a kill at each transaction that follows `before`.
fn killed_anywhere(history: [u8; 4], before: &[Step], after: &[Step]) {
    for when in [When::After, When::Before] {
        for left in 0..TRANSACTIONS {
            let schedule = Schedule {
                history,
                stamps: Stamps::Microseconds,
                ahead: 0,
                begins: Begins::Settled,
                offline: Offline::Archived,
                pages: 3,
                manner: RoomManner::Standard,
                steps: [before, &[Killed(when, left)], after].concat(),
            };
            if let Err(found) = super::run(&super::folder(), &schedule) {
                panic!("killed {when:?} {left}:\n{found}");
            }
        }
    }
}

#[test]
fn a_kill_anywhere_in_a_catch_up_loses_nothing() {
    let absent = [
        Network(false),
        Says(Bob),
        Says(Ward),
        Waits(5_000),
        Says(Bob),
        Corrects(Bob, 1),
        PhoneReads(Carol),
        Says(Carol),
        Says(Ward),
        Waits(5_000),
        Says(Bob),
    ];
    killed_anywhere([4, 2, 4, 0], &absent, &[Restarts, Network(true), Waits(8_000)]);
}

#[test]
fn a_kill_anywhere_while_sending_neither_loses_nor_repeats() {
    killed_anywhere(
        [2, 0, 2, 0],
        &[],
        &[
            DeskSays(Bob),
            Says(Bob),
            DeskSays(Ward),
            DeskSays(Bob),
            Waits(500),
            Restarts,
            Waits(8_000),
        ],
    );
}
