//! The text of a message: which of its parts a person is to read, and why there may be none.
//!
//! Nothing that a person wrote may vanish. A subject stands above the text, a link to a file below it; where only
//! formatted text came (XEP-0071), its plain words stand. What has no part that can be read here says so.

use xmpp_parsers::minidom::{Element, Node};

use super::received::{MessageKind, ReceivedMessage, Unreadable};
use crate::ns;

/// Most characters of a link that is appended to a text.
const LONGEST_LINK: usize = 2_000;
/// Most links that are appended to a text.
const MOST_LINKS: usize = 16;
/// How deep formatted text is read.
const DEPTH: usize = 32;

/// The parts of a message that may hold its text, as they are met.
#[derive(Default)]
pub(super) struct Parts {
    body: Option<Part>,
    subject: Option<Part>,
    formatted: Option<String>,
    links: Vec<String>,
    is_encrypted: bool,
    is_blank: bool,
    /// Something that is not understood here, and no signal between apps.
    is_unknown: bool,
}

/// A text in one language.
struct Part {
    text: String,
    /// It stands for all languages (RFC 6121 section 5.2.3).
    is_default: bool,
}

impl Part {
    /// Of several languages the first without a language counts, else the first.
    fn choose(slot: &mut Option<Self>, element: &Element) {
        let is_default = element.attr_ns(ns::XML, "lang").is_none();
        if slot.as_ref().is_none_or(|chosen| is_default && !chosen.is_default) {
            let text = element.text();
            *slot = Some(Self { text, is_default });
        }
    }
}

impl Parts {
    /// Reads a `<body/>`.
    pub(super) fn body(&mut self, body: &Element) {
        let text = body.text();
        if text.is_empty() {
            return;
        }
        if is_blank(&text) {
            self.is_blank = true;
        } else {
            Part::choose(&mut self.body, body);
        }
    }

    /// Reads a `<subject/>`.
    pub(super) fn subject(&mut self, subject: &Element) {
        Part::choose(&mut self.subject, subject);
    }

    /// Looks at a payload before its own codec reads it.
    pub(super) fn payload(&mut self, payload: &Element) {
        if is_encrypted(payload) {
            self.is_encrypted = true;
        } else if payload.is("html", ns::XHTML_IM) {
            let mut words = String::new();
            plain_words(payload, DEPTH, &mut words);
            let words = words.trim();
            if !is_blank(words) {
                self.formatted.get_or_insert_with(|| words.to_owned());
            }
        } else if payload.has_ns(ns::OOB) || payload.has_ns(ns::REFERENCE) || payload.ns().starts_with(ns::FILE_SHARING)
        {
            self.links_of(payload, DEPTH);
        }
    }

    /// Notes a payload that no codec knows.
    pub(super) fn unknown(&mut self, namespace: &str) {
        self.is_unknown |= !is_signal(namespace);
    }

    /// Links to files: out-of-band data (XEP-0066) and the sources of shared files (XEP-0103, XEP-0385, XEP-0447).
    fn links_of(&mut self, payload: &Element, depth: usize) {
        let link = if payload.is("x", ns::OOB) {
            payload.get_child("url", ns::OOB).map(Element::text)
        } else if payload.is("url-data", ns::URL_DATA) {
            payload.attr("target").map(str::to_owned)
        } else {
            None
        };
        let link = link.map(|link| link.trim().to_owned());
        if let Some(link) = link.filter(|link| !is_blank(link) && link.len() <= LONGEST_LINK)
            && self.links.len() < MOST_LINKS
            && !self.links.contains(&link)
        {
            self.links.push(link);
        }
        if depth > 0 {
            for child in payload.children() {
                self.links_of(child, depth - 1);
            }
        }
    }

    /// Puts the text together, or says why there is none.
    pub(super) fn settle(self, into: &mut ReceivedMessage) {
        let body = self.body.map(|body| body.text);
        if self.is_encrypted || body.as_deref().is_some_and(|body| body.starts_with("?OTR")) {
            // What stands beside it was not written by anybody: it says that it is encrypted.
            into.unreadable = Some(Unreadable::Encrypted);
            return;
        }
        let mut text = body.or(self.formatted);
        for link in self.links {
            if !text.as_deref().is_some_and(|text| text.contains(&link)) {
                append(&mut text, &link);
            }
        }
        let subject = self.subject.map(|subject| subject.text);
        if into.kind == MessageKind::GroupChat && text.is_none() && !self.is_blank {
            // XEP-0045 section 8.1: the room's own.
            let is_said = self.is_unknown && subject.is_none();
            into.subject = subject;
            into.unreadable = is_said.then_some(Unreadable::Unsupported);
            return;
        }
        let subject = subject.map(|subject| subject.trim().to_owned());
        let subject = subject.filter(|subject| !is_blank(subject) && text.as_ref() != Some(subject));
        if let Some(mut above) = subject {
            if let Some(text) = &text {
                let moved = u32::try_from(above.chars().count().saturating_add(1)).unwrap_or(u32::MAX);
                for mention in &mut into.mentions {
                    mention.begin = mention.begin.saturating_add(moved);
                    mention.end = mention.end.saturating_add(moved);
                }
                above.push('\n');
                above.push_str(text);
            }
            text = Some(above);
        }
        into.body = text;
        into.unreadable = match &into.body {
            Some(_) => None,
            None if self.is_blank => Some(Unreadable::Blank),
            None => self.is_unknown.then_some(Unreadable::Unsupported),
        };
    }
}

