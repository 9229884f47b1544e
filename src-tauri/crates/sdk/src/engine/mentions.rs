//! Whom a text mentions: read from what came, and found in what is sent (XEP-0372, and `@Name` in the text for those who have nothing
//! better).

use wardline_store::messages::Mentions;
use wardline_store::{Mention as Strongest, Text};
use wardline_xmpp::jid::{BareJid, Jid};
use wardline_xmpp::message::{Mention, MessageKind, ReceivedMessage};

use super::Engine;
use crate::text::mentions::{EVERYONE, Found, Place, find, handles, in_order};
use crate::view::Mentioned;

/// The places as the store keeps them.
fn stored(places: &[Place]) -> Mentions {
    let strongest = places.iter().map(|place| place.whom).max();
    Mentions {
        whom: strongest.map(|whom| match whom {
            Mentioned::Me => Strongest::Me,
            Mentioned::Everyone => Strongest::Everyone,
            Mentioned::Other => Strongest::Other,
        }),
        places: strongest.and_then(|_| serde_json::to_string(places).ok()).map(Text),
    }
}

impl Engine {
    /// Whom a text that was said in a team mentions.
    pub(super) fn mentions_in(&self, message: &ReceivedMessage) -> Mentions {
        let Some(body) = message
            .body
            .as_deref()
            .filter(|_| message.kind == MessageKind::GroupChat)
        else {
            return Mentions::default();
        };
        if !body.contains('@') && message.mentions.is_empty() {
            return Mentions::default();
        }
        let room = &message.conversation;
        let nick = self.session.own_nick(room);
        let name = self.contacts.person(self.own.as_str()).name;
        let mut names = vec![(EVERYONE, Mentioned::Everyone), (name.as_str(), Mentioned::Me)];
        names.extend(self.own.node().map(|node| (node.as_str(), Mentioned::Me)));
        names.extend(nick.as_deref().map(|nick| (nick, Mentioned::Me)));
        let referred = message.mentions.iter().filter_map(|mention| {
            Some(Place {
                begin: usize::try_from(mention.begin).ok()?,
                end: usize::try_from(mention.end).ok()?,
                whom: self.meant(&mention.whom, room, nick.as_deref()),
            })
        });
        let mut places: Vec<Place> = referred.collect();
        // Where it is said who is meant, it is not somebody else of that name.
        let is_referred = |begin: usize, end: usize| places.iter().any(|place| place.begin < end && begin < place.end);
        let named = find(body, &names).into_iter();
        let named = named.filter(|found| !is_referred(found.begin, found.end));
        let named: Vec<Place> = named
            .map(|Found { begin, end, whose }| Place {
                begin,
                end,
                whom: whose,
            })
            .collect();
        places.extend(named);
        stored(&in_order(places, body.chars().count()))
    }

    /// Whom an address means that was referred to in a room.
    fn meant(&self, whom: &Jid, room: &BareJid, nick: Option<&str>) -> Mentioned {
        let name = whom.resource().map(|name| name.as_str());
        match name {
            _ if whom.to_bare() == self.own => Mentioned::Me,
            None if whom.to_bare() == *room => Mentioned::Everyone,
            Some(name) if whom.to_bare() == *room && nick == Some(name) => Mentioned::Me,
            _ => Mentioned::Other,
        }
    }

    /// Whom a text mentions that is sent to a team with these members: as it is shown here, and as it is said to the others.
    pub(super) fn mentions_out(&self, text: &str, room: &BareJid, members: &[String]) -> (Mentions, Vec<Mention>) {
        if !text.contains('@') {
            return (Mentions::default(), Vec::new());
        }
        let everyone = room.to_string();
        let people: Vec<(String, &str)> = members
            .iter()
            .map(|member| (self.contacts.person(member).name, member.as_str()))
            .collect();
        let people: Vec<(&str, &str)> = people.iter().map(|(name, member)| (name.as_str(), *member)).collect();
        let handles = handles(&people);
        let mut names: Vec<(&str, &str)> = handles.iter().map(|(name, member)| (name.as_str(), *member)).collect();
        names.push((EVERYONE, &everyone));
        let found = find(text, &names);
        let places = found.iter().map(|found| Place {
            begin: found.begin,
            end: found.end,
            whom: match found.whose {
                whose if whose == everyone => Mentioned::Everyone,
                whose if whose == self.own.as_str() => Mentioned::Me,
                _ => Mentioned::Other,
            },
        });
        let said = found.iter().filter_map(|found| {
            Some(Mention {
                begin: u32::try_from(found.begin).ok()?,
                end: u32::try_from(found.end).ok()?,
                whom: Jid::new(found.whose).ok()?,
            })
        });
        (
            stored(&in_order(places.collect(), text.chars().count())),
            said.collect(),
        )
    }
}
