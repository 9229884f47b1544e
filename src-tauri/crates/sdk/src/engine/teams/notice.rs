//! What a team says of itself, or somebody in it of what they have changed about it: how it is kept, and how it is shown.

use serde::{Deserialize, Serialize};
use wardline_store::Text;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{Direction, MessageKind, ReceivedMessage};
use wardline_xmpp::muc::Announced;
use wardline_xmpp::muc_light::{Affiliation, Change, Occupant};

use crate::engine::people::Contacts;
use crate::people::LABEL_LIMIT;
use crate::text::display::{label, paragraph};
use crate::view::{TeamEvent, Who};

/// Something that is said of a team, with the bare addresses of those it is about: names are looked up when it is shown. Who says it,
/// is the message's to say.
#[derive(Serialize, Deserialize)]
enum Said {
    Created { by: Vec<String>, with: Vec<String> },
    Added(Vec<String>),
    Gone(Vec<String>),
    Joined,
    Left,
    Owner(Vec<String>),
    Renamed(String),
    Purpose(String),
    Topic(String),
    Private,
    Room(String),
}

/// Most characters of a topic, or of what a room says to us alone, that are kept.
const MOST_CHARACTERS: usize = 1_000;

/// What a message tells of its team, as it is kept; `None`: nothing that a person would want to read.
pub(in crate::engine) fn kept(message: &ReceivedMessage) -> Option<Text> {
    let by_room = message.room_changes.iter().flat_map(said);
    let by_somebody = message.announced.as_ref().map(announced).or_else(|| topic(message));
    as_kept(by_room.chain(by_somebody).collect())
}

/// What came through a team without being said in it, as it is kept; `None`: it was said in it, or nobody has written anything.
pub(in crate::engine) fn beside(message: &ReceivedMessage) -> Option<Text> {
    let by_room = message.from.is_bare() && message.direction == Direction::Incoming;
    let said = match (message.kind, &message.body) {
        _ if message.invitation.is_some() => return None,
        (MessageKind::RoomPrivate | MessageKind::Normal | MessageKind::Chat | MessageKind::Headline, Some(text))
            if by_room =>
        {
            Said::Room(short(text))
        }
        (MessageKind::RoomPrivate, body) if !by_room && (body.is_some() || message.unreadable.is_some()) => {
            Said::Private
        }
        _ => return None,
    };
    as_kept(vec![said])
}

fn as_kept(said: Vec<Said>) -> Option<Text> {
    if said.is_empty() {
        return None;
    }
    serde_json::to_string(&said).ok().map(Text)
}

/// The subject that somebody has given the room (XEP-0045 section 8.1).
fn topic(message: &ReceivedMessage) -> Option<Said> {
    let is_said = message.kind == MessageKind::GroupChat && message.body.is_none() && message.nick.is_some();
    let subject = message.subject.as_ref().filter(|_| is_said)?;
    Some(Said::Topic(short(subject)))
}

fn short(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

/// Whether a message of the room's own tells that somebody has been taken in. Servers with an inbox count that as unread for them.
pub(in crate::engine) fn takes_in(message: &ReceivedMessage, person: &BareJid) -> bool {
    message.room_changes.iter().any(|change| match change {
        Change::Occupants { occupants, .. } => occupants
            .iter()
            .any(|occupant| occupant.jid == *person && occupant.affiliation != Affiliation::None),
        Change::Configuration { .. } | Change::Destroyed => false,
    })
}

fn said(change: &Change) -> Vec<Said> {
    match change {
        Change::Occupants { version, occupants, .. } => said_of_people(occupants, version.is_none()),
        Change::Configuration { configuration, .. } => {
            let renamed = configuration.name.clone().map(Said::Renamed);
            renamed
                .into_iter()
                .chain(configuration.subject.clone().map(Said::Purpose))
                .collect()
        }
        Change::Destroyed => Vec::new(),
    }
}

fn announced(announced: &Announced) -> Said {
    let addresses = |people: &[BareJid]| people.iter().map(BareJid::to_string).collect();
    match announced {
        Announced::Made { with } => Said::Created {
            by: Vec::new(),
            with: addresses(with),
        },
        Announced::Added { newcomers } => Said::Added(addresses(newcomers)),
        Announced::Removed { people } => Said::Gone(addresses(people)),
        Announced::HandedOver { to } => Said::Owner(vec![to.to_string()]),
        Announced::Joined => Said::Joined,
        Announced::Left => Said::Left,
        Announced::Renamed { name } => Said::Renamed(name.clone()),
        Announced::Purpose { text } => Said::Purpose(text.clone()),
    }
}

/// An archive tells of the making of a room without a version; a later change has one, and whoever hands a room over becomes a member.
fn said_of_people(occupants: &[Occupant], unversioned: bool) -> Vec<Said> {
    let those = |wanted: Affiliation| -> Vec<String> {
        let those = occupants.iter().filter(|occupant| occupant.affiliation == wanted);
        those.map(|occupant| occupant.jid.to_string()).collect()
    };
    let (owners, members, gone) = (
        those(Affiliation::Owner),
        those(Affiliation::Member),
        those(Affiliation::None),
    );
    let mut said = Vec::new();
    if !owners.is_empty() && unversioned {
        return vec![Said::Created {
            by: owners,
            with: members,
        }];
    }
    if !owners.is_empty() {
        said.push(Said::Owner(owners));
    } else if !members.is_empty() {
        said.push(Said::Added(members));
    }
    if !gone.is_empty() {
        said.push(Said::Gone(gone));
    }
    said
}

/// What was kept, with names. What cannot be read says nothing.
pub(in crate::engine) fn shown(kept: &str, by: Option<&Who>, own: &BareJid, contacts: &Contacts) -> Vec<TeamEvent> {
    let themselves = || by.cloned().into_iter().collect();
    let who = |people: Vec<String>| people.into_iter().map(|person| who(&person, own, contacts)).collect();
    let said: Vec<Said> = serde_json::from_str(kept).unwrap_or_default();
    said.into_iter()
        .map(|said| match said {
            Said::Created { by, with } => TeamEvent::Created {
                by: who(by),
                with: who(with),
            },
            Said::Added(people) => TeamEvent::Added { who: who(people) },
            Said::Gone(people) => TeamEvent::Gone { who: who(people) },
            Said::Joined => TeamEvent::Joined { who: themselves() },
            Said::Left => TeamEvent::Left { who: themselves() },
            Said::Owner(people) => TeamEvent::Owner { who: who(people) },
            Said::Renamed(name) => TeamEvent::Renamed {
                name: label(&name, LABEL_LIMIT).unwrap_or_default(),
            },
            Said::Purpose(text) => TeamEvent::Purpose {
                text: paragraph(&text, usize::MAX).unwrap_or_default(),
            },
            Said::Topic(text) => TeamEvent::Topic {
                text: paragraph(&text, usize::MAX).unwrap_or_default(),
            },
            Said::Private => TeamEvent::Private { who: themselves() },
            Said::Room(text) => TeamEvent::Announced {
                text: paragraph(&text, usize::MAX).unwrap_or_default(),
            },
        })
        .collect()
}

/// Somebody by name, unless it is oneself.
pub(in crate::engine) fn who(address: &str, own: &BareJid, contacts: &Contacts) -> Who {
    if address == own.as_str() {
        Who::Me
    } else {
        Who::Other {
            name: contacts.person(address).name,
        }
    }
}
