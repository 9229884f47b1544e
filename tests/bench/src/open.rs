//! Opening a conversation: its newest page, out of a store of a million messages, without a network.

mod fill;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wardline_sdk::Client;
use wardline_sdk::profile::Profile;
use wardline_sdk::view::FirstScreen;
use wardline_store::{ConversationId, Store, messages};
use wardline_xmpp::session::{Connection, SessionConfig, SessionError, Transport};

use self::fill::Filled;
use crate::desk::PASSPHRASE;
use crate::replay::Replay;
use crate::sample::Sample;
use crate::{BenchError, Size, ingest, report, served};

/// Messages of a page.
const PAGE: u32 = 50;
/// How often each is measured.
const RUNS: usize = 200;

pub(crate) async fn measure(size: Size) -> Result<(), BenchError> {
    let conversation = size.of(100_000);
    let small = of_size(conversation, conversation).await?;
    let large = of_size(size.of(1_000_000), conversation).await?;
    report::ratio(
        "client, large store to small store",
        large.client.as_secs_f64(),
        small.client.as_secs_f64(),
    );
    Ok(())
}

/// What was measured, each the median.
struct Times {
    client: Duration,
}

async fn of_size(messages: usize, conversation: usize) -> Result<Times, BenchError> {
    println!("Newest {PAGE} of {conversation} messages, in a store of {messages}");
    let folder = served::folder()?;
    let sample = Sample::new(4, 4)?;
    let profile = Profile::new(folder.path());
    ingest::sign_in(
        &Client::over(profile.clone(), Arc::new(Replay::of(&sample.account()))),
        &sample,
    )
    .await?;
    let store = profile.unlock(PASSPHRASE.to_owned().into()).await?.store;
    let filled = fill::fill(&store, &folder.path().join("plain.db"), messages, conversation).await?;
    let read = stored(&store, filled.conversation).await?;
    store.close().await?;
    // It holds the lock of the folder.
    drop(profile);
    let plain = reference(&filled)?;
    let client = opened(folder.path(), filled.conversation).await?;
    print("plain SQLite, the query alone", plain.first, plain.median);
    print("encrypted store, the same query", read.first, read.median);
    print("client, the conversation opened", client.first, client.median);
    let ratio = |time: Duration| time.as_secs_f64() / plain.median.as_secs_f64();
    println!("{:<46}{:>9.2}", "ratio of the store", ratio(read.median));
    println!("{:<46}{:>9.2}", "ratio of the client", ratio(client.median));
    Ok(Times { client: client.median })
}

/// Times of the same thing done often.
struct Series {
    first: Duration,
    median: Duration,
}

impl Series {
    fn of(times: Vec<Duration>) -> Self {
        Self {
            first: times.first().copied().unwrap_or_default(),
            median: report::median(times),
        }
    }
}

fn print(what: &str, first: Duration, median: Duration) {
    println!(
        "{what:<46}{:>9} µs, the first time {} µs",
        median.as_micros(),
        first.as_micros()
    );
}

fn reference(filled: &Filled) -> Result<Series, BenchError> {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let began = Instant::now();
        let count = filled.plain.newest(filled.conversation, PAGE)?;
        times.push(began.elapsed());
        complete(count)?;
    }
    Ok(Series::of(times))
}

async fn stored(store: &Store, conversation: ConversationId) -> Result<Series, BenchError> {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let began = Instant::now();
        let tx = store.read().await?;
        let page = messages::newest(&tx, conversation, PAGE).await?;
        drop(tx);
        times.push(began.elapsed());
        complete(page.len())?;
    }
    Ok(Series::of(times))
}

async fn opened(folder: &Path, conversation: ConversationId) -> Result<Series, BenchError> {
    let client = Client::over(Profile::new(folder), Arc::new(Nowhere));
    client.start().await;
    if !matches!(
        client.unlock(PASSPHRASE.to_owned().into()).await?,
        FirstScreen::SignedIn(_)
    ) {
        return Err(BenchError::Never("a signed-in account"));
    }
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let began = Instant::now();
        let shown = client.open_conversation(conversation.into()).await?;
        times.push(began.elapsed());
        client.close_conversation(conversation.into()).await?;
        complete(shown.items.len())?;
    }
    client.shutdown().await;
    Ok(Series::of(times))
}

fn complete(count: usize) -> Result<(), BenchError> {
    // The client may show more beside the messages, such as a gap.
    if count >= usize::try_from(PAGE).unwrap_or_default() {
        Ok(())
    } else {
        Err(BenchError::Wrong(format!("{count} messages instead of a page")))
    }
}

/// A network that is not there.
struct Nowhere;

impl Transport for Nowhere {
    fn connect<'a>(
        &'a self,
        _: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(async { Err(SessionError::Unreachable) })
    }
}
