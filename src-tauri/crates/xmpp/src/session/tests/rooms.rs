//! Joining and leaving rooms.

use xmpp_parsers::jid::BareJid;

use super::super::scripted::{SM, Stage, timing};

#[tokio::test]
async fn a_room_is_entered_when_the_room_says_so_and_refusals_say_why() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let room = BareJid::new("cardio@rooms.example").unwrap();
    let join = |nick: &'static str| {
        let (session, room) = (stage.session.clone(), room.clone());
        tokio::spawn(async move { session.muc_join(room, nick).await })
    };
    let taken = join("Bob");
    let presence = server.element_named("presence").await;
    assert_eq!(presence.attr("to"), Some("cardio@rooms.example/Bob"));
    server
        .send(
            "<presence from='cardio@rooms.example/Bob' type='error'><error type='cancel'>\
             <conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
        )
        .await;
    assert!(taken.await.unwrap() == Err(crate::muc::JoinError::NickTaken));

    let joined = join("Alice");
    server.element_named("presence").await;
    // MongooseIM before 6.4: wrong namespace, no status code.
    server
        .send(
            "<presence from='cardio@rooms.example/Bob'><x xmlns='http://jabber.org/protocol/muc#user'/></presence>\
             <presence from='cardio@rooms.example/Alice'><x xmlns='http://jabber.org/protocol/muc'>\
             <item affiliation='member' role='participant'/></x></presence>",
        )
        .await;
    assert_eq!(joined.await.unwrap().unwrap().nick, "Alice");
    assert!(join("Alice").await.unwrap().is_ok(), "being there already is fine");
    stage.session.muc_leave(room.clone()).await;
    let left = server.element_named("presence").await;
    assert_eq!(
        (left.attr("to"), left.attr("type")),
        (Some("cardio@rooms.example/Alice"), Some("unavailable"))
    );

    // Entered again at once: what the room says of the occupant that we were does not end that.
    let again = join("Alice");
    server.element_named("presence").await;
    server
        .send(
            "<presence from='cardio@rooms.example/Alice' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <item affiliation='member' role='none'/><status code='110'/></x></presence>\
             <presence from='cardio@rooms.example/Alice'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <item affiliation='member' role='participant'/><status code='110'/></x></presence>",
        )
        .await;
    assert_eq!(again.await.unwrap().unwrap().nick, "Alice");
    stage.session.muc_leave(room.clone()).await;
    let left = server.element_named("presence").await;
    assert_eq!(left.attr("type"), Some("unavailable"), "there is something to leave");
}
