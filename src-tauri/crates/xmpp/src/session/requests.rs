//! Questions that wait for an answer.

use std::collections::HashMap;

use tokio::sync::oneshot;
use tokio::time::Instant;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::command::{Collect, Collected};
use super::error::RequestError;
use super::stanza::condition_of;

struct Waiting {
    to: Option<Jid>,
    deadline: Instant,
    query_id: Option<String>,
    answer: oneshot::Sender<Result<Collected, RequestError>>,
}

struct Gathering {
    archive: BareJid,
    limit: usize,
    results: Vec<Element>,
    /// Approximate bytes of the results.
    bytes: usize,
}

impl Gathering {
    /// Whether more came than is kept: then nothing of it is.
    fn is_too_large(&self) -> bool {
        self.bytes > MOST_BYTES
    }
}

/// Most that the results of one question may come to: twice a page full of the longest messages.
const MOST_BYTES: usize = 32 << 20;

/// About how many bytes an element takes.
fn size(element: &Element) -> usize {
    const TAG: usize = 64;
    let attributes: usize = element
        .attrs()
        .iter()
        .map(|((_, name), value)| name.len() + value.len())
        .sum();
    let within: usize = element
        .nodes()
        .map(|node| {
            node.as_element()
                .map_or_else(|| node.as_text().map_or(0, str::len), size)
        })
        .sum();
    TAG + attributes + within
}

/// Questions that wait for an answer, by id. An answer counts only if it comes from where the question went.
pub(super) struct Requests {
    own: BareJid,
    waiting: HashMap<String, Waiting>,
    gathering: HashMap<String, Gathering>,
}

impl Requests {
    pub(super) fn new(own: BareJid) -> Self {
        Self {
            own,
            waiting: HashMap::new(),
            gathering: HashMap::new(),
        }
    }

    /// A question has gone out.
    pub(super) fn insert(
        &mut self,
        id: String,
        to: Option<Jid>,
        deadline: Instant,
        collect: Option<Collect>,
        answer: oneshot::Sender<Result<Collected, RequestError>>,
    ) {
        let query_id = collect.map(
            |Collect {
                 archive,
                 query_id,
                 limit,
             }| {
                self.gathering.insert(
                    query_id.clone(),
                    Gathering {
                        archive,
                        limit,
                        results: Vec::new(),
                        bytes: 0,
                    },
                );
                query_id
            },
        );
        self.waiting.insert(
            id,
            Waiting {
                to,
                deadline,
                query_id,
                answer,
            },
        );
    }

    /// Whether `from` may answer a question that went to `to`. RFC 6120 section 8.1.2.1: no address is the own account.
    fn may_answer(&self, from: Option<&Jid>, to: Option<&Jid>) -> bool {
        let own_side =
            |jid: &Jid| jid.to_bare() == self.own || (jid.node().is_none() && jid.domain() == self.own.domain());
        match (from, to) {
            (None, None) => true,
            // Servers answer for the account under any of its addresses or their own (MongooseIM).
            (Some(from), None) => own_side(from) && (from.node().is_some() || from.is_bare()),
            (None, Some(to)) => to.is_bare() && own_side(to),
            (Some(from), Some(to)) => from == to,
        }
    }

    /// Whether an `<iq/>` of type `result` or `error` answers a question, by its id.
    pub(super) fn awaits(&self, iq: &Element) -> bool {
        iq.attr("id").is_some_and(|id| self.waiting.contains_key(id))
    }

    /// An `<iq/>` of type `result` or `error` came. Returns whether it answered anything.
    pub(super) fn resolve(&mut self, mut iq: Element) -> bool {
        let from = iq.attr("from").map(Jid::new);
        let Ok(from) = from.transpose() else { return false };
        let Some(id) = iq.attr("id").map(str::to_owned) else {
            return false;
        };
        match self.waiting.get(&id) {
            Some(waiting) if self.may_answer(from.as_ref(), waiting.to.as_ref()) => {}
            _ => return false,
        }
        let outcome = match iq.attr("type") {
            Some("result") => Ok(iq.unshift_child()),
            _ => Err(RequestError::Refused(condition_of(&iq))),
        };
        self.finish(&id, outcome)
    }

