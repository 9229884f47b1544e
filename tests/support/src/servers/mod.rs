//! Real XMPP servers on loopback, started as ordinary processes with their data in a temporary folder.
//!
//! [`Prosody`] and [`Ejabberd`] are started by us; [`ServerUnderTest`] is any server described by a file in
//! `tests/servers/`, so that the same tests run against a server that somebody else runs.

mod archive;
mod described;
mod ejabberd;
mod ejabberd_config;
mod ejabberd_http;
mod endpoint;
mod feature;
mod lua;
mod prosody;
mod prosody_config;
mod prosody_inbox;
mod prosody_plugins;
mod prosody_rooms;
mod setup;

pub use archive::{ArchiveOwner, ArchivedStanza};
pub use described::{AccountSource, Description, DescriptionError, ServerUnderTest};
pub use ejabberd::Ejabberd;
pub use endpoint::{Account, Endpoint, TlsMode};
pub use feature::Feature;
pub use prosody::{Contact, Prosody};
pub use prosody_inbox::Listed;
pub use prosody_rooms::Room;
pub(crate) use prosody_rooms::escaped;
pub use setup::{
    ArchiveWriting, ChannelBinding, Eventing, Inbox, MongooseWays, MucLight, RemovedRooms, Rooms, Sasl, Setup,
    SmartMarkers, StoredMarkers, TlsVersions,
};

use crate::certificates::CertificateError;
use crate::process::ProcessError;

/// Why a test server could not be started, stopped or filled.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The process failed.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// Certificates could not be made.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// A file of the server's could not be read or written.
    #[error("a server file could not be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// The server's database refused something.
    #[error("the server's database failed: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The server's administration interface refused a request.
    #[error("the server's administration interface refused `{command}`: {answer}")]
    Administration {
        /// The command asked for.
        command: &'static str,
        /// The server's answer.
        answer: String,
    },
    /// The server must be stopped for this, or running for this.
    #[error("the server must be {0} for this")]
    WrongState(&'static str),
    /// The account can't be made: the command failed, or the list of ready accounts is used up.
    #[error("no account: {0}")]
    NoAccount(String),
}
