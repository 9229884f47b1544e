//! From XML to [`ReceivedMessage`], and the checks of who may say what.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::{Element, Node};

use super::payload;
use super::received::{Direction, MessageKind, ReceivedMessage, Route, Stamp, StampSource};
use crate::features::{ChatService, ChatServiceKind};
use crate::ids::{ArchiveId, MessageId, Timestamp};
use crate::ns;
use crate::session::condition_of;

/// Whether the server announces that it strips stanza-ids which clients made up (XEP-0359 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StanzaIds {
    /// It does.
    Announced,
    /// It does not (MongooseIM before 6.6). It still strips them from what it archives, but lets them through on what it
    /// does not archive and on what already carries a `<delay/>`: ids are believed on everything else.
    Unannounced,
}

/// What decoding needs to know.
pub(crate) struct Context<'a> {
    /// The own account.
    pub(crate) own: &'a BareJid,
    /// See [`StanzaIds`].
    pub(crate) stanza_ids: StanzaIds,
    /// Own name in a room, where it has been entered.
    pub(crate) own_nick: &'a (dyn Fn(&BareJid) -> Option<String> + Sync),
    /// Real address of an occupant of a room, where the room shows it.
    pub(crate) occupant: &'a (dyn Fn(&BareJid, &str) -> Option<BareJid> + Sync),
    /// Known services, to tell MUC Light from MUC: in a MUC anybody may take a name that looks like an address.
    pub(crate) services: &'a [ChatService],
}

impl Context<'_> {
    fn is_muc_light(&self, room: &BareJid) -> bool {
        self.services
            .iter()
            .any(|service| service.kind == ChatServiceKind::MucLight && service.jid.domain() == room.domain())
    }
}

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

/// The message inside `<forwarded/>` (XEP-0297) and its `<delay/>`. By hand: the tree is moved out whole, and an odd delay
/// costs nothing else.
fn unwrap_forwarded(wrapper: &mut Element) -> Result<(Element, Option<Element>), Rejected> {
    open_forwarded(
        wrapper
            .remove_child("forwarded", ns::FORWARD)
            .ok_or(Rejected::Wrapper)?,
    )
}

