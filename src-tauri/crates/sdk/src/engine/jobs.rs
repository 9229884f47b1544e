//! What waits for the network beside the engine, and comes back to it when it is done.

use wardline_store::{ConversationId, OutboxId, StoreError};
use wardline_xmpp::archive::{ArchiveError, ArchivePage};
use wardline_xmpp::decisions::Decision;
use wardline_xmpp::displayed::ReadUpTo;
use wardline_xmpp::inbox::InboxPage;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::muc::{Affiliated, Bookmark, JoinError, Joined, ListedRoom, RoomDescription, Standing};
use wardline_xmpp::muc_light::{Fetched, Info, Inviter, Room};
use wardline_xmpp::roster::Roster;
use wardline_xmpp::session::{Proof, RequestError, SessionNumber};
use wardline_xmpp::smart_markers::SmartMarker;
use wardline_xmpp::time::ServerTime;

use super::Engine;
use super::command::Answer;
use super::decisions::Told;
use super::displayed::Published;
use super::people::Card;
use super::server_inbox::Pass;
use super::sync::PageRequest;
use super::teams::{Changed, Made, enter};
use crate::view::{CommandError, ConversationId as ViewId, OpenTeam};

/// A finished job.
#[derive(Debug)]
pub(super) enum Done {
    /// A page of an archive.
    Page(PageRequest, Result<ArchivePage, ArchiveError>),
    /// The server's time.
    Time(Result<ServerTime, RequestError>),
    /// The roster.
    Roster(Result<Roster, RequestError>),
    /// Remembered rooms, and how often other devices had told which they remember when they were asked for.
    Bookmarks(u64, Result<Option<Vec<Bookmark>>, RequestError>),
    /// The server remembers a room, or not.
    Remembered(BareJid, Result<(), RequestError>),
    /// A room was entered, or not.
    Joined(BareJid, Result<Joined, JoinError>),
    /// Whether a room has us inside.
    Standing(BareJid, Standing),
    /// Who belongs to a room.
    Members(BareJid, Result<Vec<Affiliated>, RequestError>),
    /// What a room is called and what it is for.
    Description(BareJid, Result<RoomDescription, RequestError>),
    /// The rooms of a MUC Light service that one is in.
    LightRooms(BareJid, u64, Result<Vec<Room>, RequestError>),
    /// A room of MUC Light, in full.
    LightInfo(BareJid, u64, Result<Fetched<Info>, RequestError>),
    /// A team has been made or entered, or not.
    TeamMade(Result<Made, CommandError>, Answer<ViewId>),
    /// Something has been done about a team, or not.
    TeamChanged(Changed),
    /// How far others have read a conversation.
    SmartMarkers(ConversationId, Result<Vec<SmartMarker>, RequestError>),
    /// Rooms that are open to everybody.
    OpenTeams(Vec<ListedRoom>, Answer<Vec<OpenTeam>>),
    /// Read positions of one's own devices.
    Displayed(Result<Vec<ReadUpTo>, RequestError>),
    /// A read position was published, or not.
    Published(Published, Result<(), RequestError>),
    /// Somebody's card.
    Card(BareJid, Result<Option<Card>, RequestError>),
    /// A page of the server's inbox, and the session that it was asked in.
    Inbox(SessionNumber, Pass, Result<InboxPage, RequestError>),
    /// The server's inbox was told that a conversation has been read, or not.
    Reset(ConversationId, Result<(), RequestError>),
    /// People from whom nothing is taken.
    Blocked(Result<Vec<BareJid>, RequestError>),
    /// Whose invitations into rooms of this service of MUC Light are refused.
    Refused(BareJid, Result<Vec<Inviter>, RequestError>),
    /// Whoever asked has the answer, and there is nothing to be stored.
    Nothing,
    /// What one's own devices have decided.
    Decisions(Result<Vec<Decision>, RequestError>),
    /// The server has heard of a decision, or not.
    Decided(Told),
    /// What became of a sent message.
    Sent(OutboxId, Proof),
}

impl Engine {
    /// Takes what a job has brought.
    pub(super) async fn take_done(&mut self, done: Done) -> Result<(), StoreError> {
        match done {
            Done::Page(request, answer) => self.take_page(request, answer).await,
            Done::Time(Ok(time)) => self.take_time(time.at.0, time.round_trip).await,
            Done::Time(Err(error)) => {
                tracing::info!(%error, "server's time not known");
                Ok(())
            }
            Done::Roster(roster) => self.take_roster(roster).await,
            Done::Bookmarks(told, bookmarks) => self.take_bookmarks(told, bookmarks).await,
            Done::Remembered(room, outcome) => self.take_remembered(room, outcome).await,
            Done::Members(room, members) => self.take_members(room, members).await,
            Done::Description(room, about) => self.take_description(room, about).await,
            Done::LightRooms(service, told, rooms) => self.take_light_rooms(service, told, rooms).await,
            Done::LightInfo(room, told, info) => self.take_light_info(room, told, info).await,
            Done::TeamMade(made, answer) => self.take_made(made, answer).await,
            Done::TeamChanged(changed) => self.take_changed(changed).await,
            Done::SmartMarkers(conversation, markers) => self.take_markers(conversation, markers).await,
            Done::OpenTeams(rooms, answer) => self.take_open_teams(rooms, answer).await,
            Done::Displayed(positions) => self.take_displayed(positions).await,
            Done::Published(what, outcome) => self.take_published(what, outcome).await,
            Done::Joined(room, joined) => self.take_joined(room, joined).await,
            Done::Standing(room, standing) => self.take_standing(room, standing).await,
            Done::Card(who, card) => self.take_card(who, card).await,
            // An answer to a question of an earlier session says nothing about this one.
            Done::Inbox(number, pass, answer) if number == self.begun => self.take_inbox(pass, answer).await,
            Done::Inbox(..) => Ok(()),
            Done::Reset(conversation, outcome) => self.inbox_was_reset(conversation, outcome).await,
            Done::Blocked(list) => self.take_blocked(list).await,
            Done::Refused(service, list) => self.take_refused(service, list).await,
            Done::Nothing => Ok(()),
            Done::Decisions(decisions) => self.take_decisions(decisions).await,
            Done::Decided(told) => self.take_decided(told).await,
            Done::Sent(id, proof) => self.take_proof(id, proof).await,
        }
    }

    pub(super) fn spawn_time(&mut self) {
        let session = self.session.clone();
        self.jobs.spawn(async move { Done::Time(session.server_time().await) });
    }

    pub(super) fn spawn_roster(&mut self) {
        let session = self.session.clone();
        self.jobs.spawn(async move { Done::Roster(session.roster(None).await) });
    }

    pub(super) fn spawn_join(&mut self, room: BareJid, nick: String) {
        let session = self.session.clone();
        self.jobs.spawn(async move {
            let joined = enter(&session, &room, &nick).await;
            Done::Joined(room, joined)
        });
    }

    pub(super) fn spawn_standing(&mut self, room: BareJid) {
        let session = self.session.clone();
        self.jobs.spawn(async move {
            let standing = session.muc_standing(&room).await;
            Done::Standing(room, standing)
        });
    }

    pub(super) fn spawn_card(&mut self, who: BareJid) {
        let session = self.session.clone();
        self.jobs.spawn(async move {
            let card = match session.vcard(who.clone()).await {
                Ok(Some(card)) => Ok(Some(Card::read(card).await)),
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            };
            Done::Card(who, card)
        });
    }
}
