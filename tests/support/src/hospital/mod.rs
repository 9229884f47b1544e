//! A hospital to try the app on: sixteen people, six team chats, six weeks of conversation. All of it is invented, and the
//! same in each run but for its dates, which count back from now.

mod card;
mod crowd;
mod history;
mod portrait;
mod staff;
mod stanzas;
mod teams;
mod thread;

use chrono::{DateTime, Utc};

pub use staff::{Person, USER};
pub use teams::Team;
pub use thread::ThreadError;

use self::history::{Said, Writer};
use self::stanzas::Places;
use crate::servers::{Account, ArchivedStanza, Contact, Inbox, Listed, Prosody, Room, ServerError};

/// The domain that the sample hospital uses.
pub const DOMAIN: &str = "northgate.example";

/// In a large hospital the user has not read what every so manyth colleague said last.
const UNREAD: usize = 5;

/// How much is said.
#[derive(Debug, Clone, Copy)]
struct Amount {
    /// About how many generated messages precede the hand-written end.
    per_person: usize,
    per_team: usize,
    /// Of every so manyth colleague without a hand-written end the last words are unread; `None`: everything is read.
    unread: Option<usize>,
}

impl Amount {
    const SAMPLE: Self = Self {
        per_person: 110,
        per_team: 380,
        unread: None,
    };
}

