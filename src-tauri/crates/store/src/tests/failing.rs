//! A disk that fails: nothing is told to be permanent that is not, and when the disk works again so does the store.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::transaction_hook::{HookGuard, Point, TransactionHook, TransactionKind};

/// A disk that fails at one point, and works at all others.
#[derive(Default)]
struct Disk {
    /// Points that work before the one that fails.
    left: AtomicU32,
    fails: Mutex<Option<StoreError>>,
}

impl Disk {
    fn fail_after(&self, left: u32, error: StoreError) {
        self.left.store(left, Ordering::SeqCst);
        *self.fails.lock().unwrap() = Some(error);
    }

    fn works(&self) -> bool {
        self.fails.lock().unwrap().is_none()
    }
}

impl TransactionHook for Disk {
    fn before_begin(&self, _: TransactionKind) -> Pin<Box<dyn Future<Output = HookGuard> + Send + '_>> {
        Box::pin(async { Box::new(()) as HookGuard })
    }

    fn failure(&self, _: TransactionKind, _: Point) -> Option<StoreError> {
        let mut fails = self.fails.lock().unwrap();
        fails.as_ref()?;
        if self.left.load(Ordering::SeqCst) == 0 {
            return fails.take();
        }
        self.left.fetch_sub(1, Ordering::SeqCst);
        None
    }
}

const KINDS: [StoreError; 4] = [
    StoreError::Full,
    StoreError::Io { code: 10 },
    StoreError::Busy,
    StoreError::Damaged,
];

/// Writes a message in one transaction.
async fn write(store: &Store, archive: ArchiveId, conversation: ConversationId, at: i64) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    messages::insert(&tx, archive, from_bob(conversation, at, &format!("message {at}"))).await?;
    tx.commit().await
}

/// What another process would read.
async fn on_disk(fixture: &Fixture, conversation: ConversationId) -> Vec<String> {
    let other = open(&fixture.path).await.store;
    let tx = other.read().await.unwrap();
    let held = messages::newest(&tx, conversation, 100_000).await.unwrap();
    drop(tx);
    other.close().await.unwrap();
    held.iter().map(|message| message.body.as_str().to_owned()).collect()
}

#[tokio::test]
async fn a_failure_at_any_point_of_a_transaction_undoes_that_one_and_no_other() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let disk = Arc::new(Disk::default());
    let store = fixture
        .store
        .clone()
        .with_hook(Arc::clone(&disk) as Arc<dyn TransactionHook>);
    let mut written = Vec::new();
    let mut at = 0;
    for kind in KINDS {
        for left in 0.. {
            disk.fail_after(left, kind);
            at += 1;
            match write(&store, archive, conversation, at).await {
                Ok(()) => written.push(format!("message {at}")),
                Err(error) => {
                    assert_eq!(error, kind);
                    assert_eq!(store.take_failure(), Some(kind));
                }
            }
            if !disk.works() {
                disk.fails.lock().unwrap().take();
                assert!(left > 3, "a transaction has several points: {left}");
                break;
            }
            at += 1;
            write(&store, archive, conversation, at).await.unwrap();
            written.push(format!("message {at}"));
        }
        assert_eq!(store.take_failure(), None);
    }
    let tx = store.read().await.unwrap();
    assert_eq!(
        texts(&messages::newest(&tx, conversation, 100_000).await.unwrap()),
        written
    );
    drop(tx);
    assert_eq!(on_disk(&fixture, conversation).await, written);
}

#[tokio::test]
async fn whoever_goes_on_after_a_failed_statement_writes_nothing() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let disk = Arc::new(Disk::default());
    let store = fixture
        .store
        .clone()
        .with_hook(Arc::clone(&disk) as Arc<dyn TransactionHook>);
    let tx = store.begin().await.unwrap();
    messages::insert(&tx, archive, from_bob(conversation, 1, "before"))
        .await
        .unwrap();
    disk.fail_after(0, StoreError::Full);
    for at in 2..4 {
        let failed = messages::insert(&tx, archive, from_bob(conversation, at, "after")).await;
        assert_eq!(failed, Err(StoreError::Full));
    }
    assert_eq!(tx.commit().await, Err(StoreError::Full));
    assert_eq!(on_disk(&fixture, conversation).await, Vec::<String>::new());
    write(&store, archive, conversation, 5).await.unwrap();
    assert_eq!(on_disk(&fixture, conversation).await, ["message 5"]);
}

