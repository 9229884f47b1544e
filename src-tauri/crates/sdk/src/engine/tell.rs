//! After a commit: what changed is read back and told as diffs. Costs what changed, not what there is.

use tokio::time::Instant;
use wardline_store::{
    ConversationBox, ConversationId, ConversationKind, Membership, MessageId, StoreError, chat_list, messages,
};

use super::changes::{Changes, Edges};
use super::news::newest;
use super::{Engine, rows, strangers, window};
use crate::people::LABEL_LIMIT;
use crate::text::display::label;
use crate::text::preview;
use crate::view::{ConversationRow, Event, InboxDiff, NewsCame, Relation, TimelineDiff};

impl Engine {
    /// Publishes what a committed transaction changed.
    pub(super) async fn show(&mut self, changes: Changes) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let tx = self.store.read().await?;
        let now = self.clock.now();
        let mut diffs = Vec::new();
        let changed: Vec<ConversationId> = changes.rows().collect();
        let (mut nameless, mut read) = (Vec::new(), Vec::new());
        let changed = chat_list::rows_of(&tx, &changed).await?;
        let teams = rows::colleagues(&tx, &changed).await?;
        for row in changed {
            let id = row.id.into();
            let is_known = strangers::relation(&row, &self.own) == Relation::Known;
            if row.name.is_none() && row.kind == ConversationKind::Person && is_known {
                nameless.push(row.address.clone());
            }
            let is_over = row.unread == 0 || row.shown_in == ConversationBox::Hidden;
            let was_unread = self.inbox.row(id).is_some_and(|before| before.unread > 0);
            let was_invitation = self.inbox.row(id).is_some_and(ConversationRow::is_invitation);
            let is_answered = was_invitation && row.membership != Membership::Invited;
            if is_over && was_unread || is_answered {
                self.news.forget(row.id);
                read.push(Event::Read { conversation: id });
            }
            if row.shown_in != ConversationBox::Hidden {
                let surroundings = rows::Surroundings {
                    own: &self.own,
                    presences: &self.presences,
                    typing: &self.typing,
                    contacts: &self.contacts,
                    colleagues: &teams,
                    now,
                };
                self.inbox.put(rows::ranked(row, surroundings), &mut diffs);
            } else {
                self.inbox.remove(id, &mut diffs);
            }
        }
        let mut threads = Vec::new();
        for (conversation, changed) in changes.threads() {
            if !self.open.contains_key(&conversation) {
                continue;
            }
            let readers = self.team_readers(&tx, conversation).await?;
            let Some(timeline) = self.open.get_mut(&conversation) else {
                continue;
            };
            let mut diffs = Vec::new();
            let ids: Vec<MessageId> = changed.messages.iter().copied().collect();
            let messages = messages::get_many(&tx, &ids).await?;
            let drawing = rows::Drawing {
                own: &self.own,
                contacts: &self.contacts,
                readers: readers.as_ref(),
            };
            let shown = |message| drawing.placed(message);
            window::take(&tx, timeline, messages, shown, &mut diffs).await?;
            window::remove(timeline, &changed.removed, &mut diffs);
            timeline.trim(&mut diffs);
            if changed.edges == Edges::Changed || !diffs.is_empty() {
                window::show_gaps(&tx, conversation, timeline, &mut diffs).await?;
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
        let changed = self.news_of(&tx, &self.news.told_of(&changes)).await?;
        let news = self.news_of(&tx, &newest(changes.arrivals())).await?;
        drop(tx);
        self.news.note(changes.all_missed(), Instant::now());
        // The thread first: it is what somebody looks at, and an interface may draw what follows a frame later.
        for (conversation, diffs) in threads {
            self.send_timeline(conversation, diffs);
        }
        self.send_inbox(diffs);
        for address in nameless {
            self.want_card_of_stranger(&address);
        }
        arrived
            .into_iter()
            .chain(read)
            .for_each(|event| self.events.send(event));
        for team in changes.teams() {
            self.events.send(Event::Team {
                conversation: team.into(),
            });
        }
        self.send_news(NewsCame::Changed, changed);
        self.send_news(NewsCame::Live, news);
        self.tell_unread();
        Ok(())
    }

    pub(super) fn author_name(&self, message: &messages::Message) -> String {
        match &message.sender_nick {
            Some(nick) if !self.contacts.knows(&message.sender_address) => label(nick, LABEL_LIMIT).unwrap_or_default(),
            _ => self.contacts.person(&message.sender_address).name,
        }
    }

    /// Tells the row of a conversation anew: something about it changed that is not in the store, such as who is typing.
    pub(super) async fn refresh_row(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        changes.row(conversation);
        self.show(changes).await
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
            self.newest_revision = self.newest_revision.max(revision);
            self.events.send(Event::Timeline {
                conversation: conversation.into(),
                revision,
                diffs,
            });
        }
    }
}
