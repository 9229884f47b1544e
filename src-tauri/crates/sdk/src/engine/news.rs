//! What nobody has read yet is told to whoever notifies (sync.md R12): what comes live at once, what was missed once no later page
//! of the archive can say any more that it has been read elsewhere.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::conversations::Conversation;
use wardline_store::{
    ArchiveId, ConversationId, Mention, MessageId, Reads, StoreError, contacts, conversations, messages,
};

use super::Engine;
use super::changes::{Changes, Missed};
use crate::text::preview;
use crate::view::{ConversationRow, Event, Mentioned, News, NewsCame, NotificationLevel, Relation, Wanted};

/// This long after an archive was caught up with, what other devices have read is known.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// What a notification says of a message that has no text that can be shown.
const UNREADABLE: &str = "A message that cannot be read here";

/// What was missed and is not told yet. It holds one message for each conversation that changed.
#[derive(Debug, Default)]
pub(super) struct MissedNews {
    /// Nothing that was said before is news: a computer that is new, or has lost its place, shows the list instead.
    since: i64,
    waiting: HashMap<ArchiveId, Waiting>,
    /// What was told last of each conversation that has not been read since, with its text.
    told: HashMap<ConversationId, (MessageId, String)>,
}

#[derive(Debug)]
struct Waiting {
    due: Instant,
    /// The newest message of each conversation.
    newest: HashMap<ConversationId, MessageId>,
}

impl MissedNews {
    /// An archive is read for the first time, at the server's time `now`.
    pub(super) fn begin(&mut self, now: i64) {
        self.since = now;
        self.waiting.clear();
    }

    /// Whether what was said at that time, by the server's clock, is news on this computer.
    pub(super) fn is_news(&self, stamp: i64) -> bool {
        stamp >= self.since
    }

    /// Keeps what a transaction has brought until it is certain.
    pub(super) fn note(&mut self, missed: &[Missed], now: Instant) {
        let since = self.since;
        for one in missed.iter().filter(|one| one.stamp >= since) {
            let due = now + SETTLED_AFTER;
            let waiting = self.waiting.entry(one.archive).or_insert_with(|| Waiting {
                due,
                newest: HashMap::new(),
            });
            waiting.due = due;
            waiting.newest.insert(one.conversation, one.message);
        }
    }

    /// A conversation has been read.
    pub(super) fn forget(&mut self, conversation: ConversationId) {
        self.told.remove(&conversation);
    }

    /// Messages that were told and are among those that changed.
    pub(super) fn told_of(&self, changes: &Changes) -> Vec<(ConversationId, MessageId)> {
        let told = changes.threads().filter_map(|(conversation, changed)| {
            let (message, _) = self.told.get(&conversation)?;
            changed.messages.contains(message).then_some((conversation, *message))
        });
        told.collect()
    }

    /// What waits for these archives and does so no longer.
    fn take(&mut self, settled: impl Fn(ArchiveId, Instant) -> bool) -> Vec<(ConversationId, MessageId)> {
        let settled = self
            .waiting
            .extract_if(|archive, waiting| settled(*archive, waiting.due));
        settled.flat_map(|(_, waiting)| waiting.newest).collect()
    }
}

/// The newest message of each conversation, where the newest come last.
pub(super) fn newest(arrived: &[(ConversationId, MessageId)]) -> Vec<(ConversationId, MessageId)> {
    let newest: HashMap<ConversationId, MessageId> = arrived.iter().copied().collect();
    newest.into_iter().collect()
}

impl Engine {
    /// When something that was missed may be told; it waits for as long as the archive has more to tell.
    pub(super) fn next_news(&self) -> Option<Instant> {
        let waiting = self.news.waiting.iter();
        waiting
            .filter(|(archive, _)| self.sync.is_at_end(self.own_archive, **archive))
            .map(|(_, waiting)| waiting.due)
            .min()
    }

    /// Tells what was missed of archives that have been caught up with for long enough.
    pub(super) async fn settle_news(&mut self, now: Instant) -> Result<(), StoreError> {
        let (sync, own) = (&self.sync, self.own_archive);
        let settled = self
            .news
            .take(|archive, due| due <= now && sync.is_at_end(own, archive));
        self.tell_missed(settled).await
    }

    /// The end of an archive has been asked for a second time: nothing is left to come.
    pub(super) async fn settle_news_of(&mut self, proven: ArchiveId) -> Result<(), StoreError> {
        let settled = self.news.take(|archive, _| archive == proven);
        self.tell_missed(settled).await
    }

    async fn tell_missed(&mut self, missed: Vec<(ConversationId, MessageId)>) -> Result<(), StoreError> {
        if missed.is_empty() {
            return Ok(());
        }
        let tx = self.store.read().await?;
        let news = self.news_of(&tx, &missed).await?;
        drop(tx);
        self.send_news(NewsCame::CaughtUp, news);
        Ok(())
    }

