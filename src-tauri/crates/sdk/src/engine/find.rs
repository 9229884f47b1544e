//! Finding a colleague to write to: among those known here, and in the hospital's directory.

use std::cmp::Reverse;

use wardline_store::{Address, conversations};

use super::Engine;
use crate::people::local_part;
use crate::text::folded;
use crate::view::{CommandError, Directory, FoundPeople, FoundPerson};

/// Most people that an answer holds.
const MOST: usize = 50;

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
    /// People whose name, role, ward or address has words that begin like those of `text`.
    pub(super) async fn find_people(&mut self, text: &str) -> Result<FoundPeople, CommandError> {
        let words: Vec<String> = folded(text).split_whitespace().map(str::to_owned).collect();
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
                let fit = fit(&words, &person.name, &about)?;
                Some((fit, address.clone()))
            })
            .collect();
        found.sort_by_cached_key(|(fit, address)| (Reverse(*fit), folded(&self.contacts.person(address).name)));
        found.truncate(MOST);
        let tx = self.store.read().await?;
        let addresses: Vec<Address> = found.iter().map(|(_, address)| Address(address.clone())).collect();
        let with = conversations::by_addresses(&tx, &addresses).await?;
        let people = addresses
            .into_iter()
            .map(|address| FoundPerson {
                person: self.contacts.person(address.as_str()),
                presence: self.presences.of(&address),
                conversation: with
                    .iter()
                    .find(|with| with.address == address)
                    .map(|with| with.id.into()),
                address: address.into_string(),
            })
            .collect();
        Ok(FoundPeople {
            people,
            directory: Directory::NotOffered,
        })
    }
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