    /// The answer came, but could not be read. `opening` is its opening tag.
    pub(super) fn spoil(&mut self, opening: Element) -> bool {
        let Some(id) = opening.attr("id").map(str::to_owned) else {
            return false;
        };
        let Ok(from) = opening.attr("from").map(Jid::new).transpose() else {
            return false;
        };
        match self.waiting.get(&id) {
            Some(waiting) if self.may_answer(from.as_ref(), waiting.to.as_ref()) => {
                self.finish(&id, Err(RequestError::Malformed))
            }
            _ => false,
        }
    }

    fn finish(&mut self, id: &str, outcome: Result<Option<Element>, RequestError>) -> bool {
        let Some(waiting) = self.waiting.remove(id) else {
            return false;
        };
        let gathered = waiting.query_id.and_then(|query| self.gathering.remove(&query));
        let outcome = match &gathered {
            Some(gathered) if gathered.is_too_large() => Err(RequestError::Malformed),
            _ => outcome,
        };
        let results = gathered.map(|gathered| gathered.results).unwrap_or_default();
        let _ = waiting.answer.send(outcome.map(|answer| Collected { results, answer }));
        true
    }

    /// An archive's `<result/>` came from `from`. Dropped unless it belongs to a running query of that very archive.
    pub(super) fn gather(&mut self, from: Option<&Jid>, result: Element) -> bool {
        let Some(query) = result.attr("queryid") else {
            return false;
        };
        let Some(gathering) = self.gathering.get_mut(query) else {
            return false;
        };
        let rightful = match from {
            Some(from) => *from == gathering.archive,
            None => gathering.archive == self.own,
        };
        // One more than allowed is kept, as the sign that the server does not keep to the size of pages.
        if rightful && gathering.results.len() <= gathering.limit {
            gathering.bytes = gathering.bytes.saturating_add(size(&result));
            if gathering.is_too_large() {
                gathering.results = Vec::new();
            } else {
                gathering.results.push(result);
            }
        }
        rightful
    }

