//! XMPP session and stanza codecs of Wardline.

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
pub use xmpp_parsers::jid::{self, BareJid, FullJid, Jid};
pub use xmpp_parsers::minidom::Element;
