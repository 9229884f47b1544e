//! Starts a session: makes the channels between its handle and its task, and spawns the task.
//!
//! The handle lies below the codecs, which add their requests to it; the task lies above them, as it decodes what the
//! server sends. Only this file knows both.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::backoff::Backoff;
use super::command::Control;
use super::config::SessionConfig;
use super::events::{self, Events};
use super::handle::Session;
use super::knowledge::Knowledge;
use super::state::SessionState;
use super::worker::Worker;
use crate::auth::Authentication;
use crate::net::{NetworkTransport, Transport};

/// Commands that may wait in the channel before their senders wait, too.
const COMMANDS: usize = 64;

impl Session {
    /// Starts a session, which connects at once and keeps itself connected. Events must be drained: acknowledgements to
    /// the server count only events that have been [handled](Events::recv).
    #[must_use]
    pub fn start(config: SessionConfig) -> (Self, Events) {
        Self::start_over(config, Arc::new(NetworkTransport::default()))
    }

    /// Like [`start`](Self::start), over another transport than DNS, TCP and TLS.
    #[must_use]
    pub fn start_over(mut config: SessionConfig, transport: Arc<dyn Transport>) -> (Self, Events) {
        let (commands, queued) = mpsc::channel(COMMANDS);
        let (events, received, handled) = events::channel();
        let (control, observed_control) = watch::channel(Control::default());
        let (state, observed_state) = watch::channel(SessionState::Offline);
        let (link, observed_link) = watch::channel(None);
        let (knowledge, observed_knowledge) = watch::channel(Knowledge::default());
        // From now on in the channel alone: the session replaces a password by keys while it runs.
        let emptied = Authentication::with_password(String::new());
        let (authentication, observed_authentication) =
            watch::channel(std::mem::replace(&mut config.authentication, emptied));
        let own = config.address.clone();
        let worker = Worker {
            core: Worker::core(
                &config,
                events.clone(),
                knowledge,
                observed_authentication.borrow().known.stanza_limit,
            ),
            authentication,
            config: Arc::new(config),
            transport,
            loopback: commands.downgrade(),
            commands: queued,
            control: observed_control,
            events,
            handled,
            state,
            link,
            backoff: Backoff::default(),
            left_behind: None,
        };
        tokio::spawn(worker.run());
        (
            Self {
                commands,
                control: Arc::new(control),
                state: observed_state,
                link: observed_link,
                authentication: observed_authentication,
                knowledge: observed_knowledge,
                own,
            },
            received,
        )
    }
}
