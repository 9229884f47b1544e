//! People: the roster, and the cards that give names, roles, wards and pictures.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::OnceLock;

use sha1::{Digest, Sha1};
use tokio::task::spawn_blocking;
use wardline_store::avatars::{self, Avatar};
use wardline_store::contacts::{self, Contact, Profile, RosterEntry};
use wardline_store::{Address, Reads, StoreError, Subscription, Text, WriteTx, conversations};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::roster::{Roster, RosterItem, RosterPush, Subscription as WireSubscription};
use wardline_xmpp::session::{RequestError, Session};
use wardline_xmpp::vcard::{Photo, VCard};

use super::Engine;
use super::changes::Changes;
use super::lookalikes::{Lookalikes, Standing};
use super::requests::Repeat;
use crate::people::{Known, LABEL_LIMIT, person};
use crate::picture::{MEDIA_TYPE, redrawn};
use crate::text::display::label;
use crate::view::{Event, Person};

/// Cards under way at once.
const PARALLEL: usize = 3;
/// A card is fetched again after this long, in microseconds: a day.
const CARD_AGE: i64 = 86_400_000_000;
/// Most bytes of all pictures together: a hospital's worth of small ones.
const PICTURES_LIMIT: i64 = 64 << 20;

/// Everybody known, for drawing names without asking the store, and whose cards are wanted.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    own: String,
    people: HashMap<String, Person>,
    /// Who is in the roster.
    rostered: HashSet<String>,
    /// How colleagues and contacts look by name; made when the first stranger is drawn.
    lookalikes: OnceLock<Lookalikes>,
    wanted: VecDeque<BareJid>,
    under_way: HashSet<BareJid>,
    /// Whose card has been asked for in this session because nothing but the address is known of them.
    strangers: HashSet<BareJid>,
}

impl Contacts {
    pub(super) async fn load(tx: &impl Reads, own: &BareJid) -> Result<Self, StoreError> {
        let pictures = avatars::hashes(tx).await?;
        let mut contacts = Self {
            own: own.to_string(),
            ..Self::default()
        };
        for contact in contacts::list(tx).await? {
            contacts.insert(&contact, &pictures);
        }
        Ok(contacts)
    }

    fn insert(&mut self, contact: &Contact, pictures: &HashSet<String>) {
        let (address, shown) = (contact.address.as_str(), shown(contact, pictures));
        match contact.subscription {
            Some(_) => self.rostered.insert(address.to_owned()),
            None => self.rostered.remove(address),
        };
        if self.standing(address) > Standing::Foreign
            && let Some(lookalikes) = self.lookalikes.get_mut()
        {
            lookalikes.insert(address, &shown.name);
        }
        self.people.insert(address.to_owned(), shown);
    }

