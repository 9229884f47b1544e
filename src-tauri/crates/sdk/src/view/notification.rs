//! What notifications say.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
