//! What the client sends, element by element.

use bytes::{Buf, BytesMut};
use rxml::{Parse, RawParser};
use tokio::io::{AsyncRead, AsyncReadExt};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::minidom::tree_builder::TreeBuilder;

/// Something complete on the client's half of the stream.
#[derive(Debug)]
pub(crate) enum Incoming {
    Header,
    Element(Element),
    End,
}

/// Parser and buffer of the client's half of a stream.
pub(crate) struct Reader {
    parser: RawParser,
    tree: TreeBuilder,
    has_begun: bool,
    buffer: BytesMut,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Self {
            parser: RawParser::default(),
            tree: TreeBuilder::new(),
            has_begun: false,
            buffer: BytesMut::new(),
        }
    }

    /// A new stream begins on the same connection (RFC 6120 section 4.3.3).
    pub(crate) fn restart(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        *self = Self { buffer, ..Self::new() };
    }

    /// The next complete thing. Dropping the future loses nothing.
    pub(crate) async fn next<R: AsyncRead + Unpin>(&mut self, io: &mut R) -> Incoming {
        loop {
            if let Some(incoming) = self.parse() {
                return incoming;
            }
            match io.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return Incoming::End,
                Ok(_) => {}
            }
        }
    }

    fn parse(&mut self) -> Option<Incoming> {
        loop {
            let mut rest: &[u8] = self.buffer.as_ref();
            let before = rest.len();
            let event = self.parser.parse(&mut rest, false);
            let taken = before - rest.len();
            self.buffer.advance(taken);
            let event = match event {
                Ok(Some(event)) => event,
                Ok(None) => return None,
                Err(rxml::error::EndOrError::NeedMoreData) => return None,
                Err(rxml::error::EndOrError::Error(_)) => return Some(Incoming::End),
            };
            self.tree.process_event(event).ok()?;
            if self.tree.depth() == 0 && self.tree.root.is_some() {
                return Some(Incoming::End);
            }
            if self.tree.depth() == 1 {
                if !self.has_begun {
                    self.has_begun = true;
                    return Some(Incoming::Header);
                }
                if let Some(element) = self.tree.unshift_child() {
                    return Some(Incoming::Element(element));
                }
            }
        }
    }
}
