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
use super::jobs::Done;
use crate::people::{Known, local_part, person};
use crate::text::folded;
use crate::view::{CommandError, ConversationId, Directory, FoundPeople, FoundPerson, Presence};

/// Most people that an answer holds.
const MOST: usize = 50;

/// How long the directory may take: whoever searches waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// How well somebody fits what is looked for; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// A word of the role, the ward or the address begins so.
    About,
    /// A word of the name begins so.
    Name,
    /// The name begins so.
    Beginning,
}

impl Engine {
    /// People whose name, role, ward or address has words that begin like those of `text`: those known here, then those whom the
    /// hospital's directory finds besides. The answer comes when the directory has answered.
    pub(super) async fn find_people(&mut self, text: &str, answer: Answer<FoundPeople>) -> Result<(), StoreError> {
        let known = self.known_people(text).await?;
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
            })));
            return Ok(());
        };
        let (session, store, own) = (self.session.clone(), self.store.clone(), self.own.clone());
        self.jobs.spawn(async move {
            let listed = match timeout(PATIENCE, session.search_directory(&directory, &words)).await {
                Ok(listed) => listed,
                Err(_) => Err(RequestError::TimedOut),
            };
            let found = merged(&store, &own, known, listed).await.map_err(CommandError::from);
            drop(answer.send(found));
            Done::Nothing
        });
        Ok(())
    }

    /// Those known here, the best match first.
    async fn known_people(&self, text: &str) -> Result<Vec<FoundPerson>, StoreError> {
        let wanted = folded(text.trim());
        let words: Vec<String> = wanted.split_whitespace().map(str::to_owned).collect();
        let own = self.own.to_string();
        let mut found: Vec<(Fit, String)> = self
            .contacts
            .everybody()
            .filter(|(address, _)| **address != own)
            .filter_map(|(address, person)| {
                let about = [
                    person.role.as_deref(),
                    person.ward.as_deref(),
                    Some(local_part(address)),
                ];
                // Whoever types an address means that one.
                let fit = match wanted.contains('@') {
                    true => address.starts_with(&wanted).then_some(Fit::Beginning)?,
                    false => fit(&words, &person.name, &about)?,
                };
                Some((fit, address.clone()))
            })
            .collect();
        found.sort_by_cached_key(|(fit, address)| (Reverse(*fit), folded(&self.contacts.person(address).name)));
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
                person: self.contacts.person(address.as_str()),
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
    })
}

/// The conversation with somebody among these, unless it is out of sight.
fn conversation(with: &[Conversation], address: &Address) -> Option<ConversationId> {
    with.iter()
        .find(|with| with.address == *address && with.shown_in != ConversationBox::Hidden)
        .map(|with| with.id.into())
}

/// How well somebody fits; `None` if a word fits nothing of them. Nothing looked for fits everybody.
fn fit(words: &[String], name: &str, about: &[Option<&str>]) -> Option<Fit> {
    let name = folded(name);
    let about = folded(&about.iter().flatten().copied().collect::<Vec<_>>().join(" "));
    let begins = |text: &str, word: &str| {
        text.split(|c: char| !c.is_alphanumeric())
            .any(|part| part.starts_with(word))
    };
    let mut worst = Fit::Beginning;
    for word in words {
        let fit = if name.starts_with(word.as_str()) {
            Fit::Beginning
        } else if begins(&name, word) {
            Fit::Name
        } else if begins(&about, word) {
            Fit::About
        } else {
            return None;
        };
        worst = worst.min(fit);
    }
    Some(worst)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn every_word_must_fit_and_a_name_fits_better_than_a_ward() {
        let about = [Some("Cardiology registrar"), Some("Coronary care"), Some("asha.verma")];
        let asha = |text: &str| fit(&words(text), "Asha Verma", &about);
        assert_eq!(asha("ash"), Some(Fit::Beginning));
        assert_eq!(asha("verma"), Some(Fit::Name));
        assert_eq!(asha("asha cardio"), Some(Fit::About));
        assert_eq!(asha("asha ben"), None);
        assert_eq!(asha(""), Some(Fit::Beginning));
    }

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(fit(&words("ines"), "Inês Prata", &[]), Some(Fit::Beginning));
    }
}