    /// When the next question has waited too long.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.waiting.values().map(|waiting| waiting.deadline).min()
    }

    /// Gives up what has waited too long, and what nobody waits for any more.
    pub(super) fn expire(&mut self, now: Instant) {
        let over: Vec<String> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.deadline <= now || waiting.answer.is_closed())
            .map(|(id, _)| id.clone())
            .collect();
        for id in over {
            self.finish(&id, Err(RequestError::TimedOut));
        }
    }

    /// The session is over.
    pub(super) fn abandon(&mut self) {
        let all: Vec<String> = self.waiting.keys().cloned().collect();
        for id in all {
            self.finish(&id, Err(RequestError::SessionLost));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::error::StanzaCondition;

    type Answer = oneshot::Receiver<Result<Collected, RequestError>>;

    fn asked(to: Option<&str>, collect: Option<Collect>) -> (Requests, Answer) {
        let mut requests = Requests::new(BareJid::new("alice@ward.example").unwrap());
        let (answer, answered) = oneshot::channel();
        let to = to.map(|to| Jid::new(to).unwrap());
        requests.insert("7".into(), to, Instant::now(), collect, answer);
        (requests, answered)
    }

    fn iq(from: &str, id: &str) -> Element {
        let from = if from.is_empty() {
            String::new()
        } else {
            format!("from='{from}'")
        };
        format!("<iq xmlns='jabber:client' {from} id='{id}' type='result'><x xmlns='y'/></iq>")
            .parse()
            .unwrap()
    }

    #[test]
    fn only_the_one_who_was_asked_may_answer() {
        for (to, from, good) in [
            (Some("bob@ward.example"), "bob@ward.example", true),
            (Some("bob@ward.example"), "bob@ward.example/desk", false),
            (Some("bob@ward.example"), "carol@ward.example", false),
            (Some("bob@ward.example"), "", false),
            (Some("ward.example"), "ward.example", true),
            (Some("ward.example"), "", true),
            (None, "", true),
            (None, "alice@ward.example", true),
            (None, "alice@ward.example/desk", true),
            (None, "ward.example", true),
            (None, "ward.example/x", false),
            (None, "bob@ward.example", false),
        ] {
            let (mut requests, mut answered) = asked(to, None);
            assert!(!requests.resolve(iq(from, "8")), "an id that nobody used");
            assert_eq!(requests.resolve(iq(from, "7")), good, "{to:?} {from}");
            assert_eq!(answered.try_recv().is_ok(), good, "{to:?} {from}");
        }
    }

    #[test]
    fn results_without_end_are_not_kept_and_spoil_the_answer() {
        let own = BareJid::new("alice@ward.example").unwrap();
        let collect = Collect {
            archive: own.clone(),
            query_id: "q".to_owned(),
            limit: 1000,
        };
        let (mut requests, mut answered) = asked(None, Some(collect));
        let text = "x".repeat(1 << 20);
        let result: Element = format!("<result xmlns='urn:xmpp:mam:2' queryid='q' id='1'><a>{text}</a></result>")
            .parse()
            .unwrap();
        for _ in 0..40 {
            assert!(requests.gather(Some(&Jid::from(own.clone())), result.clone()));
        }
        let kept: usize = requests
            .gathering
            .values()
            .map(|gathering| gathering.results.len())
            .sum();
        assert_eq!(kept, 0);
        assert!(requests.resolve(iq("", "7")));
        assert_eq!(answered.try_recv().unwrap().err(), Some(RequestError::Malformed));
    }

    #[test]
    fn a_refusal_says_why() {
        let (mut requests, mut answered) = asked(None, None);
        let error = "<iq xmlns='jabber:client' id='7' type='error'><error type='cancel'><item-not-found \
                     xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
        assert!(requests.resolve(error.parse().unwrap()));
        let outcome = answered.try_recv().unwrap().err();
        assert_eq!(outcome, Some(RequestError::Refused(StanzaCondition::ItemNotFound)));
    }

    #[test]
    fn archive_results_count_only_from_the_archive_and_for_a_running_query() {
        let archive = BareJid::new("alice@ward.example").unwrap();
        let collect = Collect {
            archive,
            query_id: "q".into(),
            limit: 10,
        };
        let (mut requests, mut answered) = asked(None, Some(collect));
        let result = |query: &str| -> Element {
            format!("<result xmlns='urn:xmpp:mam:2' queryid='{query}' id='{query}'/>")
                .parse()
                .unwrap()
        };
        let mallory = Jid::new("mallory@ward.example").unwrap();
        let alice = Jid::new("alice@ward.example").unwrap();
        assert!(!requests.gather(Some(&mallory), result("q")));
        assert!(!requests.gather(Some(&alice), result("other")));
        assert!(requests.gather(Some(&alice), result("q")));
        assert!(requests.gather(None, result("q")));
        assert!(requests.resolve(iq("", "7")));
        assert_eq!(answered.try_recv().unwrap().ok().unwrap().results.len(), 2);
        assert!(!requests.gather(Some(&alice), result("q")), "the query is over");
    }

    #[test]
    fn a_lost_session_and_a_passed_deadline_fail_what_waits() {
        let (mut requests, mut answered) = asked(None, None);
        requests.abandon();
        assert_eq!(answered.try_recv().unwrap().err(), Some(RequestError::SessionLost));
        let (mut requests, mut answered) = asked(None, None);
        assert!(requests.next_deadline().is_some());
        requests.expire(Instant::now());
        assert_eq!(answered.try_recv().unwrap().err(), Some(RequestError::TimedOut));
        assert_eq!(requests.next_deadline(), None);
    }
}
