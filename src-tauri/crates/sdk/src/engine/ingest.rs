//! From a received message to rows of the store: who said it, where, under which ids.

use wardline_store::conversations::Conversation;
use wardline_store::messages::{Arrival, Mentions, NewAlias, NewMessage};
use wardline_store::{
    Address, AliasKind, ArchiveId, ArchiveKind, ConversationBox, ConversationId, ConversationKind, DeliveryState,
    Direction, Mention, MessageKind, SegmentId, StampSource, StoreError, Text, Unreadable, WriteTx, archives,
    conversations,
};
use wardline_xmpp::ids::Timestamp;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{
    self as wire, Ascription, Direction as Way, MessageKind as Sort, ReceivedMessage, Retraction, Route, Stamp,
    StampSource as Source,
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
        Sort::Chat | Sort::Normal | Sort::GroupChat | Sort::Headline => {}
        // A private message must not look as if said to the whole room: the thread says that there was one (`teams/private.rs`).
        Sort::RoomPrivate | Sort::Error(_) => return Content::Reference,
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
        (None, None) if unreadable(message).is_some() => Content::Text,
        _ => Content::Reference,
    }
}

/// Why what a person wrote has no text that can be shown. Services say much to apps that nobody has written.
fn unreadable(message: &ReceivedMessage) -> Option<Unreadable> {
    let is_person = match (message.kind, message.direction) {
        (Sort::GroupChat, _) => message.nick.is_some() || message.direction == Way::Outgoing,
        (_, Way::Outgoing) => true,
        (_, Way::Incoming) => message.from.node().is_some(),
    };
    let why = message
        .unreadable
        .filter(|_| is_person && message.reactions.is_none())?;
    Some(match why {
        wire::Unreadable::Encrypted => Unreadable::Encrypted,
        wire::Unreadable::Unsupported => Unreadable::Unsupported,
        wire::Unreadable::Blank => Unreadable::Blank,
    })
}

/// How a copy of a message came.
pub(super) fn arrival(message: &ReceivedMessage) -> Arrival {
    match (message.route, message.stamp) {
        (Route::Archive, _) => Arrival::Archive,
        (Route::Live | Route::CarbonSent | Route::CarbonReceived, None) => Arrival::Live,
        (Route::Live | Route::CarbonSent | Route::CarbonReceived, Some(_)) | (Route::Inbox, _) => Arrival::Later,
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
        sort_us: 0,
    };
    let conversation = conversations::ensure(tx, new).await?.id();
    Ok(Target {
        conversation,
        archive,
        kind: ConversationKind::Person,
    })
}

/// The conversation of a room, with an archive of its own; `None`: the address is a person's, with whom there is a conversation. Nothing
/// of that is changed.
pub(super) async fn ensure_team(tx: &WriteTx, room: &BareJid) -> Result<Option<Target>, StoreError> {
    let address = Address(room.to_string());
    if let Some(known) = conversations::by_address(tx, &address).await? {
        return Ok(Some(Target::of(&known)).filter(|known| known.kind == ConversationKind::Team));
    }
    let archive = archives::ensure(tx, &address, ArchiveKind::Room).await?;
    let new = conversations::NewConversation {
        kind: ConversationKind::Team,
        address,
        archive_id: archive,
        shown_in: ConversationBox::Inbox,
        sort_us: 0,
    };
    let conversation = conversations::ensure(tx, new).await?.id();
    Ok(Some(Target {
        conversation,
        archive,
        kind: ConversationKind::Team,
    }))
}

/// Whose a message is, as its ids and what it says about other messages depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// Everything by which its sender is known for certain, the best first: oneself, the other person, or an occupant of a room by the room's
    /// id for them (XEP-0421) and by their address. Empty: by no more than a name.
    pub(super) identities: Vec<Address>,
    /// The name of an occupant of a room, with the room's address. It may pass to somebody else.
    name: Option<Address>,
}

impl Owner {
    pub(super) fn of(own: &BareJid, message: &ReceivedMessage) -> Self {
        let is_name_only = message.ascription != Ascription::Certain;
        let (identities, name) = match (message.direction, message.kind) {
            (Way::Outgoing, _) if is_name_only => (Vec::new(), Some(Address(own.to_string()))),
            (Way::Outgoing, _) => (vec![Address(own.to_string())], None),
            (Way::Incoming, Sort::GroupChat | Sort::RoomPrivate) => {
                // No address looks like that, so that nobody can take it for a name.
                let id = message.occupant_id.as_ref();
                let id = id.map(|id| Address(format!("{}?{id}", message.conversation)));
                let real = message.real_jid.as_ref().map(|real| Address(real.to_string()));
                (
                    id.into_iter().chain(real).collect(),
                    Some(Address(message.from.to_string())),
                )
            }
            (Way::Incoming, _) => (vec![Address(message.from.to_bare().to_string())], None),
        };
        Self { identities, name }
    }

    /// Where ids and rows have room for one address.
    pub(super) fn address(&self) -> Address {
        let first = self.identities.first().or(self.name.as_ref());
        first.cloned().unwrap_or_default()
    }

    /// Whom the ids of a message are unique to. The name is among them, since what came before its sender was known has no more.
    fn of_ids(&self) -> impl Iterator<Item = &Address> {
        self.identities.iter().chain(&self.name)
    }
}

/// Every id under which a message is known.
pub(super) fn aliases(own: &BareJid, message: &ReceivedMessage) -> Vec<NewAlias> {
    let owner = Owner::of(own, message);
    let mut aliases = Vec::with_capacity(5);
    if let Some(id) = &message.archive_id {
        aliases.push(NewAlias::stanza_id(id.as_str()));
    }
    for owner in owner.of_ids() {
        if let Some(id) = &message.origin_id {
            aliases.push(NewAlias::by_sender(AliasKind::OriginId, id.as_str(), owner.clone()));
        }
        if let Some(id) = &message.id {
            aliases.push(NewAlias::by_sender(AliasKind::MessageId, id.as_str(), owner.clone()));
        }
    }
    aliases
}

/// When a message of an archive was said: the archive's stamp, or now by the server's clock.
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
    (stamp_us, stamp_source): (i64, StampSource),
) -> NewMessage {
    let direction = direction(message);
    let outgoing = direction == Direction::Outgoing;
    let sender = match &message.real_jid {
        Some(real) if !outgoing => Address(real.to_string()),
        _ => Owner::of(own, message).address(),
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
        sent_us: message.resent_of.map(|Timestamp(at)| at),
        archived_us: (stamp_source == StampSource::Archive).then_some(stamp_us),
        delivery: outgoing.then_some(DeliveryState::Sent),
        retracted_us: taken_back.then_some(stamp_us),
        mentions,
        room_event: notice::kept(message),
        unreadable: unreadable(message).filter(|_| !taken_back && direction != Direction::Neither),
        arrival: arrival(message),
        aliases: aliases(own, message),
    }
}
