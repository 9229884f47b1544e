//! The payloads of a message. Each is read for itself: one that makes no sense is left out and costs nothing else.

use xmpp_parsers::jid::Jid;
use xmpp_parsers::minidom::Element;

use super::received::{ChatState, Marker, MarkerKind, Reactions, ReceivedMessage, Retraction};
use crate::ids::{MessageId, OriginId, Timestamp};
use crate::ns;

/// A `<delay/>` as it stands in a message.
pub(super) struct Delay {
    pub(super) from: Option<Jid>,
    pub(super) stamp: Timestamp,
}

/// What a message says about itself and only some may say.
#[derive(Default)]
pub(super) struct Claims {
    /// `<stanza-id/>`: by whom, and which.
    pub(super) stanza_ids: Vec<(Jid, String)>,
    pub(super) delays: Vec<Delay>,
    /// `<no-store/>` (XEP-0334).
    pub(super) no_store: bool,
    /// Marked as from an occupant of a room.
    pub(super) muc_user: bool,
}

/// Reads all payloads of `message` into `into`.
pub(super) fn read(mut message: Element, into: &mut ReceivedMessage) -> Claims {
    let mut claims = Claims::default();
    // An error carries back what was sent: its payloads are not the sender's words.
    let bounced = message.attr("type") == Some("error");
    for child in message.take_contents_as_children() {
        if child.has_ns(ns::JABBER_CLIENT) {
            if !bounced {
                read_core(&child, into);
            }
        } else if !bounced || child.name() == "origin-id" {
            read_extension(&child, into, &mut claims);
        }
    }
    claims
}

/// `<body/>`, `<subject/>`, `<thread/>`. Of several languages the first without a language wins, else the first.
fn read_core(child: &Element, into: &mut ReceivedMessage) {
    let plain = child.attr_ns(ns::XML, "lang").is_none();
    match child.name() {
        "body" if into.body.is_none() || plain => {
            let text = child.text();
            if !text.is_empty() {
                into.body = Some(text);
            }
        }
        "subject" if into.subject.is_none() || plain => into.subject = Some(child.text()),
        "thread" => into.thread = Some(child.text()).filter(|thread| !thread.is_empty()),
        _ => {}
    }
}

fn read_extension(child: &Element, into: &mut ReceivedMessage, claims: &mut Claims) {
    let id = || child.attr("id").and_then(MessageId::new);
    let name = child.name();
    let is = |namespace: &str| child.has_ns(namespace);
    match name {
        "origin-id" if is(ns::SID) => into.origin_id = child.attr("id").and_then(OriginId::new),
        "stanza-id" if is(ns::SID) => {
            if let (Some(by), Some(id)) = (child.attr("by").and_then(|by| Jid::new(by).ok()), child.attr("id")) {
                claims.stanza_ids.push((by, id.to_owned()));
            }
        }
        "delay" if is(ns::DELAY) => {
            if let Some(stamp) = child.attr("stamp").and_then(Timestamp::parse) {
                let from = child.attr("from").map(Jid::new);
                match from {
                    None => claims.delays.push(Delay { from: None, stamp }),
                    Some(Ok(from)) => claims.delays.push(Delay {
                        from: Some(from),
                        stamp,
                    }),
                    Some(Err(_)) => {}
                }
            }
        }
        "replace" if is(ns::MESSAGE_CORRECT) => into.replaces = id(),
        "request" if is(ns::RECEIPTS) => into.wants_receipt = true,
        "received" if is(ns::RECEIPTS) => into.receipt = id(),
        "markable" if is(ns::MARKERS) => into.wants_markers = true,
        "received" | "displayed" | "acknowledged" if is(ns::MARKERS) => {
            let kind = match name {
                "received" => MarkerKind::Received,
                "displayed" => MarkerKind::Displayed,
                _ => MarkerKind::Acknowledged,
            };
            into.marker = id().map(|id| Marker { kind, id });
        }
        "active" | "composing" | "paused" | "inactive" | "gone" if is(ns::CHATSTATES) => {
            into.chat_state = Some(match name {
                "active" => ChatState::Active,
                "composing" => ChatState::Composing,
                "paused" => ChatState::Paused,
                "inactive" => ChatState::Inactive,
                _ => ChatState::Gone,
            });
        }
        "reactions" if is(ns::REACTIONS) => {
            into.reactions = id().map(|target| Reactions {
                target,
                emoji: child
                    .children()
                    .filter(|e| e.is("reaction", ns::REACTIONS))
                    .map(|e| e.text())
                    .collect(),
            });
        }
        "retract" if is(ns::RETRACT) => into.retraction = id().map(Retraction::Of),
        // The older form, which MongooseIM still speaks.
        "apply-to" if is(ns::FASTEN) && child.children().any(is_older_retraction) => {
            into.retraction = id().map(Retraction::Of);
        }
        "retracted" if is(ns::RETRACT) || is(ns::RETRACT_0) => into.retraction = Some(Retraction::Tombstone),
        "occupant-id" if is(ns::OID) => into.occupant_id = child.attr("id").map(str::to_owned),
        "no-store" if is(ns::HINTS) => claims.no_store = true,
        "x" if is(ns::MUC_USER) => {
            claims.muc_user = true;
            let item = child.children().find(|e| e.is("item", ns::MUC_USER));
            into.real_jid = item.and_then(|item| Some(Jid::new(item.attr("jid")?).ok()?.into_bare()));
        }
        _ => {}
    }
}

fn is_older_retraction(element: &Element) -> bool {
    element.name() == "retract" && (element.has_ns(ns::RETRACT_0) || element.has_ns(ns::RETRACT))
}
