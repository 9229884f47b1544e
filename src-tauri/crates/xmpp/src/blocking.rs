//! People from whom nothing is taken (XEP-0191). The server keeps the list and tells all devices of the account when it
//! changes.

use xmpp_parsers::blocking::{Block, BlocklistRequest, BlocklistResult, Unblock};
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::session::{RequestError, RequestKind, Session, answered};

/// Most entries of a list that are believed.
const MOST: usize = 10_000;

/// A change of the list that the server pushed.
#[derive(Clone, PartialEq, Eq)]
pub enum BlockingPush {
    /// These were added.
    Blocked(Vec<BareJid>),
    /// These were taken out.
    Unblocked(Vec<BareJid>),
    /// The list is empty now.
    Cleared,
}

impl Session {
    /// People from whom nothing is taken. Whole domains and single devices, which other apps may block, are left out.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn blocked(&self) -> Result<Vec<BareJid>, RequestError> {
        let answer = self.request(None, RequestKind::Get, BlocklistRequest.into()).await?;
        let list: BlocklistResult = answered(answer)?;
        Ok(people(list.items))
    }

    /// Takes nothing more from somebody.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn block(&self, person: &BareJid) -> Result<(), RequestError> {
        let block = Block {
            items: vec![person.clone().into()],
        };
        self.request(None, RequestKind::Set, block.into()).await.map(drop)
    }

    /// Takes what comes from somebody again.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn unblock(&self, person: &BareJid) -> Result<(), RequestError> {
        let unblock = Unblock {
            items: vec![person.clone().into()],
        };
        self.request(None, RequestKind::Set, unblock.into()).await.map(drop)
    }
}

/// Reads a push. `None`: malformed.
pub(crate) fn read_push(payload: &Element) -> Option<BlockingPush> {
    match payload.name() {
        "block" => {
            let block = Block::try_from(payload.clone()).ok()?;
            Some(BlockingPush::Blocked(people(block.items)))
        }
        "unblock" => {
            let unblock = Unblock::try_from(payload.clone()).ok()?;
            Some(match unblock.items.is_empty() {
                true => BlockingPush::Cleared,
                false => BlockingPush::Unblocked(people(unblock.items)),
            })
        }
        _ => None,
    }
}

/// Whether a payload may be a push.
pub(crate) fn is_push(payload: &Element) -> bool {
    payload.is("block", ns::BLOCKING) || payload.is("unblock", ns::BLOCKING)
}

fn people(items: Vec<Jid>) -> Vec<BareJid> {
    items
        .into_iter()
        .take(MOST)
        .filter(|jid| jid.node().is_some() && jid.is_bare())
        .map(Jid::into_bare)
        .collect()
}

crate::redact::redacted_debug!(BlockingPush);

#[cfg(test)]
mod tests {
    use super::*;

    fn push(xml: &str) -> Option<BlockingPush> {
        read_push(&xml.parse().unwrap())
    }

    #[test]
    fn a_push_names_people_alone_and_an_empty_one_means_everybody() {
        let block = push(
            "<block xmlns='urn:xmpp:blocking'><item jid='bob@ward.example'/><item jid='spam.example'/>\
             <item jid='carol@ward.example/phone'/></block>",
        );
        let bob = BareJid::new("bob@ward.example").unwrap();
        assert!(block == Some(BlockingPush::Blocked(vec![bob.clone()])));
        let unblock = push("<unblock xmlns='urn:xmpp:blocking'><item jid='bob@ward.example'/></unblock>");
        assert!(unblock == Some(BlockingPush::Unblocked(vec![bob])));
        assert!(push("<unblock xmlns='urn:xmpp:blocking'/>") == Some(BlockingPush::Cleared));
        assert!(push("<block xmlns='urn:xmpp:blocking'><item/></block>").is_none());
    }
}
