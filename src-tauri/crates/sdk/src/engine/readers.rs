//! Who of a team has seen a message: told by displayed markers (XEP-0333), each for a message and all before it.

use wardline_store::messages::{self, Message};
use wardline_store::readers::{self, Reader as StoredReader};
use wardline_store::{Address, ConversationId, Direction, MessageId, Reads, StoreError, members};

use super::Engine;
use crate::view::{CommandError, ConversationKind, ReadBy, Reader, Readers};

/// How far everybody else in a team has read, and who that could be.
#[derive(Debug)]
pub(super) struct TeamReaders {
    read: Vec<StoredReader>,
    /// Everybody else who belongs to the team; `None`: not known, or not comparable with those who read.
    others: Option<Vec<Address>>,
}

impl TeamReaders {
    fn new(read: Vec<StoredReader>, members: Option<&[Address]>, own: &str) -> Self {
        // Where a room hides who its members are, those who read are known by their names in it.
        let comparable = read.iter().all(|reader| !reader.address.as_str().contains('/'));
        let others = members.filter(|_| comparable).map(|members| {
            let others = members.iter().filter(|member| member.as_str() != own);
            others.cloned().collect()
        });
        Self { read, others }
    }

    /// Those who have seen a message, by the time at which they last said so.
    fn of(&self, message: &Message) -> Vec<&Address> {
        let seen = self.read.iter().filter(|reader| {
            // Whoever has left the team is not counted among its members.
            let belongs = self
                .others
                .as_ref()
                .is_none_or(|others| others.contains(&reader.address));
            reader.position >= message.position && belongs
        });
        seen.map(|reader| &reader.address).collect()
    }

    /// By how many an own message has been seen; `None`: nobody can have, or it is somebody else's.
    pub(super) fn read_by(&self, message: &Message) -> Option<ReadBy> {
        if message.direction != Direction::Outgoing || message.position >= messages::PENDING_BASE {
            return None;
        }
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Some(ReadBy {
            count: number(self.of(message).len()),
            of: self.others.as_ref().map(|others| number(others.len())),
        })
    }
}

impl Engine {
    /// How far everybody has read in a conversation, if it is a team's.
    pub(super) async fn team_readers(
        &self,
        tx: &impl Reads,
        conversation: ConversationId,
    ) -> Result<Option<TeamReaders>, StoreError> {
        let row = self.inbox.row(conversation.into());
        if row.is_none_or(|row| row.kind != ConversationKind::Team) {
            return Ok(None);
        }
        let read = readers::list(tx, conversation).await?;
        let members: Vec<Address> = members::list(tx, conversation)
            .await?
            .into_iter()
            .map(|member| member.address)
            .collect();
        let members = (!members.is_empty()).then_some(members.as_slice());
        Ok(Some(TeamReaders::new(read, members, self.own.as_str())))
    }

    /// Who has seen an own message, by name.
    pub(super) async fn readers(&self, message: MessageId) -> Result<Readers, CommandError> {
        let tx = self.store.read().await?;
        let message = messages::get(&tx, message).await?.ok_or(CommandError::NotFound)?;
        let team = self.team_readers(&tx, message.conversation_id).await?;
        let team = team
            .filter(|_| message.direction == Direction::Outgoing)
            .ok_or(CommandError::NotFound)?;
        let seen = team.of(&message);
        let others = team.others.as_ref().map(|others| {
            let unread = others.iter().filter(|other| !seen.contains(other));
            self.by_name(unread.map(Address::as_str))
        });
        Ok(Readers {
            read: self.by_name(seen.iter().map(|who| who.as_str())),
            unread: others,
        })
    }

    fn by_name<'a>(&self, people: impl Iterator<Item = &'a str>) -> Vec<Reader> {
        let mut people: Vec<Reader> = people
            .map(|address| {
                let person = match address.split_once('/') {
                    Some((_, nick)) => crate::people::person(crate::people::Known {
                        address,
                        name: Some(nick),
                        ..crate::people::Known::default()
                    }),
                    None => self.contacts.person(address),
                };
                Reader {
                    name: person.name,
                    role: person.role,
                    avatar: person.avatar,
                }
            })
            .collect();
        people.sort_by_cached_key(|reader| crate::text::sorting(&reader.name));
        people
    }
}
