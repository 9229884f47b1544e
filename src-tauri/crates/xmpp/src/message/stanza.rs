//! A stanza that is ready to be sent, and the limit of its size.

use xmpp_parsers::message::Message;
use xmpp_parsers::minidom::Element;

/// Size of the largest stanza that the session sends, in bytes. MongooseIM and ejabberd end the connection over one of
/// 64 KiB and more.
pub const MAX_STANZA_BYTES: usize = 60_000;

/// A message stanza, ready to be sent.
#[derive(Clone, PartialEq)]
pub struct Stanza {
    element: Element,
    size: usize,
}

impl Stanza {
    /// Size on the wire, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The stanza as XML.
    #[must_use]
    pub fn element(&self) -> &Element {
        &self.element
    }
}

impl From<Message> for Stanza {
    fn from(message: Message) -> Self {
        Self::from(Element::from(message))
    }
}

impl From<Element> for Stanza {
    fn from(element: Element) -> Self {
        let size = crate::xml::encoded(&element).len();
        Self { element, size }
    }
}

/// Size of a stanza on the wire, in bytes.
#[must_use]
pub fn size_of(stanza: &Stanza) -> usize {
    stanza.size()
}

crate::redact::redacted_debug!(Stanza);
