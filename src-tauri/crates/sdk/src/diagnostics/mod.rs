//! A diagnosis: what the engine knows of itself and what the store holds, put together beside the engine, which goes on
//! meanwhile.

mod conversations;
mod report;
#[cfg(test)]
mod tests;

use wardline_store::{Store, StoreError, local_data};
use wardline_xmpp::features::{ChatServiceKind, Feature, ServerFeatures};
use wardline_xmpp::session as wire;

pub(crate) use self::conversations::{attention, held_page};
pub(crate) use self::report::report;

use crate::engine::EngineState;
use crate::view::{
    ArchiveState, ChannelBinding, ConnectionDiagnostics, Diagnostics, Holdings, LinkDiagnostics, Program,
    ServerFeature, ServerFound, ServerSecurity, TeamService, TlsVersion, WebViewSandbox,
};

/// The state of the whole.
pub(crate) async fn diagnose(
    store: &Store,
    state: &EngineState,
    link: Option<wire::Link>,
) -> Result<Diagnostics, StoreError> {
    let own = state.archives.get(&state.own_archive).copied();
    Ok(Diagnostics {
        connection: ConnectionDiagnostics {
            state: state.connection.clone(),
            link: link.map(link_view),
            since: state.since,
            session: state.began,
            archive: own.unwrap_or(ArchiveState::NotAsked),
        },
        features: features(&state.features),
        team_services: services(&state.features),
        inbox: state.inbox,
        holdings: holdings_view(store).await?,
        program: program(),
    })
}

async fn holdings_view(store: &Store) -> Result<Holdings, StoreError> {
    let tx = store.read().await?;
    let mut view = Holdings {
        bytes: local_data::size(&tx).await?,
        ..Holdings::default()
    };
    for head in local_data::heads(&tx).await? {
        view.conversations += 1;
        view.attention += u32::from(!attention(&head).is_empty());
        view.open_gaps = view.open_gaps.saturating_add(number(head.open_gaps));
        view.expired_gaps = view.expired_gaps.saturating_add(number(head.expired_gaps));
        view.waiting = view.waiting.saturating_add(number(head.waiting));
        view.failed = view.failed.saturating_add(number(head.failed));
    }
    Ok(view)
}

fn link_view(link: wire::Link) -> LinkDiagnostics {
    LinkDiagnostics {
        found: match link.found {
            wire::Found::ByAddress => ServerFound::ByAddress,
            wire::Found::ByHand => ServerFound::ByHand,
        },
        security: link.secured.map(|secured| match secured.security {
            wire::Security::DirectTls => ServerSecurity::DirectTls,
            wire::Security::StartTls => ServerSecurity::StartTls,
        }),
        tls: link.secured.map(|secured| match secured.version {
            wire::TlsVersion::Tls12 => TlsVersion::Tls12,
            wire::TlsVersion::Tls13 => TlsVersion::Tls13,
        }),
        mechanism: link.mechanism,
        binding: match link.binding {
            wire::ChannelBinding::Bound => ChannelBinding::Bound,
            wire::ChannelBinding::Unbound => ChannelBinding::Unbound,
        },
    }
}

/// What the server offers, in the order in which it is shown: what messages depend on first.
fn features(found: &ServerFeatures) -> Vec<ServerFeature> {
    const KNOWN: [(Feature, ServerFeature); 11] = [
        (Feature::Archive, ServerFeature::Archive),
        (Feature::StanzaIds, ServerFeature::StanzaIds),
        (Feature::Carbons, ServerFeature::Carbons),
        (Feature::Resumption, ServerFeature::Resumption),
        (Feature::ClientState, ServerFeature::ClientState),
        (Feature::Ping, ServerFeature::Ping),
        (Feature::Blocking, ServerFeature::Blocking),
        (Feature::Inbox, ServerFeature::Inbox),
        (Feature::PersonalEventing, ServerFeature::PersonalEventing),
        (Feature::BookmarksCompat, ServerFeature::BookmarksCompat),
        (Feature::PrivateStorage, ServerFeature::PrivateStorage),
    ];
    KNOWN
        .into_iter()
        .filter(|(feature, _)| found.has(*feature))
        .map(|(_, view)| view)
        .collect()
}

/// The kinds of team chat services, each once. Their addresses are nobody's business.
fn services(found: &ServerFeatures) -> Vec<TeamService> {
    let has = |kind| found.chat_services.iter().any(|service| service.kind == kind);
    let mut services = Vec::new();
    if has(ChatServiceKind::Muc) {
        services.push(TeamService::Muc);
    }
    if has(ChatServiceKind::MucLight) {
        services.push(TeamService::MucLight);
    }
    services
}

fn program() -> Program {
    Program {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        system: std::env::consts::OS.to_owned(),
        architecture: std::env::consts::ARCH.to_owned(),
        web_view: WebViewSandbox::default(),
    }
}

/// A count of the database.
fn number(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}
