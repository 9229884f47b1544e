use wardline_sdk::view::CommandError;

use crate::links;

fn opened(link: &str) -> Option<String> {
    links::safe(link).map(String::from)
}

#[test]
fn web_mail_and_telephone_links_lead_outside() {
    assert_eq!(
        opened("https://nhs.example/rota?week=3#mon").as_deref(),
        Some("https://nhs.example/rota?week=3#mon")
    );
    assert_eq!(opened("HTTP://NHS.example").as_deref(), Some("http://nhs.example/"));
    assert_eq!(
        opened("mailto:alice@ward.example").as_deref(),
        Some("mailto:alice@ward.example")
    );
    assert_eq!(opened("tel:+442079460000").as_deref(), Some("tel:+442079460000"));
}

#[test]
fn nothing_else_does() {
    for link in [
        "",
        "nhs.example",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "smb://server/share",
        "ms-msdt:/id",
        "vscode://file/x",
        "avatar://localhost/x",
        "tauri://localhost/",
        "/etc/passwd",
        "\\\\server\\share",
        "https://",
        "https:",
        "mailto:",
        "tel:",
        " https://nhs.example",
        "https://nhs.example/\n--version",
        "https://nhs.example/a b",
        "java\nscript:alert(1)",
        "--help",
        "https://alice@nhs.example/",
        "https://alice:secret@nhs.example/",
        "https://nhs.example@evil.example/login",
        "https://:@evil.example/",
        "https://@evil.example/",
        "https:\\\\nhs.example@evil.example/",
        "http:////nhs.example@evil.example",
        "https://?nhs.example",
        "https://#nhs.example",
        "https://nhs.example/\u{202e}gpj.exe",
        "https://nhs\u{200b}.example/",
        "https://nhs.example/\u{a0}",
        "mailto:alice\u{2066}@ward.example",
    ] {
        assert_eq!(opened(link), None, "{link:?}");
    }
    assert_eq!(opened(&format!("https://nhs.example/{}", "a".repeat(5000))), None);
}

#[test]
fn an_at_sign_behind_the_host_is_nobody_who_signs_in() {
    for link in [
        "https://nhs.example/@ward/7",
        "https://nhs.example/?to=a@b.example",
        "https://nhs.example/#a@b",
    ] {
        assert_eq!(opened(link).as_deref(), Some(link));
    }
}

#[test]
fn a_name_in_other_letters_is_opened_as_the_name_that_is_looked_up() {
    assert_eq!(
        opened("https://\u{430}pple.example/").as_deref(),
        Some("https://xn--pple-43d.example/")
    );
}

#[test]
fn a_mail_link_cannot_attach_a_file() {
    let link = "mailto:bob@evil.example?attach=/etc/passwd&body=hello#x";
    assert_eq!(opened(link).as_deref(), Some("mailto:bob@evil.example"));
}

#[tokio::test]
async fn a_refused_link_is_a_defect_of_the_interface_and_named_as_such() {
    let refused = links::open("file:///etc/passwd").await.unwrap_err();
    assert_eq!(
        refused,
        CommandError::Internal {
            reference: "link-refused".into()
        }
    );
}
