//! Stanzas over which the server ends the connection.
//!
//! A server that receives a stanza it does not accept (too large, most of all) ends the stream instead of refusing the
//! stanza. Sent again in the next session, the same stanza ends that one too, and so on: one message keeps the app
//! offline for good. So stanzas in flight when that happens are suspects. After it, the session sends one stanza at a
//! time, each only when the one before is acknowledged, so that the next end of the stream leaves no doubt; it does not
//! send a stanza again that ended the stream twice.
//!
//! An end without a reason is only blamed on stanzas that went out just before it and that a server may find too large
//! at all: any network loses connections, and every server must take 10,000 bytes (RFC 6120 section 13.12).

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::error::{Loss, SessionError, StreamCondition};

/// The smallest limit that a server may set (RFC 6120 section 13.12). A smaller one is not believed.
pub(super) const SMALLEST_STANZA_LIMIT: usize = 10_000;
/// Ends of a stream over one stanza until it is given up.
const STRIKES: u32 = 2;
/// For so long after an end of the stream stanzas go out one at a time.
const CAUTION: Duration = Duration::from_secs(120);
/// For so long after a stanza an end without a reason may be its fault.
const AFTERMATH: Duration = Duration::from_secs(10);
/// Most stanzas remembered as given up.
const MOST_CONDEMNED: usize = 256;

/// A stanza, whatever id it is sent under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    /// Of an encoded stanza. The id of a request is new with each try.
    pub(super) fn of(stanza: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        let tag = stanza.iter().position(|byte| *byte == b'>').unwrap_or(stanza.len());
        let (tag, rest) = stanza.split_at_checked(tag).unwrap_or((stanza, &[]));
        let (before, after) = without_id(tag);
        for part in [before, after, rest] {
            part.hash(&mut hasher);
        }
        Self(hasher.finish())
    }
}

/// An opening tag without the value of its attribute `id`.
fn without_id(tag: &[u8]) -> (&[u8], &[u8]) {
    const NAME: &[u8] = b" id=";
    let Some(at) = tag.windows(NAME.len()).position(|part| part == NAME) else {
        return (tag, &[]);
    };
    let (before, value) = tag.split_at(at);
    let Some((quote, text)) = value.get(NAME.len()..).and_then(<[u8]>::split_first) else {
        return (tag, &[]);
    };
    match text.iter().position(|byte| byte == quote) {
        Some(end) => (before, text.get(end..).unwrap_or_default()),
        None => (tag, &[]),
    }
}

/// Stanzas over which the server ended a stream, once or twice.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    strikes: HashMap<Fingerprint, u32>,
    condemned: HashSet<Fingerprint>,
    last: Option<Instant>,
    /// The largest stanza that may be sent, after one that was larger ended the stream twice.
    limit: Option<usize>,
}

/// How a connection ended.
enum Verdict {
    /// The server says that a stanza was the reason.
    OverStanza,
    /// A stanza may have been the reason.
    Unexplained,
    /// The reason was another.
    Other,
}

fn verdict(error: SessionError) -> Verdict {
    match error {
        SessionError::Stream(
            StreamCondition::PolicyViolation | StreamCondition::NotWellFormed | StreamCondition::Other,
        ) => Verdict::OverStanza,
        SessionError::Lost(Loss::Closed | Loss::Network) => Verdict::Unexplained,
        _ => Verdict::Other,
    }
}

impl Suspects {
    /// With the limit that an earlier session found.
    pub(super) fn with_limit(limit: Option<usize>) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// The largest stanza that may be sent, if a stream ended over a larger one.
    pub(super) fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Whether the session must not send a stanza again.
    pub(super) fn is_condemned(&self, stanza: &[u8]) -> bool {
        !self.condemned.is_empty() && self.condemned.contains(&Fingerprint::of(stanza))
    }

    /// Whether the session sends one stanza at a time.
    pub(super) fn is_cautious(&self) -> bool {
        !self.strikes.is_empty() && self.last.is_some_and(|last| last.elapsed() < CAUTION)
    }

