//! What notifications say.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ConversationId, ConversationKind, Mentioned, MessageId};

/// How the system tells of new messages, on this computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct NotificationSettings {
    /// What is seen of a message.
    pub content: NotificationContent,
    /// Whether it is heard.
    pub sound: NotificationSound,
    /// No notifications before this time, Unix milliseconds. `None`: not silenced.
    pub quiet_until: Option<i64>,
}

/// What a notification shows. A screen on a ward is seen by others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum NotificationContent {
    /// That there is something new.
    Nothing,
    /// Who wrote, or in which team.
    #[default]
    Sender,
    /// What they wrote, too.
    SenderAndText,
}

/// Whether a notification is heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum NotificationSound {
    /// The system's sound.
    #[default]
    System,
    /// No sound.
    Silent,
}

/// Messages of one conversation that nobody has read yet: what a notification needs to know of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct News {
    /// Which conversation.
    pub conversation: ConversationId,
    /// With one person, or a team.
    pub kind: ConversationKind,
    /// The conversation's name.
    pub title: String,
    /// The newest of the messages.
    pub message: MessageId,
    /// Who wrote it.
    pub author: String,
    /// Its text, shortened as in the chat list; empty where it was taken back.
    pub text: String,
    /// Whom an unread message of the conversation mentions: the signed-in person before everyone.
    pub mention: Option<Mentioned>,
    /// How many messages of the conversation are unread, this one included.
    pub unread: u32,
    /// Whether somebody wants to be told.
    pub wanted: Wanted,
}

/// Somebody asks the signed-in person into a team, or to be a contact: what a notification needs to know of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct InvitationNews {
    /// The team's conversation, or that with whoever asks.
    pub conversation: ConversationId,
    /// Into a team, or to be a contact.
    pub kind: ConversationKind,
    /// The team's name; `None`: it does not say.
    pub title: Option<String>,
    /// Name of whoever asks, where known; the address of whoever asks to be a contact.
    pub by: Option<String>,
}

/// Whether a conversation's news are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Wanted {
    /// They are.
    Yes,
    /// The conversation is muted now.
    Muted,
    /// Nothing is taken from the person who wrote.
    Blocked,
}

/// How messages came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum NewsCame {
    /// Just now.
    Live,
    /// From the archive: they were said while this computer was away.
    CaughtUp,
    /// They have been told before; the newest was corrected or taken back since.
    Changed,
}
