//! Read positions shared among the account's devices (XEP-0490), in a [private node](crate::private_node).

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;
use xso::{AsXml, FromXml};

use crate::ids::ArchiveId;
use crate::ns;
use crate::private_node::PrivateNode;
use crate::session::{RequestError, Session};

/// How far a conversation was read on any device.
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

const NODE: PrivateNode = PrivateNode(ns::MDS);

impl Session {
    /// The read positions that the account's devices have published; none if there is no such node.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn displayed(&self) -> Result<Vec<ReadUpTo>, RequestError> {
        Ok(read(&NODE.items(self).await?, self.address()))
    }

    /// Publishes a read position for the account's other devices, and for nobody else.
    ///
    /// To be used only where the server announces that it knows conditions of publications
    /// ([`Feature::PublishOptions`](crate::features::Feature::PublishOptions)): one that does not would ignore them.
    ///
    /// # Errors
    /// [`RequestError::Refused`] if the server cannot keep it private; see [`RequestError`].
    pub async fn publish_displayed(&self, position: &ReadUpTo) -> Result<(), RequestError> {
        NODE.publish(self, position.with.as_str(), payload(position)).await
    }
}

fn payload(position: &ReadUpTo) -> Element {
    let displayed = Displayed {
        id: xmpp_parsers::stanza_id::StanzaId {
            id: position.message.as_str().to_owned(),
            by: position.archive.clone().into(),
        },
    };
    displayed.into()
}

/// Reads an event of the node. `None`: the message holds none, or a forged one.
pub(crate) fn read_event(message: &Element, own: &BareJid) -> Option<Vec<ReadUpTo>> {
    NODE.news(message, own).map(|items| read(&items, own))
}

/// Reads items one by one: a malformed one must cost itself only.
fn read(items: &[Element], own: &BareJid) -> Vec<ReadUpTo> {
    items
        .iter()
        .filter(|item| item.name() == "item")
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
    use crate::xml::{Build, element};

    fn own() -> BareJid {
        BareJid::new("alice@ward.example").unwrap()
    }

    fn news(from: &str, items: &str) -> Option<Vec<ReadUpTo>> {
        let message = format!(
            "<message xmlns='jabber:client' {from}><event xmlns='http://jabber.org/protocol/pubsub#event'>\
             <items node='urn:xmpp:mds:displayed:0'>{items}</items></event></message>"
        );
        read_event(&message.parse().unwrap(), &own())
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
    fn a_position_survives_the_wire() {
        let position = ReadUpTo {
            with: BareJid::new("bob@ward.example").unwrap(),
            archive: own(),
            message: ArchiveId::new("a<b").unwrap(),
        };
        let item = element("item", ns::PUBSUB)
            .with_attr("id", "bob@ward.example")
            .with_child(payload(&position));
        let text = String::from_utf8(crate::xml::encoded(&item)).unwrap();
        assert!(read(&[text.parse().unwrap()], &own()) == [position]);
    }
}
