//! What a person has decided about their conversations (kept at the top, muted, put aside, marked as unread), shared among their own
//! devices in a [private node](crate::private_node): one item per conversation, named by its address. No XEP covers all of it.

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;
use xso::{AsXml, FromXml};

use crate::ids::Timestamp;
use crate::ns;
use crate::private_node::PrivateNode;
use crate::session::{RequestError, Session};

/// What was decided about one conversation. The whole of it: each publication replaces the one before.
#[derive(Clone, PartialEq, Eq)]
pub struct Decision {
    /// The person or room.
    pub with: BareJid,
    /// Kept at the top.
    pub pinned: bool,
    /// Put aside, with what had been said up to this time: what was said later has brought it back, whoever was there to notice.
    pub aside: Option<Timestamp>,
    /// Marked as unread by hand.
    pub marked_unread: bool,
    /// No notifications before this time. `None`: not muted.
    pub muted: Option<Muted>,
}

/// Until when a conversation is muted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Muted {
    /// Until then.
    Until(Timestamp),
    /// Until somebody ends it.
    ForEver,
}

/// `<conversation/>`, an item's payload.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::DECISIONS, name = "conversation")]
struct Wire {
    #[xml(attribute(default))]
    pinned: bool,
    #[xml(attribute(default))]
    aside: Option<String>,
    #[xml(attribute(default))]
    unread: bool,
    #[xml(attribute(default))]
    muted: Option<String>,
}

/// In place of a time: until somebody ends it.
const FOR_EVER: &str = "forever";

const NODE: PrivateNode = PrivateNode(ns::DECISIONS);

impl Session {
    /// What was decided on one's own devices; nothing where there is no such node.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn decisions(&self) -> Result<Vec<Decision>, RequestError> {
        Ok(read(&NODE.items(self).await?))
    }

    /// Publishes a decision for one's other devices, and for nobody else.
    ///
    /// To be used only where the server announces that it knows conditions of publications
    /// ([`Feature::PublishOptions`](crate::features::Feature::PublishOptions)): one that does not would ignore them.
    ///
    /// # Errors
    /// [`RequestError::Refused`] if the server cannot keep it private; see [`RequestError`].
    pub async fn publish_decision(&self, decision: &Decision) -> Result<(), RequestError> {
        NODE.publish(self, decision.with.as_str(), payload(decision)).await
    }
}

/// Takes news of the node out of a message. `None`: the message is none, or a forged one.
pub(crate) fn take_news(message: &Element, own: &BareJid) -> Option<Vec<Decision>> {
    NODE.news(message, own).map(|items| read(&items))
}

fn payload(decision: &Decision) -> Element {
    Wire {
        pinned: decision.pinned,
        aside: decision.aside.and_then(Timestamp::format),
        unread: decision.marked_unread,
        muted: decision.muted.map(|muted| match muted {
            Muted::Until(until) => until.format().unwrap_or_else(|| FOR_EVER.to_owned()),
            Muted::ForEver => FOR_EVER.to_owned(),
        }),
    }
    .into()
}

/// Reads items one by one: an odd one costs itself only.
fn read(items: &[Element]) -> Vec<Decision> {
    items
        .iter()
        .filter_map(|item| {
            let with = BareJid::new(item.attr("id")?).ok()?;
            let wire = Wire::try_from(item.get_child("conversation", ns::DECISIONS)?.clone()).ok()?;
            let muted = match wire.muted.as_deref() {
                None => None,
                Some(FOR_EVER) => Some(Muted::ForEver),
                Some(time) => Some(Muted::Until(Timestamp::parse(time)?)),
            };
            let aside = match wire.aside.as_deref() {
                None => None,
                Some(time) => Some(Timestamp::parse(time)?),
            };
            Some(Decision {
                with,
                pinned: wire.pinned,
                aside,
                marked_unread: wire.unread,
                muted,
            })
        })
        .collect()
}

crate::redact::redacted_debug!(Decision);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Build, element};

    fn item(decision: &Decision) -> Element {
        let item = element("item", ns::PUBSUB)
            .with_attr("id", decision.with.as_str())
            .with_child(payload(decision));
        let text = String::from_utf8(crate::xml::encoded(&item)).unwrap();
        text.parse().unwrap()
    }

    #[test]
    fn a_decision_survives_the_wire() {
        let muted = [
            None,
            Some(Muted::ForEver),
            Some(Muted::Until(Timestamp(1_760_000_000_000_000))),
        ];
        for muted in muted {
            let decision = Decision {
                with: BareJid::new("bob@ward.example").unwrap(),
                pinned: true,
                aside: muted.map(|_| Timestamp(1_760_000_000_000_001)),
                marked_unread: true,
                muted,
            };
            assert!(read(&[item(&decision)]) == [decision]);
        }
    }

    #[test]
    fn what_is_odd_costs_itself_alone() {
        let odd: Element = "<item xmlns='http://jabber.org/protocol/pubsub' id='bob@ward.example'>\
            <conversation xmlns='urn:wardline:conversations:0' muted='soon'/></item>"
            .parse()
            .unwrap();
        let good: Element = "<item xmlns='http://jabber.org/protocol/pubsub' id='carol@ward.example'>\
            <conversation xmlns='urn:wardline:conversations:0' pinned='true'/></item>"
            .parse()
            .unwrap();
        let decided = read(&[odd, good]);
        assert_eq!(decided.len(), 1);
        assert!(decided[0].pinned && decided[0].muted.is_none());
    }
}
