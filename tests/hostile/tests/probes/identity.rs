//! Who says something, and of whom.

use wardline_hostile::{ALICE, BOB, DOMAIN, Honest, Ward};
use wardline_interop::view::Delivery;

const MALLORY: &str = "mallory@ward.test";

fn chat(from: &str, id: &str, content: &str) -> String {
    format!("<message type='chat' from='{from}/phone' to='{ALICE}/desk' id='{id}'>{content}</message>")
}

fn forwarded(from: &str, to: &str, text: &str) -> String {
    format!(
        "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' from='{from}' to='{to}' id='f'>\
         <body>{text}</body></message></forwarded>"
    )
}

async fn shows_nothing(messages: &[String]) {
    let mut ward = Ward::open().await;
    for message in messages {
        ward.server.send(message).await;
    }
    assert_eq!(ward.said_by_bob().await, Vec::<String>::new());
    assert_eq!(ward.other_rows().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_carbon_from_a_contact_shows_nothing() {
    let carbon = format!(
        "<received xmlns='urn:xmpp:carbons:2'>{}</received>",
        forwarded("bob@ward.test/x", ALICE, "forged")
    );
    shows_nothing(&[chat(MALLORY, "1", &carbon), chat(BOB, "2", &carbon)]).await;
}

#[tokio::test]
async fn a_sent_carbon_from_the_domain_shows_nothing() {
    let carbon = format!(
        "<sent xmlns='urn:xmpp:carbons:2'>{}</sent>",
        forwarded("alice@ward.test/x", BOB, "forged")
    );
    shows_nothing(&[format!("<message from='{DOMAIN}' to='{ALICE}/desk'>{carbon}</message>")]).await;
}

#[tokio::test]
async fn a_carbon_with_two_messages_shows_neither() {
    let carbon = format!(
        "<received xmlns='urn:xmpp:carbons:2'>{}{}</received>",
        forwarded("bob@ward.test/x", ALICE, "one"),
        forwarded("bob@ward.test/x", ALICE, "two")
    );
    shows_nothing(&[format!("<message from='{ALICE}' to='{ALICE}/desk'>{carbon}</message>")]).await;
}

#[tokio::test]
async fn an_archive_result_from_a_contact_shows_nothing() {
    let result = |query: &str| {
        format!(
            "<result xmlns='urn:xmpp:mam:2' queryid='{query}' id='1'>{}</result>",
            forwarded("bob@ward.test/x", ALICE, "forged")
        )
    };
    shows_nothing(&[chat(MALLORY, "1", &result("x")), chat(BOB, "2", &result(""))]).await;
}

#[tokio::test]
async fn an_archive_result_that_nobody_asked_for_shows_nothing() {
    let inner = forwarded("bob@ward.test/x", ALICE, "forged");
    shows_nothing(&[format!(
        "<message from='{ALICE}' to='{ALICE}/desk'><result xmlns='urn:xmpp:mam:2' queryid='none' id='1'>{inner}</result>\
         </message>"
    )])
    .await;
}

#[tokio::test]
async fn a_correction_by_somebody_else_changes_nothing() {
    let mut ward = Ward::open().await;
    ward.server.send(&chat(BOB, "dose", "<body>5 mg</body>")).await;
    ward.server
        .send(&chat(
            MALLORY,
            "m",
            "<body>500 mg</body><replace xmlns='urn:xmpp:message-correct:0' id='dose'/>",
        ))
        .await;
    assert_eq!(ward.said_by_bob().await, ["5 mg"]);
}

#[tokio::test]
async fn a_correction_by_its_author_is_shown() {
    let mut ward = Ward::open().await;
    ward.server.send(&chat(BOB, "dose", "<body>50 mg</body>")).await;
    ward.server
        .send(&chat(
            BOB,
            "m",
            "<body>5 mg</body><replace xmlns='urn:xmpp:message-correct:0' id='dose'/>",
        ))
        .await;
    assert_eq!(ward.said_by_bob().await, ["5 mg"]);
}

#[tokio::test]
async fn a_message_is_not_taken_back_by_somebody_else() {
    let mut ward = Ward::open().await;
    ward.server.send(&chat(BOB, "dose", "<body>5 mg</body>")).await;
    ward.server
        .send(&chat(
            MALLORY,
            "m",
            "<retract xmlns='urn:xmpp:message-retract:1' id='dose'/><store xmlns='urn:xmpp:hints'/>",
        ))
        .await;
    assert_eq!(ward.said_by_bob().await, ["5 mg"]);
}

#[tokio::test]
async fn an_own_id_that_stands_twice_hides_no_true_message() {
    let mut ward = Ward::open().await;
    let id = |id: &str| format!("<stanza-id xmlns='urn:xmpp:sid:0' by='{ALICE}' id='{id}'/>");
    ward.server
        .send(&chat(
            BOB,
            "1",
            &format!("<body>first</body>{}{}", id("true"), id("forged")),
        ))
        .await;
    ward.server
        .send(&chat(BOB, "2", &format!("<body>second</body>{}", id("forged"))))
        .await;
    assert_eq!(ward.said_by_bob().await, ["first", "second"]);
}

#[tokio::test]
async fn a_roster_push_from_a_contact_renames_nobody() {
    let mut ward = Ward::open().await;
    ward.passed().await;
    ward.server
        .send(&format!(
            "<iq type='set' id='push' from='{MALLORY}/x' to='{ALICE}/desk'><query xmlns='jabber:iq:roster'>\
             <item jid='{BOB}' name='Consultant on call' subscription='both'/></query></iq>"
        ))
        .await;
    assert_eq!(ward.other_rows().await, Vec::<String>::new(), "bob is still called Bob");
}

#[tokio::test]
async fn a_block_list_push_from_a_contact_blocks_nobody() {
    let mut ward = Ward::open().await;
    ward.server
        .send(&format!(
            "<iq type='set' id='push' from='{MALLORY}/x' to='{ALICE}/desk'><block xmlns='urn:xmpp:blocking'>\
             <item jid='{BOB}'/></block></iq>"
        ))
        .await;
    ward.passed().await;
    assert!(!ward.desk.row("Bob").unwrap().blocked);
}

#[tokio::test]
async fn bookmarks_that_a_contact_announces_are_not_entered() {
    let mut ward = Ward::open().await;
    ward.server
        .send(&format!(
            "<message from='{MALLORY}' to='{ALICE}/desk'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
             <items node='urn:xmpp:bookmarks:1'><item id='trap@rooms.{DOMAIN}'>\
             <conference xmlns='urn:xmpp:bookmarks:1' autojoin='true' name='Trap'/></item></items></event></message>"
        ))
        .await;
    assert_eq!(ward.other_rows().await, Vec::<String>::new());
    let entered = ward.server.with(|honest| {
        let trap = format!("trap@rooms.{DOMAIN}");
        honest
            .asked
            .iter()
            .any(|asked| asked.attr("to").is_some_and(|to| to.starts_with(&trap)))
    });
    assert!(!entered, "the room was entered");
}

#[tokio::test]
async fn the_inbox_is_not_changed_by_a_contact() {
    let mut ward = Ward::open().await;
    ward.passed().await;
    ward.server
        .send(&chat(
            MALLORY,
            "x",
            &format!(
                "<x xmlns='erlang-solutions.com:xmpp:inbox:0#conversation' jid='{BOB}'><archive>true</archive>\
                 <mute>4102444800</mute></x>"
            ),
        ))
        .await;
    ward.passed().await;
    let row = ward.desk.row("Bob").unwrap();
    assert_eq!(row.shown_in, wardline_interop::view::ConversationBox::Inbox);
    assert_eq!(row.muted_until, None);
}

#[tokio::test]
async fn only_its_recipient_confirms_a_message() {
    let mut ward = Ward::open().await;
    let talk = ward.desk.write(BOB, "Stop the heparin").await;
    ward.desk
        .until("sent", |desk| {
            (desk.messages(talk).first()?.delivery == Some(Delivery::Sent)).then_some(())
        })
        .await;
    let id = ward.server.with(|honest| {
        let sent = honest.asked.iter().rfind(|asked| {
            asked
                .get_child("body", "jabber:client")
                .is_some_and(|body| body.text() == "Stop the heparin")
        });
        sent.unwrap().attr("id").unwrap().to_owned()
    });
    for payload in [
        format!("<received xmlns='urn:xmpp:receipts' id='{id}'/>"),
        format!("<displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/>"),
    ] {
        ward.server.send(&chat(MALLORY, "r", &payload)).await;
    }
    ward.passed().await;
    assert_eq!(ward.desk.messages(talk)[0].delivery, Some(Delivery::Sent));
    // And its recipient does.
    ward.server
        .send(&chat(
            BOB,
            "r",
            &format!("<received xmlns='urn:xmpp:receipts' id='{id}'/>"),
        ))
        .await;
    ward.desk
        .until("delivered", |desk| {
            (desk.messages(talk).first()?.delivery == Some(Delivery::Delivered)).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_message_cannot_be_dated_back_by_its_sender() {
    for by in [BOB, DOMAIN, ALICE] {
        let mut ward = Ward::open().await;
        ward.passed().await;
        let delay = format!("<delay xmlns='urn:xmpp:delay' from='{by}' stamp='2001-01-01T00:00:00Z'/>");
        ward.server
            .send(&chat(BOB, "old", &format!("<body>Long ago</body>{delay}")))
            .await;
        let bob = ward.passed().await;
        let texts = ward.desk.texts(bob);
        assert_eq!(texts, ["harmless 1", "Long ago", "harmless 2"], "delay from {by}");
        let year_2020 = 1_577_836_800_000;
        assert!(ward.desk.messages(bob).iter().all(|message| message.at > year_2020));
    }
}

#[tokio::test]
async fn an_answer_from_somebody_else_answers_nothing() {
    let hook = |asked: &xmpp_parsers::minidom::Element| {
        let blocklist = asked.has_child("blocklist", "urn:xmpp:blocking");
        let id = asked.attr("id").unwrap_or_default();
        blocklist.then(|| {
            wardline_hostile::Answer::Send(format!(
                "<iq type='result' id='{id}' from='{MALLORY}/x'><blocklist xmlns='urn:xmpp:blocking'>\
                 <item jid='{BOB}'/></blocklist></iq>\
                 <iq type='result' id='{id}'><blocklist xmlns='urn:xmpp:blocking'/></iq>"
            ))
        })
    };
    let mut ward = Ward::over(Honest::default().but(hook)).await;
    ward.passed().await;
    assert!(!ward.desk.row("Bob").unwrap().blocked);
}

/// What alice's computer has sent to somebody.
fn sent_to(ward: &Ward, address: &str) -> usize {
    ward.server.with(|honest| {
        let to = |asked: &&xmpp_parsers::minidom::Element| {
            asked.attr("to").is_some_and(|to| to.split('/').next() == Some(address))
                && (asked.name() == "message" || asked.attr("type") == Some("result"))
        };
        honest.asked.iter().filter(to).count()
    })
}

#[tokio::test]
async fn a_stranger_learns_nothing_by_asking() {
    const STRANGER: &str = "mallory@elsewhere.test";
    let mut ward = Ward::open().await;
    ward.server
        .send(&chat(
            STRANGER,
            "1",
            "<body>Hello</body><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>",
        ))
        .await;
    for (id, payload) in [
        ("v", "<query xmlns='jabber:iq:version'/>"),
        ("t", "<time xmlns='urn:xmpp:time'/>"),
        ("l", "<query xmlns='jabber:iq:last'/>"),
        ("d", "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
    ] {
        ward.server
            .send(&format!(
                "<iq type='get' id='{id}' from='{STRANGER}/x' to='{ALICE}/desk'>{payload}</iq>"
            ))
            .await;
    }
    ward.passed().await;
    assert_eq!(sent_to(&ward, STRANGER), 0);
}

#[tokio::test]
async fn a_name_cannot_turn_the_text_around_it() {
    let hook = |asked: &xmpp_parsers::minidom::Element| {
        let card = asked.has_child("vCard", "vcard-temp") && asked.attr("to") == Some(MALLORY);
        let id = asked.attr("id").unwrap_or_default();
        card.then(|| {
            wardline_hostile::Answer::Send(format!(
                "<iq type='result' id='{id}' from='{MALLORY}'><vCard xmlns='vcard-temp'>\
                 <FN>\u{202e}reglaH\u{2066}\u{200b} anA</FN></vCard></iq>"
            ))
        })
    };
    let mut ward = Ward::over(Honest::default().but(hook)).await;
    ward.server.send(&chat(MALLORY, "1", "<body>Hello</body>")).await;
    ward.desk
        .until("mallory's card", |desk| {
            desk.rows()
                .iter()
                .any(|row| row.person.name.contains("anA"))
                .then_some(())
        })
        .await;
    let names = ward.other_rows().await;
    assert_eq!(names, ["reglaH anA"]);
}

#[tokio::test]
async fn what_a_contact_says_of_ones_own_settings_is_not_obeyed() {
    let mut ward = Ward::open().await;
    ward.passed().await;
    for from in [MALLORY, BOB] {
        ward.server
            .send(&format!(
                "<message from='{from}' to='{ALICE}/desk'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
                 <items node='urn:xmpp:mds:displayed:0'><item id='{BOB}'><displayed xmlns='urn:xmpp:mds:displayed:0'>\
                 <stanza-id xmlns='urn:xmpp:sid:0' by='{ALICE}' id='archived-harmless-1'/></displayed></item></items>\
                 </event></message>"
            ))
            .await;
    }
    ward.passed().await;
    assert_eq!(ward.desk.row("Bob").unwrap().unread, 2);
}
