//! The reasons for which a task ends early, in words for the person who typed the command.

use wardline_test_support::client::ClientError;
use wardline_test_support::hospital::HospitalError;
use wardline_test_support::process::ProcessError;
use wardline_test_support::servers::ServerError;

/// Why a task failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A program could not be started.
    #[error("`{program}` could not be started: {source}")]
    Missing {
        /// Its name.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// This computer lacks something.
    #[error("{0}")]
    Needs(String),
    /// The window, or something else that is shown, is not as it should be.
    #[error("{0}")]
    Wrong(String),
    /// A file could not be read or written.
    #[error("file error: {0}")]
    Io(#[from] std::io::Error),
    /// A background process failed.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A server failed.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The sample hospital failed.
    #[error(transparent)]
    Hospital(#[from] HospitalError),
    /// A colleague's client failed.
    #[error(transparent)]
    Client(#[from] ClientError),
}
