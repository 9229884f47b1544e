//! People: the roster, and the cards that give names, roles, wards and pictures.

use std::collections::{HashMap, HashSet, VecDeque};

use sha1::{Digest, Sha1};
use wardline_store::avatars::{self, Avatar};
use wardline_store::contacts::{self, Contact, Profile, RosterEntry};
use wardline_store::{Address, Reads, StoreError, Subscription, Text, conversations};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::roster::{Roster, RosterItem, RosterPush, Subscription as WireSubscription};
use wardline_xmpp::session::RequestError;
use wardline_xmpp::vcard::{Photo, VCard};

use super::Engine;
use super::changes::Changes;
use super::errands::Errand;
use crate::people::{Known, person};
use crate::view::{Event, Person};

/// Cards under way at once.
const PARALLEL: usize = 3;
/// A card is fetched again after this long, in microseconds: a day.
const CARD_AGE: i64 = 86_400_000_000;
/// Largest picture that is kept, in bytes.
const PICTURE_LIMIT: usize = 512 * 1024;
/// Longest name, role or ward that is kept, in characters.
const FIELD_LIMIT: usize = 120;

/// Everybody known, for drawing names without asking the store, and whose cards are wanted.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    people: HashMap<String, Person>,
    wanted: VecDeque<BareJid>,
    under_way: HashSet<BareJid>,
    /// Whose card has been asked for in this session because nothing but the address is known of them.
    strangers: HashSet<BareJid>,
}

impl Contacts {
    pub(super) async fn load(tx: &impl Reads) -> Result<Self, StoreError> {
        let pictures = avatars::hashes(tx).await?;
        let people = contacts::list(tx)
            .await?
            .into_iter()
            .map(|contact| (contact.address.as_str().to_owned(), shown(&contact, &pictures)))
            .collect();
        Ok(Self {
            people,
            ..Self::default()
        })
    }

    /// Whether more than the address is known of somebody.
    pub(super) fn knows(&self, address: &str) -> bool {
        self.people.contains_key(address)
    }

    /// Everybody known, by address.
    pub(super) fn everybody(&self) -> impl Iterator<Item = (&String, &Person)> {
        self.people.iter()
    }

    /// Somebody as shown; a stranger by the address.
    pub(super) fn person(&self, address: &str) -> Person {
        match self.people.get(address) {
            Some(known) => known.clone(),
            None => person(Known {
                address,
                ..Known::default()
            }),
        }
    }

    fn want_card(&mut self, who: BareJid) {
        if !self.under_way.contains(&who) && !self.wanted.contains(&who) {
            self.wanted.push_back(who);
        }
    }
}

fn shown(contact: &Contact, pictures: &HashSet<String>) -> Person {
    person(Known {
        address: &contact.address,
        name: contact.name().map(Text::as_str),
        role: contact.role.as_deref(),
        ward: contact.ward.as_deref(),
        picture: contact.avatar_hash.as_deref().filter(|hash| pictures.contains(*hash)),
    })
}

impl Engine {
    pub(super) async fn take_roster(&mut self, roster: Result<Roster, RequestError>) -> Result<(), StoreError> {
        let items = match roster {
            Ok(Roster::Full { items, .. }) => items,
            Ok(Roster::Unchanged) => Vec::new(),
            Err(RequestError::Offline) => {
                self.errands.put_off(Errand::Roster);
                return Ok(());
            }
            Err(error) => {
                tracing::info!(%error, "roster not fetched");
                return self.first_sync_roster(Vec::new()).await;
            }
        };
        let people: Vec<BareJid> = items.iter().map(|item| item.jid.clone()).collect();
        let tx = self.store.begin().await?;
        let changed = contacts::replace_roster(&tx, items.into_iter().map(entry).collect()).await?;
        tx.commit().await?;
        for address in changed {
            self.person_changed(address.as_str()).await?;
        }
        self.want_cards(&people).await?;
        self.want_card(self.own.clone());
        self.first_sync_roster(people).await
    }

