//! The MongooseIM inbox (`erlang-solutions.com:xmpp:inbox:0`): the server's list of conversations.
//!
//! As recorded from a server: every kind of box is answered unless one is named; the numbers of a page speak of that page
//! alone; a conversation leaves the archive box without notice when something is said in it; what the server takes for
//! the last message may have no text. The last message is therefore decoded like any other and judged above.

mod wire;

use uuid::Uuid;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::rsm::SetQuery;

use crate::form::Form;
use crate::ids::Timestamp;
use crate::message::{Context, ReceivedMessage, Sole, StanzaIds, listed};
use crate::ns;
use crate::session::{Collect, Phase, RequestError, RequestKind, Session, answered};

/// Where a conversation is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum InboxBox {
    /// Among the current ones.
    Inbox,
    /// Put aside.
    Archive,
    /// Thrown away, until the server empties the bin.
    Bin,
    /// A box that the hospital's server has beside these.
    Other(String),
}

impl InboxBox {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Inbox => "inbox",
            Self::Archive => "archive",
            Self::Bin => "bin",
            Self::Other(name) => name,
        }
    }
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InboxOrder {
    /// The most recent conversation.
    NewestFirst,
    /// The one that has been silent for longest.
    OldestFirst,
}

/// Which conversations count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InboxFilter {
    /// All.
    All,
    /// Those with something unread.
    Unread,
}

/// The place of a conversation in the inbox. Opaque.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxCursor(String);

/// A question for a page of the inbox.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxQuery {
    /// One box; `None`: every box but the bin.
    pub in_box: Option<InboxBox>,
    /// Which conversations.
    pub filter: InboxFilter,
    /// Only conversations in which something happened at or after this time.
    pub start: Option<Timestamp>,
    /// Only conversations in which nothing happened after this time.
    pub end: Option<Timestamp>,
    /// Which end comes first.
    pub order: InboxOrder,
    /// Those that follow this one in that order; `None`: from the beginning.
    pub after: Option<InboxCursor>,
    /// Most conversations to a page.
    pub max: u16,
}

impl InboxQuery {
    /// Every box but the bin, the most recent conversation first, so many to a page.
    #[must_use]
    pub fn newest(max: u16) -> Self {
        Self {
            in_box: None,
            filter: InboxFilter::All,
            start: None,
            end: None,
            order: InboxOrder::NewestFirst,
            after: None,
            max,
        }
    }
}

/// What is said of a conversation, on all devices of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxProperties {
    /// Whether everything in it has been read.
    pub reading: Reading,
    /// Where it is kept.
    pub in_box: InboxBox,
    /// No notifications before this time. `None`: not muted.
    pub muted_until: Option<Timestamp>,
}

/// Whether everything in a conversation has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// It has.
    Read,
    /// It has not, or has been marked so.
    Unread,
}

/// A conversation in the inbox.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxEntry {
    /// What the server takes for the last message; carries the conversation's address, and the time as its stamp. It may
    /// have no text, and its time need not be the archive's to the microsecond.
    pub last: ReceivedMessage,
    /// Messages not read, as the server counts: reactions, corrections and retractions count, too.
    pub unread: u32,
    /// Its properties.
    pub properties: InboxProperties,
}

/// A page of the inbox.
#[derive(Clone)]
pub struct InboxPage {
    /// Conversations in the order that was asked for.
    pub entries: Vec<InboxEntry>,
    /// How many results could not be read. Paging over them loses nothing else.
    pub failures: usize,
    /// Where this page ends; `None`: there was nothing on it.
    pub last: Option<InboxCursor>,
    /// Conversations on this page, those that could not be read included.
    pub count: u32,
    /// Conversations on this page with something unread.
    pub unread_conversations: u32,
    /// Unread messages in the conversations of this page.
    pub unread_messages: u32,
}

/// A property of a conversation, to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboxChange {
    /// Marked as read or as unread.
    Reading(Reading),
    /// Into another box.
    Move(InboxBox),
    /// Muted for so many seconds from now; 0 ends it.
    Mute {
        /// Seconds.
        seconds: u32,
    },
}