/// Why the hospital could not be put together or put into a server.
#[derive(Debug, thiserror::Error)]
pub enum HospitalError {
    /// A thread file is wrong.
    #[error(transparent)]
    Thread(#[from] ThreadError),
    /// A picture could not be drawn or a card could not be built.
    #[error("a picture or card could not be made: {0}")]
    Card(#[from] std::io::Error),
    /// The server refused.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// The hospital.
#[derive(Debug)]
pub struct Hospital {
    domain: String,
    service: String,
    password: String,
    people: Vec<Person>,
    teams: Vec<Team>,
    stanzas: Vec<ArchivedStanza>,
    inbox: Vec<Listed>,
}

/// What a one-to-one conversation consists of.
struct Conversation {
    said: Vec<Said>,
    unread: usize,
}

impl Hospital {
    /// The sample: some four thousand messages.
    ///
    /// # Errors
    /// [`HospitalError::Thread`] if a thread file is wrong.
    pub fn sample(domain: &str, now: DateTime<Utc>) -> Result<Self, HospitalError> {
        let mut hospital = Self::empty(domain, staff::everybody());
        let mut writer = Writer::new(7, now);
        hospital.write(&mut writer, now, Amount::SAMPLE)?;
        Ok(hospital)
    }

    /// A large one for measuring: `conversations` conversations with `messages` messages in all, the six team chats among
    /// them, seen by the same user, who has not read the last words of every fifth colleague.
    ///
    /// # Errors
    /// [`HospitalError::Thread`] if a thread file is wrong.
    pub fn of_size(
        domain: &str,
        now: DateTime<Utc>,
        conversations: usize,
        messages: usize,
    ) -> Result<Self, HospitalError> {
        let mut people = staff::everybody();
        let teams = teams::all().len();
        let wanted = conversations.saturating_sub(teams) + 1;
        people.extend(crowd::more(wanted.saturating_sub(people.len())));
        people.truncate(wanted.max(1));
        let mut hospital = Self::empty(domain, people);
        let each = messages / conversations.max(1);
        let mut writer = Writer::new(11, now);
        let amount = Amount {
            per_person: each,
            per_team: each,
            unread: Some(UNREAD),
        };
        hospital.write(&mut writer, now, amount)?;
        Ok(hospital)
    }

    fn empty(domain: &str, people: Vec<Person>) -> Self {
        Self {
            domain: domain.to_owned(),
            service: format!("rooms.{domain}"),
            password: uuid::Uuid::new_v4().simple().to_string(),
            people,
            teams: teams::all(),
            stanzas: Vec::new(),
            inbox: Vec::new(),
        }
    }

    /// Everybody who works there, the user first.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The team chats.
    #[must_use]
    pub fn teams(&self) -> &[Team] {
        &self.teams
    }

    /// A team chat's address.
    #[must_use]
    pub fn address_of_team(&self, team: &Team) -> String {
        format!("{}@{}", team.node, self.service)
    }

    /// Every archived message.
    #[must_use]
    pub fn stanzas(&self) -> &[ArchivedStanza] {
        &self.stanzas
    }

    /// The user's list of conversations as an inbox keeps it.
    #[must_use]
    pub fn inbox(&self) -> &[Listed] {
        &self.inbox
    }

    /// How to sign in as this member of staff (the part of the address before the `@`).
    #[must_use]
    pub fn account(&self, name: &str) -> Account {
        Account {
            address: self.address(name),
            password: self.password.clone(),
        }
    }

    /// How to sign in as the user of the demo.
    #[must_use]
    pub fn user(&self) -> Account {
        self.account(USER)
    }

    fn address(&self, name: &str) -> String {
        format!("{name}@{}", self.domain)
    }

    pub(crate) fn full_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.people
            .iter()
            .find(|person| person.name == name)
            .map_or(name, |person| &person.full_name)
    }

    fn write(&mut self, writer: &mut Writer, now: DateTime<Utc>, amount: Amount) -> Result<(), HospitalError> {
        let mut stanzas = Vec::new();
        let mut inbox = Vec::new();
        let places = Places {
            domain: &self.domain,
            service: &self.service,
            user: USER,
        };
        let others = self.people.iter().filter(|person| person.name != USER);
        for (number, person) in others.enumerate() {
            let pair = [USER.to_owned(), person.name.clone()];
            let mut talk = conversation(writer, &person.name, &pair, now, amount.per_person)?;
            if amount.unread.is_some_and(|every| number % every == 0) && talk.unread == 0 {
                talk.unread = talk.said.iter().rev().take_while(|said| said.who != USER).count();
            }
            stanzas.extend(talk.said.iter().map(|said| stanzas::direct(places, &person.name, said)));
            let last = talk.said.last();
            inbox.extend(
                last.map(|said| stanzas::listed(places, stanzas::direct(places, &person.name, said), &said.id, &talk)),
            );
            let read = talk.said.len().saturating_sub(talk.unread);
            let theirs = talk.said.iter().take(read).rev().find(|said| said.who != USER);
            stanzas.extend(theirs.map(|said| stanzas::displayed(places, &person.name, USER, said)));
            let own = talk.said.iter().rev().find(|said| said.who == USER);
            stanzas.extend(own.map(|said| stanzas::displayed(places, &person.name, &person.name, said)));
        }
        for team in &self.teams {
            let talk = conversation(writer, &team.node, &team.members, now, amount.per_team)?;
            let last = talk.said.last().map(|said| {
                let last = stanzas::in_room(places, &team.node, self.full_name(&said.who), said);
                stanzas::listed(places, last, &said.id, &talk)
            });
            inbox.extend(last);
            let said = talk.said.iter();
            stanzas.extend(said.map(|said| stanzas::in_room(places, &team.node, self.full_name(&said.who), said)));
        }
        // Servers order an archive by arrival, so arrival must follow time.
        stanzas.sort_by_key(|stanza| stanza.at);
        self.stanzas = stanzas;
        self.inbox = inbox;
        Ok(())
    }

    /// Puts everything into a stopped Prosody of the same domain: accounts, rosters, cards, team chats, bookmarks, archive.
    ///
    /// # Errors
    /// [`HospitalError`] if the server runs, or its files can't be written.
    pub async fn put_into(&self, server: &Prosody) -> Result<(), HospitalError> {
        for person in &self.people {
            server.create_account(&person.name, &self.password)?;
            server.write_card(&person.name, &card::of_person(person)?)?;
            server.write_roster(&person.name, &self.contacts_of(person))?;
            let rooms: Vec<_> = self
                .teams
                .iter()
                .filter(|team| team.members.contains(&person.name))
                .map(|team| (self.address_of_team(team), team.name.clone()))
                .collect();
            if !rooms.is_empty() {
                server.write_bookmarks(&person.name, &rooms, &person.full_name)?;
            }
        }
        server.write_rooms(&self.rooms()?)?;
        server.load_archive(&self.stanzas).await?;
        if server.inbox() == Inbox::MongooseIm {
            server.write_inbox(USER, &self.inbox)?;
        }
        Ok(())
    }

    /// The user knows everybody; in the sample everybody knows everybody too, in a large hospital only the user.
    fn contacts_of(&self, person: &Person) -> Vec<Contact> {
        let everybody = self.people.len() < 50 || person.name == USER;
        self.people
            .iter()
            .filter(|other| other.name != person.name && (everybody || other.name == USER))
            .map(|other| Contact {
                address: self.address(&other.name),
                name: other.full_name.clone(),
                groups: vec![other.ward.clone()],
            })
            .collect()
    }

    fn rooms(&self) -> Result<Vec<Room>, HospitalError> {
        let mut rooms = Vec::new();
        for team in &self.teams {
            let mut members = team.members.iter().map(|name| self.address(name));
            rooms.push(Room {
                node: team.node.clone(),
                name: team.name.clone(),
                description: team.description.clone(),
                owner: members.next().unwrap_or_default(),
                members: members.collect(),
                card: Some(card::of_team(team)?),
            });
        }
        Ok(rooms)
    }
}

fn conversation(
    writer: &mut Writer,
    name: &str,
    people: &[String],
    now: DateTime<Utc>,
    before_the_end: usize,
) -> Result<Conversation, HospitalError> {
    let (end, unread) = writer.end(name)?;
    let before = end.first().map_or(now, |said| said.at);
    let mut said = writer.weeks(people, before, before_the_end);
    said.extend(end);
    Ok(Conversation { said, unread })
}
