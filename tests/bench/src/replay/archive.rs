//! The archive of the server in memory: XEP-0313 as far as the SDK asks for it.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::SecondsFormat;
use wardline_test_support::servers::ArchivedStanza;
use wardline_xmpp::Element;

/// Most messages to a page, as on the test servers.
const MOST: usize = 250;

/// A question to the archive.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    id: String,
    with: Option<String>,
    /// `Some("")`: the newest.
    before: Option<String>,
    after: Option<String>,
    max: usize,
}

impl Query {
    pub(super) fn read(query: &Element) -> Self {
        let mut read = Self {
            id: query.attr("queryid").unwrap_or_default().to_owned(),
            max: MOST,
            ..Self::default()
        };
        for part in query.children() {
            match part.name() {
                "x" => {
                    let field = part.children().find(|field| field.attr("var") == Some("with"));
                    read.with = field.and_then(|field| field.children().next()).map(Element::text);
                }
                "set" => part.children().for_each(|bound| match bound.name() {
                    "max" => read.max = bound.text().parse().unwrap_or(MOST).min(MOST),
                    "before" => read.before = Some(bound.text()),
                    "after" => read.after = Some(bound.text()),
                    _ => {}
                }),
                _ => {}
            }
        }
        read
    }
}

/// A message as it is handed out, behind the id of the question.
struct Held {
    id: String,
    result: String,
}

/// Messages in their order.
#[derive(Default)]
pub(super) struct Archive {
    held: Vec<Held>,
    places: HashMap<String, usize>,
    of_person: HashMap<String, Vec<usize>>,
}

impl Archive {
    pub(super) fn add(&mut self, stanza: &ArchivedStanza) {
        let place = self.held.len();
        self.places.insert(stanza.id.clone(), place);
        self.of_person.entry(stanza.with.clone()).or_default().push(place);
        self.held.push(Held {
            id: stanza.id.clone(),
            result: format!(
                "id='{}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{}'/>{}</forwarded>\
                 </result></message>",
                stanza.id,
                stanza.at.to_rfc3339_opts(SecondsFormat::Secs, true),
                stanza.stanza
            ),
        });
    }

    /// The page that was asked for, and the answer behind it.
    pub(super) fn page(&self, iq: &str, query: &Query) -> String {
        let after = query.after.as_ref().and_then(|id| self.places.get(id));
        let before = query.before.as_ref().and_then(|id| self.places.get(id));
        let from = after.map_or(0, |after| after + 1);
        let to = before.copied().unwrap_or(self.held.len());
        let places: Vec<usize> = match &query.with {
            Some(with) => {
                let all = self.of_person.get(with).map(Vec::as_slice).unwrap_or_default();
                all.iter().copied().filter(|place| (from..to).contains(place)).collect()
            }
            None if query.before.is_some() => (from.max(to.saturating_sub(query.max + 1))..to).collect(),
            None => (from..to.min(from + query.max + 1)).collect(),
        };
        let complete = places.len() <= query.max;
        let skip = if query.before.is_some() {
            places.len().saturating_sub(query.max)
        } else {
            0
        };
        let page: Vec<&Held> = places
            .iter()
            .skip(skip)
            .take(query.max)
            .filter_map(|place| self.held.get(*place))
            .collect();
        let mut said = String::with_capacity(page.len() * 800 + 400);
        for held in &page {
            let _memory_only = write!(
                said,
                "<message><result xmlns='urn:xmpp:mam:2' queryid='{}' {}",
                query.id, held.result
            );
        }
        let edge = |name: &str, held: Option<&&Held>| {
            held.map_or(String::new(), |held| format!("<{name}>{}</{name}>", held.id))
        };
        let _memory_only = write!(
            said,
            "<iq type='result' id='{iq}'><fin xmlns='urn:xmpp:mam:2'{}><set xmlns='http://jabber.org/protocol/rsm'>{}{}</set></fin></iq>",
            if complete { " complete='true'" } else { "" },
            edge("first", page.first()),
            edge("last", page.last()),
        );
        said
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use wardline_test_support::servers::ArchiveOwner;

    use super::*;

    fn archive() -> Archive {
        let mut archive = Archive::default();
        for number in 0..5 {
            archive.add(&ArchivedStanza {
                owner: ArchiveOwner::Person("asha".to_owned()),
                id: number.to_string(),
                at: Utc::now(),
                with: if number % 2 == 0 { "even" } else { "odd" }.to_owned(),
                stanza: "<message xmlns='jabber:client'/>".to_owned(),
                text: String::new(),
            });
        }
        archive
    }

    fn asked(change: impl FnOnce(&mut Query)) -> (Vec<String>, bool) {
        let mut query = Query {
            max: 2,
            ..Query::default()
        };
        change(&mut query);
        let page = archive().page("q", &query);
        let ids = page
            .split("' id='")
            .skip(1)
            .filter_map(|rest| rest.split_once('\''))
            .map(|(id, _)| id.to_owned());
        (ids.filter(|id| id != "q").collect(), page.contains("complete='true'"))
    }

    #[test]
    fn pages_go_both_ways_and_say_when_they_have_reached_the_end() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(asked(|query| query.after = Some("0".into())), (ids(&["1", "2"]), false));
        assert_eq!(asked(|query| query.after = Some("2".into())), (ids(&["3", "4"]), true));
        assert_eq!(
            asked(|query| query.before = Some(String::new())),
            (ids(&["3", "4"]), false)
        );
        assert_eq!(asked(|query| query.before = Some("2".into())), (ids(&["0", "1"]), true));
        let with = |query: &mut Query| {
            query.with = Some("even".into());
            query.before = Some(String::new());
        };
        assert_eq!(asked(with), (ids(&["2", "4"]), false));
    }
}
