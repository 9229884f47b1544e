//! Drives the app's real window, by the few WebDriver requests that this takes, through tauri-driver.

mod http;

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wardline_test_support::process::Supervised;

use crate::failure::Failure;
use crate::places;

use self::http::request;

/// How long the window may take until it shows what is waited for. It bounds a failure; a first launch under load may take 10 s.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long a window may take to answer at all.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// The app's window under remote control; the app ends when this value is dropped.
#[derive(Debug)]
pub(crate) struct Window {
    port: u16,
    session: String,
    // Its drop kills the app with it.
    driver: Supervised,
}

impl Window {
    /// Starts `app` with `environment` and takes control of its window.
    pub(crate) async fn open(app: &Path, environment: &[(&str, OsString)], log: &Path) -> Result<Self, Failure> {
        let (port, native) = two_free_ports()?;
        let mut command = Command::new(places::driver());
        command
            .args(["--port", &port.to_string(), "--native-port", &native.to_string()])
            .envs(environment.iter().map(|(name, value)| (name, value)));
        let process = Supervised::start(&command, log, None)?;
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "wry", "tauri:options": { "application": app }
        } } });
        let started = Instant::now();
        let answer = loop {
            match request(port, "POST", "/session", &wanted).await {
                Ok(answer) => break answer,
                // The driver needs a moment until it listens.
                Err(_) if process.is_running() && started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(failure) => return Err(failure),
            }
        };
        let session = answer.get("sessionId").and_then(Value::as_str).map(str::to_owned);
        let session = session.ok_or_else(|| Failure::Wrong(format!("the driver gave no session: {answer}")))?;
        Ok(Self {
            port,
            session,
            driver: process,
        })
    }

    /// The group of processes to which the app belongs, with those of its web view.
    pub(crate) fn group(&self) -> u32 {
        self.driver.group()
    }

    /// Runs a script in the page, and returns its value.
    pub(crate) async fn script(&self, script: &str) -> Result<Value, Failure> {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
            .await
    }

    /// Whether the window answers at all.
    pub(crate) async fn is_there(&self) -> bool {
        let answer = tokio::time::timeout(SIGN_OF_LIFE, self.script("return true;")).await;
        self.driver.is_running() && answer.is_ok_and(|answer| answer.is_ok())
    }

    /// Waits until `condition`, a JavaScript expression, holds; `what` is for the message when it never does. An expression that
    /// cannot be evaluated yet does not hold yet.
    pub(crate) async fn until(&self, what: &str, condition: &str) -> Result<(), Failure> {
        let script = format!("try {{ return Boolean({condition}); }} catch {{ return false; }}");
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.script(&script).await {
                Ok(Value::Bool(true)) => return Ok(()),
                Err(failure) if !self.is_there().await => {
                    return Err(Failure::Wrong(format!(
                        "the window went away before {what} came ({failure})"
                    )));
                }
                _ => {}
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let page = self
            .script("return document.body.innerText.slice(0, 600);")
            .await
            .unwrap_or_default();
        Err(Failure::Wrong(format!(
            "The window did not show {what} in {} s. It shows:\n{page}",
            PATIENCE.as_secs()
        )))
    }

    /// Waits until `element`, a JavaScript expression, is there, can be seen and is not switched off, and clicks it.
    pub(crate) async fn click(&self, what: &str, element: &str) -> Result<(), Failure> {
        let clicked = format!(
            "(() => {{
               const element = {element};
               if (element === null || element.getClientRects().length === 0 || element.disabled || element.closest('[inert]')) return false;
               element.click();
               return true;
             }})()"
        );
        self.until(what, &clicked).await
    }

    /// Waits for the field of that test id, and types into it.
    pub(crate) async fn fill(&self, test_id: &str, text: &str) -> Result<(), Failure> {
        let filled = format!(
            "(() => {{
               const field = document.querySelector('[data-testid=\"{test_id}\"]');
               if (field === null) return false;
               field.focus();
               field.value = {};
               field.dispatchEvent(new Event('input', {{ bubbles: true }}));
               return true;
             }})()",
            Value::from(text)
        );
        self.until(test_id, &filled).await
    }

    /// Gives the window this size.
    pub(crate) async fn resize(&self, width: u32, height: u32) -> Result<(), Failure> {
        self.post(
            "window/rect",
            &json!({ "x": 0, "y": 0, "width": width, "height": height }),
        )
        .await
        .map(drop)
    }

    /// Takes a picture of the page.
    pub(crate) async fn shot(&self, file: &Path) -> Result<(), Failure> {
        let path = format!("/session/{}/screenshot", self.session);
        let picture = request(self.port, "GET", &path, &Value::Null).await?;
        let png = STANDARD.decode(picture.as_str().unwrap_or_default());
        let png = png.map_err(|error| Failure::Wrong(format!("the screenshot is no picture: {error}")))?;
        std::fs::write(file, png)?;
        Ok(())
    }

    /// Closes the window in good order.
    pub(crate) async fn close(self) {
        let path = format!("/session/{}", self.session);
        // It may be gone already; dropping kills all that is left.
        let _closed = request(self.port, "DELETE", &path, &Value::Null).await;
    }

    async fn post(&self, what: &str, body: &Value) -> Result<Value, Failure> {
        request(self.port, "POST", &format!("/session/{}/{what}", self.session), body).await
    }
}

fn two_free_ports() -> Result<(u16, u16), Failure> {
    let (one, two) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    Ok((one.local_addr()?.port(), two.local_addr()?.port()))
}
