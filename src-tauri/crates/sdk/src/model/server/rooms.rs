//! The rooms of the server, of both kinds: who belongs to them, and how Alice's app may take her to stand with them by what it was told.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::{Membership, TeamRole};

use super::archive::Archive;
use super::state::{Author, OWN, Said, State};
use crate::model::schedule::{Chat, Out, RoomManner};

/// What Alice is to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Member,
    None,
    Banned,
}

/// A room.
pub(in crate::model) struct Room {
    pub(super) archive: Archive,
    pub(super) alice: Standing,
    pub(super) is_ended: bool,
    others: BTreeMap<&'static str, TeamRole>,
    pub(super) version: u32,
    /// What this computer may take it for: one of these.
    told: Vec<Membership>,
    /// When this computer's session was let in, and what it could take the room for before.
    let_in: Option<(Instant, Vec<Membership>)>,
    /// Whether this computer was ever kept from hearing what is said.
    pub(super) was_out: bool,
    /// Since when it is, Unix microseconds.
    pub(super) out_since: i64,
}

impl Room {
    fn new(alice: Standing) -> Self {
        Self {
            archive: Archive::default(),
            alice,
            is_ended: false,
            others: BTreeMap::from([
                ("bob@ward.example", TeamRole::Owner),
                ("carol@ward.example", TeamRole::Member),
            ]),
            version: 1,
            told: Vec::new(),
            let_in: None,
            was_out: alice != Standing::Member,
            out_since: 0,
        }
    }

    /// Whether Alice may read and write.
    pub(super) fn has_alice(&self) -> bool {
        self.alice == Standing::Member && !self.is_ended
    }

    /// Everybody who belongs to it.
    pub(in crate::model) fn members(&self) -> BTreeMap<&'static str, TeamRole> {
        let mut members = self.others.clone();
        if self.alice == Standing::Member {
            members.insert(OWN, TeamRole::Member);
        }
        members
    }

    /// Dave comes, or goes if he is there. Whether he is there now.
    pub(super) fn turn_dave(&mut self) -> bool {
        let is_there = self.others.remove(DAVE).is_some();
        if !is_there {
            self.others.insert(DAVE, TeamRole::Member);
        }
        !is_there
    }

    /// Something about it changes; how often something has.
    pub(super) fn next_version(&mut self) -> u32 {
        self.version += 1;
        self.version
    }

    /// This computer is told how Alice stands. An invitation that she cannot follow stays one, and whoever has left has not been taken
    /// out.
    pub(super) fn tell(&mut self, membership: Membership) {
        let stays: &[Membership] = match membership {
            Membership::Member => &[],
            // Of one that this computer has left it hears nothing more, though the room may not know that.
            Membership::Removed | Membership::Ended => &[Membership::Left, Membership::Invited],
            _ => &[Membership::Invited],
        };
        self.told.retain(|told| stays.contains(told));
        self.told.push(membership);
    }

    /// This computer's session is let in, which it need not want any more.
    pub(super) fn let_in(&mut self, is_wanted: bool) {
        self.let_in = Some((Instant::now(), self.told.clone()));
        if is_wanted {
            self.tell(Membership::Member);
        } else {
            self.tell_maybe(Membership::Member);
        }
    }

    /// A session has ended which need not have heard that it was let in: the process may have been killed over what has just come.
    pub(super) fn forget_let_in(&mut self, is_under_way: bool) {
        if let Some((at, before)) = self.let_in.take()
            && (is_under_way || at.elapsed() < Duration::from_secs(1))
        {
            self.told.extend(before);
        }
    }

    /// This computer may hear something that it need not heed.
    pub(super) fn tell_maybe(&mut self, membership: Membership) {
        self.told.push(membership);
    }
}

/// Alice's name in the ward's room, which her phone has where each device has a name of its own.
pub(super) const PHONE_NICK: &str = "alice";

/// Somebody who comes and goes.
pub(super) const DAVE: &str = "dave@ward.example";

/// The rooms, and what Alice's account keeps about the one of XEP-0045.
pub(super) struct Rooms {
    pub(super) ward: Room,
    pub(super) night: Room,
    /// What the room of MUC Light is called.
    pub(super) night_name: String,
    /// Whether the service of MUC Light is there, and rooms tell who is in them.
    pub(super) are_told: bool,
    /// How the ward's room behaves.
    pub(super) manner: RoomManner,
    /// The name under which this computer is, or was last, in the ward's room.
    pub(super) desk_nick: String,
    /// Whether this computer's session is inside the ward's room.
    pub(super) is_inside: bool,
    /// Whether the room is remembered in personal eventing, as the phone does it, and in private storage, as this computer does.
    pub(super) in_node: bool,
    pub(super) in_storage: bool,
    /// Whether Alice wants to be in the room, on any device.
    pub(super) is_wanted: bool,
    /// Whether this computer has forgotten or entered the room by its own decision since the phone has forgotten it.
    pub(super) is_decided_here: bool,
}

impl Default for Rooms {
    fn default() -> Self {
        Self {
            ward: Room::new(Standing::Member),
            night: Room::new(Standing::None),
            night_name: "Night".to_owned(),
            are_told: false,
            manner: RoomManner::Standard,
            desk_nick: PHONE_NICK.to_owned(),
            is_inside: false,
            in_node: true,
            in_storage: false,
            is_wanted: true,
            is_decided_here: false,
        }
    }
}

