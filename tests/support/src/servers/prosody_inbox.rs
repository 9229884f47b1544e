//! An inbox as `tests/servers/prosody/inbox_mim_entries.lib.lua` keeps it.

use chrono::{DateTime, Utc};
use xmpp_parsers::minidom::Element;

use super::lua::{self, Key, Lua, table};

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
