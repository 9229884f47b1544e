//! MUC Light against what was recorded from a server.

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use super::requests::room_page;
use super::room::MOST_CHARACTERS;
use super::*;
use crate::ns;
use crate::recordings::{payloads, round_trips};

/// Counted by another XML parser.
#[tokio::test]
async fn every_recorded_payload_survives_decoding_and_encoding() {
    assert_eq!(round_trips::<wire::Create>("query", ns::MUC_LIGHT_CREATE).await, 4);
    assert_eq!(
        round_trips::<wire::ConfigurationQuery>("query", ns::MUC_LIGHT_CONFIGURATION).await,
        6
    );
    assert_eq!(
        round_trips::<wire::AffiliationsQuery>("query", ns::MUC_LIGHT_AFFILIATIONS).await,
        11
    );
    assert_eq!(round_trips::<wire::InfoQuery>("query", ns::MUC_LIGHT_INFO).await, 2);
    assert_eq!(round_trips::<wire::Destroy>("query", ns::MUC_LIGHT_DESTROY).await, 1);
    assert_eq!(round_trips::<wire::Blocking>("query", ns::MUC_LIGHT_BLOCKING).await, 6);
    for (namespace, count) in [
        (ns::MUC_LIGHT_AFFILIATIONS, 29),
        (ns::MUC_LIGHT_CONFIGURATION, 10),
        (ns::MUC_LIGHT_DESTROY, 1),
    ] {
        assert_eq!(round_trips::<wire::System>("x", namespace).await, count, "{namespace}");
    }
}

fn occupant(jid: &str, affiliation: Affiliation) -> Occupant {
    Occupant {
        jid: BareJid::new(jid).unwrap(),
        affiliation,
    }
}

#[tokio::test]
async fn recorded_changes_tell_versions_and_people() {
    let mut changes = Vec::new();
    for namespace in [
        ns::MUC_LIGHT_AFFILIATIONS,
        ns::MUC_LIGHT_CONFIGURATION,
        ns::MUC_LIGHT_DESTROY,
    ] {
        changes.extend(payloads("x", namespace).await.iter().map(|x| read_change(x).unwrap()));
    }
    let handed_over = Change::Occupants {
        previous: Version::new("1795-340658-357341"),
        version: Version::new("1795-340661-189160"),
        occupants: vec![
            occupant("olga40630@localhost", Affiliation::Member),
            occupant("pete40630@localhost", Affiliation::Owner),
        ],
    };
    assert!(changes.contains(&handed_over));
    let renamed = Change::Configuration {
        previous: Version::new("1795-340655-536502"),
        version: Version::new("1795-340658-357341"),
        configuration: Configuration {
            name: Some("Renamed".into()),
            subject: Some("s3".into()),
        },
    };
    assert!(changes.contains(&renamed));
    let left = Change::Occupants {
        previous: None,
        version: None,
        occupants: vec![occupant("quin40630@localhost", Affiliation::None)],
    };
    assert!(changes.contains(&left));
    assert!(changes.contains(&Change::Destroyed));
}

#[tokio::test]
async fn the_recorded_list_of_rooms_has_names_and_versions_and_an_end() {
    let list = payloads("query", ns::DISCO_ITEMS)
        .await
        .into_iter()
        .find(|query| query.children().filter(|item| item.attr("version").is_some()).count() == 2)
        .unwrap();
    let page = room_page(wire::Rooms::try_from(list).unwrap());
    let told: Vec<_> = page
        .rooms
        .iter()
        .map(|room| (room.name.as_deref(), room.version.as_ref().map(Version::as_str)))
        .collect();
    assert_eq!(
        told,
        [
            (Some("Room two"), Some("1795-340636-334608")),
            (Some("Room one"), Some("1795-340634-915979"))
        ]
    );
    assert!(page.next.is_none());
}

#[test]
fn a_page_of_rooms_that_is_not_the_last_says_where_the_next_begins() {
    let page = |index: usize, count: usize| {
        let text = format!(
            "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='a@light.example' name=''/>\
             <set xmlns='http://jabber.org/protocol/rsm'><first index='{index}'>a</first><last>a</last>\
             <count>{count}</count></set></query>"
        );
        room_page(wire::Rooms::try_from(text.parse::<Element>().unwrap()).unwrap())
    };
    assert!(page(0, 2).next == Some(RoomCursor("a".into())));
    assert!(page(1, 2).next.is_none() && page(0, 1).rooms[0].name.is_none());
}

#[test]
fn nonsense_is_no_change_and_a_long_name_is_cut() {
    for text in [
        "<x xmlns='urn:xmpp:muclight:0#affiliations'><user affiliation='king'>a@b</user></x>",
        "<x xmlns='urn:xmpp:muclight:0#affiliations'><user affiliation='owner'>@@</user></x>",
        "<x xmlns='urn:xmpp:muclight:0#other'/>",
        "<y xmlns='urn:xmpp:muclight:0#destroy'/>",
    ] {
        assert!(read_change(&text.parse().unwrap()).is_none(), "{text}");
    }
    let long = format!(
        "<x xmlns='urn:xmpp:muclight:0#configuration'><roomname>{}</roomname><colour>red</colour></x>",
        "n".repeat(5_000)
    );
    let Some(Change::Configuration { configuration, .. }) = read_change(&long.parse().unwrap()) else {
        panic!()
    };
    assert_eq!(configuration.name.map(|name| name.len()), Some(MOST_CHARACTERS));
}
