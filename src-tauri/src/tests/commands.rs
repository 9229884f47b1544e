//! The commands through Tauri's own dispatch, on a real client with a real folder, without a display.

use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;
use wardline_sdk::Client;
use wardline_sdk::profile::Profile;

use crate::backend::Backend;
use crate::commands;
use crate::notifications::Notifications;
use crate::page::Page;
use crate::paths::Paths;

struct Shell {
    window: WebviewWindow<MockRuntime>,
    folder: TempDir,
    _app: tauri::App<MockRuntime>,
}

impl Shell {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::under(folder.path());
        let profile = Profile::new(paths.profile());
        let client = tauri::async_runtime::block_on(async { Client::new(profile) });
        let first = client.clone();
        let backend =
            tauri::async_runtime::block_on(async { Backend::begin(client, async move { first.start().await }) });
        let app = commands::register(mock_builder())
            .manage(backend)
            .manage(paths)
            .manage(Notifications::none())
            .manage(Page::default())
            .build(mock_context(noop_assets()))
            .unwrap();
        let window = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default())
            .build()
            .unwrap();
        Self {
            window,
            folder,
            _app: app,
        }
    }

    fn ask(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: tauri::http::HeaderMap::new(),
            invoke_key: INVOKE_KEY.to_string(),
        };
        get_ipc_response(&self.window, request).map(|body| body.deserialize::<Value>().unwrap())
    }
}

#[test]
fn a_first_start_shows_the_sign_in_and_so_does_a_reloaded_page() {
    let shell = Shell::new();
    for _page in 0..2 {
        let screen = shell.ask("start", json!({ "onEvents": "__CHANNEL__:7" })).unwrap();
        assert_eq!(screen, json!({ "kind": "signedOut", "notice": null }));
    }
}

#[test]
fn whatever_needs_an_account_says_that_nobody_is_signed_in() {
    let shell = Shell::new();
    for (command, arguments) in [
        ("inbox", json!({})),
        ("start_conversation", json!({ "address": "bob@ward.example" })),
        (
            "create_team",
            json!({ "team": { "name": "Ward 7", "purpose": "", "members": ["bob@ward.example"] } }),
        ),
        ("team", json!({ "conversation": 1 })),
        (
            "change_team",
            json!({ "conversation": 1, "change": { "kind": "remove", "person": "bob@ward.example" } }),
        ),
        ("open_teams", json!({})),
        ("join_team", json!({ "address": "ward@rooms.ward.example" })),
        ("open_conversation", json!({ "conversation": 1 })),
        ("close_conversation", json!({ "conversation": 1 })),
        ("timeline", json!({ "conversation": 1 })),
        ("page_back", json!({ "conversation": 1 })),
        ("page_forward", json!({ "conversation": 1 })),
        ("jump", json!({ "conversation": 1, "to": { "kind": "date", "at": 5 } })),
        ("view", json!({ "conversation": 1, "message": 2 })),
        ("mark_read", json!({ "conversation": 1, "message": 2 })),
        ("save_draft", json!({ "conversation": 1, "text": "Potassium" })),
        ("compose", json!({ "conversation": 1, "composing": "active" })),
        ("send", json!({ "conversation": 1, "text": "Potassium is 6.1" })),
        ("resend", json!({ "message": 2 })),
        ("discard", json!({ "message": 2 })),
        ("sign_out", json!({ "localData": "keep" })),
    ] {
        assert_eq!(
            shell.ask(command, arguments),
            Err(json!({ "code": "notSignedIn" })),
            "{command}"
        );
    }
    assert_eq!(shell.ask("reconnect", json!({})), Ok(Value::Null));
}

#[test]
fn a_call_beyond_its_bounds_is_refused_before_anything_is_done() {
    let shell = Shell::new();
    let refused = |reference: &str| Err(json!({ "code": "internal", "reference": reference }));
    let long = "x".repeat(2 * 1024 * 1024);
    assert_eq!(
        shell.ask("send", json!({ "conversation": 1, "text": long })),
        refused("call-too-large")
    );
    let many: Vec<Value> = (0..200_000)
        .map(|id| json!({ "conversation": id, "message": id }))
        .collect();
    assert_eq!(
        shell.ask("mark_all_read", json!({ "through": many })),
        refused("call-too-large")
    );
    let answers: Vec<_> = (0..20)
        .map(|_| shell.ask("open_link", json!({ "url": "file:///x" })))
        .collect();
    assert_eq!(answers[0], refused("link-refused"));
    assert!(answers.contains(&refused("calls-too-many")), "{answers:?}");
    assert_eq!(
        shell.ask("reconnect", json!({})),
        Ok(Value::Null),
        "another command still works"
    );
}

#[test]
fn arguments_of_another_shape_are_refused() {
    let shell = Shell::new();
    for (command, arguments) in [
        ("open_conversation", json!({ "conversation": "1" })),
        ("send", json!({ "conversation": 1 })),
        ("compose", json!({ "conversation": 1, "composing": "dancing" })),
        ("sign_out", json!({ "localData": "everything" })),
        ("save_look", json!({ "look": { "theme": "dark", "textSize": 1000 } })),
    ] {
        let refused = shell.ask(command, arguments).unwrap_err();
        assert!(
            refused.as_str().is_some_and(|text| text.contains("invalid args")),
            "{command}: {refused}"
        );
    }
}

#[test]
fn a_form_that_cannot_be_right_is_refused_before_any_server_is_asked() {
    let shell = Shell::new();
    let form = |address: &str, password: &str, passphrase: &str| {
        json!({ "form": {
            "address": address,
            "password": password,
            "server": { "kind": "automatic" },
            "extraCaFile": null,
            "keyProtection": { "kind": "passphrase", "passphrase": passphrase },
        }})
    };
    let long = "ward round at seven";
    assert_eq!(
        shell.ask("sign_in", form("ward.example", "x", long)),
        Err(json!({ "code": "addressMalformed" }))
    );
    assert_eq!(
        shell.ask("sign_in", form("alice@ward.example", "", long)),
        Err(json!({ "code": "passwordEmpty" }))
    );
    assert_eq!(
        shell.ask("sign_in", form("alice@ward.example", "x", "short")),
        Err(json!({ "code": "passphraseTooShort" }))
    );
    assert!(
        !shell.folder.path().join("profile").join("profile.json").exists(),
        "nothing may be stored"
    );
}

#[test]
fn the_look_is_saved_for_the_next_start() {
    let shell = Shell::new();
    assert_eq!(
        shell.ask("save_look", json!({ "look": { "theme": "dark", "textSize": 125 } })),
        Ok(Value::Null)
    );
    let saved = std::fs::read_to_string(shell.folder.path().join("look.json")).unwrap();
    assert_eq!(saved, r#"{"theme":"dark","textSize":125}"#);
}
