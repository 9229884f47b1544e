//! The process of one device: a [`Desk`] that does what it is told on its standard input.

use std::io::{BufRead, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use wardline_interop::view::{
    Author, ConversationId, ConversationKind, Delivery, TimelineEnd, TimelineItem, TimelineStart,
};
use wardline_interop::{Account, Desk, Endpoint, text_of};

use crate::talk::{Answer, Credentials, Order, Place, Progress, Report, Shown, Thread, timing};

/// How long paging back to the beginning may take before a report says that it did not get there.
const PAGING: Duration = Duration::from_secs(12);
/// How long a page is waited for before it is asked for again.
const PAGE: Duration = Duration::from_millis(400);

/// Why a device could not go on.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Its standard input or output failed.
    #[error("standard input or output: {0}")]
    Io(#[from] std::io::Error),
    /// It was told something that it does not understand.
    #[error("not an order: {0}")]
    Order(#[from] serde_json::Error),
}

/// Runs the device whose profile is in `folder` until its standard input ends.
///
/// # Errors
/// [`DeskError`]; a defect of the SDK that shows at once is a panic, whose words are on standard error.
pub async fn run(folder: PathBuf) -> Result<(), DeskError> {
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_env_filter("wardline_sdk=debug,wardline_xmpp=debug");
    // The first and only one of this process.
    let _set = log.try_init();
    let known = has_profile(&folder);
    let asleep = Desk::in_folder(folder, timing());
    let mut desk = if known {
        asleep.wake().await
    } else {
        asleep.first_time()
    };
    let mut orders = orders();
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(line) => obey(&mut desk, serde_json::from_str(&line?)?).await?,
                None => return Ok(()),
            },
            event = desk.event() => desk.apply(event).await,
        }
    }
}

/// The lines of standard input. They are read by a thread of their own, which nobody waits for at the end.
fn orders() -> mpsc::Receiver<std::io::Result<String>> {
    let (read, orders) = mpsc::channel(64);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if read.blocking_send(line).is_err() {
                return;
            }
        }
    });
    orders
}

/// Whether somebody has signed in here: the description of the profile is written before anything else.
fn has_profile(folder: &Path) -> bool {
    folder.join("profile.json").exists()
}

