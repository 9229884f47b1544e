//! Colleagues of the sample hospital talk with whoever is signed in as its user.

use chrono::Utc;
use wardline_test_support::client::TestClient;
use wardline_test_support::colleagues::Colleagues;
use wardline_test_support::hospital::{DOMAIN, Hospital};
use wardline_test_support::servers::Prosody;
use wardline_xmpp::message::ChatState;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleague_confirms_reads_types_and_answers() {
    let hospital = Hospital::sample(DOMAIN, Utc::now()).unwrap();
    let mut server = Prosody::prepare(DOMAIN).unwrap();
    hospital.put_into(&server).await.unwrap();
    server.start_again().await.unwrap();
    let mut asha = TestClient::connect(server.endpoint(), &hospital.user()).await.unwrap();
    let bookmarks = asha.session().bookmarks().await.unwrap().unwrap_or_default();
    assert_eq!(bookmarks.len(), 6, "the team chats are found by bookmarks");

    let colleagues = Colleagues::start(&hospital, server.endpoint());
    assert_eq!(colleagues.count(), 6);
    let daniel = hospital.account("daniel").address;
    asha.expect_presence(|presence| presence.from.to_bare().as_str() == daniel)
        .await
        .unwrap();
    let question = asha.send_text(&daniel, "Is the potassium back?").await.unwrap();
    asha.expect_message(|message| message.receipt.as_ref() == Some(&question))
        .await
        .unwrap();
    asha.expect_displayed(&question).await.unwrap();
    asha.expect_message(|message| message.chat_state == Some(ChatState::Composing))
        .await
        .unwrap();
    let answer = asha
        .expect_message(|message| message.body.is_some() && message.conversation.as_str() == daniel)
        .await
        .unwrap();
    assert!(answer.archive_id.is_some());

    let ward = hospital.address_of_team(&hospital.teams()[0]);
    asha.join_room(&ward, "Asha Verma").await.unwrap();
    asha.send_to_room(&ward, "Good evening everyone").await.unwrap();
    let reply = asha
        .expect_message(|message| message.nick.as_deref() == Some("Sarah Whitfield") && message.body.is_some())
        .await
        .unwrap();
    assert_eq!(reply.conversation.as_str(), ward);
}
