//! Making a team, and entering one that is open to everybody.

use std::collections::BTreeSet;

use uuid::Uuid;
use wardline_store::conversations::{self, TeamChange};
use wardline_store::members::Member;
use wardline_store::{Address, Membership, StoreError, TeamRole, TeamService, Text, TitleSource};
use wardline_xmpp::decisions::KeptIn;
use wardline_xmpp::features::ChatServiceKind;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::muc::{Affiliated, Announced, Autojoin, Bookmark, JoinError, ListedRoom, RoomDescription, invite};
use wardline_xmpp::muc_light::{Affiliation as LightAffiliation, Configuration, Occupant as LightOccupant};
use wardline_xmpp::presence::Affiliation;
use wardline_xmpp::session::Session;

use super::announcing::{made, tell};
use super::entering::enter;
use super::{Stay, refusal};
use crate::engine::command::Answer;
use crate::engine::transaction::Effect;
use crate::engine::{Engine, ingest};
use crate::people::{LABEL_LIMIT, local_part};
use crate::text::address::typed;
use crate::text::display::{label, paragraph};
use crate::view::{CommandError, ConversationId, NewTeam, OpenTeam};

/// Longest name and purpose of a team, in characters.
const LONGEST_NAME: usize = 100;
const LONGEST_PURPOSE: usize = 500;
/// Status of a room that was made by entering it (XEP-0045 section 10.1).
pub(super) const CREATED: u16 = 201;

/// A team that one is in now.
#[derive(Debug)]
pub(in crate::engine) struct Made {
    room: BareJid,
    service: TeamService,
    name: Option<Text>,
    purpose: Option<Text>,
    nick: Option<Text>,
    /// Who is in it, oneself included; empty: not known.
    members: Vec<Member>,
}

/// Name and purpose as they are kept.
pub(super) fn described(name: &str, purpose: &str) -> Result<(String, String), CommandError> {
    let name = label(name, usize::MAX).ok_or(CommandError::NameEmpty)?;
    let purpose = paragraph(purpose, usize::MAX).unwrap_or_default();
    if name.chars().count() > LONGEST_NAME || purpose.chars().count() > LONGEST_PURPOSE {
        return Err(CommandError::NameTooLong);
    }
    Ok((name, purpose))
}

/// Bare addresses of people, each once, without one's own.
pub(super) fn people(addresses: &[String], own: &BareJid) -> Result<Vec<BareJid>, CommandError> {
    let people: Result<BTreeSet<BareJid>, CommandError> = addresses
        .iter()
        .map(|address| typed(address).map_err(|_| CommandError::AddressMalformed))
        .collect();
    Ok(people?.into_iter().filter(|person| person != own).collect())
}

/// A team to be made, as it is asked of a server.
struct Wish {
    name: String,
    purpose: String,
    people: Vec<BareJid>,
    own: BareJid,
    /// What a room after XEP-0045 is told of it.
    told: Vec<Announced>,
}

impl Wish {
    fn members(&self) -> Vec<Member> {
        let people = self.people.iter().map(|person| (person, TeamRole::Member));
        std::iter::once((&self.own, TeamRole::Owner))
            .chain(people)
            .map(|(person, role)| Member {
                address: Address(person.to_string()),
                role,
            })
            .collect()
    }

    /// On a service of MUC Light, where a room is made in one step.
    async fn light(self, session: &Session, service: &BareJid) -> Result<Made, CommandError> {
        let configuration = Configuration {
            name: Some(self.name.clone()),
            subject: Some(self.purpose.clone()).filter(|purpose| !purpose.is_empty()),
        };
        let occupants: Vec<LightOccupant> = self
            .people
            .iter()
            .map(|person| LightOccupant {
                jid: person.clone(),
                affiliation: LightAffiliation::Member,
            })
            .collect();
        let room = session
            .muc_light_create(service, &configuration, &occupants)
            .await
            .map_err(|error| refusal(&error))?;
        Ok(self.made(room, TeamService::MucLight, None))
    }

    /// On a service of XEP-0045: the room is made by entering it, configured, and its members are asked in. Whatever fails leaves no
    /// room behind.
    async fn muc(self, session: &Session, service: &BareJid, nick: &str, place: KeptIn) -> Result<Made, CommandError> {
        let room = format!("{}@{}", Uuid::new_v4(), service.domain());
        let room: BareJid = room.parse().map_err(|_| CommandError::ServerError)?;
        let joined = enter(session, &room, nick).await.map_err(|error| not_joined(&error))?;
        let outcome = self.furnish(session, &room, &joined.nick, place).await;
        match outcome {
            Ok(()) => Ok(self.made(room, TeamService::Muc, Some(joined.nick))),
            Err(error) => {
                unmake(session, room).await;
                Err(error)
            }
        }
    }

