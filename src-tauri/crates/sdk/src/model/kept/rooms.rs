//! Rooms into and out of which one comes, of both kinds.

use super::super::schedule::Chat::{Bob, Night, Ward};
use super::super::schedule::Step::*;
use super::super::schedule::{Begins, Fails, Killed as When, Offline, Out, RoomManner, Schedule, Stamps};
use super::{disturbed, hold, holds, played};

#[test]
fn a_room_of_muc_light_is_not_entered_when_a_session_goes_on() {
    holds([0, 0, 0, 1], vec![Cut, DeskSays(Night)]);
}

#[test]
fn an_invitation_that_was_followed_is_not_heard_again_from_the_archive() {
    holds(
        [0, 0, 1, 0],
        vec![
            PhoneForgets,
            Admits(Ward),
            DeskEnters,
            Says(Bob),
            PutsOut(Ward, Out::Kicked),
            DeskSays(Bob),
        ],
    );
}

#[test]
fn whoever_leaves_a_team_on_the_phone_has_not_read_what_was_said_there() {
    played(
        Begins::Settled,
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 0],
        vec![
            Swallows { up: true, down: false },
            PhoneForgets,
            Says(Ward),
            Says(Bob),
            PhoneLeaves(Ward),
            Admits(Ward),
            DeskEnters,
        ],
    );
}

#[test]
fn taken_out_and_in_again_in_one_breath_is_in() {
    holds(
        [0, 0, 0, 1],
        vec![
            Network(false),
            PutsOut(Night, Out::Removed),
            Admits(Night),
            Network(true),
        ],
    );
}

#[test]
fn the_version_of_a_room_is_not_held_without_its_members() {
    for left in 0..10 {
        holds([0, 0, 0, 0], vec![Killed(When::After, left), Admits(Night)]);
    }
}

#[test]
fn what_was_on_its_way_to_a_team_that_was_left_meanwhile_fails() {
    holds(
        [0, 0, 0, 0],
        vec![
            Swallows { up: true, down: false },
            DeskSays(Ward),
            Killed(When::After, 0),
            PhoneForgets,
            Says(Bob),
        ],
    );
}

#[test]
fn what_comes_in_before_own_words_that_failed_is_unread() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 1],
        vec![
            Says(Ward),
            Says(Bob),
            PhoneLeaves(Night),
            Says(Night),
            DeskSays(Night),
            Swallows { up: true, down: false },
            Admits(Night),
            DeskSays(Night),
        ],
    );
}

#[test]
fn taken_out_while_a_session_begins_is_out() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 1],
        vec![Says(Bob), Says(Bob), Restarts, Cut, PutsOut(Night, Out::Kicked)],
    );
}

#[test]
fn who_is_in_a_room_is_asked_again_where_the_connection_broke_on_the_way() {
    holds(
        [0, 0, 0, 0],
        vec![
            Network(false),
            WritesLate(0),
            MembersChange(Ward),
            DeskSays(Bob),
            Says(Bob),
            Says(Bob),
            Waits(587),
            Says(Bob),
            WritesLate(0),
            PhoneLeaves(Night),
            Cut,
            Cut,
            WritesLate(0),
            Says(Bob),
            Says(Bob),
            WritesLate(0),
            WritesLate(0),
            Says(Bob),
            Says(Bob),
            Says(Bob),
            Network(true),
            Network(false),
            Waits(13_964),
        ],
    );
}

#[test]
fn a_room_that_is_no_more_is_not_made_anew_by_what_waits_for_it() {
    holds(
        [0, 1, 0, 0],
        vec![
            Killed(When::After, 0),
            Network(false),
            DeskSays(Ward),
            PutsOut(Ward, Out::Ended),
            Says(Bob),
        ],
    );
}

#[test]
fn a_room_that_the_phone_forgot_while_the_line_swallowed_is_left() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 0],
        vec![
            Cut,
            Swallows { up: false, down: true },
            Swallows { up: true, down: false },
            PhoneForgets,
        ],
    );
}

#[test]
fn put_out_before_the_answer_to_entering_is_heard_is_out() {
    holds(
        [0, 0, 0, 0],
        vec![
            Killed(When::After, 0),
            MembersChange(Ward),
            Swallows { up: false, down: true },
            PutsOut(Ward, Out::Kicked),
        ],
    );
}

