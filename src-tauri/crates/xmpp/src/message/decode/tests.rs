//! Decoding: every check of who may say what.

use super::*;
use crate::features::{ChatService, ChatServiceKind};
use crate::ids::OriginId;
use crate::message::context::{OtherOccupant, OwnOccupant, RealAddresses, RoomTraits};

mod payloads;
mod room_events;
mod rooms;

const SID: &str = "urn:xmpp:sid:0";

pub(super) fn alice() -> BareJid {
    BareJid::new("alice@ward.example").unwrap()
}

fn us(room: &BareJid) -> Option<OwnOccupant> {
    let (id, stanza_ids, real_addresses) = match room.as_str() {
        "cardio@rooms.example" => (None, StanzaIds::Announced, RealAddresses::Shown),
        "open@rooms.example" => (Some("7f".to_owned()), StanzaIds::Announced, RealAddresses::Hidden),
        // One that says nothing of itself.
        "plain@elsewhere.example" => (None, StanzaIds::Unannounced, RealAddresses::Hidden),
        _ => return None,
    };
    Some(OwnOccupant {
        nick: "Alice".to_owned(),
        id,
        names: vec!["Alice on call".to_owned()],
        room: RoomTraits {
            stanza_ids,
            real_addresses,
        },
    })
}

pub(super) fn with<T>(stanza_ids: StanzaIds, use_it: impl FnOnce(&Context<'_>) -> T) -> T {
    let light = ChatService {
        jid: BareJid::new("light.example").unwrap(),
        kind: ChatServiceKind::MucLight,
    };
    let rooms = ChatService {
        jid: BareJid::new("rooms.example").unwrap(),
        kind: ChatServiceKind::Muc,
    };
    use_it(&Context {
        own: &alice(),
        stanza_ids,
        own_occupant: &us,
        real_addresses: &|room| us(room).map_or(RealAddresses::Hidden, |own| own.room.real_addresses),
        occupant: &|_, nick| {
            let affiliation = match nick {
                "Bob" => Some(Affiliation::Owner),
                "Carol" => Some(Affiliation::Member),
                // One's own other device, which the room has given another name.
                "Alice (c80a)" => {
                    return Some(OtherOccupant {
                        real_jid: alice(),
                        affiliation: Some(Affiliation::Member),
                    });
                }
                _ => return None,
            };
            let real_jid = format!("{}@ward.example", nick.to_lowercase()).parse().unwrap();
            Some(OtherOccupant { real_jid, affiliation })
        },
        services: &[light, rooms],
    })
}

fn parse(attributes: &str, content: &str) -> Element {
    format!("<message xmlns='jabber:client' {attributes}>{content}</message>")
        .parse()
        .unwrap()
}

pub(super) fn received(attributes: &str, content: &str) -> ReceivedMessage {
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
fn a_time_counts_only_from_the_own_server_or_the_room_and_where_it_stands_alone() {
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
    assert_eq!(stamp(direct, &both), None, "which of them is the server's nobody knows");
    let beside = format!(
        "{}{}",
        delay("from='bob@ward.example'", 1999),
        delay("from='ward.example'", 2020)
    );
    assert_eq!(stamp(direct, &beside), Some(2020), "what others say costs nothing");
    let room = "from='cardio@rooms.example/Bob' type='groupchat'";
    assert_eq!(stamp(room, &delay("from='cardio@rooms.example'", 2020)), Some(2020));
    assert_eq!(stamp(room, &delay("from='night@rooms.example'", 2020)), None);
}

#[test]
fn own_messages_in_a_room_are_told_by_name_and_never_by_what_their_sender_claims() {
    let claim = "<body>x</body><x xmlns='http://jabber.org/protocol/muc#user'><item jid='alice@ward.example/1'/></x>";
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
    let claim = "<body>x</body><x xmlns='http://jabber.org/protocol/muc#user'><item jid='carol@ward.example/1'/></x>";
    let bob = received("from='cardio@rooms.example/Bob' type='groupchat'", claim);
    assert_eq!(bob.real_jid, BareJid::new("bob@ward.example").ok());
    let unknown = received("from='cardio@rooms.example/Dan' type='groupchat'", claim);
    assert_eq!(unknown.real_jid, None);
}

#[test]
fn whoever_has_an_id_in_a_room_is_known_by_it_and_not_by_name() {
    let said = |room: &str, nick: &str, id: &str| {
        let content = format!("<body>x</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='{id}'/>");
        received(
            &format!("from='{room}@rooms.example/{nick}' type='groupchat'"),
            &content,
        )
    };
    let own = said("open", "Alice on call", "7f");
    assert_eq!(
        (own.direction, own.occupant_id.as_deref()),
        (Direction::Outgoing, Some("7f"))
    );
    let other = said("open", "Alice", "80");
    assert_eq!(
        (other.direction, other.occupant_id.as_deref()),
        (Direction::Incoming, Some("80"))
    );
    let unproven = said("cardio", "Alice", "80");
    assert_eq!(
        (unproven.direction, unproven.occupant_id),
        (Direction::Outgoing, None),
        "a room that gives no ids hands on what anybody claims"
    );
    assert_eq!(said("open", "Dan", &"8".repeat(129)).occupant_id, None);
    let aside = received(
        "from='open@rooms.example/Bob' type='chat'",
        "<body>x</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='81'/>",
    );
    assert_eq!(aside.occupant_id, None);
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
