//! For whoever has to find out why something does not work: the connection, what the server can do, and what is held here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CommandError, ConnectionView, ConversationId, ConversationKind, GapState, Person, ServerSecurity};

/// The state of the whole, without anything of a single conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostics {
    /// The connection.
    pub connection: ConnectionDiagnostics,
    /// What the server offers of what the app makes use of; empty before the first connection.
    pub features: Vec<ServerFeature>,
    /// Kinds of team chats that the server has a service for.
    pub team_services: Vec<TeamService>,
    /// What the comparison of the chat list with the server's inbox found, made once in each session. `None`: not made, or the server has
    /// no inbox.
    pub inbox: Option<InboxComparison>,
    /// What is held on this computer.
    pub holdings: Holdings,
    /// Which program this is.
    pub program: Program,
}

/// The chat list beside the server's inbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct InboxComparison {
    /// Conversations that were compared.
    pub conversations: u32,
    /// Those that were missing here, or that had been read further than was known here; now they are as on the server.
    pub differences: u32,
}

/// The connection as it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionDiagnostics {
    /// Its state.
    pub state: ConnectionView,
    /// What carries it; `None` while there is none.
    pub link: Option<LinkDiagnostics>,
    /// Since when it is there, Unix milliseconds by this computer's clock.
    pub since: Option<i64>,
    /// Whether the server went on with the session before the break.
    pub session: Option<SessionBegan>,
    /// How far the account's own archive has been read.
    pub archive: ArchiveState,
}

/// What carries a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct LinkDiagnostics {
    /// How the server was found.
    pub found: ServerFound,
    /// How TLS began.
    pub security: Option<ServerSecurity>,
    /// Its version.
    pub tls: Option<TlsVersion>,
    /// How the account was proven: the name of a SASL mechanism.
    pub mechanism: String,
    /// Whether that proof is tied to this very connection.
    pub binding: ChannelBinding,
}

/// How the server was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum ServerFound {
    /// From the address: DNS records of its domain, or the domain itself.
    ByAddress,
    /// Host and port were given.
    ByHand,
}

/// Version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum TlsVersion {
    /// 1.2
    Tls12,
    /// 1.3
    Tls13,
}

/// Whether signing in was tied to the TLS connection (RFC 9266).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum ChannelBinding {
    /// It was.
    Bound,
    /// The server or the TLS version does not offer it.
    Unbound,
}

/// How the present session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum SessionBegan {
    /// Anew: what happened meanwhile was fetched from the archive.
    New,
    /// The server went on with the session before the break (XEP-0198).
    Resumed,
}

/// How far an archive has been read in the present session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum ArchiveState {
    /// Not asked yet, or no connection.
    NotAsked,
    /// The server keeps none.
    None,
    /// The account is new on this computer: its conversations are being fetched.
    FirstSync,
    /// Being read up to its end.
    CatchingUp,
    /// The server refused for now; it is asked again.
    Paused,
    /// The end was reached; it is asked once more for what the server writes late.
    Proving,
    /// Nothing is missing up to now.
    Proven,
}

/// Something that the server can do and the app makes use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum ServerFeature {
    /// Message archive (XEP-0313).
    Archive,
    /// Trustworthy archive ids on live messages (XEP-0359).
    StanzaIds,
    /// Copies of what one's other devices send and receive (XEP-0280).
    Carbons,
    /// Going on with a broken connection (XEP-0198).
    Resumption,
    /// Saying that nobody looks (XEP-0352).
    ClientState,
    /// Asking for a sign of life (XEP-0199).
    Ping,
    /// Blocking (XEP-0191).
    Blocking,
    /// MongooseIM's inbox.
    Inbox,
    /// Personal eventing (XEP-0163).
    PersonalEventing,
    /// Bookmarks old and new are one (XEP-0402).
    BookmarksCompat,
    /// Private storage (XEP-0049).
    PrivateStorage,
}

/// Kind of a team chat service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum TeamService {
    /// Multi-user chat (XEP-0045).
    Muc,
    /// MongooseIM's MUC Light.
    MucLight,
}

