//! Conversations as the stanzas that a server archives.

use chrono::Duration;

use super::Conversation;
use super::history::Said;
use crate::servers::{ArchiveOwner, ArchivedStanza, Listed, escaped};

/// The addresses that stanzas need.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    pub(super) domain: &'a str,
    pub(super) service: &'a str,
    /// Whose archive one-to-one messages go to.
    pub(super) user: &'a str,
}

/// A one-to-one message in the user's archive.
pub(super) fn direct(places: Places<'_>, other: &str, said: &Said) -> ArchivedStanza {
    let Places { domain, user, .. } = places;
    let to = if said.who == user { other } else { user };
    let stanza = format!(
        "<message xmlns='jabber:client' type='chat' from='{from}@{domain}/desk' to='{to}@{domain}' id='{id}'>\
         <body>{body}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>\
         <request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>",
        from = said.who,
        id = said.id,
        body = escaped(&said.text),
    );
    in_own_archive(places, other, said, format!("a-{}", said.id), stanza)
}

/// A conversation of the user's inbox, by its last message. The server's copy of one's own to a person has no stanza-id.
pub(super) fn listed(places: Places<'_>, last: ArchivedStanza, id: &str, talk: &Conversation) -> Listed {
    let is_own = talk.said.last().is_some_and(|said| said.who == places.user);
    let by = match &last.owner {
        ArchiveOwner::Person(_) if is_own => None,
        ArchiveOwner::Person(name) => Some(format!("{name}@{}", places.domain)),
        ArchiveOwner::Room(_) => Some(last.with.clone()),
    };
    let delivered = match by {
        None => last.stanza,
        Some(by) => {
            let stanza_id = format!(
                "<stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='{}'/></message>",
                last.id
            );
            last.stanza.replace("</message>", &stanza_id)
        }
    };
    Listed {
        last: delivered,
        id: id.to_owned(),
        at: last.at,
        unread: if is_own {
            0
        } else {
            u32::try_from(talk.unread).unwrap_or(u32::MAX)
        },
        with: last.with,
    }
}

/// That `reader` has read up to `said`, as archived in the user's archive.
pub(super) fn displayed(places: Places<'_>, other: &str, reader: &str, said: &Said) -> ArchivedStanza {
    let Places { domain, user, .. } = places;
    let to = if reader == user { other } else { user };
    let stanza = format!(
        "<message xmlns='jabber:client' type='chat' from='{reader}@{domain}/desk' to='{to}@{domain}' id='d-{id}'>\
         <displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/></message>",
        id = said.id,
    );
    let read = Said {
        at: said.at + Duration::seconds(12),
        text: String::new(),
        ..said.clone()
    };
    in_own_archive(places, other, &read, format!("r-{reader}-{}", said.id), stanza)
}

fn in_own_archive(places: Places<'_>, other: &str, said: &Said, id: String, stanza: String) -> ArchivedStanza {
    ArchivedStanza {
        owner: ArchiveOwner::Person(places.user.to_owned()),
        id,
        at: said.at,
        with: format!("{other}@{}", places.domain),
        stanza,
        text: said.text.clone(),
    }
}

/// A message in a team chat's archive. `nick` is the writer's name in it.
pub(super) fn in_room(places: Places<'_>, node: &str, nick: &str, said: &Said) -> ArchivedStanza {
    let Places { domain, service, .. } = places;
    let stanza = format!(
        "<message xmlns='jabber:client' type='groupchat' from='{node}@{service}/{nick}' id='{id}'>\
         <body>{body}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>\
         <x xmlns='http://jabber.org/protocol/muc#user'>\
         <item affiliation='member' role='participant' jid='{who}@{domain}/desk'/></x></message>",
        nick = escaped(nick),
        id = said.id,
        body = escaped(&said.text),
        who = said.who,
    );
    ArchivedStanza {
        owner: ArchiveOwner::Room(node.to_owned()),
        id: format!("a-{}", said.id),
        at: said.at,
        with: format!("{node}@{service}"),
        stanza,
        text: said.text.clone(),
    }
}
