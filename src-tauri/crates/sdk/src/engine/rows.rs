//! From rows of the store to what is shown.

use std::collections::HashMap;

use wardline_store::chat_list::ChatListRow;
use wardline_store::gaps::PlacedGap;
use wardline_store::members::{self, NamedMember};
use wardline_store::messages::Message;
use wardline_store::{
    ConversationBox as StoredBox, ConversationId, ConversationKind as StoredKind, DeliveryState, Direction, Failure,
    GapState as StoredGap, Membership as StoredMembership, Reads, StoreError, Unreadable as StoredUnreadable,
};
use wardline_xmpp::jid::BareJid;

use super::Engine;
use super::people::Contacts;
use super::presence::Presences;
use super::readers::TeamReaders;
use super::strangers::{is_colleague, relation};
use super::teams::notice;
use super::typing::Typing;
use crate::inbox::Ranked;
use crate::people::{Known, LABEL_LIMIT, local_part, person};
use crate::text::display::label;
use crate::text::mentions::Place;
use crate::text::{attached, preview, short, tokenise};
use crate::timeline::Placed;
use crate::view::{
    Author, ConversationBox, ConversationKind, ConversationRow, Delivery, GapState, MUTED_FOR_EVER, Membership,
    MessageItem, NoticeItem, NotificationLevel, Presence, Preview, PreviewKind, SendFailure, TeamHead, TimelineItem,
    Unreadable, Who,
};

/// Microseconds to milliseconds.
fn millis(micros: i64) -> i64 {
    micros.div_euclid(1_000)
}

/// What a row of the chat list is drawn with beside what is stored with it.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    /// The account's own address.
    pub(super) own: &'a BareJid,
    /// Who is there.
    pub(super) presences: &'a Presences,
    /// Who is typing.
    pub(super) typing: &'a Typing,
    /// Everybody known.
    pub(super) contacts: &'a Contacts,
    /// Who else is in the teams that are drawn.
    pub(super) colleagues: &'a Colleagues,
    /// The server's time, in microseconds.
    pub(super) now: i64,
}

/// Members of teams.
pub(super) type Colleagues = HashMap<ConversationId, Vec<NamedMember>>;

/// The members of those teams of the list in which somebody else wrote last: whoever shares a short name with them gets a longer one.
pub(super) async fn colleagues(tx: &impl Reads, rows: &[ChatListRow]) -> Result<Colleagues, StoreError> {
    let is_wanted =
        |row: &&ChatListRow| row.kind == StoredKind::Team && row.last_direction == Some(Direction::Incoming);
    let teams: Vec<ConversationId> = rows.iter().filter(is_wanted).map(|row| row.id).collect();
    let mut colleagues = Colleagues::new();
    for member in members::named(tx, &teams).await? {
        colleagues.entry(member.conversation_id).or_default().push(member);
    }
    Ok(colleagues)
}

/// A row of the chat list with its place.
pub(super) fn ranked(row: ChatListRow, surroundings: Surroundings<'_>) -> Ranked {
    Ranked {
        newest: row.sort_us,
        address: row.address.as_str().into(),
        row: conversation(row, surroundings),
    }
}

