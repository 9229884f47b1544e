//! A colleague whose app lies: nothing that she claims in somebody else's name is believed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wardline_interop::view::{ConversationId, Delivery};
use wardline_interop::{Desk, TestClient, ward};

fn shown(desk: &Desk, talk: ConversationId) -> Vec<(String, Option<Delivery>)> {
    let states = desk.messages(talk).into_iter().map(|message| message.delivery);
    desk.texts(talk).into_iter().zip(states).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_believed_that_the_sender_may_not_say() {
    let (server, alice, bob) = ward().await;
    let carol = server.account("carol").await.unwrap();
    let mut phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let forger = TestClient::connect(server.endpoint(), &carol).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.write(&bob.address, "Stop the heparin").await;
    let sent = phone.expect_text("Stop the heparin").await.unwrap();
    phone.send_text(&alice.address, "Stopped").await.unwrap();
    desk.until_texts(talk, &["Stop the heparin", "Stopped"]).await;
    // So that she has a conversation of her own to say things in.
    forger.send_text(&alice.address, "Hello").await.unwrap();
    let aside = desk
        .until("carol's row", |desk| {
            let row = desk
                .rows()
                .iter()
                .find(|row| row.preview.as_ref().is_some_and(|preview| preview.text == "Hello"));
            row.map(|row| row.id)
        })
        .await;
    desk.open_id(aside).await;

    let (a, b, c) = (&alice.address, &bob.address, &carol.address);
    let id = sent.id.unwrap();
    let id = id.as_str();
    let to = format!("to='{a}' type='chat'");
    let forwarded = |from: &str, to: &str, text: &str| {
        format!(
            "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{from}' to='{to}' type='chat' \
             id='f'><body>{text}</body></message></forwarded>"
        )
    };
    let carbon = |way: &str, inner: &str| format!("<{way} xmlns='urn:xmpp:carbons:2'>{inner}</{way}>");
    let domain = &server.endpoint().domain;
    let forged = [
        // Copies of what she or bob never said, in alice's name and in bob's.
        carbon("sent", &forwarded(a, b, "Give it all")),
        carbon("received", &forwarded(b, a, "Give it all")),
        // What the archive would say.
        format!(
            "<result xmlns='urn:xmpp:mam:2' queryid='x' id='1'>{}</result>",
            forwarded(b, a, "Give it all")
        ),
        // Receipts and markers for what alice wrote to bob.
        format!("<received xmlns='urn:xmpp:receipts' id='{id}'/><store xmlns='urn:xmpp:hints'/>"),
        format!("<displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/><store xmlns='urn:xmpp:hints'/>"),
        // Alice's text corrected, and taken back.
        format!("<body>Give it all</body><replace xmlns='urn:xmpp:message-correct:0' id='{id}'/>"),
        format!("<retract xmlns='urn:xmpp:message-retract:1' id='{id}'/><store xmlns='urn:xmpp:hints'/>"),
        // Alice's other devices have read everything.
        format!(
            "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mds:displayed:0'>\
             <item id='{c}'><displayed xmlns='urn:xmpp:mds:displayed:0'>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='{a}' id='1'/></displayed></item></items></event>"
        ),
    ];
    for content in &forged {
        let message = format!("<message xmlns='jabber:client' {to} id='x'>{content}</message>");
        forger.send_raw(&message).await.unwrap();
    }
    // A time and an archive's id of her own making, on a message that is hers.
    let dated = format!(
        "<message xmlns='jabber:client' {to} id='old'><body>Long ago</body>\
         <delay xmlns='urn:xmpp:delay' from='{domain}' stamp='2001-01-01T00:00:00Z'/>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='{a}' id='forged'/></message>"
    );
    forger.send_raw(&dated).await.unwrap();
    forger.send_text(&alice.address, "The end").await.unwrap();
    desk.until_text(aside, "The end").await;

    // What she wrote counts as hers; the archive's time as the time.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    // Its place moves with its time, which may be before what the window of the thread holds.
    tokio::time::sleep(Duration::from_secs(5)).await;
    desk.client().page_back(aside).await.unwrap();
    desk.until("the archive's stamp", |desk| {
        let texts = desk.texts(aside);
        let at = texts.iter().position(|text| text == "Long ago")?;
        let age = i64::try_from(now).unwrap() - desk.messages(aside)[at].at;
        (age < 3_600_000).then_some(())
    })
    .await;
    let hers = desk.texts(aside);
    assert!(
        !hers.iter().any(|text| text == "Stop the heparin" || text == "Stopped"),
        "{hers:?}"
    );
    let ours = shown(&desk, talk);
    assert_eq!(
        ours,
        [
            ("Stop the heparin".to_owned(), Some(Delivery::Sent)),
            ("Stopped".to_owned(), None)
        ]
    );

    // Only bob can say that bob has it, also after the archive has told all of this once more.
    let mut desk = desk.restart().await;
    desk.until_online().await;
    let talk = desk.open_id(talk).await;
    desk.settle().await;
    assert_eq!(shown(&desk, talk), ours);
    phone
        .confirm(&alice.address, wardline_interop::xmpp::ids::MessageId::new(id).unwrap())
        .await
        .unwrap();
    desk.until("delivered", |desk| {
        (shown(desk, talk)[0].1 == Some(Delivery::Delivered)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_comes_before_its_message_is_known_is_kept() {
    let (server, alice, bob) = ward().await;
    let mut phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let other_app = TestClient::connect_as(server.endpoint(), &alice, "other")
        .await
        .unwrap();
    // Written and read while this computer was off, or before it was ever used.
    let id = other_app
        .send_text(&bob.address, "From the other device")
        .await
        .unwrap();
    phone.expect_text("From the other device").await.unwrap();
    phone.confirm(&alice.address, id.clone()).await.unwrap();
    phone.mark_displayed(&alice.address, id).await.unwrap();
    phone.send_text(&alice.address, "Thanks").await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.until("a row", |desk| desk.rows().first().map(|row| row.id)).await;
    desk.open_id(talk).await;
    desk.until("read", |desk| {
        (shown(desk, talk).first()?.1 == Some(Delivery::Read)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_its_sender_dates_back_stands_where_it_was_received() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    phone.send_text(&alice.address, "Stop the heparin").await.unwrap();
    let talk = desk.open(bob.name()).await;
    let read = desk.until_text(talk, "Stop the heparin").await;
    desk.client().mark_read(talk, read.id).await.unwrap();
    let domain = &server.endpoint().domain;
    let minutes_ago = chrono::Utc::now() - chrono::TimeDelta::minutes(10);
    for (number, (by, stamp)) in [
        (domain.as_str(), "2001-01-01T00:00:00Z".to_owned()),
        (
            &alice.address,
            minutes_ago.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let (to, text) = (&alice.address, format!("Give it all {number}"));
        let dated = format!(
            "<message xmlns='jabber:client' to='{to}' type='chat' id='dated-{number}'><body>{text}</body>\
             <delay xmlns='urn:xmpp:delay' from='{by}' stamp='{stamp}'/></message>"
        );
        phone.send_raw(&dated).await.unwrap();
        // At once, and still when the archive has spoken, whether or not it knows the message.
        let shown = desk.until_text(talk, &text).await;
        assert!((shown.at - read.at).abs() < 120_000, "{} after {}", shown.at, read.at);
        assert_eq!(desk.texts(talk).last(), Some(&text));
    }
    let expected = ["Stop the heparin", "Give it all 0", "Give it all 1"];
    let asleep = desk.sleep().await;
    let mut desk = asleep.wake().await;
    desk.until_online().await;
    desk.until_caught_up().await;
    let talk = desk.open_id(talk).await;
    assert_eq!(desk.texts(talk), expected);
    let row = desk.row(bob.name()).unwrap();
    assert_eq!(
        (row.unread, row.preview.as_ref().unwrap().text.as_str()),
        (2, "Give it all 1")
    );
}
