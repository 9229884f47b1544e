//! XML on the wire: one reader and one writer for all phases of a stream.
//!
//! # Codecs
//!
//! Payloads are `xso` derives: those of `xmpp_parsers` where it has the extension and takes what servers send, our own
//! elsewhere. Code by hand, over [`Element`](xmpp_parsers::minidom::Element) and [`Build`], remains for
//! - a request without content and the envelope around another codec's payload, where a type would say nothing that the
//!   element does not;
//! - stanzas as a whole and lists: a derived decoder refuses all of it for one malformed attribute, and a malformed
//!   entry must cost itself only;
//! - one element in two namespaces, as a derive has one.
//!
//! Each module that does so names its reason.

mod build;
mod reader;
mod wire;
mod writer;

pub(crate) use build::{Build, element};
pub(crate) use reader::{Incoming, Limits};
pub(crate) use wire::{Input, InputError};
pub(crate) use writer::{STREAM_END, encoded, stream_header};
