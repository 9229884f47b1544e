//! The real app in a real window, driven through WebDriver.
//!
//! Each [`App`] has its own `tauri-driver` on free ports, and its own [`Computer`], so that tests neither share state nor
//! see each other. `cargo xtask test` provides what is needed around it: a display, a D-Bus session with an unlocked
//! keyring, and `tauri-driver`.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::computer::Computer;

/// How long anything in the window may take before the test gives up. Generous: it only bounds a failure.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// How often the window is asked.
const PACE: Duration = Duration::from_millis(50);

/// A running app. Dropping it kills it, as `kill -9` would.
pub(crate) struct App {
    client: Client,
    // Held for its drop.
    _driver: Driver,
}

struct Driver {
    process: Child,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver has children of its own; only its process group holds all of them.
        let group = format!("-{}", self.process.id());
        let _gone_already = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _reaped = self.process.wait();
    }
}

impl App {
    /// Starts the app on `computer` and waits until it shows its first screen.
    pub(crate) async fn start(computer: &Computer) -> Self {
        let (port, native_port) = two_free_ports();
        let process = Command::new(tauri_driver())
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .envs(computer.environment())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("tauri-driver starts; `cargo xtask test` installs it");
        let mut driver = Driver { process };
        let capabilities = json!({
            "browserName": "wry",
            "tauri:options": {
                "application": env!("CARGO_BIN_EXE_wardline"),
                "args": [computer.mark().to_string_lossy()],
            },
        });
        let capabilities = capabilities.as_object().expect("an object");
        let started = Instant::now();
        let client = loop {
            let attempt = ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await;
            match attempt {
                Ok(client) => break client,
                Err(error) => {
                    let ended = driver.process.try_wait().expect("the driver's state");
                    assert!(ended.is_none(), "tauri-driver ended: {ended:?} ({error})");
                    assert!(started.elapsed() < PATIENCE, "no window: {error}");
                    // The driver needs a moment until it listens.
                    tokio::time::sleep(PACE).await;
                }
            }
        };
        let app = Self {
            client,
            _driver: driver,
        };
        app.until("the first screen", "return document.documentElement.dataset.ready")
            .await;
        app
    }

    /// Which screen the app says that it shows.
    pub(crate) async fn screen(&self) -> String {
        let ready = self.script("return document.documentElement.dataset.ready ?? ''").await;
        ready.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the app shows that screen.
    pub(crate) async fn until_screen(&self, screen: &str) {
        let shown = format!("return document.documentElement.dataset.ready === {}", json!(screen));
        self.until(screen, &shown).await;
    }

    /// Kills everything of it at once, and waits until it is gone.
    pub(crate) fn kill(self, computer: &Computer) {
        drop(self);
        computer.wait_until_nothing_runs();
    }

    /// Ends the app in good order, and waits until it is gone.
    pub(crate) async fn close(self, computer: &Computer) {
        // The app's window goes first, and with it the app.
        let _closed = self.client.clone().close().await;
        drop(self);
        computer.wait_until_nothing_runs();
    }

    /// Runs a script in the window.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.client
            .execute(script, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("the script does not run: {error}\n{script}"))
    }

    /// Runs a script that calls its last argument with the answer.
    pub(crate) async fn answer(&self, script: &str) -> Value {
        let script = format!("const answer = arguments[arguments.length - 1];\n{script}");
        self.client
            .execute_async(&script, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("the script does not answer: {error}\n{script}"))
    }

    /// Waits until a script returns something true.
    pub(crate) async fn until(&self, what: &str, script: &str) -> Value {
        let started = Instant::now();
        loop {
            let value = self.script(script).await;
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!("") && value != json!(0) {
                return value;
            }
            if started.elapsed() > PATIENCE {
                panic!("waited in vain for {what}; the window shows:\n{}", self.text().await);
            }
            tokio::time::sleep(PACE).await;
        }
    }

    /// Waits until an element of this test id shows this text.
    pub(crate) async fn until_text_in(&self, test_id: &str, text: &str) {
        let script = format!(
            "return [...document.querySelectorAll('[data-testid={test_id}]')].some(e => e.innerText.includes({}))",
            json!(text)
        );
        self.until(&format!("{text:?} in {test_id}"), &script).await;
    }

    /// Waits until the connection is in one of these states.
    pub(crate) async fn until_connection(&self, states: &[&str]) {
        let script = format!(
            "return {}.includes(document.querySelector('[data-testid=connection-state]')?.dataset.state)",
            json!(states)
        );
        self.until(&format!("connection in {states:?}"), &script).await;
    }

    /// Waits until the row of that name has that number of unread messages.
    pub(crate) async fn until_unread(&self, name: &str, unread: usize) {
        let script = format!(
            "const row = [...document.querySelectorAll('[data-testid=chat-row]')].find(row => row.innerText.includes({})); \
             return Boolean(row) && Number(row.querySelector('[data-testid=unread-badge]')?.innerText ?? 0) === {unread}",
            json!(name)
        );
        self.until(&format!("{unread} unread of {name}"), &script).await;
    }

