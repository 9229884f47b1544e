//! What is told to the interface without being asked.

use serde::Serialize;
use ts_rs::TS;

use super::{
    AccountView, CheckView, ConnectionView, ConversationId, InboxDiff, InvitationNews, MessageId, News, NewsCame,
    Revision, TimelineDiff,
};

/// A change. Batches of these are delivered in order, at most one batch per frame.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Event {
    /// The connection's state.
    Connection {
        /// The new state.
        state: ConnectionView,
    },
    /// More has become known of who is signed in, such as name and picture.
    Account {
        /// Who.
        account: AccountView,
    },
    /// The chat list changed.
    Inbox {
        /// Revision after these diffs.
        revision: Revision,
        /// To be applied in order.
        diffs: Vec<InboxDiff>,
    },
    /// An open thread changed.
    Timeline {
        /// Which.
        conversation: ConversationId,
        /// Revision after these diffs.
        revision: Revision,
        /// To be applied in order.
        diffs: Vec<TimelineDiff>,
    },
    /// A new message from somebody else arrived live; for the live region.
    #[serde(rename_all = "camelCase")]
    Arrived {
        /// Where.
        conversation: ConversationId,
        /// Which.
        message: MessageId,
        /// Who, for the live region.
        author: String,
        /// Plain text for the live region.
        text: String,
    },
    /// Who is in a team, what it is called or what may be done about it has changed: its details are to be asked for anew.
    Team {
        /// Which.
        conversation: ConversationId,
    },
    /// There is something that nobody has read yet; for notifications.
    News {
        /// How it came.
        came: NewsCame,
        /// The server's time, Unix milliseconds.
        now: i64,
        /// By conversation, the newest last.
        news: Vec<News>,
    },
    /// Somebody asks the signed-in person into a team, or to be a contact; for notifications.
    Invited {
        /// The server's time, Unix milliseconds.
        now: i64,
        /// Who, into which.
        invitation: InvitationNews,
    },
    /// Nothing in a conversation is unread any more, wherever it was read, or an invitation has been seen or is
    /// none any more.
    Read {
        /// Which.
        conversation: ConversationId,
    },
    /// The number of unread messages in all conversations that are neither muted nor put aside; at the start, and when it
    /// changes.
    Unread {
        /// How many.
        total: u32,
    },
    /// A notification was clicked: this is to be shown.
    Show {
        /// Where.
        conversation: ConversationId,
        /// Which message; `None`: the conversation as it is.
        message: Option<MessageId>,
    },
    /// The server's time: days and times are shown by it, whatever this computer's clock says. Told again when either has
    /// changed.
    Clock {
        /// Unix milliseconds.
        now: i64,
    },
    /// The comparison of a conversation with the server went on.
    Check {
        /// Which conversation.
        conversation: ConversationId,
        /// How far it is.
        state: CheckView,
    },
    /// Events were missed: ask for new snapshots.
    Reload,
    /// The local data were lost and are begun anew; nothing that was shown is there any more. To be started as after a reload.
    Anew,
    /// The account was signed out or wiped from elsewhere in the app.
    SignedOut,
}
