//! Drives the app's real window, by the few WebDriver requests that this takes, through tauri-driver.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wardline_test_support::process::Supervised;

use crate::failure::Failure;
use crate::tools;

/// How long the window may take to reach what is waited for. A first cold launch took 11 s on a busy machine.
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
        let driver = tools::DRIVER.ready()?;
        let (port, native) = two_free_ports()?;
        let mut command = Command::new(driver);
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

    /// Runs a script in the page; what it returns.
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
        // If it is gone already, so much the better; dropping kills whatever is left.
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

/// One request; the `value` of the answer. A driver that does not answer at all has waited in vain for its window.
async fn request(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
    match tokio::time::timeout(PATIENCE, answered(port, method, path, body)).await {
        Ok(answer) => answer,
        Err(_) => Err(Failure::Wrong(format!(
            "The window did not answer in {} s.",
            PATIENCE.as_secs()
        ))),
    }
}

async fn answered(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await?;
    connection.write_all(head.as_bytes()).await?;
    let answer = whole_answer(&mut connection).await?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, content) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let content = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        joined_chunks(content)
    } else {
        content.to_owned()
    };
    let answer: Value = serde_json::from_str(&content)
        .map_err(|_| Failure::Wrong(format!("the driver's answer to {path} is no JSON: {head} {content}")))?;
    let value = answer.get("value").cloned().unwrap_or_default();
    match value.get("error") {
        Some(error) => Err(Failure::Wrong(refused(error, value.get("message")))),
        None => Ok(value),
    }
}

/// Why the driver did not do what was asked, in a line.
fn refused(error: &Value, message: Option<&Value>) -> String {
    let said = |value: &Value| {
        value
            .as_str()
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let (error, message) = (said(error), message.map(said).unwrap_or_default());
    if message.is_empty() {
        format!("The window refused: {error}")
    } else {
        format!("The window refused: {error}, {message}")
    }
}

/// Reads one answer. The connection is not asked to close: the driver passes that wish on to the web view's own driver, whose
/// connection it then finds closed at the next request.
async fn whole_answer(connection: &mut TcpStream) -> Result<Vec<u8>, Failure> {
    let mut answer = Vec::new();
    while !is_whole(&answer) {
        if connection.read_buf(&mut answer).await? == 0 {
            break;
        }
    }
    Ok(answer)
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    match length {
        Some(length) => answer.len() >= end + 4 + length,
        None => answer.ends_with(b"0\r\n\r\n"),
    }
}

fn joined_chunks(mut rest: &str) -> String {
    let mut content = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        match after.split_at_checked(size) {
            Some((chunk, next)) if size > 0 => {
                content.push_str(chunk);
                rest = next.trim_start_matches("\r\n");
            }
            _ => break,
        }
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_is_there() {
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd"));
        assert!(is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"));
        assert!(is_whole(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        ));
    }

    #[test]
    fn a_refusal_is_a_line() {
        let message = Value::from("TypeError: null is not an object\n  at line 3");
        assert_eq!(
            refused(&Value::from("javascript error"), Some(&message)),
            "The window refused: javascript error, TypeError: null is not an object"
        );
    }

    #[test]
    fn chunks_are_joined() {
        assert_eq!(joined_chunks("3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n"), "{\"a\":1}");
    }
}