fn conversation(row: ChatListRow, surroundings: Surroundings<'_>) -> ConversationRow {
    let Surroundings {
        own,
        presences,
        typing,
        contacts,
        now,
        ..
    } = surroundings;
    let relation = relation(&row, own);
    let is_of_others = row.address.parse().is_ok_and(|address| !is_colleague(own, &address));
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
        person: if team {
            person(known)
        } else {
            contacts.told_apart(&row.address, person(known))
        },
        relation,
        address: (!team && is_of_others).then(|| row.address.as_str().to_owned()),
        team: team.then(|| team_head(&row)),
        presence: if team {
            Presence::Unknown
        } else {
            presences.of(&row.address)
        },
        preview: shown_preview(&row, team, surroundings.colleagues),
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

fn team_head(row: &ChatListRow) -> TeamHead {
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    TeamHead {
        members: row.members.map(number),
        membership: membership(row.membership, row.invited_by.as_deref()),
        mentions: number(row.mentions),
        level: level(row.mentions_only, row.muted_until_us),
    }
}

/// How one stands with a team. `invited_by`: the name of whoever asked one in, at worst the address.
pub(super) fn membership(stored: StoredMembership, invited_by: Option<&str>) -> Membership {
    match stored {
        StoredMembership::Member => Membership::Member,
        StoredMembership::Invited => Membership::Invited {
            by: invited_by.map(|by| label(by, LABEL_LIMIT).map_or_else(String::new, |by| local_part(&by))),
        },
        StoredMembership::Left => Membership::Left,
        StoredMembership::Removed => Membership::Removed,
        StoredMembership::Banned => Membership::Banned,
        StoredMembership::Ended => Membership::Ended,
    }
}

/// What notifications of a team are wanted. To be muted for a while changes nothing of what is wanted afterwards.
pub(super) fn level(mentions_only: bool, muted_until_us: Option<i64>) -> NotificationLevel {
    match (muted_until_us, mentions_only) {
        (Some(i64::MAX), _) => NotificationLevel::None,
        (_, true) => NotificationLevel::Mentions,
        (_, false) => NotificationLevel::All,
    }
}

fn shown_preview(row: &ChatListRow, team: bool, colleagues: &Colleagues) -> Option<Preview> {
    let outgoing = row.last_direction? == Direction::Outgoing;
    let (kind, name) = match row.last_unreadable {
        Some(_) => (PreviewKind::Unreadable, None),
        None => attached(row.last_text.as_deref().unwrap_or_default()),
    };
    Some(Preview {
        message: row.last_message_id?.into(),
        sender: (team && !outgoing).then(|| short_sender(row, colleagues.get(&row.id).map_or(&[], Vec::as_slice))),
        kind,
        text: preview(name.as_deref().or(row.last_text.as_deref()).unwrap_or_default()),
        at: millis(row.last_stamp_us?),
        delivery: row.last_delivery.map(delivery),
    })
}

/// What whoever wrote last is called in the list: in few letters, and like nobody else in the team.
fn short_sender(row: &ChatListRow, members: &[NamedMember]) -> String {
    let name = row
        .last_sender_name
        .as_deref()
        .and_then(|name| label(name, LABEL_LIMIT));
    let is_other = |member: &&NamedMember| Some(&member.address) != row.last_sender.as_ref();
    let others = members
        .iter()
        .filter(is_other)
        .filter_map(|member| member.name.as_deref());
    name.map_or_else(String::new, |name| short(&name, others))
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

/// What the messages of a thread are drawn with.
#[derive(Clone, Copy)]
pub(super) struct Drawing<'a> {
    /// Oneself.
    pub(super) own: &'a BareJid,
    /// Everybody known.
    pub(super) contacts: &'a Contacts,
    /// How far others have read, in a team.
    pub(super) readers: Option<&'a TeamReaders>,
}

impl Engine {
    /// What the messages of a thread are drawn with.
    pub(super) fn drawing<'a>(&'a self, readers: Option<&'a TeamReaders>) -> Drawing<'a> {
        Drawing {
            own: &self.own,
            contacts: &self.contacts,
            readers,
        }
    }
}

impl Drawing<'_> {
    /// A message or notice with its place in the thread.
    pub(super) fn placed(self, row: Message) -> Placed {
        let position = row.position;
        let item = match &row.room_event {
            Some(kept) => TimelineItem::Notice(Box::new(self.notice(&row, kept))),
            None => TimelineItem::Message(Box::new(self.message(&row))),
        };
        Placed::new(position, item)
    }

    fn notice(self, row: &Message, kept: &str) -> NoticeItem {
        // Only the team itself has no name in it.
        let somebody = row.sender_nick.as_ref().map(|_| row.sender_address.as_str());
        let by = somebody.map(|somebody| match &row.sender_nick {
            // Somebody whose address the team does not show is known by the name there.
            Some(nick) if somebody != self.own.as_str() && !self.contacts.knows(somebody) => Who::Other {
                name: nick.as_str().to_owned(),
            },
            _ => notice::who(somebody, self.own, self.contacts),
        });
        NoticeItem {
            id: row.id.into(),
            at: millis(row.stamp_us),
            events: notice::shown(kept, by.as_ref(), self.own, self.contacts),
            by,
        }
    }

    fn message(self, row: &Message) -> MessageItem {
        let author = match row.direction {
            Direction::Outgoing => Author::Me,
            Direction::Incoming | Direction::Neither => author(row, self.contacts),
        };
        let mentions: Vec<Place> = row
            .mentions
            .as_deref()
            .and_then(|places| serde_json::from_str(places).ok())
            .unwrap_or_default();
        MessageItem {
            id: row.id.into(),
            author,
            text: tokenise(&row.body, &mentions, self.own.domain().as_str()),
            at: millis(row.stamp_us),
            delivery: row.delivery.map(delivery),
            failure: row.failure.map(failure),
            unsent: unsent(row),
            read_by: self.readers.and_then(|readers| readers.read_by(row)),
            unreadable: row.unreadable.filter(|_| row.retracted_us.is_none()).map(unreadable),
            edited: row.edited_us.is_some(),
            retracted: row.retracted_us.is_some(),
        }
    }
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

fn unreadable(why: StoredUnreadable) -> Unreadable {
    match why {
        StoredUnreadable::Encrypted => Unreadable::Encrypted,
        StoredUnreadable::Unsupported => Unreadable::Unsupported,
        StoredUnreadable::Blank => Unreadable::Blank,
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
