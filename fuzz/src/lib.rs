//! What both targets share: the stream that an input is the rest of, and what must be true of everything that is heard on it.

#![forbid(unsafe_code)]

use wardline_xmpp::message::{ReceivedMessage, Route};
use wardline_xmpp::session::SessionEvent;
use wardline_xmpp::session::heard::{Heard, Listener};
use wardline_xmpp::{BareJid, Element, FullJid, Jid};

/// Who is signed in.
pub const OWN: &str = "alice@ward.example/desk";
/// A room that is being entered.
pub const ROOM: &str = "round@rooms.ward.example";

/// What comes before an input: it begins with the first stanza.
const HEADER: &[u8] =
    b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

/// Everything that is heard of an input.
pub async fn hear(input: &[u8]) -> Vec<Heard> {
    let own = FullJid::new(OWN).expect("an address");
    let room = BareJid::new(ROOM).expect("an address");
    let mut listener = Listener::new(own.clone(), &room);
    let heard = listener.hear(&[HEADER, input].concat()).await;
    let mut asked = 0;
    for one in &heard {
        for event in &one.events {
            if let SessionEvent::Message(message) = event {
                check(message, &one.element, &listener, &own.to_bare());
            }
        }
        if listener.is_own(one.element.attr("from")) && one.element.has_child("result", "urn:xmpp:mam:2") {
            asked += 1;
        }
        if let Some(Ok(page)) = &one.page {
            assert!(page.messages.len() + page.failures.len() <= asked, "a result from somebody else");
            assert!(page.messages.iter().all(|message| message.route == Route::Archive));
        }
    }
    heard
}

/// Whether a message is from whom it says, by what stands in the element that brought it.
fn check(message: &ReceivedMessage, element: &Element, listener: &Listener, own: &BareJid) {
    let from = element.attr("from").map(|from| Jid::new(from).expect("a checked address"));
    let sender = from.unwrap_or_else(|| own.clone().into());
    match message.route {
        Route::Live => assert_eq!(message.from, sender, "a message in another's name"),
        Route::CarbonSent | Route::CarbonReceived => assert_eq!(sender, *own, "a carbon from somebody else"),
        Route::Archive => panic!("an archived message that nobody asked for"),
        Route::Inbox => assert!(listener.is_own(element.attr("from")), "an inbox from somebody else"),
    }
    if let Some(id) = &message.archive_id {
        let mut by = Vec::new();
        stanza_ids(element, id.as_str(), &mut by);
        let rightful = |by: &BareJid| by == own || *by == message.conversation;
        assert!(by.iter().any(rightful), "an archive id that only its sender vouches for");
    }
}

/// Who gave an id, wherever in an element it stands.
fn stanza_ids(element: &Element, id: &str, by: &mut Vec<BareJid>) {
    if element.is("stanza-id", "urn:xmpp:sid:0") && element.attr("id") == Some(id) {
        by.extend(element.attr("by").and_then(|by| BareJid::new(by).ok()));
    }
    element.children().for_each(|child| stanza_ids(child, id, by));
}
