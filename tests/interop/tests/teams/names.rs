//! Names in rooms pass from one person to another, and one person's devices may have several: who wrote is never told by a name alone where
//! more is known, and by nothing that the writer made up.

use wardline_interop::view::{Author, ConversationId, ConversationRow, JumpTarget, TeamChange};
use wardline_interop::{Account, Desk, TestClient, text_of};

use crate::stage::{Stage, author_key, change};

/// What the thread shows, each with by what its author is told from others.
fn authors(desk: &Desk, team: ConversationId) -> Vec<(String, String)> {
    let messages = desk.messages(team);
    messages.iter().map(|item| (text_of(item), author_key(item))).collect()
}

fn key_of(desk: &Desk, team: ConversationId, text: &str) -> String {
    let authors = authors(desk, team);
    authors.into_iter().find(|(said, _)| said == text).unwrap().1
}

fn to_room(room: &str, id: &str, content: &str) -> String {
    format!("<message xmlns='jabber:client' type='groupchat' to='{room}' id='{id}'>{content}</message>")
}

async fn joined(stage: &Stage, account: &Account, room: &str) -> (Desk, ConversationId) {
    let mut desk = stage.desk(account).await;
    let team = desk.client().join_team(room.to_owned()).await.unwrap();
    let team = desk.open_id(team).await;
    (desk, team)
}

