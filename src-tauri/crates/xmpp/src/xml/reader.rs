//! Bytes to stream elements, under limits that one bad element cannot turn into a lost connection.
//!
//! The reader of `tokio-xmpp` 6.0 parses with `rxml`'s default limits, where one attribute of more than 8,192 bytes
//! ends the stream; as the server delivers the stanza again after every reconnect, any contact could keep anybody
//! offline. Here the parser's own limit lies far above what servers relay, and what is too large, too deep or too rich
//! is dropped as *one bad element*: its opening tag is kept, so that it is counted for stream management and an answer
//! can be matched to its question. Trees are built on a heap-allocated stack; the depth limit also bounds the recursion
//! of everything that walks or drops a finished element.

use bytes::{Buf, BytesMut};
use rxml::{Event, Parse, Parser, WithOptions};
use xmpp_parsers::minidom::Element;

use crate::ns;

/// What an element may measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes of one element at the top of the stream.
    pub(crate) bytes: usize,
    /// The same for messages and presences, of which anybody may send any number.
    pub(crate) message: usize,
    /// Levels of one element, itself included.
    pub(crate) depth: usize,
    /// Elements in one element, itself included.
    pub(crate) nodes: usize,
    /// Bytes of one tag or attribute. Beyond this the stream itself is given up.
    pub(crate) token: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Servers relay stanzas of 64 to 512 KiB; a roster of a whole hospital may have some ten thousand nodes.
        Self {
            bytes: 4 << 20,
            message: 1 << 20,
            depth: 64,
            nodes: 100_000,
            token: 16 << 20,
        }
    }
}

impl Limits {
    /// Of a stream on which nobody has signed in yet: whoever is at the other end has proven nothing but its
    /// certificate.
    pub(crate) const BEFORE_SIGN_IN: Self = Self {
        bytes: 256 << 10,
        message: 256 << 10,
        depth: 32,
        nodes: 4000,
        token: 256 << 10,
    };
}

/// A stream header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The server's name, as it says.
    pub(crate) from: Option<String>,
}

/// Something complete on the stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Incoming {
    /// The stream begins.
    Header(Header),
    /// An element.
    Element(Element),
    /// An element that broke a limit: its opening tag alone.
    Bad(Element),
    /// The stream ends.
    End,
}

/// The stream cannot be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    /// Not well-formed, or of a kind that XMPP forbids.
    #[error("malformed XML")]
    Malformed,
    /// The root is not that of an XMPP 1.0 stream.
    #[error("not an XMPP stream")]
    Header,
}

/// Where the reader stands inside a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Before the header.
    Nothing,
    /// Between elements.
    Stream,
    /// Inside an element that is being kept.
    Kept,
    /// Inside an element that broke a limit, this many levels deep.
    Dropped { depth: usize },
    /// After the end.
    Ended,
}

/// Reads one stream. Each restart of a stream needs a new one.
pub(crate) struct Reader {
    parser: Parser,
    limits: Limits,
    inside: Inside,
    /// Open elements, outermost first.
    open: Vec<Element>,
    bytes: usize,
    nodes: usize,
    /// Bytes taken since the last event: an unfinished tag.
    unfinished: usize,
    /// Bytes of the last element that was completed.
    completed: usize,
}

impl Reader {
    /// A reader at the beginning of a stream.
    pub(crate) fn new(limits: Limits) -> Self {
        let options = rxml::Options {
            max_token_length: limits.token,
            ..rxml::Options::default()
        };
        let mut parser = Parser::with_options(options);
        // Text comes as it arrives, so that the limit on bytes holds while a text is still growing.
        parser.set_text_buffering(false);
        Self {
            parser,
            limits,
            inside: Inside::Nothing,
            open: Vec::new(),
            bytes: 0,
            nodes: 0,
            unfinished: 0,
            completed: 0,
        }
    }

    /// Bytes of the last element that was completed, as far as they were kept.
    pub(crate) fn size(&self) -> usize {
        self.completed
    }

    /// Whether something has begun and is not complete. White space between elements is nothing.
    pub(crate) fn is_inside(&self) -> bool {
        match self.inside {
            Inside::Kept | Inside::Dropped { .. } => true,
            Inside::Nothing | Inside::Stream | Inside::Ended => self.unfinished > 0,
        }
    }

    /// Takes bytes until something is complete. `None`: more bytes are needed; all of `input` has been taken.
    ///
    /// # Errors
    /// The stream cannot be read on; the reader stays in that state.
    pub(crate) fn read(&mut self, input: &mut BytesMut) -> Result<Option<Incoming>, ReadError> {
        loop {
            let mut rest: &[u8] = input.as_ref();
            let before = rest.len();
            let event = self.parser.parse(&mut rest, false);
            let taken = before - rest.len();
            input.advance(taken);
            self.unfinished = self.unfinished.saturating_add(taken);
            match event {
                Ok(Some(event)) => {
                    self.unfinished = 0;
                    if let Some(incoming) = self.take(event)? {
                        return Ok(Some(incoming));
                    }
                }
                Ok(None) => return Ok(None),
                Err(rxml::error::EndOrError::NeedMoreData) => {
                    if self.unfinished > self.limits.token {
                        return Err(ReadError::Malformed);
                    }
                    return Ok(None);
                }
                Err(rxml::error::EndOrError::Error(_)) => return Err(ReadError::Malformed),
            }
        }
    }

