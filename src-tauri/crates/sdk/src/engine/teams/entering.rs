//! Entering rooms (XEP-0045), staying inside, and being put out of them.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;
use wardline_store::conversations::TeamChange;
use wardline_store::{
    Address, ConversationId, DeliveryState, Failure, Membership, StoreError, TeamService, Text, conversations,
};
use wardline_xmpp::jid::{BareJid, Jid};
use wardline_xmpp::muc::{Announced, JoinError, Joined, Standing, nick_beside};
use wardline_xmpp::presence::{Availability, AvatarHint, Existence, Occupant, PresenceKind, PresenceUpdate, Whose};
use wardline_xmpp::session::Session;

use super::made::{CREATED, unmake};
use super::{Asked, Stay};
use crate::engine::changes::Changes;
use crate::engine::transaction::Effect;
use crate::engine::{Engine, ingest, retry};
use crate::view::CommandError;

/// When a room that could not be asked is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// How often a room is asked under another name where somebody has the last one.
const MOST_NAMES: usize = 4;

/// Enters a room, whatever leads there: under another name, where somebody else has this one in it, or one's own other device on a service
/// that gives a name once.
pub(in crate::engine) async fn enter(session: &Session, room: &BareJid, nick: &str) -> Result<Joined, JoinError> {
    let mut outcome = session.muc_join(room.clone(), nick).await;
    for _ in 1..MOST_NAMES {
        if outcome.as_ref().err() != Some(&JoinError::NickTaken) {
            break;
        }
        let (_, number, ..) = Uuid::new_v4().as_fields();
        outcome = session.muc_join(room.clone(), &nick_beside(nick, number)).await;
    }
    outcome
}

/// What a refusal means: `None`, it may pass.
fn closed_by(error: &JoinError) -> Option<Failure> {
    match error {
        JoinError::MembersOnly | JoinError::Banned | JoinError::PasswordNeeded | JoinError::NotAllowed => {
            Some(Failure::NotAllowed)
        }
        JoinError::NoSuchRoom => Some(Failure::RecipientUnknown),
        JoinError::NickMalformed => Some(Failure::Refused),
        JoinError::Offline
        | JoinError::SessionLost
        | JoinError::TimedOut
        | JoinError::NickTaken
        | JoinError::Unavailable
        | JoinError::Refused(_) => None,
    }
}

/// How one stands with a team by the refusal of its room; `None`: it says nothing about that.
fn standing_by(error: &JoinError) -> Option<Membership> {
    match error {
        JoinError::MembersOnly => Some(Membership::Removed),
        JoinError::Banned => Some(Membership::Banned),
        JoinError::NoSuchRoom => Some(Membership::Ended),
        _ => None,
    }
}

impl Engine {
    /// Own name in a room that does not remember one.
    pub(super) fn nick(&self) -> String {
        self.contacts.person(self.own.as_str()).name
    }

    pub(in crate::engine) async fn on_joined(
        &mut self,
        room: BareJid,
        joined: Result<Joined, JoinError>,
    ) -> Result<(), StoreError> {
        let put_out = self.teams.put_out.remove(&room);
        if let Some(membership) = put_out.filter(|_| joined.is_ok() && !self.session.is_inside(&room)) {
            // It has put us out since it let us in: messages and answers reach the engine on two ways.
            self.answer_entering(&room, Err(CommandError::NotAllowed));
            return self.out_of_team(room, membership).await;
        }
        let (nick, description) = match joined {
            // It is no more: entering it has made another of that name.
            Ok(joined) if joined.codes.contains(&CREATED) => {
                let made = room.clone();
                self.inform(|session| async move { unmake(&session, made).await });
                return self.not_entered(room, &JoinError::NoSuchRoom).await;
            }
            // We have left it elsewhere before this was heard.
            _ if matches!(self.teams.stay(&room), Some(Stay::Closed(_))) => {
                self.answer_entering(&room, Err(CommandError::NotAllowed));
                // It may have been asked to let us in after we had left it.
                self.session.muc_leave(room).await;
                return Ok(());
            }
            Ok(joined) => (Text(joined.nick), joined.description),
            // A new session enters anew; one that is taken up again tries again.
            Err(JoinError::Offline | JoinError::SessionLost) => {
                self.answer_entering(&room, Err(CommandError::ServerUnreachable));
                self.teams.rest(room, AGAIN);
                return Ok(());
            }
            Err(error) => return self.not_entered(room, &error).await,
        };
        self.teams.stays.insert(room.clone(), Stay::Inside);
        self.follow_bin(&room).await?;
        let with = self.conversation_of(&room).await?;
        if let Some(with) = with {
            if with.nick.as_ref() != Some(&nick) {
                self.named(with.id, nick).await?;
            }
            let target = ingest::Target {
                conversation: with.id,
                archive: with.archive_id,
                kind: with.kind,
            };
            if with.membership == Membership::Left && self.teams.awaiting.contains_key(&room) {
                self.send_announcements(room.clone(), vec![Announced::Joined]);
            }
            if with.membership != Membership::Member {
                self.set_membership(with.id, Membership::Member).await?;
                self.remember(room.clone()).await?;
            }
            self.sync_room(target).await?;
            self.doubt_members(with.id, room.clone());
            match description {
                Some(description) => self.on_description(room.clone(), Ok(description)).await?,
                None => self.request_description(room.clone()),
            }
        }
        self.answer_entering(&room, Ok(()));
        self.effects.push(Effect::DrainOutbox);
        Ok(())
    }

