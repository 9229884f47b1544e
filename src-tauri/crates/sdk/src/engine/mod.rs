//! The one task that owns an account: its session, and the right to write its store.
//!
//! Everything that changes the store happens here, one thing after another: a batch of live messages, a page of an archive, a
//! command. Each is one transaction; after its commit what changed is read back and told as diffs ([`changes`]). Whatever waits for
//! the network runs beside it as a [request](requests) and comes back as one more thing to do, so that nothing here ever
//! waits for a server.

mod account;
mod ascribe;
#[cfg(test)]
mod batches;
mod blocking;
mod changes;
mod cleaning;
mod clock;
mod command;
mod commands;
mod connection;
mod contact_requests;
mod credential;
mod dating;
mod decisions;
mod diagnostics;
mod displayed;
#[cfg(feature = "fuzzing")]
mod fed;
mod find;
mod ingest;
mod live;
mod lookalikes;
mod markers;
mod mentions;
mod news;
mod notifications;
mod opening;
mod outbox;
mod people;
mod presence;
mod private_nodes;
mod read_pointer;
mod readers;
mod receipts;
mod references;
mod requests;
mod retry;
mod rows;
mod salvage;
mod server_inbox;
mod smart_markers;
mod strangers;
mod succession;
mod sync;
mod teams;
mod tell;
mod thread;
mod transaction;
mod typing;
mod window;

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use wardline_store::{ArchiveId, ArchiveKind, ConversationId, Store, StoreError, accounts, archives, chat_list};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::{Events, Session, SessionNumber, SessionState};

use self::cleaning::Cleaning;
use self::clock::ServerClock;
use self::connection::CaughtUp;
use self::contact_requests::ContactRequests;
use self::dating::{Believed, Received};
use self::decisions::Decisions;
use self::diagnostics::Remembered;
use self::displayed::Displayed;
use self::news::MissedNews;
use self::people::Contacts;
use self::presence::Presences;
use self::private_nodes::PrivateNodes;
use self::receipts::Receipts;
use self::requests::Requests;
use self::server_inbox::ServerInbox;
use self::smart_markers::SmartMarkers;
use self::strangers::Strangers;
use self::succession::Storage;
use self::sync::{Checks, Sync};
use self::teams::Teams;
use self::transaction::Effects;
use self::typing::Typing;
use crate::events::EventSender;
use crate::inbox::Inbox;
use crate::timeline::Timeline;
use crate::view::{AccountView, CommandError, ConnectionView, Event, Notice, Revision, SignedIn};
use crate::wall_clock::WallClock;

pub(crate) use self::account::{Account, Connect, Current};
pub(crate) use self::blocking::{Blocking, Whom};
pub(crate) use self::command::{Answer, Command, Side};
pub(crate) use self::connection::error_view;
pub(crate) use self::diagnostics::EngineState;
#[cfg(feature = "fuzzing")]
pub use self::fed::Fed;
pub(crate) use self::salvage::Salvaged;
pub(crate) use self::sync::proven_at;

/// Every device on which somebody signs in with this app has a resource that begins like this.
pub(crate) const RESOURCE: &str = "wardline-";
/// How long the server is waited for when the app is closed.
const PARTING: Duration = Duration::from_secs(2);
/// Live events that are taken into one transaction at most.
const BATCH: usize = 256;

/// The engine of one account.
pub(crate) struct Engine {
    own: BareJid,
    own_archive: ArchiveId,
    store: Store,
    session: Session,
    events: EventSender,
    connection: ConnectionView,
    inbox: Inbox,
    open: HashMap<ConversationId, Timeline>,
    /// The highest revision that a thread has had.
    newest_revision: Revision,
    contacts: Contacts,
    presences: Presences,
    teams: Teams,
    typing: Typing,
    clock: ServerClock,
    cleaning: Cleaning,
    sync: Sync,
    checks: Checks,
    remembered: Remembered,
    /// The session whose beginning has been taken account of: what was in flight before it is known to be unproven.
    begun: SessionNumber,
    outbox: outbox::Outbox,
    displayed: Displayed,
    decisions: Decisions,
    server_inbox: ServerInbox,
    smart_markers: SmartMarkers,
    strangers: Strangers,
    contact_requests: ContactRequests,
    private_nodes: PrivateNodes,
    receipts: Receipts,
    received: Received,
    /// Texts whose date is believed until the archive has spoken.
    believed: Vec<Believed>,
    news: MissedNews,
    requests: Requests,
    effects: Effects,
    storage: Storage,
    /// Something that happened to the local data, until it has been said.
    notice: Option<Notice>,
}

