//! A wanted page.

use wardline_store::{ArchiveId, ConversationId, SegmentId};
use wardline_xmpp::archive::{ArchiveQuery, Position};
use wardline_xmpp::ids::{ArchiveId as WireId, Timestamp};
use wardline_xmpp::jid::BareJid;

use crate::engine::ingest::Target;

/// Messages to a page that somebody waits for.
const SMALL: u16 = 50;
/// Messages to a page of the run. Servers that allow fewer give fewer.
const LARGE: u16 = 250;

/// A page, and why it is wanted.
#[derive(Debug, Clone)]
pub(in crate::engine) struct PageRequest {
    /// The session that asks.
    pub(super) session: u64,
    /// Which archive.
    pub(super) archive: ArchiveId,
    /// The room that keeps it; `None`: the own server.
    pub(super) room: Option<BareJid>,
    /// Only messages with this person.
    pub(super) with: Option<BareJid>,
    /// Why.
    pub(super) purpose: Purpose,
}

/// Why a page is wanted.
#[derive(Debug, Clone)]
pub(in crate::engine) enum Purpose {
    /// The newest of everything, to learn with whom there are conversations.
    Discover,
    /// What comes after the cursor.
    Run {
        /// The cursor.
        after: WireId,
    },
    /// The newest of a conversation.
    Latest {
        /// Which.
        target: Target,
    },
    /// What comes before a segment.
    Older {
        /// Of which conversation.
        target: Target,
        /// The segment.
        segment: SegmentId,
        /// Where it begins.
        before: Before,
    },
}

/// Where an older page ends.
#[derive(Debug, Clone)]
pub(in crate::engine) enum Before {
    /// Right before this message.
    Message(WireId),
    /// At this time: the server no longer knows the message.
    Time(Timestamp),
}

impl Purpose {
    /// For the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Discover => "discover",
            Self::Run { .. } => "run",
            Self::Latest { .. } => "latest",
            Self::Older { .. } => "older",
        }
    }
}

impl PageRequest {
    /// The conversation whose page it is, if it is one's alone.
    pub(super) fn conversation(&self) -> Option<ConversationId> {
        match &self.purpose {
            Purpose::Latest { target } | Purpose::Older { target, .. } => Some(target.conversation),
            Purpose::Discover | Purpose::Run { .. } => None,
        }
    }

    /// The question to the server.
    pub(super) fn query(&self) -> ArchiveQuery {
        let (position, end, max) = match &self.purpose {
            Purpose::Discover => (Position::Latest, None, LARGE),
            Purpose::Run { after } => (Position::After(after.clone()), None, LARGE),
            Purpose::Latest { .. } => (Position::Latest, None, SMALL),
            Purpose::Older {
                before: Before::Message(id),
                ..
            } => (Position::Before(id.clone()), None, SMALL),
            Purpose::Older {
                before: Before::Time(at),
                ..
            } => (Position::Latest, Some(*at), SMALL),
        };
        ArchiveQuery {
            archive: self.room.clone(),
            with: self.with.clone(),
            start: None,
            end,
            position,
            max,
        }
    }
}
