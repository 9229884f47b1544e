//! Receipts of sent messages: whether the server acknowledged them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

/// The fate of a sent message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// The server has it.
    Acknowledged,
    /// The session ended before the server acknowledged it. It may or may not have arrived: look in the archive before
    /// sending it again. The session itself never sends it again.
    Unproven,
    /// The server ended the connection over it, twice. It has not arrived, and the session does not send it again.
    Refused(Refusal),
}

/// Why a server does not accept a stanza.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It is larger than every server must accept (RFC 6120 section 13.12), so that its size is the most likely reason.
    TooLarge,
    /// It is small: something else about it is the reason.
    Unacceptable,
}

/// Resolves when the fate of a sent message is known. Dropping it changes nothing about the message.
#[derive(Debug)]
#[must_use = "without it nobody learns whether the message arrived"]
pub struct Receipt {
    pub(super) answer: oneshot::Receiver<Proof>,
}

impl Future for Receipt {
    type Output = Proof;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Proof> {
        // A session that ended without an answer acknowledged nothing.
        Pin::new(&mut self.answer)
            .poll(cx)
            .map(|answer| answer.unwrap_or(Proof::Unproven))
    }
}
