//! The sample hospital on a real Prosody: what `cargo xtask demo` shows, seen through the SDK.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the whole file is a test, its helpers too"
)]

use std::time::SystemTime;

use wardline_interop::view::{ConversationKind, Delivery, LocalData};
use wardline_interop::{Desk, TestClient};
use wardline_test_support::hospital::{DOMAIN, Hospital};
use wardline_test_support::servers::Prosody;

async fn hospital() -> (Prosody, Hospital) {
    let mut server = Prosody::prepare(DOMAIN).unwrap();
    let hospital = Hospital::sample(DOMAIN, SystemTime::now().into()).unwrap();
    hospital.put_into(&server).await.unwrap();
    server.start_again().await.unwrap();
    (server, hospital)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_colleague_and_team_is_in_the_list_with_name_picture_and_last_message() {
    let (server, hospital) = hospital().await;
    let mut desk = Desk::signed_in(server.endpoint(), &hospital.user()).await;
    let people = hospital.people().len() - 1;
    let teams = hospital.teams().len();
    desk.until("everybody", |desk| {
        let rows = desk.rows();
        let shown = rows
            .iter()
            .filter(|row| row.preview.is_some() && row.person.avatar.picture.is_some())
            .count();
        (rows.len() == people + teams && shown == rows.len()).then_some(())
    })
    .await;
    for person in hospital.people().iter().skip(1) {
        let row = desk
            .row(&person.full_name)
            .unwrap_or_else(|| panic!("{} is missing:\n{}", person.name, desk.dump()));
        assert!(
            row.person.role.is_some() && row.person.ward.is_some(),
            "{}",
            person.name
        );
    }
    let shown = desk
        .rows()
        .iter()
        .filter(|row| row.kind == ConversationKind::Team)
        .count();
    assert_eq!(shown, teams);
    desk.client().sign_out(LocalData::Wipe).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_a_team_reaches_its_members_once_and_both_ways() {
    let (server, hospital) = hospital().await;
    let team = &hospital.teams()[0];
    let room = hospital.address_of_team(team);
    let member = team.members.iter().find(|name| *name != "asha").unwrap();
    let mut colleague = TestClient::connect(server.endpoint(), &hospital.account(member))
        .await
        .unwrap();
    colleague.join_room(&room, member).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &hospital.user()).await;
    let talk = desk.open(&team.name).await;
    desk.client().send(talk, "Bed 9 is free".to_owned()).await.unwrap();
    colleague.expect_text("Bed 9 is free").await.unwrap();
    colleague.send_to_room(&room, "Thank you").await.unwrap();
    let answer = desk.until_text(talk, "Thank you").await;
    let own = desk.until_text(talk, "Bed 9 is free").await;
    assert_eq!((own.delivery, answer.delivery), (Some(Delivery::Sent), None));
    desk.settle().await;
    let texts = desk.texts(talk);
    let said: Vec<_> = texts
        .iter()
        .filter(|text| *text == "Bed 9 is free" || *text == "Thank you")
        .collect();
    assert_eq!(said, ["Bed 9 is free", "Thank you"]);
}
