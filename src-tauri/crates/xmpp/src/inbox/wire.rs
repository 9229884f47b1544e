//! Elements of the inbox.

#![allow(clippy::useless_conversion, reason = "derived code for extracted fields")]

use std::borrow::Cow;

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::rsm::{SetQuery, SetResult};
use xso::error::Error;
use xso::{AsXml, AsXmlText, FromXml, FromXmlText};

use super::conversation::InboxBox;
use crate::form::Form;
use crate::ids::Timestamp;
use crate::ns;

/// `<inbox/>`: the question for a page; without anything in it, for the form of such questions, which comes back in it.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::INBOX, name = "inbox")]
pub(super) struct Inbox {
    #[xml(attribute(name = "queryid", default))]
    pub(super) query_id: Option<String>,
    #[xml(child(default))]
    pub(super) form: Option<Form>,
    #[xml(child(default))]
    pub(super) set: Option<SetQuery>,
}

/// `<result/>`: one conversation.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::INBOX, name = "result")]
pub(super) struct Found {
    #[xml(attribute(name = "queryid", default))]
    pub(super) query_id: Option<String>,
    #[xml(attribute)]
    pub(super) unread: u32,
    /// `<forwarded/>`, left as it is: an odd message is judged by the codec of messages.
    #[xml(element(n = ..))]
    pub(super) forwarded: Vec<Element>,
    #[xml(extract(fields(text)))]
    pub(super) read: bool,
    #[xml(extract(name = "box", fields(text)))]
    pub(super) in_box: InboxBox,
    /// As `box`, in the words of older servers.
    #[xml(extract(default, fields(text(type_ = bool))))]
    pub(super) archive: Option<bool>,
    #[xml(extract(fields(text)))]
    pub(super) mute: Mute,
}

/// `<fin/>`: the end of a page. The numbers speak of this page alone.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::INBOX, name = "fin")]
pub(super) struct Fin {
    #[xml(child)]
    pub(super) set: SetResult,
    #[xml(extract(name = "active-conversations", fields(text)))]
    pub(super) active_conversations: u32,
    #[xml(extract(fields(text)))]
    pub(super) count: u32,
    #[xml(extract(name = "unread-messages", fields(text)))]
    pub(super) unread_messages: u32,
}

/// `<empty-bin/>` and its answer, which carries the number.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::INBOX, name = "empty-bin")]
pub(super) struct EmptyBin {
    #[xml(extract(default, fields(text(type_ = u32))))]
    pub(super) num: Option<u32>,
}

/// `<query/>` of one conversation: a question for its properties, their change, and the answer.
#[derive(Default, FromXml, AsXml)]
#[xml(namespace = ns::INBOX_CONVERSATION, name = "query")]
pub(super) struct Conversation {
    #[xml(attribute(default))]
    pub(super) jid: Option<Jid>,
    /// Asks for the last message, too.
    #[xml(attribute(default))]
    pub(super) complete: Option<bool>,
    #[xml(child(default))]
    pub(super) form: Option<Form>,
    #[xml(element(n = ..))]
    pub(super) forwarded: Vec<Element>,
    #[xml(extract(default, fields(text(type_ = bool))))]
    pub(super) read: Option<bool>,
    #[xml(extract(default, name = "box", fields(text(type_ = InboxBox))))]
    pub(super) in_box: Option<InboxBox>,
    #[xml(extract(default, fields(text(type_ = bool))))]
    pub(super) archive: Option<bool>,
    #[xml(extract(default, fields(text(type_ = Mute))))]
    pub(super) mute: Option<Mute>,
}

/// `<x/>`: a device of the account changed the properties of a conversation.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::INBOX_CONVERSATION, name = "x")]
pub(super) struct Changed {
    #[xml(attribute)]
    pub(super) jid: BareJid,
    #[xml(attribute(name = "queryid", default))]
    pub(super) query_id: Option<String>,
    #[xml(extract(fields(text)))]
    pub(super) read: bool,
    #[xml(extract(name = "box", fields(text)))]
    pub(super) in_box: InboxBox,
    #[xml(extract(default, fields(text(type_ = bool))))]
    pub(super) archive: Option<bool>,
    #[xml(extract(fields(text)))]
    pub(super) mute: Mute,
}

/// `<reset/>`: marks all messages as read. The server does not notify other devices.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::INBOX_CONVERSATION, name = "reset")]
pub(super) struct Reset {
    #[xml(attribute(default))]
    pub(super) jid: Option<BareJid>,
}

/// `<mute/>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mute {
    Off,
    /// In a request: for so many seconds from now.
    Seconds(u32),
    /// In an answer.
    Until(Timestamp),
    /// A value that cannot be read: it mutes nothing.
    Other(String),
}

impl FromXmlText for Mute {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        if let Ok(seconds) = text.parse() {
            return Ok(if seconds == 0 {
                Self::Off
            } else {
                Self::Seconds(seconds)
            });
        }
        Ok(Timestamp::parse(&text).map_or(Self::Other(text), Self::Until))
    }
}

impl AsXmlText for Mute {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        match self {
            Self::Off => Ok(Cow::Borrowed("0")),
            Self::Seconds(seconds) => Ok(Cow::Owned(seconds.to_string())),
            Self::Until(until) => until.as_xml_text(),
            Self::Other(text) => Ok(Cow::Borrowed(text)),
        }
    }
}

impl FromXmlText for InboxBox {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        Ok(Self::named(&text))
    }
}

impl AsXmlText for InboxBox {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Borrowed(self.as_str()))
    }
}
