//! Runs a schedule: this computer's engine over the simulated server, killed and started again as the schedule says.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use wardline_store::{
    Address, DatabaseKey, DeliveryState, Membership, MessageId, OutboxState, Store, Text, accounts, conversations,
    messages, outbox,
};
use wardline_xmpp::session::{
    Authentication, Jitter, KnownServer, Mechanism, ServerLocation, Session, SessionConfig, SessionState, Timing,
};

use super::gate::{Hold, ProcessGate, StoreHook};
use super::notified::{self, Told};
use super::schedule::{Begins, Chat, Schedule, Step};
use super::server::{Author, Said, Server};
use crate::engine::{Account, Command, Current, Engine, Side, ask};
use crate::events::EventSender;
use crate::view::{CommandError, ConversationId, InboxSnapshot, JumpTarget, TeamChange};

/// After a step, so that what follows from it comes to rest.
const SETTLES: Duration = Duration::from_millis(20);
/// Longest until everything has come to rest at the end: several back-offs and rests of gaps.
const CALMS: Duration = Duration::from_secs(600);

/// This computer's process.
struct Process {
    gate: Arc<ProcessGate>,
    commands: mpsc::Sender<Command>,
    current: watch::Receiver<Current>,
    engine: JoinHandle<()>,
    told: Arc<Mutex<Told>>,
    /// The same database without a gate, to look at it from outside.
    store: Store,
}

/// A run under way.
pub(super) struct World {
    pub(super) server: Server,
    path: PathBuf,
    process: Process,
    /// Texts whose sending was accepted on this computer.
    pub(super) accepted: Vec<(Chat, String)>,
    sent: u32,
    /// The newest text of each conversation that is known to have been seen.
    pub(super) seen: HashMap<Chat, Vec<String>>,
    /// The same, where this computer may not have heard of it.
    pub(super) perhaps_seen: HashMap<Chat, Vec<String>>,
    /// What was here of a team when Alice was put out of it.
    pub(super) held: Vec<(Chat, MessageId)>,
    pub(super) begins: Begins,
    /// Whether the disk has failed by now.
    pub(super) has_failed: bool,
}

impl World {
    /// Sets the scene: history on the server, and this computer signed in and caught up for the first time.
    pub(super) async fn new(folder: &Path, schedule: &Schedule) -> Self {
        let server = Server::new(schedule.stamps, schedule.ahead, schedule.offline);
        server.state().pages_of(schedule.pages.into());
        server.state().rooms_behave(schedule.manner);
        if schedule.is_of_rooms() {
            let [.., night] = schedule.history;
            server.state().tell_of_rooms(night > 0);
        }
        let mut seen = HashMap::new();
        for (chat, count) in Chat::ALL.into_iter().zip(schedule.history) {
            for number in 0..count {
                // The last one is Alice's own, so that everybody agrees on what she has seen.
                let last = number + 1 == count;
                let author = if last || number % 3 == 0 {
                    Author::Alice
                } else {
                    Author::Other
                };
                drop(server.state().say(chat, author));
                tokio::time::sleep(Duration::from_millis(700)).await;
            }
            let newest = server.state().texts(chat).next_back().map(|said| said.text.clone());
            seen.insert(chat, newest.into_iter().collect());
        }
        let world = Self::over(folder, server, seen, schedule.begins).await;
        match schedule.begins {
            Begins::AtOnce => {}
            Begins::Settled => tokio::time::sleep(Duration::from_secs(20)).await,
        }
        world
    }

    /// This computer signs in for the first time.
    pub(super) async fn over(folder: &Path, server: Server, seen: HashMap<Chat, Vec<String>>, begins: Begins) -> Self {
        let path = folder.join("profile.db");
        let process = Process::start(&path, &server).await;
        Self {
            server,
            path,
            process,
            accepted: Vec::new(),
            sent: 0,
            seen,
            perhaps_seen: HashMap::new(),
            held: Vec::new(),
            begins,
            has_failed: false,
        }
    }

    /// The process ends.
    pub(super) async fn quit(&self) {
        self.process.bury(&self.server).await;
    }

    /// The process, having ended, is started again.
    pub(super) async fn start(&mut self) {
        self.process = Process::start(&self.path, &self.server).await;
    }

    pub(super) fn is_online(&self) -> bool {
        *self.process.session().state().borrow() == SessionState::Online
    }

