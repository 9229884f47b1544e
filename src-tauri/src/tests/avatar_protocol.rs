use tauri::http::{Request, StatusCode};

use crate::avatar_protocol::{answer, hash_of};

const HASH: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

fn asked(uri: &str) -> Option<String> {
    hash_of(&Request::get(uri).body(Vec::new()).unwrap())
}

#[test]
fn a_picture_is_asked_for_by_its_hash_on_every_system() {
    assert_eq!(asked(&format!("avatar://localhost/{HASH}")).as_deref(), Some(HASH));
    assert_eq!(asked(&format!("http://avatar.localhost/{HASH}")).as_deref(), Some(HASH));
}

#[test]
fn nothing_but_a_hash_is_looked_up() {
    for path in [
        "",
        "../profile.json",
        "%2e%2e/profile.json",
        &HASH.to_uppercase(),
        &HASH[1..],
        &format!("{HASH}0"),
        &format!("{HASH}/"),
        &format!("{HASH}?x"),
        &format!("x/{HASH}"),
        &"g".repeat(40),
    ] {
        assert_eq!(asked(&format!("avatar://localhost/{path}")), None, "{path}");
    }
    let posted = Request::post(format!("avatar://localhost/{HASH}"))
        .body(Vec::new())
        .unwrap();
    assert_eq!(hash_of(&posted), None);
}

#[test]
fn a_picture_is_served_as_what_its_bytes_say_and_is_never_cached() {
    let response = answer(b"\x89PNG\r\n\x1a\n...".to_vec());
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "image/png");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(
        answer(b"RIFF\0\0\0\0WEBPVP8 ".to_vec()).headers()["content-type"],
        "image/webp"
    );
    assert_eq!(
        answer(b"\xff\xd8\xff\xe0".to_vec()).headers()["content-type"],
        "image/jpeg"
    );
    assert_eq!(answer(b"GIF89a".to_vec()).headers()["content-type"], "image/gif");
}

#[test]
fn what_is_no_picture_is_not_served() {
    for bytes in [&b""[..], b"<svg onload='x()'/>", b"<html>", b"RIFF", b"PK\x03\x04"] {
        let response = answer(bytes.to_vec());
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{bytes:?}");
        assert!(response.body().is_empty());
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
}
