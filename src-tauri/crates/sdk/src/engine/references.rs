//! What is said about other messages: corrections, retractions, reactions, receipts, markers.
//!
//! Each is applied when its target is here, and kept until then where it is not (sync.md R10). Only who sent a message may
//! change it; only who received one may confirm it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wardline_store::messages::Mentions;
use wardline_store::pending::{self, NewPending, Pending};
use wardline_store::revisions::{self, Order, Revision};
use wardline_store::{
    Address, AliasKind, ArchiveId, DeliveryState, Direction, MessageId, PendingKind, ReceiptState, StoreError, Text,
    WriteTx, aliases, conversations, messages, reactions, readers, receipts,
};
use wardline_xmpp::ids::{ArchiveId as ArchivedAs, MessageId as WireId};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{Direction as Way, MarkerKind, MessageKind as Sort, ReceivedMessage, Retraction};

use super::ingest::{Owner, Target};
use super::transaction::Tx;

/// Most emoji that one reaction may hold, and most characters of one: what is more is noise or malice.
const MAX_EMOJI: usize = 20;
const MAX_EMOJI_CHARS: usize = 16;
/// Most messages that are shown anew when somebody has read a long way: more than a window holds.
const MOST_TOLD: u32 = 800;

/// By how much the stamps of two messages may be wrong to each other, in microseconds: live ones are stamped by an estimate.
const CLOCKS_DIFFER_US: i64 = 900_000_000;

/// Something said about another message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Reference {
    Correction(Text),
    Retraction,
    Reactions(Vec<Text>),
    Received,
    Displayed,
}

impl Reference {
    fn kind(&self) -> PendingKind {
        match self {
            Self::Correction(_) => PendingKind::Correction,
            Self::Retraction => PendingKind::Retraction,
            Self::Reactions(_) => PendingKind::Reaction,
            Self::Received => PendingKind::Receipt,
            Self::Displayed => PendingKind::Marker,
        }
    }
}

/// Who says it and when.
struct Saying<'a> {
    own: &'a BareJid,
    sender: &'a Address,
    /// Everything by which the sender is known.
    identities: &'a [Address],
    /// The sender as a person: in a team not under a name, where it is known whose name it is.
    person: &'a Address,
    at: i64,
    order: Order,
    /// Id of the message that says it, where it has one.
    source_id: Option<&'a str>,
    /// Whom the corrected text mentions.
    mentions: &'a Mentions,
}

/// Something said about a message that is not here yet.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    reference: Reference,
    source_id: Option<String>,
    /// Everything by which the sender is known.
    #[serde(default)]
    identities: Vec<Address>,
    /// Where it stands among others: of what was read going back, what is kept later was said earlier.
    order: Order,
    /// Whom the corrected text mentions.
    #[serde(default)]
    mentions: Mentions,
}

/// Applies what `message` says about others, or keeps it until they come.
pub(super) async fn apply(
    tx: &Tx,
    own: &BareJid,
    target: Target,
    message: &ReceivedMessage,
    mentions: &Mentions,
    (at, order): (i64, Order),
) -> Result<(), StoreError> {
    if matches!(message.kind, Sort::Error(_) | Sort::RoomPrivate) {
        return Ok(());
    }
    let owner = Owner::of(own, message);
    let found = references(message);
    if owner.identities.is_empty() {
        // Names in a room pass from one to another: whoever has one now need not have written what was written under it.
        if !found.is_empty() {
            tracing::info!("said about a message by a name alone; dropped");
        }
        return Ok(());
    }
    let sender = owner.address();
    let person = match (&message.real_jid, message.direction) {
        (Some(real), Way::Incoming) => Address(real.to_string()),
        _ => sender.clone(),
    };
    let saying = Saying {
        own,
        sender: &sender,
        identities: &owner.identities,
        person: &person,
        at,
        order,
        source_id: message
            .id
            .as_ref()
            .map(WireId::as_str)
            .or(message.archive_id.as_ref().map(ArchivedAs::as_str)),
        mentions,
    };
    for (id, reference) in found {
        let found = find(tx, target, (&id, at), &reference).await?;
        if found.is_empty() {
            keep(tx, target, id.clone(), &reference, &saying).await?;
        }
        for found in found {
            // An echo has no place yet that could be read up to; it has one as soon as the server's word of it is taken.
            if reference == Reference::Displayed && is_echo(tx, found).await? {
                keep(tx, target, id.clone(), &reference, &saying).await?;
            } else {
                say(tx, target, found, &reference, &saying).await?;
            }
        }
    }
    Ok(())
}

