//! Lines of a thread, and how runs of them are shortened.

use std::fmt::Write as _;

/// Runs of at least so many numbered texts are shortened.
const LONG: usize = 5;

/// A line of a thread.
pub(super) struct Line {
    text: String,
    /// For a numbered text: everything else about it but its time, and the number.
    numbered: Option<(String, u32)>,
}

impl Line {
    /// A line between messages.
    pub(super) fn mark(text: String) -> Self {
        Self { text, numbered: None }
    }

    /// A message.
    pub(super) fn row(segment: char, time: &str, sender: &str, body: &str, marks: &str) -> Self {
        let number = body.rsplit_once(' ').and_then(|(words, number)| {
            let number = number.parse().ok()?;
            Some((format!("{segment} {sender} {words} {marks}"), number))
        });
        Self {
            text: format!("{segment} {time} {sender:<5}  {body}{marks}"),
            numbered: number,
        }
    }

    /// Whether the next line is that of the next number, and else alike.
    fn goes_on_with(&self, next: &Self) -> bool {
        match (&self.numbered, &next.numbered) {
            (Some((words, number)), Some((next, next_number))) => words == next && number + 1 == *next_number,
            _ => false,
        }
    }
}

/// The lines as text, each run of numbered ones by its first and its last.
pub(super) fn shortened(lines: Vec<Line>) -> String {
    let mut text = String::new();
    for run in lines.chunk_by(Line::goes_on_with) {
        match run {
            [first, between @ .., last] if run.len() >= LONG => {
                let _ = writeln!(text, "{}\n  … {} more …\n{}", first.text, between.len(), last.text);
            }
            _ => run.iter().for_each(|line| {
                let _ = writeln!(text, "{}", line.text);
            }),
        }
    }
    text
}

#[test]
fn only_what_follows_in_order_is_shortened() {
    let row = |number: u32| Line::row('A', "08:00:00", "Bob", &format!("Bob {number}"), "");
    let shown = shortened([1, 2, 3, 4, 5, 7, 6].map(row).into());
    assert_eq!(
        shown,
        "A 08:00:00 Bob    Bob 1\n  … 3 more …\nA 08:00:00 Bob    Bob 5\nA 08:00:00 Bob    Bob 7\nA 08:00:00 Bob    Bob 6\n"
    );
}
