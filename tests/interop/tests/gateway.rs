//! What apps send that are no messengers, and what no messenger writes: ids that are used again, subjects, announcements, private
//! messages through a team, what cannot be read. Nothing of it vanishes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::{ConversationChange, ConversationId, Relation, TeamEvent, TimelineItem, Unreadable, Who};
use wardline_interop::xmpp::message::MessageKind;
use wardline_interop::xmpp::session::{RequestKind, StanzaCondition};
use wardline_interop::{Desk, ServerUnderTest, TestClient, ward};

/// The conversation with this address, once its row is there, opened.
async fn opened(desk: &mut Desk, name: &str) -> ConversationId {
    desk.until(name, |desk| desk.row(name).map(|row| row.id)).await;
    desk.open(name).await
}

fn local(address: &str) -> &str {
    address.split('@').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_numbers_all_alike_loses_nothing() {
    const BLEEP: &str = "Bleep: cardiac arrest, ward 7";
    let (server, alice, bob) = ward().await;
    let gateway = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let bleep = format!(
        "<message xmlns='jabber:client' type='chat' to='{}' id='alarm'><origin-id xmlns='urn:xmpp:sid:0' id='alarm'/>\
         <body>{BLEEP}</body></message>",
        alice.address
    );
    // While the desk is away, and while it is there.
    for _ in 0..2 {
        gateway.send_raw(&bleep).await.unwrap();
    }
    gateway.send_text(&alice.address, "Test of the gateway").await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let name = local(&bob.address).to_owned();
    let unread = |desk: &Desk, wanted: u32| desk.row(&name).filter(|row| row.unread == wanted).map(|_| ());
    desk.until("three unread", |desk| unread(desk, 3)).await;
    for _ in 0..3 {
        gateway.send_raw(&bleep).await.unwrap();
    }
    desk.until("six unread", |desk| unread(desk, 6)).await;
    let all = [BLEEP, BLEEP, "Test of the gateway", BLEEP, BLEEP, BLEEP];
    let talk = desk.open(&name).await;
    desk.until_texts(talk, &all).await;

    // The archive has told all of it once more.
    let mut desk = desk.restart().await;
    desk.until_online().await;
    desk.settle().await;
    assert_eq!(desk.row(&name).unwrap().unread, 6);
    let talk = desk.open(&name).await;
    desk.until_texts(talk, &all).await;
    // And on a new computer.
    let mut other = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = opened(&mut other, &name).await;
    other.until_texts(talk, &all).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_wrote_is_shown_wherever_it_stands_in_a_message() {
    let (server, alice, bob) = ward().await;
    let gateway = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let to = &alice.address;
    let store = "<store xmlns='urn:xmpp:hints'/>";
    for (kind, content) in [
        (
            "",
            "<subject>CRITICAL potassium 6.9</subject><body>Bed 12</body>".to_owned(),
        ),
        ("", format!("<subject>Please ring theatre 2</subject>{store}")),
        (
            "type='headline'",
            "<subject>Maintenance</subject><body>Down 02:00-03:00</body>".to_owned(),
        ),
        (
            "type='chat'",
            "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>x</payload></encrypted>\
             <body>You received an OMEMO message</body>"
                .to_owned(),
        ),
        ("type='chat'", format!("<poll xmlns='urn:example:poll'/>{store}")),
        ("type='chat'", "<body>The end</body>".to_owned()),
    ] {
        let message = format!("<message xmlns='jabber:client' {kind} to='{to}' id='x'>{content}</message>");
        gateway.send_raw(&message).await.unwrap();
    }
    let name = local(&bob.address).to_owned();
    let talk = opened(&mut desk, &name).await;
    desk.until_texts(
        talk,
        &[
            "CRITICAL potassium 6.9\nBed 12",
            "Please ring theatre 2",
            "Maintenance\nDown 02:00-03:00",
            "",
            "",
            "The end",
        ],
    )
    .await;
    let unreadable: Vec<Option<Unreadable>> = desk.messages(talk).iter().map(|message| message.unreadable).collect();
    assert_eq!(
        unreadable[2..],
        [None, Some(Unreadable::Encrypted), Some(Unreadable::Unsupported), None]
    );
}

/// A room of bob's, into which alice goes with her desk, and carol with another app.
async fn room(server: &ServerUnderTest, desk: &mut Desk, alice: &str, owner: &TestClient) -> Option<String> {
    let Some(service) = server.endpoint().muc_service.clone() else {
        eprintln!("SKIPPED: the server has no team chats");
        return None;
    };
    let room = format!("aside-{}@{service}", local(alice));
    owner.join_room(&room, "Bob").await.unwrap();
    let form = "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>";
    owner.ask_raw(Some(&room), RequestKind::Set, form).await.unwrap();
    owner.affiliate(&room, alice, "member").await.unwrap();
    let id = desk.client().join_team(room.clone()).await.unwrap();
    desk.open_id(id).await;
    Some(room)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_message_through_a_team_goes_back_and_the_thread_says_so() {
    let (server, alice, bob) = ward().await;
    let mut owner = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let Some(room) = room(&server, &mut desk, &alice.address, &owner).await else {
        return;
    };
    owner.send_to_room(&room, "Hello all").await.unwrap();
    let id = desk
        .until("the room's row", |desk| {
            let row = desk
                .rows()
                .iter()
                .find(|row| row.team.is_some() && row.preview.is_some());
            row.map(|row| row.id)
        })
        .await;
    desk.until_text(id, "Hello all").await;
    let nick = owner
        .expect_presence(|presence| {
            let from = presence.from.to_string();
            // The room's own presence is nobody's.
            presence.from.is_full() && from.starts_with(&room) && !from.ends_with("/Bob")
        })
        .await
        .unwrap()
        .from
        .to_string();
    owner
        .send_raw(&format!(
            "<message xmlns='jabber:client' type='chat' to='{nick}' id='pm1'><body>Privately: bed 4</body>\
             <x xmlns='http://jabber.org/protocol/muc#user'/></message>"
        ))
        .await
        .unwrap();
    let refused = owner
        .expect_message(|message| matches!(message.kind, MessageKind::Error(_)))
        .await
        .unwrap();
    assert_eq!(refused.kind, MessageKind::Error(StanzaCondition::NotAcceptable));
    assert_eq!(refused.id.unwrap().as_str(), "pm1");
    let private = |desk: &Desk| {
        let lines = desk.thread(id).items.iter().filter_map(|item| match item {
            TimelineItem::Notice(notice) => Some(notice.events.as_slice()),
            _ => None,
        });
        let mut lines = lines.filter(|events| matches!(events, [TeamEvent::Private { .. }]));
        lines.next().map(<[TeamEvent]>::to_vec)
    };
    let line = desk.until("the quiet line", private).await;
    assert!(matches!(&line[..], [TeamEvent::Private { who }] if matches!(&who[..], [Who::Other { .. }])));
    assert_eq!(desk.texts(id), ["Hello all"]);
    // Alice is still in the room.
    owner.send_to_room(&room, "Still here").await.unwrap();
    desk.until_text(id, "Still here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_asks_to_be_a_contact_is_accepted_by_policy() {
    let (server, alice, bob) = ward().await;
    let desk = Desk::signed_in(server.endpoint(), &alice).await;
    let mut other = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    other
        .ask_to_be_a_contact(&alice.address.parse().unwrap())
        .await
        .unwrap();
    // Bob sees that alice is there.
    let alice_is_there = |presence: &wardline_interop::xmpp::presence::PresenceUpdate| {
        presence.from.to_bare().to_string() == alice.address && presence.from.is_full()
    };
    other.expect_presence(alice_is_there).await.unwrap();
    let requests = desk.rows().iter().filter(|row| row.relation == Relation::Requesting);
    assert_eq!(requests.count(), 0);
    // To be accepted is for those who ask.
    let nobody = desk.rows().first().map(|row| row.id);
    if let Some(row) = nobody {
        let declined = desk.client().decide(row, ConversationChange::Decline).await;
        assert!(declined.is_err());
    }
}
