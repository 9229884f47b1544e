//! Finding a colleague to write to.

use serde::Serialize;
use ts_rs::TS;

use super::{ConversationId, Person, Presence};

/// Somebody who was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct FoundPerson {
    /// Bare address.
    pub address: String,
    /// Name, role, ward and picture, as far as known.
    pub person: Person,
    /// Whether they are there.
    pub presence: Presence,
    /// The conversation with them, if there is one.
    pub conversation: Option<ConversationId>,
}

/// Who was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct FoundPeople {
    /// The best match first.
    pub people: Vec<FoundPerson>,
    /// Whether the hospital's directory was looked through, too.
    pub directory: Directory,
    /// The bare address that the text is, if it is one.
    pub address: Option<String>,
}

/// The hospital's directory of people (XEP-0055).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Directory {
    /// It was asked.
    Asked,
    /// The server has none.
    NotOffered,
    /// It did not answer, or there is no connection: only people known here were looked through.
    Unreachable,
}
