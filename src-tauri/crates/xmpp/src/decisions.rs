//! What a person has decided about their conversations (kept at the top, muted, put aside, marked as unread), shared among their own
//! devices. No XEP covers all of it.
//!
//! It is kept in a [private node](crate::private_node), one item per conversation, named by its address; where a server keeps no node
//! private (MongooseIM), in [private storage](crate::private_storage). Nobody is told of changes there: devices tell one another, in a
//! message without text to their own account.

use std::collections::HashSet;

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::message::{Message, MessageType};
use xmpp_parsers::minidom::Element;
use xso::{AsXml, FromXml};

use crate::ids::Timestamp;
use crate::message::Stanza;
use crate::ns;
use crate::private_node::PrivateNode;
use crate::private_storage::PrivateStorage;
use crate::session::{RequestError, Session};
use crate::xml::{Build, element};

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

/// `<conversation/>`: an item's payload, or one of many in storage.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::DECISIONS, name = "conversation")]
struct Wire {
    /// Whose, where no item says so.
    #[xml(attribute(default))]
    with: Option<String>,
    #[xml(attribute(default))]
    pinned: bool,
    #[xml(attribute(default))]
    aside: Option<String>,
    #[xml(attribute(default))]
    unread: bool,
    #[xml(attribute(default))]
    muted: Option<String>,
}

/// Most decisions that are told at once.
const MOST_TOLD: usize = 100;
/// In place of a time: until somebody ends it.
const FOR_EVER: &str = "forever";

const NODE: PrivateNode = PrivateNode(ns::DECISIONS);
const STORAGE: PrivateStorage = PrivateStorage {
    name: "conversations",
    namespace: ns::DECISIONS,
};

/// Where decisions are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In personal eventing, for servers that announce conditions of publications
    /// ([`Feature::PublishOptions`](crate::features::Feature::PublishOptions)): one that does not would ignore them.
    Node,
    /// In private storage.
    Storage,
}

impl Session {
    /// What was decided on one's own devices, wherever it is kept; nothing where nothing is.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn decisions(&self) -> Result<Vec<Decision>, RequestError> {
        let mut decided = read_items(&NODE.items(self).await?);
        let known: HashSet<BareJid> = decided.iter().map(|decision| decision.with.clone()).collect();
        let stored = STORAGE.read(self).await?;
        let stored = stored.iter().filter_map(read_stored);
        decided.extend(stored.filter(|decision| !known.contains(&decision.with)));
        Ok(decided)
    }

    /// Publishes a decision for one's other devices, and for nobody else.
    ///
    /// # Errors
    /// [`RequestError::Refused`] if the server cannot keep it there, or not private; see [`RequestError`].
    pub async fn publish_decision(&self, decision: &Decision, place: Place) -> Result<(), RequestError> {
        match place {
            Place::Node => {
                NODE.publish(self, decision.with.as_str(), payload(decision, None))
                    .await
            }
            Place::Storage => self.store_decision(decision).await,
        }
    }

    async fn store_decision(&self, decision: &Decision) -> Result<(), RequestError> {
        let with = decision.with.to_string();
        let mut kept = STORAGE.read(self).await?;
        kept.retain(|kept| kept.attr("with") != Some(with.as_str()));
        kept.push(payload(decision, Some(with)));
        STORAGE.write(self, kept).await?;
        // Devices that do not hear this read it when they sign in.
        let _not_told = self.send(news(self.address(), decision)).await;
        Ok(())
    }
}

/// Tells one's other devices at once what was put into storage. No headline: Prosody drops those to the own account.
fn news(own: &BareJid, decision: &Decision) -> Stanza {
    let told = payload(decision, Some(decision.with.to_string()));
    let mut message = Message::new_with_type(MessageType::Normal, Jid::from(own.clone()));
    message.payloads = vec![
        element(STORAGE.name, STORAGE.namespace).with_child(told),
        element("no-store", ns::HINTS),
    ];
    Stanza::from(message)
}

/// Takes news of decisions out of a message. `None`: the message holds none, or forged ones.
pub(crate) fn take_news(message: &Element, own: &BareJid) -> Option<Vec<Decision>> {
    if let Some(items) = NODE.news(message, own) {
        return Some(read_items(&items));
    }
    let told = message.get_child(STORAGE.name, STORAGE.namespace)?;
    let from = message.attr("from").and_then(|from| Jid::new(from).ok());
    if from.is_none_or(|from| from.to_bare() != *own) {
        tracing::warn!("forged news of decisions were dropped");
        return None;
    }
    Some(told.children().take(MOST_TOLD).filter_map(read_stored).collect())
}

fn payload(decision: &Decision, with: Option<String>) -> Element {
    Wire {
        with,
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
fn read_items(items: &[Element]) -> Vec<Decision> {
    let read_item = |item: &Element| {
        let wire = item.get_child("conversation", ns::DECISIONS)?.clone();
        read(BareJid::new(item.attr("id")?).ok()?, Wire::try_from(wire).ok()?)
    };
    items.iter().filter_map(read_item).collect()
}

fn read_stored(stored: &Element) -> Option<Decision> {
    let wire = Wire::try_from(stored.clone()).ok()?;
    read(BareJid::new(wire.with.as_deref()?).ok()?, wire)
}

fn read(with: BareJid, wire: Wire) -> Option<Decision> {
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
}

crate::redact::redacted_debug!(Decision);

#[cfg(test)]
mod tests {
    use super::*;

    fn item(decision: &Decision) -> Element {
        let item = element("item", ns::PUBSUB)
            .with_attr("id", decision.with.as_str())
            .with_child(payload(decision, None));
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
            assert!(read_items(&[item(&decision)]) == [decision.clone()]);
            let own = BareJid::new("alice@ward.example").unwrap();
            assert!(take_news(&told(&own, &own, &decision), &own) == Some(vec![decision]));
        }
    }

    fn told(from: &BareJid, to: &BareJid, decision: &Decision) -> Element {
        news(to, decision)
            .element()
            .clone()
            .with_attr("from", format!("{from}/wardline-1"))
    }

    #[test]
    fn news_of_somebody_else_are_none() {
        let [alice, mallory] = ["alice@ward.example", "mallory@ward.example"].map(|who| BareJid::new(who).unwrap());
        let decision = Decision {
            with: BareJid::new("bob@ward.example").unwrap(),
            pinned: true,
            aside: None,
            marked_unread: false,
            muted: None,
        };
        assert!(take_news(&told(&mallory, &alice, &decision), &alice).is_none());
        assert!(take_news(news(&alice, &decision).element(), &alice).is_none());
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
        let decided = read_items(&[odd, good]);
        assert_eq!(decided.len(), 1);
        assert!(decided[0].pinned && decided[0].muted.is_none());
    }
}
