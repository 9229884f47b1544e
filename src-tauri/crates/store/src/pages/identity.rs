//! Which copies are of one message.
//!
//! The archive's own id decides, if author and text are the same: an id that another message has already was made up by somebody,
//! and then both stay. What an archive lists under two ids is two messages, also with one id of their sender and one
//! text: alarm gateways number all their messages alike. Only two things show that an archive holds one message twice:
//! - it is an own message under a random id: our outbox sends it again under the same one;
//! - the server says of the second that it had received it before, when it received the first (MongooseIM #4128).
//!
//! A copy without an id of the archive belongs to the nearest message in time that still lacks such a copy, if sender,
//! conversation and text are the same and an id of their sender is. Each message comes live once: two live copies are two messages
//! until the archive lists them. The text compared is the one first sent, so a correction in between does no harm.
//!
//! Whoever is known by their name in a room alone may be anybody who had that name; where both are known by more, names say nothing.

use std::collections::HashMap;

use sea_orm::FromQueryResult;

use super::author::{Author, is_name};
use crate::aliases::{self, AliasKey};
use crate::messages::{Arrival, NewAlias, NewMessage, PENDING_BASE};
use crate::store::sealed::Connected;
use crate::{
    Address, AliasKind, ArchiveId, ConversationId, Direction, MessageId, StampSource, StoreError, Text, WriteTx, sql,
};

/// Two stamps of one server for one message are no further apart, in microseconds: some stamp by the second.
const SAME_STAMP_US: u64 = 2_000_000;
/// A page of the archive overtakes the live copy of a message by no more.
const RACE_US: u64 = 5_000_000;
/// What is live comes no later: by then a line that brings nothing has been given up.
const STALLED_US: i64 = 300_000_000;
/// The estimate of the server's clock, by which live messages are stamped, is off by no more.
const CLOCK_ERROR_US: u64 = 900_000_000;
/// As long as no second message has its id, a message may be off by that much: where the server does not tell its time.
const UNKNOWN_CLOCK_US: u64 = 86_400_000_000;

/// What is known while a page is stored.
pub(super) struct Known {
    archive: ArchiveId,
    by_id: HashMap<AliasKey, Vec<MessageId>>,
    /// Stamps of what the archive lists under these ids in the page that is being stored.
    listed: HashMap<AliasKey, Vec<i64>>,
    messages: HashMap<MessageId, Stored>,
}

/// The ids by which a message has become known.
#[derive(Default)]
pub(super) struct Noted {
    /// Beside others that have them, too, as far as their kind allows.
    pub(super) added: Vec<NewAlias>,
    /// Ids of the archive that another message had.
    pub(super) taken_over: Vec<NewAlias>,
}

/// What recognition compares.
#[derive(Debug, FromQueryResult)]
struct Stored {
    id: MessageId,
    conversation_id: ConversationId,
    direction: Direction,
    position: i64,
    sender_address: Address,
    sender_nick: Option<Text>,
    text: String,
    retracted_us: Option<i64>,
    stamp_us: i64,
    stamp_source: StampSource,
    sent_us: Option<i64>,
    received_live: bool,
    /// The archive has listed it.
    is_listed: bool,
}

impl Known {
    /// What the store has under the ids of these messages.
    pub(super) async fn load(tx: &WriteTx, archive: ArchiveId, messages: &[NewMessage]) -> Result<Self, StoreError> {
        let wanted = messages.iter().flat_map(|message| &message.aliases);
        let by_id = aliases::find_many(tx, archive, wanted).await?;
        let mut ids: Vec<MessageId> = by_id.values().flatten().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut listed: HashMap<AliasKey, Vec<i64>> = HashMap::new();
        let is_listed = |message: &&NewMessage| message.aliases.iter().any(is_of_archive);
        for message in messages.iter().filter(is_listed) {
            for alias in message.aliases.iter().filter(|alias| !is_of_archive(alias)) {
                listed
                    .entry(AliasKey::of(archive, alias))
                    .or_default()
                    .push(message.stamp_us);
            }
        }
        let mut known = Self {
            archive,
            by_id,
            listed,
            messages: HashMap::with_capacity(ids.len()),
        };
        for chunk in sql::batches(&ids) {
            let query = format!(
                "SELECT id, conversation_id, direction, position, sender_address, sender_nick,
                 coalesce(original_body, body) AS text, retracted_us, stamp_us, stamp_source, sent_us, received_live,
                 EXISTS (SELECT 1 FROM alias AS a WHERE a.message_id = message.id AND a.kind = ?) AS is_listed
                 FROM message WHERE id IN ({})",
                sql::marks(chunk.len())
            );
            let ids = chunk.iter().map(|id| (*id).into());
            let values = std::iter::once(AliasKind::StanzaId.into()).chain(ids).collect();
            let stored: Vec<Stored> = sql::all(tx.db(), &query, values).await?;
            known
                .messages
                .extend(stored.into_iter().map(|stored| (stored.id, stored)));
        }
        Ok(known)
    }

