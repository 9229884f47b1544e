//! The server's clock (XEP-0202).

use std::time::Duration;

use tokio::time::Instant;
use xmpp_parsers::jid::BareJid;

use crate::ids::Timestamp;
use crate::ns;
use crate::session::{Asker, Phase, RequestError, RequestKind, Session};
use crate::xml::element;

/// What the server's clock showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerTime {
    /// The server's time when it answered.
    pub at: Timestamp,
    /// From asking to having the answer: `at` lies somewhere in between.
    pub round_trip: Duration,
}

impl Session {
    /// The server's clock.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn server_time(&self) -> Result<ServerTime, RequestError> {
        ServerTime::ask(&self.asker(Phase::Open), self.address()).await
    }
}

impl ServerTime {
    pub(crate) async fn ask(asker: &Asker, own: &BareJid) -> Result<Self, RequestError> {
        let asked = Instant::now();
        let domain = BareJid::from_parts(None, own.domain());
        let answer = asker
            .ask(Some(domain.into()), RequestKind::Get, element("time", ns::TIME))
            .await?;
        let round_trip = asked.elapsed();
        let at = answer
            .and_then(|time| Timestamp::parse(&time.get_child("utc", ns::TIME)?.text()))
            .ok_or(RequestError::Malformed)?;
        Ok(Self { at, round_trip })
    }
}