    pub(super) async fn take_roster_push(&mut self, push: RosterPush) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        let who = match push {
            RosterPush::Changed { item, .. } => {
                let who = item.jid.clone();
                contacts::put_roster_entry(&tx, entry(item)).await?;
                who
            }
            RosterPush::Removed { jid, .. } => {
                contacts::remove_roster_entry(&tx, &Address(jid.to_string())).await?;
                jid
            }
        };
        tx.commit().await?;
        self.person_changed(&who.to_string()).await?;
        self.want_card(who);
        Ok(())
    }

    /// Wants the cards of those whose card is not known, or old.
    async fn want_cards(&mut self, people: &[BareJid]) -> Result<(), StoreError> {
        let known: HashMap<String, Option<i64>> = contacts::list(&self.store.read().await?)
            .await?
            .into_iter()
            .map(|contact| (contact.address.into_string(), contact.profile_us))
            .collect();
        let old = self.clock.local() - CARD_AGE;
        for who in people {
            let fetched = known.get(&who.to_string()).copied().flatten();
            if fetched.is_none_or(|fetched| fetched < old) {
                self.want_card(who.clone());
            }
        }
        Ok(())
    }

    /// Wants the card of somebody of whom nothing but the address is known, once in a session.
    pub(super) fn want_card_of_stranger(&mut self, address: &str) {
        if let Ok(who) = address.parse::<BareJid>()
            && self.contacts.strangers.insert(who.clone())
        {
            self.want_card(who);
        }
    }

    /// A new session: who has no card may have one by now.
    pub(super) fn forget_strangers(&mut self) {
        self.contacts.strangers.clear();
    }

    /// Wants somebody's card.
    pub(super) fn want_card(&mut self, who: BareJid) {
        self.contacts.want_card(who);
        self.pump_cards();
    }

    fn pump_cards(&mut self) {
        while self.contacts.under_way.len() < PARALLEL
            && self.online()
            && let Some(who) = self.contacts.wanted.pop_front()
        {
            self.contacts.under_way.insert(who.clone());
            self.spawn_card(who);
        }
    }

    pub(super) async fn take_card(
        &mut self,
        who: BareJid,
        card: Result<Option<VCard>, RequestError>,
    ) -> Result<(), StoreError> {
        self.contacts.under_way.remove(&who);
        let card = match card {
            Ok(card) => card.unwrap_or_default(),
            // Nobody's card is worth a retry now: it is asked for again with the next session.
            Err(error) => {
                tracing::debug!(%error, "card not fetched");
                self.pump_cards();
                return Ok(());
            }
        };
        let address = Address(who.to_string());
        let tx = self.store.begin().await?;
        let picture = card.photo.as_ref().and_then(picture);
        let hash = picture.as_ref().map(|picture| picture.hash.clone());
        if let Some(picture) = picture {
            avatars::put(&tx, picture).await?;
        }
        let is_team = conversations::by_address(&tx, &address)
            .await?
            .filter(|with| with.kind == wardline_store::ConversationKind::Team);
        if let Some(team) = is_team {
            let change = conversations::TeamChange {
                avatar_hash: hash,
                ..Default::default()
            };
            conversations::change_team(&tx, team.id, change).await?;
        } else {
            let profile = Profile {
                full_name: field(card.full_name.or(card.nickname)),
                role: field(card.title.or(card.role)),
                ward: field(card.units.into_iter().next().or(card.organisation)),
                avatar_hash: hash,
                fetched_us: self.clock.local(),
            };
            contacts::put_profile(&tx, &address, profile).await?;
        }
        tx.commit().await?;
        self.person_changed(&address).await?;
        self.pump_cards();
        Ok(())
    }

    /// Somebody announces a picture that is not here, or none.
    pub(super) async fn picture_announced(&mut self, who: BareJid, hash: Option<&str>) -> Result<(), StoreError> {
        let address = Address(who.to_string());
        let tx = self.store.begin().await?;
        let here = match hash {
            Some(hash) => avatars::exists(&tx, hash).await?,
            None => true,
        };
        let changed = here && contacts::set_avatar(&tx, &address, hash).await?;
        tx.commit().await?;
        if !here {
            self.want_card(who);
        }
        if changed {
            self.person_changed(&address).await
        } else {
            Ok(())
        }
    }

    /// Reads somebody back and shows the conversation with them anew.
    async fn person_changed(&mut self, address: &str) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        let address = Address(address.to_owned());
        let contact = contacts::get(&tx, &address).await?;
        let with = conversations::by_address(&tx, &address).await?;
        let pictures = match contact.as_ref().and_then(|contact| contact.avatar_hash.clone()) {
            Some(hash) if avatars::exists(&tx, &hash).await? => HashSet::from([hash]),
            _ => HashSet::new(),
        };
        drop(tx);
        if let Some(contact) = contact {
            let shown = shown(&contact, &pictures);
            self.contacts.people.insert(contact.address.into_string(), shown);
            if address.as_str() == self.own.to_string() {
                self.events.send(Event::Account {
                    account: self.account(),
                });
            }
        }
        let mut changes = Changes::default();
        if let Some(with) = with {
            changes.row(with.id);
        }
        self.committed(changes).await
    }
}

fn entry(item: RosterItem) -> RosterEntry {
    RosterEntry {
        address: Address(item.jid.to_string()),
        name: field(item.name),
        subscription: match item.subscription {
            WireSubscription::None => Subscription::None,
            WireSubscription::To => Subscription::To,
            WireSubscription::From => Subscription::From,
            WireSubscription::Both => Subscription::Both,
        },
    }
}

fn field(text: Option<String>) -> Option<Text> {
    let text: String = text?
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(FIELD_LIMIT)
        .collect();
    (!text.is_empty()).then_some(Text(text))
}

/// A picture that is fit to be drawn. Its type is told from its bytes, whatever the card claims.
fn picture(photo: &Photo) -> Option<Avatar> {
    let mime = match photo.data.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => return None,
    };
    if photo.data.len() > PICTURE_LIMIT {
        return None;
    }
    let hash = Sha1::digest(&photo.data)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Some(Avatar {
        hash,
        mime: mime.into(),
        bytes: photo.data.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let claimed = |data: &[u8]| Photo {
            media_type: Some("image/png".into()),
            data: data.to_vec(),
        };
        assert!(picture(&claimed(b"<svg onload='x'/>")).is_none());
        assert_eq!(picture(&claimed(&[0xff, 0xd8, 0xff, 0])).unwrap().mime, "image/jpeg");
        let mut huge = vec![0; PICTURE_LIMIT];
        huge.splice(0..0, *b"\x89PNG");
        assert!(picture(&claimed(&huge)).is_none());
    }

    #[test]
    fn fields_are_short_single_lines() {
        assert_eq!(field(Some("  Ward\n 7 ".into())), Some(Text("Ward 7".into())));
        assert_eq!(field(Some("\t".into())), None);
        assert_eq!(field(Some("x".repeat(1_000))).unwrap().len(), FIELD_LIMIT);
    }
}