    pub(super) async fn chat_list(&self) -> Result<InboxSnapshot, CommandError> {
        ask(&self.process.commands, Command::Inbox).await
    }

    /// What whoever notifies has been told.
    pub(super) fn told(&self) -> &Mutex<Told> {
        &self.process.told
    }

    pub(super) fn store(&self) -> &Store {
        &self.process.store
    }

    /// Takes one step.
    pub(super) async fn step(&mut self, step: &Step) {
        if std::env::var_os("WARDLINE_MODEL_TRACE").is_some() {
            eprintln!("== {step:?}");
        }
        let comes_in = *step == Step::DeskEnters && !self.is_in(Chat::Ward).await;
        match step.clone() {
            Step::Says(chat) => drop(self.server.state().say(chat, Author::Other)),
            Step::PhoneSays(chat) => {
                let said = self.server.state().say(chat, Author::Alice);
                self.seen.entry(chat).or_default().extend(said);
            }
            Step::DeskSays(chat) => self.desk_says(chat).await,
            Step::DeskReads(chat) => self.desk_reads(chat).await,
            Step::PhoneReads(chat) => {
                let read = self.server.state().phone_reads(chat);
                // A service of MUC Light keeps no markers for those who are away.
                let seen = match chat {
                    Chat::Night => &mut self.perhaps_seen,
                    _ => &mut self.seen,
                };
                seen.entry(chat).or_default().extend(read);
            }
            Step::Corrects(chat, back) => self.server.state().correct(chat, usize::from(back)),
            Step::TakesBack(chat, back) => self.server.state().take_back(chat, usize::from(back)),
            Step::Opens(chat) => drop(self.ask(chat, Command::Open).await),
            Step::Closes(chat) => drop(self.ask(chat, Command::Close).await),
            Step::PagesBack(chat) => {
                drop(
                    self.ask(chat, |id, answer| Command::Page(id, Side::Older, answer))
                        .await,
                );
            }
            Step::Jumps(chat, back) => {
                let at = self
                    .server
                    .state()
                    .said(chat)
                    .rev()
                    .nth(usize::from(back))
                    .map(|said| said.stamp / 1_000);
                if let Some(at) = at {
                    let jump = |conversation, answer| Command::Jump {
                        conversation,
                        to: JumpTarget::Date { at },
                        answer,
                    };
                    // Without a connection it is answered when there is one again.
                    drop(tokio::time::timeout(SETTLES, self.ask(chat, jump)).await);
                }
            }
            Step::Waits(millis) => tokio::time::sleep(Duration::from_millis(millis.into())).await,
            Step::Cut => self.server.cut(),
            Step::Swallows { up, down } => self.server.swallow(up, down),
            Step::Network(works) => self.server.network(works),
            Step::Restarts => self.server.restart(),
            Step::SetsClock(ahead) => self.server.state().set_desk_clock(ahead),
            Step::WritesLate(millis) => self.server.state().write_late(Duration::from_millis(millis.into())),
            Step::AnswersLate(millis) => self.server.state().answer_late(Duration::from_millis(millis.into())),
            Step::ArchivesTwice => self.server.state().archive_twice(),
            Step::SentAgain(chat, back) => self.server.state().send_again(chat, usize::from(back)),
            Step::Repeats(chat, back) => self.server.state().repeat(chat, usize::from(back)),
            Step::Expires { of, count } => self.server.state().expire(of, count.into()),
            Step::Pages(most) => self.server.state().pages_of(most.into()),
            Step::Admits(chat) => self.server.state().admit(chat),
            Step::PutsOut(chat, out) => {
                self.note_held(chat).await;
                self.server.state().put_out(chat, out);
            }
            Step::MembersChange(chat) => self.server.state().change_members(chat),
            Step::PhoneEnters => self.server.state().phone_enters(),
            Step::PhoneForgets => self.server.state().phone_forgets(),
            Step::PhoneLeaves(chat) => {
                self.note_held(chat).await;
                self.server.state().phone_leaves(chat);
            }
            Step::DeskEnters => {
                self.server.state().desk_enters();
                self.decides(Chat::Ward, TeamChange::Enter).await;
            }
            Step::DeskLeaves(chat) => {
                self.note_held(chat).await;
                self.server.state().desk_leaves(chat);
                self.decides(chat, TeamChange::Leave).await;
            }
            Step::Killed(when, left) => self.process.gate.doom(when, left),
            Step::DiskFails { how, after, times } => {
                self.has_failed = true;
                self.process.gate.fail(how, after, times);
            }
        }
        tokio::time::sleep(SETTLES).await;
        self.revive().await;
        if comes_in && self.is_in(Chat::Ward).await {
            self.server.state().desk_has_entered();
        }
    }

