//! The list, conversations and their messages.

use super::Client;
use crate::engine::{Command, Side};
use crate::view::{
    CommandError, Composing, ConversationChange, ConversationId, FoundPeople, InboxSnapshot, JumpTarget, MessageId,
    NotificationSettings, ReadThrough, Readers, TimelineSnapshot,
};

impl Client {
    /// The chat list.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`].
    pub async fn inbox(&self) -> Result<InboxSnapshot, CommandError> {
        self.ask(Command::Inbox).await
    }

    /// Opens a conversation: what the store holds of it at once, changes as events from then on.
    ///
    /// # Errors
    /// [`CommandError::NotFound`], [`CommandError::NotSignedIn`], [`CommandError::StoreUnavailable`].
    pub async fn open_conversation(&self, conversation: ConversationId) -> Result<TimelineSnapshot, CommandError> {
        self.ask(|answer| Command::Open(conversation, answer)).await
    }

    /// Stops the events of a conversation.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`].
    pub async fn close_conversation(&self, conversation: ConversationId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Close(conversation, answer)).await
    }

    /// The window of an open conversation as it is now, after events were missed.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if the conversation is not open, and as for opening one.
    pub async fn timeline(&self, conversation: ConversationId) -> Result<TimelineSnapshot, CommandError> {
        self.ask(|answer| Command::Timeline(conversation, answer)).await
    }

    /// Loads a page before the first loaded item of an open conversation; it arrives as events.
    ///
    /// # Errors
    /// As for [`Client::timeline`].
    pub async fn page_back(&self, conversation: ConversationId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Page(conversation, Side::Older, answer))
            .await
    }

    /// Loads a page after the last loaded item of an open conversation; it arrives as events.
    ///
    /// # Errors
    /// As for [`Client::timeline`].
    pub async fn page_forward(&self, conversation: ConversationId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Page(conversation, Side::Newer, answer))
            .await
    }

    /// Makes another window of an open conversation. Events that were sent before the answer belong to the former one: their
    /// revision is not above the answer's.
    ///
    /// A date that is not here is asked of the server. Without an answer of it, the window is the nearest that is here.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if the message is not here, or another jump came after this one; and as for
    /// [`Client::timeline`].
    pub async fn jump(&self, conversation: ConversationId, to: JumpTarget) -> Result<TimelineSnapshot, CommandError> {
        self.ask(|answer| Command::Jump {
            conversation,
            to,
            answer,
        })
        .await
    }

    /// Tells which message of an open conversation the reader has before them: the window is kept around it, and what is
    /// missing near it is fetched first.
    ///
    /// # Errors
    /// As for [`Client::timeline`].
    pub async fn view(&self, conversation: ConversationId, message: MessageId) -> Result<(), CommandError> {
        self.ask(|answer| Command::View {
            conversation,
            message,
            answer,
        })
        .await
    }

    /// Sends a message: stored when this returns, sent when there is a connection, also after a restart.
    ///
    /// # Errors
    /// [`CommandError::MessageEmpty`], [`CommandError::MessageTooLong`], and as for opening a conversation.
    pub async fn send(&self, conversation: ConversationId, text: String) -> Result<MessageId, CommandError> {
        self.ask(|answer| Command::Send {
            conversation,
            text,
            answer,
        })
        .await
    }

    /// Puts another text in the place of a message that has not been sent yet, or has failed; one that failed is sent again.
    ///
    /// # Errors
    /// [`CommandError::AlreadySent`] if it may have left meanwhile, and as for [`Client::send`]; nothing changes then.
    pub async fn edit(&self, message: MessageId, text: String) -> Result<(), CommandError> {
        self.ask(|answer| Command::Edit { message, text, answer }).await
    }

    /// Who of a team has seen a message of one's own.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if it is no such message.
    pub async fn readers(&self, message: MessageId) -> Result<Readers, CommandError> {
        self.ask(|answer| Command::Readers(message, answer)).await
    }

    /// Sends a failed message again.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if it is not one that failed.
    pub async fn resend(&self, message: MessageId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Resend(message, answer)).await
    }

    /// Discards a message that failed or has not been sent yet.
    ///
    /// # Errors
    /// [`CommandError::AlreadySent`] if it may have left meanwhile.
    pub async fn discard(&self, message: MessageId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Discard(message, answer)).await
    }

    /// Moves the read pointer forward to that message, and tells its sender and one's own other devices.
    ///
    /// # Errors
    /// As for opening a conversation.
    pub async fn mark_read(&self, conversation: ConversationId, message: MessageId) -> Result<(), CommandError> {
        self.ask(|answer| Command::MarkRead {
            conversation,
            message,
            answer,
        })
        .await
    }

    /// Marks conversations as read, each up to a message. One that is gone stops nothing.
    ///
    /// # Errors
    /// [`CommandError::StoreUnavailable`], [`CommandError::NotSignedIn`].
    pub async fn mark_all_read(&self, through: Vec<ReadThrough>) -> Result<(), CommandError> {
        self.ask(|answer| Command::MarkAllRead(through, answer)).await
    }

    /// Decides something about a conversation, for all devices of the account.
    ///
    /// # Errors
    /// As for opening a conversation.
    pub async fn decide(&self, conversation: ConversationId, change: ConversationChange) -> Result<(), CommandError> {
        self.ask(|answer| Command::Decide {
            conversation,
            change,
            answer,
        })
        .await
    }

    /// Colleagues whose name, role, ward or address has words that begin like those of `text`.
    ///
    /// # Errors
    /// [`CommandError::StoreUnavailable`], [`CommandError::NotSignedIn`].
    pub async fn find_people(&self, text: String) -> Result<FoundPeople, CommandError> {
        self.ask(|answer| Command::FindPeople(text, answer)).await
    }

    /// How the system tells of new messages.
    ///
    /// # Errors
    /// [`CommandError::StoreUnavailable`], [`CommandError::NotSignedIn`].
    pub async fn notification_settings(&self) -> Result<NotificationSettings, CommandError> {
        self.ask(Command::NotificationSettings).await
    }

    /// Keeps how the system tells of new messages.
    ///
    /// # Errors
    /// [`CommandError::StoreUnavailable`], [`CommandError::NotSignedIn`].
    pub async fn save_notification_settings(&self, chosen: NotificationSettings) -> Result<(), CommandError> {
        self.ask(|answer| Command::SaveNotificationSettings(chosen, answer))
            .await
    }

    /// Keeps unfinished text; empty text forgets it.
    ///
    /// # Errors
    /// As for opening a conversation.
    pub async fn save_draft(&self, conversation: ConversationId, text: String) -> Result<(), CommandError> {
        self.ask(|answer| Command::SaveDraft {
            conversation,
            text,
            answer,
        })
        .await
    }

    /// Tells the others whether somebody is typing (XEP-0085); not those of a large team.
    ///
    /// # Errors
    /// [`CommandError::NotFound`], [`CommandError::NotSignedIn`].
    pub async fn compose(&self, conversation: ConversationId, composing: Composing) -> Result<(), CommandError> {
        self.ask(|answer| Command::Compose {
            conversation,
            composing,
            answer,
        })
        .await
    }

    /// The conversation with the person of that address, made if need be.
    ///
    /// # Errors
    /// [`CommandError::AddressMalformed`], and as for opening a conversation.
    pub async fn start_conversation(&self, address: String) -> Result<ConversationId, CommandError> {
        self.ask(|answer| Command::StartConversation { address, answer }).await
    }
}
