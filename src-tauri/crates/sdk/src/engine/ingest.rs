//! From a received message to rows of the store: who said it, where, under which ids.

use wardline_store::conversations::Conversation;
use wardline_store::messages::{Mentions, NewAlias, NewMessage};
use wardline_store::{
    Address, AliasKind, ArchiveId, ArchiveKind, ConversationBox, ConversationId, ConversationKind, DeliveryState,
    Direction, Mention, MessageKind, SegmentId, StampSource, StoreError, Text, UnreadSource, WriteTx, archives,
    conversations,
};
use wardline_xmpp::ids::Timestamp;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{
    Direction as Way, MessageKind as Sort, ReceivedMessage, Retraction, Stamp, StampSource as Source,
};

use super::teams::notice;

/// A conversation that a message belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) conversation: ConversationId,
    pub(super) archive: ArchiveId,
    pub(super) kind: ConversationKind,
}

impl Target {
    /// A conversation of the store.
    pub(super) fn of(with: &Conversation) -> Self {
        Self {
            conversation: with.id,
            archive: with.archive_id,
            kind: with.kind,
        }
    }

    /// Itself, unless a message claims to be of another kind: a person's address cannot become a room's, whatever the type of a
    /// stanza says.
    pub(super) fn fitting(self, message: &ReceivedMessage) -> Option<Self> {
        ((self.kind == ConversationKind::Team) == (message.kind == Sort::GroupChat)).then_some(self)
    }
}

/// What a message is to a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Text that somebody wrote: a row of its own.
    Text,
    /// What is left of a text that was taken back: a row of its own.
    Tombstone,
    /// What has happened to a team, as its archive tells it: a row of its own.
    Notice,
    /// Something about another message, or nothing for the thread.
    Reference,
}

/// Tells what a message is to a thread.
pub(super) fn content(message: &ReceivedMessage) -> Content {
    match message.kind {
        Sort::Chat | Sort::Normal | Sort::GroupChat => {}
        // A word aside must not look as if said to the whole room; alerts and errors are no conversation.
        Sort::RoomPrivate | Sort::Headline | Sort::Error(_) => return Content::Reference,
    }
    // What some apps write beside an invitation is said by the row of the team.
    if message.invitation.is_some() {
        return Content::Reference;
    }
    match (&message.retraction, &message.body) {
        // What only those get whom it is about is in no archive.
        _ if message.archive_id.is_some() && notice::kept(message).is_some() => Content::Notice,
        (Some(Retraction::Tombstone), _) => Content::Tombstone,
        (None, Some(_)) if message.replaces.is_none() && message.reactions.is_none() => Content::Text,
        _ => Content::Reference,
    }
}

/// Finds the conversation of a message. One with a person is made for the first text; a team is known by having been
/// joined.
pub(super) async fn target(
    tx: &WriteTx,
    own_archive: ArchiveId,
    message: &ReceivedMessage,
) -> Result<Option<Target>, StoreError> {
    let address = Address(message.conversation.to_string());
    if let Some(known) = conversations::by_address(tx, &address).await? {
        return Ok(Target::of(&known).fitting(message));
    }
    if message.kind == Sort::GroupChat || content(message) == Content::Reference {
        return Ok(None);
    }
    Ok(Some(ensure_person(tx, own_archive, address).await?))
}

/// The conversation with a person, in the chat list.
pub(super) async fn ensure_person(tx: &WriteTx, archive: ArchiveId, address: Address) -> Result<Target, StoreError> {
    let target = ensure_person_in(tx, archive, address, ConversationBox::Inbox).await?;
    if conversations::get(tx, target.conversation)
        .await?
        .is_some_and(|with| with.shown_in == ConversationBox::Hidden)
    {
        conversations::set_box(tx, target.conversation, ConversationBox::Inbox).await?;
    }
    Ok(target)
}

/// The conversation with a person, out of sight until there is a message in it.
pub(super) async fn ensure_hidden_person(
    tx: &WriteTx,
    archive: ArchiveId,
    address: Address,
) -> Result<Target, StoreError> {
    ensure_person_in(tx, archive, address, ConversationBox::Hidden).await
}

async fn ensure_person_in(
    tx: &WriteTx,
    archive: ArchiveId,
    address: Address,
    shown_in: ConversationBox,
) -> Result<Target, StoreError> {
    let new = conversations::NewConversation {
        kind: ConversationKind::Person,
        address,
        archive_id: archive,
        shown_in,
        unread_source: UnreadSource::Local,
        sort_us: 0,
    };
    let conversation = conversations::ensure(tx, new).await?.id();
    Ok(Target {
        conversation,
        archive,
        kind: ConversationKind::Person,
    })
}

