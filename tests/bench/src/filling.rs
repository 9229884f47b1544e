//! Rows put straight into a store, as if they had come over the years.

use wardline_store::conversations;
use wardline_store::messages::{self, NewAlias, NewMessage};
use wardline_store::segments::{self, NewSegment};
use wardline_store::{
    Address, AliasKind, ArchiveId, ArchiveKind, ConversationBox, ConversationId, ConversationKind, Direction,
    MessageKind, SegmentId, SegmentKind, StampSource, Store, Text, WriteTx, accounts, archives,
};

use crate::BenchError;

/// When the first message was said, Unix microseconds, and how long after it the next one.
const EPOCH: i64 = 1_700_000_000_000_000;
/// How long after each message the next one was said, in microseconds.
pub(crate) const STEP: i64 = 60_000_000;

/// A conversation without messages, and the segment that they are to lie in.
pub(crate) type Empty = (ConversationId, SegmentId, Address);

/// Makes so many conversations with people, whose messages will span so many microseconds.
pub(crate) async fn conversations(
    store: &Store,
    count: usize,
    span: i64,
) -> Result<(ArchiveId, Vec<Empty>), BenchError> {
    let tx = store.begin().await?;
    let own = accounts::get(&tx)
        .await?
        .ok_or(BenchError::Never("an account"))?
        .address;
    let archive = archives::ensure(&tx, &own, ArchiveKind::Own).await?;
    let mut all = Vec::with_capacity(count);
    for number in 0..count {
        let address = Address(format!("colleague{number}@northgate.example"));
        let conversation = conversations::NewConversation {
            kind: ConversationKind::Person,
            address: address.clone(),
            archive_id: archive,
            shown_in: ConversationBox::Inbox,
            sort_us: 0,
        };
        let id = conversations::ensure(&tx, conversation).await?.id();
        let segment = NewSegment {
            conversation_id: id,
            kind: SegmentKind::Archived,
            first_archive_id: Some("first".to_owned()),
            last_archive_id: Some("last".to_owned()),
            first_position: EPOCH,
            last_position: EPOCH + span,
            reaches_start: true,
        };
        let segment = segments::insert(&tx, segment).await?;
        all.push((id, segment, address));
    }
    tx.commit().await?;
    Ok((archive, all))
}

/// Everything of a conversation has been read, so that it is opened at its end.
pub(crate) async fn read(tx: &WriteTx, conversation: ConversationId) -> Result<(), BenchError> {
    if let Some(last) = messages::newest(tx, conversation, 1).await?.pop() {
        conversations::advance_read(tx, conversation, last.position, Some(last.id)).await?;
    }
    conversations::refresh(tx, &[conversation]).await?;
    Ok(())
}

/// A message of a conversation.
pub(crate) fn message(
    number: usize,
    conversation: ConversationId,
    segment: SegmentId,
    address: &Address,
) -> NewMessage {
    let stamp = EPOCH + i64::try_from(number).unwrap_or_default() * STEP;
    NewMessage {
        conversation_id: conversation,
        segment_id: Some(segment),
        position: stamp,
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
        mentions: messages::Mentions::default(),
        room_event: None,
        unreadable: None,
        arrival: messages::Arrival::Archive,
        aliases: vec![
            NewAlias::stanza_id(format!("archived-{number}")),
            NewAlias::by_sender(AliasKind::MessageId, format!("message-{number}"), address.clone()),
        ],
    }
}