#[tokio::test]
async fn a_connection_that_was_opened_anew_is_as_careful_as_the_first() {
    let fixture = Fixture::new().await;
    let disk = Arc::new(Disk::default());
    let store = fixture
        .store
        .clone()
        .with_hook(Arc::clone(&disk) as Arc<dyn TransactionHook>);
    let settings = async || {
        let (writing, reading) = (store.begin().await.unwrap(), store.read().await.unwrap());
        let (writing, reading) = (
            store::sealed::Connected::db(&writing),
            store::sealed::Connected::db(&reading),
        );
        let mut found = Vec::new();
        for pragma in [
            "temp_store",
            "foreign_keys",
            "secure_delete",
            "synchronous",
            "journal_size_limit",
        ] {
            let value: Option<i64> = sql::value(writing, &format!("PRAGMA {pragma}"), vec![]).await.unwrap();
            found.push((pragma, value));
        }
        for pragma in ["temp_store", "query_only"] {
            let value: Option<i64> = sql::value(reading, &format!("PRAGMA {pragma}"), vec![]).await.unwrap();
            found.push((pragma, value));
        }
        found
    };
    let first = settings().await;
    let memory = Some(2);
    assert_eq!((first[0], first[5]), (("temp_store", memory), ("temp_store", memory)));
    for _ in 0..2 {
        // Both kinds of connections are opened anew.
        disk.fail_after(0, StoreError::Io { code: 10 });
        assert!(store.begin().await.is_err());
        disk.fail_after(0, StoreError::Io { code: 10 });
        assert!(store.read().await.is_err());
        assert_eq!(settings().await, first);
    }
}

/// Writes until the file may not grow any more, then goes on as if nothing had happened, and lets it grow again.
#[tokio::test]
async fn a_file_that_may_not_grow_loses_what_was_refused_and_nothing_else() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let store = &fixture.store;
    let long = "x".repeat(50_000);
    let limit = async |pages: i64| {
        let tx = store.begin().await.unwrap();
        let pragma = format!("PRAGMA max_page_count = {pages}");
        sql::execute(store::sealed::Connected::db(&tx), &pragma, vec![])
            .await
            .unwrap();
        tx
    };
    let mut kept = 0;
    let mut refused = 0;
    for at in 1..200 {
        // Each failure opens the connection anew, without the limit.
        let tx = limit(250).await;
        let written = async {
            messages::insert(&tx, archive, from_bob(conversation, at, &long)).await?;
            tx.commit().await
        };
        match written.await {
            Ok(()) => kept += 1,
            Err(error) => {
                assert_eq!(error, StoreError::Full);
                refused += 1;
            }
        }
    }
    assert!(kept > 0 && refused > 0, "{kept} kept, {refused} refused");
    assert_eq!(on_disk(&fixture, conversation).await.len(), kept);
    write(store, archive, conversation, 1000).await.unwrap();
    assert_eq!(on_disk(&fixture, conversation).await.len(), kept + 1);
}

#[tokio::test]
async fn a_file_that_was_removed_under_us_takes_nothing_more() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    // Only a reader that is open can still read a removed file.
    let reader = fixture.store.read().await.unwrap();
    write(&fixture.store, archive, conversation, 1).await.unwrap();
    std::fs::remove_file(&fixture.path).unwrap();
    let refused = write(&fixture.store, archive, conversation, 2).await;
    assert_eq!(refused, Err(StoreError::Gone));
    assert_eq!(fixture.store.take_failure(), Some(StoreError::Gone));
    // What was there can still be read, so that it can be saved from there.
    assert_eq!(messages::newest(&reader, conversation, 9).await.unwrap().len(), 1);
    drop(reader);

    let anew = fixture.store.replace().await.unwrap();
    assert_eq!(anew.origin, Origin::Created);
    assert_eq!(fixture.store.begin().await.unwrap_err(), StoreError::Closed);
    drop(anew.store.begin().await.unwrap());
}

#[tokio::test]
async fn another_file_in_its_place_is_not_written_to() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let stranger = fixture.folder.path().join("stranger.db");
    std::fs::write(&stranger, "somebody else's").unwrap();
    std::fs::rename(&stranger, &fixture.path).unwrap();
    let refused = write(&fixture.store, archive, conversation, 1).await;
    assert_eq!(refused, Err(StoreError::Gone));
    assert_eq!(std::fs::read(&fixture.path).unwrap(), b"somebody else's");
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for_and_then_said() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let other = open(&fixture.path).await.store;
    let backup = other.begin().await.unwrap();
    let refused = write(&fixture.store, archive, conversation, 1).await;
    assert_eq!(refused, Err(StoreError::Busy));
    assert_eq!(fixture.store.take_failure(), Some(StoreError::Busy));
    drop(backup);
    write(&fixture.store, archive, conversation, 1).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_probe_tells_whether_the_file_can_be_written_to_and_leaves_nothing() {
    let fixture = Fixture::new().await;
    fixture.store.probe().await.unwrap();
    let tx = fixture.store.read().await.unwrap();
    assert_eq!(settings::get(&tx, "probe").await.unwrap(), None);
    drop(tx);
    std::fs::remove_file(&fixture.path).unwrap();
    assert_eq!(fixture.store.probe().await, Err(StoreError::Gone));
}

