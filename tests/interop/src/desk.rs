//! Somebody's computer with the SDK on it, seen only as an interface would see it: snapshots, and diffs applied to them.

#![allow(clippy::panic, clippy::expect_used, reason = "this crate is for tests alone")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use wardline_sdk::profile::Profile;
use wardline_sdk::view::{
    ArchiveState, CheckFindings, CheckView, CommandError, ConnectionView, ConversationBox, ConversationId,
    ConversationRow, Event, FirstScreen, InboxDiff, InboxSnapshot, InvitationNews, JumpTarget, KeyProtection,
    MessageItem, News, PlainSignIn, Revision, ServerFeature, ServerLocation, ServerSecurity, SignIn, TextToken,
    TimelineDiff, TimelineItem, TimelineSnapshot,
};
use wardline_sdk::{Client, EventReceiver, Timing, WallClock};
use wardline_test_support::servers::{Account, Endpoint, TlsMode};

/// How long anything may take before a test gives up. Generous: it only bounds a failure.
const PATIENCE: Duration = Duration::from_secs(40);
/// Opens every profile of the suite, so that it needs no keyring.
const PASSPHRASE: &str = "correct horse battery";

/// Where a computer keeps its data.
enum Folder {
    /// It goes away with the computer.
    Temporary(TempDir),
    /// It stays.
    Kept(PathBuf),
}

impl Folder {
    fn temporary() -> Self {
        Self::Temporary(TempDir::new().expect("a temporary folder"))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

/// A computer with the SDK, and what its interface shows.
pub struct Desk {
    folder: Folder,
    timing: Timing,
    client: Client,
    events: EventReceiver,
    connection: ConnectionView,
    inbox: InboxSnapshot,
    threads: HashMap<ConversationId, TimelineSnapshot>,
    arrived: Vec<String>,
    news: Vec<News>,
    invitations: Vec<InvitationNews>,
    now: i64,
    clock: WallClock,
    states: Vec<ConnectionView>,
    checks: HashMap<ConversationId, CheckView>,
}

impl Desk {
    /// A computer on which nobody has signed in.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(WallClock::default())
    }

    /// The same, on a computer with a clock of its own.
    #[must_use]
    pub fn with_clock(clock: WallClock) -> Self {
        Asleep {
            folder: Folder::temporary(),
            timing: Timing::default(),
            clock,
        }
        .first_time()
    }

    /// The same, with deadlines and intervals of its own.
    #[must_use]
    pub fn with_timing(timing: Timing) -> Self {
        Asleep {
            folder: Folder::temporary(),
            timing,
            clock: WallClock::default(),
        }
        .first_time()
    }

    /// A computer that keeps its data in `folder`, on which the app is not started.
    #[must_use]
    pub fn in_folder(folder: PathBuf, timing: Timing) -> Asleep {
        Asleep {
            folder: Folder::Kept(folder),
            timing,
            clock: WallClock::default(),
        }
    }

    fn over(Asleep { folder, timing, clock }: Asleep) -> Self {
        // What the app would log is shown with a test that fails.
        let log = tracing_subscriber::fmt()
            .with_test_writer()
            .with_env_filter("wardline_sdk=info,wardline_xmpp=info");
        let _another_test_of_this_process_did_it = log.try_init();
        let client = Client::with(Profile::new(folder.path()), timing.clone(), clock.clone());
        let events = client.events();
        Self {
            folder,
            timing,
            client,
            events,
            connection: ConnectionView::Offline,
            inbox: InboxSnapshot::default(),
            threads: HashMap::new(),
            arrived: Vec::new(),
            news: Vec::new(),
            invitations: Vec::new(),
            now: 0,
            clock,
            states: Vec::new(),
            checks: HashMap::new(),
        }
    }

    /// A computer on which `account` is signed in and everything is caught up.
    pub async fn signed_in(endpoint: &Endpoint, account: &Account) -> Self {
        let mut desk = Self::new();
        desk.sign_in(endpoint, account).await.expect("signed in");
        desk.until_online().await;
        desk
    }

    /// Fills in and sends the sign-in form.
    ///
    /// # Errors
    /// What the form would say.
    pub async fn sign_in(&mut self, endpoint: &Endpoint, account: &Account) -> Result<(), CommandError> {
        let signed_in = self.client.sign_in(form(endpoint, account)).await?;
        self.inbox = signed_in.inbox;
        self.connection = signed_in.connection;
        self.now = signed_in.now;
        Ok(())
    }

    /// Where this computer keeps its data.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The SDK's door.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Ends the app and starts it again; the chat list is what the store holds.
    pub async fn restart(self) -> Self {
        self.sleep().await.wake().await
    }

    /// Ends the app.
    pub async fn sleep(self) -> Asleep {
        self.client.shutdown().await;
        Asleep {
            folder: self.folder,
            timing: self.timing,
            clock: self.clock,
        }
    }

    /// The chat list as shown.
    #[must_use]
    pub fn rows(&self) -> &[ConversationRow] {
        &self.inbox.rows
    }

    /// The row of that name, if it is shown.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<&ConversationRow> {
        self.inbox.rows.iter().find(|row| row.person.name == name)
    }

