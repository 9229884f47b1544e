//! Where the messages of an archive page stand in a thread (sync.md R8).
//!
//! A thread is ordered by one number per message, its *position*. It is the archive's stamp in microseconds wherever that
//! says the same as the archive's own order, and otherwise as little beside it as the archive's order demands: servers stamp
//! by the second (Prosody), two messages share a stamp, and clocks step back. Nothing here asks this computer's clock.

/// A message of a page, as far as its place is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placing {
    /// It has no place yet, or one that the archive has not proven: stamp, Unix microseconds.
    Stamped(i64),
    /// The same, and so many live messages of which the archive has not told came right before it: they need places of their own.
    Behind(i64, i64),
    /// It is held already, at this position, which other pages count on.
    Held(i64),
}

/// Positions of a page's messages, given in archive order: strictly increasing.
///
/// `after` is the position of the held message right before the page, `before` that of the one right after it, where there
/// are such. Both, and the messages that are held, are respected as long as there is room for the rest between them.
pub(crate) fn place_page(page: &[Placing], after: Option<i64>, before: Option<i64>) -> Vec<i64> {
    let mut positions = Vec::with_capacity(page.len());
    let mut floor = after.unwrap_or(i64::MIN);
    for message in page {
        floor = match *message {
            Placing::Stamped(stamp) => stamp.max(floor.saturating_add(1)),
            Placing::Behind(stamp, live) => stamp.max(floor.saturating_add(1).saturating_add(live)),
            Placing::Held(position) => position,
        };
        positions.push(floor);
    }
    // What was pushed past a held message, or past the end, goes back before it.
    let mut ceiling = before.unwrap_or(i64::MAX);
    for position in positions.iter_mut().rev() {
        if *position >= ceiling {
            *position = ceiling.saturating_sub(1);
        }
        ceiling = *position;
    }
    positions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stamped(stamps: &[i64]) -> Vec<Placing> {
        stamps.iter().copied().map(Placing::Stamped).collect()
    }

    #[test]
    fn distinct_stamps_are_the_positions() {
        assert_eq!(place_page(&stamped(&[10, 20, 30]), Some(5), Some(40)), [10, 20, 30]);
    }

    #[test]
    fn messages_of_one_second_keep_the_order_of_the_archive() {
        assert_eq!(place_page(&stamped(&[10, 10, 10]), None, None), [10, 11, 12]);
    }

    #[test]
    fn there_is_room_for_live_messages_that_came_in_between() {
        let page = [Placing::Behind(10, 2), Placing::Stamped(10), Placing::Behind(10, 1)];
        assert_eq!(place_page(&page, Some(10), None), [13, 14, 16]);
        assert_eq!(place_page(&[Placing::Behind(20, 2)], Some(10), None), [20]);
    }

    #[test]
    fn a_page_from_the_same_second_fits_before_what_is_held() {
        assert_eq!(place_page(&stamped(&[7, 10, 10]), None, Some(10)), [7, 8, 9]);
    }

    #[test]
    fn a_clock_that_stepped_back_does_not_reorder() {
        assert_eq!(place_page(&stamped(&[30, 20]), Some(25), None), [30, 31]);
    }

    #[test]
    fn new_messages_of_the_second_of_a_held_one_go_before_it() {
        let page = [
            Placing::Stamped(9),
            Placing::Stamped(10),
            Placing::Held(10),
            Placing::Stamped(10),
        ];
        assert_eq!(place_page(&page, None, None), [8, 9, 10, 11]);
    }

    proptest! {
        #[test]
        fn positions_increase_and_stay_between_the_neighbours(
            stamps in prop::collection::vec(0_i64..1_000, 0..30),
            after in prop::option::of(-2_000_i64..0),
            before in prop::option::of(0_i64..2_000),
        ) {
            let positions = place_page(&stamped(&stamps), after, before);
            prop_assert_eq!(positions.len(), stamps.len());
            prop_assert!(positions.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(positions.iter().all(|position| before.is_none_or(|before| *position < before)));
            let room = after.is_none_or(|after| before.is_none_or(|before| before - after > 30));
            if room {
                prop_assert!(positions.iter().all(|position| after.is_none_or(|after| *position > after)));
            }
        }
    }
}
