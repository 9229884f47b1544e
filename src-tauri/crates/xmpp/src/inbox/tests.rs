//! The inbox against what was recorded from a server.

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use super::read::{entry, page};
use super::requests::{changing, request};
use super::*;
use crate::features::{ChatService, ChatServiceKind};
use crate::ids::Timestamp;
use crate::message::{Context, RealAddresses, Route, StanzaIds};
use crate::muc_light::Change;
use crate::ns;
use crate::recordings::{Side, elements, payloads, round_trips};

fn frank() -> BareJid {
    BareJid::new("frank@localhost").unwrap()
}

fn erin() -> BareJid {
    BareJid::new("erin@localhost").unwrap()
}

/// Counted by another XML parser.
#[tokio::test]
async fn every_recorded_payload_survives_decoding_and_encoding() {
    assert_eq!(round_trips::<wire::Inbox>("inbox", ns::INBOX).await, 59);
    assert_eq!(round_trips::<wire::Found>("result", ns::INBOX).await, 61);
    assert_eq!(round_trips::<wire::Fin>("fin", ns::INBOX).await, 56);
    assert_eq!(round_trips::<wire::EmptyBin>("empty-bin", ns::INBOX).await, 2);
    assert_eq!(
        round_trips::<wire::Conversation>("query", ns::INBOX_CONVERSATION).await,
        22
    );
    assert_eq!(round_trips::<wire::Changed>("x", ns::INBOX_CONVERSATION).await, 20);
    assert_eq!(round_trips::<wire::Reset>("reset", ns::INBOX_CONVERSATION).await, 2);
}

#[tokio::test]
async fn every_recorded_entry_is_read_with_its_conversation() {
    let services = [ChatService {
        jid: BareJid::new("muclight.localhost").unwrap(),
        kind: ChatServiceKind::MucLight,
    }];
    let mut entries = Vec::new();
    for (own, mut message) in elements(Side::Server).await {
        let Some(result) = message.remove_child("result", ns::INBOX) else {
            continue;
        };
        let context = Context {
            own: &own,
            stanza_ids: StanzaIds::Unannounced,
            own_occupant: &|_| None,
            real_addresses: &|_| RealAddresses::Hidden,
            occupant: &|_, _| None,
            services: &services,
        };
        let entry = entry(result, &context).unwrap();
        assert_eq!(entry.last.route, Route::Inbox);
        assert!(entry.last.stamp.is_some());
        entries.push((own, entry));
    }
    assert_eq!(entries.len(), payloads("result", ns::INBOX).await.len());
    assert!(entries.iter().all(|(own, entry)| {
        // The note that frank sent to himself is a conversation with himself.
        entry.last.conversation != *own || entry.last.from.to_bare() == *own
    }));
    let made: Vec<_> = entries
        .iter()
        .filter(|(_, entry)| matches!(entry.last.room_changes.first(), Some(Change::Occupants { .. })))
        .collect();
    assert!(!made.is_empty(), "rooms in which nothing has been said yet");
    assert!(
        made.iter()
            .all(|(_, entry)| entry.last.body.is_none() && entry.unread > 0)
    );
    let muted = |entry: &InboxEntry| entry.properties.muted_until.is_some();
    assert!(entries.iter().any(|(_, entry)| muted(entry)) && entries.iter().any(|(_, entry)| !muted(entry)));
}