    /// Those of the messages that nobody has read, oldest first.
    pub(super) async fn news_of(
        &self,
        tx: &impl Reads,
        newest: &[(ConversationId, MessageId)],
    ) -> Result<Vec<News>, StoreError> {
        let mut found = Vec::with_capacity(newest.len());
        for (conversation, id) in newest {
            // One that is out of sight has no row.
            let Some(row) = self.inbox.row((*conversation).into()).filter(|row| row.unread > 0) else {
                continue;
            };
            let (Some(message), Some(with)) = (
                messages::get(tx, *id).await?,
                conversations::get(tx, *conversation).await?,
            ) else {
                continue;
            };
            let is_read = with.read_position.is_none_or(|read| message.position <= read);
            if is_read {
                continue;
            }
            let sender = contacts::get(tx, &message.sender_address).await?;
            let blocked = row.blocked || sender.is_some_and(|sender| sender.blocked);
            let news = News {
                conversation: row.id,
                kind: row.kind,
                title: row.person.name.clone(),
                message: message.id.into(),
                author: self.author_name(&message),
                text: match message.retracted_us {
                    None if message.unreadable.is_some() => UNREADABLE.to_owned(),
                    None => preview(&message.body),
                    Some(_) => String::new(),
                },
                mention: self.mentioned(tx, &with).await?,
                unread: row.unread,
                wanted: self.wanted(row, blocked),
            };
            found.push((message.position, news));
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(found.into_iter().map(|(_, news)| news).collect())
    }

    /// Whom the unread messages of a conversation mention.
    async fn mentioned(&self, tx: &impl Reads, with: &Conversation) -> Result<Option<Mentioned>, StoreError> {
        if with.mentions == 0 {
            return Ok(None);
        }
        let after = with.read_position.unwrap_or(i64::MIN);
        Ok(match messages::strongest_mention(tx, with.id, after).await? {
            Some(Mention::Me) => Some(Mentioned::Me),
            Some(Mention::Everyone) => Some(Mentioned::Everyone),
            Some(Mention::Other) | None => None,
        })
    }

    fn wanted(&self, row: &ConversationRow, blocked: bool) -> Wanted {
        let now = self.clock.now() / 1_000;
        let of_mentions_alone = row
            .team
            .as_ref()
            .is_some_and(|team| team.level == NotificationLevel::Mentions && team.mentions == 0);
        match row.muted_until {
            _ if blocked => Wanted::Blocked,
            Some(until) if until > now => Wanted::Muted,
            _ if of_mentions_alone => Wanted::Muted,
            _ => Wanted::Yes,
        }
    }

    /// Tells news; of what was told before only what says something else now.
    pub(super) fn send_news(&mut self, came: NewsCame, mut news: Vec<News>) {
        let (told, strangers) = (&mut self.news.told, &mut self.strangers);
        let is_stranger = |news: &News| {
            let row = self.inbox.row(news.conversation);
            row.is_some_and(|row| row.relation == Relation::Stranger)
        };
        let now = Instant::now();
        news.retain(|news| !is_stranger(news) || strangers.may_notify(news.conversation.into(), now));
        news.retain(|news| {
            let now = (news.message.into(), news.text.clone());
            let before = told.insert(news.conversation.into(), now.clone());
            match came {
                // Taken back before anybody was told.
                NewsCame::Live | NewsCame::CaughtUp => !news.text.is_empty(),
                NewsCame::Changed => before != Some(now),
            }
        });
        if !news.is_empty() {
            let now = self.clock.now() / 1_000;
            self.events.send(Event::News { came, now, news });
        }
    }

    /// Tells how much is unread in all, if that has not been told yet.
    pub(super) fn tell_unread(&mut self) {
        if let Some(total) = self.inbox.untold_unread() {
            self.events.send(Event::Unread { total });
        }
    }

    /// When the next conversation is no longer muted.
    pub(super) fn next_unmuting(&self) -> Option<Instant> {
        let wait = self
            .inbox
            .next_unmuting()?
            .saturating_sub(self.clock.now() / 1_000)
            .max(0);
        // A day at most: the clock may be set meanwhile.
        let wait = u64::try_from(wait).unwrap_or_default().min(86_400_000);
        Some(Instant::now() + Duration::from_millis(wait))
    }

    /// Conversations that are no longer muted count again.
    pub(super) async fn show_unmuted(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now() / 1_000;
        for conversation in self.inbox.unmuted(now) {
            self.refresh_row(conversation.into()).await?;
        }
        Ok(())
    }
}