/// The conversation of a room, with an archive of its own.
pub(super) async fn ensure_team(tx: &WriteTx, room: &BareJid) -> Result<Target, StoreError> {
    let address = Address(room.to_string());
    let archive = archives::ensure(tx, &address, ArchiveKind::Room).await?;
    let new = conversations::NewConversation {
        kind: ConversationKind::Team,
        address,
        archive_id: archive,
        shown_in: ConversationBox::Inbox,
        unread_source: UnreadSource::Local,
        sort_us: 0,
    };
    let conversation = conversations::ensure(tx, new).await?.id();
    Ok(Target {
        conversation,
        archive,
        kind: ConversationKind::Team,
    })
}

/// Who an id is unique to: oneself, the other person, or an occupant of a room, by the room's id for them (XEP-0421) or else by their
/// name there.
pub(super) fn id_owner(own: &BareJid, message: &ReceivedMessage) -> Address {
    match (message.direction, message.kind) {
        (Way::Outgoing, _) => Address(own.to_string()),
        (Way::Incoming, Sort::GroupChat) => match &message.occupant_id {
            // No address looks like that, so that nobody can take it for a name.
            Some(id) => Address(format!("{}?{id}", message.conversation)),
            None => Address(message.from.to_string()),
        },
        (Way::Incoming, _) => Address(message.from.to_bare().to_string()),
    }
}

/// Every id under which a message is known.
pub(super) fn aliases(own: &BareJid, message: &ReceivedMessage) -> Vec<NewAlias> {
    let owner = id_owner(own, message);
    let mut aliases = Vec::with_capacity(3);
    if let Some(id) = &message.archive_id {
        aliases.push(NewAlias::stanza_id(id.as_str()));
    }
    if let Some(id) = &message.origin_id {
        aliases.push(NewAlias::by_sender(AliasKind::OriginId, id.as_str(), owner.clone()));
    }
    if let Some(id) = &message.id {
        aliases.push(NewAlias::by_sender(AliasKind::MessageId, id.as_str(), owner));
    }
    aliases
}

/// When a message was said: the server's stamp, or now by the server's clock.
pub(super) fn stamp(message: &ReceivedMessage, now: i64) -> (i64, StampSource) {
    match message.stamp {
        Some(Stamp {
            at: Timestamp(at),
            source: Source::Archive,
        }) => (at, StampSource::Archive),
        Some(Stamp {
            at: Timestamp(at),
            source: Source::Delay,
        }) => (at, StampSource::Delay),
        None => (now, StampSource::Clock),
    }
}

/// From, to, or neither.
pub(super) fn direction(message: &ReceivedMessage) -> Direction {
    match message.direction {
        _ if content(message) == Content::Notice => Direction::Neither,
        Way::Incoming => Direction::Incoming,
        Way::Outgoing => Direction::Outgoing,
    }
}

/// The row of a text, or of what has happened to a team.
pub(super) fn row(
    own: &BareJid,
    target: Target,
    message: &ReceivedMessage,
    segment: Option<SegmentId>,
    position: i64,
    mentions: Mentions,
    now: i64,
) -> NewMessage {
    let (stamp_us, stamp_source) = stamp(message, now);
    let direction = direction(message);
    let outgoing = direction == Direction::Outgoing;
    let sender = match &message.real_jid {
        Some(real) if !outgoing => Address(real.to_string()),
        _ => id_owner(own, message),
    };
    let taken_back = content(message) == Content::Tombstone;
    let mentions = match direction {
        Direction::Neither => Mentions {
            whom: notice::takes_in(message, own).then_some(Mention::Me),
            places: None,
        },
        Direction::Incoming | Direction::Outgoing => mentions,
    };
    NewMessage {
        conversation_id: target.conversation,
        segment_id: segment,
        position,
        displayable: true,
        direction,
        kind: match direction {
            Direction::Neither => MessageKind::System,
            Direction::Incoming | Direction::Outgoing => MessageKind::Text,
        },
        sender_address: sender,
        sender_nick: message.nick.clone().map(Text),
        body: Text(if taken_back {
            String::new()
        } else {
            message.body.clone().unwrap_or_default()
        }),
        stamp_us,
        stamp_source,
        sent_us: None,
        archived_us: (stamp_source == StampSource::Archive).then_some(stamp_us),
        delivery: outgoing.then_some(DeliveryState::Sent),
        retracted_us: taken_back.then_some(stamp_us),
        mentions,
        notice: notice::kept(message),
        aliases: aliases(own, message),
    }
}
