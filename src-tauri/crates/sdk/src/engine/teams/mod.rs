//! Team chats. Rooms of both kinds, XEP-0045 and MUC Light, are one thing to everybody above: a conversation with members.
//!
//! What is known of a team is in the store: members, purpose, how one stands with it. Each session asks anew what may have changed:
//! remembered rooms are [entered](entering), the rooms of a MUC Light service are [listed](light), and their archives are caught up
//! with. What is done about a team is asked of the server ([change], [made]) and shown when the server has done it; rooms that keep no word of it are
//! [told](announcing).

mod announcing;
mod bookmarks;
mod change;
mod deed;
mod details;
mod entering;
mod invitations;
mod light;
mod made;
mod members;
pub(super) mod notice;
pub(super) mod private;
mod requests;
mod standing;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::{Failure, Membership, TeamService};
use wardline_xmpp::features::ChatServiceKind;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::muc::Invitation;
use wardline_xmpp::session::{RequestError, StanzaCondition};

pub(super) use self::light::ensure_light;
use self::requests::InvitationNotices;
pub(super) use self::standing::failure;
use super::Engine;
use super::command::Answer;
use crate::view::CommandError;

/// How one stands with a room in this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    /// Asked to enter, after so many times in vain.
    Entering(u32),
    /// Inside. Whoever is in a room of MUC Light is always inside.
    Inside,
    /// Not let in, for a reason that may pass; it is tried again then.
    Resting {
        /// When.
        until: Instant,
        /// After so many times in vain.
        tries: u32,
    },
    /// Not let in, and not to be: what waits for the room fails by this.
    Closed(Failure),
}

/// Rooms of this session.
#[derive(Debug, Default)]
pub(super) struct Teams {
    stays: HashMap<BareJid, Stay>,
    /// Whether it is known which rooms are remembered in this session.
    pub(super) are_remembered_known: bool,
    /// Rooms that are being left by one's own decision.
    leaving: HashSet<BareJid>,
    /// Rooms that this computer itself has had forgotten, and not remembered since. The server tells it so like any other device, maybe
    /// after somebody has asked to come in again.
    forgotten_here: HashSet<BareJid>,
    /// How often rooms of MUC Light have said whether one is in them. An answer that was asked for before the last time may be older
    /// than that, though it comes later: messages and answers reach the engine on two ways.
    told: u64,
    /// How often it was told what one's devices remember; as `told`, for the list of it.
    remembered: u64,
    /// Rooms of which it has not been asked in this session who belongs to them, or not since that has changed.
    doubted: HashSet<BareJid>,
    /// Rooms that are being asked who belongs to them, and whether that has changed since.
    listing: HashMap<BareJid, Listing>,
    /// Rooms into which one was asked, which is told once they have said what they are called.
    asked_into: HashSet<BareJid>,
    /// Invitations, with their time, to addresses elsewhere that have not said yet whether they are rooms.
    unverified: HashMap<BareJid, (Invitation, Option<i64>)>,
    /// When the user was notified of invitations.
    notices: InvitationNotices,
    /// Rooms that have put us out, and how one stands with them then, while they were asked to let us in: their answer is still to come,
    /// and may be older or newer than that.
    put_out: HashMap<BareJid, Membership>,
    /// Who waits to be told that a room has been entered.
    awaiting: HashMap<BareJid, Waiting>,
}

/// What is known of a list of members that has been asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    /// Nothing.
    Asked,
    /// Somebody has become something else to the room since: the list may or may not have it.
    Outdated,
}

/// Somebody who waits for a room to be entered.
#[derive(Debug)]
struct Waiting {
    answer: Answer<()>,
    asked: Asked,
}

/// When somebody has asked to come into a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Before the room was asked.
    First,
    /// While the room was being asked already: a refusal may be older than what lets one in now.
    Meanwhile,
}

impl Teams {
    /// How one stands with a room; `None`: it has not been tried to enter it.
    pub(super) fn stay(&self, room: &BareJid) -> Option<Stay> {
        self.stays.get(room).copied()
    }

    /// A room is entered after a pause.
    fn rest(&mut self, room: BareJid, pause: Duration) {
        let until = Instant::now() + pause;
        self.stays.insert(room, Stay::Resting { until, tries: 0 });
    }

    /// When the next room is to be tried again.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let deadlines = self.stays.values().filter_map(|stay| match stay {
            Stay::Resting { until, .. } => Some(*until),
            _ => None,
        });
        deadlines.min()
    }

    /// Whether this computer leaves a room, or has left it and not come in again: the server tells of that as of other devices.
    fn is_leaving_here(&self, room: &BareJid) -> bool {
        self.leaving.contains(room) || self.forgotten_here.contains(room)
    }

    fn tries(&self, room: &BareJid) -> u32 {
        match self.stay(room) {
            Some(Stay::Entering(tries) | Stay::Resting { tries, .. }) => tries,
            _ => 0,
        }
    }

    /// The session is gone, and with it every stay in a room.
    pub(super) fn forget(&mut self) {
        self.stays.clear();
        self.put_out.clear();
        self.leaving.clear();
        self.doubted.clear();
        self.listing.clear();
        self.forgotten_here.clear();
        self.are_remembered_known = false;
    }
}

impl Engine {
    /// Which kind of service keeps a room, as far as the server has said.
    pub(super) fn service_of(&self, room: &BareJid) -> Option<TeamService> {
        let services = &self.remembered.features().chat_services;
        let service = services.iter().find(|service| service.jid.domain() == room.domain())?;
        Some(match service.kind {
            ChatServiceKind::Muc => TeamService::Muc,
            ChatServiceKind::MucLight => TeamService::MucLight,
        })
    }

    /// Whether a room is one of MUC Light.
    pub(super) fn is_light(&self, room: &BareJid) -> bool {
        self.service_of(room) == Some(TeamService::MucLight)
    }

    /// Addresses of the services of one kind.
    pub(super) fn services(&self, kind: ChatServiceKind) -> Vec<BareJid> {
        let services = self.remembered.features().chat_services.iter();
        services
            .filter(|service| service.kind == kind)
            .map(|service| service.jid.clone())
            .collect()
    }
}

/// Why something about a team could not be done.
fn refusal(error: &RequestError) -> CommandError {
    match error {
        RequestError::Refused(
            StanzaCondition::Forbidden | StanzaCondition::NotAllowed | StanzaCondition::RegistrationRequired,
        ) => CommandError::NotAllowed,
        RequestError::Refused(StanzaCondition::ItemNotFound | StanzaCondition::Gone) => CommandError::NotFound,
        RequestError::Refused(_) | RequestError::Malformed | RequestError::TooLarge | RequestError::Unacceptable => {
            CommandError::ServerError
        }
        RequestError::Offline | RequestError::SessionLost | RequestError::TimedOut => CommandError::ServerUnreachable,
    }
}
