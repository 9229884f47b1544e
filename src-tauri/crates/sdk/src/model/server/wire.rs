//! Bytes of a client's stream to its header and elements. The client is our own and writes well-formed XML without comments, so
//! this only has to count what is open.

use wardline_xmpp::Element;

/// What a client sent.
pub(super) enum Sent {
    /// `<stream:stream>`: a stream begins anew.
    Header,
    /// A whole element.
    Element(Element),
    /// `</stream:stream>`.
    End,
}

/// What has come and is not whole yet.
#[derive(Default)]
pub(super) struct Inbound {
    text: String,
}

impl Inbound {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.text
            .push_str(std::str::from_utf8(bytes).expect("the client writes whole characters at a time"));
    }

    /// The next whole thing.
    pub(super) fn next(&mut self) -> Option<Sent> {
        let text = self.text.trim_start();
        let text = match text.strip_prefix("<?xml") {
            Some(rest) => &rest[rest.find("?>")? + 2..],
            None => text,
        };
        let skipped = self.text.len() - text.len();
        let (sent, length) = if text.starts_with("<stream:stream") {
            (Sent::Header, text.find('>')? + 1)
        } else if text.starts_with("</stream:stream") {
            (Sent::End, text.find('>')? + 1)
        } else {
            let length = element_length(text)?;
            (Sent::Element(parse(&text[..length])), length)
        };
        self.text.drain(..skipped + length);
        Some(sent)
    }
}

/// Length of the element that a text begins with, if it is whole.
fn element_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let open = at + text[at..].find('<')?;
        let close = tag_end(text, open)?;
        if text[open..].starts_with("</") {
            depth -= 1;
        } else if !text[..close].ends_with('/') {
            depth += 1;
        }
        at = close + 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Where the tag that begins at `open` ends: a `>` may stand inside an attribute.
fn tag_end(text: &str, open: usize) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text[open..].char_indices() {
        match (quote, character) {
            (None, '>') => return Some(open + at),
            (None, '\'' | '"') => quote = Some(character),
            (Some(held), _) if held == character => quote = None,
            _ => {}
        }
    }
    None
}

fn parse(text: &str) -> Element {
    Element::from_reader_with_prefixes(text.as_bytes(), "jabber:client".to_owned())
        .unwrap_or_else(|error| panic!("the client sent {text}: {error}"))
}
