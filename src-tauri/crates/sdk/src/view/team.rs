//! Team chats: who is in them, what may be done about them, and what they say of themselves.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ConversationId, MessageId, Person, Presence};

/// What somebody is in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum TeamRole {
    /// Runs the team.
    Owner,
    /// May change who is in it.
    Admin,
    /// Reads and writes.
    Member,
}

/// How the signed-in person stands with a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Membership {
    /// In it.
    Member,
    /// Asked to come in, and has not answered.
    Invited {
        /// Name of whoever asks, where known.
        by: Option<String>,
    },
    /// Has left it.
    Left,
    /// Was taken out of it.
    Removed,
    /// Is kept out of it.
    Banned,
    /// The team is no more.
    Ended,
}

/// What the chat list knows of a team beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct TeamHead {
    /// Number of members, where known.
    pub members: Option<u32>,
    /// How one stands with it.
    pub membership: Membership,
    /// Unread messages that mention the signed-in person or everyone.
    pub mentions: u32,
    /// What notifications are wanted.
    pub level: NotificationLevel,
}

/// Which messages of a team notifications are wanted for. All devices of the account follow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum NotificationLevel {
    /// All.
    #[default]
    All,
    /// Those that mention the signed-in person or everyone.
    Mentions,
    /// None: the team is muted for ever.
    None,
}

/// Whom a mention means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Mentioned {
    /// Somebody else.
    Other,
    /// Everyone in the team.
    Everyone,
    /// The signed-in person.
    Me,
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct TeamMember {
    /// Bare address.
    pub address: String,
    /// Name, role, ward and picture, as far as known.
    pub person: Person,
    /// What they are in the team.
    pub role: TeamRole,
    /// Whether they are there, where known.
    pub presence: Presence,
    /// Whether it is the signed-in person.
    pub who: Who,
    /// What is written behind an `@` to mention them: the name, and of two with one name the beginning of the address, too.
    pub handle: String,
}

/// Whether somebody is the signed-in person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Who {
    /// The signed-in person.
    Me,
    /// Somebody else.
    Other {
        /// Name.
        name: String,
    },
}

/// Something that may be done about a team, by the signed-in person, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum TeamAction {
    /// Change name and purpose.
    Describe,
    /// Take people in.
    Add,
    /// Take people out.
    Remove,
    /// Make somebody else its owner.
    HandOver,
    /// Leave it.
    Leave,
    /// End it for everybody.
    End,
}

/// A team in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct TeamDetails {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: Option<String>,
    /// Who is in it: owners, administrators, members, each by name. `None`: the team does not tell.
    pub members: Option<Vec<TeamMember>>,
    /// How one stands with it.
    pub membership: Membership,
    /// What may be done.
    pub allowed: Vec<TeamAction>,
    /// What notifications are wanted.
    pub level: NotificationLevel,
}

/// A team to be made.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct NewTeam {
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub purpose: String,
    /// Bare addresses of those who are in it from the start, beside the signed-in person.
    pub members: Vec<String>,
}

impl std::fmt::Debug for NewTeam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTeam").finish_non_exhaustive()
    }
}

/// What the signed-in person does about a team.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TeamChange {
    /// Give it another name and purpose.
    Describe {
        /// Name.
        name: String,
        /// Purpose; may be empty.
        purpose: String,
    },
    /// Take people in.
    Add {
        /// Their bare addresses.
        people: Vec<String>,
    },
    /// Take somebody out.
    Remove {
        /// Their bare address.
        person: String,
    },
    /// Make somebody its owner, and become a member.
    HandOver {
        /// Their bare address.
        person: String,
    },
    /// Leave it.
    Leave,
    /// End it for everybody.
    End,
    /// Accept an invitation, or come back after having left.
    Enter,
    /// Decline an invitation, or take a team that one is not in any more out of the list.
    Dismiss,
    /// Which notifications are wanted.
    Notify {
        /// Which.
        level: NotificationLevel,
    },
}

impl std::fmt::Debug for TeamChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Describe { .. } => "Describe",
            Self::Add { .. } => "Add",
            Self::Remove { .. } => "Remove",
            Self::HandOver { .. } => "HandOver",
            Self::Leave => "Leave",
            Self::End => "End",
            Self::Enter => "Enter",
            Self::Dismiss => "Dismiss",
            Self::Notify { .. } => "Notify",
        })
    }
}

/// A team that anybody may enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct OpenTeam {
    /// Its address.
    pub address: String,
    /// Its name.
    pub name: String,
    /// The conversation with it, if one is in it.
    pub conversation: Option<ConversationId>,
}

/// A quiet line in a thread: what has happened to its team. No message, never unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct NoticeItem {
    /// Its id, of the same kind as those of messages.
    pub id: MessageId,
    /// When, Unix milliseconds.
    pub at: i64,
    /// Who has done it, and says so; `None`: the team says it itself, and not who it was.
    pub by: Option<Who>,
    /// What happened, in order.
    pub events: Vec<TeamEvent>,
}

/// Something that happened to a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TeamEvent {
    /// It was made.
    Created {
        /// By these, where the team says so itself.
        by: Vec<Who>,
        /// With these in it.
        with: Vec<Who>,
    },
    /// People were taken in.
    Added {
        /// Who.
        who: Vec<Who>,
    },
    /// People are not in it any more. Where the team says so itself, it does not say whether they left or were taken out.
    Gone {
        /// Who.
        who: Vec<Who>,
    },
    /// Somebody has come in by themselves.
    Joined {
        /// Who.
        who: Vec<Who>,
    },
    /// Somebody has left it.
    Left {
        /// Who.
        who: Vec<Who>,
    },
    /// Somebody runs it now.
    Owner {
        /// Who.
        who: Vec<Who>,
    },
    /// It has another name.
    Renamed {
        /// The new one.
        name: String,
    },
    /// It has another purpose.
    Purpose {
        /// The new one; empty: none any more.
        text: String,
    },
    /// Somebody has given its room another topic.
    Topic {
        /// The new one; empty: none any more.
        text: String,
    },
    /// Somebody has written to the signed-in person alone through the team, and got it back; or the signed-in person to somebody, with
    /// another app.
    Private {
        /// Who.
        who: Vec<Who>,
    },
    /// Its room says something to the signed-in person alone.
    Announced {
        /// What.
        text: String,
    },
}
