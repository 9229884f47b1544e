//! The inbox that the server keeps (MongooseIM): which conversations there are, what was said last, where they are listed, and how
//! much of them has not been read on any device.
//!
//! It is read in **passes**, a page at a time, newest first:
//! 1. what has changed since the last session; on a new computer everything;
//! 2. what is unread, since what was read elsewhere has not changed otherwise;
//! 3. what has been thrown away, which the others leave out;
//! 4. once the archive has been caught up with, everything, to compare it with what is held here.
//!
//! Between sessions' beginnings nothing is asked: live messages and the server's broadcasts keep the list up. What the server
//! counts is not what a person counts (it counts reactions), so its numbers never reach the list: they say how far was read
//! ([`claims`]).

mod bin;
mod claims;
mod entries;

use std::collections::{HashMap, HashSet};

use wardline_store::{ConversationId, StoreError, Text};
use wardline_xmpp::features::Feature;
use wardline_xmpp::ids::Timestamp;
use wardline_xmpp::inbox::{InboxBox, InboxCursor, InboxFilter, InboxPage, InboxQuery};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::{Opened, RequestError};

use self::bin::Binned;
use self::claims::Claim;
use super::Engine;
use super::requests::handled;
use crate::setting_keys::INBOX_SYNCED_UNTIL;
use crate::view::InboxComparison;

/// Conversations to a page.
const PAGE: u16 = 100;
/// Most pages of a pass: a server that never comes to an end is left at some point.
const MOST_PAGES: u32 = 1_000;
/// Servers date a message a little earlier than they change the inbox, in microseconds.
const MARGIN: i64 = 60_000_000;

/// What a pass over the inbox is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Everything in which something happened since then; everything, where nothing has been read yet.
    Changed(Option<Timestamp>),
    /// Everything with something unread.
    Unread,
    /// Everything that has been thrown away.
    Bin,
    /// Everything, to compare.
    Compare,
}

/// A question for a page.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    purpose: Purpose,
    after: Option<InboxCursor>,
    pages: u32,
}

impl Pass {
    fn of(purpose: Purpose) -> Self {
        Self {
            purpose,
            after: None,
            pages: 0,
        }
    }

    fn query(&self) -> InboxQuery {
        let (filter, start) = match self.purpose {
            Purpose::Changed(since) => (InboxFilter::All, since),
            Purpose::Unread => (InboxFilter::Unread, None),
            Purpose::Bin | Purpose::Compare => (InboxFilter::All, None),
        };
        InboxQuery {
            in_box: (self.purpose == Purpose::Bin).then_some(InboxBox::Bin),
            filter,
            start,
            after: self.after.clone(),
            ..InboxQuery::newest(PAGE)
        }
    }
}

/// How far the comparison of a session is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Comparison {
    /// The list or the archive is not here yet.
    #[default]
    Waiting,
    UnderWay(InboxComparison),
    Done(InboxComparison),
}

/// Whether the list says what the server's inbox says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Reading {
    #[default]
    UnderWay,
    Over,
    /// The server refuses it.
    Refused,
}

/// State of the exchange with the server's inbox in one session.
#[derive(Debug, Default)]
pub(super) struct ServerInbox {
    /// Whether the server has one.
    offered: bool,
    /// When its first pass began, by the server's clock, Unix microseconds.
    began: i64,
    /// The newest change that a pass has told of.
    newest: Option<Timestamp>,
    /// What the server says of how far was read, until the archive is here to tell where that is.
    claims: HashMap<ConversationId, Claim>,
    /// Conversations that a pass over the unread ones has named.
    unread: HashSet<ConversationId>,
    /// How many pages were asked for of conversations of which the server counts more than was here.
    looked: HashMap<ConversationId, u8>,
    /// Conversations whose last stanza, as the server has it, is no message that could be named in a marker.
    unnameable: HashSet<ConversationId>,
    /// Conversations in which something has come live that the server takes for a message: pages of the inbox know no better.
    live: HashSet<ConversationId>,
    /// Conversations of which it was heard in this session that somebody reads them or marks them as unread, here or elsewhere.
    touched: HashSet<ConversationId>,
    /// Conversations whose properties were told in this session: a page that was on its way is older.
    told: HashSet<ConversationId>,
    /// Conversations of which the server counts something as unread, as far as is known.
    counted: HashSet<ConversationId>,
    /// Conversations that were read here before the list said whether their last stanza can be named.
    read_early: HashSet<ConversationId>,
    /// Rooms that lie in the bin and of which it is not known whether one is in them.
    binned: HashMap<BareJid, Binned>,
    reading: Reading,
    comparison: Comparison,
}

