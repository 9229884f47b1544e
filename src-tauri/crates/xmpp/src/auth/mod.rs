//! Signing in (SASL, RFC 6120 section 6).
//!
//! SCRAM is written here, over ring, and not taken from the `sasl` crate: that one does not escape `=` and `,` in
//! names, does not check that the server's nonce begins with ours, knows no SHA-512, takes any iteration count, and
//! leaves the check of the server's signature to a call that `tokio-xmpp` 6.0 never makes.

//!
//! A password is replaced by [what SCRAM derives from it](ScramKeys) as soon as the server has accepted it, and a
//! server is held to [what it has shown before](KnownServer).

mod choice;
mod credential;
mod keys;
mod known;
mod mechanism;
mod scram;

pub use credential::{Authentication, Credential, PlainSignIn};
pub use keys::ScramKeys;
pub use known::{BindingSeen, KnownServer, UnboundFlag};
pub use mechanism::{Mechanism, ScramHash};

pub(crate) use choice::{Choice, Declined, Offer, choose};
pub(crate) use scram::{Binding, Challenge, ClientFinal, ClientFirst, ScramError};
