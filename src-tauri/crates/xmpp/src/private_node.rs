//! A node of personal eventing (XEP-0163) with one item per conversation, which only the account itself may see.
//!
//! A reader of such a node learns with whom this person talks. So we publish nothing unless the server promises,
//! as a condition of the very publication (XEP-0060 section 7.1.5), that only the account itself has access.
//!
//! Requests and events are built and read by hand: they are envelopes around payloads of other codecs.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xso::{AsXml, FromXml};

use crate::form::Form;
use crate::ns;
use crate::session::{RequestError, RequestKind, Session, StanzaCondition, answered};
use crate::xml::{Build, element};

/// Most items that are read.
const MOST_ITEMS: usize = 10_000;
/// Numbers of items that a node is asked to keep, first the best: not every server takes the word, and some have a
/// limit.
const ITEMS_KEPT: [&str; 3] = ["max", "1000", "100"];
/// The kind of form by which a publication carries its conditions.
const PUBLISH_OPTIONS: &str = "http://jabber.org/protocol/pubsub#publish-options";

/// A node, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrivateNode(pub(crate) &'static str);

/// Items of a node, in an answer.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::PUBSUB, name = "pubsub")]
struct Answer {
    #[xml(child)]
    items: AnswerItems,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::PUBSUB, name = "items")]
struct AnswerItems {
    #[xml(attribute)]
    node: String,
    #[xml(element(n = ..))]
    items: Vec<Element>,
}

impl PrivateNode {
    /// Its items; none where there is no such node.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub(crate) async fn items(self, session: &Session) -> Result<Vec<Element>, RequestError> {
        let items = element("items", ns::PUBSUB).with_attr("node", self.0);
        let asked = element("pubsub", ns::PUBSUB).with_child(items);
        match session.request(None, RequestKind::Get, asked).await {
            Ok(answer) => {
                let answer: Answer = answered(answer)?;
                if answer.items.node != self.0 {
                    return Err(RequestError::Malformed);
                }
                Ok(answer.items.items.into_iter().take(MOST_ITEMS).collect())
            }
            Err(RequestError::Refused(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Publishes an item for the account's other devices, and for nobody else.
    ///
    /// To be used only where the server announces that it knows conditions of publications
    /// ([`Feature::PublishOptions`](crate::features::Feature::PublishOptions)), as one that does not would ignore them,
    /// and keeps no inbox: MongooseIM announces them and keeps one item to a node.
    ///
    /// # Errors
    /// [`RequestError::Refused`] if the server cannot keep it private, or not with an item for each conversation: it
    /// will refuse the next one, too, and need not be asked again. See [`RequestError`].
    pub(crate) async fn publish(self, session: &Session, id: &str, payload: Element) -> Result<(), RequestError> {
        let publish = |conditions: Form| {
            session.request(
                None,
                RequestKind::Set,
                self.publication(id, payload.clone(), conditions_form(conditions)),
            )
        };
        match publish(kept("max")).await {
            Err(RequestError::Refused(_)) => {}
            other => return other.map(drop),
        }
        // Either the node is there with another configuration, or the server knows fewer conditions (ejabberd).
        self.configure_for_all(session).await?;
        publish(private()).await.map(drop)
    }

    /// Creates or configures the node so that it stores an item for each conversation. MongooseIM cannot: its node
    /// accepts the first item and loses it with the second.
    async fn configure_for_all(self, session: &Session) -> Result<(), RequestError> {
        let mut outcome = Ok(());
        for number in ITEMS_KEPT {
            outcome = self.configure(session, &kept(number)).await;
            if !matches!(outcome, Err(RequestError::Refused(_))) {
                break;
            }
        }
        outcome
    }

    /// Creates the node, or configures it if it exists.
    async fn configure(self, session: &Session, configuration: &Form) -> Result<(), RequestError> {
        let form = || Element::from(configuration.clone().of_type(ns::PUBSUB_CONFIGURE));
        let create = element("pubsub", ns::PUBSUB)
            .with_child(element("create", ns::PUBSUB).with_attr("node", self.0))
            .with_child(element("configure", ns::PUBSUB).with_child(form()));
        match session.request(None, RequestKind::Set, create).await {
            Err(RequestError::Refused(StanzaCondition::Conflict)) => {}
            other => return other.map(drop),
        }
        let configure = element("configure", ns::PUBSUB_OWNER).with_attr("node", self.0);
        let change = element("pubsub", ns::PUBSUB_OWNER).with_child(configure.with_child(form()));
        session.request(None, RequestKind::Set, change).await.map(drop)
    }

    fn publication(self, id: &str, payload: Element, conditions: Element) -> Element {
        let item = element("item", ns::PUBSUB).with_attr("id", id).with_child(payload);
        let publish = element("publish", ns::PUBSUB).with_attr("node", self.0);
        element("pubsub", ns::PUBSUB)
            .with_child(publish.with_child(item))
            .with_child(conditions)
    }

    /// Reads an event of the node. `None`: the message holds none, or a forged one.
    pub(crate) fn news(self, message: &Element, own: &BareJid) -> Option<Vec<Element>> {
        let items = message
            .get_child("event", ns::PUBSUB_EVENT)?
            .get_child("items", ns::PUBSUB_EVENT)?;
        if items.attr("node") != Some(self.0) {
            return None;
        }
        let from = message.attr("from").map(Jid::new).transpose().ok()?;
        if from.is_some_and(|from| from != *own) {
            tracing::warn!("a forged event of a private node was dropped");
            return None;
        }
        let items = items.children().filter(|item| item.name() == "item");
        Some(items.take(MOST_ITEMS).cloned().collect())
    }
}

/// [Private](private), with so many items.
fn kept(number: &str) -> Form {
    private()
        .with("pubsub#max_items", number)
        .with("pubsub#send_last_published_item", "never")
}

/// For the own account's eyes only, and kept.
fn private() -> Form {
    Form::submission(PUBLISH_OPTIONS)
        .with("pubsub#persist_items", "true")
        .with("pubsub#access_model", "whitelist")
}

fn conditions_form(conditions: Form) -> Element {
    element("publish-options", ns::PUBSUB).with_child(conditions.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publication_says_for_whom_it_is() {
        let payload = element("displayed", ns::MDS);
        let sent = PrivateNode(ns::MDS).publication("a<b", payload, conditions_form(private()));
        let text = String::from_utf8(crate::xml::encoded(&sent)).unwrap();
        let read_back: Element = text.parse().unwrap();
        let publish = read_back.get_child("publish", ns::PUBSUB).unwrap();
        assert_eq!(publish.get_child("item", ns::PUBSUB).unwrap().attr("id"), Some("a<b"));
        assert!(text.contains("whitelist") && text.contains(PUBLISH_OPTIONS), "{text}");
    }
}
