//! The payloads of a message. Each is read for itself: one that makes no sense is left out and costs nothing else.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use xmpp_parsers::chatstates;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::{occupant_id, reactions, receipts, stanza_id};
use xso::error::Error;
use xso::{AsXml, AsXmlText, FromXml, FromXmlText};

use super::received::{
    ChatState, Marker, MarkerKind, Mention, Reactions, ReceivedMessage, Retraction, RoomNews, Unreadable,
};
use super::sole::Sole;
use super::text::Parts;
use crate::ids::{MessageId, OriginId, Timestamp};
use crate::muc::{Announced, Invitation};
use crate::presence::{Affiliation, LONGEST_OCCUPANT_ID};
use crate::{muc, muc_light, ns};

/// Most reactions of one sender to one message that are kept.
const MOST_REACTIONS: usize = 64;
/// Most characters of one reaction: the longest emoji sequences have about ten.
const MOST_REACTION_CHARACTERS: usize = 32;
/// Most mentions of one message that are read.
const MOST_MENTIONS: usize = 64;
/// Characters of an address that have to be written otherwise in a URI (RFC 5122 section 2.2).
const IN_URI: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'@')
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');
/// Most changes that one message of a room may tell.
const MOST_CHANGES: usize = 8;

/// Whatever is understood in a message, beside text and what MUC Light says of itself.
#[derive(FromXml, AsXml)]
#[xml()]
pub(super) enum Payload {
    #[xml(transparent)]
    StanzaId(stanza_id::StanzaId),
    #[xml(transparent)]
    OriginId(stanza_id::OriginId),
    #[xml(transparent)]
    Marker(ChatMarker),
    #[xml(transparent)]
    ChatState(chatstates::ChatState),
    #[xml(transparent)]
    ReceiptRequest(receipts::Request),
    #[xml(transparent)]
    Receipt(receipts::Received),
    #[xml(transparent)]
    Delay(Delay),
    #[xml(transparent)]
    Hint(Hint),
    #[xml(transparent)]
    OccupantId(occupant_id::OccupantId),
    #[xml(transparent)]
    MucUser(MucUser),
    #[xml(transparent)]
    Announced(Announced),
    #[xml(transparent)]
    Replace(Replace),
    #[xml(transparent)]
    Reactions(reactions::Reactions),
    #[xml(transparent)]
    Reply(Reply),
    #[xml(transparent)]
    Reference(Reference),
    #[xml(transparent)]
    Retract(Retract),
    #[xml(transparent)]
    ApplyTo(ApplyTo),
    #[xml(transparent)]
    Retracted(Retracted),
}

/// `<delay/>` (XEP-0203) as it stands in a message.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::DELAY, name = "delay")]
pub(super) struct Delay {
    #[xml(attribute(default))]
    pub(super) from: Option<Jid>,
    #[xml(attribute)]
    pub(super) stamp: Timestamp,
    #[xml(text)]
    pub(super) reason: String,
}

/// Chat markers (XEP-0333) in the form that servers and clients speak.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MARKERS)]
pub(super) enum ChatMarker {
    #[xml(name = "markable")]
    Markable,
    #[xml(name = "received")]
    Received {
        #[xml(attribute)]
        id: MessageId,
    },
    #[xml(name = "displayed")]
    Displayed {
        #[xml(attribute)]
        id: MessageId,
    },
    #[xml(name = "acknowledged")]
    Acknowledged {
        #[xml(attribute)]
        id: MessageId,
    },
}

/// Message processing hints (XEP-0334).
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::HINTS)]
pub(super) enum Hint {
    #[xml(name = "store")]
    Store,
    #[xml(name = "no-store")]
    NoStore,
    #[xml(name = "no-copy")]
    NoCopy,
    #[xml(name = "no-permanent-store")]
    NoPermanentStore,
}

/// `<replace/>` (XEP-0308).
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MESSAGE_CORRECT, name = "replace")]
pub(super) struct Replace {
    #[xml(attribute)]
    pub(super) id: MessageId,
}

/// `<reply/>` (XEP-0461).
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::REPLY, name = "reply")]
pub(super) struct Reply {
    #[xml(attribute(default))]
    pub(super) to: Option<Jid>,
    #[xml(attribute)]
    pub(super) id: MessageId,
}

