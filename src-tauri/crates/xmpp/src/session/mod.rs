//! A session with the server that stays up.
//!
//! # Why not `tokio_xmpp::Client`
//!
//! The session is built on the layers below the reconnecting client of `tokio-xmpp` 6.0, because that client
//! - loses wake-ups on a multi-threaded runtime (its receiving half gives up a `try_lock` without leaving a waker), so that
//!   reading an archive stops for ever;
//! - ends the stream over one attribute of more than 8 KiB, gets the same stanza again after resuming, and so on for ever:
//!   [`xml::reader`](crate::xml) drops one bad element instead;
//! - knows with TLS 1.3 only SCRAM-PLUS and PLAIN, does not check the server's signature, does not escape names:
//!   [`auth`](crate::auth) chooses and verifies;
//! - retries for ever whatever the failure was, a wrong password included, without jitter, and with no deadline on TCP or
//!   TLS: [`SessionError::is_final`], [`backoff`] and [`Timing`] answer these;
//! - does not tell that it is offline, hangs when closed offline, and deadlocks when a reply is awaited while events wait:
//!   here the state is one observable value, closing is bounded in time, and answers get past waiting events;
//! - loses unacknowledged stanzas without a word when resumption is refused: here each ends as [`Proof::Unproven`];
//! - takes a `<failed/>` without `h`, which Prosody sends, for a parse error, and any unknown element for a stream error.
//!
//! # How
//!
//! What a server may do on purpose: [`sign_in`] says when it is asked twice, [`suspects`] how one stanza that it does not take
//! is found, [`events`] and [`acknowledge`] what may pile up, [`handed_over`] when a stanza counts as handled, [`life`] what
//! counts as a sign of life.
//!
//! One task owns a session. Handles send it commands over a bounded channel; it tells events over another.
//! [`worker`] connects and waits, [`negotiate`] gets from a connection to a session, [`connected`] runs it, [`core`] holds
//! what outlives a connection.

mod acknowledge;
mod answers;
mod asker;
mod backoff;
mod command;
mod config;
mod connected;
mod core;
mod discover;
mod error;
mod event;
mod events;
mod handed_over;
mod handle;
#[cfg(feature = "fuzzing")]
pub mod heard;
mod identity;
mod knowledge;
mod life;
mod link;
mod negotiate;
mod receipt;
mod requests;
mod rooms;
mod sign_in;
mod stanza;
mod start;
mod state;
mod suspects;
mod wire;
mod worker;

pub use command::RequestKind;
pub use config::{Jitter, Security, ServerLocation, SessionConfig, Timing};
pub use error::{
    CertificateError, Loss, ProtocolError, RequestError, SendError, SessionError, StanzaCondition, StreamCondition,
};
pub use event::{Opened, SessionEvent};
pub use events::Events;
pub use handle::Session;
pub use link::{ChannelBinding, Found, Link, Secured, TlsVersion};
pub use receipt::{Proof, Receipt, Refusal};
pub use state::{Continuity, SessionNumber, SessionState};

pub use crate::auth::{
    Authentication, BindingSeen, Credential, KnownServer, Mechanism, PlainSignIn, ScramHash, ScramKeys, UnboundFlag,
};
pub use crate::net::{Connection, Io, NameServers, NetworkTransport, Transport};

pub(crate) use asker::Asker;
pub(crate) use command::{Collect, Collected, Command, Phase};
pub(crate) use knowledge::Knowledge;
pub(crate) use stanza::{answered, condition_of, stream_error};

#[cfg(test)]
pub(crate) mod raw;
#[cfg(test)]
mod recorded_server;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;
