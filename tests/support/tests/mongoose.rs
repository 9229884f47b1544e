//! The ways of MongooseIM that the modules for Prosody have, and that each can be switched.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking, in the functions that it calls too"
)]

use std::time::Duration;

use wardline_test_support::client::{ClientError, RequestKind, TestClient};
use wardline_test_support::servers::{
    Account, ArchiveWriting, Eventing, Inbox, MongooseWays, MucLight, Prosody, RemovedRooms, Setup, SmartMarkers,
};
use wardline_xmpp::archive::{ArchivePage, ArchiveQuery, Position, Reach};
use wardline_xmpp::features::Feature;
use wardline_xmpp::inbox::{InboxBox, InboxQuery};
use wardline_xmpp::session::{RequestError, StanzaCondition};

struct Ward {
    server: Prosody,
    alice: Account,
    bob: Account,
}

impl Ward {
    async fn open(mongoose: MongooseWays) -> Self {
        let setup = Setup {
            inbox: Inbox::MongooseIm,
            muc_light: MucLight::MongooseIm,
            mongoose,
            ..Setup::default()
        };
        let server = Prosody::start_with("ward.test", &setup).await.unwrap();
        let [alice, bob] = ["alice", "bob"].map(|name| server.create_account(name, "secret").unwrap());
        Self { server, alice, bob }
    }

    async fn client(&self, account: &Account) -> TestClient {
        TestClient::connect(self.server.endpoint(), account).await.unwrap()
    }
}

async fn newest(client: &TestClient) -> ArchivePage {
    let query = ArchiveQuery {
        archive: None,
        with: None,
        start: None,
        end: None,
        position: Position::Latest,
        max: 10,
    };
    client.session().archive_page(query).await.unwrap()
}

#[tokio::test]
async fn an_archive_is_written_late_and_says_that_it_is_complete() {
    let ward = Ward::open(MongooseWays::default()).await;
    let (alice, mut bob) = (ward.client(&ward.alice).await, ward.client(&ward.bob).await);
    // Whether a message falls just before a moment of writing is chance: one of several is not written yet.
    let mut was_late = false;
    for number in 0..8 {
        let text = format!("Bed {number}");
        alice.send_text(&ward.bob.address, &text).await.unwrap();
        let delivered = bob.expect_text(&text).await.unwrap();
        let has = |page: &ArchivePage| {
            page.messages
                .iter()
                .any(|message| message.archive_id == delivered.archive_id)
        };
        let page = newest(&bob).await;
        was_late |= !has(&page) && page.reach == Reach::Complete;
        let written = async {
            while !has(&newest(&bob).await) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), written)
            .await
            .expect("written in the end");
    }
    assert!(was_late);
}

#[tokio::test]
async fn an_archive_can_be_written_at_once() {
    let ways = MongooseWays {
        archive: ArchiveWriting::AtOnce,
        ..MongooseWays::default()
    };
    let ward = Ward::open(ways).await;
    let (alice, mut bob) = (ward.client(&ward.alice).await, ward.client(&ward.bob).await);
    for number in 0..8_usize {
        let text = format!("Bed {number}");
        alice.send_text(&ward.bob.address, &text).await.unwrap();
        bob.expect_text(&text).await.unwrap();
        assert_eq!(newest(&bob).await.messages.len(), number + 1);
    }
}