/// What is held on this computer, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Holdings {
    /// Conversations.
    pub conversations: u32,
    /// Those of them that need attention.
    pub attention: u32,
    /// Gaps that are being filled, or wait for a connection.
    pub open_gaps: u32,
    /// Gaps of which the server keeps nothing any more.
    pub expired_gaps: u32,
    /// Messages on their way out.
    pub waiting: u32,
    /// Messages that were refused and wait for the user.
    pub failed: u32,
    /// Size of the local database in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// Which program this is, and where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// Its version.
    pub version: String,
    /// Operating system.
    pub system: String,
    /// Processor architecture.
    pub architecture: String,
    /// Whether the processes that draw the interface are kept apart from the rest of the computer.
    pub web_view: WebViewSandbox,
}

/// Whether the processes that draw the interface, and with it what strangers send, are kept apart from the rest of the computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum WebViewSandbox {
    /// The system's web view sees to it by itself, as on Windows and macOS; or there is no web view.
    #[default]
    BySystem,
    /// They run in a sandbox.
    On,
    /// They do not: it does not start on this computer.
    Off,
}

/// Which conversations are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct HeldQuery {
    /// Part of a name; empty: all.
    pub name: String,
    /// How many to leave out from the start.
    pub offset: u32,
    /// How many at most; never more than 100.
    pub limit: u32,
}

/// Some of the conversations: those that need attention first, then the most recent ones.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct HeldPage {
    /// How many there are with that name.
    pub total: u32,
    /// The wanted ones.
    pub rows: Vec<HeldConversation>,
}

/// What is held of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct HeldConversation {
    /// Which.
    pub id: ConversationId,
    /// Person or team.
    pub kind: ConversationKind,
    /// Who.
    pub person: Person,
    /// Why somebody should look at it; empty: all is well.
    pub attention: Vec<Attention>,
    /// Messages held.
    pub messages: u32,
    /// Time of the oldest, Unix milliseconds.
    pub oldest: Option<i64>,
    /// Time of the newest, Unix milliseconds.
    pub newest: Option<i64>,
    /// Runs of messages with nothing missing inside.
    pub segments: u32,
    /// What is known to be missing, oldest first.
    pub gaps: Vec<HeldGap>,
    /// Whether anything is older than what is held.
    pub beginning: Beginning,
    /// Whether anything is newer than what is held.
    pub tail: Tail,
    /// Messages on their way out.
    pub waiting: u32,
    /// Messages that were refused and wait for the user.
    pub failed: u32,
    /// The last comparison with the server since the app was started.
    pub check: Option<CheckView>,
}

/// Why somebody should look at a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Attention {
    /// Messages were refused.
    Failed,
    /// Messages are missing that the server has.
    Gaps,
    /// Messages wait to be sent.
    Waiting,
}

/// Something that is known to be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct HeldGap {
    /// Whether it can be filled.
    pub state: GapState,
    /// About when it begins, Unix milliseconds.
    pub from: i64,
    /// About when it ends, Unix milliseconds.
    pub to: i64,
}

/// Whether anything is older than what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Beginning {
    /// Nothing, by the server's word.
    Reached,
    /// There may be; it is fetched when somebody scrolls there.
    NotReached,
}

/// Whether anything is newer than what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Tail {
    /// Nothing: it was proven at that time (Unix milliseconds by this computer's clock), and what came since came live.
    Current {
        /// When; `None`: the server keeps no archive to prove it by.
        at: Option<i64>,
    },
    /// There was nothing at that time; there may be now.
    Until {
        /// When.
        at: i64,
    },
    /// It was never proven.
    Unknown,
}

/// How far the comparison of a conversation with the server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CheckView {
    /// Under way, or waiting for a connection.
    #[serde(rename_all = "camelCase")]
    Running {
        /// Messages compared.
        compared: u32,
        /// About how many there are to compare.
        of: u32,
    },
    /// Done.
    Done {
        /// When, Unix milliseconds by this computer's clock.
        at: i64,
        /// What was found.
        found: CheckFindings,
    },
    /// It could not be finished. What was repaired until then stays repaired.
    Stopped {
        /// Why.
        error: CommandError,
    },
}

/// What a comparison with the server found. All but `gone` has been repaired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct CheckFindings {
    /// Messages compared.
    pub compared: u32,
    /// Messages that were missing where nothing should have been, and were fetched.
    pub fetched: u32,
    /// Messages that were fetched into known gaps on the way.
    pub filled: u32,
    /// Messages that stood in another place than on the server, and were put right.
    pub moved: u32,
    /// Messages that are here and that the server no longer has. They stay.
    pub gone: u32,
}
