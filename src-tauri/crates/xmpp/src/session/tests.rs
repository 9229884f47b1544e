//! The session against a scripted server: each defect named in the module's documentation, and what real servers cannot
//! be made to do.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use super::scripted::Server;
use crate::ids::MessageId;
use crate::message::{OutgoingMessage, Stanza};

mod acknowledgement;
mod credential;
mod ending;
mod flood;
mod poison;
mod resumption;
mod rooms;
mod scram;
mod sign_in;

fn message(id: &str) -> Stanza {
    OutgoingMessage::to_person(
        BareJid::new("bob@ward.example").unwrap(),
        MessageId::new(id).unwrap(),
        "hello",
    )
    .build()
}

fn scram_text(element: &Element) -> String {
    String::from_utf8(BASE64.decode(element.text()).unwrap()).unwrap()
}

fn encoded_text(text: &str) -> String {
    match text {
        "" => "=".to_owned(),
        text => BASE64.encode(text),
    }
}

fn ping() -> Element {
    Element::bare("ping", "urn:xmpp:ping")
}

async fn expect_message(server: &mut Server, id: &str) {
    assert_eq!(server.element_named("message").await.attr("id"), Some(id));
}
