//! Reads out of what each test runner prints how many tests passed and were skipped, and which failed.

/// `Summary [ 5.540s] 14 tests run: 14 passed, 2 skipped`. Those skipped are the other suites, left out by the filter:
/// tests switched off in the code are run.
pub(crate) fn nextest(output: &str) -> Option<(usize, usize)> {
    let summary = output
        .lines()
        .rev()
        .find(|line| line.contains("tests run:") || line.contains("test run:"))?;
    Some((before(summary.split("run:").nth(1)?, " passed")?, 0))
}

/// `      Tests  3 failed | 120 passed | 1 skipped (124)`
pub(crate) fn vitest(output: &str) -> Option<(usize, usize)> {
    let plain = without_colour(output);
    let line = plain
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Tests "))?;
    Some((before(line, " passed")?, before(line, " skipped").unwrap_or(0)))
}

/// `  27 passed (12.3s)`, and `  2 skipped` on a line of its own.
pub(crate) fn playwright(output: &str) -> Option<(usize, usize)> {
    let plain = without_colour(output);
    let number = |word: &str| plain.lines().rev().find_map(|line| before(line, word));
    Some((number(" passed")?, number(" skipped").unwrap_or(0)))
}

/// The tests that failed, as each runner names them at its end: a short log of a run elsewhere then says which ones.
pub(crate) fn failed(output: &str) -> Vec<String> {
    let plain = without_colour(output);
    let mut names: Vec<String> = Vec::new();
    for line in plain.lines() {
        let line = line.trim();
        let name = if let Some(nextest) = ["FAIL [", "TIMEOUT [", "SIGABRT [", "SIGSEGV ["]
            .iter()
            .find_map(|mark| line.strip_prefix(mark))
        {
            // `FAIL [   0.012s] (  3/553) wardline-sdk engine::tests::name`
            nextest.split_once(']').map(|(_, rest)| rest)
        } else if let Some(vitest) = line.strip_prefix("FAIL ") {
            Some(vitest)
        } else if line.starts_with("tests/browser/") && line.contains('›') {
            Some(line.trim_end_matches(['─', ' ']))
        } else {
            None
        };
        let Some(name) = name.map(|name| name.trim().to_owned()) else {
            continue;
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The number right before `word`.
fn before(line: &str, word: &str) -> Option<usize> {
    let (head, _) = line.split_once(word)?;
    head.rsplit(|letter: char| !letter.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn without_colour(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_each_runner_are_read() {
        assert_eq!(
            nextest("  Summary [ 5.5s] 14 tests run: 13 passed (1 slow), 1 failed, 2 skipped"),
            Some((13, 0))
        );
        assert_eq!(
            vitest("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m42 passed\u{1b}[39m (42)"),
            Some((42, 0))
        );
        assert_eq!(playwright("  1 skipped\n  27 passed (12.3s)\n"), Some((27, 1)));
        assert_eq!(playwright("Error: no tests found"), None);
    }

    #[test]
    fn the_tests_that_failed_are_named_once() {
        let nextest = "        FAIL [   0.012s] (3/9) wardline-sdk engine::x\n  Summary [1s] 9 tests run\n        FAIL [   0.012s] (3/9) wardline-sdk engine::x\n";
        assert_eq!(failed(nextest), ["(3/9) wardline-sdk engine::x"]);
        let playwright = "  1 failed\n    tests/browser/list.spec.ts:12:1 › A pin stays ────────\n  27 passed (1m)\n";
        assert_eq!(failed(playwright), ["tests/browser/list.spec.ts:12:1 › A pin stays"]);
        assert_eq!(
            failed(" \u{1b}[41m FAIL \u{1b}[49m src/a.test.ts > sums"),
            ["src/a.test.ts > sums"]
        );
    }
}