    fn take(&mut self, event: Event) -> Result<Option<Incoming>, ReadError> {
        match event {
            Event::XmlDeclaration(..) => Ok(None),
            Event::StartElement(metrics, (namespace, name), attributes) => match self.inside {
                Inside::Nothing => {
                    if namespace.as_str() != ns::STREAM || name.as_str() != "stream" {
                        return Err(ReadError::Header);
                    }
                    let root = Self::element(&namespace, &name, attributes);
                    if !root.attr("version").is_some_and(|version| version.starts_with("1.")) {
                        return Err(ReadError::Header);
                    }
                    self.inside = Inside::Stream;
                    Ok(Some(Incoming::Header(Header {
                        from: root.attr("from").map(str::to_owned),
                    })))
                }
                Inside::Stream => {
                    self.open.push(Self::element(&namespace, &name, attributes));
                    self.bytes = metrics.len();
                    self.nodes = 1;
                    self.inside = Inside::Kept;
                    self.enforce();
                    Ok(None)
                }
                Inside::Kept => {
                    self.open.push(Self::element(&namespace, &name, attributes));
                    self.bytes = self.bytes.saturating_add(metrics.len());
                    self.nodes += 1;
                    self.enforce();
                    Ok(None)
                }
                Inside::Dropped { depth } => {
                    self.inside = Inside::Dropped { depth: depth + 1 };
                    Ok(None)
                }
                Inside::Ended => Err(ReadError::Malformed),
            },
            Event::Text(metrics, text) => {
                if self.inside == Inside::Kept {
                    self.bytes = self.bytes.saturating_add(metrics.len());
                    if let Some(top) = self.open.last_mut() {
                        top.append_text(text);
                    }
                    self.enforce();
                }
                Ok(None)
            }
            Event::EndElement(metrics) => match self.inside {
                Inside::Nothing | Inside::Ended => Err(ReadError::Malformed),
                Inside::Stream => {
                    self.inside = Inside::Ended;
                    Ok(Some(Incoming::End))
                }
                Inside::Kept => {
                    self.bytes = self.bytes.saturating_add(metrics.len());
                    let Some(done) = self.open.pop() else {
                        return Err(ReadError::Malformed);
                    };
                    if let Some(parent) = self.open.last_mut() {
                        parent.append_child(done);
                        return Ok(None);
                    }
                    self.inside = Inside::Stream;
                    self.completed = self.bytes;
                    Ok(Some(Incoming::Element(done)))
                }
                Inside::Dropped { depth: 1 } => {
                    self.inside = Inside::Stream;
                    self.completed = 0;
                    let Some(opening) = self.open.pop() else {
                        return Err(ReadError::Malformed);
                    };
                    Ok(Some(Incoming::Bad(opening)))
                }
                Inside::Dropped { depth } => {
                    self.inside = Inside::Dropped { depth: depth - 1 };
                    Ok(None)
                }
            },
        }
    }

    fn element(namespace: &rxml::Namespace<'_>, name: &rxml::NcName, attributes: rxml::AttrMap) -> Element {
        let mut element = Element::bare(name.as_str(), namespace.as_str());
        *element.attrs_mut() = attributes;
        element
    }

