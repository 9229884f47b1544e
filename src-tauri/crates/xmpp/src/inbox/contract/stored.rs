//! A receipt or marker that asks to be kept (13), said again as the recording's clients said it.

use xmpp_parsers::minidom::Element;

use super::asking::{ask, inbox, last, stage, told, write};
use crate::ns;
use crate::recordings::{STORED_RECEIPT, Side, stanzas};

const RECEIPTS: &str = "urn:xmpp:receipts";

/// The receipt as it was sent, taken out of the copy that another device of the sender's was given.
async fn recorded_receipt() -> Element {
    let told = stanzas(STORED_RECEIPT, Side::Server).await;
    let copy = told
        .iter()
        .find_map(|stanza| stanza.get_child("sent", ns::CARBONS))
        .unwrap();
    let forwarded = copy.get_child("forwarded", ns::FORWARD).unwrap();
    forwarded
        .children()
        .find(|child| child.name() == "message")
        .unwrap()
        .clone()
}

/// What the inbox said of such a receipt.
async fn recorded_entry() -> Element {
    let told = stanzas(STORED_RECEIPT, Side::Server).await;
    told.iter()
        .find_map(|stanza| stanza.get_child("result", ns::INBOX))
        .unwrap()
        .clone()
}

/// What is in a message, without ids and texts.
fn shape(message: &Element) -> Vec<(String, String)> {
    let inside = message.children();
    inside.map(|child| (child.name().to_owned(), child.ns())).collect()
}

#[tokio::test]
async fn a_receipt_that_asks_to_be_kept_is_the_last_message_and_resets_the_count() {
    let mut stage = stage().await;
    write(&mut stage, "bob/phone", "alice@ward.test", "a").await;
    assert_eq!(inbox(&mut stage, "alice/phone").await, ["a 1 inbox"]);
    let receipt = recorded_receipt().await;
    let id = receipt.attr("id").unwrap();
    let received = receipt.get_child("received", RECEIPTS).unwrap().attr("id").unwrap();
    let said = format!(
        "<message to='bob@ward.test' type='chat' id='{id}'><received xmlns='{}' id='{received}'/>\
         <store xmlns='{}'/></message>",
        RECEIPTS,
        ns::HINTS
    );
    stage.say("alice/phone", &said).await;
    let answer = ask(&mut stage, "alice/phone", &[], "").await;
    assert_eq!(told(&answer), [format!("{id} 0 inbox")]);
    let result = answer
        .iter()
        .find_map(|stanza| stanza.get_child("result", ns::INBOX))
        .unwrap();
    let recorded = recorded_entry().await;
    assert_eq!(recorded.attr("unread"), Some("0"));
    assert_eq!(shape(last(result)), shape(last(&recorded)));
    for property in ["read", "box", "archive", "mute"] {
        let of = |result: &Element| result.get_child(property, ns::INBOX).unwrap().text();
        assert_eq!(of(result), of(&recorded), "{property}");
    }
    // For who gets it, it counts.
    assert_eq!(inbox(&mut stage, "bob/phone").await, [format!("{id} 1 inbox")]);
    stage.finish();
}

#[tokio::test]
async fn so_does_a_marker_and_none_does_that_does_not_ask() {
    let mut stage = stage().await;
    for (number, hint, expected) in [
        (1, "", "a1 1 inbox"),
        (2, "<store xmlns='urn:xmpp:hints'/>", "m2 0 inbox"),
    ] {
        write(&mut stage, "bob/phone", "alice@ward.test", &format!("a{number}")).await;
        let marker = format!(
            "<message to='bob@ward.test' type='chat' id='m{number}'><displayed xmlns='{}' id='unknown'/>{hint}</message>",
            ns::MARKERS
        );
        stage.say("alice/phone", &marker).await;
        assert_eq!(inbox(&mut stage, "alice/phone").await, [expected]);
    }
    stage.finish();
}
