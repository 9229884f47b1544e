//! A wanted page.

use wardline_store::{ArchiveId, ConversationId, SegmentId};
use wardline_xmpp::archive::{ArchiveQuery, Position};
use wardline_xmpp::ids::{ArchiveId as WireId, Timestamp};
use wardline_xmpp::jid::BareJid;

use super::cursor::Cursor;
use crate::engine::ingest::Target;

/// Messages to a page that somebody waits for.
const SMALL: u16 = 50;
/// Messages to a page that nobody waits for. Servers that allow fewer give fewer.
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
    /// Whether somebody waits for it.
    pub(super) urgency: Urgency,
}

/// Whether somebody looks at the place where the page belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Urgency {
    Visible,
    Background,
}

/// Why a page is wanted.
#[derive(Debug, Clone)]
pub(in crate::engine) enum Purpose {
    /// The newest of everything, to learn with whom there are conversations.
    Discover,
    /// What comes after the cursor, or after the page of the run before.
    Run {
        /// Where it begins.
        from: Cursor,
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
    /// What comes after a segment, where a gap is read from its older side.
    Newer {
        /// Of which conversation.
        target: Target,
        /// The segment.
        segment: SegmentId,
        /// Where it ends.
        after: WireId,
    },
    /// What is held is compared with it.
    Check {
        /// Of which conversation.
        target: Target,
        /// Where the page ends; `None`: with the newest message.
        before: Option<Before>,
    },
    /// What was said from a time on: an island.
    From {
        /// In which conversation.
        target: Target,
        /// The time.
        at: Timestamp,
    },
}

/// Where an older page ends.
#[derive(Debug, Clone, PartialEq, Eq)]
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
            Self::Newer { .. } => "newer",
            Self::Check { .. } => "check",
            Self::From { .. } => "from",
        }
    }
}

impl PageRequest {
    /// The conversation of which this is the one page under way: the next follows from it. What is asked for a jump follows
    /// from nothing; a comparison goes on beside whatever else is fetched.
    pub(super) fn conversation(&self) -> Option<ConversationId> {
        match &self.purpose {
            Purpose::Latest { target } | Purpose::Older { target, .. } | Purpose::Newer { target, .. } => {
                Some(target.conversation)
            }
            Purpose::Discover | Purpose::Run { .. } | Purpose::From { .. } | Purpose::Check { .. } => None,
        }
    }

    /// The question to the server.
    pub(super) fn query(&self) -> ArchiveQuery {
        let (position, start, end) = match &self.purpose {
            Purpose::Discover | Purpose::Latest { .. } | Purpose::Check { before: None, .. } => {
                (Position::Latest, None, None)
            }
            Purpose::Run { from } => match from.id.clone() {
                Some(id) => (Position::After(id), None, None),
                None => (Position::Oldest, None, None),
            },
            Purpose::Newer { after, .. } => (Position::After(after.clone()), None, None),
            Purpose::Older {
                before: Before::Message(id),
                ..
            }
            | Purpose::Check {
                before: Some(Before::Message(id)),
                ..
            } => (Position::Before(id.clone()), None, None),
            Purpose::Older {
                before: Before::Time(at),
                ..
            }
            | Purpose::Check {
                before: Some(Before::Time(at)),
                ..
            } => (Position::Latest, None, Some(*at)),
            Purpose::From { at, .. } => (Position::Oldest, Some(*at), None),
        };
        let max = match (&self.purpose, self.urgency) {
            // The newest of a conversation is for its first screen, whoever asks.
            (Purpose::Latest { .. }, _) | (_, Urgency::Visible) => SMALL,
            (_, Urgency::Background) => LARGE,
        };
        ArchiveQuery {
            archive: self.room.clone(),
            with: self.with.clone(),
            start,
            end,
            position,
            max,
        }
    }
}