fn append(text: &mut Option<String>, more: &str) {
    match text {
        Some(text) => {
            text.push('\n');
            text.push_str(more);
        }
        None => *text = Some(more.to_owned()),
    }
}

/// Whether a payload holds the message in encrypted form. One that only carries a key holds none (XEP-0384 section
/// 4.6).
fn is_encrypted(payload: &Element) -> bool {
    let namespace = payload.ns();
    match payload.name() {
        "encrypted" if namespace == ns::OMEMO_OLD || namespace.starts_with(ns::OMEMO) => {
            payload.children().any(|child| child.name() == "payload")
        }
        "openpgp" => namespace == ns::OPENPGP,
        "x" => namespace == ns::OPENPGP_OLD,
        "e2e" => namespace == ns::E2E,
        _ => false,
    }
}

/// The words of formatted text: blocks and breaks begin a line.
fn plain_words(element: &Element, depth: usize, into: &mut String) {
    if depth == 0 {
        return;
    }
    let is_block = matches!(
        element.name(),
        "p" | "div" | "li" | "br" | "blockquote" | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
    );
    if is_block && !into.is_empty() && !into.ends_with('\n') {
        into.push('\n');
    }
    for node in element.nodes() {
        match node {
            Node::Text(text) => into.push_str(text),
            Node::Element(child) if child.name() == "img" => into.push_str(child.attr("alt").unwrap_or_default()),
            Node::Element(child) => plain_words(child, depth - 1, into),
        }
    }
}

/// Whether a text shows nothing: white space, and characters without a shape.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
                | '\u{e0000}'..='\u{e0fff}')
    })
}

/// Whether a namespace is of what apps and servers say to each other beside texts: nobody has written it.
fn is_signal(namespace: &str) -> bool {
    const SIGNALS: &[&str] = &[
        "http://jabber.org/protocol/address",
        "http://jabber.org/protocol/caps",
        "http://jabber.org/protocol/chatstates",
        "http://jabber.org/protocol/disco",
        "http://jabber.org/protocol/feature-neg",
        "http://jabber.org/protocol/muc",
        "http://jabber.org/protocol/nick",
        "http://jabber.org/protocol/pubsub",
        "http://jabber.org/protocol/shim",
        "http://jabber.org/protocol/xhtml-im",
        "eu.siacs.conversations.axolotl",
        "erlang-solutions.com:",
        "esl:",
        "jabber:x:conference",
        "jabber:x:delay",
        "jabber:x:event",
        "jabber:x:oob",
        "storage:",
        "urn:esl:",
        "urn:wardline:",
        "urn:xmpp:avatar",
        "urn:xmpp:bidi",
        "urn:xmpp:bob",
        "urn:xmpp:bookmarks",
        "urn:xmpp:carbons",
        "urn:xmpp:chat-markers",
        "urn:xmpp:csi",
        "urn:xmpp:delay",
        "urn:xmpp:eme",
        "urn:xmpp:fallback",
        "urn:xmpp:fasten",
        "urn:xmpp:forward",
        "urn:xmpp:hints",
        "urn:xmpp:idle",
        "urn:xmpp:jingle",
        "urn:xmpp:mam",
        "urn:xmpp:mds",
        "urn:xmpp:message-attaching",
        "urn:xmpp:message-correct",
        "urn:xmpp:message-moderate",
        "urn:xmpp:message-retract",
        "urn:xmpp:mix",
        "urn:xmpp:muclight",
        "urn:xmpp:occupant-id",
        "urn:xmpp:omemo",
        "urn:xmpp:ping",
        "urn:xmpp:push",
        "urn:xmpp:reactions",
        "urn:xmpp:receipts",
        "urn:xmpp:reference",
        "urn:xmpp:reply",
        "urn:xmpp:sid",
        "urn:xmpp:smart-markers",
        "urn:xmpp:styling",
        "urn:xmpp:thread",
        "urn:xmpp:time",
        "vcard-temp",
    ];
    SIGNALS.iter().any(|signal| namespace.starts_with(signal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_blank() {
        for blank in ["", " ", "\n\t ", "\u{200b}\u{2060}", "\u{3164}", "\u{202e}\u{feff}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for shown in [".", "\u{200b}x", "0", "👍", "ا", "-"] {
            assert!(!is_blank(shown), "{shown:?}");
        }
    }
}
