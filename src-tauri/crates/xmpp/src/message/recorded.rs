//! Every stanza that a running MongooseIM sent in the recordings under `fixtures/`, through the real reader and
//! decoder.

use xmpp_parsers::jid::{BareJid, Jid};

use super::context::{Context, RealAddresses, StanzaIds};
use super::decode::{archived, live};
use super::payload::Payload;
use super::received::{MessageKind, ReceivedMessage, Retraction, Route, StampSource};
use crate::features::{ChatService, ChatServiceKind};
use crate::ns;
use crate::recordings::{Side, elements, payloads, round_trips};

fn services() -> [ChatService; 2] {
    let service = |jid, kind| ChatService {
        jid: BareJid::new(jid).unwrap(),
        kind,
    };
    [
        service("muclight.localhost", ChatServiceKind::MucLight),
        service("muc.localhost", ChatServiceKind::Muc),
    ]
}

/// Every message, decoded for the client that it was sent to.
async fn messages() -> Vec<(BareJid, ReceivedMessage)> {
    let mut messages = Vec::new();
    let services = services();
    for (own, mut element) in elements(Side::Server).await {
        if !element.is("message", ns::JABBER_CLIENT) {
            continue;
        }
        let context = Context {
            own: &own,
            stanza_ids: StanzaIds::Unannounced,
            own_occupant: &|_| None,
            real_addresses: &|_| RealAddresses::Shown,
            occupant: &|_, _| None,
            services: &services,
        };
        let message = match element.remove_child("result", ns::MAM) {
            Some(result) => {
                let archive = element
                    .attr("from")
                    .map_or_else(|| own.clone(), |from| Jid::new(from).unwrap().to_bare());
                let (id, message) = archived(result, &archive, &context);
                assert!(id.is_some());
                message
            }
            None => live(element, &context),
        };
        messages.push((own.clone(), message.unwrap()));
    }
    messages
}

/// Counted by another XML parser in the recordings as they are.
#[tokio::test]
async fn every_recorded_element_is_read_and_every_message_decodes() {
    let elements = elements(Side::Server).await;
    assert_eq!(elements.len(), 957);
    let named = |name| elements.iter().filter(|(_, e)| e.is(name, ns::JABBER_CLIENT)).count();
    assert_eq!((named("message"), named("presence"), named("iq")), (489, 71, 276));

    let messages = messages().await;
    let by = |route| messages.iter().filter(move |(_, message)| message.route == route);
    // One of them is a result of the archive's first version, which nobody asks for any more.
    assert_eq!(by(Route::Live).count(), 364);
    assert_eq!(by(Route::CarbonSent).count(), 25);
    assert_eq!(by(Route::CarbonReceived).count(), 3);
    assert_eq!(by(Route::Archive).count(), 97);
    let with_text = by(Route::Live).filter(|(_, message)| message.body.is_some()).count();
    let bounced = by(Route::Live)
        .filter(|(_, message)| matches!(message.kind, MessageKind::Error(_)))
        .count();
    assert_eq!((with_text, bounced), LIVE_TEXTS_AND_BOUNCES);
}

/// Bodies inside bounced messages are not counted: they are what was sent, not what somebody said.
const LIVE_TEXTS_AND_BOUNCES: (usize, usize) = (176, 9);

#[tokio::test]
async fn archived_messages_carry_the_archives_id_and_time() {
    for (_, message) in messages()
        .await
        .iter()
        .filter(|(_, message)| message.route == Route::Archive)
    {
        assert!(message.archive_id.is_some());
        assert_eq!(message.stamp.unwrap().source, StampSource::Archive);
    }
}

#[tokio::test]
async fn ids_are_believed_only_on_what_the_server_archives() {
    for (own, message) in messages()
        .await
        .iter()
        .filter(|(_, message)| message.route != Route::Archive)
    {
        if message.archive_id.is_some() {
            assert!(
                (message.body.is_some() || !message.room_changes.is_empty()) && message.stamp.is_none(),
                "{:?} {own}",
                message.kind
            );
        }
    }
    let known = messages()
        .await
        .iter()
        .filter(|(_, m)| m.route == Route::Live && m.archive_id.is_some())
        .count();
    assert!(known > 100, "{known}");
}

#[tokio::test]
async fn redelivered_and_offline_messages_carry_the_servers_time() {
    let messages = messages().await;
    let delayed = messages
        .iter()
        .filter(|(_, m)| m.route == Route::Live && m.stamp.is_some_and(|stamp| stamp.source == StampSource::Delay));
    assert!(delayed.count() > 0);
}

#[tokio::test]
async fn retractions_of_the_older_form_and_tombstones_are_recognised() {
    let messages = messages().await;
    let live = messages
        .iter()
        .any(|(_, m)| matches!(m.retraction, Some(Retraction::Of(_))));
    let left = messages
        .iter()
        .any(|(_, m)| m.route == Route::Archive && m.retraction == Some(Retraction::Tombstone));
    assert!(live && left, "{live} {left}");
}

#[tokio::test]
async fn mongooseim_announces_a_session_iq_that_is_not_optional() {
    let features: Vec<_> = elements(Side::Server)
        .await
        .into_iter()
        .filter(|(_, e)| e.is("features", ns::STREAM))
        .collect();
    let insisting = features.iter().filter_map(|(_, f)| f.get_child("session", ns::SESSION));
    assert!(insisting.clone().count() > 0);
    assert!(
        insisting
            .into_iter()
            .all(|session| !session.has_child("optional", ns::SESSION))
    );
}

/// Counted by another XML parser.
#[tokio::test]
async fn every_recorded_payload_of_a_message_survives_decoding_and_encoding() {
    for (name, namespace, count) in [
        ("stanza-id", ns::SID, 267),
        ("origin-id", ns::SID, 114),
        ("delay", ns::DELAY, 192),
        ("markable", ns::MARKERS, 13),
        ("displayed", ns::MARKERS, 34),
        ("composing", ns::CHATSTATES, 25),
        ("request", ns::RECEIPTS, 4),
        ("received", ns::RECEIPTS, 11),
        ("replace", ns::MESSAGE_CORRECT, 12),
        ("reactions", ns::REACTIONS, 13),
        ("retract", ns::RETRACT, 3),
        ("retracted", ns::RETRACT_0, 2),
        ("store", ns::HINTS, 17),
        ("no-store", ns::HINTS, 12),
        ("no-permanent-store", ns::HINTS, 3),
        ("x", ns::MUC_USER, 16),
    ] {
        assert_eq!(
            round_trips::<Payload>(name, namespace).await,
            count,
            "{name} {namespace}"
        );
    }
}

/// What else may be fastened to a message is let pass.
#[tokio::test]
async fn every_recorded_retraction_of_the_older_forms_is_recognised() {
    let fastened = payloads("apply-to", ns::FASTEN).await;
    assert_eq!(fastened.len(), 25);
    for payload in fastened {
        let retractions = payload.children().filter(|child| child.name() == "retract").count();
        let Ok(Payload::ApplyTo(read)) = Payload::try_from(payload) else {
            panic!()
        };
        assert_eq!(read.retractions.len(), retractions);
    }
}
