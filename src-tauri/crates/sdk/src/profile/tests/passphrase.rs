//! Without a keyring.

use super::*;

#[tokio::test]
async fn a_folder_without_a_profile_holds_nothing() {
    let (_home, alice) = fresh();
    assert!(matches!(alice.open().await.unwrap(), Found::Nothing { notice: None }));
    assert_eq!(
        alice
            .unlock(String::from("ward round at seven").into())
            .await
            .unwrap_err(),
        ProfileError::NotThere
    );
}

#[tokio::test]
async fn a_passphrase_is_asked_for_and_only_the_right_one_opens() {
    let (_home, alice) = fresh();
    let open = alice.open_or_create(&passphrase("ward round at seven")).await.unwrap();
    let folder = alice.folder().to_owned();
    end(open, alice).await;

    let alice = Profile::new(folder);
    assert!(matches!(alice.open().await.unwrap(), Found::Locked));
    let before = files(alice.folder());
    assert_eq!(
        alice
            .unlock(String::from("ward round at ten").into())
            .await
            .unwrap_err(),
        ProfileError::PassphraseWrong
    );
    assert_eq!(
        alice
            .open_or_create(&passphrase("ward round at ten"))
            .await
            .unwrap_err(),
        ProfileError::PassphraseWrong
    );
    assert_eq!(files(alice.folder()), before, "a wrong passphrase changes nothing");
    assert_eq!(
        alice.open_or_create(&KeyProtection::Keyring).await.unwrap_err(),
        ProfileError::PassphraseNeeded
    );
    let open = alice.unlock(String::from("ward round at seven").into()).await.unwrap();
    assert_eq!(open.notice, None);
    end(open, alice).await;
}

#[tokio::test]
async fn a_short_passphrase_is_refused_before_anything_is_written() {
    let (_home, alice) = fresh();
    assert_eq!(
        alice.open_or_create(&passphrase("seven77")).await.unwrap_err(),
        ProfileError::PassphraseTooShort
    );
    assert_eq!(files(alice.folder()), ["profile.lock"]);
}

