//! Who asks whom into what.

use wardline_hostile::{ALICE, BOB, DOMAIN, Ward};

fn direct(from: &str, room: &str, id: &str) -> String {
    format!(
        "<message from='{from}/phone' to='{ALICE}/desk' id='{id}'>\
         <x xmlns='jabber:x:conference' jid='{room}' reason='Come'/></message>"
    )
}

fn mediated(room: &str, from: &str, id: &str) -> String {
    format!(
        "<message from='{room}' to='{ALICE}/desk' id='{id}'><x xmlns='http://jabber.org/protocol/muc#user'>\
         <invite from='{from}'><reason>Come</reason></invite></x></message>"
    )
}

#[tokio::test]
async fn an_invitation_into_a_person_changes_nothing_of_them() {
    let mut ward = Ward::open().await;
    ward.passed().await;
    let before = ward.desk.row("Bob").unwrap().clone();
    ward.server.send(&direct("mallory@ward.test", BOB, "1")).await;
    ward.server.send(&mediated(BOB, "mallory@ward.test", "2")).await;
    ward.passed().await;
    let after = ward.desk.row("Bob").expect("bob is still called so");
    assert_eq!(
        (after.kind, after.marked_unread, after.unread),
        (before.kind, before.marked_unread, before.unread + 1)
    );
    assert_eq!(ward.other_rows().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_invitation_into_a_person_who_is_not_here_makes_no_conversation_with_them() {
    let mut ward = Ward::open().await;
    ward.server.send(&direct("mallory@ward.test", ALICE, "1")).await;
    ward.server.send(&direct("mallory@ward.test", DOMAIN, "2")).await;
    assert_eq!(ward.other_rows().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_invitation_by_a_foreign_room_is_not_bobs() {
    let mut ward = Ward::open().await;
    ward.server.send(&mediated("round@rooms.evil.test", BOB, "1")).await;
    ward.passed().await;
    let named = ward
        .desk
        .invitations()
        .iter()
        .any(|invitation| invitation.by.as_deref() == Some("Bob"));
    assert!(!named, "the invitation says that it is Bob's");
}

#[tokio::test]
async fn one_sender_has_one_open_request() {
    let mut ward = Ward::open().await;
    for number in 0..300 {
        let room = format!("round{number}@rooms.{DOMAIN}");
        ward.server
            .send(&direct("mallory@ward.test", &room, &number.to_string()))
            .await;
    }
    ward.passed().await;
    assert!(
        ward.desk.invitations().len() <= 3,
        "{} notifications of invitations",
        ward.desk.invitations().len()
    );
    let rows = ward.other_rows().await.len();
    assert!(rows <= 3, "{rows} rows of invitations by one sender");
}
