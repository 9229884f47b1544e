//! What somebody does about a team: the server is asked, and what it has done is shown.

use wardline_store::conversations::{self, Conversation, TeamChange as Stored};
use wardline_store::{
    Address, ConversationBox, ConversationId, ConversationKind, Membership, StoreError, TeamRole, TeamService, Text,
    TitleSource, members,
};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::muc::decline;
use wardline_xmpp::session::{RequestError, Session};

use super::deed::Deed;
use super::made::{described, people};
use super::{Asked, Stay, Waiting, refusal};
use crate::engine::Engine;
use crate::engine::command::Answer;
use crate::engine::decisions::{Matter, set_pending};
use crate::engine::transaction::Effect;
use crate::text::address::typed;
use crate::view::{CommandError, NotificationLevel, TeamChange};

/// What became of it.
#[derive(Debug)]
pub(in crate::engine) struct Changed {
    team: ConversationId,
    room: BareJid,
    service: TeamService,
    deed: Deed,
    outcome: Result<(), RequestError>,
    answer: Answer<()>,
}

impl Engine {
    /// Does something about a team. The answer comes when the server has done it.
    pub(in crate::engine) async fn change_team(
        &mut self,
        team: ConversationId,
        change: TeamChange,
        answer: Answer<()>,
    ) -> Result<(), StoreError> {
        let with = conversations::get(&self.store.read().await?, team).await?;
        let with = with.filter(|with| with.kind == ConversationKind::Team);
        let (with, room) = match with.map(|with| (with.address.parse::<BareJid>(), with)) {
            Some((Ok(room), with)) => (with, room),
            _ => {
                drop(answer.send(Err(CommandError::NotFound)));
                return Ok(());
            }
        };
        let deed = match change {
            TeamChange::Notify { level } => {
                self.set_level(team, level).await?;
                drop(answer.send(Ok(())));
                return Ok(());
            }
            TeamChange::Dismiss => {
                self.dismiss(&with, room).await?;
                drop(answer.send(Ok(())));
                return Ok(());
            }
            TeamChange::Enter => return self.come_in(&with, room, answer).await,
            TeamChange::Describe { name, purpose } => {
                described(&name, &purpose).map(|(name, purpose)| Deed::describe(&with, name, purpose))
            }
            TeamChange::Add { people: added } => people(&added, &self.own).map(Deed::Add),
            TeamChange::Remove { person } => one(&person).map(Deed::Remove),
            TeamChange::HandOver { person } => one(&person).map(Deed::HandOver),
            TeamChange::Leave => Ok(Deed::Leave(self.heir(&with).await?)),
            TeamChange::End => Ok(Deed::End),
        };
        let deed = match deed {
            Ok(_) if !self.online() => Err(CommandError::ServerUnreachable),
            deed => deed,
        };
        let deed = match deed {
            Ok(deed) => deed,
            Err(error) => {
                drop(answer.send(Err(error)));
                return Ok(());
            }
        };
        if matches!(deed, Deed::Leave(_)) {
            self.teams.leaving.insert(room.clone());
        }
        let service = with
            .service
            .or_else(|| self.service_of(&room))
            .unwrap_or(TeamService::Muc);
        if matches!(deed, Deed::Leave(_)) && service == TeamService::Muc {
            self.teams.forgotten_here.insert(room.clone());
        }
        let listed = members::list(&self.store.read().await?, team).await?;
        let place = self.bookmarks_kept_in();
        let told = self.told(deed.announced(&listed));
        let own = self.own.clone();
        let change = |session: Session| async move {
            let outcome = match service {
                TeamService::MucLight => deed.in_muc_light(&session, &room, &own).await,
                TeamService::Muc => deed.in_muc(&session, (&room, &own, place), told).await,
            };
            Changed {
                team,
                room,
                service,
                deed,
                outcome,
                answer,
            }
        };
        self.request(change, |engine, changed| Box::pin(engine.on_team_changed(changed)));
        Ok(())
    }

    /// Whom a team goes to when its only owner leaves: administrators before members. Services of MUC Light see to it themselves.
    async fn heir(&self, with: &Conversation) -> Result<Option<BareJid>, StoreError> {
        if with.service == Some(TeamService::MucLight) {
            return Ok(None);
        }
        let listed = members::list(&self.store.read().await?, with.id).await?;
        let is_own = |member: &members::Member| member.address.as_str() == self.own.as_str();
        let owns = listed
            .iter()
            .any(|member| is_own(member) && member.role == TeamRole::Owner);
        let others = || listed.iter().filter(|member| !is_own(member));
        if !owns || others().any(|other| other.role == TeamRole::Owner) {
            return Ok(None);
        }
        Ok(others().next().and_then(|heir| heir.address.parse().ok()))
    }

