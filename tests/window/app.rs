//! The real app in a real window, driven through WebDriver.
//!
//! Each [`App`] has its own `tauri-driver` on free ports, its own home and its own profile, so that tests neither share
//! state nor see each other. `cargo xtask test` provides what is needed around it: a display, a D-Bus session with an
//! unlocked keyring, and `tauri-driver`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything in the window may take before the test gives up. Generous: it only bounds a failure.
const PATIENCE: Duration = Duration::from_secs(40);

/// Folders of one person's computer. Outlives the app, so that it can be started again.
pub(crate) struct Computer {
    folder: TempDir,
}

impl Computer {
    pub(crate) fn new() -> Self {
        let computer = Self { folder: TempDir::new().expect("a temporary folder") };
        for folder in ["home", "profile", "data", "config", "cache"] {
            std::fs::create_dir(computer.folder.path().join(folder)).expect("a folder");
        }
        computer
    }

    /// Everything that the app may write to.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }
}

/// A running app. Dropping it kills it, as `kill -9` would.
pub(crate) struct App {
    client: Client,
    driver: Driver,
}

struct Driver {
    process: Child,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver has children of its own; only its process group holds all of them.
        let group = format!("-{}", self.process.id());
        let _gone_already = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _reaped = self.process.wait();
    }
}

impl App {
    /// Starts the app on `computer` and waits until it shows its first screen.
    pub(crate) async fn start(computer: &Computer) -> Self {
        use std::os::unix::process::CommandExt;
        let (port, native_port) = (free_port(), free_port());
        let folder = computer.folder();
        let process = Command::new(tauri_driver())
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .env("HOME", folder.join("home"))
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .env("XDG_CACHE_HOME", folder.join("cache"))
            .env("WARDLINE_PROFILE_DIR", computer.profile())
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("tauri-driver starts; `cargo xtask test` installs it");
        let driver = Driver { process };
        let capabilities = json!({
            "browserName": "wry",
            "tauri:options": { "application": env!("CARGO_BIN_EXE_wardline") },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object") };
        let started = Instant::now();
        let client = loop {
            let attempt = ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await;
            match attempt {
                Ok(client) => break client,
                Err(error) if started.elapsed() > PATIENCE => panic!("no window: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        let app = Self { client, driver };
        app.until("the first screen", "return document.documentElement.dataset.ready").await;
        app
    }

    /// Which screen the app says that it shows.
    pub(crate) async fn screen(&self) -> String {
        let ready = self.script("return document.documentElement.dataset.ready ?? ''").await;
        ready.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the app shows that screen.
    pub(crate) async fn until_screen(&self, screen: &str) {
        self.until(screen, &format!("return document.documentElement.dataset.ready === {}", json!(screen))).await;
    }

    /// Kills everything at once and waits until it is gone.
    pub(crate) fn kill(self) {
        drop(self.driver);
    }

    /// Closes the window as a user would.
    pub(crate) async fn close(self) {
        let _closed = self.client.close().await;
        drop(self.driver);
    }

    /// Runs a script in the window.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("the script runs")
    }

    /// Waits until a script returns something true.
    pub(crate) async fn until(&self, what: &str, script: &str) -> Value {
        let started = Instant::now();
        loop {
            let value = self.script(script).await;
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!("") && value != json!(0) {
                return value;
            }
            assert!(started.elapsed() < PATIENCE, "waited in vain for {what}; the window shows:\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the window shows this text.
    pub(crate) async fn until_text(&self, text: &str) {
        self.until(text, &format!("return document.body.innerText.includes({})", json!(text))).await;
    }

    /// Waits until an element of this test id shows this text.
    pub(crate) async fn until_text_in(&self, test_id: &str, text: &str) {
        let script = format!(
            "return [...document.querySelectorAll('[data-testid={test_id}]')].some(e => e.innerText.includes({}))",
            json!(text)
        );
        self.until(text, &script).await;
    }

    /// All that the window shows, for messages of failed tests.
    pub(crate) async fn text(&self) -> String {
        self.script("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits for an element.
    pub(crate) async fn find(&self, test_id: &str) -> Element {
        let css = format!("[data-testid={test_id}]");
        self.until(test_id, &format!("return document.querySelector('{css}') !== null")).await;
        self.client.find(Locator::Css(&css)).await.expect("the element is there")
    }

    /// Waits for an element and clicks it.
    pub(crate) async fn click(&self, test_id: &str) {
        self.find(test_id).await.click().await.expect("the element can be clicked");
    }

    /// Waits for a field and writes into it, in place of what it held.
    pub(crate) async fn fill(&self, test_id: &str, text: &str) {
        let field = self.find(test_id).await;
        field.clear().await.expect("the field can be cleared");
        field.send_keys(text).await.expect("the field takes text");
    }

    /// Opens the conversation of that name.
    pub(crate) async fn open_conversation(&self, name: &str) {
        let script = format!(
            "const row = [...document.querySelectorAll('[data-testid=chat-row]')].find(row => row.innerText.includes({})); \
             row?.click(); return Boolean(row)",
            json!(name)
        );
        self.until(name, &script).await;
        self.find("thread").await;
    }

    /// Writes a message in the open conversation and sends it.
    pub(crate) async fn send(&self, text: &str) {
        self.fill("composer-input", text).await;
        self.click("send-button").await;
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn tauri_driver() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/tauri-driver");
    if own.exists() { own } else { PathBuf::from("tauri-driver") }
}
