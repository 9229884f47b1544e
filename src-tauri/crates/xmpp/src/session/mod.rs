//! A session with the server that stays up.
//!
//! # Which parts of `tokio-xmpp` are used
//!
//! Looked at: version 6.0.0, with `xmpp-parsers` 0.23.0. Look again before either is updated.
//!
//! Used are the parts that hold no connection:
//! - addresses (`jid`) and XML trees (`minidom::Element`), as `tokio_xmpp` re-exports them, in the public interface of
//!   this crate;
//! - the payload types of `xmpp_parsers`, which `tokio_xmpp` re-exports as `parsers`; [`xml`](crate::xml) says where
//!   codecs of our own stand in for them.
//!
//! Not used, and why:
//! - `Client` and `StanzaStream`. They
//! - lose wake-ups on a multi-threaded runtime (the receiving half returns `Pending` after a failed `try_lock` and
//!   leaves no waker), so that reading an archive stops for ever;
//! - accept with TLS 1.3 only SCRAM-PLUS and PLAIN, do not verify the server's signature, and do not escape names:
//!   [`auth`](crate::auth) chooses and verifies;
//! - retry for ever after every failure, a wrong password included, without jitter, and set no deadline on TCP or TLS:
//!   [`SessionError::is_final`], [`backoff`] and [`Timing`] bound this;
//! - do not report that they are offline, hang when closed offline, and deadlock when the app awaits a reply while
//!   events wait: here the state is observable, closing is bounded in time, and replies pass waiting events;
//!   - lose unacknowledged stanzas silently when the server refuses to resume: here each ends as [`Proof::Unproven`];
//! - take a `<failed/>` without `h`, which Prosody sends, for a parse error, and any unknown element for a stream
//!   error.
//! - `xmlstream`. Its reader fixes the parser's limits, so that one attribute of more than 8 KiB from any contact ends
//!   the stream; the server delivers the stanza again after each resumption: [`xml::reader`](crate::xml) drops the one
//!   element instead.
//! - `connect` (`DnsConfig`, the TLS connectors, the `ServerConnector` trait). It ignores the priority and weight of
//!   SRV records, fixes the trusted certificates, and sets no deadline; a connector of our own would have to return a
//!   stream of `xmlstream`. The private module `net` connects instead.
//! - `Error`. It carries the server's text and addresses, which must not reach a log, and does not tell the failures
//!   apart that need different help from the user: [`SessionError`] does.
//! - `Stanza`. Parsing to it fails as a whole where one attribute is malformed; such a request must still be answered,
//!   and such a message counted. The session hands on the element, and each codec decides.
//!
//! # How
//!
//! Each hazard has its file: [`sign_in`] says when it asks the server twice, [`suspects`] how it finds the one stanza
//! that the server does not accept, [`events`] and [`acknowledge`] bound what may pile up, [`handed_over`] says when a
//! stanza counts as handled, [`life`] what counts as a sign of life.
//!
//! One task owns a session. Handles send it commands over a bounded channel; it emits events over another. [`start`]
//! makes both; [`worker`] connects and waits, [`negotiate`] turns a connection into a session, [`connected`] runs it,
//! [`core`] holds the state that outlives a connection.

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
