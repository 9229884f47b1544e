//! People from whom nothing is taken, and rooms into which nobody may take or ask one: the server keeps the lists and keeps the rest
//! away. Here it is shown, and the numbers of the server's inbox, which counts blocked people all the same, do not reach the chat list.
//!
//! People and rooms of XEP-0045 are on the account's list (XEP-0191), of whose changes the server tells all devices. Services of MUC
//! Light keep a list each, of which nobody is told: the other devices hear of it in their next session.

use std::collections::BTreeSet;

use wardline_store::conversations::Conversation;
use wardline_store::{
    Address, ConversationId, ConversationKind, Membership, StoreError, TeamService, contacts, conversations,
};
use wardline_xmpp::blocking::BlockingPush;
use wardline_xmpp::features::{ChatServiceKind, Feature, ServerFeatures};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::muc_light::{Invitations, Inviter};
use wardline_xmpp::session::{RequestError, Session};

use super::Engine;
use super::command::Answer;
use super::requests::{Repeat, handled};
use crate::people::{Known, person};
use crate::view::{Blocked, CommandError, ConversationKind as Kind};

impl Engine {
    /// A new session: the lists are asked for.
    pub(super) fn begin_blocking(&mut self, features: &ServerFeatures) {
        if features.has(Feature::Blocking) {
            self.request_blocked();
        }
        for service in self.services(ChatServiceKind::MucLight) {
            self.request_refused_inviters(service);
        }
    }

    fn request_blocked(&mut self) {
        self.request_repeatedly(
            Repeat::Unsent,
            |session| async move { session.blocked().await },
            Self::request_blocked,
            |engine, list| Box::pin(engine.on_blocked(list)),
        );
    }

    fn request_refused_inviters(&mut self, service: BareJid) {
        let (asked, again) = (service.clone(), service.clone());
        self.request_repeatedly(
            Repeat::Unsent,
            |session| async move { session.muc_light_refused_inviters(&asked).await },
            |engine| engine.request_refused_inviters(again),
            |engine, list| Box::pin(engine.on_refused_inviters(service, list)),
        );
    }

    /// The whole list of the account.
    async fn on_blocked(&mut self, list: Result<Vec<BareJid>, RequestError>) -> Result<(), StoreError> {
        match list {
            Ok(list) => self.set_blocked(Listed::These(list)).await,
            Err(error) => {
                tracing::info!(%error, "list of blocked people not fetched");
                Ok(())
            }
        }
    }

    /// The whole list of a service of MUC Light. People on it are on the account's, too, where they were blocked here.
    async fn on_refused_inviters(
        &mut self,
        service: BareJid,
        list: Result<Vec<Inviter>, RequestError>,
    ) -> Result<(), StoreError> {
        match list {
            Ok(list) => {
                let rooms = list.into_iter().filter_map(|inviter| match inviter {
                    Inviter::Room(room) if room.domain() == service.domain() => Some(room),
                    _ => None,
                });
                let rooms = rooms.collect();
                self.set_blocked(Listed::OfService(service, rooms)).await
            }
            Err(error) => {
                tracing::info!(%error, "list of blocked rooms not fetched");
                Ok(())
            }
        }
    }

    /// The account's list has changed.
    pub(super) async fn take_blocking(&mut self, push: BlockingPush) -> Result<(), StoreError> {
        self.set_blocked(match push {
            BlockingPush::Blocked(people) => Listed::TheseToo(people),
            BlockingPush::Unblocked(people) => Listed::NotThese(people),
            BlockingPush::Cleared => Listed::These(Vec::new()),
        })
        .await
    }