    /// The message that this is a copy of.
    pub(super) fn recognise(&self, message: &NewMessage) -> Option<MessageId> {
        let listed = message.aliases.iter().filter(|alias| is_of_archive(alias));
        let mut certain = listed.clone().flat_map(|alias| self.with_id(alias));
        if let Some(certain) = certain.find(|id| self.is_listed_as(**id, message)) {
            return Some(*certain);
        }
        let is_listed = listed.count() > 0;
        let made = message.aliases.iter().filter(|alias| alias.kind != AliasKind::StanzaId);
        let mut best: Option<(u64, MessageId)> = None;
        for alias in made {
            let alike = self.with_id(alias);
            let is_only_one = alike.len() == 1;
            for stored in alike.iter().filter_map(|id| self.messages.get(id)) {
                if !stored.says_the_same(message, alias) {
                    continue;
                }
                if stored.direction == Direction::Outgoing && is_random(&alias.value) {
                    return Some(stored.id);
                }
                let apart = stored.apart(message);
                let is_copy = match (is_listed, stored.is_listed) {
                    (true, true) => stored.was_resent_as(message),
                    (true, false) => {
                        stored.may_be_listed_as(message, is_only_one)
                            && !self.is_nearer_to_another(stored, alias, apart)
                    }
                    (false, _) => stored.may_have_come_as(message, is_only_one),
                };
                if is_copy && best.is_none_or(|best| (apart, stored.id) < best) {
                    best = Some((apart, stored.id));
                }
            }
        }
        best.map(|(_, id)| id)
    }

    /// Whether a message that has the same id of the archive is the same.
    fn is_listed_as(&self, id: MessageId, message: &NewMessage) -> bool {
        self.messages.get(&id).is_some_and(|stored| {
            let is_taken_back = stored.retracted_us.is_some() || message.retracted_us.is_some();
            // An author who uses an id of their own and the archive's again means the same, whatever a server has made of the text.
            let is_by_author = message.aliases.iter().any(|alias| {
                alias.kind != AliasKind::StanzaId
                    && !is_name(&alias.sender_address)
                    && self.with_id(alias).contains(&id)
            });
            let is_alike = is_taken_back || is_by_author || stored.text == message.body.as_str();
            is_alike && stored.author().may_be(Author::of(message))
        })
    }

    /// Notes a message that is stored now, or recognised, for the rest of the page. Returns the ids by which it was not known.
    pub(super) fn note(&mut self, message: &NewMessage, id: MessageId) -> Noted {
        let mut new = Noted::default();
        let mut is_listed = false;
        for alias in &message.aliases {
            let known = self.by_id.entry(AliasKey::of(self.archive, alias)).or_default();
            is_listed |= is_of_archive(alias);
            if known.contains(&id) {
                continue;
            }
            if !is_of_archive(alias) || known.is_empty() {
                known.push(id);
                new.added.push(alias.clone());
            } else if message.archived_us.is_some() {
                // The archive itself says whose its id is.
                *known = vec![id];
                new.taken_over.push(alias.clone());
            }
        }
        let stored = self.messages.entry(id).or_insert_with(|| Stored {
            id,
            conversation_id: message.conversation_id,
            direction: message.direction,
            position: message.position,
            sender_address: message.sender_address.clone(),
            sender_nick: message.sender_nick.clone(),
            text: message.body.as_str().to_owned(),
            retracted_us: message.retracted_us,
            stamp_us: message.stamp_us,
            stamp_source: message.stamp_source,
            sent_us: resent_of(message),
            received_live: false,
            is_listed: false,
        });
        if is_listed && stored.stamp_source != StampSource::Archive && message.arrival == Arrival::Archive {
            (stored.stamp_us, stored.stamp_source) = (message.stamp_us, message.stamp_source);
        }
        stored.is_listed |= is_listed;
        stored.sent_us = stored.sent_us.or(resent_of(message));
        stored.received_live |= message.arrival == Arrival::Live;
        new
    }

