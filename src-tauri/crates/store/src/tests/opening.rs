use std::io::{Seek, SeekFrom, Write};

use sea_orm::ConnectionTrait;

use super::*;

/// Copies a database as a crash would leave it: the log not yet moved into the file.
fn copy_as_crashed(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        std::fs::copy(name(from), name(to)).unwrap();
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

#[tokio::test]
async fn a_database_is_created_and_found_again() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin().await.unwrap();
    settings::set(&tx, "theme", &"dark".into()).await.unwrap();
    tx.commit().await.unwrap();
    fixture.store.close().await.unwrap();

    let opened = open(&fixture.path).await;
    assert_eq!(opened.origin, Origin::Existing);
    let tx = opened.store.read().await.unwrap();
    assert_eq!(settings::get(&tx, "theme").await.unwrap(), Some("dark".into()));
}

#[tokio::test]
async fn a_fresh_database_says_that_it_is_fresh() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(open(&folder.path().join("new.db")).await.origin, Origin::Created);
}

#[tokio::test]
async fn another_key_does_not_open_a_database_and_leaves_it_untouched() {
    let fixture = Fixture::new().await;
    fixture.store.close().await.unwrap();
    let before = std::fs::read(&fixture.path).unwrap();
    let error = Store::open(&fixture.path, &DatabaseKey::new([1; 32]))
        .await
        .unwrap_err();
    assert_eq!(error, StoreError::NotADatabase);
    assert!(std::fs::read(&fixture.path).unwrap() == before);
    open(&fixture.path).await;
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(&folder.path().join("no/such.db"), &DatabaseKey::new(KEY))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
}

#[tokio::test]
async fn a_folder_in_place_of_the_file_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(folder.path(), &DatabaseKey::new(KEY)).await.unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin().await.unwrap();
    let db = store::sealed::Connected::db(&tx);
    sql::execute(db, "PRAGMA user_version = 999", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    fixture.store.close().await.unwrap();
    let error = Store::open(&fixture.path, &DatabaseKey::new(KEY)).await.unwrap_err();
    assert_eq!(
        error,
        StoreError::Newer {
            found: 999,
            known: migrate::KNOWN
        }
    );
    assert!(fixture.path.exists());
}

#[tokio::test]
async fn a_file_of_noise_is_not_a_database_and_is_moved_aside_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile.db");
    let noise: Vec<u8> = (0..20_000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    std::fs::write(&path, &noise).unwrap();
    let error = Store::open(&path, &DatabaseKey::new(KEY)).await.unwrap_err();
    assert_eq!(error, StoreError::NotADatabase);

    let moved = Store::quarantine(&path).await.unwrap();
    assert!(!path.exists());
    assert!(std::fs::read(&moved).unwrap() == noise);
    assert_eq!(open(&path).await.origin, Origin::Created);
}

#[tokio::test]
async fn an_unencrypted_database_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.db");
    let plain = sea_orm::Database::connect(format!("sqlite://{}?mode=rwc", path.display()))
        .await
        .unwrap();
    plain.execute_unprepared("CREATE TABLE t (x)").await.unwrap();
    plain.close().await.unwrap();
    let error = Store::open(&path, &DatabaseKey::new(KEY)).await.unwrap_err();
    assert_eq!(error, StoreError::NotADatabase);
}

#[tokio::test]
async fn damage_in_the_middle_of_the_file_is_found() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let page = (1..=2000)
        .map(|n| from_bob(conversation, n, "the potassium is back"))
        .collect();
    crate::pages::insert(&tx, archive, page).await.unwrap();
    tx.commit().await.unwrap();
    fixture.store.check().await.unwrap();
    fixture.store.close().await.unwrap();

    let mut file = std::fs::OpenOptions::new().write(true).open(&fixture.path).unwrap();
    let middle = file.metadata().unwrap().len() / 2 / 4096 * 4096;
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.write_all(&[0; 8192]).unwrap();
    drop(file);

    let store = open(&fixture.path).await.store;
    let error = store.check().await.unwrap_err();
    assert!(
        matches!(error, StoreError::Damaged | StoreError::NotADatabase),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_database_is_moved_aside_with_its_log_and_loses_nothing() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin().await.unwrap();
    settings::set(&tx, "kept", &"yes".into()).await.unwrap();
    tx.commit().await.unwrap();
    let crashed = fixture.folder.path().join("crashed.db");
    copy_as_crashed(&fixture.path, &crashed);

    let moved = Store::quarantine(&crashed).await.unwrap();
    assert!(!crashed.exists() && !with_suffix(&crashed, "-wal").exists());
    let tx = open(&moved).await.store.read().await.unwrap();
    assert_eq!(settings::get(&tx, "kept").await.unwrap(), Some("yes".into()));
}

#[tokio::test]
async fn two_databases_moved_aside_in_the_same_second_do_not_meet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile.db");
    let mut places = Vec::new();
    for content in ["one", "two", "three"] {
        std::fs::write(&path, content).unwrap();
        places.push((Store::quarantine(&path).await.unwrap(), content));
    }
    for (place, content) in places {
        assert_eq!(std::fs::read_to_string(place).unwrap(), content);
    }
}

#[tokio::test]
async fn a_log_without_its_database_is_kept_when_a_new_one_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile.db");
    std::fs::write(with_suffix(&path, "-wal"), "the newest messages").unwrap();
    let opened = open(&path).await;
    assert_eq!(opened.origin, Origin::Created);
    let kept = std::fs::read_dir(folder.path())
        .unwrap()
        .filter_map(Result::ok)
        .any(|entry| {
            entry.file_name().to_string_lossy().contains(".damaged-")
                && std::fs::read(entry.path()).unwrap() == b"the newest messages"
        });
    assert!(kept);
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new().await;
    fixture.conversation("bob@ward.example").await;
    for suffix in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(with_suffix(&fixture.path, suffix))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
}

#[tokio::test]
async fn a_closed_store_says_so_and_leaves_one_file() {
    let fixture = Fixture::new().await;
    fixture.conversation("bob@ward.example").await;
    drop(fixture.store.read().await.unwrap());
    fixture.store.close().await.unwrap();
    fixture.store.close().await.unwrap();
    assert_eq!(fixture.store.begin().await.unwrap_err(), StoreError::Closed);
    assert_eq!(fixture.store.read().await.unwrap_err(), StoreError::Closed);
    let files: Vec<_> = std::fs::read_dir(fixture.folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files, std::slice::from_ref(&fixture.path));
}
