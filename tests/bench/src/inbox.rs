//! Sign-in of a new computer to the complete chat list, where the server keeps an inbox (MongooseIM's), and of the same computer after an
//! absence; beside a bare socket that reads the same inbox and keeps nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use wardline_sdk::profile::Profile;
use wardline_sdk::view::{FirstScreen, InboxComparison, SignedIn};
use wardline_sdk::{Client, EventReceiver};
use wardline_test_support::hospital::{DOMAIN, Hospital};
use wardline_test_support::servers::{Inbox, MongooseWays, Prosody, Setup};

use self::shown::Shown;
use self::wanted::Wanted;
use crate::bare::{self, Pulled};
use crate::desk::{self, Form, PASSPHRASE};
use crate::watched::{Said, Watched};
use crate::{BenchError, Size, cost, served};

mod shown;
mod wanted;

/// Messages of each conversation.
const EACH: usize = 5;
/// Chats in which something is said during the absence.
const CHANGED: usize = 20;
/// Conversations to a page, as the SDK asks for them.
const PAGE: u16 = 100;
/// How long the list may take.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn measure(size: Size) -> Result<(), BenchError> {
    let conversations = size.of(2_000);
    let hospital = Hospital::of_size(DOMAIN, Utc::now(), conversations, conversations * EACH)?;
    let setup = Setup {
        inbox: Inbox::MongooseIm,
        mongoose: MongooseWays::recorded(),
        ..Setup::default()
    };
    let mut server = Prosody::prepare_with(DOMAIN, &setup)?;
    hospital.put_into(&server).await?;
    server.start_again().await?;
    let mut wanted = Wanted::of(&hospital);
    println!("{} conversations, {EACH} messages each", wanted.len());
    let (endpoint, account) = (server.endpoint().clone(), hospital.user());
    let reference = || bare::list(&endpoint, &account, PAGE);
    let before = reference()?;

    let folder = served::folder()?;
    let watched = Arc::new(Watched::default());
    let client = Client::over(Profile::new(folder.path()), watched.clone());
    let form = Form::new(&endpoint, &account).filled_in();
    let events = client.events();
    let signed_in = client.sign_in(form).await?;
    let first = session(&client, events, signed_in, &watched, &wanted).await?;
    client.shutdown().await;
    // It holds the lock of the folder.
    drop(client);
    let after = reference()?;
    print_bare(&[before, after]);
    first.print("new computer");

    server.stop().await;
    let said = wanted.say_more(CHANGED);
    server.load_archive(&said).await?;
    server.write_inbox(account.name(), wanted.inbox())?;
    server.start_again().await?;
    watched.take();
    let client = Client::over(Profile::new(folder.path()), watched.clone());
    let events = client.events();
    client.start().await;
    let FirstScreen::SignedIn(signed_in) = client.unlock(PASSPHRASE.to_owned().into()).await? else {
        return Err(BenchError::Never("a signed-in account"));
    };
    let second = session(&client, events, *signed_in, &watched, &wanted).await?;
    client.shutdown().await;
    second.print(&format!("after an absence, {CHANGED} chats changed"));
    Ok(())
}

/// A session until nothing more is said in it.
struct Measured {
    /// From the beginning of the connection until the list had rows; `None`: it had them before.
    rows: Option<Duration>,
    /// Until nine conversations in ten were as they must be.
    nearly: Duration,
    /// Until it was complete: every conversation with its last message and the number of unread ones.
    complete: Duration,
    /// Until the app said that it was up to date.
    online: Duration,
    /// What was said until it was complete.
    said: Said,
    /// What was said in all.
    all: Said,
    /// Processor time in all.
    processor: Duration,
    /// What the comparison with the server found.
    compared: Option<InboxComparison>,
}

impl Measured {
    fn print(&self, what: &str) {
        let said = |said: &Said| {
            format!(
                "{:>5} round trips{:>6} questions{:>9} kB in{:>6} kB out",
                said.turns,
                said.questions,
                said.received / 1_000,
                said.sent / 1_000
            )
        };
        println!("{what}");
        match self.rows {
            Some(rows) => println!("  first rows after {} ms", rows.as_millis()),
            None => println!("  rows at once, from the store"),
        }
        println!("  nine in ten right after{:>6} ms", self.nearly.as_millis());
        println!(
            "  list complete after{:>7} ms,{}",
            self.complete.as_millis(),
            said(&self.said)
        );
        println!("  up to date after   {:>7} ms", self.online.as_millis());
        println!("  in all                        {}", said(&self.all));
        println!("  processor time {:.2} s", self.processor.as_secs_f64());
        if let Some(InboxComparison {
            conversations,
            differences,
        }) = self.compared
        {
            println!("  compared: {conversations} conversations, {differences} differences");
        }
    }
}

fn print_bare(measured: &[(Duration, Pulled); 2]) {
    for (first, pulled) in measured {
        println!(
            "bare socket: first page after {} ms, all {} pages, {} kB, after {} ms",
            first.as_millis(),
            pulled.pages,
            pulled.bytes / 1_000,
            pulled.time.as_millis()
        );
    }
}

/// Follows a session until the list is complete and nothing more is said.
async fn session(
    client: &Client,
    mut events: EventReceiver,
    signed_in: SignedIn,
    watched: &Watched,
    wanted: &Wanted,
) -> Result<Measured, BenchError> {
    let processor = cost::processor();
    let mut shown = Shown::new(signed_in, wanted);
    let had_rows = !shown.is_empty();
    let (mut rows, mut nearly, mut complete, mut online) = (None, None, None, None);
    let mut said = Said::default();
    let patience = Instant::now() + PATIENCE;
    while complete.is_none() || online.is_none() {
        let event = tokio::time::timeout_at(patience.into(), events.recv()).await;
        let Ok(event) = event else {
            return Err(BenchError::Wrong(format!("the list is wrong: {}", shown.wrong())));
        };
        let event = event.ok_or(BenchError::Never("the list"))?;
        shown.apply(client, event).await?;
        let elapsed = || watched.began().map(|began| began.elapsed());
        if rows.is_none() && !shown.is_empty() {
            rows = elapsed();
        }
        if nearly.is_none() && shown.is_nearly_right() {
            nearly = elapsed();
        }
        if complete.is_none() && shown.is_right() {
            complete = elapsed();
            said = watched.take();
        }
        if online.is_none() && shown.is_online() {
            online = elapsed();
        }
    }
    desk::until_proven(client).await?;
    let all = said.and(watched.until_quiet().await);
    shown.take_ready(client, &mut events).await?;
    if !shown.is_right() {
        return Err(BenchError::Wrong(format!("the list became wrong: {}", shown.wrong())));
    }
    Ok(Measured {
        rows: rows.filter(|_| !had_rows),
        nearly: nearly.unwrap_or_default(),
        complete: complete.unwrap_or_default(),
        online: online.unwrap_or_default(),
        said,
        all,
        processor: cost::processor().saturating_sub(processor),
        compared: client.diagnostics().await?.inbox,
    })
}
