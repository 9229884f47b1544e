//! Building what is sent.

use uuid::Uuid;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::message::{Lang, Message, MessageType, Thread};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::{chatstates, receipts, stanza_id};

use super::payload::{ChatMarker, Hint, Reference, Replace};
use super::received::{ChatState, MarkerKind, Mention, MessageKind};
use super::stanza::Stanza;
use crate::ids::MessageId;
use crate::muc::Announced;
use crate::ns;
use crate::xml::{Build, element};

/// To one person or to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Person,
    Room,
}

/// A message with text, on its way out.
#[derive(Clone)]
pub struct OutgoingMessage {
    to: Jid,
    audience: Audience,
    id: MessageId,
    body: String,
    thread: Option<String>,
    replaces: Option<MessageId>,
    mentions: Vec<Mention>,
}

impl OutgoingMessage {
    /// To a person. Asks for a receipt and for markers, and ends the typing notice.
    #[must_use]
    pub fn to_person(to: BareJid, id: MessageId, body: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            audience: Audience::Person,
            id,
            body: body.into(),
            thread: None,
            replaces: None,
            mentions: Vec::new(),
        }
    }

    /// To a room. Asks for markers; no receipts, which in rooms would answer by the dozen.
    #[must_use]
    pub fn to_room(room: BareJid, id: MessageId, body: impl Into<String>) -> Self {
        Self {
            to: room.into(),
            audience: Audience::Room,
            id,
            body: body.into(),
            thread: None,
            replaces: None,
            mentions: Vec::new(),
        }
    }

    /// As part of a thread.
    #[must_use]
    pub fn in_thread(mut self, thread: impl Into<String>) -> Self {
        self.thread = Some(thread.into());
        self
    }

    /// As a correction of that message (XEP-0308).
    #[must_use]
    pub fn replacing(mut self, target: MessageId) -> Self {
        self.replaces = Some(target);
        self
    }

    /// Naming people in its text (XEP-0372).
    #[must_use]
    pub fn mentioning(mut self, mentions: Vec<Mention>) -> Self {
        self.mentions = mentions;
        self
    }

    /// The stanza. `id` and origin-id are the same, so that the message is found again wherever either survives.
    #[must_use]
    pub fn build(self) -> Stanza {
        let mut message = Message::new_with_type(
            match self.audience {
                Audience::Person => MessageType::Chat,
                Audience::Room => MessageType::Groupchat,
            },
            self.to,
        )
        .with_body(Lang::new(), sendable(self.body))
        .with_payload(stanza_id::OriginId {
            id: self.id.as_str().to_owned(),
        });
        message.payloads.push(ChatMarker::Markable.into());
        message.id = Some(xmpp_parsers::message::Id(self.id.as_str().to_owned()));
        message.thread = self.thread.map(|id| Thread { parent: None, id });
        if let Some(target) = self.replaces {
            message.payloads.push(Replace { id: target }.into());
        }
        for mention in &self.mentions {
            message.payloads.push(Reference::of(mention).into());
        }
        if self.audience == Audience::Person {
            message = message
                .with_payload(receipts::Request)
                .with_payload(chatstates::ChatState::Active);
        }
        message.into()
    }
}

/// The text without what XML 1.0 cannot carry (control characters, as pasted from terminals): servers end the stream
/// over these.
fn sendable(mut text: String) -> String {
    text.retain(|c| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}')));
    text
}

/// Whether the server is asked to archive a message without text (XEP-0334), so that devices which are off learn of it.
///
/// MongooseIM's inbox takes what it archives for the last message of a conversation, and for something unread or an
/// answer: there nothing is to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// It is asked to.
    Archived,
    /// It does as it pleases.
    Unsaid,
}

impl Keeping {
    fn hint(self) -> Option<Hint> {
        match self {
            Self::Archived => Some(Hint::Store),
            Self::Unsaid => None,
        }
    }
}

/// A marker (XEP-0333) for the message `id`. `kind` says whether `to` is a person or a room.
#[must_use]
pub fn marker(to: Jid, kind: MessageKind, marker: MarkerKind, id: MessageId, keeping: Keeping) -> Stanza {
    aside(to, kind, ChatMarker::of(marker, id).into(), keeping.hint())
}

/// A receipt (XEP-0184) for the message `id`.
#[must_use]
pub fn receipt(to: Jid, id: MessageId, keeping: Keeping) -> Stanza {
    aside(
        to,
        MessageKind::Chat,
        receipts::Received { id: id.into_string() }.into(),
        keeping.hint(),
    )
}

/// A typing notice (XEP-0085). `kind` says whether `to` is a person or a room.
#[must_use]
pub fn chat_state(to: Jid, kind: MessageKind, state: ChatState) -> Stanza {
    let state = match state {
        ChatState::Active => chatstates::ChatState::Active,
        ChatState::Composing => chatstates::ChatState::Composing,
        ChatState::Paused => chatstates::ChatState::Paused,
        ChatState::Inactive => chatstates::ChatState::Inactive,
        ChatState::Gone => chatstates::ChatState::Gone,
    };
    aside(to, kind, state.into(), Some(Hint::NoStore))
}

/// Tells a room after XEP-0045, and whoever reads its archive later (XEP-0334), what one has changed about it. Apps
/// that do not know it show nothing.
#[must_use]
pub fn announcement(room: BareJid, announced: Announced) -> Stanza {
    aside(room.into(), MessageKind::GroupChat, announced.into(), Some(Hint::Store))
}

