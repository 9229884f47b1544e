//! Conversation settings (pinned, muted, archived, marked as unread), shared among the account's devices. No XEP covers
//! all of them.
//!
//! A [private node](crate::private_node) holds them, one item for each kind of setting of a conversation, so that two
//! devices that change different kinds at once do not undo each other; where a server keeps no node private
//! (MongooseIM), [private storage](crate::private_storage) does. The server sends no events about that storage: a
//! device that writes to it sends a message without text to its own account.

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

/// A setting of a conversation; it replaces the former one of its kind.
#[derive(Clone, PartialEq, Eq)]
pub struct Decision {
    /// The person or room.
    pub with: BareJid,
    /// The setting.
    pub what: Decided,
}

/// The kinds of settings with their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// Whether it is pinned.
    Pinned(bool),
    /// No notifications before this time. `None`: not muted.
    Muted(Option<Muted>),
    /// Whether it is archived with its messages up to this time: a later message unarchives it.
    Aside(Option<Timestamp>),
    /// Whether the user has marked it as unread.
    Unread(bool),
    /// Whether only mentions notify.
    MentionsOnly(bool),
}

/// The kind of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matter {
    /// Whether a conversation is pinned.
    Pin,
    /// Until when it is muted.
    Mute,
    /// Where it is listed.
    Place,
    /// Whether it is marked as unread.
    Mark,
    /// Which notifications are wanted.
    Level,
}

impl Matter {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Pin, Self::Mute, Self::Place, Self::Mark, Self::Level];

    /// Its name on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Mute => "mute",
            Self::Place => "archive",
            Self::Mark => "unread",
            Self::Level => "notifications",
        }
    }

    /// The kind for a word of [`word`](Self::word).
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|matter| matter.word() == word)
    }
}

impl Decision {
    /// Its kind.
    #[must_use]
    pub fn matter(&self) -> Matter {
        match self.what {
            Decided::Pinned(_) => Matter::Pin,
            Decided::Muted(_) => Matter::Mute,
            Decided::Aside(_) => Matter::Place,
            Decided::Unread(_) => Matter::Mark,
            Decided::MentionsOnly(_) => Matter::Level,
        }
    }
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
    #[xml(attribute)]
    with: String,
    #[xml(attribute)]
    setting: String,
    /// Absent: no.
    #[xml(attribute(default))]
    value: Option<String>,
}

/// The value for yes.
const YES: &str = "yes";
/// Most settings of a message that are read.
const MOST_READ: usize = 100;
/// The value for muted without an end.
const FOR_EVER: &str = "forever";

const NODE: PrivateNode = PrivateNode(ns::DECISIONS);
const STORAGE: PrivateStorage = PrivateStorage {
    name: "conversations",
    namespace: ns::DECISIONS,
};

/// The place where the server stores settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptIn {
    /// In personal eventing, for servers that announce conditions of publications
    /// ([`Feature::PublishOptions`](crate::features::Feature::PublishOptions)): one that does not would ignore them.
    Node,
    /// In private storage.
    Storage,
}

impl Session {
    /// The settings from both places; for a kind that both have, the node's.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn decisions(&self) -> Result<Vec<Decision>, RequestError> {
        let items = NODE.items(self).await?;
        let stored = STORAGE.read(self).await?;
        let mut decided: Vec<Decision> = payloads(&items).filter_map(read).collect();
        let known: HashSet<(BareJid, Matter)> = decided.iter().map(|it| (it.with.clone(), it.matter())).collect();
        let stored = stored.iter().filter_map(read);
        decided.extend(stored.filter(|it| !known.contains(&(it.with.clone(), it.matter()))));
        Ok(decided)
    }

    /// Publishes settings for the account's other devices, and for nobody else.
    ///
    /// # Errors
    /// [`RequestError::Refused`] if the server cannot keep them there, or not private; see [`RequestError`].
    pub async fn publish_decisions(&self, decisions: &[Decision], place: KeptIn) -> Result<(), RequestError> {
        match place {
            KeptIn::Node => {
                for decision in decisions {
                    NODE.publish(self, &item_id(decision), payload(decision)).await?;
                }
                Ok(())
            }
            KeptIn::Storage if decisions.is_empty() => Ok(()),
            KeptIn::Storage => self.store_decisions(decisions).await,
        }
    }

    async fn store_decisions(&self, decisions: &[Decision]) -> Result<(), RequestError> {
        let mut kept = STORAGE.read(self).await?;
        for decision in decisions {
            let (with, word) = (decision.with.as_str(), decision.matter().word());
            kept.retain(|kept| kept.attr("with") != Some(with) || kept.attr("setting") != Some(word));
            kept.push(payload(decision));
        }
        STORAGE.write(self, kept).await?;
        // Devices that do not receive this read the storage when they sign in.
        let _not_told = self.send(news(self.address(), decisions)).await;
        Ok(())
    }
}

fn item_id(decision: &Decision) -> String {
    format!("{}/{}", decision.matter().word(), decision.with)
}

