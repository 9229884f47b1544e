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
/// Message retraction by the archive's id, of MongooseIM.
pub(crate) const RETRACT_BY_STANZA_ID: &str = "urn:esl:message-retract-by-stanza-id:0";
/// Message fastening (XEP-0422), which the older retraction rides on.
pub(crate) const FASTEN: &str = "urn:xmpp:fasten:0";
/// Limits of a stream (XEP-0478).
pub(crate) const STREAM_LIMITS: &str = "urn:xmpp:stream-limits:0";
/// Session establishment (RFC 3921 section 3).
pub(crate) const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
/// Conditions of stanza errors (RFC 6120 section 8.3.3).
pub(crate) const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
/// Conditions of stream errors (RFC 6120 section 4.9.3).
pub(crate) const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
/// The MongooseIM inbox.
pub(crate) const INBOX: &str = "erlang-solutions.com:xmpp:inbox:0";
/// Properties of one conversation in the MongooseIM inbox.
pub(crate) const INBOX_CONVERSATION: &str = "erlang-solutions.com:xmpp:inbox:0#conversation";
/// MongooseIM smart markers.
pub(crate) const SMART_MARKERS: &str = "esl:xmpp:smart-markers:0";
/// MUC Light.
pub(crate) const MUC_LIGHT: &str = "urn:xmpp:muclight:0";
/// MUC Light: who is in a room.
pub(crate) const MUC_LIGHT_AFFILIATIONS: &str = "urn:xmpp:muclight:0#affiliations";
/// MUC Light: whose invitations are refused.
pub(crate) const MUC_LIGHT_BLOCKING: &str = "urn:xmpp:muclight:0#blocking";
/// MUC Light: name and subject of a room.
pub(crate) const MUC_LIGHT_CONFIGURATION: &str = "urn:xmpp:muclight:0#configuration";
/// MUC Light: making a room.
pub(crate) const MUC_LIGHT_CREATE: &str = "urn:xmpp:muclight:0#create";
/// MUC Light: the end of a room.
pub(crate) const MUC_LIGHT_DESTROY: &str = "urn:xmpp:muclight:0#destroy";
/// MUC Light: configuration and occupants at once.
pub(crate) const MUC_LIGHT_INFO: &str = "urn:xmpp:muclight:0#info";
/// Running a room (XEP-0045 section 9).
pub(crate) const MUC_ADMIN: &str = "http://jabber.org/protocol/muc#admin";
/// Owning a room (XEP-0045 section 10).
pub(crate) const MUC_OWNER: &str = "http://jabber.org/protocol/muc#owner";
/// Direct invitations into rooms (XEP-0249).
pub(crate) const DIRECT_INVITATION: &str = "jabber:x:conference";
/// Registration (XEP-0077).
pub(crate) const REGISTER: &str = "jabber:iq:register";
/// Searching people (XEP-0055).
pub(crate) const SEARCH: &str = "jabber:iq:search";
/// What a person has decided about their conversations; Wardline's own.
pub(crate) const DECISIONS: &str = "urn:wardline:conversations:0";
/// What somebody has changed about a team; Wardline's own.
pub(crate) const TEAM: &str = "urn:wardline:team:0";
/// References (XEP-0372).
pub(crate) const REFERENCE: &str = "urn:xmpp:reference:0";
/// Replies (XEP-0461).
pub(crate) const REPLY: &str = "urn:xmpp:reply:0";
/// Attributes of XML itself, such as `xml:lang`.
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// Formatted text (XEP-0071).
pub(crate) const XHTML_IM: &str = "http://jabber.org/protocol/xhtml-im";
/// Links beside a text (XEP-0066).
pub(crate) const OOB: &str = "jabber:x:oob";
/// Where something can be fetched (XEP-0103).
pub(crate) const URL_DATA: &str = "http://jabber.org/protocol/url-data";
/// Encryption with OMEMO (XEP-0384), every version of it that is numbered.
pub(crate) const OMEMO: &str = "urn:xmpp:omemo:";
/// Encryption with OMEMO, the form that most apps speak.
pub(crate) const OMEMO_OLD: &str = "eu.siacs.conversations.axolotl";
/// Encryption with OpenPGP (XEP-0373).
pub(crate) const OPENPGP: &str = "urn:xmpp:openpgp:0";
/// Encryption with OpenPGP, older form (XEP-0027).
pub(crate) const OPENPGP_OLD: &str = "jabber:x:encrypted";
/// Encryption with S/MIME (RFC 3923).
pub(crate) const E2E: &str = "urn:ietf:params:xml:ns:xmpp-e2e";
/// Sharing files (XEP-0447), every version of it.
pub(crate) const FILE_SHARING: &str = "urn:xmpp:sfs:";
