//! The receiving half of a session without a connection, for fuzzing: turns bytes as a server may send them into the
//! session's events, through the same reader, the same checks and the same decoders.

use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;
use xmpp_parsers::jid::{BareJid, FullJid, Jid};
use xmpp_parsers::minidom::Element;

use super::acknowledge::Management;
use super::command::{Collect, Collected};
use super::config::Timing;
use super::core::{Core, Gate};
use super::error::RequestError;
use super::event::SessionEvent;
use super::events::{self, Events, Weighed};
use super::knowledge::Knowledge;
use crate::archive::{ArchiveError, ArchivePage, answered};
use crate::features::Feature;
use crate::xml::{Incoming, Input, Limits};

/// Id and query id of the archive query that waits for an answer.
pub const QUESTION: &str = "page";
/// Most messages of its page.
pub const PAGE: usize = 50;

/// An element that came, with its effects.
#[derive(Debug)]
pub struct Heard {
    /// The element as it came.
    pub element: Element,
    /// Events of the session.
    pub events: Vec<SessionEvent>,
    /// The archive's page, once the query is answered.
    pub page: Option<Result<ArchivePage, ArchiveError>>,
}

/// A session that only receives.
pub struct Listener {
    own: BareJid,
    core: Core,
    knowledge: watch::Receiver<Knowledge>,
    page: oneshot::Receiver<Result<Collected, RequestError>>,
    _events: Events,
}

impl Listener {
    /// A session of this address, in a room, with a query to its archive in flight.
    #[must_use]
    pub fn new(address: FullJid, room: &BareJid) -> Self {
        let own = address.to_bare();
        let (knowledge, known) = watch::channel(Knowledge::default());
        let (sender, events, _) = events::channel();
        let mut core = Core::new(own.clone(), Timing::default(), sender, knowledge, None);
        core.begin(address, Management::Enabled { resume: None });
        core.features.insert(Feature::StanzaIds);
        core.features.insert(Feature::Archive);
        core.gate = Gate::Open;
        let deadline = Instant::now() + Duration::from_secs(3_600);
        let (entered, _) = oneshot::channel();
        core.rooms.enter(room.clone(), "alice".to_owned(), deadline, entered);
        let (answer, page) = oneshot::channel();
        let collect = Collect {
            archive: own.clone(),
            query_id: QUESTION.to_owned(),
            limit: PAGE,
        };
        core.requests
            .insert(QUESTION.to_owned(), None, deadline, Some(collect), answer);
        core.publish();
        Self {
            own,
            core,
            knowledge: known,
            page,
            _events: events,
        }
    }

    /// Reads the bytes of a stream from its header on; returns each element with its effects. Ends where the session
    /// would.
    ///
    /// # Panics
    /// If an element is handed over that is deeper or richer than elements may be.
    pub async fn hear(&mut self, mut bytes: &[u8]) -> Vec<Heard> {
        let limits = Limits::default();
        let mut input = Input::new(limits);
        let mut heard = Vec::new();
        let mut out = BytesMut::new();
        while let Ok(incoming) = input.next(&mut bytes).await {
            let element = match &incoming {
                Incoming::Header(_) => continue,
                Incoming::Element(element) | Incoming::Bad(element) => element.clone(),
                Incoming::End => break,
            };
            let (depth, nodes) = measured(&element);
            assert!(
                depth <= limits.depth && nodes <= limits.nodes,
                "an element over the limits"
            );
            let goes_on = self.core.on_incoming(incoming, input.size(), &mut out).is_ok();
            let events = std::iter::from_fn(|| self.core.next_event().map(Weighed::into_event)).collect();
            let page = self.page.try_recv().ok().map(|answer| {
                let collected = answer.map_err(ArchiveError::from)?;
                answered(collected, PAGE, &self.own, &self.own, &self.knowledge.borrow())
            });
            heard.push(Heard { element, events, page });
            if !goes_on {
                break;
            }
            self.core.send_counts(&mut out);
            out.clear();
        }
        heard
    }

    /// Whether an address is that of the session's own archive.
    #[must_use]
    pub fn is_own(&self, from: Option<&str>) -> bool {
        from.is_none_or(|from| Jid::new(from).is_ok_and(|from| from == self.own))
    }
}

/// Depth of an element, and its number of elements, itself included.
fn measured(element: &Element) -> (usize, usize) {
    element
        .children()
        .map(measured)
        .fold((1, 1), |(depth, nodes), (below, more)| {
            (depth.max(below + 1), nodes + more)
        })
}
