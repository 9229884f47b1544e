//! Reading message archives page by page (XEP-0313, `urn:xmpp:mam:2`).

use thiserror::Error;
use uuid::Uuid;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::rsm::{SetQuery, SetResult};
use xso::{AsXml, FromXml};

use crate::form::Form;
use crate::ids::{ArchiveId, Timestamp};
use crate::message::{Context, ReceivedMessage, StanzaIds, archived};
use crate::ns;
use crate::session::{Collect, Collected, Knowledge, Phase, RequestError, RequestKind, Session, StanzaCondition};
use crate::xml::element;

/// Which page of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// The newest messages.
    Latest,
    /// The oldest messages.
    Oldest,
    /// Those right before this one.
    Before(ArchiveId),
    /// Those right after this one.
    After(ArchiveId),
}

/// A question to an archive.
#[derive(Clone, PartialEq, Eq)]
pub struct ArchiveQuery {
    /// A room's archive; `None`: the account's own.
    pub archive: Option<BareJid>,
    /// Only messages with this person.
    pub with: Option<BareJid>,
    /// Only messages from this time on.
    pub start: Option<Timestamp>,
    /// Only messages up to this time.
    pub end: Option<Timestamp>,
    /// Which page.
    pub position: Position,
    /// Most messages to a page. Servers may give fewer (MongooseIM: 50 at most) without a word.
    pub max: u16,
}

/// A page of an archive, oldest message first.
#[derive(Clone)]
pub struct ArchivePage {
    /// Messages, each with its archive id and stamp.
    pub messages: Vec<ReceivedMessage>,
    /// Archive ids of results that could not be read. They are part of the page: paging over them loses nothing.
    pub failures: Vec<ArchiveId>,
    /// Id of the page's first result.
    pub first: Option<ArchiveId>,
    /// Id of the page's last result.
    pub last: Option<ArchiveId>,
    /// Whether this page reaches the end of the archive in the direction of paging.
    pub reach: Reach,
    /// Whether the server says that its newest messages may still change place (`stable='false'`).
    pub stability: Stability,
}

/// Whether a page reaches the end of the archive in the direction of paging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// There is more beyond this page, or nobody knows.
    More,
    /// The server says that nothing lies beyond (`complete='true'`).
    Complete,
}

/// Whether the page can be relied on to stay as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stability {
    /// Yes.
    Stable,
    /// Ask again later.
    Unstable,
}

/// Why a page could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArchiveError {
    /// The archive does not know the message that the page was to lie next to (it has expired), or there is no archive.
    #[error("no such message in the archive")]
    ItemNotFound,
    /// Not a member of the room.
    #[error("not allowed")]
    NotAllowed,
    /// Refused for another reason.
    #[error("refused: {0}")]
    Refused(StanzaCondition),
    /// There is no connection.
    #[error("offline")]
    Offline,
    /// The session ended meanwhile.
    #[error("session lost")]
    SessionLost,
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// More results than were asked for, or an answer that is none.
    #[error("malformed answer")]
    Malformed,
}

impl From<RequestError> for ArchiveError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Offline => Self::Offline,
            RequestError::SessionLost => Self::SessionLost,
            RequestError::TimedOut => Self::TimedOut,
            RequestError::Malformed | RequestError::TooLarge | RequestError::Unacceptable => Self::Malformed,
            RequestError::Refused(StanzaCondition::ItemNotFound) => Self::ItemNotFound,
            RequestError::Refused(
                StanzaCondition::Forbidden | StanzaCondition::NotAllowed | StanzaCondition::NotAuthorized,
            ) => Self::NotAllowed,
            RequestError::Refused(condition) => Self::Refused(condition),
        }
    }
}

impl Session {
    /// One page of an archive. Several queries may be in flight at once.
    ///
    /// # Errors
    /// See [`ArchiveError`]; [`ArchiveError::ItemNotFound`] says that the cursor is unknown to the archive (sync rule
    /// R9).
    pub async fn archive_page(&self, query: ArchiveQuery) -> Result<ArchivePage, ArchiveError> {
        let archive = query.archive.clone().unwrap_or_else(|| self.address().clone());
        if let Some(room) = &query.archive {
            self.ask_about(room).await;
        }
        let query_id = Uuid::new_v4().to_string();
        let payload = request(&query, &query_id).into();
        let limit = usize::from(query.max);
        let collect = Collect {
            archive: archive.clone(),
            query_id,
            limit,
        };
        let to = query.archive.clone().map(Jid::from);
        let collected = self
            .asker(Phase::Open)
            .collect(to, RequestKind::Set, payload, Some(collect))
            .await?;
        // Decoded here, in the asker's task, so that the session's task goes on reading.
        let page = answered(collected, limit, &archive, self.address(), &self.knowledge())?;
        if lies_within(&page, query.start, query.end) {
            Ok(page)
        } else {
            Err(ArchiveError::Malformed)
        }
    }
}