/// Why an engine does not run any more.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It was told to stop, or nobody can tell it anything any more.
    Stopped,
    /// The file failed. What the engine believes may not be stored.
    StoreFailed(StoreError),
}

/// Asks the engine behind `commands`.
pub(crate) async fn ask<T>(
    commands: &mpsc::Sender<Command>,
    command: impl FnOnce(Answer<T>) -> Command,
) -> Result<T, CommandError> {
    let (answer, answered) = oneshot::channel();
    commands
        .send(command(answer))
        .await
        .map_err(|_| CommandError::NotSignedIn)?;
    // Without an answer: over a failure of the file, unless it is the end of the account.
    let unanswered = || match commands.is_closed() {
        true => CommandError::NotSignedIn,
        false => CommandError::StoreUnavailable,
    };
    answered.await.map_err(|_| unanswered())?
}

impl Engine {
    /// An engine over a store that holds an account, and what it shows before anything has happened.
    pub(crate) async fn new(
        store: Store,
        session: Session,
        events: EventSender,
        wall: WallClock,
    ) -> Result<(Self, SignedIn), CommandError> {
        let _of_another_engine = store.take_failure();
        let tx = store.read().await?;
        let account = accounts::get(&tx).await?.ok_or(CommandError::NotSignedIn)?;
        let own: BareJid = account.address.parse().map_err(|_| CommandError::Internal {
            reference: "stored-account".into(),
        })?;
        let contacts = Contacts::load(&tx, &own).await?;
        let rows = chat_list::rows(&tx).await?;
        let colleagues = rows::colleagues(&tx, &rows).await?;
        let clock = ServerClock::load(wall, &tx).await?;
        let received = Received::load(&tx).await?;
        drop(tx);
        let own_archive = own_archive(&store, &account.address).await?;
        let presences = Presences::default();
        let typing = Typing::default();
        let surroundings = rows::Surroundings {
            own: &own,
            presences: &presences,
            typing: &typing,
            contacts: &contacts,
            colleagues: &colleagues,
            now: clock.now(),
        };
        let inbox = Inbox::new(rows.into_iter().map(|row| rows::ranked(row, surroundings)).collect());
        let state = *session.state().borrow();
        let mut engine = Self {
            own,
            own_archive,
            store,
            session,
            events,
            connection: connection::view(state, CaughtUp::NotYet, clock.now()),
            inbox,
            open: HashMap::new(),
            newest_revision: Revision::default(),
            contacts,
            presences,
            teams: Teams::default(),
            typing,
            clock,
            cleaning: Cleaning::default(),
            sync: Sync::default(),
            checks: Checks::default(),
            remembered: Remembered::default(),
            begun: SessionNumber::default(),
            outbox: outbox::Outbox::default(),
            displayed: Displayed::default(),
            decisions: Decisions::default(),
            server_inbox: ServerInbox::default(),
            smart_markers: SmartMarkers::default(),
            strangers: Strangers::default(),
            contact_requests: ContactRequests::default(),
            private_nodes: PrivateNodes::default(),
            receipts: Receipts::default(),
            received,
            believed: Vec::new(),
            news: MissedNews::default(),
            requests: Requests::default(),
            effects: Effects::default(),
            storage: Storage::Works,
            notice: None,
        };
        let signed_in = engine.signed_in();
        Ok((engine, signed_in))
    }

    /// What is shown of a running account.
    fn signed_in(&mut self) -> SignedIn {
        SignedIn {
            account: self.account(),
            inbox: self.inbox.snapshot(),
            connection: self.connection.clone(),
            now: self.clock.now() / 1_000,
            text_limit: outbox::text_limit(self.session.stanza_limit()),
            notice: self.notice.take(),
        }
    }

    /// Who is signed in.
    fn account(&self) -> AccountView {
        let address = self.own.to_string();
        AccountView {
            person: self.contacts.person(&address),
            address,
        }
    }

    /// Waits until the server has heard of what was decided and read here: told anew the next time, it would undo what other devices
    /// did in between. Cancel safe: what it has not heard of stays noted.
    async fn finish_telling(&mut self) {
        while self.online() && (self.decisions.is_telling() || self.displayed.is_telling()) {
            let Some(handler) = self.requests.next().await else {
                return;
            };
            let handled = handler(self).await;
            if let Err(error) = handled.and(self.run_effects().await) {
                tracing::error!(%error, "store failed");
            }
        }
    }

