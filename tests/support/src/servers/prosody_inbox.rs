//! What makes a Prosody like MongooseIM: which modules of `tests/servers/prosody/` it is given, and how they behave; and an inbox as
//! `inbox_mim_entries.lib.lua` keeps it.

use chrono::{DateTime, Utc};
use xmpp_parsers::minidom::Element;

use super::lua::{self, Key, Lua, table};
use super::setup::{ArchiveWriting, Eventing, MongooseWays, RemovedRooms, SmartMarkers, StoredMarkers};

/// The modules of the host with the accounts, as words of a list.
pub(super) fn modules(ways: MongooseWays) -> &'static str {
    match ways.smart_markers {
        SmartMarkers::Absent => r#""inbox_mim", "pep_mim","#,
        SmartMarkers::Announced | SmartMarkers::Unannounced => r#""inbox_mim", "pep_mim", "smart_markers_mim","#,
    }
}

/// The storage of archives.
pub(super) fn archive(ways: MongooseWays) -> &'static str {
    match ways.archive {
        ArchiveWriting::Late => "lag_mim",
        ArchiveWriting::AtOnce => "sql",
    }
}

/// How the modules behave, as lines of the configuration.
pub(super) fn options(ways: MongooseWays) -> String {
    let removed = match ways.removed_rooms {
        RemovedRooms::Binned => "binned",
        RemovedRooms::Forgotten => "forgotten",
    };
    format!(
        "inbox_mim_removed = \"{removed}\"\ninbox_mim_stored_markers = {}\nsmart_markers_mim_announced = {}\n\
         pep_mim_private = {}\n",
        ways.stored_markers == StoredMarkers::Counted,
        ways.smart_markers == SmartMarkers::Announced,
        ways.eventing == Eventing::OneItem,
    )
}

/// A conversation of somebody's inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The other person's bare address, or the team chat's.
    pub with: String,
    /// The last message, serialised, in the namespace `jabber:client`; with its stanza-id, as it was delivered.
    pub last: String,
    /// Its `id` attribute.
    pub id: String,
    /// When the server received it.
    pub at: DateTime<Utc>,
    /// Messages that have not been read.
    pub unread: u32,
}

/// The whole of it.
///
/// # Errors
/// A message that cannot be read.
pub(super) fn entries(conversations: &[Listed]) -> Result<Lua, xmpp_parsers::minidom::Error> {
    let mut entries = Vec::with_capacity(conversations.len());
    for listed in conversations {
        let last: Element = listed.last.parse()?;
        let entry = table([
            ("message", lua::stanza(&last)),
            ("id", Lua::from(listed.id.as_str())),
            ("at", Lua::Number(listed.at.timestamp_micros())),
            ("unread", Lua::Number(listed.unread.into())),
            ("box", Lua::from("inbox")),
            ("muted", Lua::Number(0)),
        ]);
        entries.push((Key::Name(listed.with.clone()), entry));
    }
    Ok(Lua::Table(entries))
}