/// Whether a page keeps to the times that it was asked for. Servers that stamp by the second may be off by one.
fn lies_within(page: &ArchivePage, start: Option<Timestamp>, end: Option<Timestamp>) -> bool {
    const SECOND: i64 = 1_000_000;
    let from = start.map_or(i64::MIN, |start| start.0.saturating_sub(SECOND));
    let until = end.map_or(i64::MAX, |end| end.0.saturating_add(SECOND));
    let mut stamps = page.messages.iter().filter_map(|message| message.stamp);
    stamps.all(|stamp| (from..=until).contains(&stamp.at.0))
}

impl Session {
    /// Has a room say what it is like, where it has not: whom it shows decides what is believed of its archive. One
    /// that does not answer shows nobody.
    async fn ask_about(&self, room: &BareJid) {
        if !self.knowledge().is_known(room) {
            let question = element("query", ns::DISCO_INFO);
            if let Err(error) = self
                .request(Some(room.clone().into()), RequestKind::Get, question)
                .await
            {
                tracing::info!(%error, "a room did not say what it is like");
            }
        }
    }
}

/// The page that a question for at most `limit` messages was answered with.
pub(crate) fn answered(
    collected: Collected,
    limit: usize,
    archive: &BareJid,
    own: &BareJid,
    knowledge: &Knowledge,
) -> Result<ArchivePage, ArchiveError> {
    let fin = collected
        .answer
        .and_then(|fin| Fin::try_from(fin).ok())
        .ok_or(ArchiveError::Malformed)?;
    if collected.results.len() > limit {
        return Err(ArchiveError::Malformed);
    }
    let context = Context {
        own,
        stanza_ids: StanzaIds::Announced,
        own_occupant: &|room| knowledge.occupants.get(room).cloned(),
        real_addresses: &|room| knowledge.real_addresses(room),
        // Who bears a name now says nothing about who bore it then.
        occupant: &|_, _| None,
        services: &knowledge.services,
    };
    Ok(page(collected.results, fin, archive, &context))
}

/// `<query/>` (XEP-0313 section 4).
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MAM, name = "query")]
struct Query {
    #[xml(attribute(name = "queryid", default))]
    query_id: Option<String>,
    #[xml(child(default))]
    form: Option<Form>,
    #[xml(child(default))]
    set: Option<SetQuery>,
}

/// `<fin/>` (XEP-0313 section 4.1). That of `xmpp-parsers` does not know `stable`.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MAM, name = "fin")]
struct Fin {
    #[xml(attribute(default))]
    complete: Option<bool>,
    #[xml(attribute(default))]
    stable: Option<bool>,
    #[xml(attribute(name = "queryid", default))]
    query_id: Option<String>,
    #[xml(child(default))]
    set: Option<SetResult>,
}

fn request(query: &ArchiveQuery, query_id: &str) -> Query {
    let form = Form::submission(ns::MAM)
        .with_opt("with", query.with.as_ref().map(|with| with.as_str()))
        .with_opt("start", query.start.and_then(Timestamp::format))
        .with_opt("end", query.end.and_then(Timestamp::format));
    let (before, after) = match &query.position {
        Position::Latest => (Some(String::new()), None),
        Position::Oldest => (None, None),
        Position::Before(id) => (Some(id.as_str().to_owned()), None),
        Position::After(id) => (None, Some(id.as_str().to_owned())),
    };
    Query {
        query_id: Some(query_id.to_owned()),
        form: Some(form),
        set: Some(SetQuery {
            max: Some(query.max.into()),
            after,
            before,
            index: None,
        }),
    }
}

/// Decodes the results one by one: an odd message costs itself only.
fn page(results: Vec<Element>, fin: Fin, archive: &BareJid, context: &Context<'_>) -> ArchivePage {
    let is_empty = results.is_empty();
    let mut messages = Vec::with_capacity(results.len());
    let mut failures = Vec::new();
    for result in results {
        match archived(result, archive, context) {
            (Some(_), Ok(message)) => messages.push(message),
            (Some(id), Err(reason)) => {
                tracing::debug!(%reason, "archived message left out");
                failures.push(id);
            }
            (None, _) => tracing::debug!("archived message without id left out"),
        }
    }
    let (first, last) = fin.set.map(|set| (set.first, set.last)).unwrap_or_default();
    ArchivePage {
        messages,
        failures,
        first: first.and_then(|first| ArchiveId::new(first.item)),
        last: last.and_then(ArchiveId::new),
        reach: match fin.complete {
            Some(true) => Reach::Complete,
            // Nothing lies beyond an empty page, whether or not the server says so (XEP-0059 section 2.5).
            _ if is_empty => Reach::Complete,
            _ => Reach::More,
        },
        stability: match fin.stable {
            Some(false) => Stability::Unstable,
            _ => Stability::Stable,
        },
    }
}

