//! Finding a colleague to write to: among those known here, and in the hospital's directory.

use std::cmp::Reverse;
use std::time::Duration;

use tokio::time::timeout;
use wardline_store::conversations::{self, Conversation};
use wardline_store::{Address, ConversationBox, ConversationKind, Store, StoreError};
use wardline_xmpp::directory::Listing;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::RequestError;

use super::Engine;
use super::command::Answer;
use crate::people::{Known, local_part, person};
use crate::text::address::{shown, typed};
use crate::text::{Fit, Query, sorting, spellings};
use crate::view::{CommandError, ConversationId, Directory, FoundPeople, FoundPerson, Presence};

/// Most people that an answer holds.
const MOST: usize = 50;

/// How long the directory may take: whoever searches waits.
const PATIENCE: Duration = Duration::from_secs(5);

impl Engine {
    /// People whose name, role, ward or address has words that begin like those of `text`: those known here, then those whom the
    /// hospital's directory finds besides. The answer comes when the directory has answered.
    pub(super) async fn find_people(&mut self, text: &str, answer: Answer<FoundPeople>) -> Result<(), StoreError> {
        let known = self.known_people(text).await?;
        let address = typed(text).map(|address| address.to_string()).ok();
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let directory = self.remembered.directory().cloned().filter(|_| !words.is_empty());
        let (Some(directory), true) = (directory, self.online()) else {
            let directory = match self.remembered.directory() {
                Some(_) if !self.online() => Directory::Unreachable,
                Some(_) => Directory::Asked,
                None => Directory::NotOffered,
            };
            // Whoever asked may be gone; so below.
            drop(answer.send(Ok(FoundPeople {
                people: known,
                directory,
                address,
            })));
            return Ok(());
        };
        let (store, own) = (self.store.clone(), self.own.clone());
        let (terms, wanted) = (spellings(&words), Query::new(text));
        self.inform(|session| async move {
            // The directory compares letter by letter: what other spellings find must be whom somebody looks for.
            let is_wanted = |listing: &Listing| {
                let local = local_part(listing.jid.as_str());
                let about = [listing.unit.as_deref(), Some(local.as_str())];
                wanted
                    .fit(listing.name.as_deref().unwrap_or_default(), &about)
                    .is_some()
            };
            let listed = match timeout(PATIENCE, session.search_directory(&directory, &terms, is_wanted)).await {
                Ok(listed) => listed,
                Err(_) => Err(RequestError::TimedOut),
            };
            let found = merged(&store, &own, known, listed).await.map_err(CommandError::from);
            drop(answer.send(found.map(|found| FoundPeople { address, ..found })));
        });
        Ok(())
    }

    /// Those known here, the best match first.
    async fn known_people(&self, text: &str) -> Result<Vec<FoundPerson>, StoreError> {
        let wanted = Query::new(text);
        let typed = typed(text).map(|address| address.to_string()).ok();
        // An address that is not typed to its end.
        let begun = text.trim().to_lowercase();
        let own = self.own.to_string();
        let mut found: Vec<(Fit, String)> = self
            .contacts
            .everybody()
            .filter(|(address, _)| **address != own)
            .filter_map(|(address, person)| {
                let local = local_part(address);
                let about = [person.role.as_deref(), person.ward.as_deref(), Some(local.as_str())];
                // Whoever types an address means that one.
                let is_meant = typed.as_deref() == Some(address) || shown(address).starts_with(&begun);
                let fit = match begun.contains('@') {
                    true => is_meant.then_some(Fit::Beginning)?,
                    false => wanted.fit(&person.name, &about)?,
                };
                Some((fit, address.clone()))
            })
            .collect();
        found.sort_by_cached_key(|(fit, address)| (Reverse(*fit), sorting(&self.contacts.person(address).name)));
        found.truncate(MOST);
        let tx = self.store.read().await?;
        let addresses: Vec<Address> = found.iter().map(|(_, address)| Address(address.clone())).collect();
        let with = conversations::by_addresses(&tx, &addresses).await?;
        // Rooms have cards, too.
        let is_team = |address: &Address| {
            let mut teams = with.iter().filter(|with| with.kind == ConversationKind::Team);
            teams.any(|team| team.address == *address)
        };
        let people = addresses
            .into_iter()
            .filter(|address| !is_team(address))
            .map(|address| FoundPerson {
                person: self.contacts.told_apart(&address, self.contacts.person(&address)),
                presence: self.presences.of(&address),
                conversation: conversation(&with, &address),
                address: address.into_string(),
            });
        Ok(people.collect())
    }
}

/// Those known here, and behind them whom the directory lists besides.
async fn merged(
    store: &Store,
    own: &BareJid,
    mut people: Vec<FoundPerson>,
    listed: Result<Vec<Listing>, RequestError>,
) -> Result<FoundPeople, StoreError> {
    let listed = match listed {
        Ok(listed) => listed,
        Err(error) => {
            tracing::info!(%error, "directory not searched");
            return Ok(FoundPeople {
                people,
                directory: Directory::Unreachable,
                address: None,
            });
        }
    };
    let new: Vec<(Address, Listing)> = listed
        .into_iter()
        .filter(|listing| listing.jid != *own)
        .map(|listing| (Address(listing.jid.to_string()), listing))
        .filter(|(address, _)| people.iter().all(|known| known.address != address.as_str()))
        .take(MOST.saturating_sub(people.len()))
        .collect();
    let addresses: Vec<Address> = new.iter().map(|(address, _)| address.clone()).collect();
    let with = conversations::by_addresses(&store.read().await?, &addresses).await?;
    people.extend(new.into_iter().map(|(address, listing)| FoundPerson {
        person: person(Known {
            address: &address,
            name: listing.name.as_deref(),
            ward: listing.unit.as_deref(),
            ..Known::default()
        }),
        presence: Presence::Unknown,
        conversation: conversation(&with, &address),
        address: address.into_string(),
    }));
    Ok(FoundPeople {
        people,
        directory: Directory::Asked,
        address: None,
    })
}

/// The conversation with somebody among these, unless it is out of sight.
fn conversation(with: &[Conversation], address: &Address) -> Option<ConversationId> {
    with.iter()
        .find(|with| with.address == *address && with.shown_in != ConversationBox::Hidden)
        .map(|with| with.id.into())
}