    /// What the live region has been given.
    #[must_use]
    pub fn arrived(&self) -> &[String] {
        &self.arrived
    }

    /// What whoever notifies has been told.
    #[must_use]
    pub fn news(&self) -> &[News] {
        &self.news
    }

    /// What was told of invitations, for notifications.
    #[must_use]
    pub fn invitations(&self) -> &[InvitationNews] {
        &self.invitations
    }

    /// The server's time as it was last told, Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The connection as shown.
    #[must_use]
    pub fn connection(&self) -> &ConnectionView {
        &self.connection
    }

    /// Every state that the connection was said to be in, one after the other.
    #[must_use]
    pub fn states(&self) -> &[ConnectionView] {
        &self.states
    }

    /// Compares a conversation with the server, and waits for the result.
    pub async fn check(&mut self, id: ConversationId) -> CheckFindings {
        self.checks.remove(&id);
        self.client.check_conversation(id).await.expect("a comparison begun");
        let ended = |desk: &Self| match desk.checks.get(&id) {
            None | Some(CheckView::Running { .. }) => None,
            Some(ended) => Some(ended.clone()),
        };
        match self.until("the end of a comparison", ended).await {
            CheckView::Done { found, .. } => found,
            other => panic!("the comparison ended with {other:?}"),
        }
    }

    /// Opens the conversation of that name.
    pub async fn open(&mut self, name: &str) -> ConversationId {
        let id = self
            .until(&format!("a row of {name}"), |desk| desk.row(name).map(|row| row.id))
            .await;
        self.open_id(id).await
    }

    /// Opens a conversation.
    pub async fn open_id(&mut self, id: ConversationId) -> ConversationId {
        let snapshot = self.client.open_conversation(id).await.expect("opened");
        self.threads.insert(id, snapshot);
        id
    }

    /// Makes another window of an open thread.
    pub async fn jump(&mut self, id: ConversationId, to: JumpTarget) -> TimelineSnapshot {
        let snapshot = self.client.jump(id, to).await.expect("jumped");
        self.threads.insert(id, snapshot.clone());
        snapshot
    }

    /// Ends the stay in a thread.
    pub async fn close(&mut self, id: ConversationId) {
        self.client.close_conversation(id).await.expect("closed");
        self.threads.remove(&id);
    }

    /// Writes to the person of that address.
    pub async fn write(&mut self, address: &str, text: &str) -> ConversationId {
        let id = self
            .client
            .start_conversation(address.to_owned())
            .await
            .expect("a conversation");
        if !self.threads.contains_key(&id) {
            self.open_id(id).await;
        }
        self.client.send(id, text.to_owned()).await.expect("taken");
        id
    }

    /// Whether a conversation is open.
    #[must_use]
    pub fn is_open(&self, id: ConversationId) -> bool {
        self.threads.contains_key(&id)
    }

    /// An open thread.
    #[must_use]
    pub fn thread(&self, id: ConversationId) -> &TimelineSnapshot {
        self.threads.get(&id).expect("the conversation is open")
    }

    /// The messages of an open thread, oldest first.
    #[must_use]
    pub fn messages(&self, id: ConversationId) -> Vec<&MessageItem> {
        let mut messages = Vec::new();
        for item in &self.thread(id).items {
            if let TimelineItem::Message(message) = item {
                messages.push(message.as_ref());
            }
        }
        messages
    }

    /// The texts of an open thread, oldest first.
    #[must_use]
    pub fn texts(&self, id: ConversationId) -> Vec<String> {
        self.messages(id).into_iter().map(text_of).collect()
    }

    /// Waits until the app says that it is connected and up to date.
    pub async fn until_online(&mut self) {
        self.until("online", |desk| {
            (desk.connection == ConnectionView::Online).then_some(())
        })
        .await;
    }