/// Applies what was kept for a message that is here now, or has its place now.
pub(super) async fn apply_kept(tx: &Tx, own: &BareJid, target: Target, message: MessageId) -> Result<(), StoreError> {
    let ids = aliases::of_message(tx, message).await?;
    let ids: Vec<(AliasKind, &str)> = ids
        .iter()
        .map(|alias| (AliasKind::MessageId, alias.value.as_str()))
        .collect();
    let mut kept: Vec<(Pending, Kept)> = pending::take(tx, target.archive, &ids)
        .await?
        .into_iter()
        .filter_map(|pending| Some((serde_json::from_str(&pending.payload).ok()?, pending)))
        .map(|(kept, pending)| (pending, kept))
        .collect();
    kept.sort_by_key(|(pending, kept)| {
        let turn = match kept.order {
            Order::Backward => -pending.id.0,
            Order::Live | Order::Queued | Order::Forward => pending.id.0,
        };
        (pending.stamp_us, turn)
    });
    for (pending, kept) in kept {
        let sender = std::slice::from_ref(&pending.sender_address);
        let saying = Saying {
            own,
            sender: &pending.sender_address,
            identities: if kept.identities.is_empty() {
                sender
            } else {
                &kept.identities
            },
            person: &pending.sender_address,
            at: pending.stamp_us,
            // They are in order now.
            order: match kept.order {
                Order::Queued => Order::Queued,
                Order::Live | Order::Forward | Order::Backward => Order::Forward,
            },
            source_id: kept.source_id.as_deref(),
            mentions: &kept.mentions,
        };
        let id = (pending.target.as_str(), pending.stamp_us);
        for found in find(tx, target, id, &kept.reference).await? {
            say(tx, target, found, &kept.reference, &saying).await?;
        }
    }
    Ok(())
}

/// Whether a message is a local echo that has no place among the others yet.
async fn is_echo(tx: &WriteTx, id: MessageId) -> Result<bool, StoreError> {
    let message = messages::get(tx, id).await?;
    Ok(message.is_some_and(|message| message.position >= messages::PENDING_BASE))
}

fn references(message: &ReceivedMessage) -> Vec<(String, Reference)> {
    let mut found = Vec::new();
    if let (Some(id), Some(body)) = (&message.replaces, &message.body) {
        found.push((id.as_str().to_owned(), Reference::Correction(Text(body.clone()))));
    }
    if let Some(Retraction::Of(id)) = &message.retraction {
        found.push((id.as_str().to_owned(), Reference::Retraction));
    }
    if let Some(reactions) = &message.reactions {
        let emoji = reactions
            .emoji
            .iter()
            .filter(|emoji| emoji.chars().count() <= MAX_EMOJI_CHARS)
            .take(MAX_EMOJI)
            .map(|emoji| Text(emoji.clone()))
            .collect();
        found.push((reactions.target.as_str().to_owned(), Reference::Reactions(emoji)));
    }
    if let Some(id) = &message.receipt {
        found.push((id.as_str().to_owned(), Reference::Received));
    }
    if let Some(marker) = &message.marker {
        let reference = match marker.kind {
            MarkerKind::Received => Reference::Received,
            MarkerKind::Displayed | MarkerKind::Acknowledged => Reference::Displayed,
        };
        found.push((marker.id.as_str().to_owned(), reference));
    }
    found
}

/// The messages of this conversation that an id means, whichever of their ids it is; of each sender one. `at`: when it was said.
async fn find(
    tx: &WriteTx,
    target: Target,
    (id, at): (&str, i64),
    reference: &Reference,
) -> Result<Vec<MessageId>, StoreError> {
    let mut by_sender: BTreeMap<Address, Vec<MessageId>> = BTreeMap::new();
    for kind in [AliasKind::MessageId, AliasKind::OriginId, AliasKind::StanzaId] {
        for alias in aliases::find_by_anyone(tx, target.archive, kind, id).await? {
            if !by_sender.values().flatten().any(|found| *found == alias.message_id) {
                by_sender
                    .entry(alias.sender_address)
                    .or_default()
                    .push(alias.message_id);
            }
        }
    }
    let mut found = Vec::new();
    for alike in by_sender.into_values() {
        match alike.as_slice() {
            [only] => found.push(*only),
            _ => found.extend(meant(tx, target, &alike, reference, at).await?),
        }
    }
    // What was said long before a message is not about it, though its sender has used the id again.
    let is_about_earlier = !matches!(reference, Reference::Received | Reference::Displayed);
    if is_about_earlier {
        let messages = messages::get_many(tx, &found).await?;
        let later = |id: &MessageId| {
            let mut messages = messages.iter();
            messages.any(|message| message.id == *id && message.stamp_us.saturating_sub(at) > CLOCKS_DIFFER_US)
        };
        found.retain(|id| !later(id));
    }
    Ok(found)
}

