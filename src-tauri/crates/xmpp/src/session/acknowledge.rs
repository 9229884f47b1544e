//! Stream management (XEP-0198): stanzas sent and not acknowledged yet.
//!
//! Without stream management a ping stands in for the request of a count: a server handles the stanzas of a client in
//! order (RFC 6120 section 10.1), so its answer to a ping acknowledges all stanzas before it.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::receipt::{Proof, Refusal};

/// With more unacknowledged stanzas than this, the session accepts no commands until the server catches up.
pub(super) const MOST_UNACKNOWLEDGED: usize = 1000;
/// Bytes of unacknowledged stanzas over which the same holds.
const MOST_UNACKNOWLEDGED_BYTES: usize = 8 << 20;

/// Where an interrupted session can be resumed.
#[derive(Debug, Clone)]
pub(super) struct ResumePoint {
    /// The server's name for it.
    pub(super) id: String,
    /// Stanzas that have been handed over.
    pub(super) handled: u32,
}

/// Whether and how acknowledgements work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Management {
    /// Not offered.
    Absent,
    /// Acknowledgements, and resumption under this name where there is one.
    Enabled { resume: Option<String> },
}

/// The server acknowledged more than was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

#[derive(Debug)]
struct Sent {
    bytes: Bytes,
    /// When it last went out.
    at: Instant,
    proof: Option<oneshot::Sender<Proof>>,
}

/// Stanzas sent and not acknowledged, oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbound {
    unacknowledged: VecDeque<Sent>,
    /// Stanzas acknowledged since counting began; wraps (XEP-0198 section 4).
    acknowledged: u32,
    /// Bytes of the unacknowledged ones.
    bytes: usize,
}

impl Outbound {
    /// Counting begins with the next stanza.
    pub(super) fn restart(&mut self) {
        self.abandon();
        self.acknowledged = 0;
    }

    /// A stanza goes out.
    pub(super) fn push(&mut self, bytes: Bytes, proof: Option<oneshot::Sender<Proof>>) {
        self.bytes = self.bytes.saturating_add(bytes.len());
        let at = Instant::now();
        self.unacknowledged.push_back(Sent { bytes, at, proof });
    }

    /// Number of unacknowledged stanzas.
    pub(super) fn len(&self) -> usize {
        self.unacknowledged.len()
    }

    /// Whether the session accepts no commands.
    pub(super) fn is_full(&self) -> bool {
        self.unacknowledged.len() >= MOST_UNACKNOWLEDGED || self.bytes >= MOST_UNACKNOWLEDGED_BYTES
    }

    /// Whether more stanzas wait than a sane server causes: the session answers requests even while it accepts no
    /// commands.
    pub(super) fn is_overfull(&self) -> bool {
        self.unacknowledged.len() >= 2 * MOST_UNACKNOWLEDGED || self.bytes >= 2 * MOST_UNACKNOWLEDGED_BYTES
    }

    /// Whether a receipt waits for an acknowledgement.
    pub(super) fn is_awaited(&self) -> bool {
        self.unacknowledged.iter().any(|sent| sent.proof.is_some())
    }

    /// Stanzas that the server has newly handled, by its count of all.
    pub(super) fn newly_handled(&self, handled: u32) -> usize {
        handled.wrapping_sub(self.acknowledged) as usize
    }

    /// The server has handled `handled` stanzas in all.
    #[cfg(test)]
    pub(super) fn acknowledge(&mut self, handled: u32) -> Result<(), TooMany> {
        self.acknowledge_next(self.newly_handled(handled))
    }

    /// The server has handled the next `count`.
    pub(super) fn acknowledge_next(&mut self, count: usize) -> Result<(), TooMany> {
        if count > self.unacknowledged.len() {
            return Err(TooMany);
        }
        for sent in self.unacknowledged.drain(..count) {
            self.bytes = self.bytes.saturating_sub(sent.bytes.len());
            self.acknowledged = self.acknowledged.wrapping_add(1);
            if let Some(proof) = sent.proof {
                let _ = proof.send(Proof::Acknowledged);
            }
        }
        Ok(())
    }

    /// The unacknowledged stanzas in order, and when each last went out.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (&Bytes, Instant)> {
        self.unacknowledged.iter().map(|sent| (&sent.bytes, sent.at))
    }

    /// The stanzas that a resumed session must send again, in order. They go out now.
    pub(super) fn resend(&mut self) -> impl Iterator<Item = &Bytes> {
        let now = Instant::now();
        self.unacknowledged.iter_mut().map(move |sent| {
            sent.at = now;
            &sent.bytes
        })
    }

    /// The server does not accept this stanza: fails its receipt with the reason.
    pub(super) fn refuse(&mut self, stanza: &Bytes, refusal: Refusal) {
        if let Some(sent) = self.unacknowledged.iter_mut().find(|sent| sent.bytes == *stanza)
            && let Some(proof) = sent.proof.take()
        {
            let _ = proof.send(Proof::Refused(refusal));
        }
    }

    /// The session is over: the rest stays unconfirmed and is not sent again.
    pub(super) fn abandon(&mut self) {
        self.bytes = 0;
        for sent in self.unacknowledged.drain(..) {
            if let Some(proof) = sent.proof {
                let _ = proof.send(Proof::Unproven);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(outbound: &mut Outbound, name: &'static str) -> oneshot::Receiver<Proof> {
        let (proof, answer) = oneshot::channel();
        outbound.push(Bytes::from_static(name.as_bytes()), Some(proof));
        answer
    }

    #[test]
    fn an_acknowledgement_proves_the_oldest_and_the_rest_is_sent_again() {
        let mut outbound = Outbound::default();
        let mut answers: Vec<_> = ["1", "2", "3"]
            .into_iter()
            .map(|name| sent(&mut outbound, name))
            .collect();
        assert_eq!(outbound.acknowledge(2), Ok(()));
        assert_eq!(answers[0].try_recv(), Ok(Proof::Acknowledged));
        assert_eq!(answers[1].try_recv(), Ok(Proof::Acknowledged));
        assert!(answers[2].try_recv().is_err());
        assert_eq!(outbound.resend().collect::<Vec<_>>(), ["3"]);
        assert_eq!(outbound.acknowledge(2), Ok(()), "the same number again changes nothing");
        outbound.abandon();
        assert_eq!(answers[2].try_recv(), Ok(Proof::Unproven));
    }

    #[test]
    fn counts_wrap_around() {
        let mut outbound = Outbound {
            acknowledged: u32::MAX,
            ..Outbound::default()
        };
        let mut first = sent(&mut outbound, "1");
        let mut second = sent(&mut outbound, "2");
        assert_eq!(outbound.acknowledge(1), Ok(()));
        assert_eq!(
            (first.try_recv(), second.try_recv()),
            (Ok(Proof::Acknowledged), Ok(Proof::Acknowledged))
        );
    }

    #[test]
    fn acknowledging_what_was_never_sent_is_an_error() {
        let mut outbound = Outbound::default();
        let mut answer = sent(&mut outbound, "1");
        assert_eq!(outbound.acknowledge(2), Err(TooMany));
        assert!(answer.try_recv().is_err());
    }
}
