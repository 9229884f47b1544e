//! The reasons for which a task ends early, in words for the person who typed the command.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a task failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A command ended with an error.
    Command {
        /// The step.
        name: String,
        /// Its exit status.
        status: String,
        /// The file with its whole output.
        log: PathBuf,
        /// The last lines of its output.
        tail: String,
    },
    /// A program could not be started.
    Missing {
        /// Its name.
        program: String,
        /// The system's reason.
        source: io::Error,
    },
    /// This computer lacks something, and it was not installed.
    Needs(String),
    /// Something in the checkout is not as it should be.
    Wrong(String),
    /// A file could not be read or written.
    Io(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command {
                name,
                status,
                log,
                tail,
            } => write!(
                out,
                "{name} failed ({status}). Its output is in {}; the end of it:\n{tail}",
                log.display()
            ),
            Self::Missing { program, source } => write!(out, "`{program}` could not be started: {source}"),
            Self::Needs(text) | Self::Wrong(text) => out.write_str(text),
            Self::Io(error) => write!(out, "file error: {error}"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Missing { source, .. } | Self::Io(source) => Some(source),
            Self::Command { .. } | Self::Needs(_) | Self::Wrong(_) => None,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
