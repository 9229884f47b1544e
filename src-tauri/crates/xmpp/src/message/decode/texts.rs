//! What somebody wrote is read, wherever in a message it stands, or said to be there.

use super::tests::{alice, received, with};
use super::*;
use crate::message::Unreadable;

const FROM_BOB: &str = "from='bob@ward.example/x' to='alice@ward.example' id='1'";

fn text(content: &str) -> (Option<String>, Option<Unreadable>) {
    let message = received(&format!("{FROM_BOB} type='chat'"), content);
    (message.body, message.unreadable)
}

fn readable(content: &str) -> String {
    match text(content) {
        (Some(text), None) => text,
        (_, unreadable) => panic!("{unreadable:?}: {content}"),
    }
}

#[test]
fn a_subject_stands_above_its_text_and_alone_as_the_text() {
    let (subject, body) = ("<subject>CRITICAL potassium 6.9</subject>", "<body>Bed 12</body>");
    assert_eq!(readable(&format!("{subject}{body}")), "CRITICAL potassium 6.9\nBed 12");
    assert_eq!(readable(&format!("{body}{subject}")), "CRITICAL potassium 6.9\nBed 12");
    assert_eq!(
        readable("<subject>Please ring theatre 2</subject>"),
        "Please ring theatre 2"
    );
    assert_eq!(readable("<subject>Bed 12</subject><body>Bed 12</body>"), "Bed 12");
    assert_eq!(readable("<subject> </subject><body>Bed 12</body>"), "Bed 12");
    for kind in ["", "type='normal'", "type='headline'", "type='groupchat'", "type='odd'"] {
        let message = received(&format!("{FROM_BOB} {kind}"), &format!("{subject}{body}"));
        assert_eq!(
            message.body.as_deref(),
            Some("CRITICAL potassium 6.9\nBed 12"),
            "{kind}"
        );
        assert_eq!(message.subject, None, "{kind}");
    }
}

#[test]
fn the_subject_of_a_room_is_no_text() {
    let topic = received(
        "from='cardio@rooms.example/Bob' type='groupchat'",
        "<subject>Bed crisis</subject>",
    );
    assert_eq!((topic.body, topic.subject.as_deref()), (None, Some("Bed crisis")));
    let cleared = received("from='cardio@rooms.example/Bob' type='groupchat'", "<subject/>");
    assert_eq!((cleared.body, cleared.subject.as_deref()), (None, Some("")));
}

#[test]
fn a_mention_still_stands_on_its_name_below_a_subject() {
    let message = received(
        "from='cardio@rooms.example/Bob' type='groupchat'",
        "<subject>Übergabe</subject><body>@Alice come</body>\
         <reference xmlns='urn:xmpp:reference:0' type='mention' begin='0' end='6' uri='xmpp:alice@ward.example'/>",
    );
    let (body, mention) = (message.body.unwrap(), &message.mentions[0]);
    let named: String = body.chars().skip(mention.begin as usize).take(6).collect();
    assert_eq!((named.as_str(), mention.end - mention.begin), ("@Alice", 6));
}

#[test]
fn of_several_languages_the_one_for_all_is_read_else_the_first() {
    let (cy, de, all) = (
        "<body xml:lang='cy'>bore da</body>",
        "<body xml:lang='de'>guten Morgen</body>",
        "<body>good morning</body>",
    );
    assert_eq!(readable(&format!("{cy}{all}{de}")), "good morning");
    assert_eq!(readable(&format!("{cy}{de}")), "bore da");
    assert_eq!(readable(&format!("{all}<body>another</body>")), "good morning");
    assert_eq!(readable(&format!("<body> </body>{de}")), "guten Morgen");
}

#[test]
fn formatted_text_and_links_to_files_are_read_where_nothing_else_is() {
    let html = "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>\
                <p>Give <strong>5 mg</strong></p><p>now<br/>please</p></body></html>";
    assert_eq!(readable(html), "Give 5 mg\nnow\nplease");
    assert_eq!(readable(&format!("{html}<body>Give 5 mg</body>")), "Give 5 mg");
    let link = "https://files.ward.example/x-ray.png";
    let oob = format!("<x xmlns='jabber:x:oob'><url>{link}</url></x>");
    assert_eq!(readable(&oob), link);
    assert_eq!(readable(&format!("{oob}<body>{link}</body>")), link);
    assert_eq!(readable(&format!("{oob}<body>Bed 4</body>")), format!("Bed 4\n{link}"));
    let shared = format!(
        "<file-sharing xmlns='urn:xmpp:sfs:0'><sources><url-data xmlns='http://jabber.org/protocol/url-data' \
         target='{link}'/></sources></file-sharing>"
    );
    assert_eq!(readable(&shared), link);
}

