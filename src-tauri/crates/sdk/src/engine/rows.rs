//! From rows of the store to what is shown.

use wardline_store::chat_list::ChatListRow;
use wardline_store::gaps::PlacedGap;
use wardline_store::messages::Message;
use wardline_store::{
    ConversationBox as StoredBox, ConversationKind as StoredKind, DeliveryState, Direction, Failure,
    GapState as StoredGap,
};

use super::people::Contacts;
use super::presence::Presences;
use super::readers::TeamReaders;
use super::typing::Typing;
use crate::inbox::Ranked;
use crate::people::{Known, person};
use crate::text::{preview, tokenise};
use crate::timeline::Placed;
use crate::view::{
    Author, ConversationBox, ConversationKind, ConversationRow, Delivery, GapState, MUTED_FOR_EVER, MessageItem,
    Presence, Preview, SendFailure, TimelineItem,
};

/// Microseconds to milliseconds.
fn millis(micros: i64) -> i64 {
    micros.div_euclid(1_000)
}

/// A row of the chat list with its place.
pub(super) fn ranked(row: ChatListRow, presences: &Presences, typing: &Typing, now: i64) -> Ranked {
    Ranked {
        newest: row.sort_us,
        address: row.address.as_str().into(),
        row: conversation(row, presences, typing, now),
    }
}

fn conversation(row: ChatListRow, presences: &Presences, typing: &Typing, now: i64) -> ConversationRow {
    let team = row.kind == StoredKind::Team;
    let picture = row.avatar_hash.as_deref().filter(|_| row.avatar_here);
    let known = Known {
        address: &row.address,
        name: row.name.as_deref(),
        role: row.role.as_deref(),
        ward: row.ward.as_deref(),
        picture,
    };
    ConversationRow {
        id: row.id.into(),
        kind: if team {
            ConversationKind::Team
        } else {
            ConversationKind::Person
        },
        person: person(known),
        members: row.members.and_then(|members| u32::try_from(members).ok()),
        presence: if team {
            Presence::Unknown
        } else {
            presences.of(&row.address)
        },
        preview: shown_preview(&row, team),
        draft: row.draft.as_deref().map(preview),
        typing: typing.names(row.id),
        shown_in: match row.shown_in {
            StoredBox::Archive => ConversationBox::Archive,
            StoredBox::Inbox | StoredBox::Hidden => ConversationBox::Inbox,
        },
        // What the server kept back is no news.
        unread: if row.blocked {
            0
        } else {
            u32::try_from(row.unread).unwrap_or(u32::MAX)
        },
        marked_unread: row.marked_unread,
        pinned: row.pinned,
        muted_until: row
            .muted_until_us
            .filter(|until| *until > now)
            .map(|until| millis(until).min(MUTED_FOR_EVER)),
        blocked: row.blocked,
    }
}

fn shown_preview(row: &ChatListRow, team: bool) -> Option<Preview> {
    let outgoing = row.last_direction? == Direction::Outgoing;
    Some(Preview {
        message: row.last_message_id?.into(),
        sender: (team && !outgoing).then(|| {
            row.last_sender_name
                .as_ref()
                .map_or_else(String::new, |name| name.as_str().to_owned())
        }),
        text: row.last_text.as_deref().map(preview).unwrap_or_default(),
        at: millis(row.last_stamp_us?),
        delivery: row.last_delivery.map(delivery),
    })
}

/// How far an own message got.
pub(super) fn delivery(state: DeliveryState) -> Delivery {
    match state {
        DeliveryState::Waiting => Delivery::Waiting,
        DeliveryState::Sent => Delivery::Sent,
        DeliveryState::Delivered => Delivery::Delivered,
        DeliveryState::Read => Delivery::Read,
        DeliveryState::Failed => Delivery::Failed,
    }
}

/// A message with its place in the thread. `readers`: of a team.
pub(super) fn message(row: Message, contacts: &Contacts, readers: Option<&TeamReaders>) -> Placed {
    let author = match row.direction {
        Direction::Outgoing => Author::Me,
        Direction::Incoming => author(&row, contacts),
    };
    let item = MessageItem {
        id: row.id.into(),
        author,
        text: tokenise(&row.body),
        at: millis(row.stamp_us),
        delivery: row.delivery.map(delivery),
        failure: row.failure.map(failure),
        unsent: unsent(&row),
        read_by: readers.and_then(|readers| readers.read_by(&row)),
        edited: row.edited_us.is_some(),
        retracted: row.retracted_us.is_some(),
    };
    Placed::new(row.position, TimelineItem::Message(Box::new(item)))
}

fn unsent(row: &Message) -> Option<String> {
    let state = row.delivery.filter(|_| row.direction == Direction::Outgoing)?;
    matches!(state, DeliveryState::Waiting | DeliveryState::Failed).then(|| row.body.as_str().to_owned())
}

fn author(row: &Message, contacts: &Contacts) -> Author {
    let address = row.sender_address.as_str();
    let mut person = contacts.person(address);
    // Somebody whose address the team does not show is known by the name there.
    if let Some(nick) = row.sender_nick.as_deref()
        && !contacts.knows(address)
    {
        person = crate::people::person(Known {
            address,
            name: Some(nick),
            ..Known::default()
        });
    }
    Author::Other {
        key: address.to_owned(),
        name: person.name,
        avatar: person.avatar,
    }
}

fn failure(failure: Failure) -> SendFailure {
    match failure {
        Failure::RecipientUnknown => SendFailure::RecipientUnknown,
        Failure::NotAllowed => SendFailure::NotAllowed,
        Failure::Refused => SendFailure::Refused,
        Failure::TooLarge => SendFailure::TooLarge,
        Failure::Busy => SendFailure::Busy,
        Failure::NotEntered => SendFailure::NotEntered,
    }
}

/// A gap with its place in the thread.
pub(super) fn gap(gap: &PlacedGap) -> Placed {
    let state = match gap.state {
        StoredGap::Open => GapState::Open,
        StoredGap::Expired => GapState::Expired,
    };
    Placed::new(
        gap.before_position,
        TimelineItem::Gap {
            id: gap.id.into(),
            state,
        },
    )
}
