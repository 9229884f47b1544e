//! Against a real gnome-keyring.

use std::process::Command;
use std::time::Duration;

use super::session::{KEYRING, Session, inside};
use super::*;

fn names(test: &str) -> String {
    format!("profile::tests::keyring::{test}")
}

/// `secret-tool` or the like need not be there: the entry is looked at through the same store as the app's.
async fn key_is_there(id: Uuid) -> bool {
    match Keyring::default().get(id).await {
        Ok(_) => true,
        Err(ProfileError::KeyMissing) => false,
        Err(error) => panic!("{error}"),
    }
}

fn id_of(profile: &Profile) -> Uuid {
    let name = database_in(profile.folder())
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    name.strip_suffix(".db").unwrap().parse().unwrap()
}

#[test]
fn a_profile_made_with_the_keyring_opens_again_without_asking() {
    inside(
        Session::Unlocked,
        &names("a_profile_made_with_the_keyring_opens_again_without_asking"),
        async {
            let (_home, alice) = fresh();
            let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
            assert_eq!(open.notice, None);
            let folder = alice.folder().to_owned();
            end(open, alice).await;

            let alice = Profile::new(folder);
            let Found::Open(open) = alice.open().await.unwrap() else {
                panic!("not opened")
            };
            assert_eq!(open.notice, None);
            end(open, alice).await;
        },
    );
}

#[test]
fn wiping_removes_the_key_and_every_file_but_the_lock() {
    inside(
        Session::Unlocked,
        &names("wiping_removes_the_key_and_every_file_but_the_lock"),
        async {
            let (_home, alice) = fresh();
            let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
            let id = id_of(&alice);
            assert!(key_is_there(id).await);
            open.store.close().await.unwrap();
            std::fs::write(alice.folder().join(format!("{id}.db.damaged-1")), "old").unwrap();
            std::fs::write(alice.folder().join("not ours.txt"), "stays").unwrap();

            alice.wipe().await.unwrap();

            assert!(!key_is_there(id).await);
            assert_eq!(files(alice.folder()), ["not ours.txt", "profile.lock"]);
            assert!(matches!(alice.open().await.unwrap(), Found::Nothing { notice: None }));
        },
    );
}

#[test]
fn a_lost_key_is_said_and_the_next_sign_in_keeps_the_old_file() {
    inside(
        Session::Unlocked,
        &names("a_lost_key_is_said_and_the_next_sign_in_keeps_the_old_file"),
        async {
            let (_home, alice) = fresh();
            let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
            let old = id_of(&alice);
            open.store.close().await.unwrap();
            Keyring::default().delete(old).await.unwrap();

            assert_eq!(alice.open().await.unwrap_err(), ProfileError::KeyMissing);
            let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();

            assert_eq!(open.notice, Some(Notice::DatabaseMovedAside));
            let left = files(alice.folder());
            assert!(
                left.contains(&format!("{old}.db")) && left.contains(&format!("profile-{old}.json")),
                "{left:?}"
            );
            end(open, alice).await;
        },
    );
}

#[test]
fn a_damaged_database_is_moved_aside_and_said() {
    inside(
        Session::Unlocked,
        &names("a_damaged_database_is_moved_aside_and_said"),
        async {
            let (_home, alice) = fresh();
            let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
            open.store.close().await.unwrap();
            let path = database_in(alice.folder());
            let mut bytes = std::fs::read(&path).unwrap();
            bytes.iter_mut().for_each(|byte| *byte ^= 0x55);
            std::fs::write(&path, &bytes).unwrap();

            let Found::Open(open) = alice.open().await.unwrap() else {
                panic!("not opened")
            };

            assert_eq!(open.notice, Some(Notice::DatabaseMovedAside));
            let aside = files(alice.folder())
                .into_iter()
                .find(|name| name.contains(".db.damaged"))
                .unwrap();
            assert_eq!(
                std::fs::read(alice.folder().join(aside)).unwrap(),
                bytes,
                "not a byte of it may change"
            );
            end(open, alice).await;
        },
    );
}

#[test]
fn a_keyring_that_hangs_is_given_up_and_the_app_can_end() {
    inside(
        Session::Unlocked,
        &names("a_keyring_that_hangs_is_given_up_and_the_app_can_end"),
        async {
            let (_home, mut alice) = fresh();
            let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
            open.store.close().await.unwrap();
            let stop = Command::new("sh")
                .arg("-c")
                // Only the daemon of this session's bus: asked for by its name there.
                .arg(
                    "pid=$(dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / \
                 org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets \
                 | awk '{print $2}') && kill -STOP \"$pid\" && echo \"$pid\"",
                )
                .output()
                .unwrap();
            assert!(stop.status.success(), "{stop:?}");

            alice.keyring = Keyring::with_patience(Duration::from_millis(200));
            let result = alice.open().await;

            let pid = String::from_utf8(stop.stdout).unwrap();
            assert!(
                Command::new("kill")
                    .args(["-KILL", pid.trim()])
                    .status()
                    .unwrap()
                    .success()
            );
            assert_eq!(result.unwrap_err(), ProfileError::KeyringSilent);
        },
    );
}

#[test]
fn a_keyring_that_comes_later_serves_without_a_restart() {
    inside(
        Session::NoKeyring,
        &names("a_keyring_that_comes_later_serves_without_a_restart"),
        async {
            let (_home, alice) = fresh();
            assert_eq!(
                alice.open_or_create(&KeyProtection::Keyring).await.unwrap_err(),
                ProfileError::KeyringMissing
            );

            let mut daemon = Command::new("sh").args(["-c", KEYRING]).spawn().unwrap();
            assert!(
                daemon.wait().unwrap().success(),
                "gnome-keyring (Debian package of that name) is needed for this test"
            );

            let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
            end(open, alice).await;
        },
    );
}

#[test]
fn without_a_bus_there_is_a_clear_error_and_a_passphrase_serves() {
    inside(
        Session::NoBus,
        &names("without_a_bus_there_is_a_clear_error_and_a_passphrase_serves"),
        async {
            let (_home, alice) = fresh();
            let error = alice.open_or_create(&KeyProtection::Keyring).await.unwrap_err();
            assert_eq!(error, ProfileError::KeyringMissing);
            assert_eq!(
                crate::view::CommandError::from(error),
                crate::view::CommandError::KeyringUnavailable
            );
            assert_eq!(
                files(alice.folder()),
                ["profile.lock"],
                "nothing may be stored without a key"
            );

            let open = alice.open_or_create(&passphrase("ward round at seven")).await.unwrap();
            assert_eq!(open.notice, None);
            end(open, alice).await;
        },
    );
}

#[test]
fn the_choice_of_a_passphrase_keeps_a_database_whose_keyring_is_gone() {
    let name = names("the_choice_of_a_passphrase_keeps_a_database_whose_keyring_is_gone");
    inside(Session::Unlocked, &name, async {
        let (_home, alice) = fresh();
        let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
        let old = id_of(&alice);
        open.store.close().await.unwrap();

        let open = alice.open_or_create(&passphrase("ward round at seven")).await.unwrap();

        assert_eq!(open.notice, Some(Notice::DatabaseMovedAside));
        assert!(files(alice.folder()).contains(&format!("{old}.db")));
        open.store.close().await.unwrap();
        alice.wipe().await.unwrap();
        assert!(
            !key_is_there(old).await,
            "wiping destroys the keys of what was set aside, too"
        );
        assert_eq!(files(alice.folder()), ["profile.lock"]);
    });
}
