//! The server's clock (XEP-0202).

#![allow(clippy::useless_conversion, reason = "derived code for extracted fields")]

use std::time::Duration;

use tokio::time::Instant;
use xmpp_parsers::jid::BareJid;
use xso::{AsXml, FromXml};

use crate::ids::Timestamp;
use crate::ns;
use crate::session::{Asker, Phase, RequestError, RequestKind, Session, answered};
use crate::xml::element;

/// A reading of the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerTime {
    /// The server's time when it answered.
    pub at: Timestamp,
    /// From the request to the answer: `at` lies somewhere in between.
    pub round_trip: Duration,
}

/// `<time/>`: the answer. The server's time zone, which comes with it, is of no use here and may be malformed.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::TIME, name = "time", on_unknown_attribute = Discard, on_unknown_child = Discard)]
struct Time {
    #[xml(extract(fields(text(type_ = Timestamp))))]
    utc: Timestamp,
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
        let Time { utc: at } = answered(answer)?;
        Ok(Self { at, round_trip })
    }
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::minidom::Element;

    use super::*;

    fn read(content: &str) -> Option<Timestamp> {
        let time: Element = format!("<time xmlns='urn:xmpp:time'>{content}</time>").parse().unwrap();
        answered::<Time>(Some(time)).ok().map(|time| time.utc)
    }

    #[test]
    fn the_time_is_read_whatever_the_time_zone_says() {
        let utc = "<utc>2026-11-22T17:00:00Z</utc>";
        for zone in ["<tzo>+01:00</tzo>", "<tzo/>", ""] {
            assert_eq!(read(&format!("{zone}{utc}")), Timestamp::parse("2026-11-22T17:00:00Z"));
        }
        assert_eq!(read("<utc>now</utc>"), None);
        assert_eq!(read(""), None);
    }
}
