//! What was recorded from a running MongooseIM, for tests: `fixtures/` through the real reader.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::{Element, Node};

use crate::ids::Timestamp;
use crate::xml::{Build, Incoming, Input, Limits};

const RECORDINGS: [&str; 12] = [
    include_str!("../fixtures/mongooseim/01_stream_features_auth_bind.xml"),
    include_str!("../fixtures/mongooseim/02_disco.xml"),
    include_str!("../fixtures/mongooseim/03_live_messages_carbons_offline.xml"),
    include_str!("../fixtures/mongooseim/04_inbox.xml"),
    include_str!("../fixtures/mongooseim/05_mam.xml"),
    include_str!("../fixtures/mongooseim/06_muclight.xml"),
    include_str!("../fixtures/mongooseim/07_stream_management.xml"),
    include_str!("../fixtures/mongooseim/07b_sm_resume_exact_counts.xml"),
    include_str!("../fixtures/mongooseim/08_csi.xml"),
    include_str!("../fixtures/mongooseim/09_muc_classic.xml"),
    include_str!("../fixtures/mongooseim/10_full_config_sasl2_pep_upload_push.xml"),
    include_str!("../fixtures/mongooseim/11_misc_reset_mam_limits_roster_blocking.xml"),
];

/// The inbox.
pub(crate) const INBOX: &str = RECORDINGS[3];

/// MUC Light.
pub(crate) const MUC_LIGHT: &str = RECORDINGS[5];

/// Classic rooms.
pub(crate) const CLASSIC_ROOMS: &str = RECORDINGS[9];

/// This and that, blocking among it.
pub(crate) const MISCELLANY: &str = RECORDINGS[11];

/// A receipt that asks to be kept, which the inbox takes for an answer. Single stanzas, not a whole conversation; see
/// [`stanzas`].
pub(crate) const STORED_RECEIPT: &str = include_str!("../fixtures/mongooseim/13_receipt_resets_unread.xml");

const HEADER: &str =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

/// Who sent something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    Client,
}

/// What one side sent at one time on the connection of one client, with that client's account.
fn blocks(recording: &str, side: Side) -> Vec<(BareJid, String)> {
    let direction = match side {
        Side::Server => " S->C",
        Side::Client => " C->S",
    };
    let mut blocks = Vec::new();
    for part in recording.split("<!-- ").skip(1) {
        let (title, content) = part.split_once("-->").unwrap();
        let Some(client) = title.trim().strip_suffix(direction) else {
            continue;
        };
        // Others than `name/resource` are raw connections that never signed in.
        let Some((name, _)) = client.rsplit(' ').next().unwrap().split_once('/') else {
            continue;
        };
        let content = content
            .replace("<?xml version='1.0'?>", "")
            .replace("</stream:stream>", "");
        let content = match content.find("<stream:stream ") {
            Some(at) => format!("{}{}", &content[..at], &content[at..].split_once('>').unwrap().1),
            None => content,
        };
        blocks.push((BareJid::new(&format!("{name}@localhost")).unwrap(), content));
    }
    blocks
}

/// Every element that `side` sent, and on whose connection.
pub(crate) async fn elements(side: Side) -> Vec<(BareJid, Element)> {
    let mut elements = Vec::new();
    for (own, content) in RECORDINGS.iter().flat_map(|recording| blocks(recording, side)) {
        for element in read(&content).await {
            // Some were recorded on a second domain.
            let to = element
                .attr("to")
                .and_then(|to| Jid::new(to).ok())
                .filter(|to| to.node() == own.node());
            elements.push((to.map_or_else(|| own.clone(), |to| to.to_bare()), element));
        }
    }
    elements
}

/// The elements that a piece of a stream consists of.
pub(crate) async fn read(content: &str) -> Vec<Element> {
    let mut input = Input::new(Limits::default());
    let text = format!("{HEADER}{content}</stream:stream>");
    let mut bytes = text.as_bytes();
    let mut elements = Vec::new();
    loop {
        match input.next(&mut bytes).await.unwrap() {
            Incoming::Header(_) => {}
            Incoming::Element(element) => elements.push(element),
            Incoming::Bad(opening) => panic!("{opening:?}"),
            Incoming::End => return elements,
        }
    }
}

