//! Read positions shared among one's own devices (XEP-0490): a node of personal eventing with one item per conversation,
//! which nobody else may see.
//!
//! Whoever may read the node learns when this person read what. So nothing is published unless the server promises, as a
//! condition of the very publication (XEP-0060 section 7.1.5), that only the account itself has access.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xso::{AsXml, FromXml};

use crate::form::Form;
use crate::ids::ArchiveId;
use crate::ns;
use crate::session::{RequestError, RequestKind, Session, StanzaCondition, answered};
use crate::xml::{Build, element};

/// Most conversations whose read position is believed.
const MOST_ITEMS: usize = 10_000;
/// Numbers of items that a node is asked to keep, first the best: not every server takes the word, and some have a limit.
const ITEMS_KEPT: [&str; 3] = ["max", "1000", "100"];
/// The kind of form by which a publication carries its conditions.
const PUBLISH_OPTIONS: &str = "http://jabber.org/protocol/pubsub#publish-options";

/// Up to where a conversation was read, on whichever device.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadUpTo {
    /// The person or room.
    pub with: BareJid,
    /// Whose archive gave the id: the own account's, or the room's.
    pub archive: BareJid,
    /// The last message that was read.
    pub message: ArchiveId,
}

/// `<displayed/>` (XEP-0490 section 4).
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MDS, name = "displayed")]
struct Displayed {
    #[xml(child)]
    id: xmpp_parsers::stanza_id::StanzaId,
}

/// Items of the node, in an answer.
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

