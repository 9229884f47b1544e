use proptest::prelude::*;

use super::*;
use crate::people::{Known, person};
use crate::view::{ConversationKind, Presence, Relation};

fn ranked(id: i64, newest: i64, pinned: bool, unread: u32) -> Ranked {
    Ranked {
        newest,
        address: format!("{id}@ward.example").into(),
        row: ConversationRow {
            id: ConversationId(id),
            kind: ConversationKind::Person,
            person: person(Known {
                address: "bob@ward.example",
                ..Known::default()
            }),
            relation: Relation::Known,
            address: None,
            team: None,
            presence: Presence::Unknown,
            preview: None,
            draft: None,
            typing: Vec::new(),
            shown_in: ConversationBox::Inbox,
            unread,
            pinned,
            marked_unread: false,
            muted_until: None,
            blocked: false,
        },
    }
}

/// What an interface does with diffs.
fn apply(rows: &mut Vec<ConversationRow>, diff: InboxDiff) {
    match diff {
        InboxDiff::Insert { index, row } => rows.insert(index as usize, *row),
        InboxDiff::Move { from, to } => {
            let row = rows.remove(from as usize);
            rows.insert(to as usize, row);
        }
        InboxDiff::Remove { index } => {
            rows.remove(index as usize);
        }
        InboxDiff::Update { index, row } => rows[index as usize] = *row,
    }
}

#[test]
fn pinned_rows_come_first_and_then_the_newest() {
    let inbox = Inbox::new(vec![
        ranked(1, 10, false, 0),
        ranked(2, 30, false, 0),
        ranked(3, 5, true, 0),
    ]);
    let ids: Vec<i64> = inbox.snapshot().rows.iter().map(|row| row.id.0).collect();
    assert_eq!(ids, [3, 2, 1]);
}

#[test]
fn rows_of_one_time_stand_by_address_whichever_conversation_a_device_came_to_know_first() {
    let [mut bob, mut carol] = [2, 1].map(|id| ranked(id, 10, false, 0));
    (bob.address, carol.address) = ("bob@ward.example".into(), "carol@ward.example".into());
    let inbox = Inbox::new(vec![carol, bob]);
    let ids: Vec<i64> = inbox.snapshot().rows.iter().map(|row| row.id.0).collect();
    assert_eq!(ids, [2, 1]);
}

#[test]
fn a_new_message_moves_its_row_and_then_updates_it() {
    let mut inbox = Inbox::new(vec![ranked(1, 10, false, 0), ranked(2, 30, false, 0)]);
    let mut diffs = Vec::new();
    inbox.put(ranked(1, 40, false, 1), &mut diffs);
    assert!(
        matches!(
            diffs[..],
            [InboxDiff::Move { from: 1, to: 0 }, InboxDiff::Update { index: 0, .. }]
        ),
        "{diffs:?}"
    );
}

#[test]
fn a_row_that_did_not_change_says_nothing() {
    let mut inbox = Inbox::new(vec![ranked(1, 10, false, 0)]);
    let mut diffs = Vec::new();
    inbox.put(ranked(1, 10, false, 0), &mut diffs);
    inbox.put(ranked(1, 11, false, 0), &mut diffs);
    assert_eq!(diffs, []);
}

fn muted(mut ranked: Ranked, until: i64) -> Ranked {
    ranked.row.muted_until = Some(until);
    ranked
}

#[test]
fn unread_messages_are_summed_up_but_for_what_is_muted_or_put_aside() {
    let mut aside = ranked(3, 30, false, 4);
    aside.row.shown_in = ConversationBox::Archive;
    let mut inbox = Inbox::new(vec![
        ranked(1, 10, false, 2),
        muted(ranked(2, 20, false, 8), MUTED_FOR_EVER),
        aside,
    ]);
    assert_eq!(inbox.untold_unread(), Some(2));
    assert_eq!(inbox.untold_unread(), None, "it has been told");
    inbox.put(ranked(2, 20, false, 8), &mut Vec::new());
    assert_eq!(inbox.untold_unread(), Some(10));
    inbox.remove(ConversationId(1), &mut Vec::new());
    assert_eq!(inbox.untold_unread(), Some(8));
    inbox.put(muted(ranked(2, 20, false, 9), 5), &mut Vec::new());
    assert_eq!(inbox.untold_unread(), Some(0));
}

#[test]
fn the_end_of_a_mute_is_known_by_time() {
    let mut inbox = Inbox::new(vec![
        muted(ranked(1, 10, false, 2), 500),
        muted(ranked(2, 20, false, 1), MUTED_FOR_EVER),
    ]);
    inbox.put(muted(ranked(3, 30, false, 1), 400), &mut Vec::new());
    assert_eq!(inbox.next_unmuting(), Some(401));
    assert_eq!(inbox.unmuted(400), []);
    assert_eq!(inbox.unmuted(401), [ConversationId(3)]);
    inbox.put(ranked(3, 30, false, 1), &mut Vec::new());
    assert_eq!(inbox.next_unmuting(), Some(501));
    inbox.remove(ConversationId(1), &mut Vec::new());
    assert_eq!(inbox.next_unmuting(), None, "for ever has no end");
}

proptest! {
    #[test]
    fn applying_the_diffs_rebuilds_the_list(
        changes in prop::collection::vec((0_i64..12, 0_i64..20, any::<bool>(), 0_u32..3), 0..60)
    ) {
        let mut inbox = Inbox::new(vec![ranked(0, 1, false, 0), ranked(1, 2, false, 0)]);
        let mut shown = inbox.snapshot().rows;
        for (id, newest, pinned, unread) in changes {
            let mut diffs = Vec::new();
            if newest == 0 {
                inbox.remove(ConversationId(id), &mut diffs);
            } else {
                inbox.put(ranked(id, newest, pinned, unread), &mut diffs);
            }
            diffs.into_iter().for_each(|diff| apply(&mut shown, diff));
            prop_assert_eq!(&shown, &inbox.snapshot().rows);
        }
        let mut sorted: Vec<Rank> = inbox.rows.values().map(Ranked::rank).collect();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, inbox.order.clone());
        let unread: u32 = inbox.rows.values().map(|ranked| ranked.row.unread).sum();
        prop_assert_eq!(inbox.untold_unread(), Some(unread));
    }
}
