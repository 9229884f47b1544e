//! Who is believed to have written to a room, and which ids: what a server makes, once, and from the room that it is
//! about.

use super::*;

/// A message of a room's archive.
fn kept(room: &str, nick: &str, content: &str) -> ReceivedMessage {
    let result: Element = format!(
        "<result xmlns='urn:xmpp:mam:2' id='77'><forwarded xmlns='urn:xmpp:forward:0'>\
         <delay xmlns='urn:xmpp:delay' stamp='2026-11-22T17:00:00Z'/>\
         <message xmlns='jabber:client' from='{room}/{nick}' type='groupchat' id='m'><body>x</body>{content}</message>\
         </forwarded></result>"
    )
    .parse()
    .unwrap();
    let room = BareJid::new(room).unwrap();
    with(StanzaIds::Announced, |context| archived(result, &room, context))
        .1
        .unwrap()
}

fn item(who: &str) -> String {
    format!("<x xmlns='http://jabber.org/protocol/muc#user'><item jid='{who}@ward.example/1'/></x>")
}

#[test]
fn an_archive_is_believed_of_who_wrote_where_it_says_so_and_alone() {
    let (bob, alice_jid) = (BareJid::new("bob@ward.example").ok(), alice());
    let said = kept("cardio@rooms.example", "Bob", &item("bob"));
    assert_eq!((said.real_jid, said.ascription), (bob, Ascription::Certain));
    // Mallory writes whose she would like to be, beside what the archive says; and alone, where the archive says
    // nothing.
    for (room, content) in [
        ("cardio@rooms.example", item("mallory") + &item("carol")),
        ("cardio@rooms.example", item("carol") + &item("mallory")),
        (
            "cardio@rooms.example",
            "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='mallory@ward.example'/>\
             <item jid='carol@ward.example'/></x>"
                .to_owned(),
        ),
        ("open@rooms.example", item("carol")),
        ("plain@elsewhere.example", item("carol")),
        ("unknown@rooms.example", item("carol")),
    ] {
        let forged = kept(room, "Mallory", &content);
        assert_eq!(
            (forged.real_jid, forged.direction),
            (None, Direction::Incoming),
            "{room} {content}"
        );
        assert_ne!(forged.ascription, Ascription::Certain, "{room} {content}");
        let mine = kept(room, "Mallory", &content.replace("carol", "alice"));
        assert_eq!(
            (mine.real_jid, mine.direction),
            (None, Direction::Incoming),
            "{room} {content}"
        );
    }
    let alone = kept("cardio@rooms.example", "Mallory", &item("alice"));
    assert_eq!(
        (alone.real_jid, alone.direction),
        (None, Direction::Incoming),
        "an address alone is not oneself"
    );
    // Under one's own name, with a second item so that the archive's own is not believed.
    let forged = kept("cardio@rooms.example", "Alice", &(item("mallory") + &item("mallory")));
    assert_eq!(forged.direction, Direction::Incoming);
    for nick in ["Alice", "Alice (c80a)", "Alice on call", "Alice on call (0001)"] {
        let own = kept("cardio@rooms.example", nick, &item("alice"));
        assert_eq!(
            (own.direction, own.ascription),
            (Direction::Outgoing, Ascription::Certain),
            "{nick}"
        );
        assert_eq!(own.real_jid.as_ref(), Some(&alice_jid));
    }
    let taken = kept("cardio@rooms.example", "Alice", &item("mallory"));
    assert_eq!(taken.direction, Direction::Incoming, "somebody else had the name then");
}

#[test]
fn the_other_device_of_one_person_is_the_same_person() {
    let live = received(
        "from='cardio@rooms.example/Alice (c80a)' type='groupchat'",
        "<body>x</body>",
    );
    assert_eq!(
        (live.direction, live.ascription),
        (Direction::Outgoing, Ascription::Certain)
    );
}

#[test]
fn of_whom_nothing_but_a_name_is_known_is_said() {
    let nobody = received("from='plain@elsewhere.example/Dan' type='groupchat'", "<body>x</body>");
    assert_eq!(nobody.ascription, Ascription::NameOnly);
    let now = received(
        "from='plain@elsewhere.example/Alice' type='groupchat'",
        "<body>x</body>",
    );
    assert_eq!(
        (now.direction, now.ascription),
        (Direction::Outgoing, Ascription::Certain),
        "the room's own word"
    );
    let then = kept("plain@elsewhere.example", "Alice", "");
    assert_eq!(
        (then.direction, then.ascription),
        (Direction::Outgoing, Ascription::NameOnly)
    );
    let past = "<body>x</body><delay xmlns='urn:xmpp:delay' from='cardio@rooms.example' stamp='2026-11-22T17:00:00Z'/>";
    let told = received("from='cardio@rooms.example/Bob' type='groupchat'", past);
    assert_eq!(
        (told.real_jid, told.ascription),
        (None, Ascription::NameOnly),
        "whoever was Bob then"
    );
    let queued = past.replace("cardio@rooms.example", "ward.example");
    let queued = received("from='cardio@rooms.example/Bob' type='groupchat'", &queued);
    assert_eq!(
        queued.ascription,
        Ascription::Certain,
        "what the own server held back comes in order with presence"
    );
}