/// What one side sent in a recording of single stanzas, in its order.
pub(crate) async fn stanzas(recording: &str, side: Side) -> Vec<Element> {
    let from = match side {
        Side::Server => " server",
        Side::Client => " client",
    };
    let mut stanzas = Vec::new();
    for part in recording.split("<!-- ").skip(1) {
        let (title, content) = part.split_once("-->").unwrap();
        if title.trim_end().ends_with(from) {
            stanzas.extend(read(content).await);
        }
    }
    stanzas
}

/// A part of a recording under one title.
pub(crate) struct Section {
    /// As `18.2`.
    pub(crate) number: String,
    /// What was said, in the order of the recording.
    pub(crate) steps: Vec<Step>,
}

/// Something that was said.
pub(crate) struct Step {
    /// Name and resource, as `alice/phone`.
    pub(crate) client: String,
    pub(crate) side: Side,
    pub(crate) xml: String,
}

/// The sections of a recording; what comes before the first title is left out, as is the end of streams.
pub(crate) fn sections(recording: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for part in recording.split("<!-- ").skip(1) {
        let (title, xml) = part.split_once("-->").unwrap();
        if let Some(title) = title.strip_prefix("===== ") {
            let number = title.split(' ').next().unwrap().trim_end_matches('.').to_owned();
            let steps = Vec::new();
            sections.push(Section { number, steps });
            continue;
        }
        let (who, side) = match title.trim_end().rsplit_once(' ') {
            Some((who, "C->S")) => (who, Side::Client),
            Some((who, "S->C")) => (who, Side::Server),
            _ => continue,
        };
        let client = who.rsplit(' ').next().unwrap();
        if let Some(section) = sections.last_mut()
            && client.contains('/')
            && xml.trim().starts_with('<')
            && !xml.trim().starts_with("</")
        {
            section.steps.push(Step {
                client: client.to_owned(),
                side,
                xml: xml.trim().to_owned(),
            });
        }
    }
    sections
}

/// Every element of that name at any depth of what either side sent.
pub(crate) async fn payloads(name: &str, namespace: &str) -> Vec<Element> {
    fn search(element: &Element, name: &str, namespace: &str, found: &mut Vec<Element>) {
        if element.is(name, namespace) {
            found.push(element.clone());
        }
        for child in element.children() {
            search(child, name, namespace, found);
        }
    }
    let mut found = Vec::new();
    for side in [Side::Server, Side::Client] {
        for (_, element) in elements(side).await {
            search(&element, name, namespace, &mut found);
        }
    }
    found
}

/// Checks that every recorded element of that name decodes as `T` and encodes back to what it was. How many there were.
pub(crate) async fn round_trips<T>(name: &str, namespace: &str) -> usize
where
    T: TryFrom<Element> + Into<Element>,
{
    let payloads = payloads(name, namespace).await;
    for payload in &payloads {
        let Ok(read) = T::try_from(payload.clone()) else {
            panic!("cannot be read: {payload:?}");
        };
        assert_eq!(plain(&read.into()), plain(payload));
    }
    payloads.len()
}

/// Without empty text, which the wire does not know, and with times in one spelling.
fn plain(element: &Element) -> Element {
    let mut plain = element.clone();
    if let Some(stamp) = plain.attr("stamp").and_then(Timestamp::parse) {
        plain = plain.with_attr("stamp", stamp.format().unwrap());
    }
    for node in plain.take_nodes() {
        match node {
            Node::Element(child) => {
                plain.append_child(self::plain(&child));
            }
            Node::Text(text) if text.is_empty() => {}
            Node::Text(text) => {
                plain.append_text(text);
            }
        }
    }
    plain
}
