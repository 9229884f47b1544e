//! Requests to the inbox.

use uuid::Uuid;
use xmpp_parsers::jid::BareJid;
use xmpp_parsers::rsm::SetQuery;

use super::conversation::{
    InboxBox, InboxChange, InboxFilter, InboxOrder, InboxPage, InboxProperties, InboxQuery, Reading,
};
use super::read::{page, properties};
use super::wire;
use crate::form::Form;
use crate::ids::Timestamp;
use crate::message::{Context, StanzaIds};
use crate::ns;
use crate::session::{Collect, Phase, RequestError, RequestKind, Session, answered};

/// Most boxes of a server that are read.
const MOST_BOXES: usize = 32;

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

    /// Changes properties of one conversation. The server notifies all devices, this one too, by
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

    /// Resets the number of unread messages without notifying their senders or other devices.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn reset_inbox(&self, conversation: &BareJid) -> Result<(), RequestError> {
        let reset = wire::Reset {
            jid: Some(conversation.clone()),
        };
        self.request(None, RequestKind::Set, reset.into()).await.map(|_| ())
    }

    /// Empties the bin for good. Returns the number of conversations removed.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn empty_inbox_bin(&self) -> Result<u32, RequestError> {
        let request = wire::EmptyBin { num: None };
        let answer: wire::EmptyBin = answered(self.request(None, RequestKind::Set, request.into()).await?)?;
        answer.num.ok_or(RequestError::Malformed)
    }
}

pub(super) fn request(query: InboxQuery, query_id: String) -> wire::Inbox {
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

pub(super) fn changing(conversation: &BareJid, changes: &[InboxChange]) -> wire::Conversation {
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