    async fn set_blocked(&mut self, listed: Listed) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        let before: BTreeSet<Address> = contacts::blocked(&tx).await?.into_iter().collect();
        let these = |people: Vec<BareJid>| people.into_iter().map(|person| Address(person.to_string()));
        let services = self.services(ChatServiceKind::MucLight);
        let is_of = |address: &Address, services: &[BareJid]| {
            let address: Option<BareJid> = address.parse().ok();
            address.is_some_and(|address| services.iter().any(|service| service.domain() == address.domain()))
        };
        let after: BTreeSet<Address> = match listed {
            Listed::These(people) => {
                let of_others = before.iter().filter(|address| is_of(address, &services));
                of_others.cloned().chain(these(people)).collect()
            }
            Listed::OfService(service, rooms) => {
                let of_others = before
                    .iter()
                    .filter(|address| !is_of(address, std::slice::from_ref(&service)));
                of_others.cloned().chain(these(rooms)).collect()
            }
            Listed::TheseToo(people) => before.iter().cloned().chain(these(people)).collect(),
            Listed::NotThese(people) => {
                let gone: BTreeSet<Address> = these(people).collect();
                before.difference(&gone).cloned().collect()
            }
        };
        for address in before.symmetric_difference(&after) {
            let is_blocked = after.contains(address);
            contacts::set_blocked(&tx, address, is_blocked).await?;
            if let Some(with) = conversations::by_address(&tx, address).await? {
                // That answers an invitation.
                if is_blocked && with.membership == Membership::Invited {
                    conversations::set_membership(&tx, with.id, Membership::Left, None).await?;
                    conversations::set_marked_unread(&tx, with.id, false).await?;
                }
                tx.row(with.id);
            }
        }
        self.commit(tx).await
    }

    /// Everybody from whom nothing is taken, and every team into which nobody may take or ask one, by name.
    pub(super) async fn blocked(&self) -> Result<Vec<Blocked>, StoreError> {
        let tx = self.store.read().await?;
        let mut blocked = Vec::new();
        for address in contacts::blocked(&tx).await? {
            let with = conversations::by_address(&tx, &address).await?;
            let room = address.parse::<BareJid>().ok();
            let is_team = with.as_ref().is_some_and(|with| with.kind == ConversationKind::Team)
                || room.is_some_and(|room| self.service_of(&room).is_some());
            let title = with.filter(|_| is_team).and_then(|with| with.title);
            let (kind, person) = match is_team {
                true => (
                    Kind::Team,
                    person(Known {
                        address: &address,
                        name: title.as_deref(),
                        ..Known::default()
                    }),
                ),
                false => (Kind::Person, self.contacts.person(&address)),
            };
            let address = address.into_string();
            blocked.push(Blocked { address, kind, person });
        }
        blocked.sort_by_cached_key(|one| crate::text::sorting(&one.person.name));
        Ok(blocked)
    }

    /// Blocks somebody, or a team that one is not in, into which nobody may take or ask one then; or takes what comes from there again.
    /// The answer comes when the server has done it; the list follows as the server tells.
    pub(super) async fn block(&mut self, whom: Whom, blocking: Blocking, answer: Answer<()>) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        let with = match &whom {
            Whom::With(conversation) => conversations::get(&tx, *conversation).await?,
            Whom::Address(address) => conversations::by_address(&tx, &Address(address.clone())).await?,
        };
        drop(tx);
        let address = match (&with, whom) {
            (Some(with), _) => with.address.parse::<BareJid>().ok(),
            (None, Whom::Address(address)) => address.parse().ok(),
            (None, Whom::With(_)) => None,
        };
        let Some(whom) = address else {
            drop(answer.send(Err(CommandError::NotFound)));
            return Ok(());
        };
        let is_member =
            |with: &Conversation| with.kind == ConversationKind::Team && with.membership == Membership::Member;
        if blocking == Blocking::Block && with.as_ref().is_some_and(is_member) {
            // Whoever wants to hear nothing more of a team leaves it first.
            drop(answer.send(Err(CommandError::NotAllowed)));
            return Ok(());
        }
        let place = match self.blocked_by(&whom, with.and_then(|with| with.service)) {
            Ok(place) => place,
            Err(error) => {
                drop(answer.send(Err(error)));
                return Ok(());
            }
        };
        let service = match &place {
            Place::Account { .. } => None,
            Place::Service(service) => Some(service.clone()),
        };
        let change = |session: Session| async move {
            let outcome = match &place {
                Place::Account { services } => block_person(&session, &whom, blocking, services).await,
                Place::Service(service) => {
                    let room = Inviter::Room(whom);
                    session.muc_light_set_invitations(service, room, blocking.into()).await
                }
            };
            let outcome = outcome.map_err(|error| match error {
                RequestError::Refused(_) | RequestError::Malformed => CommandError::ServerError,
                _ => CommandError::ServerUnreachable,
            });
            // Whoever asked may be gone.
            drop(answer.send(outcome));
        };
        self.request(change, |engine, ()| {
            // A service of MUC Light tells no device of a change.
            if let Some(service) = service {
                engine.request_refused_inviters(service);
            }
            handled()
        });
        Ok(())
    }

    /// Where it is kept that somebody, or a room, is blocked. `known`: the kind of service that keeps the room.
    fn blocked_by(&self, whom: &BareJid, known: Option<TeamService>) -> Result<Place, CommandError> {
        let services = self.services(ChatServiceKind::MucLight);
        match known.or_else(|| self.service_of(whom)) {
            Some(TeamService::MucLight) => {
                let mut services = services.into_iter();
                let of_room = services.find(|service| service.domain() == whom.domain());
                of_room.map(Place::Service).ok_or(CommandError::ServerUnreachable)
            }
            Some(TeamService::Muc) => Ok(Place::Account { services: Vec::new() }),
            None => Ok(Place::Account { services }),
        }
    }
}

/// Blocks somebody or takes what they say again. Services of MUC Light know nothing of the account's list.
async fn block_person(
    session: &Session,
    person: &BareJid,
    blocking: Blocking,
    services: &[BareJid],
) -> Result<(), RequestError> {
    match blocking {
        Blocking::Block => session.block(person).await?,
        Blocking::Unblock => session.unblock(person).await?,
    }
    for service in services {
        let inviter = Inviter::Person(person.clone());
        if let Err(error) = session
            .muc_light_set_invitations(service, inviter, blocking.into())
            .await
        {
            tracing::info!(%error, "a service of rooms was not told who is blocked");
        }
    }
    Ok(())
}

/// Who keeps it that somebody, or a room, is blocked.
#[derive(Debug)]
enum Place {
    /// The account's list; and, for a person, these services of MUC Light.
    Account { services: Vec<BareJid> },
    /// A service of MUC Light, for its rooms.
    Service(BareJid),
}

/// A person or a team that something is done about.
#[derive(Debug, Clone)]
pub(crate) enum Whom {
    /// Whom a conversation is with.
    With(ConversationId),
    /// Whoever has this address, whether or not there is a conversation.
    Address(String),
}

/// What is done about a person, or a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blocking {
    Block,
    Unblock,
}

impl From<Blocking> for Invitations {
    fn from(blocking: Blocking) -> Self {
        match blocking {
            Blocking::Block => Self::Refused,
            Blocking::Unblock => Self::Accepted,
        }
    }
}

/// What the server says of its lists.
enum Listed {
    /// That of the account holds these.
    These(Vec<BareJid>),
    /// That of this service of MUC Light holds these rooms.
    OfService(BareJid, Vec<BareJid>),
    /// To that of the account these have been added.
    TheseToo(Vec<BareJid>),
    /// Out of that of the account these have been taken.
    NotThese(Vec<BareJid>),
}