#[test]
fn what_cannot_be_read_says_why() {
    let omemo = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>x</payload></encrypted>";
    let hint = "<body>I sent you an OMEMO encrypted message but your client does not support that</body>";
    for encrypted in [
        omemo.to_owned(),
        format!("{omemo}{hint}"),
        "<encrypted xmlns='urn:xmpp:omemo:2'><payload/></encrypted>".to_owned(),
        "<openpgp xmlns='urn:xmpp:openpgp:0'>x</openpgp><body>encrypted</body>".to_owned(),
        "<x xmlns='jabber:x:encrypted'>x</x><body>[encrypted]</body>".to_owned(),
        "<body>?OTR:AAMC</body>".to_owned(),
    ] {
        assert_eq!(text(&encrypted), (None, Some(Unreadable::Encrypted)), "{encrypted}");
    }
    let unknown = "<poll xmlns='urn:example:poll'><question>Who is on call?</question></poll>";
    for unsupported in [
        unknown.to_owned(),
        format!("{unknown}<active xmlns='http://jabber.org/protocol/chatstates'/>"),
        "<geoloc xmlns='http://jabber.org/protocol/geoloc'><lat>1</lat></geoloc>".to_owned(),
    ] {
        assert_eq!(
            text(&unsupported),
            (None, Some(Unreadable::Unsupported)),
            "{unsupported}"
        );
    }
    assert_eq!(
        readable(&format!("{unknown}<body>Who is on call?</body>")),
        "Who is on call?"
    );
    for blank in ["<body>   </body>", "<body>\u{200b}\u{2060}</body>"] {
        assert_eq!(text(blank), (None, Some(Unreadable::Blank)), "{blank}");
    }
}

#[test]
fn what_apps_say_to_each_other_is_no_message_of_anybody() {
    for signal in [
        "",
        "<body/>",
        "<thread>t</thread>",
        "<active xmlns='http://jabber.org/protocol/chatstates'/>",
        "<received xmlns='urn:xmpp:receipts' id='5'/><odd xmlns='x'/>",
        "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='x'/></event>",
        "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>",
        "<x xmlns='jabber:x:conference' jid='night@rooms.example'/><odd xmlns='x'/>",
        "<odd xmlns='x'/><no-store xmlns='urn:xmpp:hints'/>",
        "<retract xmlns='urn:xmpp:message-retract:1' id='3'/><fallback xmlns='urn:xmpp:fallback:0'/>",
    ] {
        assert_eq!(text(signal), (None, None), "{signal}");
    }
}

#[test]
fn a_mark_of_rooms_makes_no_private_message_of_a_colleagues() {
    let marked = "<body>x</body><x xmlns='http://jabber.org/protocol/muc#user'/>";
    assert_eq!(
        received(&format!("{FROM_BOB} type='chat'"), marked).kind,
        MessageKind::Chat
    );
}

#[test]
fn an_archive_says_of_what_was_sent_again_when_it_came_first() {
    let delayed = |by: &str| {
        let inner = format!(
            "<message xmlns='jabber:client' {FROM_BOB} type='chat'><body>x</body>\
             <delay xmlns='urn:xmpp:delay' from='{by}' stamp='2026-11-22T17:00:00Z'/></message>"
        );
        let result: Element = format!(
            "<result xmlns='urn:xmpp:mam:2' id='2'><forwarded xmlns='urn:xmpp:forward:0'>\
             <delay xmlns='urn:xmpp:delay' stamp='2026-11-22T17:05:00Z'/>{inner}</forwarded></result>"
        )
        .parse()
        .unwrap();
        with(StanzaIds::Announced, |context| archived(result, &alice(), context).1).unwrap()
    };
    let first = Timestamp::parse("2026-11-22T17:00:00Z");
    assert_eq!(delayed("ward.example").resent_of, first);
    assert_eq!(
        delayed("ward.example").stamp.unwrap().at,
        Timestamp::parse("2026-11-22T17:05:00Z").unwrap()
    );
    assert_eq!(delayed("elsewhere.example").resent_of, None);
    let live = received(&format!("{FROM_BOB} type='chat'"), "<body>x</body>");
    assert_eq!(live.resent_of, None);
}
