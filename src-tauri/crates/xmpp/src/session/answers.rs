//! Answers to requests from servers and contacts.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::identity;
use super::stanza::{refusal, result};
use crate::blocking::{self, BlockingPush};
use crate::ns;
use crate::roster::{self, RosterPush};

/// The reaction to an `<iq/>` of type `get` or `set`.
pub(super) struct Reaction {
    /// The answer to send; every request gets one (RFC 6120 section 8.2.3).
    pub(super) answer: Element,
    /// The push to emit.
    pub(super) push: Option<Push>,
}

/// A push from the server to all devices of an account.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Push {
    Roster(RosterPush),
    Blocking(BlockingPush),
}

/// Answers `iq`.
pub(super) fn answer(iq: &Element, own: &BareJid) -> Reaction {
    let payload = iq.children().find(|child| child.name() != "error");
    let plain = |answer| Reaction { answer, push: None };
    let unavailable = || plain(refusal(iq, "cancel", "service-unavailable"));
    let Some(payload) = payload else {
        return plain(refusal(iq, "modify", "bad-request"));
    };
    match (iq.attr("type"), payload.name()) {
        // The same answer as for an absent user (RFC 6121 section 8.5.3): strangers learn nothing.
        (Some("get"), _) if !is_of_own_domain(iq, own) => unavailable(),
        (Some("get"), "ping") if payload.has_ns(ns::PING) => plain(result(iq, None)),
        (Some("get"), "query") if payload.has_ns(ns::VERSION) => plain(result(iq, Some(identity::version()))),
        (Some("get"), "query") if payload.has_ns(ns::DISCO_INFO) => match identity::info(payload.attr("node")) {
            Some(info) => plain(result(iq, Some(info))),
            None => plain(refusal(iq, "cancel", "item-not-found")),
        },
        (Some("set"), "query") if payload.has_ns(ns::ROSTER) => {
            pushed(iq, own, roster::read_push(payload).map(Push::Roster))
        }
        (Some("set"), _) if blocking::is_push(payload) => {
            pushed(iq, own, blocking::read_push(payload).map(Push::Blocking))
        }
        _ => unavailable(),
    }
}

/// Whether a request comes from the own server, one of its users, or one of its services.
fn is_of_own_domain(iq: &Element, own: &BareJid) -> bool {
    let Some(from) = iq.attr("from") else { return true };
    let own = own.domain().as_str();
    Jid::new(from).is_ok_and(|from| {
        let domain = from.domain().as_str();
        domain == own || domain.strip_suffix(own).is_some_and(|above| above.ends_with('.'))
    })
}

/// The reaction to a push. From any address but the own account it is forged (RFC 6121 section 2.1.6).
fn pushed(iq: &Element, own: &BareJid, push: Option<Push>) -> Reaction {
    let rightful = match iq.attr("from").map(Jid::new) {
        None => true,
        Some(Ok(from)) => from == *own,
        Some(Err(_)) => false,
    };
    match push {
        Some(push) if rightful => Reaction {
            answer: result(iq, None),
            push: Some(push),
        },
        Some(_) => Reaction {
            answer: refusal(iq, "cancel", "service-unavailable"),
            push: None,
        },
        None => Reaction {
            answer: refusal(iq, "modify", "bad-request"),
            push: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(iq: &str) -> (String, Option<Push>) {
        let iq: Element = iq.parse().unwrap();
        let Reaction { answer, push } = answer(&iq, &BareJid::new("alice@ward.example").unwrap());
        assert_eq!((answer.attr("id"), answer.attr("to")), (iq.attr("id"), iq.attr("from")));
        let kind = answer.attr("type").unwrap().to_owned();
        let condition = (kind == "error").then(|| crate::session::stanza::condition_of(&answer).as_str().to_owned());
        (condition.unwrap_or(kind), push)
    }

    #[test]
    fn pings_versions_and_capabilities_are_answered() {
        for payload in [
            "<ping xmlns='urn:xmpp:ping'/>",
            "<query xmlns='jabber:iq:version'/>",
            "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        ] {
            let iq = format!("<iq xmlns='jabber:client' type='get' id='1' from='ward.example'>{payload}</iq>");
            assert_eq!(answered(&iq), ("result".into(), None), "{payload}");
        }
    }

    #[test]
    fn strangers_are_told_nothing() {
        for payload in [
            "<ping xmlns='urn:xmpp:ping'/>",
            "<query xmlns='jabber:iq:version'/>",
            "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        ] {
            let asked = |from: &str| {
                let iq = format!("<iq xmlns='jabber:client' type='get' id='1' from='{from}'>{payload}</iq>");
                answered(&iq).0
            };
            for stranger in ["x@evil.example/1", "x@evilward.example/1", "ward.example.evil.example"] {
                assert_eq!(asked(stranger), "service-unavailable", "{stranger} {payload}");
            }
            for known in ["bob@ward.example/1", "rooms.ward.example"] {
                assert_eq!(asked(known), "result", "{known} {payload}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_refused_and_never_left_unanswered() {
        let unknown = "<iq xmlns='jabber:client' type='set' id='1' from='b@c/d'><x xmlns='y'/></iq>";
        assert_eq!(answered(unknown), ("service-unavailable".into(), None));
        assert_eq!(
            answered("<iq xmlns='jabber:client' type='get' id='1'/>"),
            ("bad-request".into(), None)
        );
    }

    #[test]
    fn a_roster_push_counts_only_from_the_own_account() {
        let push = |from: &str| {
            answered(&format!(
                "<iq xmlns='jabber:client' type='set' id='1' {from}><query xmlns='jabber:iq:roster' ver='2'>\
                 <item jid='bob@ward.example' name='Bob' subscription='both'/></query></iq>"
            ))
        };
        for from in ["", "from='alice@ward.example'"] {
            let (kind, push) = push(from);
            assert_eq!(kind, "result");
            let Some(Push::Roster(RosterPush::Changed { version, item })) = push else {
                panic!()
            };
            assert_eq!((version.as_deref(), item.jid.as_str()), (Some("2"), "bob@ward.example"));
        }
        for from in [
            "from='mallory@ward.example'",
            "from='alice@ward.example/x'",
            "from='ward.example'",
        ] {
            assert_eq!(push(from), ("service-unavailable".into(), None), "{from}");
        }
    }
}
