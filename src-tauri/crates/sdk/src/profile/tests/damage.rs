//! A database that is not what it should be.

use super::*;

const PASSPHRASE: &str = "ward round at seven";

/// A profile that was used, after something was done to its database.
async fn found(spoil: impl FnOnce(&Path)) -> (TempDir, Profile, Result<OpenProfile, ProfileError>) {
    let (home, alice) = fresh();
    let open = alice.open_or_create(&passphrase(PASSPHRASE)).await.unwrap();
    let folder = alice.folder().to_owned();
    end(open, alice).await;
    spoil(&database_in(&folder));
    let alice = Profile::new(folder);
    let found = alice.unlock(String::from(PASSPHRASE).into()).await;
    (home, alice, found)
}

fn aside(alice: &Profile) -> usize {
    let names = files(alice.folder()).into_iter();
    names.filter(|name| name.contains(".db.damaged-")).count()
}

#[tokio::test]
async fn an_empty_database_is_said() {
    let (_home, _alice, open) = found(|path| std::fs::write(path, "").unwrap()).await;
    assert_eq!(open.unwrap().notice, Some(Notice::DatabaseMovedAside));
}

#[tokio::test]
async fn a_database_that_is_gone_is_said() {
    let (_home, _alice, open) = found(|path| std::fs::remove_file(path).unwrap()).await;
    assert_eq!(open.unwrap().notice, Some(Notice::DatabaseMovedAside));
}

#[tokio::test]
async fn the_log_of_an_empty_database_is_kept() {
    let (_home, alice, open) = found(|path| {
        std::fs::write(format!("{}-wal", path.display()), "the newest messages").unwrap();
        std::fs::write(path, "").unwrap();
    })
    .await;
    assert_eq!(open.unwrap().notice, Some(Notice::DatabaseMovedAside));
    assert_eq!(aside(&alice), 1);
}

#[tokio::test]
async fn noise_and_a_folder_in_its_place_are_moved_aside_and_said() {
    let noise = |path: &Path| std::fs::write(path, [0x5a; 20_000]).unwrap();
    let folder = |path: &Path| {
        std::fs::remove_file(path).unwrap();
        std::fs::create_dir(path).unwrap();
    };
    for spoil in [&noise as &dyn Fn(&Path), &folder] {
        let (_home, alice, open) = found(spoil).await;
        assert_eq!(open.unwrap().notice, Some(Notice::DatabaseMovedAside));
        assert_eq!(aside(&alice), 1);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_that_may_not_be_read_stays_where_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let (home, alice, open) = found(|path| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o000)).unwrap();
    })
    .await;
    if std::fs::File::open(database_in(alice.folder())).is_ok() {
        eprintln!("SKIPPED: root may read everything");
        return;
    }
    assert!(matches!(open, Err(ProfileError::Store(_))), "{open:?}");
    assert_eq!(aside(&alice), 0);
    drop(home);
}