impl Session {
    /// The read positions that one's own devices have published; none where there is no such node.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn displayed(&self) -> Result<Vec<ReadUpTo>, RequestError> {
        let items = element("items", ns::PUBSUB).with_attr("node", ns::MDS);
        let asked = element("pubsub", ns::PUBSUB).with_child(items);
        match self.request(None, RequestKind::Get, asked).await {
            Ok(answer) => {
                let answer: Answer = answered(answer)?;
                if answer.items.node != ns::MDS {
                    return Err(RequestError::Malformed);
                }
                Ok(read(&answer.items.items, self.address()))
            }
            Err(RequestError::Refused(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Publishes a read position for one's other devices, and for nobody else.
    ///
    /// To be used only where the server announces that it knows conditions of publications
    /// ([`Feature::PublishOptions`](crate::features::Feature::PublishOptions)): one that does not would ignore them.
    ///
    /// # Errors
    /// [`RequestError::Refused`] if the server cannot keep it private; see [`RequestError`].
    pub async fn publish_displayed(&self, position: &ReadUpTo) -> Result<(), RequestError> {
        let all = |kept: &str| {
            private()
                .with("pubsub#max_items", kept)
                .with("pubsub#send_last_published_item", "never")
        };
        let publish = |conditions: Form| {
            self.request(
                None,
                RequestKind::Set,
                publication(position, conditions_form(conditions)),
            )
        };
        match publish(all("max")).await {
            Err(RequestError::Refused(_)) => {}
            other => return other.map(drop),
        }
        // Either the node is there with another configuration, or the server knows fewer conditions (ejabberd).
        let mut refused = None;
        for kept in ITEMS_KEPT {
            match self.configure(&all(kept)).await {
                Err(RequestError::Refused(condition)) => refused = Some(condition),
                other => {
                    other?;
                    refused = None;
                    break;
                }
            }
        }
        if let Some(condition) = refused {
            tracing::info!(%condition, "the node of read positions could not be configured");
        }
        publish(private()).await.map(drop)
    }

    /// Makes the node, or changes the one that is there.
    async fn configure(&self, configuration: &Form) -> Result<(), RequestError> {
        let form = || Element::from(configuration.clone().of_type(ns::PUBSUB_CONFIGURE));
        let create = element("pubsub", ns::PUBSUB)
            .with_child(element("create", ns::PUBSUB).with_attr("node", ns::MDS))
            .with_child(element("configure", ns::PUBSUB).with_child(form()));
        match self.request(None, RequestKind::Set, create).await {
            Err(RequestError::Refused(StanzaCondition::Conflict)) => {}
            other => return other.map(drop),
        }
        let configure = element("configure", ns::PUBSUB_OWNER).with_attr("node", ns::MDS);
        let change = element("pubsub", ns::PUBSUB_OWNER).with_child(configure.with_child(form()));
        self.request(None, RequestKind::Set, change).await.map(drop)
    }
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

fn publication(position: &ReadUpTo, conditions: Element) -> Element {
    let displayed = Displayed {
        id: xmpp_parsers::stanza_id::StanzaId {
            id: position.message.as_str().to_owned(),
            by: position.archive.clone().into(),
        },
    };
    let item = element("item", ns::PUBSUB)
        .with_attr("id", position.with.as_str())
        .with_child(displayed.into());
    let publish = element("publish", ns::PUBSUB).with_attr("node", ns::MDS);
    element("pubsub", ns::PUBSUB)
        .with_child(publish.with_child(item))
        .with_child(conditions)
}

/// Takes news of the node out of a message. `None`: the message is none, or a forged one.
pub(crate) fn take_news(message: &Element, own: &BareJid) -> Option<Vec<ReadUpTo>> {
    let items = message
        .get_child("event", ns::PUBSUB_EVENT)?
        .get_child("items", ns::PUBSUB_EVENT)?;
    if items.attr("node") != Some(ns::MDS) {
        return None;
    }
    let from = message.attr("from").map(Jid::new).transpose().ok()?;
    if from.is_some_and(|from| from != *own) {
        tracing::warn!("a forged read position was dropped");
        return None;
    }
    let items: Vec<Element> = items.children().cloned().collect();
    Some(read(&items, own))
}

/// Reads items one by one: an odd one costs itself only.
fn read(items: &[Element], own: &BareJid) -> Vec<ReadUpTo> {
    items
        .iter()
        .filter(|item| item.name() == "item")
        .take(MOST_ITEMS)
        .filter_map(|item| {
            let with = BareJid::new(item.attr("id")?).ok()?;
            let displayed = item.get_child("displayed", ns::MDS)?.clone();
            let id = Displayed::try_from(displayed).ok()?.id;
            let archive = id.by.clone().into_bare();
            let belongs = id.by.is_bare() && (archive == *own || archive == with);
            belongs.then_some(ReadUpTo {
                with,
                archive,
                message: ArchiveId::new(id.id)?,
            })
        })
        .collect()
}

crate::redact::redacted_debug!(ReadUpTo);

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> BareJid {
        BareJid::new("alice@ward.example").unwrap()
    }

    fn news(from: &str, items: &str) -> Option<Vec<ReadUpTo>> {
        let message = format!(
            "<message xmlns='jabber:client' {from}><event xmlns='http://jabber.org/protocol/pubsub#event'>\
             <items node='urn:xmpp:mds:displayed:0'>{items}</items></event></message>"
        );
        take_news(&message.parse().unwrap(), &own())
    }

    fn item(with: &str, by: &str) -> String {
        format!(
            "<item id='{with}'><displayed xmlns='urn:xmpp:mds:displayed:0'>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='7'/></displayed></item>"
        )
    }

    #[test]
    fn news_of_the_node_count_only_from_the_own_account() {
        let bob = item("bob@ward.example", "alice@ward.example");
        let told = news("from='alice@ward.example'", &bob).unwrap();
        assert_eq!(
            (told[0].with.as_str(), told[0].message.as_str()),
            ("bob@ward.example", "7")
        );
        assert!(news("", &bob).is_some());
        for forger in ["bob@ward.example", "alice@ward.example/desk", "ward.example"] {
            assert!(news(&format!("from='{forger}'"), &bob).is_none(), "{forger}");
        }
    }

    #[test]
    fn an_id_counts_only_in_the_archive_that_the_conversation_is_kept_in() {
        let told = |with: &str, by: &str| news("", &item(with, by)).unwrap().len();
        assert_eq!(told("cardio@rooms.example", "cardio@rooms.example"), 1);
        assert_eq!(told("cardio@rooms.example", "night@rooms.example"), 0);
        assert_eq!(told("bob@ward.example", "alice@ward.example/desk"), 0);
        assert_eq!(told("@", "alice@ward.example"), 0);
        let odd = format!(
            "<item id='carol@ward.example'/><retract id='x'/>{}",
            item("bob@ward.example", "alice@ward.example")
        );
        assert_eq!(news("", &odd).unwrap().len(), 1);
    }

    #[test]
    fn a_publication_says_for_whom_it_is_and_survives_the_wire() {
        let position = ReadUpTo {
            with: BareJid::new("bob@ward.example").unwrap(),
            archive: own(),
            message: ArchiveId::new("a<b").unwrap(),
        };
        let sent = publication(&position, conditions_form(private()));
        let text = String::from_utf8(crate::xml::encoded(&sent)).unwrap();
        let read_back: Element = text.parse().unwrap();
        let item = read_back
            .get_child("publish", ns::PUBSUB)
            .and_then(|publish| publish.get_child("item", ns::PUBSUB))
            .unwrap()
            .clone();
        assert!(read(&[item], &own()) == [position]);
        assert!(text.contains("whitelist") && text.contains(PUBLISH_OPTIONS), "{text}");
    }
}