    /// Clears stanzas that the server has handled.
    pub(super) fn acquit<'a>(&mut self, stanzas: impl Iterator<Item = &'a Bytes>) {
        if self.strikes.is_empty() {
            return;
        }
        for stanza in stanzas {
            self.strikes.remove(&Fingerprint::of(stanza));
        }
    }

    /// Takes note that the connection ended while these were unacknowledged, each with the time at which it went out.
    /// The stanza to give up, if there is one.
    pub(super) fn blame<'a>(
        &mut self,
        error: SessionError,
        unacknowledged: impl Iterator<Item = (&'a Bytes, Instant)>,
    ) -> Option<Bytes> {
        let is_suspect = match verdict(error) {
            Verdict::OverStanza => |_: &Bytes, _: Instant| true,
            Verdict::Unexplained => |stanza: &Bytes, sent: Instant| is_large(stanza) && sent.elapsed() < AFTERMATH,
            Verdict::Other => return None,
        };
        if self.last.is_some_and(|last| last.elapsed() >= CAUTION) {
            self.strikes.clear();
        }
        let mut culprit: Option<&Bytes> = None;
        for (stanza, _) in unacknowledged.filter(|(stanza, sent)| is_suspect(stanza, *sent)) {
            let strikes = self.strikes.entry(Fingerprint::of(stanza)).or_default();
            *strikes += 1;
            // The largest, if caution did not leave only one: size is the most likely reason.
            if *strikes >= STRIKES && culprit.is_none_or(|largest| stanza.len() > largest.len()) {
                culprit = Some(stanza);
            }
            self.last = Some(Instant::now());
        }
        let culprit = culprit?;
        let fingerprint = Fingerprint::of(culprit);
        self.strikes.remove(&fingerprint);
        if self.condemned.len() >= MOST_CONDEMNED {
            self.condemned.clear();
        }
        self.condemned.insert(fingerprint);
        if is_large(culprit) {
            let below = culprit.len().saturating_sub(1).max(SMALLEST_STANZA_LIMIT);
            self.limit = Some(self.limit.map_or(below, |limit| limit.min(below)));
        }
        Some(culprit.clone())
    }
}

/// Whether a server may find a stanza too large.
pub(super) fn is_large(stanza: &[u8]) -> bool {
    stanza.len() > SMALLEST_STANZA_LIMIT
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIOLATION: SessionError = SessionError::Stream(StreamCondition::PolicyViolation);
    const CLOSED: SessionError = SessionError::Lost(Loss::Closed);

    fn stanza(id: &str, length: usize) -> Bytes {
        Bytes::from(format!("<iq id='{id}' type='set'>{}</iq>", "x".repeat(length)))
    }

    fn blamed(suspects: &mut Suspects, error: SessionError, stanzas: &[&Bytes]) -> Option<Bytes> {
        suspects.blame(error, stanzas.iter().map(|stanza| (*stanza, Instant::now())))
    }

    #[test]
    fn a_stanza_is_the_same_under_another_id_and_no_other() {
        let print = |text: &str| Fingerprint::of(text.as_bytes());
        assert_eq!(
            print("<iq id='1' to='a'><x/></iq>"),
            print("<iq id='22' to='a'><x/></iq>")
        );
        for other in [
            "<iq id='1' to='b'><x/></iq>",
            "<iq id='1' to='a'><y/></iq>",
            "<iq id='1",
            "<iq>",
            "",
        ] {
            assert_ne!(print("<iq id='1' to='a'><x/></iq>"), print(other), "{other}");
        }
    }

    #[tokio::test]
    async fn a_stanza_that_ends_the_stream_twice_is_given_up_and_its_size_is_learnt() {
        let mut suspects = Suspects::default();
        let large = stanza("1", 19_000);
        assert_eq!(blamed(&mut suspects, VIOLATION, &[&stanza("0", 9), &large]), None);
        assert!(suspects.is_cautious());
        let again = stanza("2", 19_000);
        assert!(!suspects.is_condemned(&again));
        assert_eq!(blamed(&mut suspects, VIOLATION, &[&again]), Some(again.clone()));
        assert!(suspects.is_condemned(&stanza("3", 19_000)));
        assert_eq!(suspects.limit(), Some(again.len() - 1));
    }

    #[tokio::test]
    async fn what_the_server_has_handled_is_no_suspect_any_more() {
        let mut suspects = Suspects::default();
        let small = stanza("1", 9);
        assert_eq!(blamed(&mut suspects, VIOLATION, &[&small]), None);
        suspects.acquit([&small].into_iter());
        assert!(!suspects.is_cautious());
        assert_eq!(blamed(&mut suspects, VIOLATION, &[&small]), None);
        assert_eq!(blamed(&mut suspects, VIOLATION, &[&small]), Some(small));
        assert_eq!(suspects.limit(), None, "it was not too large");
    }

    #[tokio::test]
    async fn a_lost_connection_is_blamed_on_large_stanzas_alone() {
        let mut suspects = Suspects::default();
        let (small, large) = (stanza("1", 9), stanza("2", 12_000));
        for _ in 0..5 {
            assert_eq!(blamed(&mut suspects, CLOSED, &[&small]), None);
            assert_eq!(blamed(&mut suspects, SessionError::Lost(Loss::Silent), &[&large]), None);
        }
        assert_eq!(blamed(&mut suspects, CLOSED, &[&small, &large]), None);
        let long_ago = Instant::now() - AFTERMATH;
        assert_eq!(suspects.blame(CLOSED, [(&large, long_ago)].into_iter()), None);
        assert_eq!(blamed(&mut suspects, CLOSED, &[&small, &large]), Some(large));
    }

    #[tokio::test]
    async fn caution_ends_by_itself() {
        let mut suspects = Suspects::default();
        let small = stanza("1", 9);
        blamed(&mut suspects, VIOLATION, &[&small]);
        suspects.last = Some(Instant::now() - CAUTION);
        assert!(!suspects.is_cautious());
        assert_eq!(blamed(&mut suspects, VIOLATION, &[&small]), None, "that was long ago");
    }
}