#[test]
fn an_occupant_id_counts_where_it_stands_alone() {
    let id = |id: &str| format!("<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{id}'/>");
    let said = kept("open@rooms.example", "Bob", &id("80"));
    assert_eq!(
        (said.occupant_id.as_deref(), said.ascription),
        (Some("80"), Ascription::Certain)
    );
    let forged = kept("open@rooms.example", "Alice", &(id("80") + &id("7f")));
    assert_eq!((forged.occupant_id, forged.direction), (None, Direction::Incoming));
    assert_eq!(forged.ascription, Ascription::NameOnly);
}

#[test]
fn each_room_answers_for_its_own_stanza_ids() {
    let by = |room: &str, ids: StanzaIds, times: usize| {
        let id = format!("<stanza-id xmlns='{SID}' by='{room}' id='1'/>");
        let message = parse(
            &format!("from='{room}/Bob' type='groupchat'"),
            &format!("<body>x</body>{}", id.repeat(times)),
        );
        with(ids, |context| live(message, context))
            .unwrap()
            .archive_id
            .is_some()
    };
    assert!(by("cardio@rooms.example", StanzaIds::Announced, 1));
    assert!(
        !by("cardio@rooms.example", StanzaIds::Announced, 2),
        "one of them is somebody's invention"
    );
    assert!(
        !by("plain@elsewhere.example", StanzaIds::Announced, 1),
        "what the own server strips says nothing"
    );
    assert!(
        !by("night@rooms.example", StanzaIds::Announced, 1),
        "it has not said so"
    );
    assert!(by("night@rooms.example", StanzaIds::Unannounced, 1), "MongooseIM's");
    assert!(!by("plain@elsewhere.example", StanzaIds::Unannounced, 1));
    assert!(by("team@light.example", StanzaIds::Announced, 1));
}

#[test]
fn what_a_server_wraps_it_wraps_once() {
    let copy = |text: &str| {
        format!(
            "<message xmlns='jabber:client' type='chat' from='alice@ward.example/phone' to='bob@ward.example'><body>{text}</body></message>"
        )
    };
    let carbon = |content: &str| {
        let outer = parse("from='alice@ward.example'", content);
        with(StanzaIds::Announced, |context| live(outer, context))
    };
    let sent = |inner: &str| format!("<sent xmlns='urn:xmpp:carbons:2'>{inner}</sent>");
    let forwarded = |inner: &str| format!("<forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded>");
    assert!(carbon(&sent(&forwarded(&copy("x")))).is_ok());
    let twice = [
        sent(&forwarded(&(copy("x") + &copy("y")))),
        sent(&(forwarded(&copy("x")) + &forwarded(&copy("y")))),
        sent(&forwarded(&copy("x"))) + &sent(&forwarded(&copy("y"))),
    ];
    for content in twice {
        assert!(carbon(&content).is_err(), "{content}");
    }
}

#[test]
fn whoever_asks_one_into_a_room_is_named_by_rooms_of_the_own_server_alone() {
    let invite = "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob@ward.example/x'><reason>come</reason></invite></x>";
    let asked = |from: &str, content: &str| received(&format!("from='{from}'"), content).invitation;
    let by = |from: &str, content: &str| asked(from, content).map(|invitation| invitation.by.to_string());
    assert_eq!(by("night@rooms.example", invite).as_deref(), Some("bob@ward.example"));
    assert_eq!(
        by("trap@elsewhere.example", invite).as_deref(),
        Some("elsewhere.example")
    );
    assert!(asked("mallory@ward.example/x", invite).is_none(), "a person is no room");
    assert!(
        asked("night@rooms.example/Mallory", invite).is_none(),
        "nor is an occupant"
    );
    let direct = "<x xmlns='jabber:x:conference' jid='night@rooms.example'/>";
    assert_eq!(
        by("carol@ward.example/x", direct).as_deref(),
        Some("carol@ward.example")
    );
    // Prosody writes both.
    let both = format!("{invite}{direct}");
    assert_eq!(by("night@rooms.example", &both).as_deref(), Some("bob@ward.example"));
    assert!(asked("carol@ward.example/x", &direct.repeat(2)).is_none());
}
