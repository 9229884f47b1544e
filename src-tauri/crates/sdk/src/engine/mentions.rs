//! Whom a text mentions: read from what came, and found in what is sent (XEP-0372, and `@Name` in the text for those who have nothing
//! better).

use wardline_store::messages::Mentions;
use wardline_store::{ConversationId, Mention as Strongest, Reads, StoreError, Text, members};
use wardline_xmpp::jid::{BareJid, Jid};
use wardline_xmpp::message::{Mention, MessageKind, ReceivedMessage};

use super::Engine;
use crate::people::local_part;
use crate::text::mentions::{EVERYONE, Found, Handle, Place, find, handles, in_order};
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
    pub(super) async fn mentions_in(
        &self,
        tx: &impl Reads,
        team: ConversationId,
        message: &ReceivedMessage,
    ) -> Result<Mentions, StoreError> {
        let Some(body) = message
            .body
            .as_deref()
            .filter(|_| message.kind == MessageKind::GroupChat)
        else {
            return Ok(Mentions::default());
        };
        if !body.contains(['@', '＠']) && message.mentions.is_empty() {
            return Ok(Mentions::default());
        }
        let room = &message.conversation;
        let nick = self.session.own_nick(room);
        let referred = message.mentions.iter().filter_map(|mention| {
            Some(Place {
                begin: usize::try_from(mention.begin).ok()?,
                end: usize::try_from(mention.end).ok()?,
                whom: self.meant(&mention.whom, room, nick.as_deref()),
            })
        });
        let mut places = in_order(referred.collect(), body);
        // Where it is said who is meant, it is not somebody else of that name.
        let is_referred = |begin: usize, end: usize| places.iter().any(|place| place.begin < end && begin < place.end);
        let named = self.named_in(tx, team, body, nick.as_deref()).await?;
        let named: Vec<Place> = named
            .into_iter()
            .filter(|place| !is_referred(place.begin, place.end))
            .collect();
        places.extend(named);
        Ok(stored(&in_order(places, body)))
    }

    /// Where a text names oneself or everyone, and nobody else in the team who is called more like it.
    async fn named_in(
        &self,
        tx: &impl Reads,
        team: ConversationId,
        body: &str,
        nick: Option<&str>,
    ) -> Result<Vec<Place>, StoreError> {
        let own_name = self.contacts.person(self.own.as_str()).name;
        let called = [
            Some(own_name),
            Some(local_part(self.own.as_str())),
            nick.map(str::to_owned),
        ];
        let mut names = vec![Handle::new(EVERYONE, Mentioned::Everyone)];
        names.extend(called.iter().flatten().flat_map(|name| Handle::of(name, Mentioned::Me)));
        let mut found = find(body, &names);
        if found.iter().any(|found| found.whose == Mentioned::Me) {
            let members = members::named(tx, &[team]).await?;
            let others: Vec<(String, String)> = members
                .into_iter()
                .filter(|member| member.address.as_str() != self.own.as_str())
                .map(|member| (self.contacts.person(&member.address).name, member.address.into_string()))
                .collect();
            let own = self.contacts.person(self.own.as_str()).name;
            let mut people: Vec<(&str, &str)> = others
                .iter()
                .map(|(name, address)| (name.as_str(), address.as_str()))
                .collect();
            people.push((&own, self.own.as_str()));
            for (handle, address) in handles(&people) {
                let whose = if address == self.own.as_str() {
                    Mentioned::Me
                } else {
                    Mentioned::Other
                };
                names.push(Handle::new(&handle, whose));
            }
            names.extend(others.iter().flat_map(|(name, _)| Handle::of(name, Mentioned::Other)));
            found = find(body, &names);
        }
        let for_reader = found.into_iter().filter(|found| found.whose != Mentioned::Other);
        Ok(for_reader
            .map(|Found { begin, end, whose }| Place {
                begin,
                end,
                whom: whose,
            })
            .collect())
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
        if !text.contains(['@', '＠']) {
            return (Mentions::default(), Vec::new());
        }
        let everyone = room.to_string();
        let people: Vec<(String, &str)> = members
            .iter()
            .map(|member| (self.contacts.person(member).name, member.as_str()))
            .collect();
        let people: Vec<(&str, &str)> = people.iter().map(|(name, member)| (name.as_str(), *member)).collect();
        let written = handles(&people);
        let mut names: Vec<Handle<&str>> = people
            .iter()
            .flat_map(|(name, member)| Handle::of(name, *member))
            .collect();
        names.extend(written.iter().map(|(handle, member)| Handle::new(handle, *member)));
        names.push(Handle::new(EVERYONE, &everyone));
        let mut found = find(text, &names);
        found.dedup();
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
        (stored(&in_order(places.collect(), text)), said.collect())
    }
}