    /// Whether this computer takes Alice to be in a team.
    async fn is_in(&self, chat: Chat) -> bool {
        let Some(conversation) = self.conversation(chat).await else {
            return false;
        };
        let _hold = Hold::clock();
        let tx = self.store().read().await.unwrap();
        let with = conversations::get(&tx, conversation).await.unwrap();
        with.is_some_and(|with| with.membership == Membership::Member)
    }

    /// Starts the process again if it has died.
    pub(super) async fn revive(&mut self) {
        while self.process.gate.is_dead() {
            self.quit().await;
            self.start().await;
            tokio::time::sleep(SETTLES).await;
        }
    }

    /// Ends everything that goes wrong, and waits until all has come to rest.
    pub(super) async fn calm(&mut self) {
        self.process.gate.spare();
        self.process.gate.mend();
        self.server.network(true);
        {
            let mut state = self.server.state();
            state.write_late(Duration::from_millis(500));
            state.answer_late(Duration::ZERO);
            state.pages_of(50);
        }
        for _ in 0..CALMS.as_secs() / 5 {
            tokio::time::sleep(Duration::from_secs(5)).await;
            self.revive().await;
            if self.is_calm().await {
                break;
            }
        }
        // Once more what is known to come later: the second look at the end of each archive, and a question that was swallowed, which is
        // given up after thirty seconds and asked again after ten.
        tokio::time::sleep(Duration::from_secs(60)).await;
        self.revive().await;
    }

    async fn is_calm(&self) -> bool {
        if !self.is_online() {
            return false;
        }
        let _hold = Hold::clock();
        let tx = self.store().read().await.unwrap();
        let gaps = wardline_store::gaps::conversations(&tx).await.unwrap();
        let mut are_filled = true;
        for gap in gaps {
            // Those of a team that Alice is not in cannot be.
            let with = conversations::get(&tx, gap.conversation).await.unwrap().unwrap();
            are_filled &= with.membership != Membership::Member;
        }
        drop(tx);
        are_filled && !self.is_sending().await
    }

    /// Whether something is in the outbox.
    pub(super) async fn is_sending(&self) -> bool {
        let tx = self.store().read().await.unwrap();
        for state in [OutboxState::Waiting, OutboxState::InFlight, OutboxState::Unconfirmed] {
            if !outbox::in_state(&tx, state).await.unwrap().is_empty() {
                return true;
            }
        }
        false
    }

    /// Reads every conversation back to its beginning.
    pub(super) async fn read_all(&mut self) {
        for chat in Chat::ALL {
            // What was said in a team that Alice is not in cannot be had.
            if !self.server.state().hears(chat) || !matches!(self.ask(chat, Command::Open).await, Some(Ok(_))) {
                continue;
            }
            for _ in 0..200 {
                let Some(Ok(snapshot)) = self.ask(chat, Command::Timeline).await else {
                    break;
                };
                if snapshot.start == crate::view::TimelineStart::Beginning {
                    break;
                }
                drop(
                    self.ask(chat, |id, answer| Command::Page(id, Side::Older, answer))
                        .await,
                );
                tokio::time::sleep(Duration::from_secs(1)).await;
                self.revive().await;
            }
        }
        // Who is in a team is asked for when it is opened.
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.revive().await;
    }

    /// Alice does something about a team on this computer. It answers when the server has done it, which may take its time.
    async fn decides(&mut self, chat: Chat, change: TeamChange) {
        let decide = |team, answer| Command::ChangeTeam(team, change, answer);
        drop(tokio::time::timeout(SETTLES, self.ask(chat, decide)).await);
    }

    /// What is here of a team has to stay, whatever becomes of it.
    async fn note_held(&mut self, chat: Chat) {
        if let Some(conversation) = self.conversation(chat).await {
            let held = self.drawn(conversation).await.into_iter();
            self.held.extend(held.map(|message| (chat, message.id)));
        }
    }

