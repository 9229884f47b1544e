//! A session with the server that stays up.

mod asker;
mod command;
mod config;
mod error;
mod event;
mod handle;
mod state;

pub use config::{Security, ServerLocation, SessionConfig, Timing};
pub use error::{
    CertificateError, Loss, ProtocolError, RequestError, SendError, SessionError, StanzaCondition, StreamCondition,
};
pub use event::{Continuity, Opened, SessionEvent};
pub use handle::{Proof, Receipt, RequestKind, Session};
pub use state::SessionState;
