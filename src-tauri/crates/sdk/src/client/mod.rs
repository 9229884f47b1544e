//! The door to everything: one [`Client`] per profile.
//!
//! A client is signed out, locked, or running. While it runs, one [engine](crate::engine) task owns the account's session
//! and is the only writer of its store; the client sends it commands and waits for the answers.

mod diagnostics;
mod sign_in;
mod teams;

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};
use wardline_store::{Store, accounts};
use wardline_xmpp::session::{NetworkTransport, Session, Timing, Transport};
use zeroize::Zeroizing;

use crate::engine::{self, Command, Side};
use crate::events::{EventReceiver, EventSender};
use crate::profile::{Found, OpenProfile, Profile};
use crate::view::{
    CommandError, Composing, ConversationChange, ConversationId, Event, FirstScreen, FoundPeople, InboxSnapshot,
    JumpTarget, LocalData, MessageId, NotificationSettings, ReadThrough, Readers, SignIn, SignedIn, TimelineSnapshot,
};
use crate::wall_clock::WallClock;

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
    running: Mutex<Option<Running>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

/// An account that is running.
#[derive(Debug)]
struct Running {
    store: Store,
    session: Session,
    commands: mpsc::Sender<Command>,
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
        let result = match &*running {
            Some(account) => account
                .signed_in()
                .await
                .map(|shown| FirstScreen::SignedIn(Box::new(shown))),
            None => self.open(&mut running).await,
        };
        result.unwrap_or_else(|error| FirstScreen::Blocked { error })
    }

    async fn open(&self, running: &mut Option<Running>) -> Result<FirstScreen, CommandError> {
        match self.shared.profile.open().await? {
            Found::Nothing { notice } => Ok(FirstScreen::SignedOut { notice }),
            Found::Locked => Ok(FirstScreen::Locked),
            Found::Open(open) => self.restore(open, running).await,
        }
    }

    /// Runs the account of an open profile, if somebody is signed in.
    async fn restore(&self, open: OpenProfile, running: &mut Option<Running>) -> Result<FirstScreen, CommandError> {
        let account = accounts::get(&open.store.read().await?).await?;
        let Some(account) = account else {
            open.store.close().await?;
            return Ok(FirstScreen::SignedOut { notice: open.notice });
        };
        let account = accounts::NewAccount {
            address: account.address,
            resource: account.resource,
            server: account.server,
            password: account.password,
        };
        let config = sign_in::session_config(&account, &self.shared.timing)?;
        let (session, session_events) = Session::start_over(config, self.transport());
        let started = self.run(open, session, session_events, running).await?;
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
        session: Session,
        session_events: mpsc::Receiver<wardline_xmpp::session::SessionEvent>,
        running: &mut Option<Running>,
    ) -> Result<SignedIn, CommandError> {
        let (commands, inbound) = mpsc::channel(COMMANDS);
        let OpenProfile { store, notice } = open;
        let (engine, mut signed_in) = engine::Engine::new(
            store.clone(),
            session.clone(),
            self.shared.events.clone(),
            self.shared.clock.clone(),
        )
        .await?;
        signed_in.notice = notice;
        tokio::spawn(engine.run(inbound, session_events));
        *running = Some(Running {
            store,
            session,
            commands,
        });
        Ok(signed_in)
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
    pub async fn sign_in(&self, form: SignIn) -> Result<SignedIn, CommandError> {
        let mut running = self.shared.running.lock().await;
        if running.is_some() {
            return Err(CommandError::Internal {
                reference: "already-running".into(),
            });
        }
        let (account, session, session_events) =
            sign_in::try_server(&form, &self.shared.timing, self.transport()).await?;
        match sign_in::store_account(&self.shared.profile, &form, account).await {
            Ok(open) => self.run(open, session, session_events, &mut running).await,
            Err(error) => {
                session.close().await;
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
        let Some(running) = slot.take() else {
            // A locked or blocked profile can be wiped too: it is the way out for a forgotten passphrase.
            if local == LocalData::Wipe {
                self.shared.profile.wipe().await?;
                return Ok(());
            }
            return Err(CommandError::NotSignedIn);
        };
        running.stop().await;
        if local == LocalData::Keep {
            let tx = running.store.begin().await?;
            accounts::remove(&tx).await?;
            tx.commit().await?;
        }
        running.store.close().await?;
        if local == LocalData::Wipe {
            self.shared.profile.wipe().await?;
        }
        self.shared.events.send(Event::SignedOut);
        Ok(())
    }

    /// The chat list.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`].
    pub async fn inbox(&self) -> Result<InboxSnapshot, CommandError> {
        self.ask(Command::Inbox).await
    }

    /// Opens a conversation: what the store holds of it at once, changes as events from then on.
    ///
    /// # Errors
    /// [`CommandError::NotFound`], [`CommandError::NotSignedIn`], [`CommandError::StoreUnavailable`].
    pub async fn open_conversation(&self, conversation: ConversationId) -> Result<TimelineSnapshot, CommandError> {
        self.ask(|answer| Command::Open(conversation, answer)).await
    }

    /// Stops the events of a conversation.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`].
    pub async fn close_conversation(&self, conversation: ConversationId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Close(conversation, answer)).await
    }

    /// The window of an open conversation as it is now, after events were missed.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if the conversation is not open, and as for opening one.
    pub async fn timeline(&self, conversation: ConversationId) -> Result<TimelineSnapshot, CommandError> {
        self.ask(|answer| Command::Timeline(conversation, answer)).await
    }

    /// Loads a page before the first loaded item of an open conversation; it arrives as events.
    ///
    /// # Errors
    /// As for [`Client::timeline`].
    pub async fn page_back(&self, conversation: ConversationId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Page(conversation, Side::Older, answer))
            .await
    }

    /// Loads a page after the last loaded item of an open conversation; it arrives as events.
    ///
    /// # Errors
    /// As for [`Client::timeline`].
    pub async fn page_forward(&self, conversation: ConversationId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Page(conversation, Side::Newer, answer))
            .await
    }

    /// Makes another window of an open conversation. Events that were sent before the answer belong to the former one: their
    /// revision is not above the answer's.
    ///
    /// A date that is not here is asked of the server. Without an answer of it, the window is the nearest that is here.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if the message is not here, or another jump came after this one; and as for
    /// [`Client::timeline`].
    pub async fn jump(&self, conversation: ConversationId, to: JumpTarget) -> Result<TimelineSnapshot, CommandError> {
        self.ask(|answer| Command::Jump {
            conversation,
            to,
            answer,
        })
        .await
    }

    /// Tells which message of an open conversation the reader has before them: the window is kept around it, and what is
    /// missing near it is fetched first.
    ///
    /// # Errors
    /// As for [`Client::timeline`].
    pub async fn view(&self, conversation: ConversationId, message: MessageId) -> Result<(), CommandError> {
        self.ask(|answer| Command::View {
            conversation,
            message,
            answer,
        })
        .await
    }

    /// Sends a message: stored when this returns, sent when there is a connection, also after a restart.
    ///
    /// # Errors
    /// [`CommandError::MessageEmpty`], [`CommandError::MessageTooLong`], and as for opening a conversation.
    pub async fn send(&self, conversation: ConversationId, text: String) -> Result<MessageId, CommandError> {
        self.ask(|answer| Command::Send {
            conversation,
            text,
            answer,
        })
        .await
    }

    /// Puts another text in the place of a message that has not been sent yet, or has failed; one that failed is sent again.
    ///
    /// # Errors
    /// [`CommandError::AlreadySent`] if it may have left meanwhile, and as for [`Client::send`]; nothing changes then.
    pub async fn edit(&self, message: MessageId, text: String) -> Result<(), CommandError> {
        self.ask(|answer| Command::Edit { message, text, answer }).await
    }

    /// Who of a team has seen a message of one's own.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if it is no such message.
    pub async fn readers(&self, message: MessageId) -> Result<Readers, CommandError> {
        self.ask(|answer| Command::Readers(message, answer)).await
    }

    /// Sends a failed message again.
    ///
    /// # Errors
    /// [`CommandError::NotFound`] if it is not one that failed.
    pub async fn resend(&self, message: MessageId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Resend(message, answer)).await
    }

    /// Discards a message that failed or has not been sent yet.
    ///
    /// # Errors
    /// [`CommandError::AlreadySent`] if it may have left meanwhile.
    pub async fn discard(&self, message: MessageId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Discard(message, answer)).await
    }

    /// Moves the read pointer forward to that message, and tells its sender and one's own other devices.
    ///
    /// # Errors
    /// As for opening a conversation.
    pub async fn mark_read(&self, conversation: ConversationId, message: MessageId) -> Result<(), CommandError> {
        self.ask(|answer| Command::MarkRead {
            conversation,
            message,
            answer,
        })
        .await
    }

    /// Marks conversations as read, each up to a message. One that is gone stops nothing.
    ///
    /// # Errors
    /// [`CommandError::StoreUnavailable`], [`CommandError::NotSignedIn`].
    pub async fn mark_all_read(&self, through: Vec<ReadThrough>) -> Result<(), CommandError> {
        self.ask(|answer| Command::MarkAllRead(through, answer)).await
    }

    /// Decides something about a conversation, for all devices of the account.
    ///
    /// # Errors
    /// As for opening a conversation.
    pub async fn decide(&self, conversation: ConversationId, change: ConversationChange) -> Result<(), CommandError> {
        self.ask(|answer| Command::Decide {
            conversation,
            change,
            answer,
        })
        .await
    }

    /// Colleagues whose name, role, ward or address has words that begin like those of `text`.
    ///
    /// # Errors
    /// [`CommandError::StoreUnavailable`], [`CommandError::NotSignedIn`].
    pub async fn find_people(&self, text: String) -> Result<FoundPeople, CommandError> {
        self.ask(|answer| Command::FindPeople(text, answer)).await
    }

    /// How the system tells of new messages.
    ///
    /// # Errors
    /// [`CommandError::StoreUnavailable`], [`CommandError::NotSignedIn`].
    pub async fn notification_settings(&self) -> Result<NotificationSettings, CommandError> {
        self.ask(Command::NotificationSettings).await
    }

    /// Keeps how the system tells of new messages.
    ///
    /// # Errors
    /// [`CommandError::StoreUnavailable`], [`CommandError::NotSignedIn`].
    pub async fn save_notification_settings(&self, chosen: NotificationSettings) -> Result<(), CommandError> {
        self.ask(|answer| Command::SaveNotificationSettings(chosen, answer))
            .await
    }

    /// Keeps unfinished text; empty text forgets it.
    ///
    /// # Errors
    /// As for opening a conversation.
    pub async fn save_draft(&self, conversation: ConversationId, text: String) -> Result<(), CommandError> {
        self.ask(|answer| Command::SaveDraft {
            conversation,
            text,
            answer,
        })
        .await
    }

    /// Tells the others whether somebody is typing (XEP-0085); not those of a large team.
    ///
    /// # Errors
    /// [`CommandError::NotFound`], [`CommandError::NotSignedIn`].
    pub async fn compose(&self, conversation: ConversationId, composing: Composing) -> Result<(), CommandError> {
        self.ask(|answer| Command::Compose {
            conversation,
            composing,
            answer,
        })
        .await
    }

    /// The conversation with the person of that address, made if need be.
    ///
    /// # Errors
    /// [`CommandError::AddressMalformed`], and as for opening a conversation.
    pub async fn start_conversation(&self, address: String) -> Result<ConversationId, CommandError> {
        self.ask(|answer| Command::StartConversation { address, answer }).await
    }

    /// A picture by its hash.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`], [`CommandError::StoreUnavailable`].
    pub async fn avatar(&self, hash: String) -> Result<Option<AvatarImage>, CommandError> {
        let store = match &*self.shared.running.lock().await {
            Some(running) => running.store.clone(),
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
            running.session.reconnect_now();
        }
    }

    /// Ends the session politely and closes the store, before the app ends. Staying away from it loses nothing.
    pub async fn shutdown(&self) {
        if let Some(running) = self.shared.running.lock().await.take() {
            running.stop().await;
            if let Err(error) = running.store.close().await {
                tracing::warn!(%error, "store not closed cleanly");
            }
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

impl Running {
    async fn signed_in(&self) -> Result<SignedIn, CommandError> {
        engine::ask(&self.commands, Command::SignedIn).await
    }

    async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.commands.send(Command::Stop(done)).await.is_ok() {
            let _engine_gone = stopped.await;
        }
    }
}