    async fn desk_says(&mut self, chat: Chat) {
        self.sent += 1;
        let text = format!("desk {}", self.sent);
        let held = self.newest_held(chat).await;
        let send = |conversation, answer| Command::Send {
            conversation,
            text: text.clone(),
            answer,
        };
        let accepted = match self.ask(chat, send).await {
            Some(answer) => answer.is_ok(),
            // Killed before it could answer: the database tells whether it had begun.
            None => self.holds(chat, &text).await,
        };
        if accepted {
            // A page may have come while the command was on its way to the engine: whoever writes has read that, too.
            let read = self.newest_read(chat).await;
            self.seen.entry(chat).or_default().extend(held.into_iter().chain(read));
            self.accepted.push((chat, text));
        }
    }

    /// The text that the read pointer stands on.
    async fn newest_read(&self, chat: Chat) -> Option<String> {
        let conversation = self.conversation(chat).await?;
        let message = {
            let _hold = Hold::clock();
            let tx = self.store().read().await.unwrap();
            let with = conversations::get(&tx, conversation).await.unwrap()?;
            messages::get(&tx, with.read_message_id?).await.unwrap()?
        };
        self.original(chat, &message).await
    }

    async fn desk_reads(&mut self, chat: Chat) {
        let Some(conversation) = self.conversation(chat).await else {
            return;
        };
        let newest = {
            let _hold = Hold::clock();
            let tx = self.store().read().await.unwrap();
            let held = messages::newest(&tx, conversation, 50).await.unwrap();
            held.into_iter().rfind(is_settled)
        };
        let Some(newest) = newest else { return };
        let text = self.original(chat, &newest).await;
        let reads = |conversation, answer| Command::MarkRead {
            conversation,
            message: newest.id.into(),
            answer,
        };
        match self.ask(chat, reads).await {
            Some(Ok(())) => self.seen.entry(chat).or_default().extend(text),
            Some(Err(_)) | None => {
                // Killed on the way, or the disk failed: whether it counts is seen from the pointer.
                let read = self.read_position(chat).await;
                if read >= Some(newest.position) {
                    self.seen.entry(chat).or_default().extend(text);
                }
            }
        }
    }

    /// The newest text that this computer holds of a conversation.
    async fn newest_held(&self, chat: Chat) -> Option<String> {
        let conversation = self.conversation(chat).await?;
        let held = {
            let _hold = Hold::clock();
            let tx = self.store().read().await.unwrap();
            messages::newest(&tx, conversation, 50).await.unwrap()
        };
        let newest = held.into_iter().rfind(is_settled)?;
        self.original(chat, &newest).await
    }

    /// The text as first sent, by which the server knows a message.
    pub(super) async fn original(&self, chat: Chat, message: &messages::Message) -> Option<String> {
        let _hold = Hold::clock();
        let tx = self.store().read().await.unwrap();
        let aliases = wardline_store::aliases::of_message(&tx, message.id).await.unwrap();
        let state = self.server.state();
        let is_listed = |said: &&Said| aliases.iter().any(|alias| said.archived.contains(&alias.value));
        let is_it = |said: &&Said| aliases.iter().any(|alias| alias.value == said.id);
        let found = state
            .said(chat)
            .find(is_listed)
            .or_else(|| state.said(chat).rfind(is_it));
        let found = found.map(|said| said.text.clone());
        found.or_else(|| Some(message.body.as_str().to_owned()))
    }

    pub(super) async fn conversation(&self, chat: Chat) -> Option<wardline_store::ConversationId> {
        let _hold = Hold::clock();
        let tx = self.store().read().await.unwrap();
        let address = Address(chat.address().to_owned());
        Some(conversations::by_address(&tx, &address).await.unwrap()?.id)
    }

    /// All messages of a conversation that are drawn, oldest first.
    pub(super) async fn drawn(&self, conversation: wardline_store::ConversationId) -> Vec<messages::Message> {
        let _hold = Hold::clock();
        let tx = self.store().read().await.unwrap();
        messages::newest(&tx, conversation, 10_000).await.unwrap()
    }

    async fn read_position(&self, chat: Chat) -> Option<i64> {
        let id = self.conversation(chat).await?;
        let _hold = Hold::clock();
        let tx = self.store().read().await.unwrap();
        conversations::get(&tx, id).await.unwrap()?.read_position
    }

