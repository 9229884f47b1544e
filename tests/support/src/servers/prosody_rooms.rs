//! Team chats written straight into a stopped Prosody's storage.

use xmpp_parsers::minidom::Element;

use super::lua::{Key, Lua, table};

/// A team chat as the server keeps it: persistent, hidden, members only.
#[derive(Debug, Clone)]
pub struct Room {
    /// The part of its address before the `@`.
    pub node: String,
    /// Its name as people see it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Bare address of its owner.
    pub owner: String,
    /// Bare addresses of its members.
    pub members: Vec<String>,
    /// Its picture and the like, as a `vcard-temp` element.
    pub card: Option<Element>,
}

/// The room as Prosody's `config` store holds it.
pub(super) fn frozen(room: &Room, service: &str) -> Lua {
    let mut entries = vec![
        (
            Key::Name("_jid".to_owned()),
            Lua::Text(format!("{}@{service}", room.node)),
        ),
        (
            Key::Name("_data".to_owned()),
            table([
                ("name", Lua::from(room.name.as_str())),
                ("description", Lua::from(room.description.as_str())),
                ("persistent", Lua::Flag(true)),
                ("hidden", Lua::Flag(true)),
                ("members_only", Lua::Flag(true)),
                ("whois", Lua::from("anyone")),
                ("history_length", Lua::Number(20)),
            ]),
        ),
        (Key::Name("_affiliation_data".to_owned()), table([])),
    ];
    entries.extend(
        room.members
            .iter()
            .map(|member| (Key::Name(member.clone()), Lua::from("member"))),
    );
    entries.push((Key::Name(room.owner.clone()), Lua::from("owner")));
    Lua::Table(entries)
}

/// One person's bookmarks as the older private storage keeps them; Prosody turns them into XEP-0402 items when that person
/// signs in.
pub(super) fn bookmarks(rooms: &[(String, String)], nick: &str) -> Result<Element, xmpp_parsers::minidom::Error> {
    let mut text = "<storage xmlns='storage:bookmarks'>".to_owned();
    for (address, name) in rooms {
        text.push_str(&format!(
            "<conference jid='{}' name='{}' autojoin='true'><nick>{}</nick></conference>",
            escaped(address),
            escaped(name),
            escaped(nick)
        ));
    }
    text.push_str("</storage>");
    text.parse()
}

/// Text made safe for an XML attribute or element.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&apos;")
        .replace('"', "&quot;")
}
