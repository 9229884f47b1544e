//! Configuration of a session.

use std::fmt;
use std::time::Duration;

use tokio_rustls::rustls::pki_types::CertificateDer;
use xmpp_parsers::jid::BareJid;

use crate::auth::Authentication;

/// How to find the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerLocation {
    /// By DNS SRV records of the address's domain (RFC 6120 section 3.2, XEP-0368), else the domain itself on port
    /// 5222.
    Discover,
    /// A named host. The certificate must still be for the address's domain.
    Explicit {
        /// Host name or IP address.
        host: String,
        /// TCP port.
        port: u16,
        /// How TLS begins.
        security: Security,
    },
}

/// How TLS begins. There is no plaintext choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// From the first byte (XEP-0368).
    DirectTls,
    /// By STARTTLS (RFC 6120 section 5), required.
    StartTls,
}

/// How back-offs vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Jitter {
    /// Anything up to the bound, so that the computers of a whole hospital do not come back in step.
    Full,
    /// Always the bound: a simulation takes the same course each time.
    None,
}

/// Every deadline and interval of a session, so that tests need not wait for real ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// For all SRV look-ups together.
    pub dns: Duration,
    /// For one TCP connection, STARTTLS and TLS handshake included.
    pub connect: Duration,
    /// For one address to accept a TCP connection before the next one is tried beside it (RFC 8305 section 5).
    pub head_start: Duration,
    /// For an address that has accepted to finish STARTTLS and TLS before the next one is tried beside it. Networks
    /// that let small packets through and lose large ones get this far.
    pub handshake_head_start: Duration,
    /// For signing in after TLS, until the session is bound or resumed.
    pub sign_in: Duration,
    /// For service discovery after that. A service that has not answered by then counts as absent; if neither server
    /// nor account has, the connection counts as lost.
    pub discovery: Duration,
    /// For an answer to a request.
    pub request: Duration,
    /// Silence after which the session probes the server.
    pub idle: Duration,
    /// Silence after that probe until the connection counts as dead. `idle + probe` must stay under 30 s.
    pub probe: Duration,
    /// From the first byte of an element to its last, at most: one that is never closed is no sign of life.
    pub element: Duration,
    /// Silence after a probe by [`Session::reconnect_now`](super::Session::reconnect_now).
    pub wake_probe: Duration,
    /// For the receiver to [handle](super::Events::recv) the events of a lost session; the session is not resumed while
    /// one is unhandled.
    pub handled: Duration,
    /// Upper bound of the first back-off; doubles with each failure.
    pub backoff_base: Duration,
    /// Upper bound of every back-off.
    pub backoff_cap: Duration,
    /// How back-offs vary below their bound.
    pub jitter: Jitter,
    /// For a polite goodbye in [`Session::close`](super::Session::close).
    pub close: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            dns: Duration::from_secs(8),
            connect: Duration::from_secs(10),
            head_start: Duration::from_millis(250),
            handshake_head_start: Duration::from_secs(1),
            sign_in: Duration::from_secs(20),
            discovery: Duration::from_secs(8),
            request: Duration::from_secs(30),
            idle: Duration::from_secs(16),
            probe: Duration::from_secs(10),
            element: Duration::from_secs(30),
            wake_probe: Duration::from_secs(5),
            handled: Duration::from_secs(15),
            backoff_base: Duration::from_secs(1),
            backoff_cap: Duration::from_secs(60),
            jitter: Jitter::Full,
            close: Duration::from_secs(2),
        }
    }
}

/// Configuration of a session.
#[derive(Clone)]
pub struct SessionConfig {
    /// The account. Must have a local part.
    pub address: BareJid,
    /// Its credential. The session moves this out of the configuration: see
    /// [`Session::authentication`](super::Session::authentication).
    pub authentication: Authentication,
    /// Resource to ask for. A name that stays the same per device lets the server clear away a dead connection of it.
    pub resource: String,
    /// How to find the server.
    pub server: ServerLocation,
    /// Certificates to trust besides the operating system's.
    pub extra_ca: Vec<CertificateDer<'static>>,
    /// Deadlines and intervals.
    pub timing: Timing,
}

impl fmt::Debug for SessionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the address nor the credential belongs in a log.
        f.debug_struct("SessionConfig")
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}