/// `<reference/>` (XEP-0372).
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::REFERENCE, name = "reference")]
pub(super) struct Reference {
    #[xml(attribute(name = "type"))]
    kind: String,
    #[xml(attribute)]
    uri: String,
    #[xml(attribute(default))]
    begin: Option<u32>,
    #[xml(attribute(default))]
    end: Option<u32>,
    /// References may carry more about what they mean.
    #[xml(element(n = ..))]
    more: Vec<Element>,
}

/// The only kind of reference that is made and understood.
const MENTION: &str = "mention";
/// The scheme of addresses (RFC 5122).
const SCHEME: &str = "xmpp:";

impl Reference {
    /// A mention of somebody.
    pub(super) fn of(mention: &Mention) -> Self {
        Self {
            kind: MENTION.to_owned(),
            uri: format!("{SCHEME}{}", utf8_percent_encode(mention.whom.as_str(), IN_URI)),
            begin: Some(mention.begin),
            end: Some(mention.end),
            more: Vec::new(),
        }
    }

    /// `None`: it is no mention, or not one that stands in the text.
    fn mention(&self) -> Option<Mention> {
        let address = self.uri.strip_prefix(SCHEME).filter(|_| self.kind == MENTION)?;
        let address = address.split_once('?').map_or(address, |(address, _)| address);
        let address = percent_decode_str(address).decode_utf8().ok()?;
        Some(Mention {
            begin: self.begin?,
            end: self.end?,
            whom: Jid::new(&address).ok()?,
        })
    }
}

/// `<retract/>` (XEP-0424).
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::RETRACT, name = "retract")]
pub(super) struct Retract {
    #[xml(attribute)]
    pub(super) id: MessageId,
}

/// `<apply-to/>` (XEP-0422), which the older retraction rides on; MongooseIM still speaks it.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::FASTEN, name = "apply-to")]
pub(super) struct ApplyTo {
    #[xml(attribute)]
    pub(super) id: MessageId,
    #[xml(child(n = ..))]
    pub(super) retractions: Vec<Fastened>,
}

/// What may be fastened.
#[derive(FromXml, AsXml)]
#[xml()]
pub(super) enum Fastened {
    #[xml(namespace = ns::RETRACT_0, name = "retract")]
    Older,
    #[xml(namespace = ns::RETRACT, name = "retract")]
    Newer,
    /// MongooseIM's, where the id is that of the archive.
    #[xml(namespace = ns::RETRACT_BY_STANZA_ID, name = "retract")]
    ByStanzaId,
}

/// `<retracted/>`: what an archive keeps of a message that was taken back.
#[derive(FromXml, AsXml)]
#[xml()]
pub(super) enum Retracted {
    #[xml(namespace = ns::RETRACT, name = "retracted")]
    Newer {
        #[xml(attribute(default))]
        stamp: Option<String>,
        #[xml(element(n = ..))]
        by: Vec<Element>,
    },
    #[xml(namespace = ns::RETRACT_0, name = "retracted")]
    Older {
        #[xml(attribute(default))]
        stamp: Option<String>,
        #[xml(element(n = ..))]
        by: Vec<Element>,
    },
}

/// `<x/>` by which a room marks what comes from an occupant (XEP-0045). More lenient than that of `xmpp-parsers`:
/// without the mark a private message of a room would pass for one of a person's.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_USER, name = "x")]
pub(super) struct MucUser {
    #[xml(element(n = ..))]
    pub(super) content: Vec<Element>,
}

impl MucUser {
    /// What a room says of itself: a status code, or somebody who is not inside.
    fn news(&self) -> impl Iterator<Item = RoomNews> {
        self.content
            .iter()
            .filter_map(|child| match (child.name(), child.attr("code")) {
                // 104 configuration, 170 to 173 what follows of it.
                ("status", Some("104" | "170" | "171" | "172" | "173")) => Some(RoomNews::Configuration),
                ("item", _) if child.attr("affiliation").is_some() => Some(RoomNews::Affiliations),
                _ => None,
            })
    }

    /// Who the sender is, as the archive of a room says it (XEP-0313 section 7).
    fn items(&self) -> impl Iterator<Item = OccupantItem> {
        let items = self.content.iter().filter(|child| child.is("item", ns::MUC_USER));
        items.map(|item| OccupantItem {
            real_jid: item.attr("jid").and_then(|jid| Some(Jid::new(jid).ok()?.into_bare())),
            affiliation: Affiliation::of(item),
        })
    }
}

