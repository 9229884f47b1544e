//! Classifies stanzas and stream errors, and builds `<iq/>`.
//!
//! By hand: `xmpp_parsers` refuses a whole stanza for one malformed attribute or an unknown error condition, and a
//! request that cannot be read must still be answered, with the sender and the id as they came.

use xmpp_parsers::jid::Jid;
use xmpp_parsers::minidom::Element;

use super::error::{RequestError, SessionError, StanzaCondition, StreamCondition};
use crate::ns;
use crate::xml::{Build, element};

/// The condition inside a stanza of type `error`.
pub(crate) fn condition_of(stanza: &Element) -> StanzaCondition {
    stanza
        .children()
        .find(|child| child.name() == "error")
        .and_then(|error| {
            error
                .children()
                .find(|child| child.has_ns(ns::STANZA_ERRORS) && child.name() != "text")
        })
        .map_or(StanzaCondition::UndefinedCondition, |condition| {
            StanzaCondition::from_name(condition.name())
        })
}

/// The payload of an answer, decoded.
pub(crate) fn answered<T: TryFrom<Element>>(answer: Option<Element>) -> Result<T, RequestError> {
    answer
        .and_then(|answer| T::try_from(answer).ok())
        .ok_or(RequestError::Malformed)
}

/// The session error for a `<stream:error/>`.
pub(crate) fn stream_error(error: &Element) -> SessionError {
    let condition = error
        .children()
        .find(|child| child.has_ns(ns::STREAM_ERRORS) && child.name() != "text")
        .map(Element::name);
    SessionError::Stream(match condition {
        Some("conflict") => return SessionError::Conflict,
        Some("not-authorized") => return SessionError::NotAuthorized,
        Some("system-shutdown") => StreamCondition::SystemShutdown,
        Some("reset") => StreamCondition::Reset,
        Some("resource-constraint") => StreamCondition::ResourceConstraint,
        Some("policy-violation") => StreamCondition::PolicyViolation,
        Some("connection-timeout") => StreamCondition::ConnectionTimeout,
        Some("see-other-host") => StreamCondition::SeeOtherHost,
        Some("host-unknown" | "host-gone") => StreamCondition::HostUnknown,
        Some("not-well-formed" | "bad-format" | "invalid-xml") => StreamCondition::NotWellFormed,
        _ => StreamCondition::Other,
    })
}

/// Whether an element is counted by stream management.
pub(super) fn is_stanza(element: &Element) -> bool {
    element.has_ns(ns::JABBER_CLIENT) && matches!(element.name(), "message" | "presence" | "iq")
}

/// An `<iq/>`.
pub(super) fn iq(kind: &'static str, id: &str, to: Option<&Jid>) -> Element {
    element("iq", ns::JABBER_CLIENT)
        .with_attr("type", kind)
        .with_attr("id", id)
        .with_attr_opt("to", to.map(Jid::as_str))
}

/// The error that answers `request`.
pub(super) fn refusal(request: &Element, kind: &'static str, condition: &'static str) -> Element {
    let error = element("error", ns::JABBER_CLIENT)
        .with_attr("type", kind)
        .with_child(element(condition, ns::STANZA_ERRORS));
    element("iq", ns::JABBER_CLIENT)
        .with_attr("type", "error")
        .with_attr_opt("id", request.attr("id"))
        .with_attr_opt("to", request.attr("from"))
        .with_child(error)
}

/// The result that answers `request`.
pub(super) fn result(request: &Element, payload: Option<Element>) -> Element {
    let answer = element("iq", ns::JABBER_CLIENT)
        .with_attr("type", "result")
        .with_attr_opt("id", request.attr("id"))
        .with_attr_opt("to", request.attr("from"));
    match payload {
        Some(payload) => answer.with_child(payload),
        None => answer,
    }
}