impl Rooms {
    pub(super) fn of(&self, chat: Chat) -> Option<&Room> {
        match chat {
            Chat::Ward => Some(&self.ward),
            Chat::Night => Some(&self.night),
            Chat::Bob | Chat::Carol => None,
        }
    }

    pub(super) fn of_mut(&mut self, chat: Chat) -> Option<&mut Room> {
        match chat {
            Chat::Ward => Some(&mut self.ward),
            Chat::Night => Some(&mut self.night),
            Chat::Bob | Chat::Carol => None,
        }
    }
}

impl State {
    /// From now on there is a service of MUC Light, and rooms tell who is in them. `taken_in`: Alice is in the room of MUC Light.
    pub(in crate::model) fn tell_of_rooms(&mut self, taken_in: bool) {
        self.rooms.are_told = true;
        self.rooms.night = Room::new(if taken_in { Standing::Member } else { Standing::None });
        self.make_night();
    }

    pub(in crate::model) fn room(&self, chat: Chat) -> Option<&Room> {
        self.rooms.of(chat)
    }

    /// Whether somebody can say something in a conversation from anywhere but this computer.
    pub(super) fn may_speak(&self, chat: Chat, author: Author) -> bool {
        self.rooms.of(chat).is_none_or(|room| match author {
            Author::Alice => room.has_alice(),
            Author::Other | Author::Team => !room.is_ended,
        })
    }

    /// Whether this computer hears what is said in a conversation, if it is there.
    pub(in crate::model) fn hears(&self, chat: Chat) -> bool {
        match chat {
            Chat::Bob | Chat::Carol => true,
            Chat::Ward => self.rooms.is_inside,
            Chat::Night => self.rooms.night.has_alice(),
        }
    }

    /// Whether this computer may be without what was said in a conversation, now or once.
    pub(in crate::model) fn was_out(&self, chat: Chat) -> bool {
        self.rooms.of(chat).is_some_and(|room| room.was_out)
    }

    /// Whether rooms tell who is in them.
    pub(in crate::model) fn tells_members(&self) -> bool {
        self.rooms.are_told
    }

    /// What the room of MUC Light is called.
    pub(in crate::model) fn night_name(&self) -> &str {
        &self.rooms.night_name
    }

    /// Whether the archive had written what was said, and told this computer of it if it was to, before Alice was put out of a team.
    pub(in crate::model) fn was_settled(&self, said: &Said) -> bool {
        const LATE_US: i64 = 5_000_000;
        let out_since = self.rooms.of(said.chat).map_or(i64::MAX, |room| room.out_since);
        self.hears(said.chat) || said.stamp + LATE_US < out_since
    }

    /// How Alice may stand with a team, as this computer has to know it.
    pub(in crate::model) fn standings(&self, chat: Chat) -> Vec<Membership> {
        let Some(room) = self.rooms.of(chat) else {
            return vec![Membership::Member];
        };
        if self.hears(chat) {
            return vec![Membership::Member];
        }
        let told = room.told.iter().copied();
        let mut standings: Vec<Membership> = told.filter(|told| *told != Membership::Member).collect();
        if chat == Chat::Ward && !self.rooms.is_wanted {
            standings.push(Membership::Left);
        }
        standings
    }

    /// Alice comes into the room of XEP-0045 on this computer, of which the server need not hear.
    pub(in crate::model) fn desk_enters(&mut self) {
        self.rooms.is_decided_here = true;
    }

    /// Whether this computer is in a team that Alice has left on her phone.
    pub(in crate::model) fn is_unasked(&self, chat: Chat) -> bool {
        chat == Chat::Ward && self.rooms.is_inside && !self.rooms.is_wanted && !self.rooms.is_decided_here
    }

    /// Alice leaves a team on this computer, of which the server need not hear.
    pub(in crate::model) fn desk_leaves(&mut self, chat: Chat) {
        if let Some(room) = self.rooms.of_mut(chat) {
            room.tell_maybe(Membership::Left);
        }
    }

    /// Alice is taken into a team, or asked into it where that is how it is done.
    pub(in crate::model) fn admit(&mut self, chat: Chat) {
        match chat {
            Chat::Ward if !self.rooms.ward.is_ended => self.ask_into_ward(),
            Chat::Night if !self.rooms.night.is_ended => self.take_into_night(),
            _ => {}
        }
    }

    /// Alice is put out of a team.
    pub(in crate::model) fn put_out(&mut self, chat: Chat, out: Out) {
        match chat {
            Chat::Ward if !self.rooms.ward.is_ended => self.put_out_of_ward(out),
            Chat::Night if !self.rooms.night.is_ended => self.put_out_of_night(out),
            _ => {}
        }
    }

    /// Somebody else comes or goes.
    pub(in crate::model) fn change_members(&mut self, chat: Chat) {
        match chat {
            Chat::Ward if !self.rooms.ward.is_ended => self.change_ward(),
            Chat::Night if !self.rooms.night.is_ended => self.change_night(),
            _ => {}
        }
    }

    /// Alice leaves a team on her phone.
    pub(in crate::model) fn phone_leaves(&mut self, chat: Chat) {
        match chat {
            Chat::Ward if self.rooms.ward.has_alice() => self.phone_leaves_ward(),
            Chat::Night if self.rooms.night.has_alice() => self.put_out_of_night(Out::Removed),
            _ => {}
        }
    }
}
