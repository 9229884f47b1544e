//! The door to everything: one [`Client`] per profile.
//!
//! A client is signed out, locked, or running. While it runs, one [engine](crate::engine) task owns the account's session
//! and is the only writer of its store; the client sends it commands and waits for the answers.

mod conversations;
mod diagnostics;
mod recovery;
mod running;
mod sign_in;
mod teams;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::{Mutex, Notify, mpsc, watch};
use wardline_store::accounts;
use wardline_xmpp::session::{Authentication, Events, NetworkTransport, Session, SessionConfig, Timing, Transport};
use zeroize::Zeroizing;

use crate::engine::{self, Account, Command, Connect, Current};
use crate::events::{EventReceiver, EventSender};
use crate::known_server;
use crate::profile::{Found, OpenProfile, Profile};
use crate::view::{
    CommandError, ConversationId, Event, FirstScreen, LocalData, MessageId, Notice, SignIn, SignedIn, WebViewSandbox,
};
use crate::wall_clock::WallClock;

use self::running::Running;

/// Commands that may wait for the engine. More make their callers wait.
const COMMANDS: usize = 256;

/// A profile's account, conversations and connection. Cheap to clone; all clones are the same client.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    profile: Profile,
    timing: Timing,
    clock: WallClock,
    /// What carries sessions; `None`: the network.
    transport: Option<Arc<dyn Transport>>,
    events: EventSender,
    /// How the interface's web view is kept apart; what diagnostics say.
    web_view: std::sync::Mutex<WebViewSandbox>,
    running: Mutex<Option<Running>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

