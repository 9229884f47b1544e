//! Why a bench could not measure.

use wardline_sdk::profile::ProfileError;
use wardline_sdk::view::CommandError;
use wardline_store::StoreError;
use wardline_test_support::hospital::HospitalError;
use wardline_test_support::servers::ServerError;

/// Why a bench could not measure, or what it measured does not count.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// There is no such bench.
    #[error("There is no bench called {0}.")]
    Unknown(String),
    /// A file, a socket or a process.
    #[error("input or output: {0}")]
    Io(#[from] std::io::Error),
    /// The test server.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The sample.
    #[error(transparent)]
    Hospital(#[from] HospitalError),
    /// The SDK refused something.
    #[error("the SDK: {0:?}")]
    Sdk(CommandError),
    /// The local data could not be opened.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The reference database.
    #[error("plain SQLite: {0}")]
    Plain(#[from] rusqlite::Error),
    /// What the measured process said is not an answer.
    #[error("the measured process: {0}")]
    Answer(#[from] serde_json::Error),
    /// The bare reader could not sign in, or read what it does not know.
    #[error("the bare reader: {0}")]
    Bare(&'static str),
    /// The client did not get where it should.
    #[error("the client did not get to: {0}")]
    Never(&'static str),
    /// What is held is not what the server has.
    #[error("{0}")]
    Wrong(String),
}

impl From<CommandError> for BenchError {
    fn from(error: CommandError) -> Self {
        Self::Sdk(error)
    }
}
