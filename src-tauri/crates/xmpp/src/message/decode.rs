//! From XML to [`ReceivedMessage`], and the checks of who may say what.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::{Element, Node};

use super::context::{Context, StanzaIds};
use super::payload::{self, Claims};
use super::received::{Ascription, Direction, MessageKind, ReceivedMessage, Route, Stamp, StampSource};
use super::sole::Sole;
use crate::ids::{ArchiveId, MessageId, Timestamp};
use crate::muc::{self, Announced};
use crate::ns;
use crate::presence::Affiliation;
use crate::session::condition_of;

mod author;

/// Why a message is dropped. Says nothing of its content, so that it can be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Rejected {
    /// A carbon that does not come from the own account.
    #[error("forged carbon")]
    ForgedCarbon,
    /// An archived message in an archive that it cannot belong to.
    #[error("message of another archive")]
    ForeignArchive,
    /// No sender, or an address that is none.
    #[error("malformed address")]
    Address,
    /// A wrapper without content.
    #[error("malformed wrapper")]
    Wrapper,
}

/// Decodes what came over the stream: a live message, or a carbon.
pub(crate) fn live(mut message: Element, context: &Context<'_>) -> Result<ReceivedMessage, Rejected> {
    if message.children().filter(|child| child.has_ns(ns::CARBONS)).count() > 1 {
        return Err(Rejected::ForgedCarbon);
    }
    for (name, route) in [("received", Route::CarbonReceived), ("sent", Route::CarbonSent)] {
        let Some(mut wrapper) = message.remove_child(name, ns::CARBONS) else {
            continue;
        };
        // XEP-0280 section 11: from anybody else it is forged.
        if address(&message, "from")
            .ok()
            .flatten()
            .is_none_or(|from| from != *context.own)
        {
            return Err(Rejected::ForgedCarbon);
        }
        let (inner, _) = unwrap_forwarded(&mut wrapper)?;
        let copied = decode(inner, route, None, None, context)?;
        let right_way = match route {
            Route::CarbonSent => copied.direction == Direction::Outgoing,
            _ => copied.direction == Direction::Incoming || copied.conversation == *context.own,
        };
        return if right_way {
            Ok(copied)
        } else {
            Err(Rejected::ForgedCarbon)
        };
    }
    decode(message, Route::Live, None, None, context)
}

/// Decodes one `<result/>` of `archive`. The caller has checked who sent it and for which query.
pub(crate) fn archived(
    mut result: Element,
    archive: &BareJid,
    context: &Context<'_>,
) -> (Option<ArchiveId>, Result<ReceivedMessage, Rejected>) {
    let id = result.attr("id").and_then(ArchiveId::new);
    let decoded = unwrap_forwarded(&mut result).and_then(|(inner, delay)| {
        let stamp = delay.and_then(|delay| Timestamp::parse(delay.attr("stamp")?));
        let stamp = stamp.map(|at| Stamp {
            at,
            source: StampSource::Archive,
        });
        let message = decode(inner, Route::Archive, id.clone(), stamp, context)?;
        // A room's archive holds what was said in the room; the own archive holds what came or went.
        let belongs = *archive == *context.own || message.conversation == *archive;
        if belongs {
            Ok(message)
        } else {
            Err(Rejected::ForeignArchive)
        }
    });
    (id, decoded)
}

/// Decodes the `<forwarded/>` of an entry of the inbox. The caller has checked who sent it.
pub(crate) fn listed(forwarded: Element, context: &Context<'_>) -> Result<ReceivedMessage, Rejected> {
    let (inner, delay) = open_forwarded(forwarded)?;
    let stamp = delay.and_then(|delay| Timestamp::parse(delay.attr("stamp")?));
    let stamp = stamp.map(|at| Stamp {
        at,
        source: StampSource::Delay,
    });
    decode(inner, Route::Inbox, None, stamp, context)
}

/// The message inside `<forwarded/>` (XEP-0297) and its `<delay/>`. By hand: the tree is moved out whole, and an odd
/// delay costs nothing else.
fn unwrap_forwarded(wrapper: &mut Element) -> Result<(Element, Option<Element>), Rejected> {
    let forwarded = take_sole(wrapper, "forwarded", ns::FORWARD);
    open_forwarded(forwarded.get().ok_or(Rejected::Wrapper)?)
}

