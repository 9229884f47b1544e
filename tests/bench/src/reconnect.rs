//! A reconnect with nothing new: what is asked of the server must not depend on how many conversations there are.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wardline_sdk::profile::Profile;
use wardline_sdk::view::{ConnectionView, Event};
use wardline_sdk::{Client, EventReceiver};
use wardline_test_support::servers::Prosody;

use crate::desk::{self, Form};
use crate::sample::Sample;
use crate::watched::{Said, Watched};
use crate::{BenchError, Size, served};

/// Messages of each conversation.
const EACH: usize = 5;
/// How long a reconnect may take.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn measure(size: Size) -> Result<(), BenchError> {
    let few = against(10).await?;
    let many = against(size.of(1_000)).await?;
    if few.restarted.said.questions.abs_diff(many.restarted.said.questions) > 1
        || few.resumed.said.questions != many.resumed.said.questions
    {
        return Err(BenchError::Wrong(
            "it depends on the number of conversations".to_owned(),
        ));
    }
    println!("The number of conversations makes no difference.");
    Ok(())
}

/// A reconnect.
#[derive(Debug, Clone, Copy)]
struct Reconnect {
    said: Said,
    online: Duration,
}

/// The two kinds of it.
#[derive(Debug, Clone, Copy)]
struct Both {
    /// The session was taken up again.
    resumed: Reconnect,
    /// The server was restarted: a new session, caught up by the archive.
    restarted: Reconnect,
}

async fn against(conversations: usize) -> Result<Both, BenchError> {
    let sample = Sample::new(conversations, conversations * EACH)?;
    let mut server = served::start(&sample, &sample.whole()).await?;
    let folder = served::folder()?;
    let watched = Arc::new(Watched::default());
    let client = Client::over(Profile::new(folder.path()), watched.clone());
    let mut events = client.events();
    let form = Form::new(server.endpoint(), &sample.account()).filled_in();
    let signed_in = client.sign_in(form).await?;
    desk::until_online(&client, &mut events, signed_in.connection).await?;
    desk::until_proven(&client).await?;
    watched.until_quiet().await;
    println!("{conversations} conversations");
    let resumed = resume(&client, &mut events, &watched).await?;
    print("  resumed", &resumed);
    let restarted = restart(&client, &mut events, &watched, &mut server).await?;
    print("  new session", &restarted);
    client.shutdown().await;
    Ok(Both { resumed, restarted })
}

fn print(what: &str, reconnect: &Reconnect) {
    let Reconnect { said, online } = reconnect;
    println!(
        "{what:<30}{:>4} round trips{:>5} questions{:>9} bytes, up to date after {} ms",
        said.turns,
        said.questions,
        said.sent + said.received,
        online.as_millis()
    );
}

async fn resume(client: &Client, events: &mut EventReceiver, watched: &Watched) -> Result<Reconnect, BenchError> {
    take_ready(events).await;
    watched.take();
    watched.cut();
    let began = Instant::now();
    // A sign of life is asked for, and its answer finds the connection cut.
    client.reconnect();
    back(events, watched, began).await
}

async fn restart(
    client: &Client,
    events: &mut EventReceiver,
    watched: &Watched,
    server: &mut Prosody,
) -> Result<Reconnect, BenchError> {
    server.kill();
    server.start_again().await?;
    watched.take();
    let began = Instant::now();
    client.reconnect();
    back(events, watched, began).await
}

/// Waits until the client was away and is up to date again, and has nothing more to say.
async fn back(events: &mut EventReceiver, watched: &Watched, began: Instant) -> Result<Reconnect, BenchError> {
    let wait = async {
        let mut away = false;
        loop {
            match events.recv().await {
                Some(Event::Connection { state }) if state == ConnectionView::Online && away => {
                    return Ok(began.elapsed());
                }
                Some(Event::Connection { state }) => away |= state != ConnectionView::Online,
                Some(_) => {}
                None => return Err(BenchError::Never("up to date")),
            }
        }
    };
    let online = tokio::time::timeout(PATIENCE, wait).await;
    let online = online.map_err(|_| BenchError::Never("up to date"))??;
    let said = watched.until_quiet().await;
    Ok(Reconnect { said, online })
}

async fn take_ready(events: &mut EventReceiver) {
    while let Ok(Some(_)) = tokio::time::timeout(Duration::from_millis(50), events.recv()).await {}
}
