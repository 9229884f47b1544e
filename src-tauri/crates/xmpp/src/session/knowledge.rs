//! The part of a session's state that decoding archives and inboxes needs.

use std::collections::HashMap;

use xmpp_parsers::jid::BareJid;

use crate::features::{ChatService, ChatServiceKind};
use crate::message::{MAX_STANZA_BYTES, OwnOccupant, RealAddresses, RoomTraits};

/// A copy of it, for decoding outside the session's task.
#[derive(Debug, Clone)]
pub(crate) struct Knowledge {
    pub(crate) occupants: HashMap<BareJid, OwnOccupant>,
    /// Traits of rooms that answered discovery, joined or not.
    pub(super) rooms: HashMap<BareJid, RoomTraits>,
    pub(crate) services: Vec<ChatService>,
    /// Bytes of the largest stanza that the session sends.
    pub(crate) stanza_limit: usize,
}

impl Default for Knowledge {
    fn default() -> Self {
        Self {
            occupants: HashMap::new(),
            rooms: HashMap::new(),
            services: Vec::new(),
            stanza_limit: MAX_STANZA_BYTES,
        }
    }
}

impl Knowledge {
    /// Whether the traits of a room are known. All rooms of MUC Light show who is in them.
    pub(crate) fn is_known(&self, room: &BareJid) -> bool {
        let mut light = self
            .services
            .iter()
            .filter(|service| service.kind == ChatServiceKind::MucLight);
        self.rooms.contains_key(room) || light.any(|service| service.jid.domain() == room.domain())
    }

    /// Whether a room shows the addresses of its occupants.
    pub(crate) fn real_addresses(&self, room: &BareJid) -> RealAddresses {
        let entered = self.occupants.get(room).map(|own| own.room);
        let traits = entered.or_else(|| self.rooms.get(room).copied());
        traits.unwrap_or_default().real_addresses
    }
}