#[test]
fn a_question_names_only_what_differs_from_what_the_server_does_anyway() {
    let plain = InboxQuery::newest(50);
    let written = |query| Element::from(request(query, "q".into()));
    let expected: Element = "<inbox xmlns='erlang-solutions.com:xmpp:inbox:0' queryid='q'>\
        <x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>\
        <value>erlang-solutions.com:xmpp:inbox:0</value></field></x>\
        <set xmlns='http://jabber.org/protocol/rsm'><max>50</max></set></inbox>"
        .parse()
        .unwrap();
    assert_eq!(written(plain.clone()), expected);
    let full = InboxQuery {
        in_box: Some(InboxBox::Archive),
        filter: InboxFilter::Unread,
        start: Timestamp::parse("2026-11-22T17:00:00Z"),
        order: InboxOrder::OldestFirst,
        after: Some(InboxCursor("1/a".into())),
        ..plain
    };
    let text = String::from_utf8(crate::xml::encoded(&written(full))).unwrap();
    for part in [
        ">archive<",
        "hidden_read",
        ">2026-11-22T17:00:00.000000Z<",
        ">asc<",
        "<after>1/a</after>",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn changes_are_written_as_the_server_was_seen_to_take_them() {
    let written = Element::from(changing(
        &erin(),
        &[
            InboxChange::Reading(Reading::Read),
            InboxChange::Move(InboxBox::Bin),
            InboxChange::Mute { seconds: 86_400 },
        ],
    ));
    let expected: Element = "<query xmlns='erlang-solutions.com:xmpp:inbox:0#conversation' jid='erin@localhost'>\
        <read>true</read><box>bin</box><mute>86400</mute></query>"
        .parse()
        .unwrap();
    assert_eq!(written, expected);
    let unmuted = Element::from(changing(&erin(), &[InboxChange::Mute { seconds: 0 }]));
    assert_eq!(unmuted.get_child("mute", ns::INBOX_CONVERSATION).unwrap().text(), "0");
}

#[test]
fn changed_properties_are_believed_from_the_own_account_only() {
    let broadcast = |from: &str| -> Element {
        format!(
            "<message xmlns='jabber:client' {from}><body>text</body>\
             <x xmlns='erlang-solutions.com:xmpp:inbox:0#conversation' jid='erin@localhost' queryid='1'>\
             <read>true</read><box>archive</box><archive>true</archive><mute>0</mute></x></message>"
        )
        .parse()
        .unwrap()
    };
    for from in ["", "from='frank@localhost'", "from='frank@localhost/phone'"] {
        let changed = read_changed(&mut broadcast(from), &frank()).unwrap();
        let properties = InboxProperties {
            reading: Reading::Read,
            in_box: InboxBox::Archive,
            muted_until: None,
        };
        assert!(changed.conversation == erin() && changed.properties == properties);
    }
    for from in [
        "from='mallory@localhost'",
        "from='localhost'",
        "from='frank@elsewhere'",
        "from='@@'",
    ] {
        let mut message = broadcast(from);
        assert!(read_changed(&mut message, &frank()).is_none(), "{from}");
        assert!(
            message.has_child("body", ns::JABBER_CLIENT),
            "a message is one, whatever else is in it"
        );
    }
}

#[test]
fn an_odd_entry_costs_itself_only_and_an_odd_mute_mutes_nobody() {
    let own = frank();
    let context = Context {
        own: &own,
        stanza_ids: StanzaIds::Unannounced,
        own_occupant: &|_| None,
        real_addresses: &|_| RealAddresses::Hidden,
        occupant: &|_, _| None,
        services: &[],
    };
    let result = |unread: &str, mute: &str| -> Element {
        format!(
            "<result xmlns='erlang-solutions.com:xmpp:inbox:0' unread='{unread}'><forwarded xmlns='urn:xmpp:forward:0'>\
             <delay xmlns='urn:xmpp:delay' stamp='not a time'/>\
             <message xmlns='jabber:client' from='erin@localhost/x' to='frank@localhost'><body>text</body></message>\
             </forwarded><read>false</read><box>ward 4</box><mute>{mute}</mute></result>"
        )
        .parse()
        .unwrap()
    };
    let fin = wire::Fin::try_from(
        "<fin xmlns='erlang-solutions.com:xmpp:inbox:0'><set xmlns='http://jabber.org/protocol/rsm'/>\
         <active-conversations>1</active-conversations><count>2</count><unread-messages>3</unread-messages></fin>"
            .parse::<Element>()
            .unwrap(),
    )
    .unwrap();
    let page = page(vec![result("many", "0"), result("3", "for ever")], fin, &context);
    assert_eq!((page.failures, page.entries.len(), page.count), (1, 1, 2));
    assert!(page.last.is_none());
    let entry = &page.entries[0];
    assert_eq!((entry.unread, entry.last.stamp), (3, None));
    assert_eq!(entry.properties.in_box, InboxBox::Other("ward 4".into()));
    assert_eq!(entry.properties.muted_until, None);
}
