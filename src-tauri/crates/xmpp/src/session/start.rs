//! Starts a session: makes the channels between its handle and its task, and spawns the task.
//!
//! The handle lies below the codecs, which add their requests to it; the task lies above them, as it decodes what the server sends.
//! Only this file knows both.

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

/// Commands that wait to be taken before those who give them wait, too.
const COMMANDS: usize = 64;

impl Session {
    /// Starts a session, which connects at once and keeps itself connected. Events must be drained: acknowledgements to
    /// the server count only what has been [handled](Events::recv).
    #[must_use]
    pub fn start(config: SessionConfig) -> (Self, Events) {
        Self::start_over(config, Arc::new(NetworkTransport::default()))
    }

    /// Like [`start`](Self::start), over another transport than DNS, TCP and TLS.
    #[must_use]
    pub fn start_over(mut config: SessionConfig, transport: Arc<dyn Transport>) -> (Self, Events) {
        let (commands, taken) = mpsc::channel(COMMANDS);
        let (events, received, handled) = events::channel();
        let (control, controlled) = watch::channel(Control::default());
        let (state, observed) = watch::channel(SessionState::Offline);
        let (link, linked) = watch::channel(None);
        let (knowledge, known) = watch::channel(Knowledge::default());
        // In one place from now on: what proves the account changes while the session runs.
        let emptied = Authentication::with_password(String::new());
        let (authentication, learnt) = watch::channel(std::mem::replace(&mut config.authentication, emptied));
        let own = config.address.clone();
        let worker = Worker {
            core: Worker::core(&config, events.clone(), knowledge, learnt.borrow().known.stanza_limit),
            authentication,
            config: Arc::new(config),
            transport,
            loopback: commands.downgrade(),
            commands: taken,
            control: controlled,
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
                state: observed,
                link: linked,
                authentication: learnt,
                knowledge: known,
                own,
            },
            received,
        )
    }
}