    async fn furnish(&self, session: &Session, room: &BareJid, nick: &str, place: KeptIn) -> Result<(), CommandError> {
        let about = RoomDescription {
            name: Some(self.name.clone()),
            description: Some(self.purpose.clone()),
            ..RoomDescription::default()
        };
        let members: Vec<Affiliated> = self
            .people
            .iter()
            .map(|person| Affiliated {
                jid: person.clone(),
                affiliation: Affiliation::Member,
            })
            .collect();
        let bookmark = Bookmark {
            room: room.clone(),
            name: Some(self.name.clone()),
            nick: Some(nick.to_owned()),
            autojoin: Autojoin::Yes,
        };
        let done = async {
            session.make_private(room, &about).await?;
            session.affiliate(room, &members).await?;
            tell(session, room, self.told.clone()).await;
            session.remember_room(&bookmark, place).await
        };
        done.await.map_err(|error| refusal(&error))?;
        ask_in(session, room, &self.people).await;
        Ok(())
    }

    fn made(&self, room: BareJid, service: TeamService, nick: Option<String>) -> Made {
        Made {
            room,
            service,
            name: Some(Text(self.name.clone())),
            purpose: Some(Text(self.purpose.clone())),
            nick: nick.map(Text),
            members: self.members(),
        }
    }
}

/// Asks people into a room that they may enter. Whom an invitation does not reach may be asked again.
pub(super) async fn ask_in(session: &Session, room: &BareJid, people: &[BareJid]) {
    for person in people {
        if let Err(error) = session.send(invite(person.clone(), room, None)).await {
            tracing::info!(%error, "an invitation was not sent");
        }
    }
}

fn not_joined(error: &JoinError) -> CommandError {
    match error {
        JoinError::Offline | JoinError::SessionLost | JoinError::TimedOut => CommandError::ServerUnreachable,
        JoinError::MembersOnly | JoinError::Banned | JoinError::NotAllowed | JoinError::PasswordNeeded => {
            CommandError::NotAllowed
        }
        JoinError::NoSuchRoom => CommandError::NotFound,
        JoinError::NickTaken | JoinError::Unavailable | JoinError::NickMalformed | JoinError::Refused(_) => {
            CommandError::ServerError
        }
    }
}

impl Engine {
    /// Makes a team: where there is a service of MUC Light in it, else in one of XEP-0045.
    pub(in crate::engine) fn create_team(&mut self, team: &NewTeam, answer: Answer<ConversationId>) {
        let wish = described(&team.name, &team.purpose).and_then(|(name, purpose)| {
            let people = people(&team.members, &self.own)?;
            Ok(Wish {
                name,
                purpose,
                told: self.told(made(&people)),
                people,
                own: self.own.clone(),
            })
        });
        let wish = match wish {
            Ok(_) if !self.online() => Err(CommandError::ServerUnreachable),
            wish => wish,
        };
        let light = self.services(ChatServiceKind::MucLight).into_iter().next();
        let muc = self.services(ChatServiceKind::Muc).into_iter().next();
        let (wish, service) = match (wish, light, muc) {
            (Err(error), ..) => return drop(answer.send(Err(error))),
            (Ok(_), None, None) => return drop(answer.send(Err(CommandError::TeamsNotOffered))),
            (Ok(wish), Some(light), _) => (wish, (light, TeamService::MucLight)),
            (Ok(wish), None, Some(muc)) => (wish, (muc, TeamService::Muc)),
        };
        let (nick, place) = (self.nick(), self.bookmarks_kept_in());
        let make = |session: Session| async move {
            match service {
                (service, TeamService::MucLight) => wish.light(&session, &service).await,
                (service, TeamService::Muc) => wish.muc(&session, &service, &nick, place).await,
            }
        };
        self.request(make, |engine, made| Box::pin(engine.on_team_made(made, answer)));
    }

    /// Enters a team that is open to everybody.
    pub(in crate::engine) fn join_team(&mut self, address: &str, answer: Answer<ConversationId>) {
        let Ok(room) = typed(address) else {
            return drop(answer.send(Err(CommandError::AddressMalformed)));
        };
        let (nick, place) = (self.nick(), self.bookmarks_kept_in());
        let told = match self.teams.stay(&room) {
            Some(Stay::Inside) => Vec::new(),
            _ => self.told(vec![Announced::Joined]),
        };
        let join = |session: Session| async move {
            let made = entered(&session, room.clone(), &nick, place).await;
            if made.is_ok() {
                tell(&session, &room, told).await;
            }
            made
        };
        self.request(join, |engine, made| Box::pin(engine.on_team_made(made, answer)));
    }

    /// Lists the teams that are open to everybody.
    pub(in crate::engine) fn open_teams(&mut self, answer: Answer<Vec<OpenTeam>>) {
        if !self.online() {
            return drop(answer.send(Err(CommandError::ServerUnreachable)));
        }
        let services = self.services(ChatServiceKind::Muc);
        let list = |session: Session| async move {
            let mut rooms = Vec::new();
            for service in services {
                match session.rooms(service).await {
                    Ok(listed) => rooms.extend(listed),
                    Err(error) => tracing::info!(%error, "rooms not listed"),
                }
            }
            rooms
        };
        self.request(list, |engine, rooms| Box::pin(engine.on_open_teams(rooms, answer)));
    }

