//! When something was said that did not come out of an archive.
//!
//! A server that kept a message for a while says so in a `<delay/>` (XEP-0203) in its own name. A sender can write the same into a live
//! message, and servers let it through: with it anybody could date a message back, above what has been read already, or claim to have
//! read something earlier than they did. So a text stands where it was received, with that time, until the archive gives it its place.
//!
//! What a queue hands on comes while the archive is being caught up with. In that time a date is believed for the moment that lies behind
//! the end of the session before, as until then everything had been received; when the archive has spoken to its end and does not know the
//! message, it goes to where it was received. Where there is no archive, there is no better word.

use wardline_store::messages::{self, Placement};
use wardline_store::revisions::Order;
use wardline_store::{ArchiveId, ConversationId, MessageId, Reads, StampSource, StoreError, Text};
use wardline_xmpp::message::{ReceivedMessage, Route, Stamp};

use super::ingest::Target;
use super::{Engine, read_pointer};

use crate::setting_keys::RECEIVED_UNTIL;

/// A connection may have been dead for so long before it is given up, in microseconds: five minutes.
const UNNOTICED: i64 = 300_000_000;

/// Archives are written so much later than messages are handed on, at most, in microseconds.
const WRITTEN_LATE: i64 = 5_000_000;

/// Where a message stands until an archive says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dating {
    /// It was received as it was said.
    Live,
    /// It claims to have been said at some time before.
    Claimed {
        /// When, as far as that can be.
        at: i64,
    },
    /// It was said then: a server said so itself, or nobody else ever will.
    Dated {
        /// When.
        at: i64,
    },
}

/// Whether an archive will say when a message was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// It has told everything up to now.
    Spoken,
    /// It is being caught up with.
    Coming,
    /// There is none.
    Nobody,
}

/// A text that is believed to be as old as it says, until the archive has spoken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Believed {
    archive: ArchiveId,
    conversation: ConversationId,
    message: MessageId,
    /// When it was received, Unix microseconds.
    received: i64,
}

/// What a date is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    /// Until then everything had been received.
    received: i64,
    now: i64,
}

impl Dating {
    fn of(stamp: Option<Stamp>, route: Route, word: Word, span: Span) -> Self {
        let Some(Stamp { at, .. }) = stamp else {
            return Self::Live;
        };
        let at = at.0;
        let is_possible = (span.received..=span.now).contains(&at);
        match (route, word) {
            (Route::Inbox | Route::Archive, _) => Self::Dated { at },
            (_, Word::Nobody | Word::Coming) if is_possible => Self::Dated { at },
            // What a queue hands on stands in the queue's order.
            _ => Self::Claimed {
                at: at.max(span.received).min(span.now),
            },
        }
    }

    /// The time that a row carries, Unix microseconds.
    pub(super) fn stamp(self, now: i64) -> (i64, StampSource) {
        match self {
            Self::Live => (now, StampSource::Clock),
            // Of our clock, as that of what came live beside it.
            Self::Claimed { .. } => (now, StampSource::Clock),
            Self::Dated { at } => (at, StampSource::Delay),
        }
    }

    /// When something was said of other messages, and where that stands among what else was said of them. That somebody has received or
    /// seen a message is known since now, whatever they claim.
    pub(super) fn said(self, message: &ReceivedMessage, now: i64) -> (i64, Order) {
        let confirms = message.marker.is_some() || message.receipt.is_some();
        match self {
            Self::Live => (now, Order::Live),
            Self::Claimed { .. } if confirms => (now, Order::Queued),
            Self::Claimed { at } => (latest(at).min(now), Order::Queued),
            Self::Dated { at } => (latest(at), Order::Queued),
        }
    }
}

/// The latest moment, Unix microseconds, that a queue's stamp can mean: queues stamp whole seconds where archives are finer.
fn latest(stamp: i64) -> i64 {
    const SECOND: i64 = 1_000_000;
    if stamp % SECOND == 0 {
        stamp.saturating_add(SECOND - 1)
    } else {
        stamp
    }
}

impl Engine {
    /// How a message is dated that belongs to an archive and did not come out of it.
    pub(super) fn dating(&self, message: &ReceivedMessage, archive: ArchiveId) -> Dating {
        let span = Span {
            received: self.received.before,
            now: self.clock.now(),
        };
        Dating::of(message.stamp, message.route, self.word(archive), span)
    }

    fn word(&self, archive: ArchiveId) -> Word {
        match (
            self.sync.is_closed(self.own_archive, archive),
            self.sync.is_at_end(self.own_archive, archive),
        ) {
            (true, _) => Word::Nobody,
            (false, true) => Word::Spoken,
            (false, false) => Word::Coming,
        }
    }

    /// A text has been stored that stands where its date puts it: unless a server said so itself, that is to be confirmed.
    pub(super) fn note_believed(&mut self, target: Target, message: MessageId, route: Route, dating: Dating) {
        let is_claim = !matches!(route, Route::Inbox | Route::Archive) && matches!(dating, Dating::Dated { .. });
        if is_claim && self.word(target.archive) == Word::Coming {
            self.believed.push(Believed {
                archive: target.archive,
                conversation: target.conversation,
                message,
                received: self.clock.now(),
            });
        }
    }