fn open_forwarded(mut forwarded: Element) -> Result<(Element, Option<Element>), Rejected> {
    let delay = take_sole(&mut forwarded, "delay", ns::DELAY).get();
    match take_sole(&mut forwarded, "message", ns::JABBER_CLIENT) {
        Sole::One(message) => Ok((message, delay)),
        Sole::Several => Err(Rejected::Wrapper),
        // MongooseIM's inbox forgets the namespace of the message, which puts it into that of its wrapper.
        Sole::Absent => {
            let message = take_sole(&mut forwarded, "message", ns::FORWARD).get();
            Ok((into_stanza_namespace(message.ok_or(Rejected::Wrapper)?), delay))
        }
    }
}

/// Takes the children of a name out of an element.
fn take_sole(parent: &mut Element, name: &str, namespace: &str) -> Sole<Element> {
    std::iter::from_fn(|| parent.remove_child(name, namespace)).collect()
}

/// The element with everything that stands in the namespace of `<forwarded/>` put into that of stanzas.
fn into_stanza_namespace(mut element: Element) -> Element {
    let namespace = if element.has_ns(ns::FORWARD) {
        ns::JABBER_CLIENT.to_owned()
    } else {
        element.ns()
    };
    let mut moved = Element::bare(element.name(), namespace);
    *moved.attrs_mut() = std::mem::take(element.attrs_mut());
    for node in element.take_nodes() {
        moved.append_node(match node {
            Node::Element(child) => Node::Element(into_stanza_namespace(child)),
            text => text,
        });
    }
    moved
}

fn address(element: &Element, name: &str) -> Result<Option<Jid>, Rejected> {
    element
        .attr(name)
        .map(|text| Jid::new(text).map_err(|_| Rejected::Address))
        .transpose()
}

