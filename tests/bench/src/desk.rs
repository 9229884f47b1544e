//! The app without its window, in a process of its own, so that what it costs is nobody else's.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use wardline_sdk::profile::Profile;
use wardline_sdk::view::{
    ArchiveState, ConnectionView, ConversationId, Event, FirstScreen, KeyProtection, PlainSignIn, ServerLocation,
    ServerSecurity, SignIn, TimelineDiff, TimelineStart,
};
use wardline_sdk::{Client, EventReceiver};
use wardline_test_support::servers::{Account, Endpoint};

use crate::{BenchError, cost};

/// Opens every profile of the benches, so that they need no keyring.
pub(crate) const PASSPHRASE: &str = "correct horse battery";
/// How long anything may take before a bench gives up.
const PATIENCE: Duration = Duration::from_secs(600);
/// Conversations that are read back at a time.
pub(crate) const AT_ONCE: usize = 4;

/// What the process does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Signs in on a computer where nobody has, until everything is up to date.
    SignIn { folder: PathBuf, form: Form },
    /// The same, and reads every conversation back to its beginning.
    ReadAll { folder: PathBuf, form: Form },
    /// Starts on what is there, until everything is up to date.
    CatchUp { folder: PathBuf },
}

/// Where and as whom to sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Form {
    host: String,
    port: u16,
    authority: Option<PathBuf>,
    address: String,
    password: String,
}

impl Form {
    pub(crate) fn new(endpoint: &Endpoint, account: &Account) -> Self {
        Self {
            host: endpoint.host.clone(),
            port: endpoint.direct_tls_port.unwrap_or_default(),
            authority: endpoint.authority.clone(),
            address: account.address.clone(),
            password: account.password.clone(),
        }
    }

    /// For a server that is found without being told where.
    pub(crate) fn anywhere(account: &Account) -> Self {
        Self {
            host: "localhost".to_owned(),
            port: 5223,
            authority: None,
            address: account.address.clone(),
            password: account.password.clone(),
        }
    }

    pub(crate) fn filled_in(self) -> SignIn {
        SignIn {
            address: self.address,
            password: self.password.into(),
            server: ServerLocation::Explicit {
                host: self.host,
                port: self.port,
                security: ServerSecurity::DirectTls,
            },
            extra_ca_file: self.authority.map(|path| path.display().to_string()),
            // The server in memory offers nothing else.
            plain: PlainSignIn::Allowed,
            key_protection: KeyProtection::Passphrase {
                passphrase: PASSPHRASE.to_owned().into(),
            },
        }
    }
}

/// What it cost.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// From the sign-in, or the start, until the chat list was up to date.
    pub(crate) listed: Duration,
    /// Until everything was there.
    pub(crate) whole: Duration,
    /// Processor time of that.
    pub(crate) processor: Duration,
    /// Bytes of memory before anything was done.
    pub(crate) before: u64,
    /// After everything.
    pub(crate) after: u64,
    /// At most.
    pub(crate) most: u64,
}