/// What an `<item/>` says of whoever sent the message that it stands in.
pub(super) struct OccupantItem {
    /// Their address.
    pub(super) real_jid: Option<BareJid>,
    /// What they are to the room.
    pub(super) affiliation: Option<Affiliation>,
}

impl FromXmlText for MarkerKind {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        match text.as_str() {
            "received" => Ok(Self::Received),
            "displayed" => Ok(Self::Displayed),
            "acknowledged" => Ok(Self::Acknowledged),
            _ => Err(Error::Other("unknown marker")),
        }
    }
}

impl AsXmlText for MarkerKind {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Borrowed(match self {
            Self::Received => "received",
            Self::Displayed => "displayed",
            Self::Acknowledged => "acknowledged",
        }))
    }
}

/// What a message says about itself and only some may say. The lists live no longer than decoding does, and are kept
/// whole: whoever writes many must not push out the server's own.
#[derive(Default)]
pub(super) struct Claims {
    /// `<stanza-id/>`: by whom, and which.
    pub(super) stanza_ids: Vec<stanza_id::StanzaId>,
    pub(super) delays: Vec<Delay>,
    /// `<no-store/>` (XEP-0334).
    pub(super) no_store: bool,
    /// It has a `<body/>`, by which servers tell what is a text.
    pub(super) has_body: bool,
    /// Marked as from an occupant of a room.
    pub(super) muc_user: bool,
    /// What a room says of itself.
    pub(super) room_changes: Vec<muc_light::Change>,
    pub(super) room_news: Vec<RoomNews>,
    /// Who the sender is and what they are to the room.
    pub(super) item: Sole<OccupantItem>,
    /// What the room calls the sender (XEP-0421).
    pub(super) occupant_id: Sole<String>,
    /// What the sender has changed about the room.
    pub(super) announced: Option<Announced>,
    /// Invitations of the sender's (XEP-0249), and those that the sender hands on as a room (XEP-0045 section 7.8.2).
    pub(super) direct: Sole<Invitation>,
    pub(super) mediated: Sole<Invitation>,
}

impl Claims {
    /// The sender's id in the room, if exactly one that can be one stands there.
    pub(super) fn take_occupant_id(&mut self) -> Option<String> {
        let id = std::mem::take(&mut self.occupant_id).get();
        id.filter(|id| !id.is_empty() && id.len() <= LONGEST_OCCUPANT_ID)
    }
}

/// Reads all payloads of `message` into `into`.
pub(super) fn read(mut message: Element, into: &mut ReceivedMessage) -> Claims {
    let mut claims = Claims::default();
    let mut parts = Parts::default();
    // An error carries back what was sent: its payloads are not the sender's words.
    let bounced = message.attr("type") == Some("error");
    for child in message.take_contents_as_children() {
        if child.has_ns(ns::JABBER_CLIENT) {
            if !bounced {
                claims.has_body |= child.name() == "body" && !child.text().is_empty();
                read_core(&child, into, &mut parts);
            }
        } else if !bounced || child.name() == "origin-id" {
            parts.payload(&child);
            let namespace = child.ns();
            if let Some(invitation) = muc::direct(&child, &into.from) {
                claims.direct.add(invitation);
            } else if let Some(change) = muc_light::read_change(&child) {
                if claims.room_changes.len() < MOST_CHANGES {
                    claims.room_changes.push(change);
                }
            } else if let Ok(payload) = Payload::try_from(child) {
                payload.apply(into, &mut claims);
            } else {
                parts.unknown(&namespace);
            }
        }
    }
    if !bounced {
        parts.settle(into);
    }
    // Between apps, whatever it is; and beside what is understood nothing else was written.
    let is_understood = into.marker.is_some()
        || into.receipt.is_some()
        || into.chat_state.is_some_and(|state| state != ChatState::Active)
        || into.reactions.is_some()
        || into.retraction.is_some()
        || !matches!((&claims.direct, &claims.mediated), (Sole::Absent, Sole::Absent))
        || claims.announced.is_some()
        || !claims.room_changes.is_empty()
        || !claims.room_news.is_empty();
    if into.unreadable == Some(Unreadable::Unsupported) && (claims.no_store || is_understood) {
        into.unreadable = None;
    }
    claims
}

