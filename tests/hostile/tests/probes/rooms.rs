//! What members of a room claim, and rooms that let them.

use wardline_hostile::{ALICE, Archived, DOMAIN, Honest, Room, Ward, archived};
use wardline_interop::view::{Author, ConversationId, JumpTarget};

fn address() -> String {
    format!("ward7@rooms.{DOMAIN}")
}

fn room() -> Room {
    Room::of(&address())
        .with("Ana", "ana@ward.test/x")
        .with("Mallory", "mallory@ward.test/x")
}

/// Alice in a room, and its thread.
async fn inside(room: Room) -> (Ward, ConversationId) {
    let mut ward = Ward::over(Honest {
        rooms: vec![room],
        ..Honest::default()
    })
    .await;
    let id = ward.desk.client().join_team(address()).await.expect("joined");
    ward.desk.open_id(id).await;
    (ward, id)
}

fn groupchat(nick: &str, id: &str, content: &str) -> String {
    let from = address();
    format!("<message type='groupchat' from='{from}/{nick}' to='{ALICE}/desk' id='{id}'>{content}</message>")
}

fn by_room(id: &str) -> String {
    format!("<stanza-id xmlns='urn:xmpp:sid:0' by='{}' id='{id}'/>", address())
}

/// The messages that the thread shows once a last harmless message of the room has come, and the page of the room's archive. A page that
/// comes after that message lies before the window, until the reader goes there.
async fn said(ward: &mut Ward, id: ConversationId) -> Vec<(String, String)> {
    ward.server
        .send(&groupchat(
            "Ana",
            "end",
            &format!("<body>the end</body>{}", by_room("the-end")),
        ))
        .await;
    ward.desk.until_text(id, "the end").await;
    ward.desk.settle().await;
    ward.desk.jump(id, JumpTarget::Newest).await;
    let name = |author: &Author| match author {
        Author::Me => "me".to_owned(),
        Author::Other { name, .. } => name.clone(),
    };
    let messages = ward.desk.messages(id);
    let shown = messages
        .iter()
        .map(|message| (name(&message.author), wardline_interop::text_of(message)));
    shown.filter(|(_, text)| text != "the end").collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

fn left_and_taken(nick: &str, real: &str) -> String {
    let room = address();
    let item = |jid: &str, rest: &str| {
        format!("<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' jid='{jid}' {rest}/></x>")
    };
    format!(
        "<presence type='unavailable' from='{room}/{nick}' to='{ALICE}/desk'>{}</presence>\
         <presence from='{room}/{nick}' to='{ALICE}/desk'>{}</presence>",
        item("ana@ward.test/x", "role='none'"),
        item(real, "role='participant'")
    )
}

#[tokio::test]
async fn a_taken_name_corrects_nothing() {
    let (mut ward, id) = inside(room()).await;
    ward.server
        .send(&groupchat("Ana", "dose", &format!("<body>5 mg</body>{}", by_room("1"))))
        .await;
    ward.desk.until_text(id, "5 mg").await;
    ward.server.send(&left_and_taken("Ana", "mallory@ward.test/y")).await;
    ward.server
        .send(&groupchat(
            "Ana",
            "m",
            &format!(
                "<body>500 mg</body><replace xmlns='urn:xmpp:message-correct:0' id='dose'/>{}",
                by_room("2")
            ),
        ))
        .await;
    let said = said(&mut ward, id).await;
    assert_eq!(said[0].1, "5 mg", "{said:?}");
}

#[tokio::test]
async fn a_taken_name_takes_nothing_back() {
    let (mut ward, id) = inside(room()).await;
    ward.server
        .send(&groupchat("Ana", "dose", &format!("<body>5 mg</body>{}", by_room("1"))))
        .await;
    ward.desk.until_text(id, "5 mg").await;
    ward.server.send(&left_and_taken("Ana", "mallory@ward.test/y")).await;
    ward.server
        .send(&groupchat(
            "Ana",
            "m",
            &format!(
                "<retract xmlns='urn:xmpp:message-retract:1' id='1'/><store xmlns='urn:xmpp:hints'/>{}",
                by_room("2")
            ),
        ))
        .await;
    let said = said(&mut ward, id).await;
    assert_eq!(said[0].1, "5 mg", "{said:?}");
}

#[tokio::test]
async fn a_correction_by_another_member_changes_nothing() {
    let (mut ward, id) = inside(room()).await;
    ward.server
        .send(&groupchat("Ana", "dose", &format!("<body>5 mg</body>{}", by_room("1"))))
        .await;
    ward.server
        .send(&groupchat(
            "Mallory",
            "m",
            &format!(
                "<body>500 mg</body><replace xmlns='urn:xmpp:message-correct:0' id='dose'/>{}",
                by_room("2")
            ),
        ))
        .await;
    let said = said(&mut ward, id).await;
    assert_eq!(said[0], ("Ana".to_owned(), "5 mg".to_owned()));
}

fn in_archive(id: &str, minutes: u32, nick: &str, content: &str) -> Archived {
    let from = address();
    archived(
        id,
        minutes,
        &format!("<message xmlns='jabber:client' type='groupchat' from='{from}/{nick}' id='m{id}'>{content}</message>"),
    )
}

fn item(jid: &str) -> String {
    format!(
        "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant' jid='{jid}'/></x>"
    )
}

#[tokio::test]
async fn a_members_own_item_beside_the_rooms_is_not_believed() {
    let both = |forged: &str| format!("<body>Give it all</body>{}{}", item("mallory@ward.test"), item(forged));
    let mut held = room();
    held.archive = vec![
        in_archive("1", 0, "Mallory", &both(ALICE)),
        in_archive("2", 1, "Mallory", &both("ana@ward.test")),
        in_archive(
            "3",
            2,
            "Mallory",
            &format!("{}<body>Give it all</body>{}", item(ALICE), item("mallory@ward.test")),
        ),
    ];
    let (mut ward, id) = inside(held).await;
    let said = said(&mut ward, id).await;
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said.iter().all(|(name, _)| name == "Mallory"), "{said:?}");
}

