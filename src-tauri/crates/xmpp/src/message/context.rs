//! Facts about servers and rooms on which decoding a message depends.

use xmpp_parsers::jid::BareJid;

use crate::features::{ChatService, ChatServiceKind};
use crate::presence::Affiliation;

/// Whether a server, or a room by itself, announces that it strips stanza-ids which clients made up (XEP-0359 section
/// 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum StanzaIds {
    /// It does.
    Announced,
    /// It does not. MongooseIM before 6.6 strips them from what it archives all the same, but lets them through on what
    /// it does not archive and on what already carries a `<delay/>`: of the own server and of rooms on its services
    /// they are believed on everything else.
    #[default]
    Unannounced,
}

/// Whether the occupants of a room see each other's addresses (XEP-0045 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RealAddresses {
    /// They do. The room's archive holds the sender's address in each message.
    Shown,
    /// They do not, as far as we know. An address in an archived message may be its sender's invention.
    #[default]
    Hidden,
}

/// Features of a room on which decoding depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RoomTraits {
    pub(crate) stanza_ids: StanzaIds,
    pub(crate) real_addresses: RealAddresses,
}

/// Our occupant in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnOccupant {
    /// Our nickname.
    pub(crate) nick: String,
    /// Our occupant id (XEP-0421); `None`: the room gives none.
    pub(crate) id: Option<String>,
    /// Other nicknames that the account's devices have or had there.
    pub(crate) names: Vec<String>,
    /// The traits of the room for this occupant.
    pub(crate) room: RoomTraits,
}

/// Another occupant of a room that shows addresses.
#[derive(Clone)]
pub(crate) struct OtherOccupant {
    /// Real address.
    pub(crate) real_jid: BareJid,
    /// Their affiliation, if the room sends it.
    pub(crate) affiliation: Option<Affiliation>,
}

/// Input of the decoder beside the message.
pub(crate) struct Context<'a> {
    /// The own account.
    pub(crate) own: &'a BareJid,
    /// See [`StanzaIds`].
    pub(crate) stanza_ids: StanzaIds,
    /// Our occupant in a room that was joined.
    pub(crate) own_occupant: &'a (dyn Fn(&BareJid) -> Option<OwnOccupant> + Sync),
    /// Whether a room shows its occupants' addresses, joined or not.
    pub(crate) real_addresses: &'a (dyn Fn(&BareJid) -> RealAddresses + Sync),
    /// Another occupant of a room that shows addresses.
    pub(crate) occupant: &'a (dyn Fn(&BareJid, &str) -> Option<OtherOccupant> + Sync),
    /// Known services, to tell MUC Light from MUC: in a MUC anybody may choose a nickname that looks like an address.
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

    /// Of which messages the stanza-ids are believed that a room is said to have given them; `None`: of none. Each room
    /// answers for itself: what the own server announces says nothing of what rooms elsewhere strip.
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