    async fn holds(&self, chat: Chat, text: &str) -> bool {
        let Some(conversation) = self.conversation(chat).await else {
            return false;
        };
        let _hold = Hold::clock();
        let tx = self.store().read().await.unwrap();
        let newest = messages::newest(&tx, conversation, 200).await.unwrap();
        newest.iter().any(|message| message.body.as_str() == text)
    }

    /// Asks the engine about a conversation. `None`: there is no such conversation yet, or the process died over it.
    pub(super) async fn ask<T>(
        &mut self,
        chat: Chat,
        command: impl FnOnce(ConversationId, oneshot::Sender<Result<T, CommandError>>) -> Command,
    ) -> Option<Result<T, CommandError>> {
        let conversation = match self.conversation(chat).await {
            Some(known) => known.into(),
            None if chat.is_team() => return None,
            None => {
                let address = chat.address().to_owned();
                let start = |answer| Command::StartConversation { address, answer };
                tokio::select! {
                    started = ask(&self.process.commands, start) => started.ok()?,
                    () = self.process.gate.death() => return None,
                }
            }
        };
        tokio::select! {
            answer = ask(&self.process.commands, |answer| command(conversation, answer)) => Some(answer),
            () = self.process.gate.death() => None,
        }
    }

    /// Ends the run.
    pub(super) async fn end(self) {
        self.quit().await;
    }
}

/// Whether a message has a place, and not one that was chosen for it because it failed.
fn is_settled(message: &messages::Message) -> bool {
    message.position < messages::PENDING_BASE && message.delivery != Some(DeliveryState::Failed)
}

impl Process {
    async fn start(path: &Path, server: &Server) -> Self {
        let hold = Hold::clock();
        let store = Store::open(path, &DatabaseKey::new([7; 32])).await.unwrap().store;
        let tx = store.begin().await.unwrap();
        if accounts::get(&tx).await.unwrap().is_none() {
            let account = accounts::NewAccount {
                address: Address("alice@ward.example".to_owned()),
                resource: Text("desk".to_owned()),
                server: Text(String::new()),
                credential: "PLAIN$pencil".into(),
            };
            accounts::put(&tx, account).await.unwrap();
        }
        tx.commit().await.unwrap();
        let gate = Arc::new(ProcessGate::default());
        let config = SessionConfig {
            address: "alice@ward.example".parse().unwrap(),
            authentication: Authentication {
                // So that nothing is learnt, and nothing kept, at a moment of its own.
                known: KnownServer {
                    strongest: Some(Mechanism::Plain),
                    ..KnownServer::default()
                },
                ..Authentication::with_password("pencil".to_owned()).allowing_plain()
            },
            resource: "desk".to_owned(),
            server: ServerLocation::Discover,
            extra_ca: Vec::new(),
            timing: Timing {
                jitter: Jitter::None,
                ..Timing::default()
            },
        };
        let transport = server.transport(Arc::clone(&gate));
        let (session, events) = Session::start_over(config.clone(), Arc::clone(&transport));
        let guarded = store.clone().with_hook(Arc::new(StoreHook(Arc::clone(&gate))));
        let sender = EventSender::new();
        let told = notified::listen(sender.subscribe());
        let clock = server.desk_clock();
        let (engine, _) = Engine::new(guarded.clone(), session.clone(), sender.clone(), clock.clone())
            .await
            .unwrap();
        let (commands, taken) = mpsc::channel(64);
        let connect = Box::new(move |authentication| {
            let config = SessionConfig {
                authentication,
                ..config.clone()
            };
            Session::start_over(config, Arc::clone(&transport))
        });
        let store_and_session = Current {
            store: guarded,
            session,
        };
        let (now, current) = watch::channel(store_and_session);
        let account = Account::new(connect, sender, clock, now, Arc::new(Notify::new()));
        let engine = tokio::spawn(account.run(engine, taken, events));
        drop(hold);
        Self {
            gate,
            commands,
            current,
            engine,
            told,
            store,
        }
    }

    fn session(&self) -> Session {
        self.current.borrow().session.clone()
    }

    /// What the end of a process leaves: a connection that the server may not know to be dead, and the file.
    async fn bury(&self, server: &Server) {
        self.engine.abort();
        while !self.engine.is_finished() {
            tokio::task::yield_now().await;
        }
        server.cut();
        self.session().close().await;
        let _hold = Hold::clock();
        self.store.close().await.unwrap();
    }
}