    /// Whether the page lists another copy under this id that is nearer to a message whose time a server has said.
    fn is_nearer_to_another(&self, stored: &Stored, alias: &NewAlias, apart: u64) -> bool {
        let listed = self.listed.get(&AliasKey::of(self.archive, alias));
        let mut listed = listed.into_iter().flatten();
        stored.stamp_source == StampSource::Delay && listed.any(|stamp| stored.stamp_us.abs_diff(*stamp) < apart)
    }

    fn with_id(&self, alias: &NewAlias) -> &[MessageId] {
        self.by_id
            .get(&AliasKey::of(self.archive, alias))
            .map_or(&[], Vec::as_slice)
    }
}

impl Stored {
    fn author(&self) -> Author<'_> {
        Author {
            address: &self.sender_address,
            nick: self.sender_nick.as_ref(),
        }
    }

    /// How far a copy is from this message: from when it came, or from when it is said to have been received first.
    fn apart(&self, message: &NewMessage) -> u64 {
        let apart = |stamp: i64| self.stamp_us.abs_diff(stamp);
        let first = message.sent_us.map_or(u64::MAX, apart);
        apart(message.stamp_us).min(first)
    }

    /// Whether it is from the same side of the same conversation and has the same text. A local echo has the text as it was written,
    /// which a server may alter; of what was taken back no text is left to compare.
    fn says_the_same(&self, message: &NewMessage, by: &NewAlias) -> bool {
        let is_own = by.kind == AliasKind::OriginId && self.direction == Direction::Outgoing;
        let is_echo = is_own && (self.position >= PENDING_BASE || is_random(&by.value));
        let is_taken_back = self.retracted_us.is_some() || message.retracted_us.is_some();
        self.conversation_id == message.conversation_id
            && self.direction == message.direction
            && (!is_name(&by.sender_address) || self.author().may_be(Author::of(message)))
            && (is_echo || is_taken_back || self.text == message.body.as_str())
    }

    /// Whether the archive's listing of `message` may be that of this one, which it has not listed yet.
    fn may_be_listed_as(&self, message: &NewMessage, is_only_one: bool) -> bool {
        if message.arrival == Arrival::Live && self.received_live {
            return false;
        }
        let limit = match self.stamp_source {
            _ if is_only_one => UNKNOWN_CLOCK_US,
            StampSource::Clock => CLOCK_ERROR_US,
            StampSource::Delay | StampSource::Archive => SAME_STAMP_US,
        };
        self.position >= PENDING_BASE || self.apart(message) <= limit
    }

    /// Whether a copy of which the archive's id is not known may be of this one.
    fn may_have_come_as(&self, message: &NewMessage, is_only_one: bool) -> bool {
        let apart = self.apart(message);
        match message.arrival {
            Arrival::Live => !self.received_live && apart <= RACE_US,
            Arrival::Later | Arrival::Archive => apart <= SAME_STAMP_US || is_only_one && self.came_late(message),
        }
    }

    /// Whether this one came live over a line that had stalled, which shows when the server tells its time with the copy.
    fn came_late(&self, message: &NewMessage) -> bool {
        let late = message.sent_us.map(|said| self.stamp_us.saturating_sub(said));
        self.stamp_source == StampSource::Clock && late.is_some_and(|late| (0..=STALLED_US).contains(&late))
    }

    /// Whether the server says that of `message` and this one, both of which it has listed, one is the other sent again.
    fn was_resent_as(&self, message: &NewMessage) -> bool {
        let is_first =
            |first: Option<i64>, stamp: i64| first.is_some_and(|first| stamp.abs_diff(first) <= SAME_STAMP_US);
        is_first(resent_of(message), self.stamp_us) || is_first(self.sent_us, message.stamp_us)
    }
}

/// When an archive says that the server had received this before. What a queue hands on, or a sender says, is no such word: the archive
/// lists it at that time.
pub(super) fn resent_of(message: &NewMessage) -> Option<i64> {
    message.sent_us.filter(|_| message.arrival == Arrival::Archive)
}

fn is_of_archive(alias: &NewAlias) -> bool {
    alias.kind == AliasKind::StanzaId
}

/// Whether an id is a random UUID (RFC 9562 section 5.4), as this app makes them: nobody makes one twice by chance.
fn is_random(id: &str) -> bool {
    let is_fitting = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        14 => byte == b'4',
        19 => matches!(byte.to_ascii_lowercase(), b'8' | b'9' | b'a' | b'b'),
        _ => byte.is_ascii_hexdigit(),
    };
    id.len() == 36 && id.bytes().enumerate().all(is_fitting)
}