/// Starts `program` (this package's own) with an order; what it cost.
pub(crate) async fn send(program: &Path, order: &Order) -> Result<Cost, BenchError> {
    let mut child = Command::new(program)
        .arg("desk")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut orders) = child.stdin.take() {
        orders.write_all(&serde_json::to_vec(order)?).await?;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        return Err(BenchError::Wrong(format!("the measured process failed: {said}")));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The process itself: takes its order from standard input, and says on standard output what it cost.
///
/// # Errors
/// [`BenchError`].
pub async fn obey() -> Result<(), BenchError> {
    let mut order = String::new();
    std::io::Read::read_to_string(&mut std::io::stdin(), &mut order)?;
    let cost = match serde_json::from_str(&order)? {
        Order::SignIn { folder, form } => first(&folder, form, Reads::Nothing).await?,
        Order::ReadAll { folder, form } => first(&folder, form, Reads::All).await?,
        Order::CatchUp { folder } => catch_up(&Client::new(Profile::new(folder))).await?,
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reads {
    Nothing,
    All,
}

async fn first(folder: &Path, form: Form, reads: Reads) -> Result<Cost, BenchError> {
    let client = Client::new(Profile::new(folder));
    let mut events = client.events();
    let meter = Meter::start();
    let signed_in = client.sign_in(form.filled_in()).await?;
    // Deriving the key of the store takes more for a moment than everything that follows.
    cost::forget_peak();
    until_online(&client, &mut events, signed_in.connection).await?;
    let listed = meter.began.elapsed();
    match reads {
        Reads::All => read_all(&client, &mut events).await?,
        Reads::Nothing => until_proven(&client).await?,
    }
    let cost = meter.read(listed);
    client.shutdown().await;
    Ok(cost)
}

/// Starts on what is there, and ends when everything is up to date.
pub(crate) async fn catch_up(client: &Client) -> Result<Cost, BenchError> {
    let mut events = client.events();
    if !matches!(client.start().await, FirstScreen::Locked) {
        return Err(BenchError::Never("a locked profile"));
    }
    // The session begins with its end; what comes before it is the derivation of the key.
    let FirstScreen::SignedIn(signed_in) = client.unlock(PASSPHRASE.to_owned().into()).await? else {
        return Err(BenchError::Never("a signed-in account"));
    };
    let meter = Meter::start();
    until_online(client, &mut events, signed_in.connection).await?;
    let cost = meter.read(meter.began.elapsed());
    client.shutdown().await;
    Ok(cost)
}

struct Meter {
    began: Instant,
    processor: Duration,
    before: u64,
}

impl Meter {
    fn start() -> Self {
        cost::forget_peak();
        Self {
            before: cost::memory().0,
            processor: cost::processor(),
            began: Instant::now(),
        }
    }

    fn read(&self, listed: Duration) -> Cost {
        let whole = self.began.elapsed();
        let (after, most) = cost::memory();
        Cost {
            listed,
            whole,
            processor: cost::processor().saturating_sub(self.processor),
            before: self.before,
            after,
            most,
        }
    }
}

/// Waits until the app says that it is up to date.
pub(crate) async fn until_online(
    client: &Client,
    events: &mut EventReceiver,
    mut connection: ConnectionView,
) -> Result<(), BenchError> {
    let wait = async {
        while connection != ConnectionView::Online {
            match events.recv().await {
                Some(Event::Connection { state }) => connection = state,
                Some(Event::Reload) => connection = client.diagnostics().await?.connection.state,
                Some(_) => {}
                None => return Err(BenchError::Never("up to date")),
            }
        }
        Ok(())
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    waited.map_err(|_| BenchError::Never("up to date"))?
}

/// Waits until the archive was asked for the second time whether there is more.
pub(crate) async fn until_proven(client: &Client) -> Result<(), BenchError> {
    let patience = Instant::now() + PATIENCE;
    while Instant::now() < patience {
        if client.diagnostics().await?.connection.archive == ArchiveState::Proven {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(BenchError::Never("a proven archive"))
}

/// Reads every conversation back to its beginning, some of them at a time, as somebody does who scrolls up in each.
async fn read_all(client: &Client, events: &mut EventReceiver) -> Result<(), BenchError> {
    let mut waiting: VecDeque<ConversationId> = client.inbox().await?.rows.iter().map(|row| row.id).collect();
    let mut open: HashMap<ConversationId, TimelineStart> = HashMap::new();
    loop {
        while open.len() < AT_ONCE
            && let Some(id) = waiting.pop_front()
        {
            let start = client.open_conversation(id).await?.start;
            go_on(client, &mut open, id, start).await?;
        }
        if open.is_empty() {
            return Ok(());
        }
        let event = tokio::time::timeout(PATIENCE, events.recv()).await;
        match event.map_err(|_| BenchError::Never("the beginning of a conversation"))? {
            Some(Event::Timeline {
                conversation, diffs, ..
            }) if open.contains_key(&conversation) => {
                let last = diffs.iter().rev().find_map(|diff| match diff {
                    TimelineDiff::Start { start } => Some(*start),
                    _ => None,
                });
                if let Some(start) = last {
                    go_on(client, &mut open, conversation, start).await?;
                }
            }
            Some(Event::Reload) => {
                for id in open.keys().copied().collect::<Vec<_>>() {
                    let start = client.timeline(id).await?.start;
                    go_on(client, &mut open, id, start).await?;
                }
            }
            Some(_) => {}
            None => return Err(BenchError::Never("the beginning of a conversation")),
        }
    }
}

/// Asks for more of a conversation, or leaves it when there is none.
async fn go_on(
    client: &Client,
    open: &mut HashMap<ConversationId, TimelineStart>,
    id: ConversationId,
    start: TimelineStart,
) -> Result<(), BenchError> {
    match start {
        TimelineStart::Beginning => {
            client.close_conversation(id).await?;
            open.remove(&id);
            return Ok(());
        }
        TimelineStart::More => client.page_back(id).await?,
        TimelineStart::Loading | TimelineStart::Offline => {}
    }
    open.insert(id, start);
    Ok(())
}