/// The properties of a conversation have changed, by this or by another device of the account.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxChanged {
    /// Which device of the account has changed them, where the server says so.
    pub by: Option<Jid>,
    /// Which conversation.
    pub conversation: BareJid,
    /// What holds now.
    pub properties: InboxProperties,
}

impl Session {
    /// A page of the inbox.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn inbox_page(&self, query: InboxQuery) -> Result<InboxPage, RequestError> {
        let query_id = Uuid::new_v4().to_string();
        let collect = Collect {
            archive: self.address().clone(),
            query_id: query_id.clone(),
            limit: usize::from(query.max),
        };
        let payload = request(query, query_id).into();
        let collected = self
            .asker(Phase::Open)
            .collect(None, RequestKind::Set, payload, Some(collect))
            .await?;
        let fin: wire::Fin = answered(collected.answer)?;
        let knowledge = self.knowledge();
        let context = Context {
            own: self.address(),
            stanza_ids: StanzaIds::Unannounced,
            own_occupant: &|room| knowledge.occupants.get(room).cloned(),
            real_addresses: &|room| knowledge.real_addresses(room),
            occupant: &|_, _| None,
            services: &knowledge.services,
        };
        Ok(page(collected.results, fin, &context))
    }

    /// The boxes that the server knows, in its order.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn inbox_boxes(&self) -> Result<Vec<InboxBox>, RequestError> {
        let question = wire::Inbox {
            query_id: None,
            form: None,
            set: None,
        };
        let answer: wire::Inbox = answered(self.request(None, RequestKind::Get, question.into()).await?)?;
        let form = answer.form.ok_or(RequestError::Malformed)?;
        let boxes = form.choices("box").filter(|name| *name != "all");
        Ok(boxes.take(MOST_BOXES).map(InboxBox::named).collect())
    }

    /// The properties of one conversation. [`RequestError::Refused`] with item-not-found: it is not in the inbox.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn inbox_properties(&self, conversation: &BareJid) -> Result<InboxProperties, RequestError> {
        let question = wire::Conversation {
            jid: Some(conversation.clone().into()),
            ..wire::Conversation::default()
        };
        let answer: wire::Conversation = answered(self.request(None, RequestKind::Get, question.into()).await?)?;
        match (answer.read, answer.in_box, answer.mute) {
            (Some(read), Some(in_box), Some(mute)) => Ok(properties(read, in_box, mute)),
            _ => Err(RequestError::Malformed),
        }
    }

    /// Changes properties of one conversation. All devices hear of it, this one too, by
    /// [`SessionEvent::Inbox`](crate::session::SessionEvent::Inbox). A conversation that is not in the inbox is refused
    /// with bad-request.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn set_inbox_properties(
        &self,
        conversation: &BareJid,
        changes: &[InboxChange],
    ) -> Result<(), RequestError> {
        let request = changing(conversation, changes);
        self.request(None, RequestKind::Set, request.into()).await.map(|_| ())
    }

    /// Sets the number of unread messages to nothing without telling whoever wrote them. Other devices do not hear of it.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn reset_inbox(&self, conversation: &BareJid) -> Result<(), RequestError> {
        let reset = wire::Reset {
            jid: Some(conversation.clone()),
        };
        self.request(None, RequestKind::Set, reset.into()).await.map(|_| ())
    }

    /// Removes for good what lies in the bin. How many conversations that were.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn empty_inbox_bin(&self) -> Result<u32, RequestError> {
        let request = wire::EmptyBin { num: None };
        let answer: wire::EmptyBin = answered(self.request(None, RequestKind::Set, request.into()).await?)?;
        answer.num.ok_or(RequestError::Malformed)
    }
}

/// Most boxes that a server is believed to have.
const MOST_BOXES: usize = 32;

impl InboxBox {
    fn named(name: &str) -> Self {
        match name {
            "inbox" => Self::Inbox,
            "archive" => Self::Archive,
            "bin" => Self::Bin,
            other => Self::Other(other.to_owned()),
        }
    }
}

