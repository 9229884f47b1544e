//! What the client asks of the engine. Each command carries the way back of its answer; a client that went away is no error.

use tokio::sync::oneshot;

use super::blocking::{Blocking, Whom};
use super::diagnostics::EngineState;
pub(crate) use super::window::Side;
use crate::view::{
    Blocked, CommandError, Composing, ConversationChange, ConversationId, FoundPeople, InboxSnapshot, JumpTarget,
    MessageId, NewTeam, NotificationSettings, OpenTeam, ReadThrough, Readers, SignedIn, TeamChange, TeamDetails,
    TimelineSnapshot,
};

/// The way back of an answer.
pub(crate) type Answer<T> = oneshot::Sender<Result<T, CommandError>>;

/// A command.
#[derive(Debug)]
pub(crate) enum Command {
    SignedIn(Answer<SignedIn>),
    Inbox(Answer<InboxSnapshot>),
    Open(ConversationId, Answer<TimelineSnapshot>),
    Close(ConversationId, Answer<()>),
    Timeline(ConversationId, Answer<TimelineSnapshot>),
    Page(ConversationId, Side, Answer<()>),
    Jump {
        conversation: ConversationId,
        to: JumpTarget,
        answer: Answer<TimelineSnapshot>,
    },
    View {
        conversation: ConversationId,
        message: MessageId,
        answer: Answer<()>,
    },
    Send {
        conversation: ConversationId,
        text: String,
        answer: Answer<MessageId>,
    },
    Edit {
        message: MessageId,
        text: String,
        answer: Answer<()>,
    },
    Resend(MessageId, Answer<()>),
    Discard(MessageId, Answer<()>),
    Readers(MessageId, Answer<Readers>),
    MarkRead {
        conversation: ConversationId,
        message: MessageId,
        answer: Answer<()>,
    },
    MarkAllRead(Vec<ReadThrough>, Answer<()>),
    Decide {
        conversation: ConversationId,
        change: ConversationChange,
        answer: Answer<()>,
    },
    Block(Whom, Blocking, Answer<()>),
    Blocked(Answer<Vec<Blocked>>),
    FindPeople(String, Answer<FoundPeople>),
    NotificationSettings(Answer<NotificationSettings>),
    SaveNotificationSettings(NotificationSettings, Answer<()>),
    SaveDraft {
        conversation: ConversationId,
        text: String,
        answer: Answer<()>,
    },
    Compose {
        conversation: ConversationId,
        composing: Composing,
        answer: Answer<()>,
    },
    StartConversation {
        address: String,
        answer: Answer<ConversationId>,
    },
    CreateTeam(NewTeam, Answer<ConversationId>),
    JoinTeam(String, Answer<ConversationId>),
    OpenTeams(Answer<Vec<OpenTeam>>),
    Team(ConversationId, Answer<TeamDetails>),
    ChangeTeam(ConversationId, TeamChange, Answer<()>),
    /// What the engine knows of itself.
    State(Answer<EngineState>),
    /// Compares a conversation with the server.
    Check(ConversationId, Answer<()>),
    /// Gives up a comparison.
    StopCheck(ConversationId, Answer<()>),
    /// Ends the engine, politely towards the server.
    Stop(oneshot::Sender<()>),
}