/// Gives a message back to its sender with an error (RFC 6120 section 8.3): it is not taken, and why, in words for apps
/// that show them.
#[must_use]
pub fn refused(to: Jid, id: Option<MessageId>, why: &str) -> Stanza {
    let mut message = Message::new_with_type(MessageType::Error, to);
    message.id = id.map(|id| xmpp_parsers::message::Id(id.into_string()));
    let text = element("text", ns::STANZA_ERRORS).with_text(why);
    let error = element("error", ns::JABBER_CLIENT)
        .with_attr("type", "modify")
        .with_child(element("not-acceptable", ns::STANZA_ERRORS))
        .with_child(text);
    message.payloads.push(error);
    message.into()
}

/// A message without text. The hint (XEP-0334) says whether an archive should keep it.
fn aside(to: Jid, kind: MessageKind, payload: Element, hint: Option<Hint>) -> Stanza {
    let mut message = Message::new_with_type(
        if kind == MessageKind::GroupChat {
            MessageType::Groupchat
        } else {
            MessageType::Chat
        },
        to,
    );
    message.id = Some(xmpp_parsers::message::Id(Uuid::new_v4().to_string()));
    message.payloads.push(payload);
    message.payloads.extend(hint.map(Element::from));
    message.into()
}

crate::redact::redacted_debug!(OutgoingMessage);

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: &str) -> MessageId {
        MessageId::new(id).unwrap()
    }

    fn bob() -> BareJid {
        BareJid::new("bob@ward.example").unwrap()
    }

    #[test]
    fn a_message_to_a_person_asks_for_receipt_and_markers_and_carries_its_id_twice() {
        let stanza = OutgoingMessage::to_person(bob(), id("1"), "Bed 4 < 5 & up")
            .in_thread("t")
            .replacing(id("0"))
            .build();
        let read: Element = String::from_utf8(crate::xml::encoded(stanza.element()))
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(
            (read.attr("type"), read.attr("id"), read.attr("to")),
            (Some("chat"), Some("1"), Some(bob().as_str()))
        );
        assert_eq!(
            read.get_child("body", ns::JABBER_CLIENT).unwrap().text(),
            "Bed 4 < 5 & up"
        );
        assert_eq!(read.get_child("origin-id", ns::SID).unwrap().attr("id"), Some("1"));
        assert_eq!(
            read.get_child("replace", ns::MESSAGE_CORRECT).unwrap().attr("id"),
            Some("0")
        );
        for (name, namespace) in [
            ("request", ns::RECEIPTS),
            ("markable", ns::MARKERS),
            ("active", ns::CHATSTATES),
        ] {
            assert!(read.has_child(name, namespace), "{name}");
        }
    }

    #[test]
    fn a_message_to_a_room_asks_for_no_receipts() {
        let stanza = OutgoingMessage::to_room(bob(), id("1"), "x").build();
        assert_eq!(stanza.element().attr("type"), Some("groupchat"));
        assert!(!stanza.element().has_child("request", ns::RECEIPTS));
        assert!(!stanza.element().has_child("active", ns::CHATSTATES));
    }

    #[test]
    fn what_xml_cannot_carry_is_left_out_of_the_text() {
        let stanza = OutgoingMessage::to_person(bob(), id("1"), "a\u{0}b\u{1b}[1m\tc\n😀\u{ffff}").build();
        assert_eq!(
            stanza.element().get_child("body", ns::JABBER_CLIENT).unwrap().text(),
            "ab[1m\tc\n😀"
        );
        assert!(stanza.size() > 0);
    }

    #[test]
    fn what_is_refused_goes_back_with_its_id_and_the_reason() {
        let refusal = refused("ward@rooms.example/Bob".parse().unwrap(), Some(id("pm1")), "Not here.");
        let element = refusal.element();
        assert_eq!((element.attr("type"), element.attr("id")), (Some("error"), Some("pm1")));
        let condition = crate::session::condition_of(element);
        assert_eq!(condition.as_str(), "not-acceptable");
        assert!(element.get_child("body", ns::JABBER_CLIENT).is_none());
    }

    #[test]
    fn the_size_is_that_on_the_wire() {
        let short = OutgoingMessage::to_person(bob(), id("1"), "").build();
        let long = OutgoingMessage::to_person(bob(), id("1"), "&".repeat(1000)).build();
        assert_eq!(long.size() - short.size(), "&amp;".len() * 1000);
    }

    #[test]
    fn asides_say_whether_an_archive_should_keep_them() {
        let typing = chat_state(bob().into(), MessageKind::Chat, ChatState::Composing);
        assert!(
            typing.element().has_child("no-store", ns::HINTS)
                && typing.element().has_child("composing", ns::CHATSTATES)
        );
        let seen = marker(
            bob().into(),
            MessageKind::GroupChat,
            MarkerKind::Displayed,
            id("7"),
            Keeping::Archived,
        );
        assert_eq!(seen.element().attr("type"), Some("groupchat"));
        assert_eq!(
            seen.element().get_child("displayed", ns::MARKERS).unwrap().attr("id"),
            Some("7")
        );
        assert!(seen.element().has_child("store", ns::HINTS));
        let unsaid = receipt(bob().into(), id("7"), Keeping::Unsaid);
        assert!(!unsaid.element().has_child("store", ns::HINTS));
        let have = receipt(bob().into(), id("7"), Keeping::Archived);
        assert_eq!(
            have.element().get_child("received", ns::RECEIPTS).unwrap().attr("id"),
            Some("7")
        );
    }
}