impl ServerInbox {
    /// Whether the server keeps one.
    pub(super) fn is_offered(&self) -> bool {
        self.offered
    }

    /// Whether more of it is to come before it is known which conversations there are.
    pub(super) fn is_being_read(&self) -> bool {
        self.offered && self.reading == Reading::UnderWay
    }

    /// Whether the last thing that was said in a conversation cannot be named in a marker that the server obeys.
    pub(super) fn ends_unnameable(&self, conversation: ConversationId) -> bool {
        self.unnameable.contains(&conversation)
    }

    /// Whether the server counts something in a conversation as unread.
    pub(super) fn counts(&self, conversation: ConversationId) -> bool {
        self.counted.contains(&conversation)
    }

    /// Whether it was heard in this session that somebody read a conversation or marked it as unread.
    pub(super) fn is_touched(&self, conversation: ConversationId) -> bool {
        self.touched.contains(&conversation)
    }

    /// A conversation is read right now, here or elsewhere: a page of the inbox that is on its way may not know it.
    pub(super) fn note_read(&mut self, conversation: ConversationId) {
        if self.offered {
            self.touched.insert(conversation);
            if !self.ends_unnameable(conversation) {
                self.counted.remove(&conversation);
            }
        }
    }

    /// All of a conversation was read here, as far as a marker tells it: it may end with what none can name.
    pub(super) fn note_read_early(&mut self, conversation: ConversationId) {
        if self.is_being_read() {
            self.read_early.insert(conversation);
        }
    }

    /// What was [read early](Self::note_read_early).
    pub(super) fn take_read_early(&mut self) -> HashSet<ConversationId> {
        std::mem::take(&mut self.read_early)
    }

    /// A conversation is marked as unread here.
    pub(super) fn note_marked(&mut self, conversation: ConversationId) {
        if self.offered {
            self.touched.insert(conversation);
            self.counted.insert(conversation);
        }
    }

    /// What the comparison of this session found.
    pub(super) fn compared(&self) -> Option<InboxComparison> {
        match self.comparison {
            Comparison::Waiting | Comparison::UnderWay(_) => None,
            Comparison::Done(found) => Some(found),
        }
    }
}

impl Engine {
    /// A new session. What is said in it depends on whether the server keeps an inbox, so this comes first.
    pub(super) fn know_inbox(&mut self, opened: &Opened) {
        self.server_inbox = ServerInbox {
            offered: opened.features.has(Feature::Inbox),
            began: self.clock.now(),
            ..ServerInbox::default()
        };
    }

    /// Reads the inbox, if there is one.
    pub(super) async fn read_inbox(&mut self) -> Result<(), StoreError> {
        if self.server_inbox.offered {
            let kept = INBOX_SYNCED_UNTIL.get(&self.store.read().await?).await?;
            let since = kept.and_then(|kept| kept.as_str().parse().ok()).map(Timestamp);
            self.request_inbox(Pass::of(Purpose::Changed(since)));
        }
        Ok(())
    }

    fn request_inbox(&mut self, pass: Pass) {
        let (number, query) = (self.begun, pass.query());
        self.request(
            |session| async move { session.inbox_page(query).await },
            move |engine, page| match number == engine.begun {
                true => Box::pin(engine.on_inbox_page(pass, page)),
                // A response to a request of an earlier session says nothing about this one.
                false => handled(),
            },
        );
    }