#[tokio::test]
async fn the_log_does_not_grow_with_what_is_written() {
    const LIMIT: u64 = 40 << 20;
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let long = "x".repeat(1 << 20);
    let log = PathBuf::from(format!("{}-wal", fixture.path.display()));
    for at in 0..120 {
        let tx = fixture.store.begin().await.unwrap();
        messages::insert(&tx, archive, from_bob(conversation, at, &long))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let bytes = std::fs::metadata(&log).unwrap().len();
        assert!(bytes < LIMIT, "{bytes} bytes of log after {at} messages");
    }
}

/// A file system of 3 MB, which only root can make.
#[cfg(target_os = "linux")]
mod full_disk {
    use super::*;

    struct SmallDisk(TempDir);

    impl SmallDisk {
        fn mounted() -> Option<Self> {
            let folder = tempfile::tempdir().unwrap();
            let mounted = std::process::Command::new("mount")
                .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
                .arg(folder.path())
                .status();
            mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
        }
    }

    impl Drop for SmallDisk {
        fn drop(&mut self) {
            let _ = std::process::Command::new("umount")
                .arg("-l")
                .arg(self.0.path())
                .status();
        }
    }

    #[tokio::test]
    async fn a_full_disk_refuses_loses_nothing_and_works_again_when_there_is_room() {
        let Some(disk) = SmallDisk::mounted() else {
            eprintln!("SKIPPED: a file system of its own needs root");
            return;
        };
        let path = disk.0.path().join("profile.db");
        let fixture = Fixture {
            store: open(&path).await.store,
            path,
            folder: tempfile::tempdir().unwrap(),
        };
        let (archive, conversation) = fixture.conversation("bob@ward.example").await;
        let filler = disk.0.path().join("filler");
        let mut kept = Vec::new();
        let mut at = 0;
        for round in 0..3 {
            let mut refused = 0;
            // Somebody else fills the disk to the last byte.
            let mut fill = std::fs::File::create(&filler).unwrap();
            while std::io::Write::write_all(&mut fill, &[0; 4096]).is_ok() {}
            while refused < 30 {
                at += 1;
                match write(&fixture.store, archive, conversation, at).await {
                    Ok(()) => {
                        // There may be room left in what the log takes already.
                        refused = 0;
                        kept.push(format!("message {at}"));
                    }
                    Err(error) => {
                        assert!(matches!(error, StoreError::Full | StoreError::Io { .. }), "{error:?}");
                        refused += 1;
                    }
                }
            }
            assert!(fixture.store.probe().await.is_err(), "round {round}");
            let tx = fixture.store.read().await.unwrap();
            assert_eq!(
                texts(&messages::newest(&tx, conversation, 100_000).await.unwrap()),
                kept
            );
            drop((tx, fill));
            std::fs::remove_file(&filler).unwrap();
            at += 1;
            write(&fixture.store, archive, conversation, at).await.unwrap();
            kept.push(format!("message {at}"));
            fixture.store.probe().await.unwrap();
        }
        fixture.store.close().await.unwrap();
        assert_eq!(on_disk(&fixture, conversation).await, kept);
    }

    #[tokio::test]
    async fn a_database_is_not_half_made_on_a_full_disk() {
        let Some(disk) = SmallDisk::mounted() else {
            eprintln!("SKIPPED: a file system of its own needs root");
            return;
        };
        let filler = disk.0.path().join("filler");
        let mut fill = std::fs::File::create(&filler).unwrap();
        while std::io::Write::write_all(&mut fill, &[0; 4096]).is_ok() {}
        let path = disk.0.path().join("profile.db");
        let error = Store::open(&path, &DatabaseKey::new(KEY)).await.unwrap_err();
        assert!(matches!(error, StoreError::Full | StoreError::Io { .. }), "{error:?}");
        drop(fill);
        std::fs::remove_file(&filler).unwrap();
        let store = open(&path).await.store;
        store.check().await.unwrap();
        store.probe().await.unwrap();
    }
}
