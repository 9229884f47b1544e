use std::time::{Duration, Instant};

use super::ends::{Ends, Next};
use super::pulse::{Pulse, Verdict};

#[test]
fn a_page_that_ends_is_loaded_and_one_that_ends_again_within_a_minute_is_asked_about() {
    let mut ends = Ends::default();
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    assert_eq!(ends.ended(at(0)), Next::Load);
    assert_eq!(ends.ended(at(61)), Next::Load, "once a minute is bearable");
    assert_eq!(ends.ended(at(120)), Next::Ask);
    assert!(ends.is_asking());
    assert_eq!(ends.ended(at(500)), Next::Nothing, "nobody is asked twice");
    ends.begin_again();
    assert!(!ends.is_asking());
    assert_eq!(ends.ended(at(501)), Next::Load);
    assert_eq!(ends.ended(at(502)), Next::Ask);
}

fn asked(pulse: &mut Pulse, times: usize) -> Vec<Verdict> {
    (0..times).map(|_| pulse.ask()).collect()
}

#[test]
fn a_page_that_answers_is_well_however_long_it_runs() {
    let mut pulse = Pulse::default();
    pulse.begin();
    for _ in 0..1000 {
        assert_eq!(pulse.ask(), Verdict::Well);
        pulse.window_answered();
        pulse.page_answered();
    }
}

#[test]
fn a_page_that_does_not_answer_hangs_once_and_is_not_watched_until_another_begins() {
    let mut pulse = Pulse::default();
    pulse.begin();
    for _ in 0..6 {
        assert_eq!(pulse.ask(), Verdict::Well);
        pulse.window_answered();
    }
    assert_eq!(pulse.ask(), Verdict::PageHangs);
    assert_eq!(asked(&mut pulse, 50), [Verdict::Well; 50]);
    pulse.begin();
    assert_eq!(asked(&mut pulse, 6), [Verdict::Well; 6]);
}

#[test]
fn a_window_that_hangs_is_not_taken_for_a_page_that_does() {
    let mut pulse = Pulse::default();
    pulse.begin();
    assert_eq!(asked(&mut pulse, 6), [Verdict::Well; 6]);
    assert_eq!(pulse.ask(), Verdict::WindowHangs);
    assert_eq!(asked(&mut pulse, 50), [Verdict::Well; 50], "said once");
    pulse.window_answered();
    assert_eq!(pulse.ask(), Verdict::Well);
    pulse.window_answered();
    pulse.page_answered();
    assert_eq!(pulse.ask(), Verdict::Well);
}

#[test]
fn nothing_is_expected_of_a_page_that_has_not_begun() {
    assert_eq!(asked(&mut Pulse::default(), 50), [Verdict::Well; 50]);
}