#[test]
fn left_on_the_phone_before_the_answer_to_entering_is_heard_is_left() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 0],
        vec![
            PutsOut(Ward, Out::Kicked),
            Swallows { up: false, down: true },
            DeskEnters,
            PhoneLeaves(Ward),
        ],
    );
}

#[test]
fn an_invitation_into_a_team_that_one_leaves_is_answered() {
    holds(
        [0, 0, 0, 0],
        vec![
            Swallows { up: true, down: false },
            PhoneForgets,
            Admits(Ward),
            DeskLeaves(Ward),
            PhoneEnters,
        ],
    );
}

#[test]
fn a_room_that_is_no_more_says_so_also_where_it_answers_too_late() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 0],
        vec![
            Restarts,
            Swallows { up: true, down: false },
            Waits(6_000),
            PutsOut(Ward, Out::Ended),
            Admits(Night),
        ],
    );
}

#[test]
fn taken_in_again_before_the_answer_to_leaving_is_heard_is_in() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 4, 0, 0],
        vec![
            Says(Bob),
            Admits(Night),
            Swallows { up: false, down: true },
            DeskLeaves(Night),
            Admits(Night),
        ],
    );
}

#[test]
fn whoever_leaves_and_is_put_out_and_comes_in_meanwhile_has_left() {
    holds(
        [0, 0, 1, 0],
        vec![
            Swallows { up: true, down: true },
            PutsOut(Ward, Out::Kicked),
            DeskLeaves(Ward),
            PhoneEnters,
        ],
    );
}

#[test]
fn a_room_that_was_left_on_the_phone_while_it_was_entered_is_not_entered_again() {
    holds(
        [0, 0, 1, 0],
        vec![Network(false), PhoneForgets, PhoneEnters, PhoneForgets, Network(true)],
    );
}

#[test]
fn what_waits_for_a_room_does_not_bring_one_back_into_it() {
    holds(
        [0, 0, 0, 0],
        vec![Network(false), PhoneForgets, DeskSays(Ward), Restarts],
    );
}

#[test]
fn an_invitation_that_the_archive_tells_of_after_one_was_put_out_is_old() {
    disturbed(
        Stamps::Microseconds,
        Offline::Archived,
        [0, 0, 0, 0],
        vec![
            WritesLate(40),
            DeskSays(Bob),
            Killed(When::Before, 1),
            DeskReads(Bob),
            Admits(Ward),
            DeskReads(Bob),
            PutsOut(Ward, Out::Kicked),
        ],
    );
}

#[test]
fn a_team_that_was_entered_stays_entered_though_the_server_did_not_hear_that_it_is_remembered() {
    let schedule = Schedule {
        history: [8, 0, 0, 0],
        stamps: Stamps::Microseconds,
        ahead: 6,
        begins: Begins::Settled,
        offline: Offline::Archived,
        pages: 50,
        manner: RoomManner::Standard,
        steps: vec![
            PhoneForgets,
            Says(Night),
            Killed(When::Before, 1),
            PhoneSays(Ward),
            Cut,
            DeskEnters,
            PhoneLeaves(Night),
            Waits(159),
            Cut,
            PhoneSays(Ward),
            Cut,
        ],
    };
    hold(&schedule);
}

#[test]
fn a_service_is_found_though_the_connection_was_lost_while_it_was_asked_for() {
    played(
        Begins::Settled,
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 1],
        vec![
            Cut,
            Restarts,
            Killed(When::After, 0),
            Says(Night),
            Waits(927),
            Swallows { up: true, down: false },
            Jumps(Bob, 0),
            Says(Bob),
        ],
    );
}

/// Where a room gives each name to one device, the phone is there under another one.
#[test]
fn two_devices_of_one_person_are_one_person_whatever_their_names() {
    for (begins, stamps) in [
        (Begins::AtOnce, Stamps::Microseconds),
        (Begins::Settled, Stamps::Seconds),
    ] {
        let schedule = Schedule {
            history: [0, 0, 12, 0],
            stamps,
            ahead: 0,
            begins,
            offline: Offline::Archived,
            pages: 5,
            manner: RoomManner::MongooseIm,
            steps: vec![
                PhoneSays(Ward),
                DeskSays(Ward),
                Says(Ward),
                Cut,
                PhoneSays(Ward),
                DeskSays(Ward),
                Restarts,
                PhoneReads(Ward),
                Says(Ward),
                Killed(When::After, 2),
                PhoneSays(Ward),
                Corrects(Ward, 0),
                TakesBack(Ward, 1),
            ],
        };
        hold(&schedule);
    }
}

