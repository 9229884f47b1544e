use std::time::{Duration, SystemTime};

use crate::wake::slept;

#[test]
fn a_clock_that_jumped_means_sleep() {
    let evening = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    assert!(slept(evening, evening + Duration::from_secs(8 * 3600)));
    assert!(slept(evening, evening + Duration::from_secs(21)));
    assert!(!slept(evening, evening + Duration::from_secs(5)), "an ordinary tick");
    assert!(!slept(evening, evening + Duration::from_secs(12)), "a busy computer");
    assert!(
        !slept(evening, evening - Duration::from_secs(3600)),
        "a clock that was set back"
    );
}
