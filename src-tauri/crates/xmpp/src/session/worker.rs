//! The task that owns a session: connects, runs the connection, waits, connects again, or gives up.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::backoff::Backoff;
use super::command::{Command, Control};
use super::config::SessionConfig;
use super::connected::{self, End, Shared};
use super::core::{Core, Gate};
use super::error::{ProtocolError, SessionError, StreamCondition};
use super::event::SessionEvent;
use super::events::EventSender;
use super::knowledge::Knowledge;
use super::link::Link;
use super::negotiate::{Established, establish};
use super::state::SessionState;
use crate::auth::Authentication;
use crate::net::Transport;

/// How long an abandoned connection may still reach the server, and push out the next one.
const LINGERS: Duration = Duration::from_secs(60);

/// Whether the session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Go {
    On,
    Close,
}

/// See the module.
pub(super) struct Worker {
    pub(super) config: Arc<SessionConfig>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) loopback: mpsc::WeakSender<Command>,
    pub(super) control: watch::Receiver<Control>,
    pub(super) events: EventSender,
    pub(super) handled: watch::Receiver<u64>,
    pub(super) state: watch::Sender<SessionState>,
    pub(super) link: watch::Sender<Option<Link>>,
    pub(super) core: Core,
    pub(super) authentication: watch::Sender<Authentication>,
    pub(super) backoff: Backoff,
    /// When a connection was abandoned whose end the server may not have noticed.
    pub(super) left_behind: Option<Instant>,
}

impl Worker {
    pub(super) fn core(
        config: &SessionConfig,
        events: EventSender,
        knowledge: watch::Sender<Knowledge>,
        learnt_limit: Option<usize>,
    ) -> Core {
        let (address, timing) = (config.address.clone(), config.timing.clone());
        Core::new(address, timing, events, knowledge, learnt_limit)
    }

    /// Runs until the session is closed.
    pub(super) async fn run(mut self) {
        while self.attempt().await == Go::On {}
        self.core.abandon();
        self.state.send_replace(SessionState::Offline);
    }

    /// One connection, and the wait after it.
    async fn attempt(&mut self) -> Go {
        let point = self.core.resume_point();
        let resumes = point.is_some();
        let (config, transport, state) = (
            Arc::clone(&self.config),
            Arc::clone(&self.transport),
            self.state.clone(),
        );
        // A cheap copy: secrets are shared.
        let mut authentication = self.authentication.borrow().clone();
        let established = self
            .while_offline(establish(&config, &mut authentication, &*transport, point, &state))
            .await;
        self.authentication.send_if_modified(|current| {
            let is_changed = *current != authentication;
            *current = authentication;
            is_changed
        });
        let error = match established {
            None => return Go::Close,
            Some(Err(error)) => {
                // A server that breaks the protocol over a resumption would do so again.
                if resumes && matches!(error, SessionError::Protocol(_) | SessionError::Stream(_)) {
                    self.core.abandon();
                }
                error
            }
            Some(Ok(established)) => match self.connection(established).await {
                End::Closed => return self.closed().await,
                End::Lost(error) => error,
            },
        };
        if self.hand_over_all().await == Go::Close {
            return Go::Close;
        }
        if error == SessionError::Conflict && self.left_behind.take().is_some_and(|at| at.elapsed() < LINGERS) {
            // Our own abandoned connection arrived late. If it is another device after all, it pushes us out once more.
            return self.wait(error).await;
        }
        if error.is_final() {
            self.give_up(error).await
        } else {
            self.left_behind = Some(Instant::now());
            self.wait(error).await
        }
    }

    async fn connection(&mut self, established: Established) -> End {
        let since = Instant::now();
        self.link.send_replace(Some(established.link.clone()));
        let end = connected::run(
            established,
            Shared {
                config: &self.config,
                core: &mut self.core,
                commands: &mut self.commands,
                loopback: &self.loopback,
                control: &mut self.control,
                events: &self.events,
                handled: &mut self.handled,
                state: &self.state,
            },
        )
        .await;
        self.link.send_replace(None);
        let is_given_up = matches!(&end, End::Lost(error) if self.core.blame(*error));
        self.remember_limit();
        let was_open = self.core.gate == Gate::Open;
        self.core.gate = Gate::Opening;
        // A session that ends as soon as it begins must not reset the back-off.
        if since.elapsed() >= self.config.timing.idle {
            self.backoff.reset();
        }
        if let End::Lost(error) = &end {
            tracing::info!(%error, "connection lost");
            // A session that was lost before its `Opened` event must not be resumed: the receiver would take the
            // resumption for that of the session before. It has sent no request and no presence yet.
            if !was_open || is_given_up || self.core.resume_point().is_none() || ends_session(*error) {
                self.core.abandon();
            }
            self.core.emit(SessionEvent::Closed { error: Some(*error) });
        }
        end
    }

