//! Payloads: all are read, and a malformed one costs itself only.

use super::*;
use crate::message::OutgoingMessage;
use crate::message::received::{ChatState, MarkerKind, Mention, Retraction};
use crate::xml::Build;

#[test]
fn every_payload_is_read_and_senseless_ones_cost_nothing_else() {
    let message = received(
        "from='bob@ward.example/x' type='chat' id='9'",
        "<body xml:lang='cy'>bore da</body><body>good morning</body><subject>s</subject><thread>t</thread>\
         <replace xmlns='urn:xmpp:message-correct:0' id='8'/><received xmlns='urn:xmpp:receipts' id='5'/>\
         <displayed xmlns='urn:xmpp:chat-markers:0' id='6'/><paused xmlns='http://jabber.org/protocol/chatstates'/>\
         <reactions xmlns='urn:xmpp:reactions:0' id='4'><reaction>👍</reaction><reaction>🎉</reaction></reactions>\
         <retract xmlns='urn:xmpp:message-retract:1' id='3'/><delay xmlns='urn:xmpp:delay' stamp='never'/>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='@@' id='1'/><origin-id xmlns='urn:xmpp:sid:0'/><odd xmlns='x'/>",
    );
    assert_eq!(message.body.as_deref(), Some("s\ngood morning"));
    assert_eq!(message.thread.as_deref(), Some("t"));
    assert_eq!(
        (message.replaces, message.receipt),
        (MessageId::new("8"), MessageId::new("5"))
    );
    assert_eq!(message.marker.unwrap().kind, MarkerKind::Displayed);
    assert_eq!(message.chat_state, Some(ChatState::Paused));
    assert_eq!(message.reactions.unwrap().emoji, ["👍", "🎉"]);
    assert_eq!(message.retraction, Some(Retraction::Of(MessageId::new("3").unwrap())));
    assert_eq!(
        (message.stamp, message.archive_id, message.origin_id),
        (None, None, None)
    );
}

#[test]
fn an_odd_payload_costs_itself_only() {
    for odd in [
        "<delay xmlns='urn:xmpp:delay' stamp='tomorrow'/>",
        "<delay xmlns='urn:xmpp:delay' from='@@' stamp='2026-11-22T17:00:00Z'/>",
        "<stanza-id xmlns='urn:xmpp:sid:0' by='@@' id='1'/>",
        "<stanza-id xmlns='urn:xmpp:sid:0'/>",
        "<origin-id xmlns='urn:xmpp:sid:0'/>",
        "<displayed xmlns='urn:xmpp:chat-markers:0'/>",
        "<displayed xmlns='urn:xmpp:chat-markers:0' id=''/>",
        "<markable xmlns='urn:xmpp:chat-markers:0'>text where none belongs</markable>",
        "<thinking xmlns='http://jabber.org/protocol/chatstates'/>",
        "<reactions xmlns='urn:xmpp:reactions:0'/>",
        "<replace xmlns='urn:xmpp:message-correct:0'/>",
        "<reply xmlns='urn:xmpp:reply:0'/>",
        "<retract xmlns='urn:xmpp:message-retract:1'/>",
        "<apply-to xmlns='urn:xmpp:fasten:0' id='1'/>",
        "<received xmlns='urn:xmpp:receipts'/>",
        "<occupant-id xmlns='urn:xmpp:occupant-id:0'/>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='@@' role='emperor'/></x>",
        "<x xmlns='urn:xmpp:muclight:0#affiliations'><user affiliation='king'>@@</user></x>",
    ] {
        let message = received(
            "from='bob@ward.example/x' type='chat' id='1'",
            &format!("{odd}<body>text</body>{odd}<origin-id xmlns='urn:xmpp:sid:0' id='o'/>"),
        );
        assert_eq!(message.body.as_deref(), Some("text"), "{odd}");
        assert_eq!(message.origin_id, OriginId::new("o"), "{odd}");
        assert_eq!((message.stamp, message.archive_id), (None, None), "{odd}");
        assert!(
            message.marker.is_none()
                && message.reactions.is_none()
                && message.replaces.is_none()
                && message.retraction.is_none()
                && message.receipt.is_none()
                && message.room_changes.is_empty()
                && !message.wants_markers,
            "{odd}"
        );
    }
}

#[test]
fn lists_in_a_message_have_bounds() {
    let emoji = "<reaction>👍</reaction>".repeat(500) + "<reaction>" + &"x".repeat(500) + "</reaction>";
    let message = received(
        "from='bob@ward.example/x' type='chat'",
        &format!("<reactions xmlns='urn:xmpp:reactions:0' id='1'>{emoji}</reactions>"),
    );
    let emoji = message.reactions.unwrap().emoji;
    assert!(emoji.len() == 64 && emoji.iter().all(|emoji| emoji == "👍"));
    // Of many claims the server's own, wherever it stands, must still be found.
    let claim = "<delay xmlns='urn:xmpp:delay' from='ward.example' stamp='2020-01-01T00:00:00Z'/>";
    let own = "<delay xmlns='urn:xmpp:delay' from='ward.example' stamp='2026-11-22T17:00:00Z'/>";
    let message = received("from='bob@ward.example/x'", &format!("{}{own}", claim.repeat(500)));
    assert_eq!(message.stamp, None);
    let claim = claim.replace("from='ward.example'", "from='elsewhere.example'");
    let message = received("from='bob@ward.example/x'", &format!("{}{own}", claim.repeat(500)));
    assert_eq!(
        message.stamp.unwrap().at,
        Timestamp::parse("2026-11-22T17:00:00Z").unwrap()
    );
}

#[test]
fn an_answer_names_what_it_answers() {
    let message = received(
        "from='bob@ward.example/x' type='chat'",
        "<body>yes</body><reply xmlns='urn:xmpp:reply:0' to='alice@ward.example/y' id='7'/>",
    );
    assert_eq!(message.replies_to, MessageId::new("7"));
}

#[test]
fn a_mention_survives_the_wire_whatever_the_name_consists_of() {
    let room = BareJid::new("ward@rooms.example").unwrap();
    let mentions: Vec<Mention> = [
        "bob@ward.example",
        "ward@rooms.example/Bén 100% ?x#",
        "ward@rooms.example",
    ]
    .into_iter()
    .map(|whom| Mention {
        begin: 0,
        end: 4,
        whom: Jid::new(whom).unwrap(),
    })
    .collect();
    let sent = OutgoingMessage::to_room(room, MessageId::new("1").unwrap(), "@Bén x")
        .mentioning(mentions.clone())
        .build();
    let text = String::from_utf8(crate::xml::encoded(sent.element())).unwrap();
    let element: Element = text.parse().unwrap();
    let element = element.with_attr("from", "ward@rooms.example/Carol");
    let read = with(StanzaIds::Announced, |context| live(element, context)).unwrap();
    assert!(read.mentions == mentions);
}
