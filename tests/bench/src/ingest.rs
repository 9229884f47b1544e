//! Taking in an archive without a network: bytes to rows, as fast as it goes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wardline_sdk::Client;
use wardline_sdk::profile::Profile;
use wardline_store::conversations;

use crate::desk::{self, Form, PASSPHRASE};
use crate::plain::{self, Plain, Row};
use crate::replay::Replay;
use crate::sample::{self, Sample};
use crate::{BenchError, Size, cost, held, report, served};

/// Rows that plain SQLite inserts in one transaction: a page, as the SDK does.
const PAGE: usize = 250;

pub(crate) async fn measure(size: Size) -> Result<(), BenchError> {
    let sample = Sample::new(size.of(200), size.of(50_000))?;
    let messages = sample::count(&sample.rest);
    println!(
        "Ingest of {messages} messages in {} conversations, no network",
        sample.before.len()
    );
    let server = Replay::of(&sample.account());
    server.add(&sample.before);
    let folder = served::folder()?;
    let profile = || Profile::new(folder.path());
    sign_in(&Client::over(profile(), Arc::new(server.clone())), &sample).await?;
    server.add(&sample.rest);
    let ours = desk::catch_up(&Client::over(profile(), Arc::new(server))).await?;
    held::compare(folder.path(), &sample::texts(&sample.whole())).await?;

    let store = profile().unlock(PASSPHRASE.to_owned().into()).await?.store;
    let tx = store.read().await?;
    let rows = plain::rows(&tx).await?;
    let ids: Vec<_> = conversations::list(&tx)
        .await?
        .into_iter()
        .map(|with| with.id)
        .collect();
    drop(tx);
    store.close().await?;
    let mut plain = Plain::create(&folder.path().join("plain.db"), &ids)?;
    let (reference, processor) = insert(&mut plain, &rows)?;

    report::speed("plain SQLite, the same rows", rows.len(), reference);
    report::speed("client, bytes to encrypted store", messages, ours.whole);
    report::ratio(
        "ratio",
        report::rate(messages, ours.whole),
        report::rate(rows.len(), reference),
    );
    report::processor("processor time of plain SQLite", processor);
    report::processor("processor time of the client", ours.processor);
    Ok(())
}

/// How long plain SQLite takes, and how much of the processor.
fn insert(plain: &mut Plain, rows: &[Row]) -> Result<(Duration, Duration), BenchError> {
    let (began, processor) = (Instant::now(), cost::processor());
    for page in rows.chunks(PAGE) {
        plain.insert(page)?;
    }
    Ok((began.elapsed(), cost::processor().saturating_sub(processor)))
}

/// Signs in where nobody has, and ends when the archive is up to date.
pub(crate) async fn sign_in(client: &Client, sample: &Sample) -> Result<(), BenchError> {
    let mut events = client.events();
    let form = Form::anywhere(&sample.account()).filled_in();
    let signed_in = client.sign_in(form).await?;
    desk::until_online(client, &mut events, signed_in.connection).await?;
    desk::until_proven(client).await?;
    client.shutdown().await;
    Ok(())
}
