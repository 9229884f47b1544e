//! People from whom nothing is taken (XEP-0191): the server keeps the list and keeps what they say away. Here it is shown, and the
//! numbers of the server's inbox, which counts them all the same, do not reach the chat list.

use std::collections::BTreeSet;

use wardline_store::{Address, ConversationId, ConversationKind, StoreError, contacts, conversations};
use wardline_xmpp::blocking::BlockingPush;
use wardline_xmpp::features::{Feature, ServerFeatures};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::RequestError;

use super::Engine;
use super::changes::Changes;
use super::command::Answer;
use super::errands::Errand;
use super::jobs::Done;
use crate::view::CommandError;

impl Engine {
    /// A new session: the list is asked for.
    pub(super) fn begin_blocking(&mut self, features: &ServerFeatures) {
        if features.has(Feature::Blocking) {
            self.spawn_blocked();
        }
    }

    pub(super) fn spawn_blocked(&mut self) {
        let session = self.session.clone();
        self.jobs.spawn(async move { Done::Blocked(session.blocked().await) });
    }

    /// The whole list.
    pub(super) async fn take_blocked(&mut self, list: Result<Vec<BareJid>, RequestError>) -> Result<(), StoreError> {
        match list {
            Ok(list) => self.set_blocked(Listed::These(list)).await,
            Err(RequestError::Offline) => {
                self.errands.put_off(Errand::Blocked);
                Ok(())
            }
            Err(error) => {
                tracing::info!(%error, "list of blocked people not fetched");
                Ok(())
            }
        }
    }

    /// The list has changed.
    pub(super) async fn take_blocking(&mut self, push: BlockingPush) -> Result<(), StoreError> {
        self.set_blocked(match push {
            BlockingPush::Blocked(people) => Listed::TheseToo(people),
            BlockingPush::Unblocked(people) => Listed::NotThese(people),
            BlockingPush::Cleared => Listed::These(Vec::new()),
        })
        .await
    }

    async fn set_blocked(&mut self, listed: Listed) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        let before: BTreeSet<Address> = contacts::blocked(&tx).await?.into_iter().collect();
        let these = |people: Vec<BareJid>| people.into_iter().map(|person| Address(person.to_string()));
        let after: BTreeSet<Address> = match listed {
            Listed::These(people) => these(people).collect(),
            Listed::TheseToo(people) => before.iter().cloned().chain(these(people)).collect(),
            Listed::NotThese(people) => {
                let gone: BTreeSet<Address> = these(people).collect();
                before.difference(&gone).cloned().collect()
            }
        };
        let mut changes = Changes::default();
        for address in before.symmetric_difference(&after) {
            contacts::set_blocked(&tx, address, after.contains(address)).await?;
            if let Some(with) = conversations::by_address(&tx, address).await? {
                changes.row(with.id);
            }
        }
        tx.commit().await?;
        self.committed(changes).await
    }

    /// Blocks the person of a conversation, or takes what they say again. The answer comes when the server has done it; the list
    /// follows as the server tells all devices.
    pub(super) async fn block(
        &mut self,
        conversation: ConversationId,
        blocking: Blocking,
        answer: Answer<()>,
    ) -> Result<(), StoreError> {
        let person = self.correspondent(conversation).await?;
        let Some((ConversationKind::Person, person)) = person else {
            drop(answer.send(Err(CommandError::NotFound)));
            return Ok(());
        };
        let session = self.session.clone();
        self.jobs.spawn(async move {
            let outcome = match blocking {
                Blocking::Block => session.block(&person).await,
                Blocking::Unblock => session.unblock(&person).await,
            };
            let outcome = outcome.map_err(|error| match error {
                RequestError::Refused(_) | RequestError::Malformed => CommandError::ServerError,
                _ => CommandError::ServerUnreachable,
            });
            // Whoever asked may be gone.
            drop(answer.send(outcome));
            Done::Nothing
        });
        Ok(())
    }
}

/// What is done about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blocking {
    Block,
    Unblock,
}

/// What the server says of its list.
#[derive(Debug)]
enum Listed {
    /// It holds these.
    These(Vec<BareJid>),
    /// These have been added.
    TheseToo(Vec<BareJid>),
    /// These have been taken out.
    NotThese(Vec<BareJid>),
}
