//! Service discovery (XEP-0030) and carbons (XEP-0280), which a new session asks for before it opens.
//!
//! Answers are read by hand: `xmpp_parsers::disco` refuses all of an answer for one item or form that it cannot read.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::timeout;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::asker::Asker;
use super::command::RequestKind;
use super::error::RequestError;
use crate::features::{ChatService, ChatServiceKind, Discovery, Feature, ServerFeatures};
use crate::ns;
use crate::time::ServerTime;
use crate::xml::element;

/// Most services of a server that discovery asks for their kind.
const MOST_SERVICES: usize = 32;

const ANNOUNCED: [(&str, Feature); 11] = [
    (ns::MAM, Feature::Archive),
    (ns::PING, Feature::Ping),
    (ns::BLOCKING, Feature::Blocking),
    (ns::SID, Feature::StanzaIds),
    (ns::INBOX, Feature::Inbox),
    (ns::CSI, Feature::ClientState),
    (ns::PRIVATE, Feature::PrivateStorage),
    (ns::SMART_MARKERS, Feature::SmartMarkers),
    ("http://jabber.org/protocol/pubsub#publish", Feature::PersonalEventing),
    (
        "http://jabber.org/protocol/pubsub#publish-options",
        Feature::PublishOptions,
    ),
    ("urn:xmpp:bookmarks:1#compat", Feature::BookmarksCompat),
];

/// Results of discovery.
pub(super) struct Discovered {
    pub(super) features: ServerFeatures,
    pub(super) time: Option<ServerTime>,
    /// Whether all answers came. If one is missing, a service may be down, or the connection.
    pub(super) is_complete: bool,
}

/// The outcome of a request.
enum Answer {
    Answered(Option<Element>),
    Refused,
    /// No answer in time, or no connection any more.
    Missing,
}

impl Answer {
    fn has_come(&self) -> bool {
        !matches!(self, Self::Missing)
    }

    fn answer(self) -> Option<Element> {
        match self {
            Self::Answered(answer) => answer,
            Self::Refused | Self::Missing => None,
        }
    }
}

/// Sends all requests at once. A service that has not answered by `deadline` counts as absent; if the server or the
/// account has not, the features say so. `None`: neither the server nor the account has answered, so that the
/// connection is dead.
pub(super) async fn discover(asker: Asker, own: BareJid, deadline: Duration) -> Option<Discovered> {
    let server: Jid = BareJid::from_parts(None, own.domain()).into();
    let ask = |to: Option<Jid>, kind, payload| {
        let asker = asker.clone();
        async move {
            match timeout(deadline, asker.ask(to, kind, payload)).await {
                Ok(Ok(answer)) => Answer::Answered(answer),
                Ok(Err(RequestError::Refused(_) | RequestError::Malformed | RequestError::Unacceptable)) => {
                    Answer::Refused
                }
                Ok(Err(_)) | Err(_) => Answer::Missing,
            }
        }
    };
    let info = || element("query", ns::DISCO_INFO);
    // No deadline for both requests together: one service that does not answer would hide the others, and so would a
    // connection that was lost between the two, as the session may resume over the next one.
    let services = async {
        let items = ask(
            Some(server.clone()),
            RequestKind::Get,
            element("query", ns::DISCO_ITEMS),
        )
        .await;
        let have_items_come = items.has_come();
        let items = items.answer();
        let items: Vec<Jid> = items
            .iter()
            .flat_map(Element::children)
            .filter(|item| item.is("item", ns::DISCO_ITEMS) && is_whole(item))
            .filter_map(|item| Jid::new(item.attr("jid")?).ok())
            .filter(|item| item.node().is_none() && *item != server)
            .take(MOST_SERVICES)
            .collect();
        let infos = join_all(
            items
                .iter()
                .map(|item| ask(Some(item.clone()), RequestKind::Get, info())),
        )
        .await;
        let have_all_infos_come = infos.iter().all(Answer::has_come);
        let answered: Vec<(Jid, Element)> = items
            .into_iter()
            .zip(infos)
            .filter_map(|(jid, info)| Some((jid, info.answer()?)))
            .collect();
        let directory = answered
            .iter()
            .find(|(_, info)| is_directory(info))
            .map(|(jid, _)| jid.clone());
        let chat: Vec<ChatService> = answered
            .into_iter()
            .filter_map(|(jid, info)| service(jid, &info))
            .collect();
        (chat, directory, have_items_come && have_all_infos_come)
    };
    let everything = async {
        tokio::join!(
            ask(Some(server.clone()), RequestKind::Get, info()),
            ask(Some(own.clone().into()), RequestKind::Get, info()),
            ask(None, RequestKind::Set, element("enable", ns::CARBONS)),
            services,
            timeout(deadline, ServerTime::ask(&asker, &own)),
        )
    };
    let (of_server, of_account, carbons, services, time) = everything.await;

    if !of_server.has_come() && !of_account.has_come() {
        return None;
    }
    let mut features = ServerFeatures::default();
    let (chat_services, directory, are_services_complete) = services;
    (features.chat_services, features.directory) = (chat_services, directory);
    if !of_server.has_come() || !of_account.has_come() {
        features.discovery = Discovery::Partial;
    }
    let is_complete = are_services_complete && [&of_server, &of_account, &carbons].into_iter().all(Answer::has_come);
    for info in [of_server.answer(), of_account.answer()].iter().flatten() {
        for variable in variables(info) {
            if let Some((_, feature)) = ANNOUNCED.iter().find(|(name, _)| *name == variable) {
                features.insert(*feature);
            }
        }
        if identities(info).any(|(category, kind)| category == "pubsub" && kind == "pep") {
            features.insert(Feature::PersonalEventing);
        }
    }
    if matches!(carbons, Answer::Answered(_)) {
        features.insert(Feature::Carbons);
    }
    let time = time.ok().and_then(Result::ok);
    Some(Discovered {
        features,
        time,
        is_complete,
    })
}

/// Whether an item is a service and not a node of one. MongooseIM lists MUC Light with a node.
fn is_whole(item: &Element) -> bool {
    item.attr("node").is_none_or(|node| node == ns::MUC_LIGHT)
}

fn variables(info: &Element) -> impl Iterator<Item = &str> {
    info.children()
        .filter(|e| e.is("feature", ns::DISCO_INFO))
        .filter_map(|e| e.attr("var"))
}

fn identities(info: &Element) -> impl Iterator<Item = (&str, &str)> {
    info.children()
        .filter(|e| e.is("identity", ns::DISCO_INFO))
        .filter_map(|e| Some((e.attr("category")?, e.attr("type")?)))
}

/// Whether a service offers a search for people. Rooms are searched for in other services.
fn is_directory(info: &Element) -> bool {
    variables(info).any(|variable| variable == ns::SEARCH)
        && identities(info).any(|(category, kind)| category == "directory" && kind == "user")
}

fn service(jid: Jid, info: &Element) -> Option<ChatService> {
    let kind = if variables(info).any(|variable| variable == ns::MUC_LIGHT) {
        ChatServiceKind::MucLight
    } else if variables(info).any(|variable| variable == ns::MUC) {
        ChatServiceKind::Muc
    } else {
        return None;
    };
    Some(ChatService {
        jid: jid.into_bare(),
        kind,
    })
}
