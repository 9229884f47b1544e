//! What is said between the conductor of a schedule and a device, which is a process of its own so that it can be killed:
//! one JSON value a line.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardline_interop::Timing;

/// A conversation, as devices and archives name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// With the person of this address.
    Person(String),
    /// The team chat.
    Room,
}

/// What a device is told to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// Sign in.
    SignIn(Credentials),
    /// Write a message.
    Write {
        /// Where.
        place: Place,
        /// Its text, which no other message has.
        text: String,
    },
    /// Have a conversation on screen from now on.
    Open(Place),
    /// Read everything, everywhere.
    ReadAll,
    /// The network is said to be back.
    Wake,
    /// Tell everything that is shown.
    Report,
}

/// What a device signs in with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// The account's address.
    pub address: String,
    /// Its password.
    pub password: String,
    /// Port of the device's own way to the server, on loopback.
    pub port: u16,
    /// Whether TLS begins with the first byte there.
    pub direct_tls: bool,
    /// The authority to trust.
    pub authority: Option<std::path::PathBuf>,
}

/// What a device answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Answer {
    /// Signed in.
    SignedIn,
    /// Not signed in, and why.
    NotSignedIn(String),
    /// The message with this text is taken: from now on it must not get lost.
    Accepted(String),
    /// The message with this text is not taken, and why.
    Refused(String, String),
    /// Everything has been marked as read.
    HasRead,
    /// Everything that is shown.
    Report(Report),
}

/// Everything that a device shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The connection, in words.
    pub connection: String,
    /// Whether it is connected and says that it is up to date.
    pub online: bool,
    /// The conversations.
    pub threads: Vec<Thread>,
}

/// A conversation as a device shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Thread {
    /// Name in the chat list.
    pub name: String,
    /// Whether it is a team chat.
    pub team: bool,
    /// Unread messages by the chat list.
    pub unread: u32,
    /// Whether it is shown from its very beginning.
    pub from_beginning: bool,
    /// Gaps in it.
    pub gaps: usize,
    /// Messages, oldest first.
    pub messages: Vec<Shown>,
}

/// A message as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its text.
    pub text: String,
    /// Whether it is shown as one's own.
    pub own: bool,
    /// How far an own one got.
    pub progress: Progress,
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// It is on the server, or of somebody else.
    Done,
    /// It waits.
    Waiting,
    /// It failed.
    Failed,
}

/// The timing of all sessions: short, so that a dead connection is noticed within a schedule.
#[must_use]
pub fn timing() -> Timing {
    let millis = Duration::from_millis;
    Timing {
        connect: millis(4_000),
        sign_in: millis(6_000),
        discovery: millis(4_000),
        request: millis(6_000),
        idle: millis(1_200),
        probe: millis(1_800),
        wake_probe: millis(1_500),
        backoff_base: millis(50),
        backoff_cap: millis(500),
        close: millis(1_000),
        ..Timing::default()
    }
}