#[test]
fn what_the_phone_forgets_and_enters_again_is_entered_here() {
    disturbed(
        Stamps::Microseconds,
        Offline::Kept,
        [0, 0, 0, 0],
        vec![
            Says(Bob),
            Cut,
            Cut,
            PhoneForgets,
            PhoneEnters,
            PutsOut(Ward, Out::Kicked),
        ],
    );
}

#[test]
fn whoever_was_put_out_while_nothing_was_heard_is_out() {
    let schedule = Schedule {
        history: [0, 0, 0, 0],
        stamps: Stamps::Seconds,
        ahead: 0,
        begins: Begins::AtOnce,
        offline: Offline::Kept,
        pages: 50,
        manner: RoomManner::Standard,
        steps: vec![
            PhoneReads(Night),
            Cut,
            Cut,
            PhoneForgets,
            DeskSays(Ward),
            PhoneEnters,
            MembersChange(Night),
            PutsOut(Night, Out::Kicked),
            Admits(Ward),
            Swallows { up: false, down: true },
            ArchivesTwice,
            PutsOut(Night, Out::Removed),
            Expires { of: Night, count: 14 },
            PutsOut(Ward, Out::Kicked),
        ],
    };
    hold(&schedule);
}

#[test]
fn what_is_said_again_in_a_room_without_ids_is_another_message() {
    let schedule = Schedule {
        history: [0, 0, 0, 0],
        stamps: Stamps::Microseconds,
        ahead: 0,
        begins: Begins::Settled,
        offline: Offline::Kept,
        pages: 50,
        manner: RoomManner::MongooseIm,
        steps: vec![Says(Ward), Says(Ward), Repeats(Ward, 0)],
    };
    hold(&schedule);
}

#[test]
fn what_a_room_hands_on_after_a_kill_is_one_message() {
    played(
        Begins::Settled,
        Stamps::Microseconds,
        Offline::Kept,
        [4, 0, 0, 0],
        vec![
            Killed(When::After, 0),
            Says(Bob),
            Says(Bob),
            WritesLate(0),
            Swallows { up: false, down: true },
            Says(Ward),
            Killed(When::After, 0),
            Waits(25_900),
        ],
    );
}

#[test]
fn what_was_said_again_after_one_has_left_is_not_missed() {
    let schedule = Schedule {
        history: [0, 0, 0, 0],
        stamps: Stamps::Microseconds,
        ahead: 0,
        begins: Begins::Settled,
        offline: Offline::Kept,
        pages: 50,
        manner: RoomManner::MongooseIm,
        steps: vec![Says(Ward), Waits(6_000), DeskLeaves(Ward), Repeats(Ward, 0)],
    };
    hold(&schedule);
}

#[test]
fn a_team_that_was_renamed_while_nothing_could_be_saved_is_called_so() {
    let schedule = Schedule {
        history: [1, 3, 4, 1],
        stamps: Stamps::Microseconds,
        ahead: -3,
        begins: Begins::AtOnce,
        offline: Offline::Kept,
        pages: 50,
        manner: RoomManner::Standard,
        steps: vec![
            PutsOut(Night, Out::Kicked),
            DeskSays(Night),
            Admits(Night),
            DiskFails {
                how: Fails::Full,
                after: 16,
                times: 1,
            },
            Says(Ward),
            Says(Night),
            Opens(Ward),
            MembersChange(Ward),
            Pages(21),
            MembersChange(Ward),
            Closes(Night),
            Admits(Ward),
            Pages(22),
            Swallows { up: true, down: false },
            DiskFails {
                how: Fails::Busy,
                after: 31,
                times: 6,
            },
            Killed(When::After, 1),
            Waits(23_607),
            MembersChange(Night),
            Corrects(Night, 3),
            PagesBack(Night),
            DeskReads(Bob),
            Admits(Night),
            Admits(Night),
            Swallows { up: true, down: true },
            DiskFails {
                how: Fails::Full,
                after: 50,
                times: 1,
            },
        ],
    };
    hold(&schedule);
}
