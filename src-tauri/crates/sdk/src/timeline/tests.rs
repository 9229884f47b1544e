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
        unsent: None,
        read_by: None,
        unreadable: None,
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
        TimelineDiff::Start { .. } | TimelineDiff::End { .. } => {}
    }
}

#[test]
fn a_page_of_older_messages_is_one_diff() {
    let mut timeline = Timeline::new(vec![Placed::new(10, message(1, "new"))], TimelineEnd::Newest);
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
        TimelineEnd::Newest,
    );
    assert_eq!(timeline.items(), [message(2, "before"), gap(1), message(1, "after")]);
}

#[test]
fn an_echo_that_gets_its_place_moves_there() {
    let mut timeline = Timeline::new(
        vec![Placed::new(10, message(1, "a")), Placed::new(1_000, message(2, "echo"))],
        TimelineEnd::Newest,
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
    let timeline = Timeline::new(vec![echo], TimelineEnd::Newest);
    assert!(timeline.region(5) == Region::Inside);
}

#[test]
fn a_window_in_the_middle_takes_in_nothing_that_lies_beyond_it() {
    let held = [10, 20].map(|position| Placed::new(position, message(position, "held")));
    let timeline = Timeline::new(held.to_vec(), TimelineEnd::More);
    let covered: Vec<i64> = [5, 10, 15, 20, 25, PENDING_BASE + 1]
        .into_iter()
        .filter(|position| timeline.region(*position) == Region::Inside)
        .collect();
    assert_eq!(covered, [10, 15, 20]);
}

#[test]
fn a_long_window_is_cut_down_around_the_reader() {
    let count = i64::try_from(MOST).unwrap() + 1;
    for (viewed, first, start, end) in [
        (None, 401, TimelineStart::More, TimelineEnd::Newest),
        (Some(2), 0, TimelineStart::Beginning, TimelineEnd::More),
        (Some(500), 300, TimelineStart::More, TimelineEnd::More),
    ] {
        let all = (0..count).map(|n| Placed::new(n, message(n, "held"))).collect();
        let mut timeline = Timeline::new(all, TimelineEnd::Newest);
        timeline.set_start(TimelineStart::Beginning, &mut Vec::new());
        viewed.into_iter().for_each(|id| timeline.view(MessageId(id)));
        let mut shown = timeline.items();
        let mut diffs = Vec::new();
        timeline.trim(&mut diffs);
        diffs.into_iter().for_each(|diff| apply(&mut shown, diff));
        assert_eq!(shown, timeline.items());
        assert_eq!((shown.len(), timeline.start(), timeline.end()), (KEPT, start, end));
        assert_eq!(timeline.oldest_message(), Some((first, MessageId(first))));
    }
}

/// What may happen to an open thread, in a store of messages that lie at the position of their id.
#[derive(Debug, Clone)]
enum Step {
    /// Messages are stored; what the window covers is put.
    Arrive(Vec<i64>),
    /// A gap opens before a message, or closes.
    Gap {
        before: i64,
        id: i64,
    },
    Close(i64),
    Older(usize),
    Newer(usize),
    /// A new window around a message.
    Jump(i64),
    /// A new window at the end.
    Newest,
    View(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::collection::vec(0_i64..200, 1..20).prop_map(Step::Arrive),
        1 => (0_i64..200, 0_i64..3).prop_map(|(before, id)| Step::Gap { before, id }),
        1 => (0_i64..3).prop_map(Step::Close),
        2 => (1_usize..12).prop_map(Step::Older),
        2 => (1_usize..12).prop_map(Step::Newer),
        1 => (0_i64..200).prop_map(Step::Jump),
        1 => Just(Step::Newest),
        1 => (0_i64..200).prop_map(Step::View),
    ]
}

fn placed(ids: impl IntoIterator<Item = i64>) -> Vec<Placed> {
    ids.into_iter().map(|id| Placed::new(id, message(id, "text"))).collect()
}

proptest! {
    #[test]
    fn applying_the_diffs_rebuilds_the_thread_wherever_the_window_lies(steps in prop::collection::vec(step(), 0..60)) {
        let mut held = std::collections::BTreeSet::new();
        let mut timeline = Timeline::new(Vec::new(), TimelineEnd::Newest);
        let mut shown = Vec::new();
        for step in steps {
            let mut diffs = Vec::new();
            let before = timeline.revision();
            match step {
                Step::Arrive(ids) => {
                    let new = ids.iter().copied().filter(|id| timeline.region(*id) == Region::Inside).collect::<Vec<_>>();
                    held.extend(ids);
                    timeline.put(placed(new), &mut diffs);
                }
                Step::Gap { before, id } => timeline.put(vec![Placed::new(before, gap(id))], &mut diffs),
                Step::Close(gone) => timeline.remove(|item| key(item) == (Layer::Gap, gone), &mut diffs),
                Step::Older(count) => {
                    if let Some((first, _)) = timeline.oldest_message() {
                        timeline.put(placed(held.range(..first).rev().take(count).copied()), &mut diffs);
                    }
                }
                Step::Newer(count) => {
                    if let Some((last, _)) = timeline.newest_message() {
                        timeline.put(placed(held.range(last + 1..).take(count).copied()), &mut diffs);
                        let more = timeline.newest_message().is_some_and(|(last, _)| held.range(last + 1..).next().is_some());
                        timeline.set_end(if more { TimelineEnd::More } else { TimelineEnd::Newest }, &mut diffs);
                    }
                }
                Step::Jump(to) if held.range(to..).next().is_some() => {
                    let around: Vec<i64> = held.range(to..).take(5).copied().collect();
                    let end = if held.range(to..).count() > 5 { TimelineEnd::More } else { TimelineEnd::Newest };
                    timeline = Timeline::new(placed(around), end).following(&timeline);
                    shown = timeline.items();
                }
                Step::Jump(_) | Step::Newest => {
                    let newest = held.iter().rev().take(5).copied().collect::<Vec<_>>();
                    timeline = Timeline::new(placed(newest), TimelineEnd::Newest).following(&timeline);
                    shown = timeline.items();
                }
                Step::View(id) => timeline.view(MessageId(id)),
            }
            diffs.into_iter().for_each(|diff| apply(&mut shown, diff));
            prop_assert!(timeline.revision() >= before);
            prop_assert_eq!(&shown, &timeline.items());
            prop_assert!(timeline.items.is_sorted_by_key(Placed::place));
            // The window is all that is held between its first message and its last.
            let messages: Vec<i64> = timeline.items.iter().filter_map(Placed::message).map(|(position, _)| position).collect();
            if let (Some(first), Some(last)) = (messages.first(), messages.last()) {
                let expected: Vec<i64> = held.range(*first..=*last).copied().collect();
                prop_assert_eq!(&messages, &expected);
                if timeline.end() == TimelineEnd::Newest {
                    prop_assert_eq!(held.last(), Some(last));
                }
            }
        }
    }
}
