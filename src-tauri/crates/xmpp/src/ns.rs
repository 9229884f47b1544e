//! Namespaces, those of `xmpp-parsers` included, so that there is one place to look.

pub(crate) use xmpp_parsers::ns::*;

/// Message processing hints (XEP-0334).
pub(crate) const HINTS: &str = "urn:xmpp:hints";
/// Chat markers (XEP-0333).
pub(crate) const MARKERS: &str = "urn:xmpp:chat-markers:0";
/// Message retraction (XEP-0424).
pub(crate) const RETRACT: &str = "urn:xmpp:message-retract:1";
/// Message retraction, older form.
pub(crate) const RETRACT_0: &str = "urn:xmpp:message-retract:0";
/// Message fastening (XEP-0422), which the older retraction rides on.
pub(crate) const FASTEN: &str = "urn:xmpp:fasten:0";
/// Session establishment (RFC 3921 section 3).
pub(crate) const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
/// Conditions of stanza errors (RFC 6120 section 8.3.3).
pub(crate) const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
/// Conditions of stream errors (RFC 6120 section 4.9.3).
pub(crate) const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
/// The MongooseIM inbox.
pub(crate) const INBOX: &str = "erlang-solutions.com:xmpp:inbox:0";
/// MUC Light.
pub(crate) const MUC_LIGHT: &str = "urn:xmpp:muclight:0";
/// Attributes of XML itself, such as `xml:lang`.
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
