//! After a commit: what changed is read back and told as diffs. Costs what changed, not what there is.

use wardline_store::{
    ConversationBox, ConversationId, MessageId, StoreError, chat_list, conversations, gaps, messages, segments,
};

use super::changes::{Changes, Edges, ThreadChanges};
use super::{Engine, rows};
use crate::text::preview;
use crate::timeline::{Placed, Timeline};
use crate::view::{Event, InboxDiff, TimelineDiff, TimelineItem, TimelineStart};

impl Engine {
    /// Tells what a committed transaction changed.
    pub(super) async fn tell(&mut self, changes: Changes) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        let mut diffs = Vec::new();
        for conversation in changes.rows() {
            if let Some(row) = chat_list::row(&tx, conversation).await? {
                if row.shown_in == ConversationBox::Inbox {
                    self.inbox
                        .put(rows::ranked(row, &self.presences, &self.typing), &mut diffs);
                } else {
                    self.inbox.remove(conversation.into(), &mut diffs);
                }
            }
        }
        let mut threads = Vec::new();
        for (conversation, changed) in changes.threads() {
            let Some(timeline) = self.open.get_mut(&conversation) else {
                continue;
            };
            let mut diffs = Vec::new();
            let ids: Vec<MessageId> = changed.messages.iter().copied().collect();
            let read = messages::get_many(&tx, &ids).await?;
            let placed = read
                .into_iter()
                .filter(|message| message.displayable && timeline.covers(message.position))
                .map(|message| rows::message(message, &self.contacts))
                .collect();
            timeline.put(placed, &mut diffs);
            remove_gone(timeline, changed, &mut diffs);
            if changed.edges == Edges::Changed {
                let held = gaps::list(&tx, conversation).await?;
                show_gaps(timeline, held.iter().map(rows::gap).collect(), &mut diffs);
            }
            threads.push((conversation, diffs));
        }
        let mut arrived = Vec::new();
        for (conversation, id) in changes.arrivals() {
            if let Some(message) = messages::get(&tx, *id).await? {
                let author = self.author_name(&message);
                arrived.push(Event::Arrived {
                    conversation: (*conversation).into(),
                    message: (*id).into(),
                    author,
                    text: preview(&message.body),
                });
            }
        }
        drop(tx);
        // The thread first: it is what somebody looks at, and an interface may draw what follows a frame later.
        for (conversation, diffs) in threads {
            self.send_timeline(conversation, diffs);
        }
        self.send_inbox(diffs);
        arrived.into_iter().for_each(|event| self.events.send(event));
        Ok(())
    }

    fn author_name(&self, message: &messages::Message) -> String {
        match &message.sender_nick {
            Some(nick) if !self.contacts.knows(&message.sender_address) => nick.as_str().to_owned(),
            _ => self.contacts.person(&message.sender_address).name,
        }
    }

    /// Tells the row of a conversation anew: something about it changed that is not in the store, such as who is typing.
    pub(super) async fn refresh_row(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        changes.row(conversation);
        self.tell(changes).await
    }

    fn send_inbox(&mut self, diffs: Vec<InboxDiff>) {
        if !diffs.is_empty() {
            let revision = self.inbox.advance();
            self.events.send(Event::Inbox { revision, diffs });
        }
    }

    pub(super) fn send_timeline(&mut self, conversation: ConversationId, diffs: Vec<TimelineDiff>) {
        if let Some(timeline) = self.open.get_mut(&conversation)
            && !diffs.is_empty()
        {
            let revision = timeline.advance();
            self.events.send(Event::Timeline {
                conversation: conversation.into(),
                revision,
                diffs,
            });
        }
    }

    /// Loads up to `limit` older messages of an open thread from the store; how many there were.
    pub(super) async fn load_older(&mut self, conversation: ConversationId, limit: u32) -> Result<usize, StoreError> {
        let Some(timeline) = self.open.get_mut(&conversation) else {
            return Ok(0);
        };
        let tx = self.store.read().await?;
        let older = match timeline.oldest_message() {
            Some((position, id)) => {
                let place = messages::Place {
                    position,
                    id: id.into(),
                };
                messages::before(&tx, conversation, place, limit).await?
            }
            None => messages::newest(&tx, conversation, limit).await?,
        };
        let loaded = older.len();
        let mut diffs = Vec::new();
        timeline.put(
            older
                .into_iter()
                .map(|message| rows::message(message, &self.contacts))
                .collect(),
            &mut diffs,
        );
        let held = gaps::list(&tx, conversation).await?;
        show_gaps(timeline, held.iter().map(rows::gap).collect(), &mut diffs);
        drop(tx);
        let start = self.start_of(conversation).await?;
        if let Some(timeline) = self.open.get_mut(&conversation) {
            timeline.set_start(start, &mut diffs);
        }
        self.send_timeline(conversation, diffs);
        Ok(loaded)
    }

    /// A page came for an open thread that had nothing before its first item but the network.
    pub(super) async fn extend_open(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        match self.open.get(&conversation).map(Timeline::start) {
            Some(TimelineStart::Loading) => {
                self.load_older(conversation, super::commands::PAGE).await?;
            }
            Some(_) => self.refresh_start(conversation).await?,
            None => {}
        }
        Ok(())
    }

    /// What lies before the first loaded item of an open thread.
    pub(super) async fn start_of(&self, conversation: ConversationId) -> Result<TimelineStart, StoreError> {
        let tx = self.store.read().await?;
        if let Some((position, id)) = self.open.get(&conversation).and_then(Timeline::oldest_message) {
            let place = messages::Place {
                position,
                id: id.into(),
            };
            if !messages::before(&tx, conversation, place, 1).await?.is_empty() {
                return Ok(TimelineStart::More);
            }
        }
        let oldest = segments::list(&tx, conversation).await?.into_iter().next();
        Ok(match oldest {
            Some(segment) if segment.reaches_start => TimelineStart::Beginning,
            _ if !self.online() => TimelineStart::Offline,
            _ if self.sync.is_paging(conversation) => TimelineStart::Loading,
            _ => TimelineStart::More,
        })
    }

    pub(super) async fn refresh_start(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let start = self.start_of(conversation).await?;
        let mut diffs = Vec::new();
        if let Some(timeline) = self.open.get_mut(&conversation) {
            timeline.set_start(start, &mut diffs);
        }
        self.send_timeline(conversation, diffs);
        Ok(())
    }

    /// The connection came or went: what lies before the first items may be loadable now, or not any more.
    pub(super) async fn refresh_starts(&mut self) -> Result<(), StoreError> {
        let open: Vec<ConversationId> = self.open.keys().copied().collect();
        for conversation in open {
            self.refresh_start(conversation).await?;
        }
        Ok(())
    }

    /// The window of a thread as it is opened: the newest messages, and all unread ones up to a bound.
    pub(super) async fn new_timeline(&self, conversation: ConversationId) -> Result<Timeline, StoreError> {
        let tx = self.store.read().await?;
        let held = messages::newest(&tx, conversation, super::commands::PAGE).await?;
        let oldest = held.first().map(|message| message.position);
        let mut placed: Vec<Placed> = held
            .into_iter()
            .map(|message| rows::message(message, &self.contacts))
            .collect();
        for gap in gaps::list(&tx, conversation).await? {
            if oldest.is_none_or(|oldest| gap.before_position >= oldest) {
                placed.push(rows::gap(&gap));
            }
        }
        let with = conversations::get(&tx, conversation).await?;
        let first_unread = match with.filter(|with| with.unread > 0).and_then(|with| with.read_position) {
            Some(read) => messages::first_unread(&tx, conversation, read).await?,
            None => None,
        };
        Ok(Timeline::new(placed, TimelineStart::More, first_unread.map(Into::into)))
    }
}

fn remove_gone(timeline: &mut Timeline, changed: &ThreadChanges, diffs: &mut Vec<TimelineDiff>) {
    if !changed.removed.is_empty() {
        timeline.remove(
            |item| matches!(item, TimelineItem::Message(message) if changed.removed.contains(&message.id.into())),
            diffs,
        );
    }
}

/// Shows exactly these gaps, as far as they are inside the window.
fn show_gaps(timeline: &mut Timeline, gaps: Vec<Placed>, diffs: &mut Vec<TimelineDiff>) {
    timeline.remove(
        |item| matches!(item, TimelineItem::Gap { .. }) && !gaps.iter().any(|gap| gap.is_same_item(item)),
        diffs,
    );
    let inside = gaps.into_iter().filter(|gap| timeline.covers(gap.position())).collect();
    timeline.put(inside, diffs);
}
