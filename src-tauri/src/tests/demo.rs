use wardline_sdk::view::{KeyProtection, ServerLocation};

use crate::demo;

const SIGN_IN: &str = r#"{"address":"alice@ward.example","password":"hunter2","server":{"kind":"automatic"},"extraCaFile":"/tmp/ca.pem"}"#;

fn file(content: &str, mode: u32) -> (tempfile::TempDir, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sign-in.json");
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    (folder, path)
}

#[test]
fn a_sign_in_is_read_once_and_gone() {
    let (_folder, path) = file(SIGN_IN, 0o600);
    let form = demo::take(&path).unwrap();
    assert_eq!(form.address, "alice@ward.example");
    assert_eq!(*form.password, "hunter2");
    assert_eq!(form.server, ServerLocation::Automatic);
    assert_eq!(form.extra_ca_file.as_deref(), Some("/tmp/ca.pem"));
    assert!(matches!(form.key_protection, KeyProtection::Keyring));
    assert!(!path.exists());
    assert!(demo::take(&path).is_none());
}

#[test]
fn a_file_that_others_can_read_is_deleted_and_not_used() {
    let (_folder, path) = file(SIGN_IN, 0o644);
    assert!(demo::take(&path).is_none());
    assert!(!path.exists());
}

#[test]
fn a_file_with_anything_else_in_it_is_not_used() {
    for content in [
        "",
        "{}",
        r#"{"address":"a@b","password":"x","server":{"kind":"automatic"},"admin":true}"#,
    ] {
        let (_folder, path) = file(content, 0o600);
        assert!(demo::take(&path).is_none(), "{content}");
    }
}
