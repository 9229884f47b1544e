//! Databases that are damaged, before the app starts or while it runs: nobody is locked out, and nobody is signed out without a word.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use uuid::Uuid;
use wardline_store::messages::{self, NewAlias, NewMessage};
use wardline_store::{
    Address, ArchiveKind, ConversationBox, ConversationKind, DatabaseKey, Direction, MessageKind, StampSource, Store,
    Text, archives, conversations,
};
use wardline_xmpp::session::{Connection, SessionError};

use super::*;

const PAGE: u64 = 4096;
const PATIENCE: Duration = Duration::from_secs(60);

/// A network that leads nowhere.
struct Nowhere;

impl Transport for Nowhere {
    fn connect<'a>(
        &'a self,
        _: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(async { Err(SessionError::Unreachable) })
    }
}

fn key() -> DatabaseKey {
    DatabaseKey::new([7; 32])
}

/// The database of a person with one long conversation.
async fn fill(path: &Path) {
    let store = Store::open(path, &key()).await.unwrap().store;
    let tx = store.begin().await.unwrap();
    let account = accounts::NewAccount {
        address: Address("alice@ward.example".to_owned()),
        resource: Text("desk".to_owned()),
        server: Text(r#"{"location":{"kind":"automatic"},"extra_ca":[]}"#.to_owned()),
        credential: Authentication::with_password("pencil".to_owned())
            .credential
            .to_text()
            .into(),
    };
    accounts::put(&tx, account).await.unwrap();
    let me = Address("alice@ward.example".to_owned());
    let archive_id = archives::ensure(&tx, &me, ArchiveKind::Own).await.unwrap();
    let with = conversations::NewConversation {
        kind: ConversationKind::Person,
        address: Address("bob@ward.example".to_owned()),
        archive_id,
        shown_in: ConversationBox::Inbox,
        sort_us: 0,
    };
    let conversation_id = conversations::ensure(&tx, with).await.unwrap().id();
    for at in 1..=300 {
        let message = NewMessage {
            conversation_id,
            segment_id: None,
            position: at,
            direction: Direction::Incoming,
            kind: MessageKind::Text,
            sender_address: Address("bob@ward.example".to_owned()),
            sender_nick: None,
            body: Text(format!("the potassium of bed {at} is back; {}", "x".repeat(2_000))),
            stamp_us: at,
            stamp_source: StampSource::Archive,
            sent_us: None,
            archived_us: Some(at),
            delivery: None,
            retracted_us: None,
            arrival: messages::Arrival::Archive,
            unreadable: None,
            mentions: messages::Mentions::default(),
            room_event: None,
            aliases: vec![NewAlias::stanza_id(format!("archive-{at}"))],
        };
        messages::insert(&tx, archive_id, message).await.unwrap();
    }
    conversations::refresh(&tx, &[conversation_id]).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await.unwrap();
}

/// A person's folder, and how the app starts in it.
struct Home {
    _folder: tempfile::TempDir,
    profile: Profile,
    id: Uuid,
    path: PathBuf,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let id = Uuid::new_v4();
        Self {
            profile: Profile::new(folder.path()),
            path: folder.path().join(format!("{id}.db")),
            id,
            _folder: folder,
        }
    }

    /// Starts the app as [`Client::start`] does once the key is known.
    async fn start(&self) -> (Client, Result<FirstScreen, CommandError>) {
        let client = Client::over(self.profile.clone(), Arc::new(Nowhere));
        let screen = match self.profile.open_store(self.id, &key()).await {
            Ok(open) => client.restore(open, &mut *client.shared.running.lock().await).await,
            Err(error) => Err(error.into()),
        };
        (client, screen)
    }

    fn aside(&self) -> usize {
        let folder = std::fs::read_dir(self.path.parent().unwrap()).unwrap();
        let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains(".damaged-")).count()
    }
}

/// Writes over some bytes in the middle of these pages.
fn spoil(path: &Path, pages: impl IntoIterator<Item = u64>) {
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    for page in pages {
        let at = SeekFrom::Start(page * PAGE + 1_000);
        let mut bytes = [0; 16];
        file.seek(at).unwrap();
        file.read_exact(&mut bytes).unwrap();
        file.seek(at).unwrap();
        file.write_all(&bytes.map(|byte| byte ^ 0x5a)).unwrap();
    }
}