async fn obey(desk: &mut Desk, order: Order) -> Result<(), DeskError> {
    let answer = match order {
        Order::SignIn(credentials) => sign_in(desk, credentials).await,
        Order::Write { place, text } => write(desk, place, text).await,
        Order::Open(place) => {
            if let Ok(id) = find(desk, &place).await
                && !desk.is_open(id)
            {
                desk.open_id(id).await;
            }
            return Ok(());
        }
        Order::ReadAll => read_all(desk).await,
        Order::Wake => {
            desk.client().reconnect();
            return Ok(());
        }
        Order::Report => Answer::Report(report(desk).await),
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    // At once: whoever kills this process must know what was said before.
    tokio::task::block_in_place(|| {
        let mut out = std::io::stdout().lock();
        out.write_all(&line)?;
        out.flush()
    })?;
    Ok(())
}

async fn sign_in(desk: &mut Desk, credentials: Credentials) -> Answer {
    let port = Some(credentials.port);
    let endpoint = Endpoint {
        domain: String::new(),
        host: "127.0.0.1".to_owned(),
        direct_tls_port: port.filter(|_| credentials.direct_tls),
        starttls_port: port.filter(|_| !credentials.direct_tls),
        authority: credentials.authority,
        muc_service: None,
        muc_light_service: None,
    };
    let account = Account {
        address: credentials.address,
        password: credentials.password,
    };
    match desk.sign_in(&endpoint, &account).await {
        Ok(()) => Answer::SignedIn,
        Err(error) => Answer::NotSignedIn(format!("{error:?}")),
    }
}

async fn find(desk: &Desk, place: &Place) -> Result<ConversationId, String> {
    match place {
        Place::Person(address) => {
            let started = desk.client().start_conversation(address.clone()).await;
            started.map_err(|error| format!("{error:?}"))
        }
        Place::Room => {
            let mut rows = desk.rows().iter();
            let team = rows.find(|row| row.kind == ConversationKind::Team);
            team.map(|row| row.id).ok_or_else(|| "no team chat yet".to_owned())
        }
    }
}

async fn write(desk: &Desk, place: Place, text: String) -> Answer {
    let sent = match find(desk, &place).await {
        Ok(id) => {
            let sent = desk.client().send(id, text.clone()).await;
            sent.map_err(|error| format!("{error:?}"))
        }
        Err(reason) => Err(reason),
    };
    match sent {
        Ok(_) => Answer::Accepted(text),
        Err(reason) => Answer::Refused(text, reason),
    }
}

/// Takes the events that are there already.
async fn take_ready(desk: &mut Desk) {
    while let Ok(event) = tokio::time::timeout(Duration::ZERO, desk.event()).await {
        desk.apply(event).await;
    }
}

async fn read_all(desk: &mut Desk) -> Answer {
    take_ready(desk).await;
    let ids: Vec<ConversationId> = desk.rows().iter().map(|row| row.id).collect();
    for id in ids {
        let opened = with_open(desk, id).await;
        page_forward(desk, id).await;
        let last = desk.messages(id).last().map(|message| message.id);
        if let Some(last) = last {
            // What could not be marked shows as unread.
            let _marked = desk.client().mark_read(id, last).await;
        }
        close_again(desk, id, opened).await;
    }
    Answer::HasRead
}

/// Whether a conversation was opened for a moment only.
enum Opened {
    JustNow,
    Before,
}

async fn with_open(desk: &mut Desk, id: ConversationId) -> Opened {
    take_ready(desk).await;
    if desk.is_open(id) {
        return Opened::Before;
    }
    desk.open_id(id).await;
    Opened::JustNow
}

async fn close_again(desk: &mut Desk, id: ConversationId, opened: Opened) {
    if matches!(opened, Opened::JustNow) {
        desk.close(id).await;
        take_ready(desk).await;
    }
}

async fn report(desk: &mut Desk) -> Report {
    take_ready(desk).await;
    let ids: Vec<ConversationId> = desk.rows().iter().map(|row| row.id).collect();
    let mut threads = Vec::new();
    for id in ids {
        let opened = with_open(desk, id).await;
        page_back(desk, id).await;
        page_forward(desk, id).await;
        threads.extend(thread(desk, id));
        close_again(desk, id, opened).await;
    }
    Report {
        connection: format!("{:?}", desk.connection()),
        online: *desk.connection() == wardline_interop::view::ConnectionView::Online,
        threads,
    }
}

/// Pages an open thread back to its beginning, as far as the connection allows.
async fn page_back(desk: &mut Desk, id: ConversationId) {
    let patience = Instant::now() + PAGING;
    while Instant::now() < patience {
        match desk.thread(id).start {
            TimelineStart::Beginning | TimelineStart::Offline => return,
            TimelineStart::More => {
                let asked = desk.client().page_back(id).await;
                if asked.is_err() {
                    return;
                }
            }
            TimelineStart::Loading => {}
        }
        if let Ok(event) = tokio::time::timeout(PAGE, desk.event()).await {
            desk.apply(event).await;
            take_ready(desk).await;
        }
    }
}

/// Pages an open thread forwards to the newest message: it may have been opened at the first unread one.
async fn page_forward(desk: &mut Desk, id: ConversationId) {
    let patience = Instant::now() + PAGING;
    while desk.thread(id).end != TimelineEnd::Newest && Instant::now() < patience {
        if desk.thread(id).end == TimelineEnd::More && desk.client().page_forward(id).await.is_err() {
            return;
        }
        if let Ok(event) = tokio::time::timeout(PAGE, desk.event()).await {
            desk.apply(event).await;
            take_ready(desk).await;
        }
    }
}

fn thread(desk: &Desk, id: ConversationId) -> Option<Thread> {
    let row = desk.rows().iter().find(|row| row.id == id)?;
    let shown = desk.thread(id);
    let gap = |item: &&TimelineItem| matches!(item, TimelineItem::Gap { .. });
    let messages = desk.messages(id).into_iter().map(|message| Shown {
        text: text_of(message),
        own: message.author == Author::Me,
        progress: match message.delivery {
            Some(Delivery::Waiting) => Progress::Waiting,
            Some(Delivery::Failed) => Progress::Failed,
            _ => Progress::Done,
        },
    });
    Some(Thread {
        name: row.person.name.clone(),
        team: row.kind == ConversationKind::Team,
        unread: row.unread,
        from_beginning: shown.start == TimelineStart::Beginning,
        gaps: shown.items.iter().filter(gap).count(),
        messages: messages.collect(),
    })
}
