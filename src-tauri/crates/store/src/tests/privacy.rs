use std::io::Write;
use std::sync::{Arc, Mutex};

use super::*;
use crate::accounts::NewAccount;
use crate::contacts::{Profile, RosterEntry};

/// Words that occur nowhere else.
const SECRETS: [&str; 8] = [
    "zyxbody",
    "zyxdraft",
    "zyxname",
    "zyxward",
    "zyxpassword",
    "zyxsetting",
    "zyxaddress",
    "zyxpayload",
];

async fn fill(store: &Store) {
    let tx = store.begin().await.unwrap();
    let account = NewAccount {
        address: "zyxaddress@ward.example".into(),
        resource: "desk".into(),
        server: "{}".into(),
        credential: "zyxpassword".into(),
    };
    accounts::put(&tx, account).await.unwrap();
    let archive = archives::ensure(&tx, &"zyxaddress@ward.example".into(), ArchiveKind::Own)
        .await
        .unwrap();
    let conversation = conversations::ensure(&tx, person(archive, "zyxaddress@ward.example"))
        .await
        .unwrap()
        .id();
    let page = (1..=300)
        .map(|n| from_bob(conversation, n, "zyxbody and more, to fill some pages"))
        .collect();
    crate::pages::insert(&tx, archive, page).await.unwrap();
    let outgoing = outbox::NewOutgoing {
        echo: from_me(conversation, 0, "zyxbody"),
        archive_id: archive,
        origin_id: "o-1".into(),
        payload: "zyxpayload".into(),
        next_attempt_us: 0,
    };
    outbox::push(&tx, outgoing).await.unwrap();
    drafts::set(&tx, conversation, &"zyxdraft".into(), 1).await.unwrap();
    settings::set(&tx, "s", &"zyxsetting".into()).await.unwrap();
    let entry = RosterEntry {
        address: "zyxaddress@ward.example".into(),
        name: Some("zyxname".into()),
        subscription: Subscription::Both,
    };
    contacts::put_roster_entry(&tx, entry).await.unwrap();
    let profile = Profile {
        full_name: None,
        role: None,
        ward: Some("zyxward".into()),
        avatar_hash: None,
        fetched_us: 1,
    };
    contacts::put_profile(&tx, &"zyxaddress@ward.example".into(), profile)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let tx = store.read().await.unwrap();
    assert_eq!(chat_list::rows(&tx).await.unwrap().len(), 1);
    assert_eq!(
        search::search(&tx, "zyxbody", search::Scope::Everywhere, None, 9)
            .await
            .unwrap()
            .len(),
        9
    );
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn assert_unreadable(folder: &Path) -> usize {
    let mut bytes_seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        bytes_seen += bytes.len();
        for secret in SECRETS {
            let wide: Vec<u8> = secret.bytes().flat_map(|byte| [byte, 0]).collect();
            assert!(
                !contains(&bytes, secret.as_bytes()),
                "{secret} is in {:?}",
                entry.file_name()
            );
            assert!(!contains(&bytes, &wide), "{secret} is in {:?}", entry.file_name());
        }
        assert!(!contains(&bytes, &KEY[..16]), "the key is in {:?}", entry.file_name());
        assert!(
            !contains(&bytes, b"SQLite format 3"),
            "{:?} is not encrypted",
            entry.file_name()
        );
    }
    bytes_seen
}

#[tokio::test]
async fn nothing_readable_is_on_disk_neither_in_the_file_nor_in_its_log() {
    let fixture = Fixture::new().await;
    fill(&fixture.store).await;
    assert!(
        assert_unreadable(fixture.folder.path()) > 100_000,
        "too little was written to prove anything"
    );
    fixture.store.close().await.unwrap();
    assert!(
        assert_unreadable(fixture.folder.path()) > 50_000,
        "too little was written to prove anything"
    );
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_stored_reaches_the_log_even_at_its_most_talkative() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .init();
    tracing::info!("the log works");
    let fixture = Fixture::new().await;
    fill(&fixture.store).await;
    let error = Store::open(&fixture.path, &DatabaseKey::new([9; 32]))
        .await
        .unwrap_err();
    let printed = format!("{error} {error:?} {:?}", fixture.store);

    let log = [log.0.lock().unwrap().as_slice(), printed.as_bytes()].concat();
    assert!(contains(&log, b"the log works"));
    for secret in SECRETS {
        assert!(!contains(&log, secret.as_bytes()), "{secret}");
    }
    assert!(!contains(&log, b"5a5a5a5a"), "the key was logged");
    assert!(!contains(&log, b"INSERT INTO"), "a statement was logged");
}

#[tokio::test]
async fn a_message_taken_back_leaves_its_text_in_no_table_and_no_index() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let id = messages::insert(&tx, archive, from_bob(conversation, 1, "zyxfirst"))
        .await
        .unwrap()
        .id();
    messages::correct(&tx, id, &"zyxsecond".into(), messages::Mentions::default(), 2)
        .await
        .unwrap();
    assert!(messages::retract(&tx, id, 3).await.unwrap());
    assert!(!messages::retract(&tx, id, 4).await.unwrap());
    assert!(
        !messages::correct(&tx, id, &"zyxthird".into(), messages::Mentions::default(), 5)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();

    // A plain copy, in which everything that is left could be read.
    let plain = fixture.folder.path().join("plain.db");
    let export = format!(
        "ATTACH '{}' AS plain KEY ''; SELECT sqlcipher_export('plain'); DETACH plain",
        plain.display()
    );
    fixture.store.close().await.unwrap();
    export_with_key(&fixture.path, &export).await;
    let bytes = std::fs::read(&plain).unwrap();
    assert!(contains(&bytes, b"SQLite format 3") && contains(&bytes, b"bob@ward.example"));
    for text in ["zyxfirst", "zyxsecond", "zyxthird"] {
        assert!(!contains(&bytes, text.as_bytes()), "{text}");
    }
}

async fn export_with_key(path: &Path, script: &str) {
    use sea_orm::sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, sqlite::SqliteConnectOptions};
    let key = DatabaseKey::new(KEY).pragma_value().to_string();
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        // The copy is created with the same right.
        .create_if_missing(true)
        .pragma("key", key)
        .connect()
        .await
        .unwrap();
    connection.execute(AssertSqlSafe(script.to_owned())).await.unwrap();
    connection.close().await.unwrap();
}