fn open_forwarded(mut forwarded: Element) -> Result<(Element, Option<Element>), Rejected> {
    let delay = forwarded.remove_child("delay", ns::DELAY);
    if let Some(message) = forwarded.remove_child("message", ns::JABBER_CLIENT) {
        return Ok((message, delay));
    }
    // MongooseIM's inbox forgets the namespace of the message, which puts it into that of its wrapper.
    let message = forwarded
        .remove_child("message", ns::FORWARD)
        .ok_or(Rejected::Wrapper)?;
    Ok((into_stanza_namespace(message), delay))
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
        nick: None,
        real_jid: None,
        occupant_id: None,
        kind,
        id: message.attr("id").and_then(MessageId::new),
        origin_id: None,
        archive_id: None,
        stamp,
        body: None,
        subject: None,
        thread: None,
        replaces: None,
        replies_to: None,
        retraction: None,
        reactions: None,
        marker: None,
        receipt: None,
        wants_receipt: false,
        wants_markers: false,
        chat_state: None,
        room_changes: Vec::new(),
        from,
    };
    let mut claims = payload::read(message, &mut decoded);
    if route != Route::Archive {
        // In a live message this field is relayed as its sender wrote it; an archive must replace it (XEP-0313 section 7).
        decoded.real_jid = None;
    }

    match decoded.kind {
        MessageKind::GroupChat => {
            if decoded.from == *context.own || decoded.from.to_bare() == *context.own {
                // Own message to a room, in the own archive or as a carbon: the room's copy is the one that counts, but
                // it still belongs to the room.
                decoded.direction = Direction::Outgoing;
                decoded.conversation = to.to_bare();
            } else {
                decoded.nick = decoded.from.resource().map(|nick| nick.to_string());
                decoded.direction = room_direction(&decoded, context);
                if route != Route::Archive
                    && let Some(nick) = &decoded.nick
                {
                    decoded.real_jid = (context.occupant)(&decoded.conversation, nick);
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
            let in_room = (context.own_nick)(&decoded.conversation).is_some();
            let private = claims.muc_user && decoded.conversation_has_resource(&to);
            if private || in_room {
                decoded.kind = MessageKind::RoomPrivate;
            }
        }
    }

    if decoded.kind == MessageKind::GroupChat && decoded.from.is_bare() && context.is_muc_light(&decoded.conversation) {
        // Only the room itself speaks under its own address.
        decoded.room_changes = claims.room_changes;
    }

    let authority = match decoded.kind {
        MessageKind::GroupChat => decoded.conversation.clone(),
        _ => context.own.clone(),
    };
    let believable = !claims.no_store
        && match context.stanza_ids {
            StanzaIds::Announced => true,
            StanzaIds::Unannounced => {
                claims.delays.is_empty()
                    && (decoded.body.is_some() || !decoded.room_changes.is_empty())
                    && matches!(
                        decoded.kind,
                        MessageKind::Chat | MessageKind::Normal | MessageKind::GroupChat
                    )
            }
        };
    decoded.archive_id = match route {
        Route::Archive => archive_id,
        _ if believable => claims
            .stanza_ids
            .iter()
            .find(|claim| claim.by == authority)
            .and_then(|claim| ArchiveId::new(claim.id.as_str())),
        _ => None,
    };
    if decoded.stamp.is_none() {
        // The last one counts: a server adds its own behind whatever the sender wrote.
        let domain = context.own.domain();
        let believed = claims.delays.drain(..).rev().find(|delay| match &delay.from {
            Some(by) => {
                *by == authority
                    || *by == *context.own
                    || (by.is_bare() && by.node().is_none() && by.domain() == domain)
            }
            None => decoded.kind == MessageKind::GroupChat,
        });
        decoded.stamp = believed.map(|delay| Stamp {
            at: delay.stamp,
            source: StampSource::Delay,
        });
    }
    Ok(decoded)
}

/// Whether a room's message is one's own: by the real address where the room shows it, else by name.
fn room_direction(message: &ReceivedMessage, context: &Context<'_>) -> Direction {
    let own = match (&message.real_jid, &message.nick) {
        (Some(real), _) => real == context.own,
        // MUC Light puts the real address where a room puts the name.
        (None, Some(nick)) if context.is_muc_light(&message.conversation) => {
            BareJid::new(nick).is_ok_and(|real| real == *context.own)
        }
        (None, Some(nick)) => (context.own_nick)(&message.conversation).as_deref() == Some(nick.as_str()),
        (None, None) => false,
    };
    if own { Direction::Outgoing } else { Direction::Incoming }
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
mod tests {
    use super::*;
    use crate::ids::OriginId;
    use crate::message::received::{ChatState, MarkerKind, Retraction};

    const SID: &str = "urn:xmpp:sid:0";

    fn alice() -> BareJid {
        BareJid::new("alice@ward.example").unwrap()
    }

    fn nick(room: &BareJid) -> Option<String> {
        (room.as_str() == "cardio@rooms.example").then(|| "Alice".to_owned())
    }

    fn with<T>(stanza_ids: StanzaIds, use_it: impl FnOnce(&Context<'_>) -> T) -> T {
        let light = ChatService {
            jid: BareJid::new("light.example").unwrap(),
            kind: ChatServiceKind::MucLight,
        };
        use_it(&Context {
            own: &alice(),
            stanza_ids,
            own_nick: &nick,
            occupant: &|_, nick| (nick == "Bob").then(|| BareJid::new("bob@ward.example").unwrap()),
            services: &[light],
        })
    }

    fn parse(attributes: &str, content: &str) -> Element {
        format!("<message xmlns='jabber:client' {attributes}>{content}</message>")
            .parse()
            .unwrap()
    }

    fn received(attributes: &str, content: &str) -> ReceivedMessage {
        with(StanzaIds::Announced, |context| {
            live(parse(attributes, content), context)
        })
        .unwrap()
    }

    fn carbon(outer: &str, way: &str, inner: &str) -> Result<ReceivedMessage, Rejected> {
        let wrapped = format!(
            "<{way} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>\
             <message xmlns='jabber:client' type='chat' {inner}><body>x</body></message></forwarded></{way}>"
        );
        with(StanzaIds::Announced, |context| live(parse(outer, &wrapped), context))
    }

    #[test]
    fn a_carbon_counts_only_from_the_own_bare_address() {
        let sent = "from='alice@ward.example/phone' to='bob@ward.example'";
        let copy = carbon("from='alice@ward.example'", "sent", sent).unwrap();
        assert_eq!((copy.route, copy.direction), (Route::CarbonSent, Direction::Outgoing));
        assert_eq!(copy.conversation.as_str(), "bob@ward.example");
        for outer in [
            "from='mallory@ward.example'",
            "from='alice@ward.example/phone'",
            "from='ward.example'",
            "",
        ] {
            assert_eq!(
                carbon(outer, "sent", sent).err(),
                Some(Rejected::ForgedCarbon),
                "{outer}"
            );
        }
    }

    #[test]
    fn a_carbon_cannot_put_words_into_anybodys_mouth() {
        let foreign = "from='mallory@ward.example/x' to='bob@ward.example'";
        assert_eq!(
            carbon("from='alice@ward.example'", "sent", foreign).err(),
            Some(Rejected::ForgedCarbon)
        );
        let own = "from='alice@ward.example/x' to='bob@ward.example'";
        assert_eq!(
            carbon("from='alice@ward.example'", "received", own).err(),
            Some(Rejected::ForgedCarbon)
        );
        let note = "from='alice@ward.example/x' to='alice@ward.example'";
        assert!(
            carbon("from='alice@ward.example'", "received", note).is_ok(),
            "a note to oneself"
        );
    }

    #[test]
    fn a_stanza_id_counts_only_from_the_own_account_or_the_room() {
        let by = |by: &str| format!("<body>x</body><stanza-id xmlns='{SID}' by='{by}' id='1'/>");
        let direct = "from='bob@ward.example/x' type='chat'";
        assert!(received(direct, &by("alice@ward.example")).archive_id.is_some());
        for forger in [
            "bob@ward.example",
            "ward.example",
            "alice@ward.example/desk",
            "cardio@rooms.example",
        ] {
            assert_eq!(received(direct, &by(forger)).archive_id, None, "{forger}");
        }
        let room = "from='cardio@rooms.example/Bob' type='groupchat'";
        assert!(received(room, &by("cardio@rooms.example")).archive_id.is_some());
        assert_eq!(received(room, &by("alice@ward.example")).archive_id, None);
    }

    #[test]
    fn an_unannounced_stanza_id_counts_only_on_what_mongooseim_archives() {
        let id = format!("<stanza-id xmlns='{SID}' by='alice@ward.example' id='1'/>");
        let delay = "<delay xmlns='urn:xmpp:delay' from='ward.example' stamp='2026-11-22T17:00:00Z'/>";
        let archive_id = |stanza_ids, content: String| {
            with(stanza_ids, |context| {
                live(parse("from='bob@ward.example/x' type='chat'", &content), context)
            })
            .unwrap()
            .archive_id
            .is_some()
        };
        for (content, announced, unannounced) in [
            (format!("<body>x</body>{id}"), true, true),
            (format!("<body>x</body>{id}{delay}"), true, false),
            (
                format!("<composing xmlns='http://jabber.org/protocol/chatstates'/>{id}"),
                true,
                false,
            ),
            (
                format!("<body>x</body>{id}<no-store xmlns='urn:xmpp:hints'/>"),
                false,
                false,
            ),
            (
                format!("<body>x</body>{id}<no-permanent-store xmlns='urn:xmpp:hints'/>"),
                true,
                true,
            ),
        ] {
            assert_eq!(
                archive_id(StanzaIds::Announced, content.clone()),
                announced,
                "{content}"
            );
            assert_eq!(
                archive_id(StanzaIds::Unannounced, content.clone()),
                unannounced,
                "{content}"
            );
        }
    }

    #[test]
    fn a_time_counts_only_from_the_own_server_or_the_room_and_the_last_one_wins() {
        let delay =
            |from: &str, year: u32| format!("<delay xmlns='urn:xmpp:delay' {from} stamp='{year}-01-01T00:00:00Z'/>");
        let stamp = |attributes: &str, content: &str| {
            received(attributes, content)
                .stamp
                .map(|stamp| stamp.at.format().unwrap()[..4].parse::<u32>().unwrap())
        };
        let direct = "from='bob@ward.example/x' type='chat'";
        assert_eq!(stamp(direct, &delay("from='ward.example'", 2020)), Some(2020));
        assert_eq!(stamp(direct, &delay("from='alice@ward.example'", 2020)), Some(2020));
        assert_eq!(stamp(direct, &delay("from='bob@ward.example'", 2020)), None);
        assert_eq!(stamp(direct, &delay("", 2020)), None);
        let both = format!(
            "{}{}",
            delay("from='ward.example'", 1999),
            delay("from='ward.example'", 2020)
        );
        assert_eq!(stamp(direct, &both), Some(2020));
        let room = "from='cardio@rooms.example/Bob' type='groupchat'";
        assert_eq!(stamp(room, &delay("from='cardio@rooms.example'", 2020)), Some(2020));
        assert_eq!(stamp(room, &delay("from='night@rooms.example'", 2020)), None);
    }

    #[test]
    fn own_messages_in_a_room_are_told_by_name_and_never_by_what_their_sender_claims() {
        let claim =
            "<body>x</body><x xmlns='http://jabber.org/protocol/muc#user'><item jid='alice@ward.example/1'/></x>";
        let own = received("from='cardio@rooms.example/Alice' type='groupchat'", "<body>x</body>");
        assert_eq!(
            (own.direction, own.nick.as_deref()),
            (Direction::Outgoing, Some("Alice"))
        );
        let forged = received("from='cardio@rooms.example/Mallory' type='groupchat'", claim);
        assert_eq!((forged.direction, forged.real_jid), (Direction::Incoming, None));
        let dressed = received(
            "from='night@rooms.example/alice@ward.example' type='groupchat'",
            "<body>x</body>",
        );
        assert_eq!(
            dressed.direction,
            Direction::Incoming,
            "a name is not an address outside MUC Light"
        );
        let light = received(
            "from='team@light.example/alice@ward.example' type='groupchat'",
            "<body>x</body>",
        );
        assert_eq!(light.direction, Direction::Outgoing);
    }

    #[test]
    fn the_real_address_of_an_occupant_is_what_the_room_showed_and_not_what_the_message_claims() {
        let claim =
            "<body>x</body><x xmlns='http://jabber.org/protocol/muc#user'><item jid='carol@ward.example/1'/></x>";
        let bob = received("from='cardio@rooms.example/Bob' type='groupchat'", claim);
        assert_eq!(bob.real_jid, BareJid::new("bob@ward.example").ok());
        let unknown = received("from='cardio@rooms.example/Dan' type='groupchat'", claim);
        assert_eq!(unknown.real_jid, None);
    }

    #[test]
    fn a_private_message_of_an_occupant_is_never_taken_for_the_rooms() {
        let marked = "<body>x</body><x xmlns='http://jabber.org/protocol/muc#user'/>";
        assert_eq!(
            received("from='night@rooms.example/Bob' type='chat'", marked).kind,
            MessageKind::RoomPrivate
        );
        let unmarked = received("from='cardio@rooms.example/Bob' type='chat'", "<body>x</body>");
        assert_eq!(unmarked.kind, MessageKind::RoomPrivate);
    }

    #[test]
    fn a_bounce_says_why_and_nothing_of_what_was_sent() {
        let bounce = received(
            "from='bob@ward.example' type='error' id='7'",
            "<body>mine</body><origin-id xmlns='urn:xmpp:sid:0' id='7'/><received xmlns='urn:xmpp:receipts' id='1'/>\
             <error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        );
        assert_eq!(
            bounce.kind,
            MessageKind::Error(crate::session::StanzaCondition::ServiceUnavailable)
        );
        assert_eq!(
            (bounce.body, bounce.receipt, bounce.id),
            (None, None, MessageId::new("7"))
        );
        assert_eq!(bounce.origin_id, OriginId::new("7"));
    }

    #[test]
    fn every_payload_is_read_and_senseless_ones_cost_nothing_else() {
        let message = received(
            "from='bob@ward.example/x' type='chat' id='9'",
            "<body xml:lang='cy'>bore da</body><body>good morning</body><subject>s</subject><thread>t</thread>\
             <replace xmlns='urn:xmpp:message-correct:0' id='8'/><received xmlns='urn:xmpp:receipts' id='5'/>\
             <displayed xmlns='urn:xmpp:chat-markers:0' id='6'/><paused xmlns='http://jabber.org/protocol/chatstates'/>\
             <reactions xmlns='urn:xmpp:reactions:0' id='4'><reaction>👍</reaction><reaction>🎉</reaction></reactions>\
             <retract xmlns='urn:xmpp:message-retract:1' id='3'/><delay xmlns='urn:xmpp:delay' stamp='never'/>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='@@' id='1'/><origin-id xmlns='urn:xmpp:sid:0'/><odd xmlns='x'/>",
        );
        assert_eq!(message.body.as_deref(), Some("good morning"));
        assert_eq!(
            (message.subject.as_deref(), message.thread.as_deref()),
            (Some("s"), Some("t"))
        );
        assert_eq!(
            (message.replaces, message.receipt),
            (MessageId::new("8"), MessageId::new("5"))
        );
        assert_eq!(message.marker.unwrap().kind, MarkerKind::Displayed);
        assert_eq!(message.chat_state, Some(ChatState::Paused));
        assert_eq!(message.reactions.unwrap().emoji, ["👍", "🎉"]);
        assert_eq!(message.retraction, Some(Retraction::Of(MessageId::new("3").unwrap())));
        assert_eq!(
            (message.stamp, message.archive_id, message.origin_id),
            (None, None, None)
        );
    }

    #[test]
    fn an_archived_message_must_belong_to_the_archive() {
        let result = |from: &str, kind: &str| -> Element {
            format!(
                "<result xmlns='urn:xmpp:mam:2' id='77'><forwarded xmlns='urn:xmpp:forward:0'>\
                 <delay xmlns='urn:xmpp:delay' from='mallory@x.example' stamp='2026-11-22T17:00:00Z'/>\
                 <message xmlns='jabber:client' from='{from}' type='{kind}'><body>x</body></message></forwarded></result>"
            )
            .parse()
            .unwrap()
        };
        let room = BareJid::new("cardio@rooms.example").unwrap();
        with(StanzaIds::Announced, |context| {
            let (id, message) = archived(result("cardio@rooms.example/Bob", "groupchat"), &room, context);
            let message = message.unwrap();
            assert_eq!((id, message.archive_id), (ArchiveId::new("77"), ArchiveId::new("77")));
            assert_eq!(message.stamp.unwrap().source, StampSource::Archive);
            let (id, foreign) = archived(result("night@rooms.example/Bob", "groupchat"), &room, context);
            assert_eq!(
                (id, foreign.err()),
                (ArchiveId::new("77"), Some(Rejected::ForeignArchive))
            );
            let empty: Element = "<result xmlns='urn:xmpp:mam:2' id='78'/>".parse().unwrap();
            let (id, broken) = archived(empty, &room, context);
            assert_eq!((id, broken.err()), (ArchiveId::new("78"), Some(Rejected::Wrapper)));
        });
    }

    #[test]
    fn an_odd_payload_costs_itself_only() {
        for odd in [
            "<delay xmlns='urn:xmpp:delay' stamp='tomorrow'/>",
            "<delay xmlns='urn:xmpp:delay' from='@@' stamp='2026-11-22T17:00:00Z'/>",
            "<stanza-id xmlns='urn:xmpp:sid:0' by='@@' id='1'/>",
            "<stanza-id xmlns='urn:xmpp:sid:0'/>",
            "<origin-id xmlns='urn:xmpp:sid:0'/>",
            "<displayed xmlns='urn:xmpp:chat-markers:0'/>",
            "<displayed xmlns='urn:xmpp:chat-markers:0' id=''/>",
            "<markable xmlns='urn:xmpp:chat-markers:0'>text where none belongs</markable>",
            "<thinking xmlns='http://jabber.org/protocol/chatstates'/>",
            "<reactions xmlns='urn:xmpp:reactions:0'/>",
            "<replace xmlns='urn:xmpp:message-correct:0'/>",
            "<reply xmlns='urn:xmpp:reply:0'/>",
            "<retract xmlns='urn:xmpp:message-retract:1'/>",
            "<apply-to xmlns='urn:xmpp:fasten:0' id='1'/>",
            "<received xmlns='urn:xmpp:receipts'/>",
            "<occupant-id xmlns='urn:xmpp:occupant-id:0'/>",
            "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='@@' role='emperor'/></x>",
            "<x xmlns='urn:xmpp:muclight:0#affiliations'><user affiliation='king'>@@</user></x>",
        ] {
            let message = received(
                "from='bob@ward.example/x' type='chat' id='1'",
                &format!("{odd}<body>text</body>{odd}<origin-id xmlns='urn:xmpp:sid:0' id='o'/>"),
            );
            assert_eq!(message.body.as_deref(), Some("text"), "{odd}");
            assert_eq!(message.origin_id, OriginId::new("o"), "{odd}");
            assert_eq!((message.stamp, message.archive_id), (None, None), "{odd}");
            assert!(
                message.marker.is_none()
                    && message.reactions.is_none()
                    && message.replaces.is_none()
                    && message.retraction.is_none()
                    && message.receipt.is_none()
                    && message.room_changes.is_empty()
                    && !message.wants_markers,
                "{odd}"
            );
        }
    }

    #[test]
    fn lists_in_a_message_have_bounds() {
        let emoji = "<reaction>👍</reaction>".repeat(500) + "<reaction>" + &"x".repeat(500) + "</reaction>";
        let message = received(
            "from='bob@ward.example/x' type='chat'",
            &format!("<reactions xmlns='urn:xmpp:reactions:0' id='1'>{emoji}</reactions>"),
        );
        let emoji = message.reactions.unwrap().emoji;
        assert!(emoji.len() == 64 && emoji.iter().all(|emoji| emoji == "👍"));
        // Of many claims the server's own, wherever it stands, must still be found.
        let claim = "<delay xmlns='urn:xmpp:delay' from='ward.example' stamp='2020-01-01T00:00:00Z'/>";
        let own = "<delay xmlns='urn:xmpp:delay' from='ward.example' stamp='2026-11-22T17:00:00Z'/>";
        let message = received("from='bob@ward.example/x'", &format!("{}{own}", claim.repeat(500)));
        assert_eq!(
            message.stamp.unwrap().at,
            Timestamp::parse("2026-11-22T17:00:00Z").unwrap()
        );
    }

    #[test]
    fn an_answer_names_what_it_answers() {
        let message = received(
            "from='bob@ward.example/x' type='chat'",
            "<body>yes</body><reply xmlns='urn:xmpp:reply:0' to='alice@ward.example/y' id='7'/>",
        );
        assert_eq!(message.replies_to, MessageId::new("7"));
    }
}