    /// The server has done something about a team, or not.
    pub(in crate::engine) async fn on_team_changed(&mut self, changed: Changed) -> Result<(), StoreError> {
        let Changed {
            team,
            room,
            service,
            deed,
            outcome,
            answer,
        } = changed;
        if let Err(error) = outcome {
            self.teams.leaving.remove(&room);
            self.teams.forgotten_here.remove(&room);
            drop(answer.send(Err(refusal(&error))));
            // Some of it may have been done.
            if service == TeamService::Muc && self.teams.stay(&room) == Some(Stay::Inside) {
                self.request_members(room);
            }
            return Ok(());
        }
        match deed {
            Deed::Describe { name, purpose } => {
                let tx = self.begin().await?;
                let change = Stored {
                    title: name.map(|name| (Text(name), TitleSource::Team)),
                    purpose: purpose.map(Text),
                    ..Stored::default()
                };
                conversations::change_team(&tx, team, change).await?;
                tx.row(team);
                tx.team(team);
                self.commit(tx).await?;
                if service == TeamService::Muc {
                    self.remember(room).await?;
                }
            }
            Deed::Add(people) => self.note_roles(team, &people, Some(TeamRole::Member)).await?,
            Deed::Remove(person) => self.note_roles(team, &[person], None).await?,
            Deed::HandOver(person) => {
                self.note_roles(team, &[person], Some(TeamRole::Owner)).await?;
                let own = self.own.clone();
                self.note_roles(team, &[own], Some(TeamRole::Member)).await?;
            }
            Deed::Leave(_) => {
                // Where a room of MUC Light has said so itself, what it has said since counts: messages and answers reach the engine
                // on two ways.
                let is_untold = self.teams.leaving.remove(&room);
                if is_untold || service == TeamService::Muc {
                    self.out_of_team(room, Membership::Left).await?;
                }
            }
            Deed::End => self.out_of_team(room, Membership::Ended).await?,
        }
        // Whoever asked may be gone.
        drop(answer.send(Ok(())));
        Ok(())
    }

    /// What the server has made of people, before it tells so itself.
    async fn note_roles(
        &mut self,
        team: ConversationId,
        people: &[BareJid],
        role: Option<TeamRole>,
    ) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        for person in people {
            members::set(&tx, team, &Address(person.to_string()), role).await?;
        }
        tx.commit().await?;
        for person in people {
            self.want_card(person.clone());
        }
        self.members_changed(team).await
    }

    /// Accepts an invitation, or comes back. The answer comes when the room has let one in.
    async fn come_in(&mut self, with: &Conversation, room: BareJid, answer: Answer<()>) -> Result<(), StoreError> {
        let refused = match with.membership {
            _ if !self.online() => Some(CommandError::ServerUnreachable),
            // Nobody comes into a room of MUC Light without having been taken in.
            _ if with.service == Some(TeamService::MucLight) => Some(CommandError::NotAllowed),
            Membership::Ended => Some(CommandError::NotFound),
            Membership::Member if self.teams.stay(&room) == Some(Stay::Inside) => {
                drop(answer.send(Ok(())));
                return Ok(());
            }
            _ => None,
        };
        if let Some(error) = refused {
            drop(answer.send(Err(error)));
            return Ok(());
        }
        let asked = match self.teams.stay(&room) {
            Some(Stay::Entering(_)) => Asked::Meanwhile,
            _ => Asked::First,
        };
        self.teams.awaiting.insert(room.clone(), Waiting { answer, asked });
        self.enter_known(room).await
    }

    /// Declines an invitation, or takes a team that one is not in any more out of the list.
    async fn dismiss(&mut self, with: &Conversation, room: BareJid) -> Result<(), StoreError> {
        if with.membership == Membership::Member {
            return Ok(());
        }
        let tx = self.begin().await?;
        conversations::set_box(&tx, with.id, ConversationBox::Hidden).await?;
        // Older invitations are answered by this.
        conversations::set_sort(&tx, with.id, self.clock.now()).await?;
        if with.membership == Membership::Invited {
            conversations::set_membership(&tx, with.id, Membership::Left, None).await?;
            conversations::set_marked_unread(&tx, with.id, false).await?;
        }
        tx.row(with.id);
        self.commit(tx).await?;
        self.show_next_request(with).await?;
        let by = with.invited_by.as_ref().and_then(|by| by.parse::<BareJid>().ok());
        // A foreign host asked in nobody's name whom one could answer.
        let declined = by.filter(|by| with.membership == Membership::Invited && by.node().is_some());
        let place = self.bookmarks_kept_in();
        let is_light = with.service == Some(TeamService::MucLight);
        if !is_light {
            self.teams.forgotten_here.insert(room.clone());
        }
        self.inform(|session| async move {
            if let Some(by) = declined {
                // Whoever asked may never hear of it; so do those whose apps do not tell.
                let _not_told = session.send(decline(room.clone(), &by)).await;
            }
            if !is_light && let Err(error) = session.forget_room(&room, place).await {
                tracing::info!(%error, "a room could not be forgotten");
            }
        });
        Ok(())
    }

    /// Sets which notifications of a team are wanted.
    async fn set_level(&mut self, team: ConversationId, level: NotificationLevel) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        let Some(with) = conversations::get(&tx, team).await? else {
            return Ok(());
        };
        let until = match level {
            NotificationLevel::None => Some(i64::MAX),
            // To be muted for a while is another thing.
            NotificationLevel::All | NotificationLevel::Mentions => {
                with.muted_until_us.filter(|until| *until != i64::MAX)
            }
        };
        if until != with.muted_until_us {
            conversations::set_muted(&tx, team, until).await?;
            set_pending(&tx, team, Matter::Mute).await?;
        }
        let only = level == NotificationLevel::Mentions;
        if level != NotificationLevel::None && only != with.mentions_only {
            conversations::set_mentions_only(&tx, team, only).await?;
            set_pending(&tx, team, Matter::Level).await?;
        }
        tx.row(team);
        tx.team(team);
        tx.after(Effect::SyncSettings);
        self.commit(tx).await
    }
}

fn one(person: &str) -> Result<BareJid, CommandError> {
    typed(person).map_err(|_| CommandError::AddressMalformed)
}
