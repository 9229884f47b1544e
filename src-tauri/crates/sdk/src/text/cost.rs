//! The steps that a parser of foreign text takes, counted in tests: a text twice as long may cost twice as much, whoever wrote it.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts one turn of a loop over foreign text. Nothing outside tests.
#[inline]
pub(crate) fn step() {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

/// How many steps something takes.
#[cfg(test)]
pub(crate) fn steps_of(work: impl FnOnce()) -> u64 {
    let before = STEPS.with(std::cell::Cell::get);
    work();
    STEPS.with(std::cell::Cell::get) - before
}

/// Fails where a pattern that is repeated twice as often costs more than 2.2 times the steps, at each of three doublings.
#[cfg(test)]
pub(crate) fn assert_linear(name: &str, pattern: &str, work: impl Fn(&str)) {
    let cost = |times: usize| steps_of(|| work(&pattern.repeat(times)));
    for times in [250, 500, 1_000] {
        let (once, twice) = (cost(times), cost(times * 2));
        assert!(once > 0, "{name} counts no steps for {pattern:?}");
        assert!(
            twice * 10 <= once * 22,
            "{name} of {pattern:?}: {once} steps, {twice} for twice the text"
        );
    }
}
