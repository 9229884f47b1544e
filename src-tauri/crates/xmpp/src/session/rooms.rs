//! Rooms that the session is in or joins (XEP-0045).

use std::collections::HashMap;

use tokio::sync::oneshot;
use tokio::time::Instant;
use xmpp_parsers::jid::{BareJid, FullJid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::muc::muc::{History, Muc};

use super::error::StanzaCondition;
use crate::message::{OtherOccupant, OwnOccupant, RealAddresses, RoomTraits, StanzaIds};
use crate::muc::{JoinError, Joined, RoomDescription, read_description};
use crate::ns;
use crate::presence::{Availability, Occupant, Role, Whose};
use crate::xml::{Build, element};

/// Status of a room that was made by entering it (XEP-0045 section 10.1).
const CREATED: u16 = 201;
/// Status of a room whose occupants see each other's addresses (XEP-0045 section 7.2.3).
const ADDRESSES_SHOWN: u16 = 100;
/// Most rooms whose traits are remembered.
const MOST_REMEMBERED: usize = 5_000;
/// Most nicknames of the account's devices that are remembered for a room.
const MOST_NAMES: usize = 16;

type Waiter = oneshot::Sender<Result<Joined, JoinError>>;

enum Stage {
    Entering {
        waiters: Vec<Waiter>,
        deadline: Instant,
    },
    /// The room took too long. It may still let us in later.
    Unanswered,
    Inside {
        codes: Vec<u16>,
    },
}

struct Room {
    nick: String,
    id: Option<String>,
    role: Role,
    /// The others by name, where the room shows who they are.
    occupants: HashMap<String, OtherOccupant>,
    description: Option<RoomDescription>,
    stage: Stage,
}

/// Facts about a room that outlast being in it.
#[derive(Default)]
struct Remembered {
    traits: RoomTraits,
    /// Nicknames that the account's devices have or had in it.
    names: Vec<String>,
}

impl Remembered {
    fn name(&mut self, nick: &str) {
        if !self.names.iter().any(|name| name == nick) {
            self.names.truncate(MOST_NAMES - 1);
            self.names.insert(0, nick.to_owned());
        }
    }
}

/// Rooms by address.
pub(super) struct Rooms {
    own: BareJid,
    rooms: HashMap<BareJid, Room>,
    /// Rooms that were joined or discovered in any session.
    remembered: HashMap<BareJid, Remembered>,
}

impl Rooms {
    pub(super) fn new(own: BareJid) -> Self {
        Self {
            own,
            rooms: HashMap::new(),
            remembered: HashMap::new(),
        }
    }

    /// Our occupant in `room`, if it is joined or being joined.
    pub(super) fn us(&self, room: &BareJid) -> Option<OwnOccupant> {
        self.rooms.get(room).map(|entered| self.own_occupant(room, entered))
    }

    fn own_occupant(&self, room: &BareJid, entered: &Room) -> OwnOccupant {
        let remembered = self.remembered.get(room);
        let mut traits = remembered.map(|remembered| remembered.traits).unwrap_or_default();
        if entered.role == Role::Moderator {
            // Moderators see everybody's.
            traits.real_addresses = RealAddresses::Shown;
        }
        OwnOccupant {
            nick: entered.nick.clone(),
            id: entered.id.clone(),
            names: remembered
                .map(|remembered| remembered.names.clone())
                .unwrap_or_default(),
            room: traits,
        }
    }

    /// Another occupant, where the room shows who they are.
    pub(super) fn occupant(&self, room: &BareJid, nick: &str) -> Option<OtherOccupant> {
        self.rooms.get(room)?.occupants.get(nick).cloned()
    }

    /// Our occupants in all rooms.
    pub(super) fn occupants(&self) -> HashMap<BareJid, OwnOccupant> {
        self.rooms
            .iter()
            .map(|(room, entered)| (room.clone(), self.own_occupant(room, entered)))
            .collect()
    }

    /// Traits of rooms that answered discovery, joined or not.
    pub(super) fn traits(&self) -> HashMap<BareJid, RoomTraits> {
        let remembered = self.remembered.iter();
        remembered
            .map(|(room, remembered)| (room.clone(), remembered.traits))
            .collect()
    }

    /// Handles the answer of a room to discovery.
    pub(super) fn learn(&mut self, room: BareJid, info: &Element) {
        let has = |feature: &str| {
            let mut features = info.children().filter(|child| child.is("feature", ns::DISCO_INFO));
            features.any(|child| child.attr("var") == Some(feature))
        };
        let stanza_ids = match has(ns::SID) {
            true => StanzaIds::Announced,
            false => StanzaIds::Unannounced,
        };
        // XEP-0045 section 15.3. A room that says neither may have sent a status when it was joined.
        let real_addresses = match (has("muc_nonanonymous"), has("muc_semianonymous")) {
            (true, _) => Some(RealAddresses::Shown),
            (false, true) => Some(RealAddresses::Hidden),
            (false, false) => None,
        };
        if let Some(entered) = self.rooms.get_mut(&room) {
            entered.description = Some(read_description(info, &room));
        }
        if self.remembered.len() < MOST_REMEMBERED || self.remembered.contains_key(&room) {
            let traits = &mut self.remembered.entry(room).or_default().traits;
            traits.stanza_ids = stanza_ids;
            traits.real_addresses = real_addresses.unwrap_or(traits.real_addresses);
        }
    }

    /// Begins to join. The presence to send, unless there is nothing to do.
    pub(super) fn enter(&mut self, room: BareJid, nick: String, deadline: Instant, waiter: Waiter) -> Option<Element> {
        match self.rooms.get_mut(&room) {
            Some(Room {
                nick: current,
                stage: Stage::Inside { codes },
                ..
            }) if *current == nick => {
                let known = codes.clone();
                // The first to join has already received the status that the room was created.
                codes.retain(|code| *code != CREATED);
                // The description from then may be old.
                let joined = Joined {
                    nick,
                    codes: known,
                    description: None,
                };
                let _ = waiter.send(Ok(joined));
                return None;
            }
            Some(Room {
                nick: current,
                stage: Stage::Entering { waiters, .. },
                ..
            }) if *current == nick => {
                waiters.push(waiter);
                return None;
            }
            _ => {}
        }
        let Ok(occupant) = room.with_resource_str(&nick) else {
            let _ = waiter.send(Err(JoinError::NickMalformed));
            return None;
        };
        // Rooms compare nicknames as prepared addresses, so we use the prepared form.
        let nick = occupant.resource().to_string();
        self.rooms.insert(
            room,
            Room {
                nick,
                id: None,
                role: Role::Other,
                occupants: HashMap::new(),
                description: None,
                stage: Stage::Entering {
                    waiters: vec![waiter],
                    deadline,
                },
            },
        );
        // No history: messages come from the archive, where they have ids.
        let join = Muc::new().with_history(History::new().with_maxstanzas(0));
        Some(
            element("presence", ns::JABBER_CLIENT)
                .with_attr("to", occupant.as_str())
                .with_child(join.into()),
        )
    }

    /// Leaves. The presence to send, if the room was joined or being joined.
    pub(super) fn leave(&mut self, room: &BareJid) -> Option<Element> {
        let left = self.rooms.remove(room)?;
        if let Stage::Entering { waiters, .. } = left.stage {
            fail(waiters, &JoinError::TimedOut);
        }
        let occupant: FullJid = room.with_resource_str(&left.nick).ok()?;
        let presence = element("presence", ns::JABBER_CLIENT).with_attr("type", "unavailable");
        Some(presence.with_attr("to", occupant.as_str()))
    }

    /// Whether presence from `room` is about its occupants.
    pub(super) fn knows(&self, room: &BareJid) -> bool {
        self.rooms.contains_key(room)
    }

    /// Whether a presence is our own: by the room's status, or by the nickname, as MongooseIM before 6.4 sends no
    /// status.
    pub(super) fn whose(&self, room: &BareJid, nick: &str, codes: &[u16]) -> Whose {
        let own = codes.contains(&110) || self.rooms.get(room).is_some_and(|room| room.nick == nick);
        if own { Whose::Own } else { Whose::Other }
    }

    /// Handles an occupant's presence.
    pub(super) fn apply(&mut self, occupant: &Occupant) {
        let Some(room) = self.rooms.get_mut(&occupant.room) else {
            return;
        };
        if let Availability::Error(condition) = occupant.availability {
            // Only an error about joining ends it: after a later one (a refused change of nickname) we are still in the
            // room.
            if !matches!(room.stage, Stage::Inside { .. })
                && let Some(Room {
                    stage: Stage::Entering { waiters, .. },
                    ..
                }) = self.rooms.remove(&occupant.room)
            {
                fail(waiters, &refusal(condition));
            }
            return;
        }
        if occupant.whose == Whose::Other {
            match &occupant.real_jid {
                Some(real) if occupant.availability != Availability::Unavailable => {
                    let other = OtherOccupant {
                        real_jid: real.to_bare(),
                        affiliation: occupant.affiliation,
                    };
                    if other.real_jid == self.own {
                        self.remembered
                            .entry(occupant.room.clone())
                            .or_default()
                            .name(&occupant.nick);
                    }
                    room.occupants.insert(occupant.nick.clone(), other);
                }
                _ => drop(room.occupants.remove(&occupant.nick)),
            }
            return;
        }
        if occupant.availability == Availability::Unavailable {
            match &occupant.new_nick {
                Some(new) => room.nick.clone_from(new),
                None if matches!(room.stage, Stage::Inside { .. }) => {
                    self.rooms.remove(&occupant.room);
                }
                // Before the room has let us in, this is about our former occupant.
                None => {}
            }
            return;
        }
        // We send no occupant id: the id in our own presence is the room's.
        room.nick.clone_from(&occupant.nick);
        room.id.clone_from(&occupant.occupant_id);
        room.role = occupant.role;
        let remembered = self.remembered.entry(occupant.room.clone()).or_default();
        remembered.name(&occupant.nick);
        if occupant.codes.contains(&ADDRESSES_SHOWN) {
            remembered.traits.real_addresses = RealAddresses::Shown;
        }
        let stage = std::mem::replace(&mut room.stage, Stage::Unanswered);
        let mut codes = occupant.codes.clone();
        match stage {
            Stage::Entering { waiters, .. } => {
                for waiter in waiters {
                    let _ = waiter.send(Ok(Joined {
                        nick: occupant.nick.clone(),
                        codes: codes.clone(),
                        description: room.description.clone(),
                    }));
                }
                codes.retain(|code| *code != CREATED);
            }
            // No caller has received it yet.
            Stage::Inside { codes: before } if before.contains(&CREATED) && !codes.contains(&CREATED) => {
                codes.push(CREATED);
            }
            Stage::Inside { .. } | Stage::Unanswered => {}
        }
        room.stage = Stage::Inside { codes };
    }

    /// When the next room has taken too long.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.rooms
            .values()
            .filter_map(|room| match room.stage {
                Stage::Entering { deadline, .. } => Some(deadline),
                Stage::Inside { .. } | Stage::Unanswered => None,
            })
            .min()
    }

    /// Gives up rooms that took too long to answer.
    pub(super) fn expire(&mut self, now: Instant) {
        for room in self.rooms.values_mut() {
            if matches!(room.stage, Stage::Entering { deadline, .. } if deadline <= now)
                && let Stage::Entering { waiters, .. } = std::mem::replace(&mut room.stage, Stage::Unanswered)
            {
                fail(waiters, &JoinError::TimedOut);
            }
        }
    }

    /// The session is over: we are in no room any more.
    pub(super) fn abandon(&mut self) {
        for (_, room) in self.rooms.drain() {
            if let Stage::Entering { waiters, .. } = room.stage {
                fail(waiters, &JoinError::SessionLost);
            }
        }
    }
}

fn fail(waiters: Vec<Waiter>, error: &JoinError) {
    for waiter in waiters {
        let _ = waiter.send(Err(error.clone()));
    }
}

fn refusal(condition: StanzaCondition) -> JoinError {
    match condition {
        StanzaCondition::Conflict => JoinError::NickTaken,
        // XEP-0045 sections 7.2.6 to 7.2.9.
        StanzaCondition::NotAuthorized => JoinError::PasswordNeeded,
        StanzaCondition::RegistrationRequired => JoinError::MembersOnly,
        StanzaCondition::Forbidden => JoinError::Banned,
        StanzaCondition::ServiceUnavailable => JoinError::Unavailable,
        StanzaCondition::NotAllowed => JoinError::NotAllowed,
        StanzaCondition::ItemNotFound | StanzaCondition::Gone | StanzaCondition::RemoteServerNotFound => {
            JoinError::NoSuchRoom
        }
        StanzaCondition::JidMalformed | StanzaCondition::NotAcceptable => JoinError::NickMalformed,
        other => JoinError::Refused(other),
    }
}
