//! The outcome of the tests of a mutation, read from their output.

/// The outcome of the tests of a mutation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Tests that were run to their end.
    pub(crate) ran: usize,
    /// Names of those that failed.
    pub(crate) failed: Vec<String>,
    /// How many random schedules were played until one failed.
    pub(crate) after: Option<u32>,
    /// Whether the tests came to an end at all.
    pub(crate) ended: bool,
}

impl Verdict {
    /// Reads the output of the tests.
    pub(crate) fn read(output: &str, ended: bool) -> Self {
        let mut failed = Vec::new();
        let mut ran = 0;
        for line in output.lines() {
            let Some((name, outcome)) = line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... ")) else {
                continue;
            };
            ran += 1;
            if outcome == "FAILED" {
                failed.push(name.trim_start_matches("model::").to_owned());
            }
        }
        failed.sort();
        let after = output
            .lines()
            .find_map(|line| {
                line.strip_prefix("seed ")?
                    .split_once(", after ")?
                    .1
                    .strip_suffix(" schedules")
            })
            .and_then(|count| count.parse().ok());
        Self {
            ran,
            failed,
            after,
            ended,
        }
    }

    /// Whether nothing noticed.
    pub(crate) fn is_survived(&self) -> bool {
        self.ended && self.failed.is_empty()
    }

    /// The tests that should have failed and did not.
    pub(crate) fn missed<'a>(&self, expected: &'a [String]) -> Vec<&'a str> {
        let noticed = |part: &&String| self.failed.iter().any(|name| name.contains(part.as_str()));
        let missed = expected.iter().filter(|part| self.ended && !noticed(part));
        missed.map(String::as_str).collect()
    }

    /// The tests that failed, in short.
    pub(crate) fn noticed_by(&self) -> String {
        let short: Vec<String> = self
            .failed
            .iter()
            .map(|name| match name.strip_prefix("whatever_happens") {
                Some(_) => "the random schedules".to_owned(),
                None => name.replace("golden::", "story ").replace("kept::", "kept "),
            })
            .collect();
        match short.as_slice() {
            [first, second, third, rest @ ..] if rest.len() > 1 => {
                format!("{first}, {second}, {third} and {} more", rest.len())
            }
            all => all.join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_and_when_is_read_from_the_output() {
        let output = "test model::golden::gap ... ok\n\
                      test model::whatever_happens_the_store_ends_as_the_server_has_it ... FAILED\n\
                      seed 1000, after 17 schedules\nbob: text 3 is missing\n";
        let verdict = Verdict::read(output, true);
        assert_eq!((verdict.ran, verdict.after), (2, Some(17)));
        assert_eq!(verdict.noticed_by(), "the random schedules");
        assert!(!verdict.is_survived());
        let expected = ["whatever_happens".to_owned(), "golden::gap".to_owned()];
        assert_eq!(verdict.missed(&expected), ["golden::gap"]);
    }

    #[test]
    fn tests_that_never_end_have_noticed() {
        assert!(Verdict::read("test a ... ok\n", true).is_survived());
        assert!(!Verdict::read("test a ... ok\n", false).is_survived());
    }
}
