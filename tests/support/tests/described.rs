//! Any server that a file describes can be tested.

use std::fs;
use std::path::{Path, PathBuf};

use wardline_test_support::servers::{DescriptionError, Feature, ServerUnderTest, TlsMode};

fn checked_in(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../servers").join(name)
}

#[tokio::test]
async fn a_server_that_we_start_gives_every_actor_an_account_of_its_own() {
    let server = ServerUnderTest::from_toml(&checked_in("prosody.toml")).await.unwrap();
    let alice = server.account("alice").await.unwrap();
    let other = server.account("alice").await.unwrap();
    assert_ne!(alice.address, other.address);
    assert!(server.has(Feature::Mam) && !server.has(Feature::Inbox));
    assert_eq!(server.endpoint().muc_light_service, None);
    assert!(server.is_ours());
}

#[tokio::test]
async fn what_mongooseim_has_is_on_one_of_them() {
    let server = ServerUnderTest::from_toml(&checked_in("prosody-inbox.toml"))
        .await
        .unwrap();
    assert!(server.has(Feature::Inbox) && server.has(Feature::MucLight));
    let endpoint = server.endpoint();
    assert_eq!(endpoint.muc_light_service.as_deref(), Some("light.ward.test"));
    assert_eq!(endpoint.muc_service.as_deref(), Some("rooms.ward.test"));
}

#[tokio::test]
async fn a_server_elsewhere_makes_accounts_by_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let text = format!(
        "domain = 'a.test'\nhost = 'h'\nport = 5223\ntls = 'direct'\nca = 'ca.pem'\n\
         [accounts]\ncommand = ['sh', '-c', 'echo {{user}}@{{domain}} > {}']\n",
        made.display()
    );
    let file = folder.path().join("server.toml");
    fs::write(&file, text).unwrap();
    let mut server = ServerUnderTest::from_toml(&file).await.unwrap();
    assert_eq!(server.endpoint().preferred(), Some((5223, TlsMode::Direct)));
    assert_eq!(server.endpoint().authority, Some(folder.path().join("ca.pem")));
    let bob = server.account("bob").await.unwrap();
    assert_eq!(fs::read_to_string(made).unwrap().trim(), bob.address);
    assert!(!server.stop().await, "a server of somebody else's is not stopped");
}

#[tokio::test]
async fn ready_accounts_are_given_once_each() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    let text = "domain = 'a.test'\nhost = 'h'\nport = 5222\ntls = 'starttls'\n\
                accounts.ready = [{ address = 'x@a.test', password = 'p' }]\n";
    fs::write(&file, text).unwrap();
    let server = ServerUnderTest::from_toml(&file).await.unwrap();
    assert_eq!(server.account("alice").await.unwrap().address, "x@a.test");
    assert!(server.account("bob").await.is_err());
}

#[tokio::test]
async fn a_description_with_a_word_that_means_nothing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    fs::write(&file, "launch = 'prosody'\ndomain = 'a.test'\nfeatuers = []\n").unwrap();
    assert!(matches!(
        ServerUnderTest::from_toml(&file).await,
        Err(DescriptionError::Invalid { .. })
    ));
}

#[tokio::test]
async fn the_example_for_a_server_of_ones_own_is_a_valid_description() {
    let server = ServerUnderTest::from_toml(&checked_in("example-mongooseim.toml"))
        .await
        .unwrap();
    assert!(server.has(Feature::Inbox));
}