fn decode(
    message: Element,
    route: Route,
    archive_id: Option<ArchiveId>,
    stamp: Option<Stamp>,
    context: &Context<'_>,
) -> Result<ReceivedMessage, Rejected> {
    // RFC 6120 section 8.1.2.1: without an address it is from, or for, the own account.
    let from = address(&message, "from")?.unwrap_or_else(|| context.own.clone().into());
    let to = address(&message, "to")?.unwrap_or_else(|| context.own.clone().into());
    let kind = match message.attr("type") {
        Some("chat") => MessageKind::Chat,
        Some("groupchat") => MessageKind::GroupChat,
        Some("headline") => MessageKind::Headline,
        Some("error") => MessageKind::Error(condition_of(&message)),
        _ => MessageKind::Normal,
    };
    let mut decoded = ReceivedMessage {
        route,
        conversation: from.to_bare(),
        direction: Direction::Incoming,
        ascription: Ascription::Certain,
        nick: None,
        real_jid: None,
        occupant_id: None,
        kind,
        id: message.attr("id").and_then(MessageId::new),
        origin_id: None,
        archive_id: None,
        stamp,
        resent_of: None,
        body: None,
        unreadable: None,
        subject: None,
        thread: None,
        replaces: None,
        mentions: Vec::new(),
        replies_to: None,
        retraction: None,
        reactions: None,
        marker: None,
        receipt: None,
        wants_receipt: false,
        wants_markers: false,
        asks_storing: false,
        chat_state: None,
        room_changes: Vec::new(),
        room_news: Vec::new(),
        announced: None,
        invitation: None,
        from,
    };
    let mut claims = payload::read(message, &mut decoded);

    match decoded.kind {
        MessageKind::GroupChat => {
            if decoded.from == *context.own || decoded.from.to_bare() == *context.own {
                // Own message to a room, in the own archive or as a carbon: the room's copy is the one that counts, but
                // it still belongs to the room.
                decoded.direction = Direction::Outgoing;
                decoded.conversation = to.to_bare();
            } else {
                decoded.nick = decoded.from.resource().map(|nick| nick.to_string());
                if context.is_muc_light(&decoded.conversation) {
                    // The real address stands in place of a name.
                    decoded.real_jid = decoded.nick.as_deref().and_then(|nick| BareJid::new(nick).ok());
                    let node = decoded.real_jid.as_ref().and_then(|real| real.node());
                    decoded.nick = node.map(|node| node.to_string());
                    if decoded.real_jid.as_ref() == Some(context.own) {
                        decoded.direction = Direction::Outgoing;
                    }
                } else {
                    let affiliation = author::find(&mut decoded, &mut claims, context);
                    // A room of MUC Light says such things itself.
                    decoded.announced = announced(&mut claims, affiliation, &decoded);
                }
            }
        }
        MessageKind::Error(_) => {}
        MessageKind::Chat | MessageKind::Normal | MessageKind::Headline | MessageKind::RoomPrivate => {
            if decoded.from.to_bare() == *context.own {
                decoded.direction = Direction::Outgoing;
                decoded.conversation = to.to_bare();
            }
            // XEP-0045 section 7.5: marked so by the room, or from an address inside a room that has been entered.
            // People of the own domain are in no room of that domain, whatever they put into their messages.
            let in_room = (context.own_occupant)(&decoded.conversation).is_some();
            let is_colleague = decoded.conversation.domain() == context.own.domain();
            let private = claims.muc_user && !is_colleague && decoded.conversation_has_resource(&to);
            if private || in_room {
                decoded.kind = MessageKind::RoomPrivate;
            }
        }
    }

    if decoded.kind == MessageKind::GroupChat && decoded.from.is_bare() && context.is_muc_light(&decoded.conversation) {
        // Only the room itself speaks under its own address.
        decoded.room_changes = claims.room_changes;
    }

    // Under its own address the room itself speaks. Prosody tells of those who are not inside in a message of no kind.
    let by_room = matches!(
        decoded.kind,
        MessageKind::GroupChat | MessageKind::RoomPrivate | MessageKind::Normal
    );
    if by_room && decoded.from.is_bare() {
        decoded.room_news = claims.room_news;
    }
    // A room hands on invitations of others in its own name; a copy of what one has sent is none to oneself.
    if decoded.direction == Direction::Incoming && matches!(decoded.kind, MessageKind::Chat | MessageKind::Normal) {
        let (direct, mediated) = (claims.direct.get(), claims.mediated.get());
        decoded.invitation = muc::asked(direct, mediated, &decoded.from, context.services);
    }

    let (authority, ids) = match decoded.kind {
        MessageKind::GroupChat => (decoded.conversation.clone(), context.room_ids(&decoded.conversation)),
        _ => (context.own.clone(), Some(context.stanza_ids)),
    };
    let believable = !claims.no_store
        && match ids {
            None => false,
            Some(StanzaIds::Announced) => true,
            Some(StanzaIds::Unannounced) => {
                claims.delays.is_empty()
                    && (claims.has_body || !decoded.room_changes.is_empty())
                    && matches!(
                        decoded.kind,
                        MessageKind::Chat | MessageKind::Normal | MessageKind::GroupChat
                    )
            }
        };
    decoded.archive_id = match route {
        Route::Archive => archive_id,
        _ if believable => {
            let by_it = claims.stanza_ids.iter().filter(|claim| claim.by == authority);
            let sole: Sole<&str> = by_it.map(|claim| claim.id.as_str()).collect();
            sole.get().and_then(ArchiveId::new)
        }
        _ => None,
    };
    let domain = context.own.domain();
    let may_date = |delay: &payload::Delay| match &delay.from {
        Some(by) => {
            *by == authority || *by == *context.own || (by.is_bare() && by.node().is_none() && by.domain() == domain)
        }
        None => decoded.kind == MessageKind::GroupChat,
    };
    let believed: Sole<payload::Delay> = claims.delays.drain(..).filter(may_date).collect();
    let believed = believed.get().map(|delay| delay.stamp);
    decoded.resent_of = believed;
    if decoded.stamp.is_none() {
        decoded.stamp = believed.map(|at| Stamp {
            at,
            source: StampSource::Delay,
        });
    }
    Ok(decoded)
}

/// What an occupant has changed about their room, where they can be named and may have done it. In a text nobody looks
/// for it.
fn announced(claims: &mut Claims, affiliation: Option<Affiliation>, message: &ReceivedMessage) -> Option<Announced> {
    let is_own = message.direction == Direction::Outgoing;
    let announced = claims.announced.take().filter(|_| message.body.is_none())?;
    let is_credible = is_own || message.real_jid.is_some() && announced.is_credible(affiliation);
    is_credible.then_some(announced)
}

impl ReceivedMessage {
    /// Whether the address of the other side has a resource: in a room, that is an occupant's name.
    fn conversation_has_resource(&self, to: &Jid) -> bool {
        match self.direction {
            Direction::Incoming => self.from.is_full(),
            Direction::Outgoing => to.is_full(),
        }
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod texts;
