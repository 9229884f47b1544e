//! A disk that fails at every point at which it is used, one after the other: what a random schedule meets by luck.

use super::schedule::Chat::{Bob, Carol, Ward};
use super::schedule::Step::{self, *};
use super::schedule::{Begins, Fails, Offline, RoomManner, Schedule, Stamps};

/// As many points as the steps below come to, about.
const POINTS: u8 = 150;
/// Every so many of them is tried, with each kind of failure at others.
const STRIDE: u8 = 6;

/// Runs the steps with a disk that fails at points of what follows `before`.
fn fails_anywhere(history: [u8; 4], before: &[Step], after: &[Step]) {
    let kinds = [
        (Fails::Full, 1),
        (Fails::Unreadable, 1),
        (Fails::Full, 40),
        (Fails::Busy, 2),
    ];
    for (first, (how, times)) in (0..STRIDE).zip(kinds) {
        for point in (first..POINTS).step_by(usize::from(STRIDE)) {
            let fails = DiskFails {
                how,
                after: point,
                times,
            };
            let schedule = Schedule {
                history,
                stamps: Stamps::Microseconds,
                ahead: 0,
                begins: Begins::Settled,
                offline: Offline::Archived,
                manner: RoomManner::Standard,
                pages: 3,
                steps: [before, &[fails], after].concat(),
            };
            if let Err(found) = super::run(&super::folder(), &schedule) {
                panic!("{how:?}, {times} times after {point} points:\n{found}");
            }
        }
    }
}

#[test]
fn a_disk_that_fails_anywhere_in_a_catch_up_loses_nothing() {
    let absent = [
        Network(false),
        Says(Bob),
        Says(Ward),
        Waits(5_000),
        Says(Bob),
        Corrects(Bob, 1),
        Says(Carol),
    ];
    fails_anywhere(
        [4, 2, 4, 0],
        &absent,
        &[Opens(Bob), Restarts, Network(true), Waits(8_000)],
    );
}

#[test]
fn a_disk_that_fails_anywhere_while_others_write_loses_nothing() {
    let live = [
        Says(Bob),
        Says(Ward),
        Says(Bob),
        PhoneSays(Bob),
        Says(Carol),
        Waits(500),
        Says(Bob),
        Waits(3_000),
    ];
    fails_anywhere([2, 0, 2, 0], &[Opens(Bob)], &live);
}

#[test]
fn a_disk_that_fails_anywhere_while_sending_neither_loses_nor_repeats() {
    let sent = [
        DeskSays(Bob),
        Says(Bob),
        DeskSays(Ward),
        DeskSays(Bob),
        DeskReads(Bob),
        Waits(500),
        Restarts,
        Waits(8_000),
    ];
    fails_anywhere([2, 0, 2, 0], &[], &sent);
}

/// What was seen on a real full disk: thirty messages come live, and are to be here when there is room again.
#[test]
fn messages_that_come_while_the_disk_is_full_are_here_when_there_is_room() {
    for offline in [Offline::Archived, Offline::Kept] {
        let full = DiskFails {
            how: Fails::Full,
            after: 5,
            times: 200,
        };
        let mut steps = vec![full];
        steps.extend((0..30).map(|_| Says(Bob)));
        steps.extend([DeskSays(Bob), DeskSays(Bob), Waits(60_000), DeskSays(Bob)]);
        let schedule = Schedule {
            history: [3, 0, 0, 0],
            stamps: Stamps::Microseconds,
            ahead: 0,
            begins: Begins::Settled,
            offline,
            manner: RoomManner::Standard,
            pages: 50,
            steps,
        };
        if let Err(found) = super::run(&super::folder(), &schedule) {
            panic!("{found}");
        }
    }
}
