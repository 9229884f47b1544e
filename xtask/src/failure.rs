//! Why a task ended early, in words for whoever typed the command.

use std::path::PathBuf;

use wardline_test_support::hospital::HospitalError;
use wardline_test_support::process::ProcessError;
use wardline_test_support::servers::ServerError;

/// Why a task failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A command ended with an error.
    #[error("{name} failed ({status}). Its output is in {log}; the end of it:\n{tail}")]
    Command {
        name: String,
        status: String,
        log: PathBuf,
        tail: String,
    },
    /// A program is not there.
    #[error("`{program}` could not be started: {source}")]
    Missing { program: String, source: std::io::Error },
    /// This machine lacks something, and it was not installed.
    #[error("{0}")]
    Needs(String),
    /// Something in the checkout is not as it should be.
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
}