/// Which of several messages under one id of their sender something is said about, the same on every device and in whatever order they
/// came. Changes go to the last one before (XEP-0308: the last message is what is corrected). Reading goes no further than the
/// first that has not been read: rather one unread too many than one too few.
async fn meant(
    tx: &WriteTx,
    target: Target,
    alike: &[MessageId],
    reference: &Reference,
    at: i64,
) -> Result<Option<MessageId>, StoreError> {
    let mut messages = messages::get_many(tx, alike).await?;
    messages.retain(|message| message.conversation_id == target.conversation);
    let meant = match reference {
        Reference::Received | Reference::Displayed => {
            let with = conversations::get(tx, target.conversation).await?;
            let read = with.and_then(|with| with.read_position).unwrap_or(i64::MIN);
            let mut before = messages.iter().filter(|message| message.stamp_us < at).peekable();
            let first = before.peek().copied().or(messages.first());
            let next = before.find(|message| message.position > read);
            next.or(first)
        }
        Reference::Correction(_) | Reference::Retraction | Reference::Reactions(_) => {
            let before = messages.iter().rfind(|message| message.stamp_us <= at);
            before.or(messages.first())
        }
    };
    Ok(meant.map(|message| message.id))
}

/// Somebody has seen everything up to a message, by the word of a server that keeps the last markers. `id`: as their marker named it.
pub(super) async fn displayed(
    tx: &Tx,
    own: &BareJid,
    target: Target,
    person: &Address,
    (id, at): (&WireId, i64),
) -> Result<(), StoreError> {
    let saying = Saying {
        own,
        sender: person,
        identities: std::slice::from_ref(person),
        person,
        at,
        order: Order::Queued,
        source_id: None,
        mentions: &Mentions::default(),
    };
    for found in find(tx, target, (id.as_str(), at), &Reference::Displayed).await? {
        if !is_echo(tx, found).await? {
            say(tx, target, found, &Reference::Displayed, &saying).await?;
        }
    }
    Ok(())
}

/// Keeps that another device of one's own has read up to a message of an archive, until that message is here.
pub(super) async fn keep_displayed(
    tx: &WriteTx,
    archive: ArchiveId,
    message: &str,
    own: &Address,
    at: i64,
) -> Result<(), StoreError> {
    let kept = Kept {
        reference: Reference::Displayed,
        source_id: None,
        identities: Vec::new(),
        order: Order::Live,
        mentions: Mentions::default(),
    };
    let Ok(payload) = serde_json::to_string(&kept) else {
        return Ok(());
    };
    let kept = NewPending {
        archive_id: archive,
        kind: kept.reference.kind(),
        target_kind: AliasKind::MessageId,
        target: message.to_owned(),
        sender_address: own.clone(),
        payload: Text(payload),
        stamp_us: at,
    };
    pending::add_once(tx, kept).await
}

async fn keep(
    tx: &WriteTx,
    target: Target,
    id: String,
    reference: &Reference,
    saying: &Saying<'_>,
) -> Result<(), StoreError> {
    let kept = Kept {
        reference: reference.clone(),
        source_id: saying.source_id.map(str::to_owned),
        identities: match saying.identities {
            [_] => Vec::new(),
            several => several.to_vec(),
        },
        order: saying.order,
        mentions: saying.mentions.clone(),
    };
    let Ok(payload) = serde_json::to_string(&kept) else {
        return Ok(());
    };
    let kept = NewPending {
        archive_id: target.archive,
        kind: reference.kind(),
        target_kind: AliasKind::MessageId,
        target: id,
        sender_address: match reference {
            Reference::Received | Reference::Displayed => saying.person.clone(),
            Reference::Correction(_) | Reference::Retraction | Reference::Reactions(_) => saying.sender.clone(),
        },
        payload: Text(payload),
        stamp_us: saying.at,
    };
    // An archive tells again what was told live.
    pending::add_once(tx, kept).await
}

