//! Schedules that failed once, the smallest of their kind, each with what it found.

use super::schedule::Chat::{Bob, Carol, Ward};
use super::schedule::Step::{self, *};
use super::schedule::{Begins, Killed as When, Offline, Schedule, Stamps};

/// Runs a schedule; fails with what is wrong.
fn hold(schedule: &Schedule) {
    if let Err(found) = super::run(&super::folder(), schedule) {
        panic!("{found}");
    }
}

/// From the first sync on.
fn disturbed(stamps: Stamps, offline: Offline, history: [u8; 3], steps: Vec<Step>) {
    let schedule = Schedule {
        history,
        stamps,
        ahead: 0,
        pages: 50,
        begins: Begins::AtOnce,
        offline,
        steps,
    };
    hold(&schedule);
}

fn holds(history: [u8; 3], steps: Vec<Step>) {
    let schedule = Schedule {
        history,
        stamps: Stamps::Microseconds,
        ahead: 0,
        pages: 50,
        begins: Begins::Settled,
        offline: Offline::Archived,
        steps,
    };
    hold(&schedule);
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
fn what_was_sent_while_the_connection_was_down_stands_where_the_archive_has_it() {
    holds(
        [0, 0, 0],
        vec![DeskSays(Bob), Network(false), Says(Bob), Waits(2166), DeskSays(Bob)],
    );
}

#[test]
fn a_message_that_expired_before_its_place_was_known_keeps_its_order() {
    holds(
        [0, 0, 0],
        vec![Says(Bob), DeskSays(Ward), Expires { room: true, count: 1 }, Says(Ward)],
    );
}

#[test]
fn an_echo_that_was_read_on_the_phone_marks_only_what_comes_before_it() {
    holds(
        [0, 1, 0],
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
        [0, 0, 7],
        vec![
            Says(Bob),
            Expires { room: false, count: 1 },
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
        [0, 0, 7],
        vec![
            Says(Bob),
            Expires { room: false, count: 11 },
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
fn a_page_asked_for_by_time_leaves_what_is_held_in_its_place() {
    let schedule = Schedule {
        history: [60, 0, 0],
        stamps: Stamps::Seconds,
        ahead: 0,
        pages: 50,
        begins: Begins::Settled,
        offline: Offline::Archived,
        steps: vec![Says(Bob), Expires { room: false, count: 11 }],
    };
    hold(&schedule);
}

#[test]
fn what_is_archived_twice_is_read_once() {
    holds(
        [0, 1, 0],
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
        history: [0, 0, 0],
        stamps: Stamps::Microseconds,
        ahead: 686,
        pages: 50,
        begins: Begins::Settled,
        offline: Offline::Archived,
        steps: vec![Network(false), Says(Bob), DeskSays(Bob), Says(Bob), SetsClock(0)],
    };
    hold(&schedule);
}

#[test]
fn what_expired_is_older_than_what_an_archive_of_whole_seconds_still_tells() {
    let schedule = Schedule {
        history: [0, 5, 3],
        stamps: Stamps::Seconds,
        ahead: 0,
        pages: 50,
        begins: Begins::Settled,
        offline: Offline::Archived,
        steps: vec![
            Says(Bob),
            DeskSays(Ward),
            PhoneSays(Ward),
            Says(Ward),
            PhoneSays(Ward),
            Says(Ward),
            Restarts,
            Expires { room: true, count: 4 },
        ],
    };
    hold(&schedule);
}

#[test]
fn the_last_correction_holds_though_an_archive_of_whole_seconds_tells_them_again() {
    for steps in [
        vec![Restarts, Says(Ward), Corrects(Ward, 1), Restarts, Corrects(Ward, 1)],
        vec![
            Corrects(Ward, 5),
            Swallows { up: false, down: true },
            Corrects(Ward, 5),
            Restarts,
        ],
    ] {
        let schedule = Schedule {
            history: [9, 1, 14],
            stamps: Stamps::Seconds,
            ahead: 0,
            pages: 50,
            begins: Begins::Settled,
            offline: Offline::Archived,
            steps,
        };
        hold(&schedule);
    }
}

#[test]
fn an_own_message_stands_behind_what_a_team_archives_late() {
    holds(
        [0, 0, 1],
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
        [3, 0, 0],
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
        [0, 0, 0],
        vec![
            DeskSays(Bob),
            Swallows { up: false, down: true },
            PhoneSays(Bob),
            Expires { room: false, count: 2 },
            Says(Bob),
        ],
    );
}

#[test]
fn an_archive_of_whole_seconds_whose_cursor_expired_keeps_the_order_of_a_second() {
    let schedule = Schedule {
        history: [3, 3, 40],
        stamps: Stamps::Seconds,
        ahead: 0,
        pages: 50,
        begins: Begins::Settled,
        offline: Offline::Archived,
        steps: vec![
            Says(Bob),
            Expires { room: false, count: 7 },
            Restarts,
            Says(Bob),
            Cut,
            Corrects(Bob, 0),
        ],
    };
    hold(&schedule);
}

#[test]
fn an_answer_that_goes_out_behind_what_was_not_seen_does_not_read_it() {
    disturbed(
        Stamps::Seconds,
        Offline::Archived,
        [38, 2, 4],
        vec![
            Says(Bob),
            Restarts,
            Restarts,
            DeskSays(Carol),
            Says(Bob),
            Says(Ward),
            Says(Bob),
            Says(Bob),
            Says(Bob),
            Says(Ward),
            Says(Carol),
        ],
    );
}

#[test]
fn own_messages_are_own_in_a_room_that_answered_too_late() {
    disturbed(
        Stamps::Microseconds,
        Offline::Archived,
        [32, 8, 0],
        vec![PhoneReads(Bob), Network(false), PhoneSays(Ward), Waits(14949)],
    );
}

#[test]
fn what_an_archive_that_seemed_empty_writes_late_is_found() {
    disturbed(
        Stamps::Seconds,
        Offline::Archived,
        [2, 0, 0],
        vec![
            Says(Bob),
            WritesLate(1007),
            Network(false),
            Says(Ward),
            WritesLate(0),
            Restarts,
            PhoneSays(Ward),
        ],
    );
}

#[test]
fn what_is_sent_again_before_the_archive_has_told_of_it_stands_where_it_was_said() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [2, 4, 0],
        vec![Cut, Restarts, PhoneSays(Bob), SentAgain(Bob, 2)],
    );
}

#[test]
fn what_is_said_before_the_first_page_is_shown_in_full_when_the_page_moves_it() {
    disturbed(
        Stamps::Seconds,
        Offline::Archived,
        [0, 0, 0],
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
fn what_follows_an_expired_message_within_its_second_stands_after_it() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [42, 1, 0],
        vec![
            Says(Bob),
            Says(Bob),
            PhoneSays(Ward),
            Restarts,
            WritesLate(0),
            Expires { room: true, count: 1 },
            Says(Ward),
        ],
    );
}

#[test]
fn what_follows_expired_messages_of_ones_own_archive_within_their_second_stands_after_them() {
    let expires = || Expires { room: false, count: 1 };
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [30, 2, 17],
        vec![
            ArchivesTwice,
            Says(Carol),
            expires(),
            expires(),
            expires(),
            Swallows { up: false, down: true },
            Says(Carol),
            Restarts,
        ],
    );
}

#[test]
fn pages_of_a_room_that_meet_within_a_second_keep_their_order() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [25, 2, 60],
        vec![
            Says(Bob),
            Says(Bob),
            Says(Bob),
            Restarts,
            AnswersLate(0),
            Says(Ward),
            Killed(When::Before, 2),
            DeskSays(Ward),
        ],
    );
}

