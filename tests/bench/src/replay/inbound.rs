//! Bytes of our own client's stream to its header and elements. It writes well-formed XML without comments, so this only has to
//! count what is open.

use wardline_xmpp::Element;

/// What a client sent.
pub(super) enum Sent {
    /// A stream begins anew.
    Header,
    /// A whole element.
    Element(Element),
    /// The stream ends, or cannot be read on.
    End,
}

/// What has come and is not whole yet.
#[derive(Default)]
pub(super) struct Inbound {
    text: String,
}

impl Inbound {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.text.push_str(&String::from_utf8_lossy(bytes));
    }

    /// The next whole thing.
    pub(super) fn next(&mut self) -> Option<Sent> {
        let trimmed = self.text.trim_start();
        let text = match trimmed.strip_prefix("<?xml") {
            Some(rest) => rest.split_once("?>")?.1,
            None => trimmed,
        };
        let skipped = self.text.len() - text.len();
        let (sent, length) = if text.starts_with("<stream:stream") {
            (Sent::Header, text.find('>')? + 1)
        } else if text.starts_with("</stream:stream") {
            (Sent::End, text.find('>')? + 1)
        } else {
            let length = element_length(text)?;
            let element = text.get(..length).and_then(|text| text.parse().ok());
            (element.map_or(Sent::End, Sent::Element), length)
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
        let open = at + text.get(at..)?.find('<')?;
        let close = tag_end(text, open)?;
        if text.get(open..)?.starts_with("</") {
            depth = depth.checked_sub(1)?;
        } else if !text.get(..close)?.ends_with('/') {
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
    for (at, character) in text.get(open..)?.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(open + at),
            (None, '\'' | '"') => quote = Some(character),
            (Some(held), _) if held == character => quote = None,
            _ => {}
        }
    }
    None
}
