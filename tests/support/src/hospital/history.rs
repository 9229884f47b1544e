//! Six weeks of conversation: generated exchanges, then the hand-written end.

use chrono::{DateTime, Duration, Timelike, Utc};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::thread::{self, ThreadError};

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// Stable id.
    pub(super) id: String,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// Who, by the part of the address before the `@`.
    pub(super) who: String,
    /// What.
    pub(super) text: String,
}

/// How far back the sample goes.
const WEEKS: i64 = 6;

/// Writes conversations. The same seed and the same `now` give the same hospital.
pub(super) struct Writer {
    random: StdRng,
    now: DateTime<Utc>,
    exchanges: Vec<Vec<(char, &'static str)>>,
}

impl Writer {
    pub(super) fn new(seed: u64, now: DateTime<Utc>) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            now,
            exchanges: thread::exchanges(),
        }
    }

    /// An id that looks like any other and is the same in each run.
    pub(super) fn id(&mut self) -> String {
        uuid::Uuid::from_u128(self.random.random()).to_string()
    }

    /// The hand-written end of the conversation called `name`, and how many of it are unread; nothing if it has none.
    pub(super) fn end(&mut self, name: &str) -> Result<(Vec<Said>, usize), ThreadError> {
        let Some(file) = thread::end_of(name) else {
            return Ok((Vec::new(), 0));
        };
        let thread = thread::parse(file)?;
        let length: i64 = thread.lines.iter().map(|line| line.after).sum();
        let mut at = self.now - Duration::minutes(thread.ends + length);
        let mut said = Vec::with_capacity(thread.lines.len());
        for line in thread.lines {
            at += Duration::minutes(line.after);
            let at = at + Duration::seconds(self.random.random_range(0..40));
            said.push(Said {
                id: self.id(),
                at: at.min(self.now),
                who: line.who,
                text: line.text,
            });
        }
        // Two within one minute must not change places.
        said.sort_by_key(|said| said.at);
        Ok((said, thread.unread))
    }

    /// About `count` messages between `people` that end before `before`, spread over the six weeks.
    pub(super) fn weeks(&mut self, people: &[String], before: DateTime<Utc>, count: usize) -> Vec<Said> {
        let mut said: Vec<Said> = Vec::with_capacity(count + 4);
        let last = before - Duration::hours(2);
        let span = (last - (self.now - Duration::weeks(WEEKS))).num_minutes().max(60);
        let mut recent: Vec<usize> = Vec::new();
        let mut starts: Vec<DateTime<Utc>> = (0..=count / 2)
            .map(|_| last - Duration::minutes(self.random.random_range(0..span)))
            .collect();
        starts.sort();
        for start in starts {
            if said.len() >= count {
                break;
            }
            self.exchange(people, in_waking_hours(start).min(last), &mut recent, &mut said);
        }
        said.truncate(count);
        said.sort_by_key(|said| said.at);
        said
    }

    fn exchange(&mut self, people: &[String], start: DateTime<Utc>, recent: &mut Vec<usize>, said: &mut Vec<Said>) {
        let mut number = self.random.random_range(0..self.exchanges.len().max(1));
        // The same exchange twice in a screenful would read like a machine.
        while recent.contains(&number) && recent.len() < self.exchanges.len() {
            number = (number + 1) % self.exchanges.len();
        }
        recent.push(number);
        if recent.len() > 25 {
            recent.remove(0);
        }
        let exchange = self.exchanges.get(number).cloned().unwrap_or_default();
        let speakers: Vec<String> = people.choose_multiple(&mut self.random, 3).cloned().collect();
        let values = self.values();
        let mut at = start;
        for (role, text) in exchange {
            let place = match role {
                'A' => 0,
                'B' => 1,
                _ => 2 % speakers.len().max(1),
            };
            let Some(who) = speakers.get(place).or_else(|| speakers.first()) else {
                return;
            };
            let text = values
                .iter()
                .fold(text.to_owned(), |text, (slot, value)| text.replace(slot, value));
            at += Duration::seconds(self.random.random_range(20..240));
            said.push(Said {
                id: self.id(),
                at,
                who: who.clone(),
                text,
            });
        }
    }

    /// What the slots of an exchange stand for this time.
    fn values(&mut self) -> Vec<(&'static str, String)> {
        let random = &mut self.random;
        let days = ["Monday", "Tuesday", "Thursday", "Friday", "Sunday"];
        vec![
            ("{bed}", random.random_range(1..=28).to_string()),
            ("{bay}", ["A", "B", "C", "D"].choose(random).unwrap_or(&"A").to_string()),
            ("{box}", random.random_range(1..=12).to_string()),
            ("{day}", days.choose(random).unwrap_or(&"Friday").to_string()),
            (
                "{time}",
                format!("{}.{:02}", random.random_range(10..=17), random.random_range(0..4) * 15),
            ),
            ("{k}", format!("4.{}", random.random_range(0..9))),
            ("{hr}", random.random_range(58..=92).to_string()),
            ("{sys}", random.random_range(112..=148).to_string()),
            ("{low}", random.random_range(92..=104).to_string()),
            ("{dia}", random.random_range(62..=86).to_string()),
            ("{sats}", random.random_range(94..=98).to_string()),
            ("{news}", random.random_range(0..=2).to_string()),
            ("{trop}", random.random_range(18..=60).to_string()),
            ("{ml}", (random.random_range(6..=14) * 100).to_string()),
            ("{inr}", format!("2.{}", random.random_range(1..=9))),
            (
                "{glu}",
                format!("1{}.{}", random.random_range(0..=3), random.random_range(0..=9)),
            ),
            ("{temp}", format!("38.{}", random.random_range(1..=6))),
            (
                "{vanc}",
                format!("1{}.{}", random.random_range(1..=6), random.random_range(0..=9)),
            ),
            ("{dig}", format!("1.{}", random.random_range(0..=6))),
        ]
    }
}

/// Hospitals never sleep, but most messages are written between seven and ten in the evening.
fn in_waking_hours(at: DateTime<Utc>) -> DateTime<Utc> {
    if (7..22).contains(&at.hour()) {
        at
    } else {
        at - Duration::hours(9)
    }
}