    /// An archive has spoken to its end, a second time: what it does not know of a time that it tells of was not said then.
    pub(super) async fn judge_believed(&mut self, archive: ArchiveId) -> Result<(), StoreError> {
        if archive == self.own_archive {
            self.note_received_until(self.clock.now().saturating_sub(WRITTEN_LATE))
                .await?;
        }
        let (judged, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.believed)
            .into_iter()
            .partition(|believed| believed.archive == archive);
        self.believed = rest;
        if judged.is_empty() {
            return Ok(());
        }
        let tx = self.begin().await?;
        for believed in judged {
            let Some(message) = messages::get(&tx, believed.message).await? else {
                continue;
            };
            let is_told = message.archived_us.is_some() || message.segment_id.is_some();
            if is_told || !self.sync.has_told_of(archive, message.stamp_us) {
                continue;
            }
            let before = messages::last_position_up_to(&tx, believed.conversation, believed.received).await?;
            let placement = Placement {
                position: before.map_or(believed.received, |before| {
                    believed.received.max(before.saturating_add(1))
                }),
                stamp_us: believed.received,
                stamp_source: StampSource::Clock,
                archived_us: None,
                segment_id: None,
            };
            messages::place(&tx, message.id, placement).await?;
            read_pointer::refresh(&tx, believed.conversation).await?;
            tx.message(believed.conversation, message.id);
        }
        self.commit(tx).await
    }

    /// A connection is over: everything that was said before has been received.
    pub(super) async fn note_received(&mut self) -> Result<(), StoreError> {
        self.note_received_until(self.clock.now().saturating_sub(UNNOTICED))
            .await
    }

    async fn note_received_until(&mut self, until: i64) -> Result<(), StoreError> {
        if until <= self.received.until {
            return Ok(());
        }
        self.received.until = until;
        let tx = self.store.begin().await?;
        RECEIVED_UNTIL.set(&tx, &Text(until.to_string())).await?;
        tx.commit().await
    }
}

/// Until when everything has been received, by the server's clock, Unix microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Received {
    /// When the present session began: no date before this is believed.
    before: i64,
    /// By now.
    until: i64,
}

impl Received {
    /// As it was when the app ended, or was killed.
    pub(super) async fn load(tx: &impl Reads) -> Result<Self, StoreError> {
        let kept = RECEIVED_UNTIL.get(tx).await?;
        let until = kept.and_then(|kept| kept.as_str().parse().ok()).unwrap_or(i64::MIN);
        Ok(Self { before: until, until })
    }

    /// A new session begins.
    pub(super) fn begin(&mut self) {
        self.before = self.until;
    }
}

#[cfg(test)]
mod tests {
    use wardline_xmpp::ids::Timestamp;
    use wardline_xmpp::message::StampSource as Source;

    use super::*;

    const NOW: i64 = 1_795_000_000_000_000;
    const HOUR: i64 = 3_600_000_000;

    fn dated(at: i64, route: Route, word: Word) -> Dating {
        let stamp = Stamp {
            at: Timestamp(at),
            source: Source::Delay,
        };
        let span = Span {
            received: NOW - 8 * HOUR,
            now: NOW,
        };
        Dating::of(Some(stamp), route, word, span)
    }

    #[test]
    fn what_comes_live_stands_where_it_was_received_whatever_date_it_carries() {
        for route in [Route::Live, Route::CarbonReceived, Route::CarbonSent] {
            for at in [0, NOW - 9 * HOUR, NOW - HOUR, NOW, NOW + HOUR] {
                let dating = dated(at, route, Word::Spoken);
                assert_eq!(dating.stamp(NOW), (NOW, StampSource::Clock), "{at} {route:?}");
            }
        }
    }

    #[test]
    fn without_an_archives_word_a_date_is_believed_that_lies_in_the_time_since_the_session_before() {
        for word in [Word::Nobody, Word::Coming] {
            let stamp = |at| dated(at, Route::Live, word).stamp(NOW).0;
            assert_eq!(stamp(NOW - HOUR), NOW - HOUR);
            assert_eq!(stamp(NOW - 9 * HOUR), NOW, "before the end of the session before");
            assert_eq!(stamp(NOW + HOUR), NOW, "in the future");
        }
    }

    #[test]
    fn a_servers_own_word_is_believed() {
        let at = NOW - 1_000 * HOUR;
        assert_eq!(dated(at, Route::Inbox, Word::Spoken), Dating::Dated { at });
    }

    #[test]
    fn what_a_queue_hands_on_stands_in_its_order_within_what_can_be() {
        let order = |at| dated(at, Route::Live, Word::Spoken);
        assert_eq!(order(0), Dating::Claimed { at: NOW - 8 * HOUR });
        assert_eq!(order(NOW - HOUR), Dating::Claimed { at: NOW - HOUR });
        assert_eq!(order(NOW + HOUR), Dating::Claimed { at: NOW });
    }
}