#[test]
fn a_gap_is_told_of_where_all_of_a_room_expires_before_its_first_page() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [0, 1, 4],
        vec![
            Says(Bob),
            DeskSays(Ward),
            Expires { room: true, count: 5 },
            PhoneReads(Ward),
        ],
    );
}

#[test]
fn of_two_corrections_in_one_second_the_later_one_counts() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [6, 0, 0],
        vec![
            Says(Bob),
            Says(Bob),
            Network(false),
            Says(Bob),
            Corrects(Bob, 4),
            Restarts,
            Corrects(Bob, 4),
            Says(Bob),
        ],
    );
}

#[test]
fn a_copy_of_the_newest_words_leaves_the_segments_with_their_gaps() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 4],
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
fn what_was_read_by_writing_stays_read_when_the_archive_is_late() {
    let up = || Swallows { up: true, down: false };
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [3, 5, 1],
        vec![
            Says(Ward),
            Restarts,
            Killed(When::After, 0),
            up(),
            DeskSays(Bob),
            PhoneReads(Ward),
            Restarts,
            up(),
            WritesLate(1_066),
            Says(Ward),
            DeskSays(Ward),
            Restarts,
        ],
    );
}

#[test]
fn a_copy_at_the_end_does_not_join_the_beginning_to_it() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 3],
        vec![Pages(1), Says(Bob), Says(Ward), SentAgain(Ward, 3)],
    );
}

#[test]
fn own_words_handed_on_before_a_room_was_ever_entered_are_ones_own() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 3, 28],
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
fn own_words_after_an_expired_message_of_their_second_stand_where_the_room_has_them() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [25, 0, 0],
        vec![
            Says(Bob),
            Says(Bob),
            Says(Ward),
            Expires { room: true, count: 1 },
            Swallows { up: true, down: false },
            Killed(When::Before, 2),
            DeskSays(Bob),
            PhoneSays(Ward),
        ],
    );
}

#[test]
fn what_a_queue_hands_on_of_the_second_that_was_read_last_is_unread() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [2, 0, 20],
        vec![
            Says(Bob),
            Network(false),
            Says(Bob),
            DeskReads(Bob),
            Expires { room: false, count: 4 },
            Says(Bob),
        ],
    );
}

#[test]
fn what_came_between_two_live_ones_of_a_second_has_a_place_of_its_own() {
    let schedule = Schedule {
        history: [2, 0, 20],
        stamps: Stamps::Seconds,
        ahead: 0,
        pages: 50,
        begins: Begins::Settled,
        offline: Offline::Kept,
        steps: vec![
            Says(Bob),
            Network(false),
            DeskSays(Bob),
            Says(Bob),
            Expires { room: false, count: 4 },
            Says(Bob),
        ],
    };
    hold(&schedule);
}

#[test]
fn what_comes_in_while_somebody_sends_counts_as_read() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [37, 1, 22],
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
            Expires { room: true, count: 11 },
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
