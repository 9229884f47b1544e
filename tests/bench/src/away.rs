//! Two years away: a computer that was up to date long ago catches up with everything since, and nobody has opened anything.

use std::path::Path;

use crate::bare::{self, From, Walk};
use crate::desk::{Form, Order};
use crate::sample::{self, Sample};
use crate::{BenchError, Size, desk, held, report, served};

/// Messages to a page that nobody waits for, as the SDK asks for them.
const LARGE: u16 = 250;

pub(crate) async fn measure(size: Size, program: &Path) -> Result<(), BenchError> {
    let sample = Sample::new(size.of(200), size.of(50_000))?;
    let messages = sample::count(&sample.rest);
    println!(
        "Two years away: {messages} messages in {} conversations",
        sample.before.len()
    );
    let mut server = served::start(&sample, &sample.before).await?;
    let (endpoint, account) = (server.endpoint().clone(), sample.account());
    let folder = served::folder()?;
    let first = Order::SignIn {
        folder: folder.path().to_owned(),
        form: Form::new(&endpoint, &account),
    };
    desk::send(program, &first).await?;
    server.stop().await;
    server.load_archive(&sample.rest).await?;
    server.start_again().await?;

    let cursor = sample.before.last().map(|stanza| stanza.id.clone()).unwrap_or_default();
    let reference = || {
        let walk = Walk {
            with: None,
            from: From::After(cursor.clone()),
            first: LARGE,
            then: LARGE,
        };
        bare::pull(&endpoint, &account, vec![walk], 1)
    };
    let before = reference()?;
    let order = Order::CatchUp {
        folder: folder.path().to_owned(),
    };
    let ours = desk::send(program, &order).await?;
    let after = reference()?;
    held::compare(folder.path(), &sample::texts(&sample.whole())).await?;
    report::beside_socket(messages, &[before, after], &ours);
    Ok(())
}