    /// How well somebody is known.
    fn standing(&self, address: &str) -> Standing {
        let domain = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_owned());
        if address == self.own || self.rostered.contains(address) {
            Standing::Contact
        } else if domain(address) == domain(&self.own) {
            Standing::Colleague
        } else {
            Standing::Foreign
        }
    }

    /// Somebody as shown, with the name of whom they could be taken for.
    pub(super) fn told_apart(&self, address: &str, person: Person) -> Person {
        // Nobody is known better.
        if self.standing(address) == Standing::Contact {
            return person;
        }
        let known = || {
            let mut lookalikes = Lookalikes::default();
            for (address, person) in &self.people {
                if self.standing(address) > Standing::Foreign {
                    lookalikes.insert(address, &person.name);
                }
            }
            lookalikes
        };
        let lookalikes = self.lookalikes.get_or_init(known);
        let other = lookalikes.better_known(address, &person.name, |address| self.standing(address));
        let resembles = other
            .and_then(|other| self.people.get(other))
            .map(|other| other.name.clone());
        Person { resembles, ..person }
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

async fn fetch_card(session: &Session, who: BareJid) -> Result<Option<Card>, RequestError> {
    match session.vcard(who).await? {
        Some(card) => Ok(Some(Card::read(card).await)),
        None => Ok(None),
    }
}

impl Engine {
    pub(super) fn request_roster(&mut self) {
        self.request_repeatedly(
            Repeat::Unsent,
            |session| async move { session.roster(None).await },
            Self::request_roster,
            |engine, roster| Box::pin(engine.on_roster(roster)),
        );
    }

    async fn on_roster(&mut self, roster: Result<Roster, RequestError>) -> Result<(), StoreError> {
        let items = match roster {
            Ok(Roster::Full { items, .. }) => items,
            Ok(Roster::Unchanged) => Vec::new(),
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
        let is_seen_by = match &push {
            RosterPush::Changed { item, .. } => {
                matches!(item.subscription, WireSubscription::From | WireSubscription::Both)
            }
            RosterPush::Removed { .. } => false,
        };
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
        if is_seen_by {
            self.request_answered(&who).await?;
        }
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
            let asked = who.clone();
            self.request(
                |session| async move { fetch_card(&session, asked).await },
                |engine, card| Box::pin(engine.on_card(who, card)),
            );
        }
    }

    async fn on_card(&mut self, who: BareJid, card: Result<Option<Card>, RequestError>) -> Result<(), StoreError> {
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
        let picture = match card.picture {
            Some(picture) => affordable(&tx, picture).await?,
            None => None,
        };
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
                full_name: card.full_name,
                role: card.role,
                ward: card.ward,
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

    /// Takes out the pictures that nobody shows any more.
    pub(super) async fn tidy_pictures(&self) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        let removed = avatars::remove_unused(&tx).await?;
        tx.commit().await?;
        tracing::debug!(removed, "pictures that nobody shows");
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
            self.contacts.insert(&contact, &pictures);
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
        self.show(changes).await
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

/// What is kept of somebody's business card.
#[derive(Debug, Default)]
pub(super) struct Card {
    full_name: Option<Text>,
    role: Option<Text>,
    ward: Option<Text>,
    picture: Option<Avatar>,
}

impl Card {
    /// Reads a card. Its picture is drawn anew, which takes its time: off the runtime.
    pub(super) async fn read(card: VCard) -> Self {
        let picture = match card.photo {
            // A decoder that gives up leaves no picture.
            Some(photo) => spawn_blocking(move || picture(&photo)).await.ok().flatten(),
            None => None,
        };
        Self {
            full_name: field(card.full_name).or_else(|| field(card.nickname)),
            role: field(card.title).or_else(|| field(card.role)),
            ward: card
                .units
                .into_iter()
                .find_map(|unit| field(Some(unit)))
                .or_else(|| field(card.organisation)),
            picture,
        }
    }
}

/// A picture, if there is room for it beside all others; those that nobody shows make room.
async fn affordable(tx: &WriteTx, picture: Avatar) -> Result<Option<Avatar>, StoreError> {
    if avatars::exists(tx, &picture.hash).await? {
        return Ok(Some(picture));
    }
    let bytes = i64::try_from(picture.bytes.len()).unwrap_or(i64::MAX);
    let fits = |stored: i64| stored.saturating_add(bytes) <= PICTURES_LIMIT;
    if !fits(avatars::total_bytes(tx).await?) {
        avatars::remove_unused(tx).await?;
        if !fits(avatars::total_bytes(tx).await?) {
            tracing::warn!("no room for another picture");
            return Ok(None);
        }
    }
    Ok(Some(picture))
}

fn field(text: Option<String>) -> Option<Text> {
    label(&text?, LABEL_LIMIT).map(Text)
}

/// A picture as it is kept, under the hash of the one that its owner announces (XEP-0153).
fn picture(photo: &Photo) -> Option<Avatar> {
    let bytes = redrawn(&photo.data)?;
    let hash = Sha1::digest(&photo.data)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Some(Avatar {
        hash,
        mime: MEDIA_TYPE.into(),
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_picture_is_drawn_anew_and_goes_by_the_hash_that_is_announced() {
        let jpeg = {
            let mut bytes = std::io::Cursor::new(Vec::new());
            image::DynamicImage::new_rgb8(4, 4)
                .write_to(&mut bytes, image::ImageFormat::Jpeg)
                .unwrap();
            bytes.into_inner()
        };
        let card = |data: &[u8]| VCard {
            photo: Some(Photo {
                media_type: Some("image/png".into()),
                data: data.to_vec(),
            }),
            ..VCard::default()
        };
        let kept = Card::read(card(&jpeg)).await.picture.unwrap();
        assert_eq!(kept.mime, "image/png");
        assert!(kept.bytes.starts_with(b"\x89PNG"));
        let announced: String = Sha1::digest(&jpeg).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(kept.hash, announced);
        for hostile in [
            b"<svg onload='x'/>".as_slice(),
            b"\xff\xd8\xff\xe0 nothing more",
            b"GIF89a",
        ] {
            assert!(Card::read(card(hostile)).await.picture.is_none());
        }
    }

    #[tokio::test]
    async fn a_card_names_nobody_by_what_is_not_seen() {
        let card = VCard {
            full_name: Some("\u{202e}\u{200b}".into()),
            nickname: Some("An\u{200b}a\u{202e} Silva".into()),
            title: Some("\u{2067}Nurse".into()),
            units: vec!["\u{3164}".into(), "Ward 7".into()],
            ..VCard::default()
        };
        let kept = Card::read(card).await;
        let kept = [kept.full_name, kept.role, kept.ward].map(|text| text.unwrap().0);
        assert_eq!(kept, ["Ana Silva", "Nurse", "Ward 7"]);
    }

    #[test]
    fn fields_are_short_single_lines() {
        assert_eq!(field(Some("  Ward\n 7 ".into())), Some(Text("Ward 7".into())));
        assert_eq!(field(Some("\t".into())), None);
        assert_eq!(field(Some("x".repeat(1_000))).unwrap().len(), LABEL_LIMIT);
    }
}