#[tokio::test]
async fn thirty_messages_are_written_however_young_and_none_is_lost_or_twice() {
    let ward = Ward::open(MongooseWays::default()).await;
    let (alice, mut bob) = (ward.client(&ward.alice).await, ward.client(&ward.bob).await);
    let texts: Vec<String> = (0..35).map(|number| format!("Bed {number}")).collect();
    alice.send_texts(&ward.bob.address, &texts).await.unwrap();
    bob.expect_text("Bed 34").await.unwrap();
    let written = async {
        loop {
            let page = newest(&bob).await;
            let last = page.messages.last().and_then(|message| message.body.clone());
            if last.as_deref() == Some("Bed 34") {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let page = tokio::time::timeout(Duration::from_secs(20), written).await.unwrap();
    let told: Vec<_> = page.messages.into_iter().filter_map(|message| message.body).collect();
    assert_eq!(told, texts.get(25..).unwrap());
}

/// A team of alice's with bob in it who is taken out; in which boxes his inbox has it then.
async fn boxes_after_removal(removed_rooms: RemovedRooms) -> Vec<InboxBox> {
    let ways = MongooseWays {
        removed_rooms,
        ..MongooseWays::default()
    };
    let ward = Ward::open(ways).await;
    let (alice, mut bob) = (ward.client(&ward.alice).await, ward.client(&ward.bob).await);
    // Rooms keep nothing for who is not there yet.
    bob.session().round_trip().await.unwrap();
    let room = "handover@light.ward.test";
    let member = |affiliation: &str| format!("<user affiliation='{affiliation}'>{}</user>", ward.bob.address);
    let create = format!(
        "<query xmlns='urn:xmpp:muclight:0#create'><configuration><roomname>Handover</roomname></configuration>\
         <occupants>{}</occupants></query>",
        member("member")
    );
    alice.ask_raw(Some(room), RequestKind::Set, &create).await.unwrap();
    bob.expect_message(|message| message.conversation.as_str() == room)
        .await
        .unwrap();
    let remove = format!(
        "<query xmlns='urn:xmpp:muclight:0#affiliations'>{}</query>",
        member("none")
    );
    alice.ask_raw(Some(room), RequestKind::Set, &remove).await.unwrap();
    bob.expect_message(|message| message.conversation.as_str() == room)
        .await
        .unwrap();
    let mut boxes = Vec::new();
    for in_box in [None, Some(InboxBox::Bin)] {
        let query = InboxQuery {
            in_box,
            ..InboxQuery::newest(10)
        };
        let page = bob.session().inbox_page(query).await.unwrap();
        boxes.extend(page.entries.into_iter().map(|entry| entry.properties.in_box));
    }
    boxes
}

#[tokio::test]
async fn what_the_server_removes_lies_in_the_bin_or_is_gone() {
    assert_eq!(boxes_after_removal(RemovedRooms::Binned).await, [InboxBox::Bin]);
    assert_eq!(boxes_after_removal(RemovedRooms::Forgotten).await, []);
}

/// Whether smart markers are announced, and what is answered.
async fn smart_markers(smart_markers: SmartMarkers) -> (bool, Result<usize, RequestError>) {
    let ways = MongooseWays {
        smart_markers,
        ..MongooseWays::default()
    };
    let ward = Ward::open(ways).await;
    let bob = ward.client(&ward.bob).await;
    let peer = ward.alice.address.parse().unwrap();
    let told = bob.session().smart_markers(&peer, None).await;
    (
        bob.opened().features.has(Feature::SmartMarkers),
        told.map(|markers| markers.len()),
    )
}

#[tokio::test]
async fn smart_markers_are_answered_unannounced() {
    assert_eq!(smart_markers(SmartMarkers::Unannounced).await, (false, Ok(0)));
    assert_eq!(smart_markers(SmartMarkers::Announced).await, (true, Ok(0)));
    let refused = Err(RequestError::Refused(StanzaCondition::ServiceUnavailable));
    assert_eq!(smart_markers(SmartMarkers::Absent).await, (false, refused));
}

/// A publication of a read position with these conditions.
async fn publish(client: &TestClient, item: &str, conditions: &str) -> Result<(), ClientError> {
    let options = match conditions {
        "" => String::new(),
        fields => format!(
            "<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>\
             <value>http://jabber.org/protocol/pubsub#publish-options</value></field>{fields}</x></publish-options>"
        ),
    };
    let publication = format!(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:mds:displayed:0'><item id='{item}'>\
         <displayed xmlns='urn:xmpp:mds:displayed:0'/></item></publish>{options}</pubsub>"
    );
    client.ask_raw(None, RequestKind::Set, &publication).await.map(drop)
}

fn is_refused(outcome: Result<(), ClientError>, condition: StanzaCondition) -> bool {
    matches!(outcome, Err(ClientError::Refused(RequestError::Refused(found))) if found == condition)
}

#[tokio::test]
async fn a_node_looks_private_once_and_keeps_one_item() {
    const PRIVATE: &str = "<field var='pubsub#access_model'><value>whitelist</value></field>";
    let ward = Ward::open(MongooseWays::default()).await;
    let bob = ward.client(&ward.bob).await;
    for number in ["max", "1000", "100"] {
        let many = format!("{PRIVATE}<field var='pubsub#max_items'><value>{number}</value></field>");
        assert!(is_refused(
            publish(&bob, "a@ward.test", &many).await,
            StanzaCondition::ItemNotFound
        ));
    }
    publish(&bob, "a@ward.test", PRIVATE).await.unwrap();
    assert!(is_refused(
        publish(&bob, "b@ward.test", PRIVATE).await,
        StanzaCondition::Conflict
    ));
    publish(&bob, "b@ward.test", "").await.unwrap();
    let items = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'/></pubsub>";
    let kept = bob.ask_raw(None, RequestKind::Get, items).await.unwrap().unwrap();
    let kept: Vec<_> = kept
        .children()
        .flat_map(|items| items.children())
        .filter_map(|item| item.attr("id"))
        .collect();
    assert_eq!(kept, ["b@ward.test"]);
    assert!(!bob.keeps_nodes_private().await.unwrap());

    let ways = MongooseWays {
        eventing: Eventing::NeverPrivate,
        ..MongooseWays::default()
    };
    let ward = Ward::open(ways).await;
    let bob = ward.client(&ward.bob).await;
    assert!(is_refused(
        publish(&bob, "a@ward.test", PRIVATE).await,
        StanzaCondition::ItemNotFound
    ));
}

#[tokio::test]
async fn what_a_sender_dates_is_delivered_and_neither_archived_nor_listed() {
    let ways = MongooseWays {
        archive: ArchiveWriting::AtOnce,
        ..MongooseWays::default()
    };
    let ward = Ward::open(ways).await;
    let (alice, mut bob) = (ward.client(&ward.alice).await, ward.client(&ward.bob).await);
    let dated = format!(
        "<message xmlns='jabber:client' to='{}' type='chat' id='d'><body>Long ago</body>\
         <delay xmlns='urn:xmpp:delay' from='ward.test' stamp='2001-01-01T00:00:00Z'/></message>",
        ward.bob.address
    );
    alice.send_raw(&dated).await.unwrap();
    assert!(bob.expect_text("Long ago").await.unwrap().stamp.is_some());
    assert!(newest(&bob).await.messages.is_empty());
    let page = bob.session().inbox_page(InboxQuery::newest(10)).await.unwrap();
    assert!(page.entries.is_empty());
}
