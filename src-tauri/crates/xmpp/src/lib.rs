//! Wardline xmpp.
