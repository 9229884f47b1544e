//! What a server is asked to do about a team, on both kinds of services.

use wardline_store::conversations::Conversation;
use wardline_store::members::Member;
use wardline_xmpp::decisions::KeptIn;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::muc::{Affiliated, Announced, RoomDescription};
use wardline_xmpp::muc_light::{Affiliation as LightAffiliation, Configuration, Occupant as LightOccupant};
use wardline_xmpp::presence::Affiliation;
use wardline_xmpp::session::{RequestError, Session};

use super::announcing::{added, tell};
use super::made::ask_in;

/// What the server is asked to do.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Describe {
        name: String,
        purpose: String,
    },
    Add(Vec<BareJid>),
    Remove(BareJid),
    HandOver(BareJid),
    /// With whom it is handed over to before, where it would have no owner.
    Leave(Option<BareJid>),
    End,
}

impl Deed {
    /// What it changes about a team that is `with` now, and has these `listed` as its members.
    pub(super) fn announced(&self, with: &Conversation, listed: &[Member]) -> Vec<Announced> {
        match self {
            Self::Describe { name, purpose } => {
                let held = |held: &Option<wardline_store::Text>| held.clone().unwrap_or_default();
                let renamed = (*name != held(&with.title).as_str()).then(|| Announced::Renamed { name: name.clone() });
                let text = (*purpose != held(&with.purpose).as_str()).then(|| purpose.clone());
                let purpose = text.map(|text| Announced::Purpose { text });
                renamed.into_iter().chain(purpose).collect()
            }
            // Whoever is in it is only asked once more.
            Self::Add(people) => {
                let is_new = |person: &&BareJid| !listed.iter().any(|member| member.address.as_str() == person.as_str());
                added(people.iter().filter(is_new).cloned().collect())
            }
            Self::Remove(person) => vec![Announced::Removed {
                people: vec![person.clone()],
            }],
            Self::HandOver(person) => vec![Announced::HandedOver { to: person.clone() }],
            Self::Leave(heir) => {
                let handed_over = heir.clone().map(|to| Announced::HandedOver { to });
                handed_over.into_iter().chain([Announced::Left]).collect()
            }
            Self::End => Vec::new(),
        }
    }

    /// Does it in a room of MUC Light, which says so itself.
    pub(super) async fn in_muc_light(
        &self,
        session: &Session,
        room: &BareJid,
        own: &BareJid,
    ) -> Result<(), RequestError> {
        let these = |people: &[BareJid], affiliation| -> Vec<LightOccupant> {
            let these = people.iter().cloned();
            these.map(|jid| LightOccupant { jid, affiliation }).collect()
        };
        let one = std::slice::from_ref;
        let changed = match self {
            Self::Describe { name, purpose } => {
                let change = Configuration {
                    name: Some(name.clone()),
                    subject: Some(purpose.clone()),
                };
                return session.muc_light_configure(room, &change).await;
            }
            Self::Add(people) if people.is_empty() => return Ok(()),
            Self::Add(people) => these(people, LightAffiliation::Member),
            Self::Remove(person) => these(one(person), LightAffiliation::None),
            Self::HandOver(person) => these(one(person), LightAffiliation::Owner),
            Self::Leave(_) => these(one(own), LightAffiliation::None),
            Self::End => return session.muc_light_destroy(room).await,
        };
        session.muc_light_affiliate(room, &changed).await
    }

    /// Does it in a room after XEP-0045, and tells it of what it does not tell itself: as soon as it is done, and before one is any
    /// less to the room than whoever can have done it.
    pub(super) async fn in_muc(
        &self,
        session: &Session,
        (room, own, place): (&BareJid, &BareJid, KeptIn),
        told: Vec<Announced>,
    ) -> Result<(), RequestError> {
        let is = |jid: &BareJid, affiliation| Affiliated {
            jid: jid.clone(),
            affiliation,
        };
        match self {
            Self::Describe { name, purpose } => {
                let about = RoomDescription {
                    name: Some(name.clone()),
                    description: Some(purpose.clone()),
                };
                session.describe_room(room, &about).await?;
                tell(session, room, told).await;
            }
            Self::Add(people) => {
                let added: Vec<Affiliated> = people.iter().map(|person| is(person, Affiliation::Member)).collect();
                session.affiliate(room, &added).await?;
                tell(session, room, told).await;
                ask_in(session, room, people).await;
            }
            Self::Remove(person) => {
                session.affiliate(room, &[is(person, Affiliation::None)]).await?;
                tell(session, room, told).await;
            }
            Self::HandOver(person) => {
                session.affiliate(room, &[is(person, Affiliation::Owner)]).await?;
                tell(session, room, told).await;
                session.affiliate(room, &[is(own, Affiliation::Member)]).await?;
            }
            Self::Leave(heir) => {
                if let Some(heir) = heir {
                    session.affiliate(room, &[is(heir, Affiliation::Owner)]).await?;
                }
                session.forget_room(room, place).await?;
                tell(session, room, told).await;
                // Members may only take back their registration; those who run a room, only what they are.
                if session.affiliate(room, &[is(own, Affiliation::None)]).await.is_err()
                    && let Err(error) = session.unregister(room).await
                {
                    // One stays on the list of members then, which only those who run the room can change.
                    tracing::info!(%error, "a room keeps one among its members");
                }
                session.muc_leave(room.clone()).await;
            }
            Self::End => {
                session.destroy_room(room).await?;
                session.forget_room(room, place).await?;
            }
        }
        Ok(())
    }
}
