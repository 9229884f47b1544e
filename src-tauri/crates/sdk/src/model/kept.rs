//! Schedules that failed once, the smallest of their kind, each with what it found. Those of rooms that one comes
//! into and out of, and of archives that stamp whole seconds, are apart.

mod rooms;
mod seconds;

use super::schedule::Chat::{Bob, Carol, Ward};
use super::schedule::Step::{self, *};
use super::schedule::{Begins, Fails, Killed as When, Offline, RoomManner, Schedule, Stamps};

/// Runs a schedule; fails with what is wrong.
fn hold(schedule: &Schedule) {
    if let Err(found) = super::run(&super::folder(), schedule) {
        panic!("{found}");
    }
}

/// On pages of fifty, with clocks that agree.
fn played(begins: Begins, stamps: Stamps, offline: Offline, history: [u8; 4], steps: Vec<Step>) {
    let schedule = Schedule {
        history,
        stamps,
        ahead: 0,
        pages: 50,
        begins,
        offline,
        manner: RoomManner::Standard,
        steps,
    };
    hold(&schedule);
}

/// From the first sync on.
fn disturbed(stamps: Stamps, offline: Offline, history: [u8; 4], steps: Vec<Step>) {
    played(Begins::AtOnce, stamps, offline, history, steps);
}

fn holds(history: [u8; 4], steps: Vec<Step>) {
    played(Begins::Settled, Stamps::Microseconds, Offline::Archived, history, steps);
}

#[test]
fn the_pointer_goes_with_all_messages_that_move_at_once() {
    holds([0, 0, 0, 0], vec![DeskSays(Bob), Says(Bob), Restarts]);
}

#[test]
fn the_first_message_of_an_empty_team_is_unread() {
    holds([0, 0, 0, 0], vec![Says(Ward)]);
}

#[test]
fn an_archive_that_is_written_late_is_not_empty() {
    holds(
        [0, 0, 15, 0],
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
fn what_was_sent_while_the_connection_was_down_stands_where_the_archive_has_it() {
    holds(
        [0, 0, 0, 0],
        vec![DeskSays(Bob), Network(false), Says(Bob), Waits(2166), DeskSays(Bob)],
    );
}

#[test]
fn a_message_that_expired_before_its_place_was_known_keeps_its_order() {
    holds(
        [0, 0, 0, 0],
        vec![Says(Bob), DeskSays(Ward), Expires { of: Ward, count: 1 }, Says(Ward)],
    );
}

#[test]
fn an_echo_that_was_read_on_the_phone_marks_only_what_comes_before_it() {
    holds(
        [0, 1, 0, 0],
        vec![
            Says(Bob),
            Swallows { up: false, down: true },
            DeskSays(Bob),
            PhoneReads(Bob),
            Says(Bob),
        ],
    );
}

#[test]
fn a_page_that_only_speaks_of_other_messages_has_its_place() {
    holds(
        [0, 0, 7, 0],
        vec![
            Says(Bob),
            Expires { of: Bob, count: 1 },
            Killed(When::After, 0),
            Says(Bob),
            Killed(When::After, 5),
            Says(Bob),
            DeskReads(Bob),
            Waits(59293),
        ],
    );
}

#[test]
fn what_follows_a_first_sync_that_was_cut_off_is_not_lost() {
    holds(
        [0, 0, 7, 0],
        vec![
            Says(Bob),
            Expires { of: Bob, count: 11 },
            WritesLate(1396),
            Waits(32187),
            Killed(When::Before, 4),
            Corrects(Bob, 0),
            Network(false),
            Waits(59293),
        ],
    );
}

#[test]
fn what_is_archived_twice_is_read_once() {
    holds(
        [0, 1, 0, 0],
        vec![
            Killed(When::After, 1),
            ArchivesTwice,
            Says(Carol),
            DeskReads(Carol),
            Says(Bob),
            Says(Bob),
            Says(Bob),
        ],
    );
}

#[test]
fn what_waits_goes_out_though_the_clock_was_set_back() {
    let schedule = Schedule {
        history: [0, 0, 0, 0],
        stamps: Stamps::Microseconds,
        ahead: 686,
        pages: 50,
        begins: Begins::Settled,
        offline: Offline::Archived,
        manner: RoomManner::Standard,
        steps: vec![Network(false), Says(Bob), DeskSays(Bob), Says(Bob), SetsClock(0)],
    };
    hold(&schedule);
}

#[test]
fn an_own_message_stands_behind_what_a_team_archives_late() {
    holds(
        [0, 0, 1, 0],
        vec![
            Network(false),
            WritesLate(1110),
            PhoneSays(Ward),
            DeskSays(Ward),
            Killed(When::After, 0),
            DeskSays(Carol),
        ],
    );
}

#[test]
fn what_is_written_behind_the_cursor_is_found() {
    holds(
        [3, 0, 0, 0],
        vec![
            Network(false),
            WritesLate(2_400),
            Says(Bob),
            WritesLate(0),
            Says(Bob),
            Network(true),
        ],
    );
}

#[test]
fn what_came_live_and_expired_stays_before_what_came_after_it() {
    holds(
        [0, 0, 0, 0],
        vec![
            DeskSays(Bob),
            Swallows { up: false, down: true },
            PhoneSays(Bob),
            Expires { of: Bob, count: 2 },
            Says(Bob),
        ],
    );
}

#[test]
fn own_messages_are_own_in_a_room_that_answered_too_late() {
    disturbed(
        Stamps::Microseconds,
        Offline::Archived,
        [32, 8, 0, 0],
        vec![PhoneReads(Bob), Network(false), PhoneSays(Ward), Waits(14949)],
    );
}

#[test]
fn what_is_sent_again_before_the_archive_has_told_of_it_stands_where_it_was_said() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [2, 4, 0, 0],
        vec![Cut, Restarts, PhoneSays(Bob), SentAgain(Bob, 2)],
    );
}