crate::redact::redacted_debug!(ArchiveQuery, ArchivePage);

#[cfg(test)]
mod tests {
    use super::*;

    fn query(position: Position) -> ArchiveQuery {
        ArchiveQuery {
            archive: None,
            with: None,
            start: None,
            end: None,
            position,
            max: 50,
        }
    }

    #[test]
    fn a_request_is_one_that_the_library_reads_the_same_way() {
        let asked = ArchiveQuery {
            with: BareJid::new("bob@ward.example").ok(),
            start: Timestamp::parse("2026-11-22T17:00:00Z"),
            ..query(Position::Before(ArchiveId::new("a<b").unwrap()))
        };
        let read = xmpp_parsers::mam::Query::try_from(Element::from(request(&asked, "q"))).unwrap();
        let set = read.set.unwrap();
        assert_eq!(
            (set.max, set.before.as_deref(), set.after),
            (Some(50), Some("a<b"), None)
        );
        let form = read.form.unwrap();
        assert_eq!(form.form_type(), Some(ns::MAM));
        let values: Vec<_> = form
            .fields
            .iter()
            .filter_map(|field| Some((field.var.as_deref()?, &*field.values)))
            .collect();
        assert!(
            values.contains(&("with", &["bob@ward.example".to_owned()][..])),
            "{values:?}"
        );
        assert!(
            values.contains(&("start", &["2026-11-22T17:00:00.000000Z".to_owned()][..])),
            "{values:?}"
        );
    }

    /// Counted by another XML parser.
    #[tokio::test]
    async fn every_recorded_end_of_a_page_survives_decoding_and_encoding() {
        assert_eq!(crate::recordings::round_trips::<Fin>("fin", ns::MAM).await, 38);
    }

    fn page_of(results: &[(&str, &str)], fin: &str) -> ArchivePage {
        let own = BareJid::new("alice@ward.example").unwrap();
        let results = results.iter().map(|(id, stamp)| {
            let result = format!(
                "<result xmlns='urn:xmpp:mam:2' queryid='q' id='{id}'><forwarded xmlns='urn:xmpp:forward:0'>\
                 <delay xmlns='urn:xmpp:delay' stamp='{stamp}'/><message xmlns='jabber:client' type='chat' id='m{id}' \
                 from='bob@ward.example/x' to='alice@ward.example'><body>hello</body></message></forwarded></result>"
            );
            result.parse::<Element>().unwrap()
        });
        let collected = Collected {
            results: results.collect(),
            answer: Some(format!("<fin xmlns='urn:xmpp:mam:2'>{fin}</fin>").parse().unwrap()),
        };
        answered(collected, 50, &own, &own, &Knowledge::default()).unwrap()
    }

    #[test]
    fn nothing_lies_beyond_an_empty_page_whatever_the_server_says() {
        let count = "<set xmlns='http://jabber.org/protocol/rsm'><count>4711</count></set>";
        assert_eq!(page_of(&[], count).reach, Reach::Complete);
        assert_eq!(page_of(&[("1", "2026-11-22T17:00:00Z")], count).reach, Reach::More);
    }

    #[test]
    fn a_page_of_other_times_than_were_asked_for_is_none() {
        let page = page_of(&[("1", "2026-11-22T17:00:00Z"), ("2", "2026-11-22T18:00:00Z")], "");
        let at = Timestamp::parse;
        assert!(lies_within(&page, None, None));
        assert!(lies_within(
            &page,
            at("2026-11-22T17:00:00.9Z"),
            at("2026-11-22T18:00:00Z")
        ));
        assert!(!lies_within(&page, at("2026-11-22T17:30:00Z"), None));
        assert!(!lies_within(&page, None, at("2026-11-22T17:30:00Z")));
    }

    #[test]
    fn latest_is_an_empty_before_and_oldest_is_no_cursor() {
        let set = |position| {
            xmpp_parsers::mam::Query::try_from(Element::from(request(&query(position), "q")))
                .unwrap()
                .set
                .unwrap()
        };
        assert_eq!(set(Position::Latest).before.as_deref(), Some(""));
        assert_eq!(
            (set(Position::Oldest).before, set(Position::Oldest).after),
            (None, None)
        );
        assert_eq!(
            set(Position::After(ArchiveId::new("x").unwrap())).after.as_deref(),
            Some("x")
        );
    }
}
