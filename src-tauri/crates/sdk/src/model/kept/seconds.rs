//! Archives that stamp whole seconds, as Prosody's does: the order within one has to be found out.

use super::super::schedule::Chat::{Bob, Carol, Ward};
use super::super::schedule::Step::*;
use super::super::schedule::{Begins, Killed as When, Offline, RoomManner, Schedule, Stamps};
use super::{disturbed, hold, played};

#[test]
fn a_page_asked_for_by_time_leaves_what_is_held_in_its_place() {
    played(
        Begins::Settled,
        Stamps::Seconds,
        Offline::Archived,
        [60, 0, 0, 0],
        vec![Says(Bob), Expires { of: Bob, count: 11 }],
    );
}

#[test]
fn what_expired_is_older_than_what_an_archive_of_whole_seconds_still_tells() {
    played(
        Begins::Settled,
        Stamps::Seconds,
        Offline::Archived,
        [0, 5, 3, 0],
        vec![
            Says(Bob),
            DeskSays(Ward),
            PhoneSays(Ward),
            Says(Ward),
            PhoneSays(Ward),
            Says(Ward),
            Restarts,
            Expires { of: Ward, count: 4 },
        ],
    );
}

#[test]
fn what_was_kept_by_the_server_stands_as_it_came_where_the_archive_keeps_the_last_alone() {
    for begins in [Begins::AtOnce, Begins::Settled] {
        played(
            begins,
            Stamps::Seconds,
            Offline::Kept,
            [0, 0, 8, 0],
            vec![
                Says(Bob),
                Swallows { up: false, down: true },
                Says(Bob),
                Killed(When::After, 2),
                Says(Bob),
                Network(false),
                DeskSays(Bob),
                DeskSays(Bob),
                Network(true),
                Expires { of: Bob, count: 2 },
                Waits(6000),
            ],
        );
    }
}

#[test]
fn a_page_of_a_date_that_ends_within_a_second_stands_before_what_is_held_of_it() {
    played(
        Begins::Settled,
        Stamps::Seconds,
        Offline::Archived,
        [64, 0, 0, 0],
        vec![Says(Bob), Pages(4), Jumps(Bob, 53)],
    );
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
            history: [9, 1, 14, 0],
            stamps: Stamps::Seconds,
            ahead: 0,
            pages: 50,
            begins: Begins::Settled,
            offline: Offline::Archived,
            manner: RoomManner::Standard,
            steps,
        };
        hold(&schedule);
    }
}

#[test]
fn an_archive_of_whole_seconds_whose_cursor_expired_keeps_the_order_of_a_second() {
    played(
        Begins::Settled,
        Stamps::Seconds,
        Offline::Archived,
        [3, 3, 40, 0],
        vec![
            Says(Bob),
            Expires { of: Bob, count: 7 },
            Restarts,
            Says(Bob),
            Cut,
            Corrects(Bob, 0),
        ],
    );
}

#[test]
fn an_answer_that_goes_out_behind_what_was_not_seen_does_not_read_it() {
    disturbed(
        Stamps::Seconds,
        Offline::Archived,
        [38, 2, 4, 0],
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
fn what_an_archive_that_seemed_empty_writes_late_is_found() {
    disturbed(
        Stamps::Seconds,
        Offline::Archived,
        [2, 0, 0, 0],
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
fn what_follows_an_expired_message_within_its_second_stands_after_it() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [42, 1, 0, 0],
        vec![
            Says(Bob),
            Says(Bob),
            PhoneSays(Ward),
            Restarts,
            WritesLate(0),
            Expires { of: Ward, count: 1 },
            Says(Ward),
        ],
    );
}

#[test]
fn what_follows_expired_messages_of_ones_own_archive_within_their_second_stands_after_them() {
    let expires = || Expires { of: Bob, count: 1 };
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [30, 2, 17, 0],
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
        [25, 2, 60, 0],
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
        [0, 1, 4, 0],
        vec![
            Says(Bob),
            DeskSays(Ward),
            Expires { of: Ward, count: 5 },
            PhoneReads(Ward),
        ],
    );
}

#[test]
fn of_two_corrections_in_one_second_the_later_one_counts() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [6, 0, 0, 0],
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
fn what_was_read_by_writing_stays_read_when_the_archive_is_late() {
    let up = || Swallows { up: true, down: false };
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [3, 5, 1, 0],
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
fn own_words_after_an_expired_message_of_their_second_stand_where_the_room_has_them() {
    disturbed(
        Stamps::Seconds,
        Offline::Kept,
        [25, 0, 0, 0],
        vec![
            Says(Bob),
            Says(Bob),
            Says(Ward),
            Expires { of: Ward, count: 1 },
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
        [2, 0, 20, 0],
        vec![
            Says(Bob),
            Network(false),
            Says(Bob),
            DeskReads(Bob),
            Expires { of: Bob, count: 4 },
            Says(Bob),
        ],
    );
}

#[test]
fn what_came_between_two_live_ones_of_a_second_has_a_place_of_its_own() {
    played(
        Begins::Settled,
        Stamps::Seconds,
        Offline::Kept,
        [2, 0, 20, 0],
        vec![
            Says(Bob),
            Network(false),
            DeskSays(Bob),
            Says(Bob),
            Expires { of: Bob, count: 4 },
            Says(Bob),
        ],
    );
}
