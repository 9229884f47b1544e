//! XMPP session and stanza codecs of Wardline.
//!
//! - [`session`]: finds the server, signs in, stays connected, resumes; and which parts of `tokio-xmpp` it uses.
//! - [`message`]: messages decoded, with every check of who may say what; messages built.
//! - [`archive`], [`roster`], [`presence`], [`vcard`], [`muc`], [`time`], [`features`]: requests to servers and people,
//!   and their answers.
//! - [`displayed`]: read positions shared among the account's devices.
//! - [`inbox`], [`muc_light`], [`smart_markers`]: extensions of MongooseIM.
//!
//! Knows no store and no user interface. Everything from the network is hostile; nothing from it is logged.

pub mod archive;
mod auth;
pub mod blocking;
pub mod decisions;
pub mod directory;
pub mod displayed;
pub mod features;
mod form;
pub mod ids;
pub mod inbox;
pub mod message;
pub mod muc;
pub mod muc_light;
mod net;
mod ns;
pub mod presence;
mod private_node;
mod private_storage;
#[cfg(test)]
mod recordings;
mod redact;
#[cfg(test)]
mod replay;
pub mod roster;
pub mod session;
pub mod smart_markers;
pub mod time;
pub mod vcard;
mod xml;

pub use tokio_rustls::rustls::pki_types::CertificateDer;
pub use tokio_xmpp::jid::{self, BareJid, FullJid, Jid};
pub use tokio_xmpp::minidom::Element;
