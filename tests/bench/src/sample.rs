//! The archive that is measured: one person's conversations of two years, put together from the sample hospital's.
//!
//! The hospital's talk is of six weeks. Whatever was said in one go stays together; the pauses between are stretched, so that pages
//! hold what pages of a real archive hold: a few messages each of many conversations.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Duration, Utc};
use wardline_test_support::hospital::{DOMAIN, Hospital, USER};
use wardline_test_support::servers::{Account, ArchiveOwner, ArchivedStanza, Contact, Prosody};

use crate::BenchError;

/// Team chats of the hospital, whose archives are not measured here.
const TEAMS: usize = 6;
/// A longer pause begins something new.
const PAUSE: Duration = Duration::minutes(20);
/// How many times longer the pauses get: six weeks become two years.
const STRETCH: i32 = 17;

/// Texts of each conversation, by the other person's address.
pub(crate) type Texts = BTreeMap<String, Vec<String>>;

/// One person's archive.
pub(crate) struct Sample {
    hospital: Hospital,
    /// The first message of each conversation: what was there before the two years.
    pub(crate) before: Vec<ArchivedStanza>,
    /// Everything after that, by time.
    pub(crate) rest: Vec<ArchivedStanza>,
}

impl Sample {
    /// About `messages` messages in so many conversations.
    pub(crate) fn new(conversations: usize, messages: usize) -> Result<Self, BenchError> {
        let now = Utc::now();
        let each = messages / conversations.max(1);
        let hospital = Hospital::of_size(DOMAIN, now, conversations + TEAMS, each * (conversations + TEAMS))?;
        let own = ArchiveOwner::Person(USER.to_owned());
        let mut by_person: BTreeMap<&str, Vec<&ArchivedStanza>> = BTreeMap::new();
        for stanza in hospital.stanzas().iter().filter(|stanza| stanza.owner == own) {
            by_person.entry(&stanza.with).or_default().push(stanza);
        }
        let (mut before, mut rest) = (Vec::new(), Vec::new());
        for stanzas in by_person.into_values() {
            let mut spread = stretch(&stanzas, now).into_iter();
            before.extend(spread.next());
            rest.extend(spread);
        }
        // Long ago, and in an order.
        for (stanza, minute) in before.iter_mut().zip(0..) {
            stanza.at = now - Duration::days(800) + Duration::minutes(minute);
        }
        rest.sort_by_key(|stanza| stanza.at);
        Ok(Self { hospital, before, rest })
    }

    /// Who signs in.
    pub(crate) fn account(&self) -> Account {
        self.hospital.user()
    }

    /// Everything, by time.
    pub(crate) fn whole(&self) -> Vec<ArchivedStanza> {
        self.before.iter().chain(&self.rest).cloned().collect()
    }

    /// The other people's addresses.
    pub(crate) fn people(&self) -> Vec<String> {
        self.contacts().into_iter().map(|contact| contact.address).collect()
    }

    fn contacts(&self) -> Vec<Contact> {
        let others = self.hospital.people().iter().filter(|person| person.name != USER);
        let contact = |person: &wardline_test_support::hospital::Person| Contact {
            address: format!("{}@{DOMAIN}", person.name),
            name: person.full_name.clone(),
            groups: vec![person.ward.clone()],
        };
        others.map(contact).collect()
    }

    /// Makes everybody's account with its roster on a server.
    pub(crate) fn sign_up(&self, server: &Prosody) -> Result<(), BenchError> {
        let own = self.account();
        let contacts = self.contacts();
        let back = Contact {
            address: own.address.clone(),
            name: own.name().to_owned(),
            groups: Vec::new(),
        };
        for contact in &contacts {
            let name = contact.address.split('@').next().unwrap_or_default();
            server.create_account(name, &own.password)?;
            server.write_roster(name, std::slice::from_ref(&back))?;
        }
        server.create_account(own.name(), &own.password)?;
        server.write_roster(own.name(), &contacts)?;
        Ok(())
    }
}

/// How many of these are messages that somebody reads, and not only say that something was read.
pub(crate) fn count<'a>(stanzas: impl IntoIterator<Item = &'a ArchivedStanza>) -> usize {
    stanzas.into_iter().filter(|stanza| !stanza.text.is_empty()).count()
}

/// What must be held when all these are: sorted by text, as the order is not what is measured here.
pub(crate) fn texts<'a>(stanzas: impl IntoIterator<Item = &'a ArchivedStanza>) -> Texts {
    let mut texts = Texts::new();
    for stanza in stanzas.into_iter().filter(|stanza| !stanza.text.is_empty()) {
        texts.entry(stanza.with.clone()).or_default().push(stanza.text.clone());
    }
    texts.values_mut().for_each(|texts| texts.sort());
    texts
}

fn stretch(stanzas: &[&ArchivedStanza], now: DateTime<Utc>) -> Vec<ArchivedStanza> {
    let mut stretched = Vec::with_capacity(stanzas.len());
    let (mut last, mut began, mut moved) = (None, now, now);
    let mut ids: HashMap<&str, u32> = HashMap::new();
    for stanza in stanzas {
        if last.is_none_or(|last| stanza.at - last > PAUSE) {
            began = stanza.at;
            moved = now - (now - began) * STRETCH;
        }
        last = Some(stanza.at);
        let used = ids.entry(&stanza.id).or_default();
        *used += 1;
        stretched.push(ArchivedStanza {
            at: moved + (stanza.at - began),
            id: if *used == 1 {
                stanza.id.clone()
            } else {
                format!("{}-{used}", stanza.id)
            },
            ..(*stanza).clone()
        });
    }
    stretched
}