/// A picture, as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AvatarImage {
    /// Media type, told from the bytes themselves.
    pub mime: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for AvatarImage {
    /// Without the picture.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AvatarImage")
            .field("mime", &self.mime)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// The client of a profile. Touches nothing yet. Must be made inside a tokio runtime's reach; its tasks run there.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self::with(profile, Timing::default(), WallClock::default())
    }

    /// Like [`new`](Self::new), with deadlines and intervals of one's own, for networks where a dead connection must be noticed
    /// sooner or may take longer to notice; and over another clock than the operating system's.
    #[must_use]
    pub fn with(profile: Profile, timing: Timing, clock: WallClock) -> Self {
        Self::made_of(profile, timing, clock, None)
    }

    /// Like [`new`](Self::new), over another transport than DNS, TCP and TLS.
    #[must_use]
    pub fn over(profile: Profile, transport: Arc<dyn Transport>) -> Self {
        Self::made_of(profile, Timing::default(), WallClock::default(), Some(transport))
    }

    fn made_of(profile: Profile, timing: Timing, clock: WallClock, transport: Option<Arc<dyn Transport>>) -> Self {
        Self {
            shared: Arc::new(Shared {
                profile,
                timing,
                clock,
                transport,
                events: EventSender::new(),
                web_view: std::sync::Mutex::default(),
                running: Mutex::new(None),
            }),
        }
    }

    /// Everything that happens from now on.
    #[must_use]
    pub fn events(&self) -> EventReceiver {
        self.shared.events.subscribe()
    }

    /// Asks whoever draws to show a message, after everything that it has been told already.
    pub fn show(&self, conversation: ConversationId, message: Option<MessageId>) {
        self.shared.events.send(Event::Show { conversation, message });
    }

    /// Opens the profile and shows what it holds, without waiting for the network. Calling it again, as a reloaded
    /// interface does, shows the present state.
    pub async fn start(&self) -> FirstScreen {
        let mut running = self.shared.running.lock().await;
        let mut notice = None;
        if running.take_if(|account| account.commands.is_closed()).is_some() {
            // Its file was lost, and who was signed in with it.
            notice = Some(Notice::DatabaseMovedAside);
        }
        let result = match &*running {
            Some(account) => account
                .signed_in()
                .await
                .map(|shown| FirstScreen::SignedIn(Box::new(shown))),
            None => self.open(&mut running).await,
        };
        match result {
            Ok(FirstScreen::SignedOut { notice: found }) => FirstScreen::SignedOut {
                notice: found.or(notice),
            },
            Ok(screen) => screen,
            Err(error) => FirstScreen::Blocked { error },
        }
    }

    async fn open(&self, running: &mut Option<Running>) -> Result<FirstScreen, CommandError> {
        match self.shared.profile.open().await? {
            Found::Nothing { notice } => Ok(FirstScreen::SignedOut { notice }),
            Found::Locked => Ok(FirstScreen::Locked),
            Found::Open(open) => self.restore(open, running).await,
        }
    }

    /// Runs the account of an open profile, if somebody is signed in. A database that turns out to be damaged is begun anew.
    async fn restore(&self, open: OpenProfile, running: &mut Option<Running>) -> Result<FirstScreen, CommandError> {
        let store = open.store.clone();
        match self.try_restore(open, running).await {
            Err(CommandError::StoreUnavailable) => {
                let failure = store.take_failure();
                let anew = recovery::begin_anew_if_damaged(&store, failure).await?;
                self.try_restore(anew.ok_or(CommandError::StoreUnavailable)?, running)
                    .await
            }
            restored => restored,
        }
    }

    async fn try_restore(&self, open: OpenProfile, running: &mut Option<Running>) -> Result<FirstScreen, CommandError> {
        let tx = open.store.read().await?;
        let (account, known) = (accounts::get(&tx).await?, known_server::get(&tx).await?);
        drop(tx);
        let Some(account) = account else {
            open.store.close().await?;
            return Ok(FirstScreen::SignedOut { notice: open.notice });
        };
        let config = sign_in::stored_session(&account, known, &self.shared.timing)?;
        drop(account);
        let (session, session_events) = Session::start_over(config.clone(), self.transport());
        let started = self.run(open, config, session, session_events, running).await?;
        Ok(FirstScreen::SignedIn(Box::new(started)))
    }

    /// What carries the next session.
    fn transport(&self) -> Arc<dyn Transport> {
        match &self.shared.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(NetworkTransport::default()),
        }
    }

    async fn run(
        &self,
        open: OpenProfile,
        config: SessionConfig,
        session: Session,
        session_events: Events,
        running: &mut Option<Running>,
    ) -> Result<SignedIn, CommandError> {
        let (commands, inbound) = mpsc::channel(COMMANDS);
        let OpenProfile { store, notice } = open;
        let (events, clock) = (self.shared.events.clone(), self.shared.clock.clone());
        let begun = engine::Engine::new(store.clone(), session.clone(), events.clone(), clock.clone()).await;
        let (engine, mut signed_in) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                session.close().await;
                return Err(error);
            }
        };
        signed_in.notice = notice;
        let (current, observed) = watch::channel(Current { store, session });
        let retry = Arc::new(Notify::new());
        let account = Account::new(self.connect(config), events, clock, current, Arc::clone(&retry));
        tokio::spawn(account.run(engine, inbound, session_events));
        *running = Some(Running {
            current: observed,
            commands,
            retry,
        });
        Ok(signed_in)
    }

    /// How the account connects again after its session had to end, with what proved it then.
    fn connect(&self, config: SessionConfig) -> Connect {
        let config = SessionConfig {
            authentication: Authentication::with_password(String::new()),
            ..config
        };
        let shared = self.shared.transport.clone();
        Box::new(move |authentication| {
            let transport = match &shared {
                Some(transport) => Arc::clone(transport),
                None => Arc::new(NetworkTransport::default()),
            };
            let config = SessionConfig {
                authentication,
                ..config.clone()
            };
            Session::start_over(config, transport)
        })
    }

    /// Opens a profile that is protected by a passphrase.
    ///
    /// # Errors
    /// [`CommandError::PassphraseWrong`], and those of the local database.
    pub async fn unlock(&self, passphrase: Zeroizing<String>) -> Result<FirstScreen, CommandError> {
        let mut running = self.shared.running.lock().await;
        if running.is_some() {
            return Err(CommandError::Internal {
                reference: "already-running".into(),
            });
        }
        let open = self.shared.profile.unlock(passphrase).await?;
        self.restore(open, &mut running).await
    }

    /// Signs in. The server is asked first; nothing is stored before it accepts the password.
    ///
    /// # Errors
    /// Whatever keeps the server from being reached or from accepting, and those of keyring and local database.
    pub async fn sign_in(&self, mut form: SignIn) -> Result<SignedIn, CommandError> {
        let mut running = self.shared.running.lock().await;
        if running.is_some() {
            return Err(CommandError::Internal {
                reference: "already-running".into(),
            });
        }
        let profile = &self.shared.profile;
        let accepted = sign_in::try_server(profile, &mut form, &self.shared.timing, self.transport()).await?;
        match sign_in::store_account(profile, &form, &accepted).await {
            Ok(open) => {
                let sign_in::Accepted {
                    config,
                    session,
                    events,
                    ..
                } = accepted;
                self.run(open, config, session, events, &mut running).await
            }
            Err(error) => {
                accepted.session.close().await;
                Err(error)
            }
        }
    }

    /// Signs out: ends the session and forgets the password. Local data are kept or destroyed as chosen.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`]; those of keyring and local files if something could not be destroyed.
    pub async fn sign_out(&self, local: LocalData) -> Result<(), CommandError> {
        let mut slot = self.shared.running.lock().await;
        // Before anything ends: whoever cannot be forgotten stays signed in, and is told so.
        if local == LocalData::Keep
            && let Some(running) = &*slot
        {
            running.forget_account().await?;
        }
        let Some(running) = slot.take() else {
            // A locked or blocked profile can be wiped too: it is the way out for a forgotten passphrase.
            if local == LocalData::Wipe {
                self.shared.profile.wipe().await?;
                return Ok(());
            }
            return Err(CommandError::NotSignedIn);
        };
        let is_refused = running.is_refused();
        running.stop().await;
        running.close_store().await;
        match local {
            LocalData::Wipe => self.shared.profile.wipe().await?,
            // A password that the server refuses now was changed: sealed with it, the messages would be out of reach.
            LocalData::Keep if is_refused => {}
            LocalData::Keep => {
                if let Err(error) = self.shared.profile.seal().await {
                    tracing::warn!(code = %error, "key stays in the keyring");
                }
            }
        }
        self.shared.events.send(Event::SignedOut);
        Ok(())
    }

    /// A picture by its hash.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`], [`CommandError::StoreUnavailable`].
    pub async fn avatar(&self, hash: String) -> Result<Option<AvatarImage>, CommandError> {
        let store = match &*self.shared.running.lock().await {
            Some(running) => running.store(),
            None => return Err(CommandError::NotSignedIn),
        };
        let found = wardline_store::avatars::get(&store.read().await?, &hash).await?;
        Ok(found.map(|avatar| AvatarImage {
            mime: avatar.mime,
            bytes: avatar.bytes,
        }))
    }

    /// The network is back, the computer woke up, or the user asks: try now.
    pub fn reconnect(&self) {
        // While the lock is held an account is just starting or stopping, and needs no push.
        if let Ok(running) = self.shared.running.try_lock()
            && let Some(running) = &*running
        {
            running.current.borrow().session.reconnect_now();
            running.retry.notify_one();
        }
    }

    /// Ends the session politely and closes the store, before the app ends. Staying away from it loses nothing.
    pub async fn shutdown(&self) {
        if let Some(running) = self.shared.running.lock().await.take() {
            running.stop().await;
            running.close_store().await;
        }
    }

    async fn ask<T>(&self, command: impl FnOnce(engine::Answer<T>) -> Command) -> Result<T, CommandError> {
        let commands = match &*self.shared.running.lock().await {
            Some(running) => running.commands.clone(),
            None => return Err(CommandError::NotSignedIn),
        };
        engine::ask(&commands, command).await
    }
}
