//! What a session knows, for those who decode what it brought.

use std::collections::HashMap;

use xmpp_parsers::jid::BareJid;

use crate::features::{ChatService, ChatServiceKind};
use crate::message::{MAX_STANZA_BYTES, OwnOccupant, RealAddresses, RoomTraits};

/// What decoding needs outside the session's task.
#[derive(Debug, Clone)]
pub(crate) struct Knowledge {
    pub(crate) occupants: HashMap<BareJid, OwnOccupant>,
    /// What rooms have said that they are like, entered or not.
    pub(super) rooms: HashMap<BareJid, RoomTraits>,
    pub(crate) services: Vec<ChatService>,
    /// Bytes of the largest stanza that is sent.
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
    /// Whether a room need not be asked what it is like. Those of MUC Light all show who is in them.
    pub(crate) fn is_known(&self, room: &BareJid) -> bool {
        let mut light = self
            .services
            .iter()
            .filter(|service| service.kind == ChatServiceKind::MucLight);
        self.rooms.contains_key(room) || light.any(|service| service.jid.domain() == room.domain())
    }

    /// Whether a room shows who its occupants are.
    pub(crate) fn real_addresses(&self, room: &BareJid) -> RealAddresses {
        let entered = self.occupants.get(room).map(|own| own.room);
        let traits = entered.or_else(|| self.rooms.get(room).copied());
        traits.unwrap_or_default().real_addresses
    }
}
