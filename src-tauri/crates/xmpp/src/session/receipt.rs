//! What becomes of a sent message.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

/// What is known about a message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// The server has it.
    Acknowledged,
    /// The session ended before the server said so. It may or may not have arrived: look in the archive before sending
    /// it again. The session itself never sends it again.
    Unproven,
    /// The server does not take it: it has ended the connection over it, twice. It has not arrived, and will not.
    Refused(Refusal),
}

/// Why a server does not take a stanza.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It is larger than what every server must take (RFC 6120 section 13.12), so that it is most likely too large.
    TooLarge,
    /// It is small: something else about it.
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
        // A session that is gone without an answer has not proven anything.
        Pin::new(&mut self.answer)
            .poll(cx)
            .map(|answer| answer.unwrap_or(Proof::Unproven))
    }
}