/// A message to the account's other devices about settings put into storage. No headline: Prosody drops those to the
/// own account.
fn news(own: &BareJid, decisions: &[Decision]) -> Stanza {
    let told = decisions.iter().map(payload);
    let told = told.fold(element(STORAGE.name, STORAGE.namespace), Build::with_child);
    let mut message = Message::new_with_type(MessageType::Normal, Jid::from(own.clone()));
    message.payloads = vec![told, element("no-store", ns::HINTS)];
    Stanza::from(message)
}

/// Reads an event about settings. `None`: the message holds none, or a forged one.
pub(crate) fn read_event(message: &Element, own: &BareJid) -> Option<Vec<Decision>> {
    if let Some(items) = NODE.news(message, own) {
        return Some(payloads(&items).filter_map(read).collect());
    }
    let told = message.get_child(STORAGE.name, STORAGE.namespace)?;
    let from = message.attr("from").and_then(|from| Jid::new(from).ok());
    if from.is_none_or(|from| from.to_bare() != *own) {
        tracing::warn!("a forged event about settings was dropped");
        return None;
    }
    Some(told.children().take(MOST_READ).filter_map(read).collect())
}

fn payload(decision: &Decision) -> Element {
    let yes = |is: bool| is.then(|| YES.to_owned());
    let value = match decision.what {
        Decided::Pinned(pinned) => yes(pinned),
        Decided::Unread(marked) => yes(marked),
        Decided::MentionsOnly(only) => yes(only),
        Decided::Aside(through) => through.and_then(Timestamp::format),
        Decided::Muted(muted) => muted.map(|muted| match muted {
            Muted::Until(until) => until.format().unwrap_or_else(|| FOR_EVER.to_owned()),
            Muted::ForEver => FOR_EVER.to_owned(),
        }),
    };
    Wire {
        with: decision.with.to_string(),
        setting: decision.matter().word().to_owned(),
        value,
    }
    .into()
}

fn payloads(items: &[Element]) -> impl Iterator<Item = &Element> {
    items
        .iter()
        .filter_map(|item| item.get_child("conversation", ns::DECISIONS))
}

/// Reads a setting: a malformed one must cost itself only.
fn read(payload: &Element) -> Option<Decision> {
    let wire = Wire::try_from(payload.clone()).ok()?;
    let value = wire.value.as_deref();
    let what = match Matter::of_word(&wire.setting)? {
        Matter::Pin => Decided::Pinned(value.is_some()),
        Matter::Mark => Decided::Unread(value.is_some()),
        Matter::Level => Decided::MentionsOnly(value.is_some()),
        Matter::Place => Decided::Aside(match value {
            None => None,
            Some(time) => Some(Timestamp::parse(time)?),
        }),
        Matter::Mute => Decided::Muted(match value {
            None => None,
            Some(FOR_EVER) => Some(Muted::ForEver),
            Some(time) => Some(Muted::Until(Timestamp::parse(time)?)),
        }),
    };
    let with = BareJid::new(&wire.with).ok()?;
    Some(Decision { with, what })
}

crate::redact::redacted_debug!(Decision);

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(what: Decided) -> Decision {
        let with = BareJid::new("bob@ward.example").unwrap();
        Decision { with, what }
    }

    /// A setting as another device publishes it.
    fn told(from: &str, decision: Decision) -> Element {
        let alice = BareJid::new("alice@ward.example").unwrap();
        let message = news(&alice, &[decision]);
        let text = String::from_utf8(crate::xml::encoded(message.element())).unwrap();
        let message: Element = text.parse().unwrap();
        message.with_attr("from", from)
    }

    #[test]
    fn a_decision_survives_the_wire() {
        let alice = BareJid::new("alice@ward.example").unwrap();
        let time = Timestamp(1_760_000_000_000_001);
        for what in [
            Decided::Pinned(true),
            Decided::Pinned(false),
            Decided::Unread(true),
            Decided::Unread(false),
            Decided::MentionsOnly(true),
            Decided::MentionsOnly(false),
            Decided::Aside(Some(time)),
            Decided::Aside(None),
            Decided::Muted(Some(Muted::Until(time))),
            Decided::Muted(Some(Muted::ForEver)),
            Decided::Muted(None),
        ] {
            let news = read_event(&told("alice@ward.example/wardline-1", decided(what)), &alice);
            assert!(news == Some(vec![decided(what)]));
        }
    }

    #[test]
    fn news_of_somebody_else_are_none() {
        let alice = BareJid::new("alice@ward.example").unwrap();
        let pinned = || decided(Decided::Pinned(true));
        assert!(read_event(&told("mallory@ward.example/x", pinned()), &alice).is_none());
        assert!(read_event(news(&alice, &[pinned()]).element(), &alice).is_none());
    }

    #[test]
    fn what_is_odd_costs_itself_alone() {
        let items = |setting: &str, value: &str| {
            format!(
                "<item xmlns='http://jabber.org/protocol/pubsub' id='x'><conversation xmlns='urn:wardline:conversations:0' \
                 with='bob@ward.example' setting='{setting}' value='{value}'/></item>"
            )
            .parse()
            .unwrap()
        };
        let items: [Element; 3] = [items("mute", "soon"), items("colour", "red"), items("pin", "yes")];
        let read: Vec<Decision> = payloads(&items).filter_map(read).collect();
        assert!(read == [decided(Decided::Pinned(true))]);
    }
}