    /// The teams that are open to everybody, with those that one is in already.
    pub(in crate::engine) async fn on_open_teams(
        &self,
        rooms: Vec<ListedRoom>,
        answer: Answer<Vec<OpenTeam>>,
    ) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        let mut open = Vec::with_capacity(rooms.len());
        for listed in rooms {
            let address = Address(listed.room.to_string());
            let held = conversations::by_address(&tx, &address).await?;
            let held = held.filter(|held| held.membership == Membership::Member);
            let name = listed
                .name
                .and_then(|name| label(&name, LABEL_LIMIT))
                .unwrap_or_else(|| local_part(address.as_str()));
            open.push(OpenTeam {
                name,
                conversation: held.map(|held| held.id.into()),
                address: address.into_string(),
            });
        }
        open.sort_by_cached_key(|team| crate::text::sorting(&team.name));
        // Whoever asked may be gone.
        drop(answer.send(Ok(open)));
        Ok(())
    }

    /// A team has been made or entered, or not.
    pub(in crate::engine) async fn on_team_made(
        &mut self,
        made: Result<Made, CommandError>,
        answer: Answer<ConversationId>,
    ) -> Result<(), StoreError> {
        let made = match made {
            Ok(made) => made,
            Err(error) => {
                drop(answer.send(Err(error)));
                return Ok(());
            }
        };
        let tx = self.begin().await?;
        let Some(target) = ingest::ensure_team(&tx, &made.room).await? else {
            drop(answer.send(Err(CommandError::NotFound)));
            return Ok(());
        };
        let change = TeamChange {
            title: made.name.map(|name| (name, TitleSource::Team)),
            nick: made.nick,
            service: Some(made.service),
            purpose: made.purpose,
            ..TeamChange::default()
        };
        conversations::change_team(&tx, target.conversation, change).await?;
        let held = conversations::get(&tx, target.conversation).await?;
        if held.is_some_and(|held| held.last_message_id.is_none()) {
            conversations::set_sort(&tx, target.conversation, self.clock.now()).await?;
        }
        tx.row(target.conversation);
        self.commit(tx).await?;
        self.set_membership(target.conversation, Membership::Member).await?;
        self.teams.stays.insert(made.room.clone(), Stay::Inside);
        if !made.members.is_empty() {
            self.set_members(target.conversation, made.members).await?;
        }
        drop(answer.send(Ok(target.conversation.into())));
        if made.service == TeamService::Muc {
            self.request_members(made.room.clone());
            self.request_description(made.room);
        }
        self.effects.push(Effect::DrainOutbox);
        self.sync_room(target).await
    }
}

/// Ends a room that nobody wanted: entering one that is no more has made it. Services that keep all rooms would keep it.
pub(super) async fn unmake(session: &Session, room: BareJid) {
    if let Err(error) = session.destroy_room(&room).await {
        tracing::info!(%error, "a room that nobody wanted could not be ended");
    }
    session.muc_leave(room).await;
}

/// Enters a room that exists, and remembers it.
async fn entered(session: &Session, room: BareJid, nick: &str, place: KeptIn) -> Result<Made, CommandError> {
    let joined = enter(session, &room, nick).await.map_err(|error| not_joined(&error))?;
    if joined.codes.contains(&CREATED) {
        unmake(session, room).await;
        return Err(CommandError::NotFound);
    }
    let bookmark = Bookmark {
        room: room.clone(),
        name: None,
        // The one that was wanted: another device may get it.
        nick: Some(nick.to_owned()),
        autojoin: Autojoin::Yes,
    };
    session
        .remember_room(&bookmark, place)
        .await
        .map_err(|error| refusal(&error))?;
    Ok(Made {
        room,
        service: TeamService::Muc,
        name: None,
        purpose: None,
        nick: Some(Text(joined.nick)),
        members: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_needs_a_name_and_neither_name_nor_purpose_is_endless() {
        assert_eq!(described("  ", "x"), Err(CommandError::NameEmpty));
        assert_eq!(
            described(&"n".repeat(LONGEST_NAME + 1), ""),
            Err(CommandError::NameTooLong)
        );
        assert_eq!(
            described("n", &"p".repeat(LONGEST_PURPOSE + 1)),
            Err(CommandError::NameTooLong)
        );
        assert_eq!(described(" Ward 7 ", " Beds "), Ok(("Ward 7".into(), "Beds".into())));
    }

    #[test]
    fn people_are_taken_once_and_without_oneself_and_nonsense_is_refused() {
        let alice: BareJid = "alice@ward.example".parse().unwrap();
        let named = |people: &[&str]| people.iter().map(|person| (*person).to_owned()).collect::<Vec<_>>();
        let found = people(
            &named(&["bob@ward.example", "alice@ward.example", "bob@ward.example"]),
            &alice,
        );
        assert_eq!(found, Ok(vec!["bob@ward.example".parse().unwrap()]));
        let pasted = people(&named(&["xmpp:bob@ward.example/desk?message"]), &alice);
        assert_eq!(pasted, Ok(vec!["bob@ward.example".parse().unwrap()]));
        for odd in ["ward.example", "@", "bob@"] {
            assert_eq!(
                people(&named(&[odd]), &alice),
                Err(CommandError::AddressMalformed),
                "{odd}"
            );
        }
    }
}
