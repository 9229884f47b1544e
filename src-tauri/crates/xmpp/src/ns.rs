//! Namespaces, those of `xmpp-parsers` included, so that there is one place to look.

pub(crate) use xmpp_parsers::ns::*;

/// Message processing hints (XEP-0334).
pub(crate) const HINTS: &str = "urn:xmpp:hints";
/// Chat markers (XEP-0333).
pub(crate) const MARKERS: &str = "urn:xmpp:chat-markers:0";
