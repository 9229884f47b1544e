//! What others may do by asking somebody into a room, and what they may not.

use wardline_interop::TestClient;
use wardline_interop::view::{ConversationKind, ConversationRow, Membership, TeamChange};
use wardline_interop::xmpp::session::RequestKind;

use crate::stage::{Stage, change, row};

fn invitation(to: &str, room: &str) -> String {
    format!(
        "<message xmlns='jabber:client' to='{to}'><x xmlns='jabber:x:conference' jid='{room}' reason='now'/>\
         <store xmlns='urn:xmpp:hints'/></message>"
    )
}

fn is_open(row: &ConversationRow) -> bool {
    let team = row.team.as_ref();
    team.is_some_and(|team| matches!(team.membership, Membership::Invited { .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_to_a_persons_address_touches_nothing_of_theirs() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let chat = alice.write(&stage.bob.address, "Bed 3?").await;
    let before = alice.until("the row", |desk| row(desk, chat).cloned()).await;
    let carol = TestClient::connect(stage.server.endpoint(), &stage.carol)
        .await
        .unwrap();
    let dan = stage.server.account("dan").await.unwrap();
    for named in [&stage.bob.address, &dan.address, &stage.carol.address] {
        carol.send_raw(&invitation(&stage.alice.address, named)).await.unwrap();
    }
    carol.send_text(&stage.alice.address, "The end").await.unwrap();
    alice
        .until("carol's text", |desk| {
            let mut rows = desk.rows().iter();
            rows.find(|row| row.preview.as_ref().is_some_and(|preview| preview.text == "The end"))
                .map(drop)
        })
        .await;
    alice.settle().await;
    let after = row(&alice, chat).unwrap();
    assert_eq!(
        (&after.person.name, after.marked_unread, after.kind),
        (&before.person.name, false, ConversationKind::Person)
    );
    assert!(after.team.is_none() && alice.rows().iter().all(|row| row.kind == ConversationKind::Person));
    assert!(alice.invitations().is_empty());
    // Whoever was named can write as before.
    stage.writes(&dan, &stage.alice, "Good morning").await;
    alice
        .until("dan's text", |desk| {
            let mut rows = desk.rows().iter();
            rows.find(|row| {
                row.preview
                    .as_ref()
                    .is_some_and(|preview| preview.text == "Good morning")
            })
            .map(drop)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_invitations_of_one_sender_are_one_request() {
    let Some(stage) = Stage::new().await else { return };
    let Some(service) = stage.server.endpoint().muc_service.clone() else {
        eprintln!("SKIPPED: nobody can be asked into a room of this server");
        return;
    };
    let mut alice = stage.desk(&stage.alice).await;
    let carol = TestClient::connect(stage.server.endpoint(), &stage.carol)
        .await
        .unwrap();
    for number in 0..30 {
        let room = format!("trap-{number}-{}@{service}", stage.alice.name());
        carol.send_raw(&invitation(&stage.alice.address, &room)).await.unwrap();
    }
    carol.send_text(&stage.alice.address, "The end").await.unwrap();
    let open = alice
        .until("one of them", |desk| {
            desk.rows().iter().find(|row| is_open(row)).map(|row| row.id)
        })
        .await;
    alice.settle().await;
    let shown = |desk: &wardline_interop::Desk| desk.rows().iter().filter(|row| is_open(row)).count();
    assert_eq!((shown(&alice), alice.invitations().len()), (1, 1));
    change(&alice, open, TeamChange::Dismiss).await.unwrap();
    alice
        .until("the next one", |desk| {
            let next = desk.rows().iter().find(|row| is_open(row))?;
            (next.id != open).then_some(())
        })
        .await;
    assert_eq!(
        (shown(&alice), alice.invitations().len()),
        (1, 1),
        "it comes without a notification"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remembered_room_without_a_name_is_called_as_it_is_remembered() {
    let Some(stage) = Stage::new().await else { return };
    let Some(service) = stage.server.endpoint().muc_service.clone() else {
        eprintln!("SKIPPED: the server has no rooms that are remembered");
        return;
    };
    let bob = TestClient::connect(stage.server.endpoint(), &stage.bob).await.unwrap();
    let room = format!("round-{}@{service}", stage.bob.name());
    bob.join_room(&room, "Bob").await.unwrap();
    let field = |name: &str, value: &str| format!("<field var='muc#roomconfig_{name}'><value>{value}</value></field>");
    let form = |name: &str| {
        format!(
            "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>\
             <field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>{}{name}</x></query>",
            field("persistentroom", "1"),
        )
    };
    bob.ask_raw(Some(&room), RequestKind::Set, &form("")).await.unwrap();
    let phone = TestClient::connect(stage.server.endpoint(), &stage.alice)
        .await
        .unwrap();
    let bookmarks = format!(
        "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'>\
         <conference jid='{room}' name='Night team' autojoin='true'><nick>Alice</nick></conference></storage></query>"
    );
    phone.ask_raw(None, RequestKind::Set, &bookmarks).await.unwrap();
    phone.close().await;
    let mut alice = stage.desk(&stage.alice).await;
    let team = alice
        .until("the room", |desk| desk.row("Night team").map(|row| row.id))
        .await;
    let team = alice.open_id(team).await;
    bob.send_to_room(&room, "Good evening").await.unwrap();
    alice.until_text(team, "Good evening").await;
    alice.settle().await;
    assert_eq!(row(&alice, team).unwrap().person.name, "Night team");
    // Its own name is better, and stays where it is remembered under another.
    bob.ask_raw(Some(&room), RequestKind::Set, &form(&field("roomname", "Nights")))
        .await
        .unwrap();
    alice
        .until("its own name", |desk| {
            (row(desk, team)?.person.name == "Nights").then_some(())
        })
        .await;
    let mut alice = alice.restart().await;
    alice.until_online().await;
    alice.settle().await;
    assert_eq!(row(&alice, team).unwrap().person.name, "Nights");
}