    /// Whoever waits for a room to be entered is told. They may be gone.
    fn answer_entering(&mut self, room: &BareJid, outcome: Result<(), CommandError>) {
        if let Some(waiting) = self.teams.awaiting.remove(room) {
            drop(waiting.answer.send(outcome));
        }
    }

    /// The name by which a room has let us in: by it we know our own words there.
    async fn named(&self, team: ConversationId, nick: Text) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        let change = TeamChange {
            nick: Some(nick),
            ..TeamChange::default()
        };
        conversations::change_team(&tx, team, change).await?;
        tx.commit().await
    }

    pub(in crate::engine) async fn take_presence(&mut self, presence: PresenceUpdate) -> Result<(), StoreError> {
        match presence.kind {
            PresenceKind::Person(availability) => {
                self.person_presence(&presence.from, availability);
                self.avatar_hint(presence.from.to_bare(), &presence.avatar).await
            }
            PresenceKind::Occupant(occupant) => self.occupant(&occupant).await,
            PresenceKind::Subscription(request) => self.on_subscription(presence.from.to_bare(), request).await,
        }
    }

    /// Notes whether somebody is there; [`show_presences`](Self::show_presences) shows it with what else came in the batch.
    fn person_presence(&mut self, from: &Jid, availability: Availability) {
        let bare = from.to_bare().to_string();
        let resource = from.resource().map(ToString::to_string).unwrap_or_default();
        self.presences.set(&bare, &resource, availability);
    }

    /// Shows whose presence has changed since it was last shown, all in one go.
    pub(in crate::engine) async fn show_presences(&mut self) -> Result<(), StoreError> {
        let changed = self.presences.take_changed();
        match changed.is_empty() {
            true => Ok(()),
            false => self.show_people(changed).await,
        }
    }

    /// What somebody announces of their picture. Everybody says it with each presence, so only what is new is looked up.
    async fn avatar_hint(&mut self, who: BareJid, hint: &AvatarHint) -> Result<(), StoreError> {
        if *hint == AvatarHint::Silent || !self.presences.is_new_hint(who.as_str(), hint) {
            return Ok(());
        }
        match hint {
            AvatarHint::Silent => Ok(()),
            AvatarHint::NoPicture => self.picture_announced(who, None).await,
            AvatarHint::Sha1(hash) => self.picture_announced(who, Some(hash)).await,
        }
    }

    /// Asks to enter a room, once: only the first of two answers would say that the room was made by that.
    pub(in crate::engine) fn enter(&mut self, room: BareJid, nick: String) {
        if matches!(self.teams.stay(&room), Some(Stay::Entering(_))) {
            return;
        }
        let tries = self.teams.tries(&room);
        self.teams.stays.insert(room.clone(), Stay::Entering(tries));
        let asked = room.clone();
        self.request(
            |session| async move { enter(&session, &asked, &nick).await },
            |engine, joined| Box::pin(engine.on_joined(room, joined)),
        );
    }

    /// Enters a room by the name that one has in it. Whether one is in a room of MUC Light its service says, and only that.
    pub(in crate::engine) async fn enter_known(&mut self, room: BareJid) -> Result<(), StoreError> {
        let with = self.conversation_of(&room).await?;
        let service = with.as_ref().and_then(|with| with.service);
        if service == Some(TeamService::MucLight) {
            return Ok(());
        }
        let nick = with.and_then(|with| with.nick).map(|nick| nick.as_str().to_owned());
        let nick = nick.unwrap_or_else(|| self.nick());
        self.enter(room, nick);
        Ok(())
    }

    /// Tries again to enter the rooms whose pause is over.
    pub(in crate::engine) async fn enter_due_rooms(&mut self, now: Instant) -> Result<(), StoreError> {
        let due: Vec<BareJid> = self
            .teams
            .stays
            .iter()
            .filter(|(_, stay)| matches!(stay, Stay::Resting { until, .. } if *until <= now))
            .map(|(room, _)| room.clone())
            .collect();
        for room in due {
            self.enter_known(room).await?;
        }
        Ok(())
    }

    /// A session was taken up again: rooms may have forgotten us meanwhile, and would not say so. Those of MUC Light cannot: nobody
    /// enters them.
    pub(in crate::engine) fn ask_rooms(&mut self) {
        let inside: Vec<BareJid> = self
            .teams
            .stays
            .iter()
            .filter(|(room, stay)| **stay == Stay::Inside && !self.is_light(room))
            .map(|(room, _)| room.clone())
            .collect();
        for room in inside {
            let asked = room.clone();
            self.request(
                |session| async move { session.muc_standing(&asked).await },
                |engine, standing| Box::pin(engine.on_standing(room, standing)),
            );
        }
    }

    /// What a room says of whether we are inside.
    pub(in crate::engine) async fn on_standing(&mut self, room: BareJid, standing: Standing) -> Result<(), StoreError> {
        if standing == Standing::Outside && self.teams.stay(&room) == Some(Stay::Inside) {
            tracing::info!("a room has forgotten us");
            self.not_inside(room, Duration::ZERO).await;
        }
        Ok(())
    }

    /// A room does not have us inside, though nobody put us out of it: it is entered again after a pause.
    pub(in crate::engine) async fn not_inside(&mut self, room: BareJid, pause: Duration) {
        // What the session believes of the room has to go too.
        self.session.muc_leave(room.clone()).await;
        self.teams.rest(room, pause);
    }

    /// A room did not let us in. What waits for it says so, or fails.
    async fn not_entered(&mut self, room: BareJid, error: &JoinError) -> Result<(), StoreError> {
        tracing::info!(%error, "room not entered");
        if let Some(waiting) = self.teams.awaiting.get_mut(&room)
            && waiting.asked == Asked::Meanwhile
        {
            waiting.asked = Asked::First;
            self.teams.stays.remove(&room);
            return self.enter_known(room).await;
        }
        let told = match closed_by(error) {
            Some(Failure::RecipientUnknown) => CommandError::NotFound,
            Some(_) => CommandError::NotAllowed,
            None => CommandError::ServerUnreachable,
        };
        self.answer_entering(&room, Err(told));
        if let Some(membership) = standing_by(error) {
            return self.out_of_team(room, membership).await;
        }
        let Some(failure) = closed_by(error) else {
            let tries = self.teams.tries(&room);
            let until = Instant::now() + retry::pause(tries);
            let stay = Stay::Resting {
                until,
                tries: tries.saturating_add(1),
            };
            self.teams.stays.insert(room.clone(), stay);
            return self
                .waiting_for_room(&room, Failure::NotEntered, DeliveryState::Waiting)
                .await;
        };
        self.close_room(room, failure).await
    }

    pub(super) async fn close_room(&mut self, room: BareJid, failure: Failure) -> Result<(), StoreError> {
        self.teams.stays.insert(room.clone(), Stay::Closed(failure));
        self.waiting_for_room(&room, failure, DeliveryState::Failed).await
    }

    /// Being put out of a room ends what can be sent to it: for good if somebody decided so, else until it is entered again.
    async fn occupant(&mut self, occupant: &Occupant) -> Result<(), StoreError> {
        self.occupant_belongs(occupant).await?;
        let gone = occupant.availability == Availability::Unavailable && occupant.new_nick.is_none();
        let stay = self.teams.stay(&occupant.room);
        let is_entering = matches!(stay, Some(Stay::Entering(_)));
        if !gone || occupant.whose == Whose::Other || !(is_entering || stay == Some(Stay::Inside)) {
            return Ok(());
        }
        // XEP-0045: 301 banned, 307 kicked, 321 and 322 not a member any more; 332 and 333 the service's or the network's
        // fault, whatever else stands beside it.
        let has = |codes: &[u16]| occupant.codes.iter().any(|code| codes.contains(code));
        let is_decided = has(&[301, 307, 321, 322]) || occupant.existence == Existence::Destroyed;
        // What nobody has decided is about an occupant of before.
        if is_entering && (has(&[332, 333]) || !is_decided) {
            return Ok(());
        }
        tracing::info!(codes = ?occupant.codes, "put out of a room");
        let room = occupant.room.clone();
        let membership = if has(&[332, 333]) {
            self.not_inside(room, retry::pause(0)).await;
            return Ok(());
        } else if has(&[301]) {
            Membership::Banned
        } else if has(&[307, 321, 322]) {
            Membership::Removed
        } else if occupant.existence == Existence::Destroyed {
            Membership::Ended
        } else {
            // Nobody put us out: the room has noticed that the connection before this one is gone, and means its occupant, which has our name.
            self.not_inside(room, AGAIN).await;
            return Ok(());
        };
        match is_entering {
            true => drop(self.teams.put_out.insert(room, membership)),
            false => self.out_of_team(room, membership).await?,
        }
        Ok(())
    }

    /// The session is gone: who is there, who types and where we are is not known any more.
    pub(in crate::engine) async fn forget_presence(&mut self) -> Result<(), StoreError> {
        self.teams.forget();
        let people = self.presences.forget();
        for conversation in self.typing.forget() {
            self.refresh_row(conversation).await?;
        }
        self.show_people(people).await
    }

    /// The rows of the conversations with these people, all in one go.
    pub(in crate::engine) async fn show_people(&mut self, people: Vec<String>) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        let tx = self.store.read().await?;
        let addresses: Vec<Address> = people.into_iter().map(Address).collect();
        for with in conversations::by_addresses(&tx, &addresses).await? {
            changes.row(with.id);
        }
        drop(tx);
        self.show(changes).await
    }
}