    /// A page of the inbox has come, or has not.
    async fn on_inbox_page(&mut self, pass: Pass, answer: Result<InboxPage, RequestError>) -> Result<(), StoreError> {
        let page = match answer {
            Ok(page) => page,
            Err(RequestError::Offline) => {
                self.requests.postpone(|engine| {
                    engine.request_inbox(pass);
                    handled()
                });
                return Ok(());
            }
            // The archive tells of the same conversations, more slowly.
            Err(error) => {
                tracing::info!(%error, "inbox not read");
                if self.server_inbox.is_being_read() {
                    self.server_inbox.reading = Reading::Refused;
                    self.first_sync_inbox().await?;
                }
                return Ok(());
            }
        };
        let Pass { purpose, pages, .. } = pass;
        // A server may make its pages smaller than asked for, without a word: only an empty one is the last.
        let next = page.last.clone().filter(|_| page.count > 0 && pages < MOST_PAGES);
        match purpose {
            Purpose::Bin => self.take_thrown_away(page.entries).await?,
            _ => self.take_entries(purpose, page.entries).await?,
        }
        match next {
            Some(after) => self.request_inbox(Pass {
                purpose,
                after: Some(after),
                pages: pages.saturating_add(1),
            }),
            None => self.passed(purpose).await?,
        }
        Ok(())
    }

    /// A pass has come to its end.
    async fn passed(&mut self, purpose: Purpose) -> Result<(), StoreError> {
        match purpose {
            Purpose::Changed(since) => {
                self.keep_since().await?;
                match since {
                    Some(_) => self.request_inbox(Pass::of(Purpose::Unread)),
                    None => self.request_inbox(Pass::of(Purpose::Bin)),
                }
            }
            Purpose::Unread => {
                self.read_elsewhere().await?;
                self.request_inbox(Pass::of(Purpose::Bin));
            }
            Purpose::Bin => self.inbox_is_read().await?,
            Purpose::Compare => {
                let Comparison::UnderWay(found) = self.server_inbox.comparison else {
                    return Ok(());
                };
                if found.differences > 0 {
                    tracing::warn!(
                        differences = found.differences,
                        "the list differed from the server's inbox"
                    );
                }
                self.server_inbox.comparison = Comparison::Done(found);
            }
        }
        Ok(())
    }

    async fn inbox_is_read(&mut self) -> Result<(), StoreError> {
        self.server_inbox.reading = Reading::Over;
        self.reset_read_early().await?;
        self.first_sync_inbox().await?;
        self.inbox_caught_up().await
    }

    /// An archive has been caught up with, or the inbox has been read: what the one holds tells how far was read by the other.
    pub(super) async fn inbox_caught_up(&mut self) -> Result<(), StoreError> {
        if !self.server_inbox.offered {
            return Ok(());
        }
        self.settle_claims().await?;
        // Devices that are off hear that a mark is gone by what this one keeps for them.
        self.tell_decisions().await?;
        let ready =
            self.server_inbox.reading == Reading::Over && self.sync.is_at_end(self.own_archive, self.own_archive);
        if ready && self.server_inbox.comparison == Comparison::Waiting {
            self.server_inbox.comparison = Comparison::UnderWay(InboxComparison::default());
            self.request_inbox(Pass::of(Purpose::Compare));
        }
        Ok(())
    }

    /// Keeps up to when the inbox has been read.
    async fn keep_since(&mut self) -> Result<(), StoreError> {
        let Some(Timestamp(newest)) = self.server_inbox.newest else {
            return Ok(());
        };
        let tx = self.store.begin().await?;
        let since = newest.saturating_sub(MARGIN).to_string();
        INBOX_SYNCED_UNTIL.set(&tx, &Text(since)).await?;
        tx.commit().await
    }
}