    /// The texts of all messages of the open thread that are in the document, oldest first.
    pub(crate) async fn messages(&self) -> Vec<String> {
        let texts = self
            .script("return [...document.querySelectorAll('[data-testid=bubble] .words')].map(e => e.innerText.trim())")
            .await;
        serde_json::from_value(texts).expect("texts")
    }

    /// Waits until the open thread shows this text, once.
    pub(crate) async fn until_message(&self, text: &str) {
        let script = format!(
            "return [...document.querySelectorAll('[data-testid=bubble] .words')].some(e => e.innerText.trim() === {})",
            json!(text)
        );
        self.until(&format!("the message {text:?}"), &script).await;
        let times = self.messages().await.iter().filter(|shown| *shown == text).count();
        assert_eq!(times, 1, "{text:?} is shown more than once");
    }

    /// Waits until the newest own message is in one of these states.
    pub(crate) async fn until_delivery(&self, states: &[&str]) {
        let script = format!(
            "return {}.includes([...document.querySelectorAll('[data-testid=delivery]')].at(-1)?.dataset.delivery)",
            json!(states)
        );
        self.until(&format!("delivery in {states:?}"), &script).await;
    }

    /// All that the window shows.
    pub(crate) async fn text(&self) -> String {
        let text = self.script("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits for an element.
    pub(crate) async fn find(&self, test_id: &str) -> Element {
        let css = format!("[data-testid={test_id}]");
        self.until(test_id, &format!("return document.querySelector('{css}') !== null"))
            .await;
        self.client
            .find(Locator::Css(&css))
            .await
            .expect("the element is there")
    }

    /// Whether an element is in the document now.
    pub(crate) async fn shows(&self, test_id: &str) -> bool {
        let css = format!("[data-testid={test_id}]");
        self.script(&format!("return document.querySelector('{css}') !== null"))
            .await
            == json!(true)
    }

    /// Waits for an element and clicks it.
    pub(crate) async fn click(&self, test_id: &str) {
        let element = self.find(test_id).await;
        if let Err(error) = element.click().await {
            panic!("{test_id} cannot be clicked: {error}");
        }
    }

    /// Waits for a field and types into it, in place of what it held.
    pub(crate) async fn fill(&self, test_id: &str, text: &str) {
        let field = self.find(test_id).await;
        field.click().await.expect("the field takes the focus");
        let held = field.prop("value").await.expect("what the field holds");
        if held.is_some_and(|held| !held.is_empty()) {
            let all = format!(
                "{}a{}{}",
                char::from(Key::Control),
                char::from(Key::Null),
                char::from(Key::Delete)
            );
            field.send_keys(&all).await.expect("the field can be emptied");
        }
        if !text.is_empty() {
            field.send_keys(text).await.expect("the field takes text");
        }
        let script = format!(
            "return document.querySelector('[data-testid={test_id}]').value === {}",
            json!(text)
        );
        self.until(&format!("what was typed into {test_id}"), &script).await;
    }

    /// Presses keys together, where the focus is.
    pub(crate) async fn press(&self, keys: &[Key]) {
        let keys: String = keys.iter().map(|key| char::from(*key)).collect();
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(&keys).await.expect("it takes keys");
    }

    /// Chooses an option of a list by its value.
    pub(crate) async fn choose(&self, test_id: &str, value: &str) {
        let list = self.find(test_id).await;
        list.select_by_value(value).await.expect("the list has this option");
    }

    /// Opens the conversation of that name, and waits until its thread is there.
    pub(crate) async fn open_conversation(&self, name: &str) {
        let row = format!(
            "[...document.querySelectorAll('[data-testid=chat-row]')].find(row => row.innerText.includes({}))",
            json!(name)
        );
        self.until(name, &format!("const row = {row}; row?.click(); return Boolean(row)"))
            .await;
        let open = format!(
            "return document.querySelector('[data-testid=thread]')?.dataset.conversation === ({row})?.dataset.conversation \
             && document.querySelector('[data-testid=composer-input]') !== null"
        );
        self.until(&format!("the thread of {name}"), &open).await;
    }

    /// Writes a message in the open conversation and sends it.
    pub(crate) async fn send(&self, text: &str) {
        self.fill("composer-input", text).await;
        self.click("send-button").await;
        self.until_message(text).await;
    }
}

/// Both are taken before either is given back, so that they differ.
fn two_free_ports() -> (u16, u16) {
    let free = || TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (one, two) = (free(), free());
    let port = |listener: &TcpListener| listener.local_addr().expect("its address").port();
    (port(&one), port(&two))
}

fn tauri_driver() -> PathBuf {
    if let Some(named) = std::env::var_os("WARDLINE_TAURI_DRIVER") {
        return named.into();
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/tauri-driver");
    if own.exists() { own } else { "tauri-driver".into() }
}
