//! An archive on the server: what was said, in order, and pages of it (XEP-0313, XEP-0059).

use std::time::Duration;

use tokio::time::Instant;
use wardline_xmpp::Element;

/// One archived message.
pub(super) struct Archived {
    /// Opaque, and in no order.
    pub(super) id: String,
    /// The other side of a one-to-one message; the room in a room's archive.
    pub(super) with: String,
    /// Unix microseconds.
    pub(super) stamp: i64,
    /// From when on it can be read.
    readable: Instant,
    /// The message, without archive id.
    pub(super) message: String,
}

#[derive(Default)]
pub(super) struct Archive {
    held: Vec<Archived>,
}

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) query_id: String,
    with: Option<String>,
    start: Option<i64>,
    end: Option<i64>,
    before: Option<String>,
    after: Option<String>,
    max: usize,
}

/// A page.
pub(super) struct Page<'a> {
    pub(super) messages: Vec<&'a Archived>,
    pub(super) complete: bool,
}

impl Archive {
    /// Keeps a message, which can be read after `late`, be it later than one that follows it.
    pub(super) fn append(&mut self, id: String, with: &str, stamp: i64, late: Duration, message: String) {
        self.held.push(Archived {
            id,
            with: with.to_owned(),
            stamp,
            readable: Instant::now() + late,
            message,
        });
    }

    /// The oldest ones that have been written are no longer kept.
    pub(super) fn expire(&mut self, count: usize) {
        let now = Instant::now();
        let written = self.held.iter().take_while(|archived| archived.readable <= now).count();
        self.held.drain(..count.min(written));
    }

    pub(super) fn forget(&mut self, ids: &[String]) {
        self.held.retain(|archived| !ids.contains(&archived.id));
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.held.iter().map(|archived| archived.id.as_str())
    }

    /// One is no longer kept.
    pub(super) fn delete(&mut self, id: &str) {
        self.held.retain(|archived| archived.id != id);
    }

    /// The newest ones, oldest first.
    pub(super) fn newest(&self, count: usize) -> &[Archived] {
        &self.held[self.held.len().saturating_sub(count)..]
    }

    fn readable(&self) -> impl Iterator<Item = &Archived> {
        let now = Instant::now();
        self.held.iter().filter(move |archived| archived.readable <= now)
    }

    /// `None`: an id that is not here.
    pub(super) fn page(&self, query: &Query, most: usize) -> Option<Page<'_>> {
        let all: Vec<&Archived> = self.readable().collect();
        let find = |id: &str| all.iter().position(|archived| archived.id == id);
        let from = match &query.after {
            Some(id) => find(id)? + 1,
            None => 0,
        };
        let to = match query.before.as_deref() {
            None | Some("") => all.len(),
            Some(id) => find(id)?,
        };
        let matching: Vec<&Archived> = all
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|archived| query.with.as_ref().is_none_or(|with| *with == archived.with))
            .filter(|archived| query.start.is_none_or(|start| archived.stamp >= start))
            .filter(|archived| query.end.is_none_or(|end| archived.stamp <= end))
            .collect();
        let most = query.max.min(most);
        let complete = matching.len() <= most;
        let skip = match query.before {
            Some(_) => matching.len().saturating_sub(most),
            None => 0,
        };
        Some(Page {
            messages: matching.into_iter().skip(skip).take(most).collect(),
            complete,
        })
    }
}

impl Query {
    /// Whether it asks for the newest page.
    pub(super) fn is_newest(&self) -> bool {
        self.before.as_deref() == Some("")
    }

    pub(super) fn read(query: &Element) -> Self {
        let mut read = Self {
            query_id: query.attr("queryid").unwrap_or_default().to_owned(),
            max: usize::MAX,
            ..Self::default()
        };
        for field in query
            .children()
            .filter(|child| child.name() == "x")
            .flat_map(Element::children)
        {
            let value = field.children().next().map(Element::text).unwrap_or_default();
            match field.attr("var") {
                Some("with") => read.with = Some(value),
                Some("start") => read.start = micros(&value),
                Some("end") => read.end = micros(&value),
                _ => {}
            }
        }
        for bound in query
            .children()
            .filter(|child| child.name() == "set")
            .flat_map(Element::children)
        {
            match bound.name() {
                "before" => read.before = Some(bound.text()),
                "after" => read.after = Some(bound.text()),
                "max" => read.max = bound.text().parse().expect("a number"),
                _ => {}
            }
        }
        read
    }
}

fn micros(stamp: &str) -> Option<i64> {
    Some(
        chrono::DateTime::parse_from_rfc3339(stamp)
            .unwrap_or_else(|error| panic!("{stamp:?} is no stamp: {error}"))
            .timestamp_micros(),
    )
}