    /// Runs until it is told to stop, nobody can tell it anything any more, or the file has failed. Asking for the next events is
    /// what acknowledges the ones before: that is done only when what follows from them is stored.
    pub(crate) async fn run(&mut self, commands: &mut mpsc::Receiver<Command>, mut session_events: Events) -> Ended {
        let mut state = self.session.state();
        let mut authentication = self.session.authentication();
        let mut session_ended = false;
        self.tell_unread();
        loop {
            let deadline = self.next_deadline();
            let result = tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Stop(done)) => {
                        let _rest_is_told_next_time = tokio::time::timeout(PARTING, self.finish_telling()).await;
                        if self.online() && let Err(error) = self.note_received().await {
                            tracing::error!(%error, "store failed");
                        }
                        session_events.handled();
                        self.session.close().await;
                        self.requests.shutdown().await;
                        let _client_gone = done.send(());
                        return Ended::Stopped;
                    }
                    Some(command) => self.obey(command).await,
                    None => {
                        session_events.handled();
                        self.session.close().await;
                        return Ended::Stopped;
                    }
                },
                batch = session_events.recv_batch(BATCH), if !session_ended => {
                    session_ended = batch.is_empty();
                    self.take_events(batch).await
                }
                Ok(()) = authentication.changed() => self.keep_credential().await,
                changed = state.changed(), if !session_ended => {
                    // The session's task is gone; nothing more will change.
                    session_ended = changed.is_err();
                    Ok(())
                }
                Some(handler) = self.requests.next() => handler(self).await,
                () = tokio::time::sleep_until(deadline) => self.take_deadlines().await,
            };
            let result = match result {
                Ok(()) => self.run_effects().await,
                failed => failed,
            };
            if let Some(error) = self.store.take_failure() {
                self.give_up_session(error).await;
                return Ended::StoreFailed(error);
            }
            if let Err(error) = result {
                // Not of the file: something that refers to nothing. The rest goes on.
                tracing::error!(%error, "a step could not be stored");
            }
            self.look_at_clock();
            self.pump_sync();
            self.show_connection();
        }
    }

    /// Ends the session over a failure of the file. What came and was not stored is not acknowledged, so that it comes again.
    async fn give_up_session(&mut self, error: StoreError) {
        self.show_failure(error, Instant::now());
        self.session.close().await;
        self.requests.shutdown().await;
    }

    /// When something is to be done although nothing happens.
    fn next_deadline(&self) -> Instant {
        let far = Instant::now() + Duration::from_secs(3_600);
        [
            self.typing.next_deadline(),
            // Without a connection nothing can be asked; with it, the loop comes by here again.
            self.sync.next_deadline().filter(|_| self.online()),
            self.outbox.next_deadline(),
            self.teams.next_deadline().filter(|_| self.online()),
            self.requests.next_deadline().filter(|_| self.online()),
            self.next_news(),
            self.next_unmuting(),
            Some(self.clock.next_look()),
            Some(self.cleaning.next_deadline()),
        ]
        .into_iter()
        .flatten()
        .fold(far, Instant::min)
    }

    async fn take_deadlines(&mut self) -> Result<(), StoreError> {
        let now = Instant::now();
        for conversation in self.typing.expire(now) {
            self.refresh_row(conversation).await?;
        }
        self.settle_news(now).await?;
        self.show_unmuted().await?;
        self.clean(now).await?;
        if self.online() {
            self.sync_deadline(now).await?;
            self.enter_due_rooms(now).await?;
            self.send_postponed(now).await;
        }
        self.drain_outbox().await
    }

    /// Tells the connection's state if it changed.
    fn show_connection(&mut self) {
        let view = self.connection_now();
        if view != self.connection {
            self.connection = view.clone();
            self.events.send(Event::Connection { state: view });
        }
    }

    /// Whether stanzas can be sent now, and it is known what the server is: much of what is sent depends on that. The session is online a
    /// moment before the engine has heard what it has found.
    fn online(&self) -> bool {
        self.remembered.is_open() && *self.session.state().borrow() == SessionState::Online
    }
}

async fn own_archive(store: &Store, address: &wardline_store::Address) -> Result<ArchiveId, StoreError> {
    let tx = store.begin().await?;
    let archive = archives::ensure(&tx, address, ArchiveKind::Own).await?;
    tx.commit().await?;
    Ok(archive)
}
