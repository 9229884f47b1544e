//! Knowledge of servers and rooms on which decoding a message depends.

use xmpp_parsers::jid::BareJid;

use crate::features::{ChatService, ChatServiceKind};
use crate::presence::Affiliation;

/// Whether a server, or a room by itself, announces that it strips stanza-ids which clients made up (XEP-0359 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum StanzaIds {
    /// It does.
    Announced,
    /// It does not. MongooseIM before 6.6 strips them from what it archives all the same, but lets them through on what it does not
    /// archive and on what already carries a `<delay/>`: of the own server and of rooms on its services they are believed on everything
    /// else.
    #[default]
    Unannounced,
}

/// Whether those who are in a room see who the others are (XEP-0045 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RealAddresses {
    /// They do, also in the room's archive: in each message that it keeps stands its sender's address.
    Shown,
    /// They do not, as far as is known. An address that stands in a message there may be its sender's invention.
    #[default]
    Hidden,
}

/// What a room says of itself, as far as decoding depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RoomTraits {
    pub(crate) stanza_ids: StanzaIds,
    pub(crate) real_addresses: RealAddresses,
}

/// What one is in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnOccupant {
    /// One's name there.
    pub(crate) nick: String,
    /// The room's id for oneself (XEP-0421); `None`: it gives none.
    pub(crate) id: Option<String>,
    /// Other names that one's own devices have or had there.
    pub(crate) names: Vec<String>,
    /// What the room is like for whoever is this in it.
    pub(crate) room: RoomTraits,
}

/// What is known of another occupant of a room that shows who they are.
#[derive(Clone)]
pub(crate) struct OtherOccupant {
    /// Real address.
    pub(crate) real_jid: BareJid,
    /// What they are to the room, where it says so.
    pub(crate) affiliation: Option<Affiliation>,
}

/// What decoding needs to know.
pub(crate) struct Context<'a> {
    /// The own account.
    pub(crate) own: &'a BareJid,
    /// See [`StanzaIds`].
    pub(crate) stanza_ids: StanzaIds,
    /// What one is in a room, where it has been entered.
    pub(crate) own_occupant: &'a (dyn Fn(&BareJid) -> Option<OwnOccupant> + Sync),
    /// Whether a room shows who its occupants are, also where it has not been entered.
    pub(crate) real_addresses: &'a (dyn Fn(&BareJid) -> RealAddresses + Sync),
    /// An occupant of a room, where the room shows who it is.
    pub(crate) occupant: &'a (dyn Fn(&BareJid, &str) -> Option<OtherOccupant> + Sync),
    /// Known services, to tell MUC Light from MUC: in a MUC anybody may take a name that looks like an address.
    pub(crate) services: &'a [ChatService],
}

impl Context<'_> {
    pub(super) fn service(&self, room: &BareJid) -> Option<ChatServiceKind> {
        let mut services = self.services.iter();
        let found = services.find(|service| service.jid.domain() == room.domain());
        found.map(|service| service.kind)
    }

    pub(super) fn is_muc_light(&self, room: &BareJid) -> bool {
        self.service(room) == Some(ChatServiceKind::MucLight)
    }

    /// Of which messages the stanza-ids are believed that a room is said to have given them; `None`: of none. Each room answers for itself:
    /// what the own server announces says nothing of what rooms elsewhere strip.
    pub(super) fn room_ids(&self, room: &BareJid) -> Option<StanzaIds> {
        let announced = (self.own_occupant)(room).map(|own| own.room.stanza_ids);
        match (self.service(room), announced) {
            (Some(ChatServiceKind::MucLight), _) => Some(self.stanza_ids),
            (_, Some(StanzaIds::Announced)) => Some(StanzaIds::Announced),
            (Some(ChatServiceKind::Muc), _) if self.stanza_ids == StanzaIds::Unannounced => {
                Some(StanzaIds::Unannounced)
            }
            _ => None,
        }
    }
}