fn request(query: InboxQuery, query_id: String) -> wire::Inbox {
    let form = Form::submission(ns::INBOX)
        .with_opt("start", query.start.and_then(Timestamp::format))
        .with_opt("end", query.end.and_then(Timestamp::format))
        .with_opt("box", query.in_box.as_ref().map(InboxBox::as_str))
        .with_opt(
            "order",
            match query.order {
                InboxOrder::NewestFirst => None,
                InboxOrder::OldestFirst => Some("asc"),
            },
        )
        .with_opt(
            "hidden_read",
            match query.filter {
                InboxFilter::All => None,
                InboxFilter::Unread => Some("true"),
            },
        );
    wire::Inbox {
        query_id: Some(query_id),
        form: Some(form),
        set: Some(SetQuery {
            max: Some(query.max.into()),
            after: query.after.map(|cursor| cursor.0),
            before: None,
            index: None,
        }),
    }
}

fn changing(conversation: &BareJid, changes: &[InboxChange]) -> wire::Conversation {
    let mut request = wire::Conversation {
        jid: Some(conversation.clone().into()),
        ..wire::Conversation::default()
    };
    for change in changes {
        match change {
            InboxChange::Reading(reading) => request.read = Some(*reading == Reading::Read),
            InboxChange::Move(in_box) => request.in_box = Some(in_box.clone()),
            InboxChange::Mute { seconds: 0 } => request.mute = Some(wire::Mute::Off),
            InboxChange::Mute { seconds } => request.mute = Some(wire::Mute::Seconds(*seconds)),
        }
    }
    request
}

/// Reads the results one by one: an odd one costs itself only.
fn page(results: Vec<Element>, fin: wire::Fin, context: &Context<'_>) -> InboxPage {
    let expected = results.len();
    let entries: Vec<InboxEntry> = results
        .into_iter()
        .filter_map(|result| {
            let entry = entry(result, context);
            if entry.is_none() {
                tracing::debug!("a conversation of the inbox was left out");
            }
            entry
        })
        .collect();
    InboxPage {
        failures: expected - entries.len(),
        entries,
        last: fin.set.last.map(InboxCursor),
        count: fin.count,
        unread_conversations: fin.active_conversations,
        unread_messages: fin.unread_messages,
    }
}

fn entry(result: Element, context: &Context<'_>) -> Option<InboxEntry> {
    let found = wire::Found::try_from(result).ok()?;
    let forwarded = found.forwarded.into_iter().filter(|e| e.is("forwarded", ns::FORWARD));
    let forwarded = forwarded.collect::<Sole<_>>().get()?;
    Some(InboxEntry {
        last: listed(forwarded, context).ok()?,
        unread: found.unread,
        properties: properties(found.read, found.in_box, found.mute),
    })
}

fn properties(read: bool, in_box: InboxBox, mute: wire::Mute) -> InboxProperties {
    InboxProperties {
        reading: if read { Reading::Read } else { Reading::Unread },
        in_box,
        muted_until: match mute {
            wire::Mute::Until(until) => Some(until),
            wire::Mute::Off | wire::Mute::Seconds(_) | wire::Mute::Other(_) => None,
        },
    }
}

/// Reads a broadcast of changed properties, taking it out of the message that carries it. `None`: it is none, or not from
/// the own account (MongooseIM sends it from the full address of whoever changed them).
pub(crate) fn take_changed(message: &mut Element, own: &BareJid) -> Option<InboxChanged> {
    let payload = message.remove_child("x", ns::INBOX_CONVERSATION)?;
    let from = message.attr("from").map(Jid::new).transpose().ok()?;
    if from.as_ref().is_some_and(|from| from.to_bare() != *own) {
        tracing::warn!("a forged change of the inbox was dropped");
        return None;
    }
    let changed = wire::Changed::try_from(payload).ok()?;
    Some(InboxChanged {
        by: from,
        conversation: changed.jid,
        properties: properties(changed.read, changed.in_box, changed.mute),
    })
}

crate::redact::redacted_debug!(InboxCursor, InboxQuery, InboxEntry, InboxPage, InboxChanged);

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;