    /// Drops all but the opening tag of an element that breaks a limit.
    fn enforce(&mut self) {
        let depth = self.open.len();
        let most = match self.open.first() {
            Some(outermost) if matches!(outermost.name(), "message" | "presence") => self.limits.message,
            _ => self.limits.bytes,
        };
        if depth > self.limits.depth || self.bytes > most || self.nodes > self.limits.nodes {
            self.open.truncate(1);
            if let Some(outermost) = self.open.first_mut() {
                outermost.take_nodes();
            }
            self.inside = Inside::Dropped { depth };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
                        xmlns:stream='http://etherx.jabber.org/streams' from='ward.example' version='1.0'>";

    fn read_all(limits: Limits, text: &str, piece: usize) -> Result<Vec<Incoming>, ReadError> {
        let mut reader = Reader::new(limits);
        let mut found = Vec::new();
        let mut input = BytesMut::new();
        for bytes in text.as_bytes().chunks(piece) {
            input.extend_from_slice(bytes);
            while let Some(incoming) = reader.read(&mut input)? {
                found.push(incoming);
            }
        }
        Ok(found)
    }

    fn elements(found: &[Incoming]) -> Vec<(&'static str, &str)> {
        found
            .iter()
            .filter_map(|incoming| match incoming {
                Incoming::Element(e) => Some(("good", e.attr("id")?)),
                Incoming::Bad(e) => Some(("bad", e.attr("id")?)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_stream_reads_the_same_in_one_piece_and_byte_by_byte() {
        let text = format!("{OPEN}<message id='1'><body>a &lt; b</body></message> \n<iq id='2'/></stream:stream>");
        let whole = read_all(Limits::default(), &text, usize::MAX).unwrap();
        assert_eq!(whole, read_all(Limits::default(), &text, 1).unwrap());
        assert_eq!(elements(&whole), [("good", "1"), ("good", "2")]);
        let Some(Incoming::Element(message)) = whole.get(1) else {
            panic!("{whole:?}")
        };
        assert_eq!(message.get_child("body", ns::JABBER_CLIENT).unwrap().text(), "a < b");
        assert_eq!(whole.last(), Some(&Incoming::End));
    }

    #[test]
    fn an_attribute_of_nine_kilobytes_is_an_element_like_any_other() {
        let text = format!("{OPEN}<message id='1' x='{}'/><message id='2'/>", "a".repeat(9 << 10));
        let found = read_all(Limits::default(), &text, 4096).unwrap();
        assert_eq!(elements(&found), [("good", "1"), ("good", "2")]);
    }

    #[test]
    fn an_element_of_a_hundred_thousand_levels_is_one_bad_element_and_the_stream_goes_on() {
        let levels = 100_000;
        let text = format!(
            "{OPEN}<message id='1'>{}{}</message><message id='2'/>",
            "<a>".repeat(levels),
            "</a>".repeat(levels)
        );
        let found = read_all(Limits::default(), &text, 1000).unwrap();
        assert_eq!(elements(&found), [("bad", "1"), ("good", "2")]);
    }

    #[test]
    fn an_element_of_exactly_the_depth_allowed_is_kept() {
        let limits = Limits {
            depth: 3,
            ..Limits::default()
        };
        let text = format!("{OPEN}<m id='1'><a><b/></a></m><m id='2'><a><b><c/></b></a></m><m id='3'/>");
        let found = read_all(limits, &text, 7).unwrap();
        assert_eq!(elements(&found), [("good", "1"), ("bad", "2"), ("good", "3")]);
    }

    #[test]
    fn too_many_bytes_or_nodes_make_one_bad_element() {
        let limits = Limits {
            bytes: 1000,
            nodes: 20,
            ..Limits::default()
        };
        let text = format!(
            "{OPEN}<m id='1'>{}</m><m id='2'>{}</m><m id='3' x='{}'/><m id='4'>fine</m>",
            "x".repeat(1000),
            "<a/>".repeat(20),
            "y".repeat(1000)
        );
        let found = read_all(limits, &text, 13).unwrap();
        assert_eq!(
            elements(&found),
            [("bad", "1"), ("bad", "2"), ("bad", "3"), ("good", "4")]
        );
        let Some(Incoming::Bad(first)) = found.get(1) else {
            panic!("{found:?}")
        };
        assert_eq!(first.nodes().count(), 0);
    }

    #[test]
    fn a_message_may_be_less_large_than_an_answer() {
        let limits = Limits {
            message: 100,
            ..Limits::default()
        };
        let long = "x".repeat(200);
        let text = format!(
            "{OPEN}<message id='1'>{long}</message><presence id='2'>{long}</presence><iq id='3'>{long}</iq>\
             <message id='4'/>"
        );
        let found = read_all(limits, &text, 13).unwrap();
        assert_eq!(
            elements(&found),
            [("bad", "1"), ("bad", "2"), ("good", "3"), ("good", "4")]
        );
    }

    #[test]
    fn what_has_begun_and_is_not_complete_is_known_and_white_space_is_nothing() {
        let mut reader = Reader::new(Limits::default());
        let mut at = |text: &str| {
            let mut input = BytesMut::from(text);
            while reader.read(&mut input).unwrap().is_some() {}
            reader.is_inside()
        };
        assert!(!at(OPEN));
        for (text, is_inside) in [
            (" \n ", false),
            ("<mess", true),
            ("age>", true),
            ("</message>", false),
            ("  ", false),
            ("<a>", true),
            ("text ", true),
        ] {
            assert_eq!(at(text), is_inside, "{text}");
        }
    }

    #[test]
    fn what_xmpp_forbids_ends_the_stream() {
        for bad in [
            "<!-- x --><m/>",
            "<!DOCTYPE x>",
            "<?pi x?>",
            "<m>&unknown;</m>",
            "<m></n>",
            "<p:m/>",
            "<m a='1' a='2'/>",
        ] {
            assert_eq!(
                read_all(Limits::default(), &format!("{OPEN}{bad}"), 64),
                Err(ReadError::Malformed),
                "{bad}"
            );
        }
    }

    #[test]
    fn only_an_xmpp_1_0_stream_is_one() {
        for bad in [
            "<html/>",
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>",
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='0.9'>",
        ] {
            assert_eq!(read_all(Limits::default(), bad, 64), Err(ReadError::Header), "{bad}");
        }
    }

    #[test]
    fn a_tag_that_never_ends_is_given_up() {
        let limits = Limits {
            token: 1000,
            ..Limits::default()
        };
        let mut text = format!("{OPEN}<m ");
        for n in 0..500 {
            text.push_str(&format!("a{n}='x' "));
        }
        assert_eq!(read_all(limits, &text, 16), Err(ReadError::Malformed));
    }
}
