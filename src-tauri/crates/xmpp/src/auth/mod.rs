//! Signing in (SASL, RFC 6120 section 6).
//!
//! SCRAM is written here, over ring, and not taken from the `sasl` crate: that one does not escape `=` and `,` in names,
//! does not check that the server's nonce begins with ours, knows no SHA-512, takes any iteration count, and leaves the
//! check of the server's signature to a call that `tokio-xmpp` 6.0 never makes.

mod choice;
mod scram;

pub(crate) use choice::{Choice, Offer, choose};
pub(crate) use scram::{Binding, ClientFinal, ClientFirst, ScramError};
