//! The requests to the driver: HTTP in the few forms that WebDriver uses.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::Failure;

/// How long the driver may take to answer. It answers a request for a window when the window is there.
const PATIENCE: Duration = Duration::from_secs(180);

/// Sends a request, and returns the `value` of the answer. A driver that does not answer at all has waited in vain for its window.
pub(super) async fn request(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
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

/// The reason for which the driver did not obey, in a line.
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