    /// Stores the size limit that the session found with the other facts about the server.
    fn remember_limit(&mut self) {
        let learnt = self.core.learnt_limit();
        self.authentication.send_if_modified(|current| {
            let before = std::mem::replace(&mut current.known.stanza_limit, learnt);
            before != learnt
        });
    }

    async fn closed(&mut self) -> Go {
        self.core.abandon();
        self.core.emit(SessionEvent::Closed { error: None });
        // A receiver that has room gets the rest; a full one is not waited for.
        while let Some(event) = self.core.next_event() {
            match self.events.try_reserve() {
                Some(permit) => permit.send(event),
                None => break,
            }
        }
        Go::Close
    }

    /// Waits before the next attempt.
    async fn wait(&mut self, error: SessionError) -> Go {
        let pause = self.backoff.next(error, &self.config.timing, &mut rand::rng());
        let until = Instant::now() + pause;
        self.state.send_replace(SessionState::Backoff { until, error });
        let mut control = self.control.clone();
        let wake = control.borrow().wake;
        let pause = async move {
            tokio::select! {
                () = sleep_until(until) => {}
                _ = control.wait_for(|control| control.wake != wake) => {}
            }
        };
        match self.while_offline(pause).await {
            Some(()) => Go::On,
            None => Go::Close,
        }
    }

    /// Stops trying.
    async fn give_up(&mut self, error: SessionError) -> Go {
        tracing::warn!(%error, "session given up");
        self.core.abandon();
        self.state.send_replace(SessionState::Failed { reason: error });
        self.while_offline(std::future::pending::<()>()).await;
        Go::Close
    }

    /// Waits until the receiver has handled every event: resumption continues from there. A session with unhandled
    /// events is not resumed, so that the server delivers them again.
    async fn hand_over_all(&mut self) -> Go {
        while self.core.backlog() > 0 {
            let events = self.events.clone();
            match self.while_offline(events.reserve_owned()).await {
                Some(Ok(permit)) => {
                    if let Some(event) = self.core.next_event() {
                        permit.send(event);
                    }
                }
                Some(Err(_)) | None => return Go::Close,
            }
        }
        self.core.on_events_handled(*self.handled.borrow_and_update());
        let until = Instant::now() + self.config.timing.handled;
        while self.core.resume_point().is_some() && !self.core.is_everything_handled() {
            let mut handled = self.handled.clone();
            let change = async move { tokio::time::timeout_at(until, handled.changed()).await };
            match self.while_offline(change).await {
                Some(Ok(Ok(()))) => self.core.on_events_handled(*self.handled.borrow_and_update()),
                Some(Ok(Err(_)) | Err(_)) => self.core.abandon(),
                None => return Go::Close,
            }
        }
        Go::On
    }

    /// Waits for `future` while there is no session; refuses commands and keeps deadlines meanwhile. `None`: the
    /// session must end.
    async fn while_offline<F: Future>(&mut self, future: F) -> Option<F::Output> {
        tokio::pin!(future);
        loop {
            if self.control.borrow_and_update().close {
                return None;
            }
            let deadline = self.core.next_deadline();
            let deadline_passed = async move {
                match deadline {
                    Some(deadline) => sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                output = &mut future => return Some(output),
                changed = self.control.changed() => {
                    if changed.is_err() {
                        return None;
                    }
                }
                command = self.commands.recv() => command?.refuse(),
                () = deadline_passed => self.core.expire(Instant::now()),
            }
        }
    }
}

/// Whether a resumed session would only fail in the same way.
fn ends_session(error: SessionError) -> bool {
    match error {
        SessionError::Stream(condition) => matches!(
            condition,
            StreamCondition::PolicyViolation | StreamCondition::NotWellFormed | StreamCondition::Other
        ),
        SessionError::Protocol(error) => matches!(error, ProtocolError::Xml | ProtocolError::Acknowledgement),
        other => other.is_final(),
    }
}
