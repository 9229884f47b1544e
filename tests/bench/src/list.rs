//! What a live message costs until the chat list shows it, against how many conversations there are. Without a network.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wardline_sdk::profile::Profile;
use wardline_sdk::view::{ConversationRow, Event, FirstScreen, InboxDiff};
use wardline_sdk::{Client, EventReceiver};
use wardline_store::{Store, pages};

use crate::desk::{self, PASSPHRASE};
use crate::filling::{self, STEP};
use crate::replay::Replay;
use crate::sample::Sample;
use crate::{BenchError, Size, cost, ingest, report, served};

/// Conversations.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Messages that each holds.
const EACH: usize = 5;
/// Conversations in which something is said.
const SAID_IN: usize = 100;
/// How often something is said in each of them, one message at a time; then as often without a pause, and that as often again.
const ROUNDS: usize = 5;
/// Rows to a transaction.
const CHUNK: usize = 5_000;
/// How long a message may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn measure(size: Size) -> Result<(), BenchError> {
    let mut all = Vec::with_capacity(SIZES.len());
    for conversations in SIZES {
        all.push(of_size(size.of(conversations)).await?);
    }
    if let [small, .., large] = all.as_slice() {
        let ratio = |what, of: fn(&Times) -> Duration| {
            report::ratio(what, of(large).as_secs_f64(), of(small).as_secs_f64());
        };
        ratio("most to fewest, one at a time", |times| times.one);
        ratio("most to fewest, processor time", |times| times.processor);
        ratio("most to fewest, at once", |times| times.at_once);
    }
    Ok(())
}

/// What a message took.
struct Times {
    /// One at a time, the median.
    one: Duration,
    /// Processor time of one.
    processor: Duration,
    /// Many at once.
    at_once: Duration,
}

async fn of_size(conversations: usize) -> Result<Times, BenchError> {
    let folder = served::folder()?;
    let sample = Sample::new(4, 4)?;
    let account = sample.account();
    let server = Replay::of(&account);
    let profile = Profile::new(folder.path());
    ingest::sign_in(&Client::over(profile.clone(), Arc::new(server.clone())), &sample).await?;
    let store = profile.unlock(PASSPHRASE.to_owned().into()).await?.store;
    fill(&store, conversations).await?;
    store.close().await?;
    // It holds the lock of the folder.
    drop(profile);
    let mut talk = Talk::begin(folder.path(), server, account.address, conversations).await?;
    println!(
        "{conversations} conversations, up to date after {} ms",
        talk.online.as_millis()
    );
    // The first message of a session asks for what is not known of its writer.
    talk.round(1).await?;
    let processor = cost::processor();
    let one = talk.round(ROUNDS).await?;
    let count = u32::try_from(one.len()).unwrap_or(u32::MAX);
    let processor = cost::processor().saturating_sub(processor) / count;
    let mut at_once = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        at_once.push(talk.at_once().await?);
    }
    let times = Times {
        one: report::median(one),
        processor,
        at_once: report::median(at_once),
    };
    talk.client.shutdown().await;
    println!(
        "  a message on the list {} µs, processor time {} µs; at once {} µs each",
        times.one.as_micros(),
        times.processor.as_micros(),
        times.at_once.as_micros()
    );
    Ok(times)
}

async fn fill(store: &Store, conversations: usize) -> Result<(), BenchError> {
    let total = conversations * EACH;
    let span = i64::try_from(total).unwrap_or_default() * STEP;
    let (archive, all) = filling::conversations(store, conversations, span).await?;
    for from in (0..total).step_by(CHUNK) {
        let new = (from..total.min(from + CHUNK)).filter_map(|number| {
            let (conversation, segment, address) = all.get(number % conversations)?;
            Some(filling::message(number, *conversation, *segment, address))
        });
        let new = new.collect();
        let tx = store.begin().await?;
        pages::insert(&tx, archive, new).await?;
        tx.commit().await?;
    }
    let tx = store.begin().await?;
    for (id, _, _) in &all {
        filling::read(&tx, *id).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Colleagues who write, and the list that shows it.
struct Talk {
    client: Client,
    events: EventReceiver,
    server: Replay,
    own: String,
    writers: Vec<usize>,
    said: usize,
    /// How long the app took to be up to date, with nothing new.
    online: Duration,
}

impl Talk {
    async fn begin(folder: &Path, server: Replay, own: String, conversations: usize) -> Result<Self, BenchError> {
        let client = Client::over(Profile::new(folder), Arc::new(server.clone()));
        let mut events = client.events();
        client.start().await;
        let FirstScreen::SignedIn(signed_in) = client.unlock(PASSPHRASE.to_owned().into()).await? else {
            return Err(BenchError::Never("a signed-in account"));
        };
        let began = Instant::now();
        desk::until_online(&client, &mut events, signed_in.connection).await?;
        let online = began.elapsed();
        desk::until_proven(&client).await?;
        let count = conversations.min(SAID_IN);
        Ok(Self {
            client,
            events,
            server,
            own,
            writers: (0..count).map(|number| number * conversations / count).collect(),
            said: 0,
            online,
        })
    }

    /// Somebody says something; what.
    fn say(&mut self, writer: usize) -> String {
        self.said += 1;
        let text = format!("Bed {} is ready.", self.said);
        self.server.say(format!(
            "<message xmlns='jabber:client' type='chat' from='colleague{writer}@northgate.example/desk' to='{}' id='live-{number}'>\
             <body>{text}</body><stanza-id xmlns='urn:xmpp:sid:0' by='{}' id='a-live-{number}'/></message>",
            self.own,
            self.own,
            number = self.said
        ));
        text
    }

    /// Everybody says something so often, each when the list shows what was said before; how long each took.
    async fn round(&mut self, rounds: usize) -> Result<Vec<Duration>, BenchError> {
        let mut times = Vec::with_capacity(rounds * self.writers.len());
        for writer in self.writers.repeat(rounds) {
            let began = Instant::now();
            let text = self.say(writer);
            self.until_shown(&text).await?;
            times.push(began.elapsed());
        }
        Ok(times)
    }

    /// The same without a pause; how long each message took.
    async fn at_once(&mut self) -> Result<Duration, BenchError> {
        let began = Instant::now();
        let mut last = String::new();
        let writers = self.writers.repeat(ROUNDS);
        for writer in &writers {
            last = self.say(*writer);
        }
        self.until_shown(&last).await?;
        Ok(began.elapsed() / u32::try_from(writers.len()).unwrap_or(u32::MAX))
    }

    async fn until_shown(&mut self, text: &str) -> Result<(), BenchError> {
        let shows = |row: &ConversationRow| row.preview.as_ref().is_some_and(|preview| preview.text == text);
        let shown = |diff: &InboxDiff| match diff {
            InboxDiff::Insert { row, .. } | InboxDiff::Update { row, .. } => shows(row),
            InboxDiff::Move { .. } | InboxDiff::Remove { .. } => false,
        };
        let wait = async {
            loop {
                match self.events.recv().await {
                    Some(Event::Inbox { diffs, .. }) if diffs.iter().any(shown) => return Ok(()),
                    Some(Event::Reload) if self.client.inbox().await?.rows.iter().any(shows) => return Ok(()),
                    Some(_) => {}
                    None => return Err(BenchError::Never("a message on the list")),
                }
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        waited.map_err(|_| BenchError::Never("a message on the list"))?
    }
}
