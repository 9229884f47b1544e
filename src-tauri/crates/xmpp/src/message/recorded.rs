//! Every stanza that a running MongooseIM sent in the recordings under `fixtures/`, through the real reader and decoder.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::decode::{Context, StanzaIds, archived, live};
use super::received::{MessageKind, ReceivedMessage, Retraction, Route, StampSource};
use crate::features::{ChatService, ChatServiceKind};
use crate::ns;
use crate::xml::{Incoming, Input, Limits};

const RECORDINGS: [&str; 12] = [
    include_str!("../../fixtures/mongooseim/01_stream_features_auth_bind.xml"),
    include_str!("../../fixtures/mongooseim/02_disco.xml"),
    include_str!("../../fixtures/mongooseim/03_live_messages_carbons_offline.xml"),
    include_str!("../../fixtures/mongooseim/04_inbox.xml"),
    include_str!("../../fixtures/mongooseim/05_mam.xml"),
    include_str!("../../fixtures/mongooseim/06_muclight.xml"),
    include_str!("../../fixtures/mongooseim/07_stream_management.xml"),
    include_str!("../../fixtures/mongooseim/07b_sm_resume_exact_counts.xml"),
    include_str!("../../fixtures/mongooseim/08_csi.xml"),
    include_str!("../../fixtures/mongooseim/09_muc_classic.xml"),
    include_str!("../../fixtures/mongooseim/10_full_config_sasl2_pep_upload_push.xml"),
    include_str!("../../fixtures/mongooseim/11_misc_reset_mam_limits_roster_blocking.xml"),
];

const HEADER: &str =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

/// What the server sent to one client at one time, with that client's account.
fn blocks(recording: &str) -> Vec<(BareJid, String)> {
    let mut blocks = Vec::new();
    for part in recording.split("<!-- ").skip(1) {
        let (title, content) = part.split_once("-->").unwrap();
        let Some(client) = title.trim().strip_suffix(" S->C") else {
            continue;
        };
        // Others than `name/resource` are raw connections that never signed in.
        let Some((name, _)) = client.rsplit(' ').next().unwrap().split_once('/') else {
            continue;
        };
        let content = content
            .replace("<?xml version='1.0'?>", "")
            .replace("</stream:stream>", "");
        let content = match content.find("<stream:stream ") {
            Some(at) => format!("{}{}", &content[..at], &content[at..].split_once('>').unwrap().1),
            None => content,
        };
        blocks.push((BareJid::new(&format!("{name}@localhost")).unwrap(), content));
    }
    blocks
}

/// Every element that the server sent, and to whom.
async fn elements() -> Vec<(BareJid, Element)> {
    let mut elements = Vec::new();
    for (own, content) in RECORDINGS.iter().flat_map(|recording| blocks(recording)) {
        let mut input = Input::new(Limits::default());
        let text = format!("{HEADER}{content}</stream:stream>");
        let mut bytes = text.as_bytes();
        loop {
            match input.next(&mut bytes).await.unwrap() {
                Incoming::Header(_) => {}
                Incoming::Element(element) => {
                    // Some were recorded on a second domain.
                    let to = element
                        .attr("to")
                        .and_then(|to| Jid::new(to).ok())
                        .filter(|to| to.node() == own.node());
                    elements.push((to.map_or_else(|| own.clone(), |to| to.to_bare()), element));
                }
                Incoming::Bad(opening) => panic!("{opening:?}"),
                Incoming::End => break,
            }
        }
    }
    elements
}

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
    for (own, mut element) in elements().await {
        if !element.is("message", ns::JABBER_CLIENT) {
            continue;
        }
        let context = Context {
            own: &own,
            stanza_ids: StanzaIds::Unannounced,
            own_nick: &|_| None,
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
    let elements = elements().await;
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
const LIVE_TEXTS_AND_BOUNCES: (usize, usize) = (175, 9);

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
                message.body.is_some() && message.stamp.is_none(),
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
    let features: Vec<_> = elements()
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