fn pages(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len() / PAGE
}

/// What must be true of a start over whatever was done to the file.
fn is_said(screen: &Result<FirstScreen, CommandError>) -> bool {
    match screen {
        Ok(FirstScreen::SignedIn(shown)) => shown.inbox.rows.len() == 1 || shown.notice.is_some(),
        Ok(FirstScreen::SignedOut { notice }) => notice.is_some(),
        Ok(FirstScreen::Locked | FirstScreen::Blocked { .. }) | Err(_) => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_at_any_page_neither_locks_out_nor_signs_out_without_a_word() {
    let whole = Home::new();
    fill(&whole.path).await;
    let count = pages(&whole.path);
    let mut random = 1_u64;
    let mut next = |below: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let mut signed_in = 0;
    for _ in 0..60 {
        let home = Home::new();
        std::fs::copy(&whole.path, &home.path).unwrap();
        let spoilt: Vec<u64> = (0..=next(4)).map(|_| next(count)).collect();
        spoil(&home.path, spoilt.iter().copied());
        let (client, screen) = home.start().await;
        assert!(is_said(&screen), "{spoilt:?}: {screen:?}");
        let noticed = !matches!(&screen, Ok(FirstScreen::SignedIn(shown)) if shown.notice.is_none());
        assert_eq!(
            home.aside() > 0,
            noticed,
            "{spoilt:?}: moved aside and said, or neither"
        );
        if let Ok(FirstScreen::SignedIn(_)) = screen {
            signed_in += 1;
        }
        client.shutdown().await;
    }
    assert!(
        signed_in > 30,
        "who is signed in is carried over where it can be read: {signed_in}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_ends_early_is_said() {
    let whole = Home::new();
    fill(&whole.path).await;
    let count = pages(&whole.path);
    for kept in [0, 1, 2, 7, count / 2, count - 1] {
        for odd in [0, 100] {
            let home = Home::new();
            std::fs::copy(&whole.path, &home.path).unwrap();
            let file = std::fs::OpenOptions::new().write(true).open(&home.path).unwrap();
            file.set_len(kept * PAGE + odd).unwrap();
            let (client, screen) = home.start().await;
            assert!(is_said(&screen), "{kept} pages and {odd} bytes: {screen:?}");
            client.shutdown().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_gone_or_no_file_is_said() {
    let home = Home::new();
    let (client, screen) = home.start().await;
    assert!(
        matches!(screen, Ok(FirstScreen::SignedOut { notice: Some(_) })),
        "{screen:?}"
    );
    client.shutdown().await;

    let home = Home::new();
    std::fs::create_dir(&home.path).unwrap();
    std::fs::write(home.path.join("something"), "of somebody").unwrap();
    let (client, screen) = home.start().await;
    assert!(
        matches!(screen, Ok(FirstScreen::SignedOut { notice: Some(_) })),
        "{screen:?}"
    );
    assert_eq!(home.aside(), 1);
    client.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_of_another_time_neither_lock_out_nor_sign_out() {
    let whole = Home::new();
    fill(&whole.path).await;
    for (suffix, content) in [
        ("-wal", vec![0x37; 50_000]),
        ("-shm", vec![0xff; 32_768]),
        ("-wal", Vec::new()),
    ] {
        let home = Home::new();
        std::fs::copy(&whole.path, &home.path).unwrap();
        std::fs::write(format!("{}{suffix}", home.path.display()), &content).unwrap();
        let (client, screen) = home.start().await;
        assert!(
            matches!(&screen, Ok(FirstScreen::SignedIn(shown)) if shown.inbox.rows.len() == 1),
            "{suffix} of {} bytes: {screen:?}",
            content.len()
        );
        client.shutdown().await;
    }
}

/// Waits until what is shown has to be begun anew.
async fn begun_anew(events: &mut EventReceiver) {
    tokio::time::timeout(PATIENCE, async {
        while events.recv().await.expect("the client lives") != Event::Anew {}
    })
    .await
    .expect("it is begun anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_is_met_while_the_app_runs_is_moved_aside_and_said() {
    let home = Home::new();
    fill(&home.path).await;
    let (client, screen) = home.start().await;
    let Ok(FirstScreen::SignedIn(shown)) = screen else {
        panic!("{screen:?}");
    };
    let conversation = shown.inbox.rows[0].id;
    let mut events = client.events();
    let count = pages(&home.path);
    spoil(&home.path, count / 3..count);
    let _met = client.open_conversation(conversation).await;
    for _ in 0..8 {
        let _met = client.page_back(conversation).await;
    }
    begun_anew(&mut events).await;
    let FirstScreen::SignedIn(shown) = client.start().await else {
        panic!("still signed in");
    };
    assert_eq!(shown.notice, Some(Notice::DatabaseMovedAside));
    assert_eq!(shown.account.address, "alice@ward.example");
    assert!(shown.inbox.rows.is_empty(), "to be fetched from the server");
    assert!(home.aside() > 0);
    let bob = client.start_conversation("bob@ward.example".to_owned()).await.unwrap();
    client.send(bob, "is it back?".to_owned()).await.unwrap();
    client.shutdown().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_removed_while_the_app_runs_is_begun_anew_and_said() {
    let home = Home::new();
    fill(&home.path).await;
    let (client, screen) = home.start().await;
    let Ok(FirstScreen::SignedIn(shown)) = screen else {
        panic!("{screen:?}");
    };
    let conversation = shown.inbox.rows[0].id;
    let mut events = client.events();
    std::fs::remove_file(&home.path).unwrap();
    let refused = client.send(conversation, "lost?".to_owned()).await;
    assert_eq!(refused, Err(CommandError::StoreUnavailable));
    begun_anew(&mut events).await;
    let FirstScreen::SignedIn(shown) = client.start().await else {
        panic!("still signed in");
    };
    assert_eq!(shown.notice, Some(Notice::DatabaseMovedAside));
    client.shutdown().await;
    // What was begun anew is on the disk.
    let (client, screen) = home.start().await;
    assert!(
        matches!(&screen, Ok(FirstScreen::SignedIn(shown)) if shown.notice.is_none()),
        "{screen:?}"
    );
    client.shutdown().await;
}

/// The connection's state once it is of this kind.
async fn connection(events: &mut EventReceiver, is_it: impl Fn(&crate::view::ConnectionView) -> bool) {
    tokio::time::timeout(PATIENCE, async {
        loop {
            if let Event::Connection { state } = events.recv().await.expect("the client lives")
                && is_it(&state)
            {
                return;
            }
        }
    })
    .await
    .expect("the state comes");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_saved_is_refused_and_said_and_it_goes_on_by_itself() {
    use crate::view::{ConnectionView, StorageFailure};
    let home = Home::new();
    fill(&home.path).await;
    let (client, screen) = home.start().await;
    let Ok(FirstScreen::SignedIn(shown)) = screen else {
        panic!("{screen:?}");
    };
    let conversation = shown.inbox.rows[0].id;
    let mut events = client.events();
    // Another program holds the file, for longer than is waited for.
    let other = Store::open(&home.path, &key()).await.unwrap().store;
    let held = other.begin().await.unwrap();
    let refused = client.send(conversation, "is it back?".to_owned()).await;
    assert_eq!(refused, Err(CommandError::StoreUnavailable));
    let busy = |state: &ConnectionView| {
        matches!(
            state,
            ConnectionView::CannotSave {
                cause: StorageFailure::Busy,
                ..
            }
        )
    };
    connection(&mut events, busy).await;
    // What is stored can be read meanwhile.
    assert_eq!(client.inbox().await.unwrap().rows.len(), 1);
    let thread = client.open_conversation(conversation).await.unwrap();
    assert!(!thread.items.is_empty());

    drop(held);
    other.close().await.unwrap();
    client.reconnect();
    connection(&mut events, |state| !matches!(state, ConnectionView::CannotSave { .. })).await;
    // The thread is still open, and what is written is stored.
    client.timeline(conversation).await.unwrap();
    client.send(conversation, "is it back now?".to_owned()).await.unwrap();
    client.shutdown().await;
    let store = Store::open(&home.path, &key()).await.unwrap().store;
    let newest = messages::newest(&store.read().await.unwrap(), conversation.into(), 1)
        .await
        .unwrap();
    assert_eq!(newest[0].body.as_str(), "is it back now?");
}
