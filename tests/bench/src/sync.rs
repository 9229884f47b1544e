//! The first sync of a computer: the chat list, then every conversation back to its beginning.

use std::path::Path;

use crate::bare::{self, From, Walk};
use crate::desk::{AT_ONCE, Form, Order};
use crate::sample::{self, Sample};
use crate::{BenchError, Size, desk, held, report, served};

/// Messages to a page of one conversation that somebody waits for, as the SDK asks for them.
const SMALL: u16 = 50;
/// Messages to a page that tells with whom there was talk.
const LARGE: u16 = 250;

pub(crate) async fn measure(size: Size, program: &Path) -> Result<(), BenchError> {
    let sample = Sample::new(size.of(200), size.of(50_000))?;
    let whole = sample.whole();
    let messages = sample::count(&whole);
    println!(
        "First sync of {messages} messages in {} conversations",
        sample.before.len()
    );
    let server = served::start(&sample, &whole).await?;
    let (endpoint, account) = (server.endpoint().clone(), sample.account());
    let mut walks = vec![Walk {
        with: None,
        from: From::Newest,
        first: LARGE,
        then: 0,
    }];
    walks.extend(sample.people().into_iter().map(|person| Walk {
        with: Some(person),
        from: From::Newest,
        first: SMALL,
        then: SMALL,
    }));
    let reference = |at_once| bare::pull(&endpoint, &account, walks.clone(), at_once);
    let before = reference(AT_ONCE)?;
    let folder = served::folder()?;
    let order = Order::ReadAll {
        folder: folder.path().to_owned(),
        form: Form::new(&endpoint, &account),
    };
    let ours = desk::send(program, &order).await?;
    let after = reference(AT_ONCE)?;
    held::compare(folder.path(), &sample::texts(&whole)).await?;
    report::beside_socket(messages, &[before, after], &ours);
    println!("the chat list after {:.2} s", ours.listed.as_secs_f64());
    Ok(())
}