/// `<body/>`, `<subject/>`, `<thread/>`.
fn read_core(child: &Element, into: &mut ReceivedMessage, parts: &mut Parts) {
    match child.name() {
        "body" => parts.body(child),
        "subject" => parts.subject(child),
        "thread" => into.thread = Some(child.text()).filter(|thread| !thread.is_empty()),
        _ => {}
    }
}

impl Payload {
    fn apply(self, into: &mut ReceivedMessage, claims: &mut Claims) {
        match self {
            Self::StanzaId(id) => claims.stanza_ids.push(id),
            Self::OriginId(origin) => into.origin_id = OriginId::new(origin.id),
            Self::Marker(marker) => marker.apply(into),
            Self::ChatState(state) => into.chat_state = Some(state.into()),
            Self::ReceiptRequest(_) => into.wants_receipt = true,
            Self::Receipt(receipt) => into.receipt = MessageId::new(receipt.id),
            Self::Delay(delay) => claims.delays.push(delay),
            Self::Hint(Hint::NoStore) => claims.no_store = true,
            Self::Hint(Hint::Store) => into.asks_storing = true,
            Self::Hint(_) => {}
            Self::OccupantId(occupant) => claims.occupant_id.add(occupant.id),
            Self::MucUser(user) => {
                claims.muc_user = true;
                user.items().for_each(|item| claims.item.add(item));
                claims.room_news.extend(user.news());
                if let Some(invitation) = muc::mediated(&user.content, &into.from) {
                    claims.mediated.add(invitation);
                }
            }
            Self::Announced(announced) => claims.announced = Some(announced).filter(Announced::is_sensible),
            Self::Replace(replace) => into.replaces = Some(replace.id),
            Self::Reactions(reactions) => into.reactions = Reactions::read(reactions),
            Self::Reply(reply) => into.replies_to = Some(reply.id),
            Self::Reference(reference) => {
                let mention = reference.mention().filter(|_| into.mentions.len() < MOST_MENTIONS);
                into.mentions.extend(mention);
            }
            Self::Retract(retract) => into.retraction = Some(Retraction::Of(retract.id)),
            Self::ApplyTo(apply) => {
                if !apply.retractions.is_empty() {
                    into.retraction = Some(Retraction::Of(apply.id));
                }
            }
            Self::Retracted(_) => into.retraction = Some(Retraction::Tombstone),
        }
    }
}

impl ChatMarker {
    fn apply(self, into: &mut ReceivedMessage) {
        let (kind, id) = match self {
            Self::Markable => {
                into.wants_markers = true;
                return;
            }
            Self::Received { id } => (MarkerKind::Received, id),
            Self::Displayed { id } => (MarkerKind::Displayed, id),
            Self::Acknowledged { id } => (MarkerKind::Acknowledged, id),
        };
        into.marker = Some(Marker { kind, id });
    }

    /// A marker of that kind for the message `id`.
    pub(super) fn of(kind: MarkerKind, id: MessageId) -> Self {
        match kind {
            MarkerKind::Received => Self::Received { id },
            MarkerKind::Displayed => Self::Displayed { id },
            MarkerKind::Acknowledged => Self::Acknowledged { id },
        }
    }
}

impl Reactions {
    fn read(read: reactions::Reactions) -> Option<Self> {
        let emoji = read.reactions.into_iter().map(|reaction| reaction.emoji);
        Some(Self {
            target: MessageId::new(read.id)?,
            emoji: emoji
                .filter(|emoji| emoji.chars().nth(MOST_REACTION_CHARACTERS).is_none())
                .take(MOST_REACTIONS)
                .collect(),
        })
    }
}

impl From<chatstates::ChatState> for ChatState {
    fn from(state: chatstates::ChatState) -> Self {
        match state {
            chatstates::ChatState::Active => Self::Active,
            chatstates::ChatState::Composing => Self::Composing,
            chatstates::ChatState::Paused => Self::Paused,
            chatstates::ChatState::Inactive => Self::Inactive,
            chatstates::ChatState::Gone => Self::Gone,
        }
    }
}