/// bob writes and leaves, carol takes his name and changes what he wrote.
async fn a_name_is_taken(whois: &str) {
    let Some(stage) = Stage::new().await else { return };
    let endpoint = stage.server.endpoint();
    let bob = TestClient::connect(endpoint, &stage.bob).await.unwrap();
    let Some(room) = stage.open_room(&bob, whois).await else {
        return;
    };
    let (mut alice, team) = joined(&stage, &stage.alice, &room).await;
    let dose = bob.send_to_room(&room, "5 mg").await.unwrap();
    alice.until_text(team, "5 mg").await;
    bob.close().await;

    let carol = TestClient::connect(endpoint, &stage.carol).await.unwrap();
    while carol.join_room(&room, "Bob").await.is_err() {
        alice.settle().await;
    }
    let id = dose.as_str();
    for (number, content) in [
        format!("<body>500 mg</body><replace xmlns='urn:xmpp:message-correct:0' id='{id}'/>"),
        format!("<retract xmlns='urn:xmpp:message-retract:1' id='{id}'/><store xmlns='urn:xmpp:hints'/>"),
        // The same once more as her own, so that it might be taken for his.
        format!("<body>5 mg</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>"),
    ]
    .iter()
    .enumerate()
    {
        let message_id = if number == 2 {
            id.to_owned()
        } else {
            format!("forged-{number}")
        };
        carol.send_raw(&to_room(&room, &message_id, content)).await.unwrap();
    }
    let again = format!("<body>500 mg</body><replace xmlns='urn:xmpp:message-correct:0' id='{id}'/>");
    carol.send_raw(&to_room(&room, "forged-again", &again)).await.unwrap();
    carol.send_to_room(&room, "The end").await.unwrap();
    alice.until_text(team, "The end").await;
    let first = |desk: &Desk, team| authors(desk, team)[0].0.clone();
    assert_eq!(first(&alice, team), "5 mg");
    if whois == "anyone" {
        assert_ne!(key_of(&alice, team, "5 mg"), key_of(&alice, team, "The end"));
    }
    // So says the archive, to this computer and to another.
    let mut alice = alice.restart().await;
    alice.until_online().await;
    let team = alice.open_id(team).await;
    alice.until_text(team, "The end").await;
    alice.settle().await;
    assert_eq!(first(&alice, team), "5 mg");
    let (mut home, there) = joined(&stage, &stage.alice, &room).await;
    home.until_text(there, "The end").await;
    home.settle().await;
    assert_eq!(first(&home, there), "5 mg");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_a_name_changes_nothing_where_addresses_are_shown() {
    a_name_is_taken("anyone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_a_name_changes_nothing_where_addresses_are_hidden() {
    a_name_is_taken("moderators").await;
}

/// carol writes whose words hers are to be, and the archive tells.
async fn an_author_is_forged(whois: &str) {
    let Some(stage) = Stage::new().await else { return };
    let endpoint = stage.server.endpoint();
    let bob = TestClient::connect(endpoint, &stage.bob).await.unwrap();
    let Some(room) = stage.open_room(&bob, whois).await else {
        return;
    };
    let (mut alice, team) = joined(&stage, &stage.alice, &room).await;
    bob.send_to_room(&room, "Soup today").await.unwrap();
    alice.until_text(team, "Soup today").await;
    let asleep = alice.sleep().await;

    let carol = TestClient::connect(endpoint, &stage.carol).await.unwrap();
    carol.join_room(&room, "Carol").await.unwrap();
    let item = |who: &str, more: &str| {
        format!("<x xmlns='http://jabber.org/protocol/muc#user'><item jid='{who}/1' {more}/></x>")
    };
    for (number, victim) in [&stage.alice, &stage.bob].into_iter().enumerate() {
        let forged = format!("<body>forged {number}</body>{}", item(&victim.address, ""));
        carol
            .send_raw(&to_room(&room, &format!("forged-{number}"), &forged))
            .await
            .unwrap();
    }
    let claim = format!(
        "<removed xmlns='urn:wardline:team:0'><person jid='{}'/></removed>{}<store xmlns='urn:xmpp:hints'/>",
        stage.alice.address,
        item(&stage.bob.address, "affiliation='owner'")
    );
    carol.send_raw(&to_room(&room, "claim", &claim)).await.unwrap();
    carol.send_to_room(&room, "The end").await.unwrap();

    let mut alice = asleep.wake().await;
    alice.until_online().await;
    let team = alice.open_id(team).await;
    let (mut home, there) = joined(&stage, &stage.alice, &room).await;
    for (desk, team) in [(&mut alice, team), (&mut home, there)] {
        // A thread that was opened before its archive was written has its end further down.
        let is_last = |row: &ConversationRow| row.preview.as_ref().is_some_and(|preview| preview.text == "The end");
        let has_come = |desk: &Desk| desk.rows().iter().any(is_last).then_some(());
        desk.until("the end in the list", has_come).await;
        desk.jump(team, JumpTarget::Newest).await;
        desk.until_text(team, "The end").await;
        desk.settle().await;
        let bobs = key_of(desk, team, "Soup today");
        for forged in ["forged 0", "forged 1"] {
            let key = key_of(desk, team, forged);
            assert!(key != "me" && key != bobs, "{forged} is said to be by {key}");
        }
        for item in &desk.thread(team).items {
            if let wardline_interop::view::TimelineItem::Notice(notice) = item {
                let bob = stage.bob.name();
                let by_bob = |by: &wardline_interop::view::Who| matches!(by, wardline_interop::view::Who::Other { name } if name == bob);
                assert!(!notice.by.iter().any(by_bob), "a line in his name");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_is_not_forged_where_addresses_are_shown() {
    an_author_is_forged("anyone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_is_not_forged_where_addresses_are_hidden() {
    an_author_is_forged("moderators").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_of_one_person_are_one_person_in_a_room() {
    let Some(stage) = Stage::new().await else { return };
    let bob = TestClient::connect(stage.server.endpoint(), &stage.bob).await.unwrap();
    let Some(room) = stage.open_room(&bob, "anyone").await else {
        return;
    };
    let (mut desk, team) = joined(&stage, &stage.alice, &room).await;
    let (mut phone, there) = joined(&stage, &stage.alice, &room).await;
    desk.client().send(team, "from the desk".to_owned()).await.unwrap();
    phone.until_text(there, "from the desk").await;
    phone.client().send(there, "from the phone".to_owned()).await.unwrap();
    desk.until_text(team, "from the phone").await;
    bob.send_to_room(&room, "from bob").await.unwrap();
    let texts = ["from the desk", "from the phone", "from bob"];
    let check = |desk: &Desk, team: ConversationId| {
        assert_eq!(desk.texts(team), texts);
        let by: Vec<bool> = desk
            .messages(team)
            .iter()
            .map(|item| matches!(item.author, Author::Me))
            .collect();
        assert_eq!(by, [true, true, false]);
    };
    for (desk, team) in [(&mut desk, team), (&mut phone, there)] {
        desk.until_text(team, "from bob").await;
        desk.settle().await;
        check(desk, team);
    }
    // So it is when the archive tells, with the other device there and gone.
    let mut desk = desk.restart().await;
    desk.until_online().await;
    let team = desk.open_id(team).await;
    desk.until_texts(team, &texts).await;
    desk.settle().await;
    check(&desk, team);
    drop(phone);
    let (mut home, at_home) = joined(&stage, &stage.alice, &room).await;
    home.until_texts(at_home, &texts).await;
    home.settle().await;
    check(&home, at_home);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_keeps_nobody_out_of_an_open_team() {
    let Some(stage) = Stage::new().await else { return };
    let endpoint = stage.server.endpoint();
    let bob = TestClient::connect(endpoint, &stage.bob).await.unwrap();
    let Some(room) = stage.open_room(&bob, "anyone").await else {
        return;
    };
    let carol = TestClient::connect(endpoint, &stage.carol).await.unwrap();
    carol.join_room(&room, stage.alice.name()).await.unwrap();
    let (mut alice, team) = joined(&stage, &stage.alice, &room).await;
    alice.client().send(team, "Here I am".to_owned()).await.unwrap();
    carol.send_to_room(&room, "Not you").await.unwrap();
    alice.until_text(team, "Not you").await;
    let by = |desk: &Desk, text: &str| key_of(desk, team, text) == "me";
    assert!(by(&alice, "Here I am") && !by(&alice, "Not you"));
    // Back in, by the same way as into any team.
    change(&alice, team, TeamChange::Leave).await.unwrap();
    change(&alice, team, TeamChange::Enter).await.unwrap();
    bob.send_to_room(&room, "Welcome back").await.unwrap();
    alice.until_text(team, "Welcome back").await;
}