    /// Waits until the account's archive has been asked a second time for what it wrote late, and the server's inbox, if there is one, has
    /// been compared.
    pub async fn until_caught_up(&mut self) {
        let wait = async {
            loop {
                let told = self.client.diagnostics().await.expect("a diagnosis");
                let compares = told.features.contains(&ServerFeature::Inbox) && told.inbox.is_none();
                if told.connection.archive == ArchiveState::Proven && !compares {
                    return;
                }
                self.settle_for(Duration::from_millis(100)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            panic!("not caught up; shown:\n{}", self.dump());
        }
    }

    /// Waits until an open thread holds exactly these texts.
    pub async fn until_texts(&mut self, id: ConversationId, texts: &[&str]) {
        self.until(&format!("{texts:?}"), |desk| (desk.texts(id) == texts).then_some(()))
            .await;
    }

    /// Waits until an open thread holds this text; the message.
    pub async fn until_text(&mut self, id: ConversationId, text: &str) -> MessageItem {
        let found = |desk: &Self| {
            desk.messages(id)
                .into_iter()
                .find(|message| text_of(message) == text)
                .cloned()
        };
        self.until(text, found).await
    }

    /// Waits until `check` finds something in what is shown.
    pub async fn until<T>(&mut self, what: &str, mut check: impl FnMut(&Self) -> Option<T>) -> T {
        let wait = async {
            loop {
                if let Some(found) = check(self) {
                    return found;
                }
                let event = self.event().await;
                self.apply(event).await;
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for {what}; shown:\n{}", self.dump()),
        }
    }

    /// Takes all events that are there already.
    pub async fn settle(&mut self) {
        self.settle_for(Duration::from_millis(300)).await;
    }

    /// Takes events until none has come for so long.
    pub async fn settle_for(&mut self, quiet: Duration) {
        while let Ok(Some(event)) = tokio::time::timeout(quiet, self.events.recv()).await {
            self.apply(event).await;
        }
    }

    /// The next event, to be [applied](Self::apply). Cancel safe.
    pub async fn event(&mut self) -> Event {
        self.events.recv().await.expect("the client lives")
    }

    /// Lets an event change what is shown.
    pub async fn apply(&mut self, event: Event) {
        match event {
            Event::Connection { state } => {
                self.states.push(state.clone());
                self.connection = state;
            }
            Event::Check { conversation, state } => drop(self.checks.insert(conversation, state)),
            Event::Account { .. }
            | Event::Show { .. }
            | Event::Read { .. }
            | Event::Team { .. }
            | Event::Unread { .. } => {}
            Event::News { news, .. } => self.news.extend(news),
            Event::Invited { invitation, .. } => self.invitations.push(invitation),
            Event::Clock { now } => self.now = now,
            Event::Inbox { revision, diffs } => {
                follow(&mut self.inbox.revision, revision);
                diffs.into_iter().for_each(|diff| apply_row(&mut self.inbox.rows, diff));
            }
            Event::Timeline {
                conversation,
                revision,
                diffs,
            } => {
                if let Some(thread) = self.threads.get_mut(&conversation)
                    && revision > thread.revision
                {
                    follow(&mut thread.revision, revision);
                    diffs.into_iter().for_each(|diff| apply_item(thread, diff));
                }
            }
            Event::Arrived { text, .. } => self.arrived.push(text),
            Event::Reload => {
                self.inbox = self.client.inbox().await.expect("the list");
                let open: Vec<ConversationId> = self.threads.keys().copied().collect();
                for id in open {
                    self.open_id(id).await;
                }
            }
            Event::Anew => {
                self.threads.clear();
                if let FirstScreen::SignedIn(shown) = self.client.start().await {
                    self.inbox = shown.inbox;
                    self.connection = shown.connection;
                }
            }
            Event::SignedOut => {
                self.inbox = InboxSnapshot::default();
                self.threads.clear();
            }
        }
    }

    /// All that is shown, for messages of failed tests.
    #[must_use]
    pub fn dump(&self) -> String {
        let mut dump = format!("connection: {:?}\n", self.connection);
        for row in &self.inbox.rows {
            let preview = row.preview.as_ref().map_or("", |preview| preview.text.as_str());
            let marks = [
                (row.marked_unread, "marked"),
                (row.pinned, "pinned"),
                (row.muted_until.is_some(), "muted"),
                (row.shown_in == ConversationBox::Archive, "aside"),
            ];
            let marks: String = marks
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, mark)| format!(", {mark}"))
                .collect();
            dump.push_str(&format!(
                "row {}: {preview} ({} unread{marks})\n",
                row.person.name, row.unread
            ));
        }
        for (id, thread) in &self.threads {
            dump.push_str(&format!(
                "thread {} ({:?}): {:?}\n",
                id.0,
                thread.start,
                self.texts(*id)
            ));
        }
        dump
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

/// The sign-in form for an account of a server.
#[must_use]
pub fn form(endpoint: &Endpoint, account: &Account) -> SignIn {
    let (port, mode) = endpoint.preferred().expect("the server has a port");
    SignIn {
        address: account.address.clone(),
        password: account.password.clone().into(),
        server: ServerLocation::Explicit {
            host: endpoint.host.clone(),
            port,
            security: match mode {
                TlsMode::Direct => ServerSecurity::DirectTls,
                TlsMode::StartTls => ServerSecurity::StartTls,
            },
        },
        extra_ca_file: endpoint.authority.as_ref().map(|path| path.display().to_string()),
        plain: PlainSignIn::Refused,
        key_protection: KeyProtection::Passphrase {
            passphrase: PASSPHRASE.to_owned().into(),
        },
    }
}

/// The text of a message as it was written, marks included.
#[must_use]
pub fn text_of(message: &MessageItem) -> String {
    let text = |token: &TextToken| match token {
        TextToken::Plain { text }
        | TextToken::Link { text, .. }
        | TextToken::Mention { text, .. }
        | TextToken::Preformatted { text }
        | TextToken::Direction { text } => text.clone(),
        TextToken::Strong { text } => format!("*{text}*"),
        TextToken::Emphasis { text } => format!("_{text}_"),
        TextToken::Code { text } => format!("`{text}`"),
        TextToken::Strike { text } => format!("~{text}~"),
    };
    message.text.iter().map(text).collect()
}

/// A diff must follow the state that it is applied to.
fn follow(held: &mut Revision, next: Revision) {
    assert_eq!(held.next(), next, "a diff was lost");
    *held = next;
}

fn at(index: u32) -> usize {
    usize::try_from(index).expect("an index")
}

fn apply_row(rows: &mut Vec<ConversationRow>, diff: InboxDiff) {
    match diff {
        InboxDiff::Insert { index, row } => rows.insert(at(index), *row),
        InboxDiff::Move { from, to } => {
            let row = rows.remove(at(from));
            rows.insert(at(to), row);
        }
        InboxDiff::Remove { index } => drop(rows.remove(at(index))),
        InboxDiff::Update { index, row } => *rows.get_mut(at(index)).expect("a row to update") = *row,
    }
}

fn apply_item(thread: &mut TimelineSnapshot, diff: TimelineDiff) {
    match diff {
        TimelineDiff::Insert { index, items } => drop(thread.items.splice(at(index)..at(index), items)),
        TimelineDiff::Update { index, item } => *thread.items.get_mut(at(index)).expect("an item to update") = item,
        TimelineDiff::Remove { index, count } => drop(thread.items.drain(at(index)..at(index + count))),
        TimelineDiff::Start { start } => thread.start = start,
        TimelineDiff::End { end } => thread.end = end,
    }
}

/// A computer on which the app is not running.
pub struct Asleep {
    folder: Folder,
    timing: Timing,
    clock: WallClock,
}

impl Asleep {
    /// Starts the app where nobody has signed in yet.
    #[must_use]
    pub fn first_time(self) -> Desk {
        Desk::over(self)
    }

    /// What the computer holds, for tests that damage it.
    pub async fn store(&self) -> wardline_store::Store {
        let profile = Profile::new(self.folder.path());
        let open = profile.unlock(PASSPHRASE.to_owned().into()).await.expect("unlocked");
        open.store
    }

    /// Starts the app; the chat list is what the store holds.
    pub async fn wake(self) -> Desk {
        let mut desk = self.first_time();
        assert!(
            matches!(desk.client.start().await, FirstScreen::Locked),
            "a passphrase protects this profile"
        );
        match desk
            .client
            .unlock(PASSPHRASE.to_owned().into())
            .await
            .expect("unlocked")
        {
            FirstScreen::SignedIn(signed_in) => {
                desk.inbox = signed_in.inbox;
                desk.connection = signed_in.connection;
                desk.now = signed_in.now;
            }
            other => panic!("not signed in after a restart: {other:?}"),
        }
        desk
    }
}
