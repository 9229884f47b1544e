//! MongooseIM smart markers (`esl:xmpp:smart-markers:0`): up to where everybody has read a conversation.

use std::collections::HashMap;

use xmpp_parsers::jid::{BareJid, Jid};
use xso::{AsXml, FromXml};

use crate::ids::{MessageId, Timestamp};
use crate::message::MarkerKind;
use crate::ns;
use crate::session::{RequestError, RequestKind, Session, answered};

/// Most markers that are believed to be in one conversation.
const MOST_MARKERS: usize = 10_000;

/// How far somebody has got.
#[derive(Clone, PartialEq, Eq)]
pub struct SmartMarker {
    /// Who.
    pub from: BareJid,
    /// What they did with it.
    pub kind: MarkerKind,
    /// The message, by the id that the marker named.
    pub id: MessageId,
    /// When the server received the marker.
    pub at: Timestamp,
}

/// `<query/>`: the question and the answer.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::SMART_MARKERS, name = "query")]
struct Query {
    #[xml(attribute)]
    peer: BareJid,
    #[xml(attribute(default))]
    after: Option<Timestamp>,
    #[xml(child(n = ..))]
    markers: Vec<Marker>,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::SMART_MARKERS, name = "marker")]
struct Marker {
    #[xml(attribute)]
    id: MessageId,
    #[xml(attribute)]
    from: Jid,
    #[xml(attribute(name = "type"))]
    kind: MarkerKind,
    #[xml(attribute)]
    timestamp: Timestamp,
    #[xml(attribute(default))]
    thread: Option<String>,
}

impl Session {
    /// The latest markers in the conversation with `peer`, a person or a room: of each person and kind the one that the
    /// server received last. They can move backwards there: whoever keeps them takes the furthest.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn smart_markers(
        &self,
        peer: &BareJid,
        after: Option<Timestamp>,
    ) -> Result<Vec<SmartMarker>, RequestError> {
        let query = Query {
            peer: peer.clone(),
            after,
            markers: Vec::new(),
        };
        let answer: Query = answered(self.request(None, RequestKind::Get, query.into()).await?)?;
        if answer.peer != *peer {
            return Err(RequestError::Malformed);
        }
        Ok(latest(answer.markers))
    }
}

/// Threads of a conversation are not told apart here: the latest of all counts.
fn latest(markers: Vec<Marker>) -> Vec<SmartMarker> {
    let mut latest: HashMap<(BareJid, MarkerKind), SmartMarker> = HashMap::new();
    for marker in markers.into_iter().take(MOST_MARKERS) {
        let read = SmartMarker {
            from: marker.from.into_bare(),
            kind: marker.kind,
            id: marker.id,
            at: marker.timestamp,
        };
        let key = (read.from.clone(), read.kind);
        if latest.get(&key).is_none_or(|held| held.at < read.at) {
            latest.insert(key, read);
        }
    }
    let mut latest: Vec<_> = latest.into_values().collect();
    latest.sort_by_key(|marker| marker.at);
    latest
}

crate::redact::redacted_debug!(SmartMarker);

#[cfg(test)]
mod tests {
    use xmpp_parsers::minidom::Element;

    use super::*;

    /// As the extension's documentation shows it: no server with this module has been recorded.
    const DOCUMENTED: &str = "<query xmlns='esl:xmpp:smart-markers:0' peer='bob@ward.example'>\
        <marker id='m1' from='bob@ward.example' type='displayed' timestamp='2026-11-22T17:00:01.000000Z'/>\
        <marker id='m2' from='bob@ward.example' type='displayed' timestamp='2026-11-22T17:00:03.000000Z' thread='t'/>\
        <marker id='m1' from='alice@ward.example' type='received' timestamp='2026-11-22T17:00:02.000000Z'/></query>";

    #[test]
    fn an_answer_survives_the_wire_and_the_latest_of_each_counts() {
        let element: Element = DOCUMENTED.parse().unwrap();
        let query = Query::try_from(element.clone()).unwrap();
        let written = Element::from(Query::try_from(element.clone()).unwrap());
        assert_eq!(written, element);
        let markers = latest(query.markers);
        let told: Vec<_> = markers
            .iter()
            .map(|m| (m.from.as_str(), m.kind, m.id.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("alice@ward.example", MarkerKind::Received, "m1"),
                ("bob@ward.example", MarkerKind::Displayed, "m2")
            ]
        );
    }
}
