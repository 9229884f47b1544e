use proptest::prelude::*;

use super::*;
use crate::view::{Author, GapId, GapState, MessageItem, TextToken};

fn message(id: i64, text: &str) -> TimelineItem {
    TimelineItem::Message(Box::new(MessageItem {
        id: MessageId(id),
        author: Author::Me,
        text: vec![TextToken::Plain { text: text.into() }],
        at: 0,
        delivery: None,
        failure: None,
        edited: false,
        retracted: false,
    }))
}

fn gap(id: i64) -> TimelineItem {
    TimelineItem::Gap {
        id: GapId(id),
        state: GapState::Open,
    }
}

/// What an interface does with diffs.
fn apply(items: &mut Vec<TimelineItem>, diff: TimelineDiff) {
    match diff {
        TimelineDiff::Insert { index, items: new } => {
            let at = index as usize;
            items.splice(at..at, new);
        }
        TimelineDiff::Update { index, item } => items[index as usize] = item,
        TimelineDiff::Remove { index, count } => {
            items.drain(index as usize..(index + count) as usize);
        }
        TimelineDiff::Start { .. } => {}
    }
}

#[test]
fn a_page_of_older_messages_is_one_diff() {
    let mut timeline = Timeline::new(vec![Placed::new(10, message(1, "new"))], TimelineStart::More, None);
    let mut diffs = Vec::new();
    timeline.put(
        (1..=3).map(|n| Placed::new(n, message(n + 10, "old"))).collect(),
        &mut diffs,
    );
    assert!(
        matches!(&diffs[..], [TimelineDiff::Insert { index: 0, items }] if items.len() == 3),
        "{diffs:?}"
    );
}

#[test]
fn a_gap_stands_before_the_message_that_it_leads_to() {
    let timeline = Timeline::new(
        vec![
            Placed::new(5, message(1, "after")),
            Placed::new(5, gap(1)),
            Placed::new(4, message(2, "before")),
        ],
        TimelineStart::More,
        None,
    );
    assert_eq!(timeline.items(), [message(2, "before"), gap(1), message(1, "after")]);
}

#[test]
fn an_echo_that_gets_its_place_moves_there() {
    let mut timeline = Timeline::new(
        vec![Placed::new(10, message(1, "a")), Placed::new(1_000, message(2, "echo"))],
        TimelineStart::More,
        None,
    );
    let mut shown = timeline.items();
    let mut diffs = Vec::new();
    timeline.put(vec![Placed::new(5, message(2, "echo"))], &mut diffs);
    diffs.into_iter().for_each(|diff| apply(&mut shown, diff));
    assert_eq!(shown, [message(2, "echo"), message(1, "a")]);
}

#[test]
fn an_echo_alone_in_its_window_may_get_any_place() {
    let echo = Placed::new(PENDING_BASE + 1, message(1, "echo"));
    let timeline = Timeline::new(vec![echo], TimelineStart::More, None);
    assert!(timeline.covers(5));
}

#[derive(Debug, Clone)]
enum Change {
    Put(Vec<(i64, i64, bool, String)>),
    Remove(i64),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => prop::collection::vec((0_i64..20, 0_i64..15, prop::bool::weighted(0.1), "[ab]"), 1..8).prop_map(Change::Put),
        1 => (0_i64..15).prop_map(Change::Remove),
    ]
}

proptest! {
    #[test]
    fn applying_the_diffs_rebuilds_the_thread_in_order(changes in prop::collection::vec(change(), 0..40)) {
        let mut timeline = Timeline::new(Vec::new(), TimelineStart::More, None);
        let mut shown = Vec::new();
        for change in changes {
            let mut diffs = Vec::new();
            match change {
                Change::Put(items) => {
                    let placed = items
                        .into_iter()
                        .map(|(position, id, is_gap, text)| Placed::new(position, if is_gap { gap(id) } else { message(id, &text) }))
                        .collect();
                    timeline.put(placed, &mut diffs);
                }
                Change::Remove(id) => timeline.remove(|item| key(item).1 == id, &mut diffs),
            }
            diffs.into_iter().for_each(|diff| apply(&mut shown, diff));
            prop_assert_eq!(&shown, &timeline.items());
            prop_assert!(timeline.items.is_sorted_by_key(Placed::place));
            let mut keys: Vec<_> = timeline.items.iter().map(|placed| key(&placed.item)).collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), all, "an item is in the thread twice");
        }
    }
}
