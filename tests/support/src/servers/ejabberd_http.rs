//! The few requests made to ejabberd's administration interface, on loopback. Too few to bring an HTTP client.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::ServerError;

/// Runs one administration command; the answer as JSON (or as text, where it is not JSON).
pub(super) async fn call(port: u16, command: &'static str, arguments: &Value) -> Result<Value, ServerError> {
    let body = arguments.to_string();
    let request = format!(
        "POST /api/{command} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await?;
    connection.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, content) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.split(' ').nth(1) != Some("200") {
        return Err(ServerError::Administration {
            command,
            answer: content.to_owned(),
        });
    }
    Ok(serde_json::from_str(content).unwrap_or_else(|_| Value::String(content.to_owned())))
}