async fn say(
    tx: &Tx,
    target: Target,
    id: MessageId,
    reference: &Reference,
    saying: &Saying<'_>,
) -> Result<(), StoreError> {
    let Some(message) = messages::get(tx, id).await? else {
        return Ok(());
    };
    // One account's archive holds many conversations; what is said in one says nothing about another.
    if message.conversation_id != target.conversation {
        tracing::info!(what = ?reference.kind(), "said in another conversation than its message; dropped");
        return Ok(());
    }
    let is_seen = matches!(reference, Reference::Received | Reference::Displayed);
    if message.direction == Direction::Neither && !is_seen {
        tracing::info!(what = ?reference.kind(), "about no message of anybody; dropped");
        return Ok(());
    }
    let about_own = message.direction == Direction::Outgoing;
    let by_own = saying.sender.as_str() == saying.own.to_string();
    let by_author = if about_own {
        by_own
    } else {
        wrote(tx, id, saying.identities).await?
    };
    let changed = match reference {
        Reference::Correction(_) | Reference::Retraction if !by_author => {
            tracing::info!(what = ?reference.kind(), "not said by the author; dropped");
            false
        }
        Reference::Correction(body) => {
            is_last(tx, id, reference, saying).await?
                && messages::correct(tx, id, body, saying.mentions.clone(), saying.at).await?
        }
        Reference::Retraction => messages::retract(tx, id, saying.at).await?,
        Reference::Reactions(emoji) => {
            let last = is_last(tx, id, reference, saying).await?;
            if last {
                reactions::replace(tx, id, saying.sender, emoji, saying.at).await?;
            }
            last
        }
        Reference::Received if about_own && !by_own && is_person(target) => {
            receipts::record(tx, id, saying.sender, ReceiptState::Delivered, saying.at).await?;
            messages::advance_delivery(tx, id, DeliveryState::Delivered).await?
        }
        Reference::Displayed if about_own && !by_own && is_person(target) => {
            receipts::record(tx, id, saying.sender, ReceiptState::Read, saying.at).await?;
            let position = message.position;
            let read = DeliveryState::Read;
            for seen in messages::advance_delivery_up_to(tx, target.conversation, position, read).await? {
                tx.message(target.conversation, seen);
            }
            false
        }
        // Whoever has seen a message of anybody in the team has seen ours before it.
        Reference::Displayed if !by_own && !is_person(target) => {
            let newly = readers::advance(tx, target.conversation, saying.person, id, saying.at).await?;
            if let Some(newly) = newly {
                let read = messages::own_between(tx, target.conversation, newly.after, newly.up_to, MOST_TOLD).await?;
                for seen in read {
                    tx.message(target.conversation, seen);
                }
            }
            false
        }
        // Displayed on another device of one's own.
        Reference::Displayed if by_own => {
            if conversations::advance_read(tx, target.conversation, message.position, Some(id)).await? {
                conversations::recount_unread(tx, target.conversation).await?;
                tx.row(target.conversation);
            }
            false
        }
        Reference::Received | Reference::Displayed => {
            tracing::info!(what = ?reference.kind(), "not of one's own message, or of nobody who can say so; dropped");
            false
        }
    };
    if changed {
        if message.mention.is_some() || saying.mentions.whom.is_some() {
            conversations::recount_unread(tx, target.conversation).await?;
        }
        tx.message(target.conversation, id);
    }
    Ok(())
}

/// Whether a correction or a reaction is new, and the last one of its sender.
async fn is_last(
    tx: &WriteTx,
    message: MessageId,
    reference: &Reference,
    saying: &Saying<'_>,
) -> Result<bool, StoreError> {
    // What has no id is told apart by what it says.
    let words = match saying.source_id {
        Some(_) => None,
        None => serde_json::to_string(reference).ok(),
    };
    let revision = Revision {
        message,
        kind: reference.kind(),
        sender: saying.sender,
        source_id: saying.source_id.or(words.as_deref()).unwrap_or_default(),
        stamp_us: saying.at,
        order: saying.order,
    };
    revisions::record(tx, revision).await
}

/// Whether somebody wrote a message: one of the ids that its author made is theirs.
async fn wrote(tx: &WriteTx, id: MessageId, who: &[Address]) -> Result<bool, StoreError> {
    let ids = aliases::of_message(tx, id).await?;
    Ok(ids
        .iter()
        .any(|alias| alias.kind != AliasKind::StanzaId && who.contains(&alias.sender_address)))
}

fn is_person(target: Target) -> bool {
    target.kind == wardline_store::ConversationKind::Person
}