#[tokio::test]
async fn the_files_hold_neither_passphrase_nor_key() {
    let (_home, alice) = fresh();
    let open = alice.open_or_create(&passphrase("ward round at seven")).await.unwrap();
    let Some(Ok(description)) = alice.folder.find().await.unwrap() else {
        panic!("no description")
    };
    let KeySource::Passphrase(lock) = description.key else {
        panic!("no passphrase")
    };
    let opened = super::super::passphrase::open(lock, String::from("ward round at seven").into())
        .await
        .unwrap();
    // Twice the same key, or the test would look for the wrong bytes.
    let again = Store::open(&alice.folder.database(description.id), &opened).await;
    assert!(again.is_ok());
    again.unwrap().store.close().await.unwrap();
    for name in files(alice.folder()) {
        let bytes = std::fs::read(alice.folder().join(&name)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("ward round"), "{name}");
        assert!(!text.contains("SQLite format 3"), "{name} is not encrypted");
    }
    end(open, alice).await;
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_the_profile() {
    use std::os::unix::fs::PermissionsExt;
    let (_home, alice) = fresh();
    std::fs::create_dir_all(alice.folder()).unwrap();
    std::fs::set_permissions(alice.folder(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let open = alice.open_or_create(&passphrase("ward round at seven")).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(alice.folder()), 0o700);
    for name in files(alice.folder()) {
        assert_eq!(mode(&alice.folder().join(&name)), 0o600, "{name}");
    }
    end(open, alice).await;
}

#[tokio::test]
async fn a_second_app_on_the_same_folder_is_turned_away_until_the_first_has_ended() {
    let (_home, first) = fresh();
    let open = first.open_or_create(&passphrase("ward round at seven")).await.unwrap();
    let second = Profile::new(first.folder());
    assert_eq!(second.open().await.unwrap_err(), ProfileError::InUse);
    assert_eq!(second.wipe().await.unwrap_err(), ProfileError::InUse);
    end(open, first).await;
    assert!(matches!(second.open().await.unwrap(), Found::Locked));
}

#[tokio::test]
async fn a_description_of_a_newer_version_is_left_alone() {
    let (_home, alice) = fresh();
    let newer = r#"{"version":2,"id":"?","key":{"kind":"hardware"}}"#;
    std::fs::create_dir_all(alice.folder()).unwrap();
    std::fs::write(alice.folder().join("profile.json"), newer).unwrap();
    assert_eq!(alice.open().await.unwrap_err(), ProfileError::Newer);
    assert_eq!(
        alice.open_or_create(&KeyProtection::Keyring).await.unwrap_err(),
        ProfileError::Newer
    );
    assert_eq!(
        std::fs::read_to_string(alice.folder().join("profile.json")).unwrap(),
        newer
    );
}

#[tokio::test]
async fn an_unreadable_description_is_moved_aside_and_said() {
    for unreadable in [
        "",
        "{",
        r#"{"version":1,"id":"../../etc/passwd","key":{"kind":"keyring"}}"#,
        r#"{"version":1,"id":"8c5f0f0e-6f0c-4c7e-9a44-0a3f6e5b8d11","key":{"kind":"passphrase","salt":"AAAAAAAAAAAAAAAAAAAAAA==","check":"AAAAAAAAAAA=","memoryKib":4294967295,"passes":3,"lanes":1}}"#,
    ] {
        let (_home, alice) = fresh();
        std::fs::create_dir_all(alice.folder()).unwrap();
        std::fs::write(alice.folder().join("profile.json"), unreadable).unwrap();
        let found = alice.open().await.unwrap();
        assert!(
            matches!(
                found,
                Found::Nothing {
                    notice: Some(Notice::DatabaseMovedAside)
                }
            ),
            "{unreadable}"
        );
        let aside = files(alice.folder())
            .into_iter()
            .find(|name| name.starts_with("profile.json.damaged-"))
            .unwrap();
        assert_eq!(std::fs::read_to_string(alice.folder().join(aside)).unwrap(), unreadable);
    }
}

#[tokio::test]
async fn a_crash_before_the_description_was_complete_leaves_the_former_one() {
    let (_home, alice) = fresh();
    let open = alice.open_or_create(&passphrase("ward round at seven")).await.unwrap();
    std::fs::write(alice.folder().join("profile.json.new"), "{\"version\":1,").unwrap();
    assert!(matches!(alice.open().await.unwrap(), Found::Locked));
    open.store.close().await.unwrap();
    alice.wipe().await.unwrap();
    assert_eq!(files(alice.folder()), ["profile.lock"]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error_and_no_panic() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("profile"), "a file where the folder should be").unwrap();
    let alice = Profile::new(home.path().join("profile"));
    let error = alice
        .open_or_create(&passphrase("ward round at seven"))
        .await
        .unwrap_err();
    assert!(matches!(error, ProfileError::Io { .. }), "{error:?}");
    assert_eq!(
        crate::view::CommandError::from(error),
        crate::view::CommandError::FolderUnusable {
            problem: crate::view::FolderProblem::NotAFolder
        }
    );
}

#[tokio::test]
async fn somebody_else_gets_a_new_database_and_the_former_one_is_kept_encrypted() {
    let (_home, profile) = fresh();
    let alice = profile
        .open_or_create(&passphrase("ward round at seven"))
        .await
        .unwrap();
    let former = database_in(profile.folder());
    alice.store.close().await.unwrap();

    assert_eq!(
        profile.replace(&passphrase("short")).await.unwrap_err(),
        ProfileError::PassphraseTooShort
    );
    assert!(
        matches!(profile.open().await.unwrap(), Found::Locked),
        "a failed change leaves what was there"
    );

    let bob = profile.replace(&passphrase("night shift till eight")).await.unwrap();
    assert_eq!(bob.notice, None);
    assert!(former.exists());
    bob.store.close().await.unwrap();
    let refused = profile
        .unlock(String::from("ward round at seven").into())
        .await
        .unwrap_err();
    assert_eq!(refused, ProfileError::PassphraseWrong);
    profile.wipe().await.unwrap();
    assert_eq!(files(profile.folder()), ["profile.lock"]);
}

#[tokio::test]
async fn a_sign_in_after_a_sign_out_needs_the_passphrase_no_second_time() {
    let (_home, alice) = fresh();
    let open = alice.open_or_create(&passphrase("ward round at seven")).await.unwrap();
    open.store.close().await.unwrap();
    let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
    assert_eq!(open.notice, None);
    assert_eq!(
        files(alice.folder())
            .iter()
            .filter(|name| name.ends_with(".db"))
            .count(),
        1,
        "it is the same one"
    );
    end(open, alice).await;
}
