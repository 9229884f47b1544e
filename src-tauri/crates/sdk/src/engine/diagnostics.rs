//! What the engine knows of itself, for diagnostics. Asked for, not told: nobody pays for it otherwise.

use std::collections::HashMap;

use wardline_store::{ArchiveId, ConversationId};
use wardline_xmpp::features::ServerFeatures;
use wardline_xmpp::jid::Jid;
use wardline_xmpp::session::Continuity;

use super::Engine;
use crate::view::{ArchiveState, CheckView, ConnectionView, InboxComparison, SessionBegan};

/// How the present connection began.
#[derive(Debug, Clone)]
pub(super) struct Beginning {
    since: i64,
    began: SessionBegan,
}

/// What is kept for diagnostics.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// `None` while there is no connection.
    beginning: Option<Beginning>,
    /// What the server offered when it was last asked.
    features: ServerFeatures,
}

/// The engine's part of a diagnosis.
#[derive(Debug)]
pub(crate) struct EngineState {
    pub(crate) connection: ConnectionView,
    /// Unix milliseconds by this computer's clock.
    pub(crate) since: Option<i64>,
    pub(crate) began: Option<SessionBegan>,
    pub(crate) features: ServerFeatures,
    pub(crate) inbox: Option<InboxComparison>,
    pub(crate) own_archive: ArchiveId,
    pub(crate) archives: HashMap<ArchiveId, ArchiveState>,
    pub(crate) checks: HashMap<ConversationId, CheckView>,
}

impl Remembered {
    /// A connection is there, since `now`, Unix microseconds.
    pub(super) fn opened(&mut self, now: i64, continuity: Continuity, features: &ServerFeatures) {
        self.features = features.clone();
        self.beginning = Some(Beginning {
            since: now / 1_000,
            began: match continuity {
                Continuity::New => SessionBegan::New,
                Continuity::Resumed => SessionBegan::Resumed,
            },
        });
    }

    /// What the server offered when it was last asked.
    pub(super) fn features(&self) -> &ServerFeatures {
        &self.features
    }

    /// Where people can be searched for.
    pub(super) fn directory(&self) -> Option<&Jid> {
        self.features.directory.as_ref()
    }

    /// Whether there is a connection of which it is known what is at its other end.
    pub(super) fn is_open(&self) -> bool {
        self.beginning.is_some()
    }

    /// The connection is gone.
    pub(super) fn closed(&mut self) {
        self.beginning = None;
    }
}

impl Engine {
    /// What a diagnosis needs of the engine. Reads nothing from the store.
    pub(super) fn state(&self) -> EngineState {
        let (since, began) = self
            .remembered
            .beginning
            .as_ref()
            .map(|beginning| (beginning.since, beginning.began))
            .unzip();
        EngineState {
            connection: self.connection.clone(),
            since,
            began,
            features: self.remembered.features.clone(),
            inbox: self.server_inbox.compared(),
            own_archive: self.own_archive,
            archives: self.archive_states(),
            checks: self.checks.views(),
        }
    }
}
