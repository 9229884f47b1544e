//! Team chats: who has read what, and what becomes of a message when the team is closed to its writer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::{ConversationId, Delivery, MessageItem, ReadBy, SendFailure};
use wardline_interop::xmpp::message::ReceivedMessage;
use wardline_interop::xmpp::session::RequestKind;
use wardline_interop::{Account, Desk, ServerUnderTest, TestClient, text_of};

struct Team {
    server: ServerUnderTest,
    room: String,
    alice: Account,
    bob: TestClient,
    carol: TestClient,
}

/// A members-only team chat of alice, bob and carol that bob runs; alice's app knows of it, and is not running yet.
async fn team() -> Option<Team> {
    let server = ServerUnderTest::from_env().await.unwrap();
    let Some(service) = server.endpoint().muc_service.clone() else {
        eprintln!("SKIPPED: the server has no team chats");
        return None;
    };
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|actor| server.account(actor));
    let (alice, bob, carol) = (alice.await.unwrap(), bob.await.unwrap(), carol.await.unwrap());
    let room = format!("team-{}@{service}", alice.address.split('@').next().unwrap());
    let owner = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    owner.join_room(&room, "Bob").await.unwrap();
    let field = |name: &str, value: &str| format!("<field var='muc#roomconfig_{name}'><value>{value}</value></field>");
    let form = format!(
        "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>\
         <field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>{}{}{}</x></query>",
        field("membersonly", "1"),
        field("whois", "anyone"),
        field("persistentroom", "1")
    );
    owner.ask_raw(Some(&room), RequestKind::Set, &form).await.unwrap();
    for member in [&alice, &carol] {
        owner.affiliate(&room, &member.address, "member").await.unwrap();
    }
    let colleague = TestClient::connect(server.endpoint(), &carol).await.unwrap();
    colleague.join_room(&room, "Carol").await.unwrap();
    let other_app = TestClient::connect(server.endpoint(), &alice).await.unwrap();
    let bookmarks = format!(
        "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'>\
         <conference jid='{room}' name='Night team' autojoin='true'><nick>Alice</nick></conference></storage></query>"
    );
    other_app.ask_raw(None, RequestKind::Set, &bookmarks).await.unwrap();
    other_app.close().await;
    Some(Team {
        server,
        room,
        alice,
        bob: owner,
        carol: colleague,
    })
}

fn item(desk: &Desk, talk: ConversationId, index: usize) -> MessageItem {
    desk.messages(talk)[index].clone()
}

async fn until_read_by(desk: &mut Desk, talk: ConversationId, index: usize, wanted: ReadBy) {
    desk.until(&format!("{wanted:?}"), |desk| {
        let message = desk.messages(talk).get(index).copied()?;
        (message.read_by == Some(wanted)).then_some(())
    })
    .await;
}