#[test]
fn what_is_said_before_the_first_page_is_shown_in_full_when_the_page_moves_it() {
    disturbed(
        Stamps::Seconds,
        Offline::Archived,
        [0, 0, 0, 0],
        vec![
            AnswersLate(20_000),
            Opens(Bob),
            Waits(400),
            DeskSays(Bob),
            DeskSays(Bob),
            Waits(1_200),
            Swallows { up: false, down: true },
            Says(Bob),
            AnswersLate(0),
            Restarts,
        ],
    );
}

#[test]
fn a_copy_of_the_newest_words_leaves_the_segments_with_their_gaps() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 4, 0],
        vec![
            AnswersLate(94),
            DeskSays(Ward),
            Cut,
            Says(Bob),
            Killed(When::After, 0),
            ArchivesTwice,
            Restarts,
            DeskSays(Bob),
            DeskReads(Bob),
            DeskReads(Bob),
            SentAgain(Ward, 0),
            Cut,
            Restarts,
            Says(Ward),
        ],
    );
}

#[test]
fn a_copy_at_the_end_does_not_join_the_beginning_to_it() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 3, 0],
        vec![Pages(1), Says(Bob), Says(Ward), SentAgain(Ward, 3)],
    );
}

#[test]
fn own_words_handed_on_before_a_room_was_ever_entered_are_ones_own() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 3, 28, 0],
        vec![
            Cut,
            Swallows { up: false, down: true },
            Killed(When::After, 0),
            SentAgain(Ward, 3),
            DeskSays(Bob),
        ],
    );
}

#[test]
fn what_comes_in_while_somebody_sends_counts_as_read() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [37, 1, 22, 0],
        vec![
            DeskSays(Bob),
            Swallows { up: true, down: true },
            PhoneReads(Carol),
            Says(Carol),
            Says(Ward),
            Corrects(Ward, 1),
            DeskSays(Bob),
            Cut,
            DeskSays(Ward),
            Killed(When::After, 7),
            Waits(3_520),
            Waits(31),
            Expires { of: Ward, count: 11 },
            Opens(Bob),
            Pages(36),
            AnswersLate(2_466),
            SentAgain(Bob, 1),
            Says(Bob),
            Network(true),
            Corrects(Bob, 5),
            Jumps(Carol, 37),
            Restarts,
            SentAgain(Ward, 3),
            Waits(98),
            AnswersLate(1_712),
            DeskSays(Bob),
            Killed(When::Before, 6),
        ],
    );
}

#[test]
fn a_jump_beside_a_first_page_that_was_cut_off_hides_no_gap() {
    played(
        Begins::AtOnce,
        Stamps::Microseconds,
        Offline::Archived,
        [68, 1, 0, 0],
        vec![
            Pages(1),
            AnswersLate(6),
            Killed(When::After, 3),
            Says(Bob),
            Says(Bob),
            Jumps(Bob, 54),
            Says(Bob),
            Says(Bob),
        ],
    );
}

#[test]
fn what_was_sent_in_a_row_stands_in_a_row_though_the_first_expire() {
    played(
        Begins::Settled,
        Stamps::Microseconds,
        Offline::Kept,
        [0, 1, 0, 0],
        vec![
            Network(false),
            DeskSays(Bob),
            DeskSays(Bob),
            Killed(When::After, 1),
            DeskSays(Bob),
            Network(true),
            AnswersLate(0),
            DeskSays(Bob),
            Expires { of: Bob, count: 2 },
        ],
    );
}

#[test]
fn what_was_heard_before_a_message_that_the_archive_wrote_late_stands_before_it_though_it_expires() {
    played(
        Begins::Settled,
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 0],
        vec![
            Says(Ward),
            WritesLate(61),
            Says(Ward),
            Restarts,
            Says(Bob),
            Expires { of: Ward, count: 1 },
        ],
    );
}

#[test]
fn what_was_archived_twice_and_is_sent_again_is_one_message() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [5, 4, 0, 0],
        vec![
            Says(Bob),
            Says(Bob),
            Says(Bob),
            Says(Carol),
            DeskReads(Bob),
            ArchivesTwice,
            SentAgain(Bob, 3),
        ],
    );
}

#[test]
fn what_is_sent_again_while_nothing_is_heard_is_one_message() {
    played(
        Begins::Settled,
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 0],
        vec![
            Swallows { up: false, down: true },
            Says(Bob),
            Says(Bob),
            PhoneSays(Bob),
            SentAgain(Bob, 0),
        ],
    );
}

#[test]
fn what_was_said_again_before_anything_was_read_is_unread_twice() {
    let schedule = Schedule {
        history: [0, 0, 3, 0],
        stamps: Stamps::Microseconds,
        ahead: 0,
        pages: 50,
        begins: Begins::AtOnce,
        offline: Offline::Archived,
        manner: RoomManner::Standard,
        steps: vec![
            DiskFails {
                how: Fails::Full,
                after: 27,
                times: 3,
            },
            Says(Bob),
            Killed(When::After, 2),
            Pages(1),
            DeskSays(Bob),
            Repeats(Bob, 0),
            DeskSays(Bob),
            DeskSays(Bob),
            DeskSays(Bob),
        ],
    };
    hold(&schedule);
}
