//! An account that goes on whatever becomes of its file: one engine after another over what is stored.
//!
//! A failed write leaves an engine behind that believes what is not stored. So it ends, with its session: nothing is acknowledged or
//! sent any more, and what the server had said since the last commit it says again. The engine that ended still shows what is
//! stored until the file can be written to again; then the next one begins with what is there, a session of its own, and a
//! catch-up from the cursor.
//!
//! A file that is damaged or gone never works again. It is moved aside, the account is carried over into a new one, and everything is
//! fetched from the server again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use wardline_store::{Origin, Store, StoreError};
use wardline_xmpp::session::{Authentication, Events, Session};

use super::command::Command;
use super::salvage::Salvaged;
use super::{Ended, Engine};
use crate::events::EventSender;
use crate::view::{CommandError, Event, Notice};
use crate::wall_clock::WallClock;

/// Before the file is tried again, from the second time on twice as long as before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// An engine that has worked for so long has forgotten the failures before it.
const WORKED: Duration = Duration::from_secs(60);

/// Starts a session of the account, with what proves it.
pub(crate) type Connect = Box<dyn Fn(Authentication) -> (Session, Events) + Send + Sync>;

/// What an account runs on now.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    /// Where it is stored.
    pub(crate) store: Store,
    /// Its session; one that has ended while the file cannot be written to.
    pub(crate) session: Session,
}

/// An account, and what it takes to begin again.
pub(crate) struct Account {
    connect: Connect,
    events: EventSender,
    wall: WallClock,
    current: watch::Sender<Current>,
    retry: Arc<Notify>,
    /// Failures in a row.
    failures: u32,
    began: Instant,
    salvaged: Salvaged,
}

/// Whether the account goes on.
enum Wait {
    Over,
    Ended,
}

/// The engine that follows another one.
type Next = (Engine, Events);

impl Account {
    /// An account whose first engine runs on `current`. Whoever cannot wait for the next try may notify `retry`.
    pub(crate) fn new(
        connect: Connect,
        events: EventSender,
        wall: WallClock,
        current: watch::Sender<Current>,
        retry: Arc<Notify>,
    ) -> Self {
        Self {
            connect,
            events,
            wall,
            current,
            retry,
            failures: 0,
            began: Instant::now(),
            salvaged: Salvaged::default(),
        }
    }

    /// Runs until it is told to stop, nobody can tell it anything any more, or there is no account left to run.
    pub(crate) async fn run(
        mut self,
        mut engine: Engine,
        mut commands: mpsc::Receiver<Command>,
        mut session_events: Events,
    ) {
        loop {
            self.began = Instant::now();
            let error = match engine.run(&mut commands, session_events).await {
                Ended::Stopped => return,
                Ended::StoreFailed(error) => error,
            };
            let Some((next, events)) = self.recover(&mut engine, &mut commands, error).await else {
                return;
            };
            self.current.send_replace(Current {
                store: next.store.clone(),
                session: next.session.clone(),
            });
            (engine, session_events) = (next, events);
        }
    }

    /// Waits until the file works again, while the engine that failed shows what is stored.
    async fn recover(
        &mut self,
        engine: &mut Engine,
        commands: &mut mpsc::Receiver<Command>,
        error: StoreError,
    ) -> Option<Next> {
        if self.began.elapsed() >= WORKED {
            self.failures = 0;
        }
        let mut error = error;
        loop {
            tracing::error!(%error, "local database failed");
            let until = Instant::now() + self.next_pause();
            engine.show_failure(error, until);
            match self.stand_still(engine, commands, until).await {
                Wait::Ended => return None,
                Wait::Over => {}
            }
            match self.begin_again(engine, error).await {
                Ok(next) => return next,
                Err(again) => error = again,
            }
        }
    }

    fn next_pause(&mut self) -> Duration {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(8));
        self.failures = self.failures.saturating_add(1);
        pause.min(LONGEST_PAUSE)
    }

    async fn stand_still(&self, engine: &mut Engine, commands: &mut mpsc::Receiver<Command>, until: Instant) -> Wait {
        loop {
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Stop(done)) => {
                        let _client_gone = done.send(());
                        return Wait::Ended;
                    }
                    Some(command) => if let Err(error) = engine.obey(command).await {
                        tracing::warn!(%error, "command not stored");
                    },
                    None => return Wait::Ended,
                },
                // Questions that commands ask of the server: it cannot be asked, and whoever waits hears so.
                Some(handler) = engine.requests.next() => if let Err(error) = handler(engine).await {
                    tracing::warn!(%error, "answer not stored");
                },
                () = self.retry.notified() => return Wait::Over,
                () = tokio::time::sleep_until(until) => return Wait::Over,
            }
        }
    }

    /// A session that goes on from what the former engine's had learnt of the server.
    fn connect_after(&self, former: &Engine) -> (Session, Events) {
        let learnt = former.session.authentication().borrow().clone();
        (self.connect)(learnt)
    }

    /// The next engine, if the file works. `Ok(None)`: there is nobody to run one for any more.
    async fn begin_again(&mut self, former: &mut Engine, error: StoreError) -> Result<Option<Next>, StoreError> {
        let store = former.store.clone();
        if self.is_lost(&store, error).await? {
            return self.begin_anew(former, error).await;
        }
        store.probe().await?;
        let _seen_to = store.take_failure();
        let (session, events) = self.connect_after(former);
        match Engine::succeeding(former, session.clone(), self.events.clone(), self.wall.clone()).await {
            Ok(next) => Ok(Some((next, events))),
            Err(error) => {
                session.close().await;
                Err(store.take_failure().unwrap_or_else(|| failed_with(&error)))
            }
        }
    }

    /// Whether waiting does not help.
    async fn is_lost(&self, store: &Store, error: StoreError) -> Result<bool, StoreError> {
        if !error.is_loss() || error == StoreError::Gone {
            return Ok(error.is_loss());
        }
        match store.check().await {
            // Sound after all: another reading of it may do. Should it not, there is something in it that is no row of ours.
            Ok(()) => Ok(self.failures > 2),
            Err(found) if found.is_loss() => Ok(true),
            Err(found) => Err(found),
        }
    }

    /// A new file, in which there is nothing but the account.
    async fn begin_anew(&mut self, former: &Engine, error: StoreError) -> Result<Option<Next>, StoreError> {
        let lost = &former.store;
        self.salvaged.add(lost).await;
        let opened = match error {
            StoreError::Gone => lost.reopen().await?,
            _ => lost.replace().await?,
        };
        if opened.origin == Origin::Created {
            tracing::error!(%error, "local database begun anew");
            self.salvaged.put(&opened.store).await?;
        }
        let (session, events) = self.connect_after(former);
        let begun = Engine::new(
            opened.store.clone(),
            session.clone(),
            self.events.clone(),
            self.wall.clone(),
        )
        .await;
        let next = match begun {
            Ok((mut engine, _)) => {
                engine.notice = Some(Notice::DatabaseMovedAside);
                Some((engine, events))
            }
            Err(CommandError::NotSignedIn) => {
                session.close().await;
                opened.store.close().await?;
                None
            }
            Err(error) => {
                session.close().await;
                return Err(opened.store.take_failure().unwrap_or_else(|| failed_with(&error)));
            }
        };
        self.failures = 0;
        // What was shown is not there any more: everything is asked for as after a start.
        self.events.send(Event::Anew);
        Ok(next)
    }
}

fn failed_with(error: &CommandError) -> StoreError {
    tracing::error!(%error, "engine could not be begun");
    StoreError::Internal { code: 0 }
}