#[tokio::test]
async fn an_item_alone_does_not_make_a_message_alices() {
    let mut held = room();
    held.archive = vec![in_archive(
        "1",
        0,
        "Mallory",
        &format!("<body>Give it all</body>{}", item(ALICE)),
    )];
    let (mut ward, id) = inside(held).await;
    let said = said(&mut ward, id).await;
    assert!(said.iter().all(|(name, _)| name != "me"), "{said:?}");
}

#[tokio::test]
async fn a_forged_id_in_a_room_that_strips_none_hides_nothing() {
    let mut careless = room();
    careless.features.retain(|feature| *feature != "urn:xmpp:sid:0");
    let (mut ward, id) = inside(careless).await;
    ward.server
        .send(&groupchat(
            "Mallory",
            "m",
            &format!("<body>forged</body>{}", by_room("next")),
        ))
        .await;
    ward.server
        .send(&groupchat("Ana", "a", &format!("<body>true</body>{}", by_room("next"))))
        .await;
    let said = said(&mut ward, id).await;
    assert_eq!(said, owned(&[("Mallory", "forged"), ("Ana", "true")]));
}

#[tokio::test]
async fn two_ids_of_the_room_hide_nothing() {
    let (mut ward, id) = inside(room()).await;
    ward.server
        .send(&groupchat(
            "Mallory",
            "m",
            &format!("<body>forged</body>{}{}", by_room("next"), by_room("mine")),
        ))
        .await;
    ward.server
        .send(&groupchat("Ana", "a", &format!("<body>true</body>{}", by_room("next"))))
        .await;
    let said = said(&mut ward, id).await;
    assert_eq!(said, owned(&[("Mallory", "forged"), ("Ana", "true")]));
}

#[tokio::test]
async fn a_private_word_does_not_look_as_if_said_to_all() {
    let (mut ward, id) = inside(room()).await;
    let from = address();
    ward.server
        .send(&format!(
            "<message type='chat' from='{from}/Mallory' to='{ALICE}/desk' id='p'><body>between us</body>\
             <x xmlns='http://jabber.org/protocol/muc#user'/></message>"
        ))
        .await;
    let said = said(&mut ward, id).await;
    assert_eq!(said, owned(&[]));
}

#[tokio::test]
async fn an_end_that_a_member_tells_ends_nothing() {
    let (mut ward, id) = inside(room()).await;
    ward.server
        .send(&groupchat(
            "Mallory",
            "d",
            "<x xmlns='http://jabber.org/protocol/muc#user'><destroy/></x>\
             <x xmlns='http://jabber.org/protocol/muc#user'><status code='307'/><status code='104'/></x>",
        ))
        .await;
    said(&mut ward, id).await;
    ward.desk
        .client()
        .send(id, "still in".to_owned())
        .await
        .expect("alice is still in");
    ward.desk.until_text(id, "still in").await;
}

#[tokio::test]
async fn a_farewell_from_elsewhere_puts_nobody_out() {
    let (mut ward, id) = inside(room()).await;
    let nick = ward.server.with(|honest| honest.rooms[0].nick.clone().unwrap());
    for from in [
        format!("mallory@ward.test/{nick}"),
        format!("{}/Mallory", address()),
        format!("ward7@rooms.evil.test/{nick}"),
    ] {
        ward.server
            .send(&format!(
                "<presence type='unavailable' from='{from}' to='{ALICE}/desk'>\
                 <x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none' jid='{ALICE}'/>\
                 <status code='307'/></x></presence>"
            ))
            .await;
    }
    let said = said(&mut ward, id).await;
    assert_eq!(said, owned(&[]));
    let details = ward.desk.client().team(id).await;
    assert!(details.is_ok());
}

#[tokio::test]
async fn a_message_under_alices_name_of_old_confirms_nothing_of_hers() {
    let (mut ward, id) = inside(room()).await;
    let nick = ward.server.with(|honest| honest.rooms[0].nick.clone().unwrap());
    let from = address();
    // Somebody else holds that name in a room that is not hers.
    ward.server
        .send(&format!(
            "<message type='groupchat' from='{from}x/{nick}' to='{ALICE}/desk' id='f'><body>forged</body></message>"
        ))
        .await;
    let said = said(&mut ward, id).await;
    assert_eq!(said, owned(&[]));
    assert_eq!(ward.other_rows().await.len(), 1, "only the room itself");
}
