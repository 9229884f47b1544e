//! Teams, and whom nothing is taken from.

use super::Client;
use crate::engine::{Blocking, Command, Whom};
use crate::view::{Blocked, CommandError, ConversationId, NewTeam, OpenTeam, TeamChange, TeamDetails};

impl Client {
    /// Makes a team, with the signed-in person as its owner.
    ///
    /// # Errors
    /// [`CommandError::NameEmpty`], [`CommandError::NameTooLong`], [`CommandError::AddressMalformed`];
    /// [`CommandError::TeamsNotOffered`] where the server has no service for teams; [`CommandError::ServerUnreachable`] without a
    /// connection; [`CommandError::NotAllowed`] or [`CommandError::ServerError`] if it refuses. No team is left behind then.
    pub async fn create_team(&self, team: NewTeam) -> Result<ConversationId, CommandError> {
        self.ask(|answer| Command::CreateTeam(team, answer)).await
    }

    /// A team in full.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if it is no team, and as for opening a conversation.
    pub async fn team(&self, team: ConversationId) -> Result<TeamDetails, CommandError> {
        self.ask(|answer| Command::Team(team, answer)).await
    }

    /// Does something about a team; returns when the server has done it.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if it is no team, or is no more; [`CommandError::NotAllowed`]; as for
    /// [`create_team`](Self::create_team).
    pub async fn change_team(&self, team: ConversationId, change: TeamChange) -> Result<(), CommandError> {
        self.ask(|answer| Command::ChangeTeam(team, change, answer)).await
    }

    /// The teams that anybody may enter, by name.
    ///
    /// # Errors
    /// [`CommandError::ServerUnreachable`] without a connection.
    pub async fn open_teams(&self) -> Result<Vec<OpenTeam>, CommandError> {
        self.ask(Command::OpenTeams).await
    }

    /// Enters a team that anybody may enter.
    ///
    /// # Errors
    /// [`CommandError::AddressMalformed`], [`CommandError::NotFound`] if there is none, [`CommandError::NotAllowed`] if it is not open
    /// after all, [`CommandError::ServerUnreachable`].
    pub async fn join_team(&self, address: String) -> Result<ConversationId, CommandError> {
        self.ask(|answer| Command::JoinTeam(address, answer)).await
    }

    /// Takes nothing more from the person of a conversation (XEP-0191), or is not taken or asked into its team any more. All devices of the
    /// account follow; where the team is one of MUC Light, in their next session.
    ///
    /// # Errors
    /// [`CommandError::ServerUnreachable`] without a connection; [`CommandError::ServerError`] if the server refuses;
    /// [`CommandError::NotAllowed`] for a team that one is in; [`CommandError::NotFound`].
    pub async fn block(&self, conversation: ConversationId) -> Result<(), CommandError> {
        let whom = Whom::With(conversation.into());
        self.ask(|answer| Command::Block(whom, Blocking::Block, answer)).await
    }

    /// Takes again what comes from the person or the team of a conversation.
    ///
    /// # Errors
    /// See [`block`](Self::block).
    pub async fn unblock(&self, conversation: ConversationId) -> Result<(), CommandError> {
        let whom = Whom::With(conversation.into());
        self.ask(|answer| Command::Block(whom, Blocking::Unblock, answer)).await
    }

    /// Takes again what comes from whoever has this address, or the team, whether or not there is a conversation with them.
    ///
    /// # Errors
    /// See [`block`](Self::block).
    pub async fn unblock_address(&self, address: String) -> Result<(), CommandError> {
        let whom = Whom::Address(address);
        self.ask(|answer| Command::Block(whom, Blocking::Unblock, answer)).await
    }

    /// Everybody who is blocked, people and teams, by name, as the server told last.
    ///
    /// # Errors
    /// As for opening a conversation.
    pub async fn blocked(&self) -> Result<Vec<Blocked>, CommandError> {
        self.ask(Command::Blocked).await
    }
}
