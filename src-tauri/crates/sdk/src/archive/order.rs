//! Which of the held messages stand in another order here than in the archive.

/// The indexes of those that stand wrong, given the positions of held messages in the archive's order: as few as possible,
/// so that putting them right moves as few as possible. What is not below `before`, the position of the message that comes
/// after all of these, stands wrong in any case.
pub(crate) fn misplaced(positions: &[i64], before: Option<i64>) -> Vec<usize> {
    // The longest run of growing positions stays (patience sorting): for each length, the index at which the run of that
    // length with the lowest end ends; and for each index, the one before it in its run.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; positions.len()];
    let at = |index: &usize| positions.get(*index).copied().unwrap_or(i64::MAX);
    for (index, position) in positions.iter().enumerate() {
        if before.is_some_and(|before| *position >= before) {
            continue;
        }
        let length = ends.partition_point(|end| at(end) < *position);
        if let Some(slot) = previous.get_mut(index) {
            *slot = length.checked_sub(1).and_then(|shorter| ends.get(shorter).copied());
        }
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut stays = vec![false; positions.len()];
    let mut next = ends.last().copied();
    while let Some(index) = next {
        if let Some(stay) = stays.get_mut(index) {
            *stay = true;
        }
        next = previous.get(index).copied().flatten();
    }
    stays
        .iter()
        .enumerate()
        .filter(|(_, stays)| !**stays)
        .map(|(index, _)| index)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stands_right_stays() {
        assert_eq!(misplaced(&[10, 20, 30], Some(31)), [0; 0]);
        assert_eq!(misplaced(&[], None), [0; 0]);
    }

    #[test]
    fn one_that_stands_far_off_moves_alone() {
        assert_eq!(misplaced(&[100, 101, 5, 102, 103], None), [2]);
        assert_eq!(misplaced(&[10, 900, 20, 30], None), [1]);
    }

    #[test]
    fn two_that_changed_places_are_put_right_by_moving_one() {
        assert_eq!(misplaced(&[10, 30, 20, 40], None).len(), 1);
    }

    #[test]
    fn what_does_not_stand_before_the_next_message_stands_wrong() {
        assert_eq!(misplaced(&[10, 20, 50], Some(50)), [2]);
    }

    proptest! {
        #[test]
        fn what_is_left_grows_and_is_below_the_next(
            positions in prop::collection::vec(0_i64..40, 0..40),
            before in prop::option::of(0_i64..50),
        ) {
            let wrong = misplaced(&positions, before);
            let left: Vec<i64> = positions
                .iter()
                .enumerate()
                .filter(|(index, _)| !wrong.contains(index))
                .map(|(_, position)| *position)
                .collect();
            prop_assert!(left.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(left.iter().all(|position| before.is_none_or(|before| *position < before)));
        }
    }
}
