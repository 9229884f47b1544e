//! XMPP session and stanza codecs of Wardline.
//!
//! - [`session`]: finds the server, signs in, stays connected, resumes; and why it does not use `tokio_xmpp::Client`.
//! - [`message`]: messages decoded, with every check of who may say what; messages built.
//! - [`archive`], [`roster`], [`presence`], [`vcard`], [`muc`], [`time`], [`features`]: what is asked of servers and people.
//!
//! Knows no store and no user interface. Everything from the network is hostile; nothing from it is logged.

pub mod archive;
mod auth;
pub mod features;
pub mod ids;
pub mod message;
pub mod muc;
mod net;
mod ns;
pub mod presence;
mod redact;
pub mod roster;
pub mod session;
pub mod time;
pub mod vcard;
mod xml;

pub use tokio_rustls::rustls::pki_types::CertificateDer;
pub use tokio_xmpp::jid::{self, BareJid, FullJid, Jid};
pub use tokio_xmpp::minidom::Element;
