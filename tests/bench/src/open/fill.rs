//! A store of any size, filled by the store's own code, and the same rows in plain SQLite.

use std::path::Path;

use wardline_store::messages::{NewAlias, NewMessage};
use wardline_store::segments::NewSegment;
use wardline_store::{
    Address, AliasKind, ArchiveKind, ConversationBox, ConversationId, ConversationKind, Direction, MessageId,
    MessageKind, SegmentKind, StampSource, Store, Text, UnreadSource, WriteTx, accounts, archives, conversations,
    messages, pages, segments,
};

use crate::BenchError;
use crate::plain::{Plain, Row};

/// Rows to a transaction.
const CHUNK: usize = 5_000;
/// Other conversations, which hold the rest.
const OTHERS: usize = 199;
/// When the first message was said, Unix microseconds, and how long after it the next one.
const EPOCH: i64 = 1_700_000_000_000_000;
const STEP: i64 = 60_000_000;

/// What was filled.
pub(super) struct Filled {
    pub(super) conversation: ConversationId,
    pub(super) plain: Plain,
}

/// Fills both with `total` messages, `large` of them in one conversation, all mixed as they would come over the years.
pub(super) async fn fill(store: &Store, plain: &Path, total: usize, large: usize) -> Result<Filled, BenchError> {
    let tx = store.begin().await?;
    let own = accounts::get(&tx)
        .await?
        .ok_or(BenchError::Never("an account"))?
        .address;
    let archive = archives::ensure(&tx, &own, ArchiveKind::Own).await?;
    let mut all = Vec::with_capacity(OTHERS + 1);
    for number in 0..=OTHERS {
        let address = Address(format!("colleague{number}@northgate.example"));
        let conversation = conversations::NewConversation {
            kind: ConversationKind::Person,
            address: address.clone(),
            archive_id: archive,
            shown_in: ConversationBox::Inbox,
            unread_source: UnreadSource::Local,
            sort_us: 0,
        };
        let id = conversations::ensure(&tx, conversation).await?.id();
        let segment = NewSegment {
            conversation_id: id,
            kind: SegmentKind::Archived,
            first_archive_id: Some("first".to_owned()),
            last_archive_id: Some("last".to_owned()),
            first_position: EPOCH,
            last_position: EPOCH + i64::try_from(total).unwrap_or_default() * STEP,
            reaches_start: true,
            tail_proven_us: None,
        };
        let segment = segments::insert(&tx, segment).await?;
        all.push((id, segment, address));
    }
    tx.commit().await?;
    let ids: Vec<ConversationId> = all.iter().map(|(id, _, _)| *id).collect();
    let mut plain = Plain::create(plain, &ids)?;
    // The large conversation's messages lie evenly among the others.
    let whose = |number: usize| match (number * large / total, (number + 1) * large / total) {
        (before, after) if before < after => 0,
        _ => 1 + number % OTHERS,
    };
    for from in (0..total).step_by(CHUNK) {
        let new: Vec<NewMessage> = (from..total.min(from + CHUNK))
            .filter_map(|number| {
                let (conversation, segment, address) = all.get(whose(number))?;
                Some(message(number, *conversation, *segment, address))
            })
            .collect();
        let tx = store.begin().await?;
        let outcomes = pages::insert(&tx, archive, new).await?;
        let ids: Vec<MessageId> = outcomes.into_iter().map(pages::Outcome::id).collect();
        let rows = messages::get_many(&tx, &ids).await?;
        tx.commit().await?;
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|message| Row {
                ids: vec![(1, String::new(), format!("archived-{}", message.id.0))],
                message,
            })
            .collect();
        plain.insert(&rows)?;
    }
    let tx = store.begin().await?;
    for (id, _, _) in &all {
        read(&tx, *id).await?;
    }
    tx.commit().await?;
    let conversation = ids.first().copied().ok_or(BenchError::Never("a conversation"))?;
    Ok(Filled { conversation, plain })
}

/// Everything of a conversation has been read, so that it is opened at its end.
async fn read(tx: &WriteTx, conversation: ConversationId) -> Result<(), BenchError> {
    if let Some(last) = messages::newest_displayable(tx, conversation).await? {
        conversations::advance_read(tx, conversation, last.position, Some(last.id)).await?;
    }
    conversations::refresh(tx, &[conversation]).await?;
    Ok(())
}

fn message(
    number: usize,
    conversation: ConversationId,
    segment: wardline_store::SegmentId,
    address: &Address,
) -> NewMessage {
    let stamp = EPOCH + i64::try_from(number).unwrap_or_default() * STEP;
    NewMessage {
        conversation_id: conversation,
        segment_id: Some(segment),
        position: stamp,
        displayable: true,
        direction: Direction::Incoming,
        kind: MessageKind::Text,
        sender_address: address.clone(),
        sender_nick: None,
        body: Text(format!(
            "Bed {} is ready, observations are stable and the family has been told; could you look in before {}.30?",
            number % 28 + 1,
            number % 12 + 8
        )),
        stamp_us: stamp,
        stamp_source: StampSource::Archive,
        sent_us: None,
        archived_us: Some(stamp),
        delivery: None,
        retracted_us: None,
        aliases: vec![
            NewAlias::stanza_id(format!("archived-{number}")),
            NewAlias::by_sender(AliasKind::MessageId, format!("message-{number}"), address.clone()),
        ],
    }
}
