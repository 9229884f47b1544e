//! What a server is asked to do about a team, on both kinds of services.

use wardline_store::Text;
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
    /// What is different from now on.
    Describe {
        name: Option<String>,
        purpose: Option<String>,
    },
    Add(Vec<BareJid>),
    Remove(BareJid),
    HandOver(BareJid),
    /// With whom it is handed over to before, where it would have no owner.
    Leave(Option<BareJid>),
    End,
}

impl Deed {
    /// What is new of a name and a purpose, for a team that has these now.
    pub(super) fn describe(with: &Conversation, name: String, purpose: String) -> Self {
        let held = |held: &Option<Text>| held.as_ref().map_or("", Text::as_str).to_owned();
        Self::Describe {
            name: Some(name).filter(|name| *name != held(&with.title)),
            purpose: Some(purpose).filter(|purpose| *purpose != held(&with.purpose)),
        }
    }

    /// What it changes about a team that has these members `listed`.
    pub(super) fn announced(&self, listed: &[Member]) -> Vec<Announced> {
        match self {
            Self::Describe { name, purpose } => {
                let renamed = name.clone().map(|name| Announced::Renamed { name });
                let purpose = purpose.clone().map(|text| Announced::Purpose { text });
                renamed.into_iter().chain(purpose).collect()
            }
            // Whoever is in it is only asked once more.
            Self::Add(people) => {
                let is_new =
                    |person: &&BareJid| !listed.iter().any(|member| member.address.as_str() == person.as_str());
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

    /// Whether there is nothing to do.
    fn is_nothing(&self) -> bool {
        match self {
            Self::Describe { name, purpose } => name.is_none() && purpose.is_none(),
            Self::Add(people) => people.is_empty(),
            Self::Remove(_) | Self::HandOver(_) | Self::Leave(_) | Self::End => false,
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
            _ if self.is_nothing() => return Ok(()),
            Self::Describe { name, purpose } => {
                let change = Configuration {
                    name: name.clone(),
                    subject: purpose.clone(),
                };
                return session.muc_light_configure(room, &change).await;
            }
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
            _ if self.is_nothing() => {}
            Self::Describe { name, purpose } => {
                let about = RoomDescription {
                    name: name.clone(),
                    description: purpose.clone(),
                    ..RoomDescription::default()
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

#[cfg(test)]
mod tests {
    use wardline_store::{Address, TeamRole};

    use super::*;

    fn jid(jid: &str) -> BareJid {
        jid.parse().unwrap()
    }

    #[test]
    fn whoever_is_in_a_team_is_not_said_to_have_been_added() {
        let (bob, carol) = (jid("bob@ward.example"), jid("carol@ward.example"));
        let listed = [Member {
            address: Address(bob.to_string()),
            role: TeamRole::Member,
        }];
        let newcomers = vec![carol.clone()];
        assert!(Deed::Add(vec![bob.clone(), carol]).announced(&listed) == [Announced::Added { newcomers }]);
        assert!(Deed::Add(vec![bob]).announced(&listed).is_empty());
    }

    #[test]
    fn an_owner_who_leaves_says_to_whom_the_team_goes() {
        let to = jid("bob@ward.example");
        let told = Deed::Leave(Some(to.clone())).announced(&[]);
        assert!(told == [Announced::HandedOver { to }, Announced::Left]);
        assert!(Deed::Leave(None).announced(&[]) == [Announced::Left]);
        assert!(Deed::End.announced(&[]).is_empty(), "nobody is there to read it");
    }
}
