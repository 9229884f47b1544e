//! Schedules that failed once, the smallest of their kind, each with what it found.

use super::schedule::Chat::{Bob, Carol, Ward};
use super::schedule::Step::{self, *};
use super::schedule::{Killed as When, Schedule, Stamps};

/// Runs a schedule; fails with what is wrong.
fn holds(history: [u8; 3], steps: Vec<Step>) {
    let schedule = Schedule {
        history,
        stamps: Stamps::Microseconds,
        steps,
    };
    if let Err(found) = super::run(&super::folder(), &schedule) {
        panic!("{found}");
    }
}

#[test]
fn the_pointer_goes_with_all_messages_that_move_at_once() {
    holds([0, 0, 0], vec![DeskSays(Bob), Says(Bob), Restarts]);
}

#[test]
fn the_first_message_of_an_empty_team_is_unread() {
    holds([0, 0, 0], vec![Says(Ward)]);
}

#[test]
fn an_archive_that_is_written_late_is_not_empty() {
    holds(
        [0, 0, 15],
        vec![
            WritesLate(439),
            Killed(When::After, 3),
            Says(Carol),
            DeskSays(Bob),
            Restarts,
            Restarts,
            PhoneSays(Bob),
        ],
    );
}

#[test]
fn debug_a() {
    holds([0, 0, 0], vec![DeskSays(Bob), Network(false), Says(Bob), Waits(2166), DeskSays(Bob)]);
}

#[test]
fn debug_b() {
    holds(
        [6, 5, 46],
        vec![
            WritesLate(0), PhoneSays(Bob), DeskSays(Ward), WritesLate(2187), Swallows { up: true, down: true }, PagesBack(Bob), Says(Bob), Waits(1830),
            Says(Bob), DeskSays(Ward), Cut, Opens(Carol), Waits(29250), Says(Bob),
        ],
    );
}