/// The id by which a marker names a message: what the room's own copy says.
fn marked(message: &ReceivedMessage) -> wardline_interop::xmpp::ids::MessageId {
    message.id.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_says_by_how_many_it_was_read_and_by_whom() {
    let Some(mut team) = team().await else { return };
    let mut desk = Desk::signed_in(team.server.endpoint(), &team.alice).await;
    let talk = desk.open("Night team").await;
    desk.client().send(talk, "Handover at seven".to_owned()).await.unwrap();
    desk.client().send(talk, "Bring the list".to_owned()).await.unwrap();
    let first = team.bob.expect_text("Handover at seven").await.unwrap();
    let second = team.carol.expect_text("Bring the list").await.unwrap();
    let of = Some(2);
    until_read_by(&mut desk, talk, 0, ReadBy { count: 0, of }).await;

    team.bob
        .mark_displayed_in_room(&team.room, marked(&first))
        .await
        .unwrap();
    until_read_by(&mut desk, talk, 0, ReadBy { count: 1, of }).await;
    let others = item(&desk, talk, 1).read_by;
    assert_eq!(others, Some(ReadBy { count: 0, of }), "{:?}", desk.texts(talk));
    // Whoever has read the second has read the first.
    team.carol
        .mark_displayed_in_room(&team.room, marked(&second))
        .await
        .unwrap();
    until_read_by(&mut desk, talk, 1, ReadBy { count: 1, of }).await;
    until_read_by(&mut desk, talk, 0, ReadBy { count: 2, of }).await;
    // Nobody reads backwards.
    team.carol
        .mark_displayed_in_room(&team.room, marked(&first))
        .await
        .unwrap();
    team.bob.send_to_room(&team.room, "On my way").await.unwrap();
    desk.until_text(talk, "On my way").await;
    assert_eq!(item(&desk, talk, 1).read_by, Some(ReadBy { count: 1, of }));

    let readers = desk.client().readers(item(&desk, talk, 1).id).await.unwrap();
    let names = |people: &[wardline_interop::view::Reader]| -> Vec<String> {
        people.iter().map(|person| person.name.clone()).collect()
    };
    let local = |address: &str| address.split('@').next().unwrap().to_owned();
    assert_eq!(names(&readers.read), [local(team.carol.opened().address.as_str())]);
    assert_eq!(
        readers.unread.as_deref().map(names),
        Some(vec![local(team.bob.opened().address.as_str())])
    );

    // It is still known after a restart.
    let mut desk = desk.restart().await;
    let talk = desk.open("Night team").await;
    until_read_by(&mut desk, talk, 0, ReadBy { count: 2, of }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_that_puts_its_writer_out_says_so_on_the_message() {
    let Some(team) = team().await else { return };
    let mut desk = Desk::signed_in(team.server.endpoint(), &team.alice).await;
    let talk = desk.open("Night team").await;
    desk.client().send(talk, "Still in".to_owned()).await.unwrap();
    desk.until("sent", |desk| {
        (desk.messages(talk).last()?.delivery == Some(Delivery::Sent)).then_some(())
    })
    .await;
    team.bob
        .affiliate(&team.room, &team.alice.address, "outcast")
        .await
        .unwrap();
    let refused = |desk: &Desk| {
        let last = desk.messages(talk).last().copied()?;
        (last.delivery == Some(Delivery::Failed)).then_some(last.failure)
    };
    // Whether the room's word comes first or the message's refusal, it must not wait in silence.
    desk.client().send(talk, "Put out".to_owned()).await.unwrap();
    assert_eq!(desk.until("failed", refused).await, Some(SendFailure::NotAllowed));

    // After a new start it does not wait in silence either: the room refuses to be entered, or lets us in all the same, as ejabberd does.
    let mut desk = desk.restart().await;
    let talk = desk.open("Night team").await;
    desk.client().send(talk, "At the door".to_owned()).await.unwrap();
    let settled = |desk: &Desk| {
        let last = desk.messages(talk).get(2).copied()?;
        let ends = matches!(last.delivery, Some(Delivery::Failed | Delivery::Sent));
        ends.then_some((last.id, last.failure))
    };
    let (door, failure) = desk.until("settled at the door", settled).await;
    assert_eq!(desk.texts(talk), ["Still in", "Put out", "At the door"]);
    if failure.is_none() {
        return;
    }
    assert_eq!(failure, Some(SendFailure::NotAllowed));

    // Let in again, it goes out.
    team.bob
        .affiliate(&team.room, &team.alice.address, "member")
        .await
        .unwrap();
    let mut desk = desk.restart().await;
    let talk = desk.open("Night team").await;
    desk.until_online().await;
    desk.client().resend(door).await.unwrap();
    // What was refused stays behind it, whichever of the two the end of the thread is for a moment.
    desk.until("sent", |desk| {
        let at_the_door = |message: &&&MessageItem| text_of(message) == "At the door";
        let messages = desk.messages(talk);
        let sent = messages.iter().find(at_the_door)?.delivery == Some(Delivery::Sent);
        sent.then_some(())
    })
    .await;
}
