//! What the client asks of an open thread: to open it, to go on in either direction, to jump.

use wardline_store::segments::Segment;
use wardline_store::{ConversationId, GapState, StoreError, chat_list, conversations, gaps, messages, segments};
use wardline_xmpp::ids::Timestamp;

use super::command::Answer;
use super::sync::{Jump, Urgency};
use super::window::{Focus, Side};
use super::{Engine, ingest, rows};
use crate::timeline::Timeline;
use crate::view::{CommandError, JumpTarget, MessageId, TimelineSnapshot, TimelineStart};

impl Engine {
    pub(super) async fn open(&mut self, conversation: ConversationId) -> Result<TimelineSnapshot, CommandError> {
        let (timeline, focus) = self.opening_window(conversation).await?;
        let timeline = timeline.beginning_at(self.newest_revision.next());
        self.sync.forget_jump(conversation);
        self.show_window(conversation, timeline, focus.map(Into::into)).await
    }

    /// The open thread as it is shown now.
    pub(super) async fn shown_thread(&self, conversation: ConversationId) -> Result<TimelineSnapshot, CommandError> {
        let timeline = self.open.get(&conversation).ok_or(CommandError::NotFound)?;
        let row = match self.inbox.row(conversation.into()) {
            Some(row) => row.clone(),
            None => {
                let tx = self.store.read().await?;
                let row = chat_list::row(&tx, conversation).await?.ok_or(CommandError::NotFound)?;
                let colleagues = rows::colleagues(&tx, std::slice::from_ref(&row)).await?;
                let surroundings = rows::Surroundings {
                    own: &self.own,
                    presences: &self.presences,
                    typing: &self.typing,
                    contacts: &self.contacts,
                    colleagues: &colleagues,
                    now: self.clock.now(),
                };
                rows::ranked(row, surroundings).row
            }
        };
        Ok(TimelineSnapshot {
            conversation: row,
            revision: timeline.revision(),
            start: timeline.start(),
            end: timeline.end(),
            items: timeline.items(),
            unread: timeline.unread(),
            focus: None,
        })
    }

    async fn show_window(
        &mut self,
        conversation: ConversationId,
        timeline: Timeline,
        focus: Option<MessageId>,
    ) -> Result<TimelineSnapshot, CommandError> {
        self.open.insert(conversation, timeline);
        self.find_edges(conversation, &mut Vec::new()).await?;
        let shown = self.shown_thread(conversation).await;
        if shown.is_err() {
            self.open.remove(&conversation);
        }
        shown.map(|shown| TimelineSnapshot { focus, ..shown })
    }

    pub(super) async fn sync_open(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        if let Some(target) = self.target(conversation).await? {
            self.sync_opened(target).await?;
        }
        self.ask_markers(conversation).await
    }

    pub(super) async fn target(&self, conversation: ConversationId) -> Result<Option<ingest::Target>, StoreError> {
        let with = conversations::get(&self.store.read().await?, conversation).await?;
        Ok(with.map(|with| ingest::Target {
            conversation,
            archive: with.archive_id,
            kind: with.kind,
        }))
    }

    /// Grows the window by a page: from the store, and where it has no more or has a gap, from the server.
    pub(super) async fn page(&mut self, conversation: ConversationId, side: Side) -> Result<(), CommandError> {
        let timeline = self.open.get(&conversation).ok_or(CommandError::NotFound)?;
        if side == Side::Older && timeline.start() == TimelineStart::Beginning {
            return Ok(());
        }
        let target = self.target(conversation).await?.ok_or(CommandError::NotFound)?;
        if let Some(gap) = self.open_gap_at(conversation, side).await?
            && self.want_visible_gap(target, &gap, side).await?
        {
            self.refresh_edges(conversation).await?;
            return Ok(());
        }
        if self.load(conversation, side).await? == 0 && side == Side::Older {
            self.want_older(target, Urgency::Visible).await?;
            self.refresh_edges(conversation).await?;
        }
        Ok(())
    }

    /// The reader has this message before them: what is missing is fetched around it first.
    pub(super) async fn view(&mut self, conversation: ConversationId, message: MessageId) -> Result<(), CommandError> {
        let timeline = self.open.get_mut(&conversation).ok_or(CommandError::NotFound)?;
        timeline.view(message);
        Ok(())
    }

    /// Makes another window of an open thread. The answer may wait for the server.
    pub(super) async fn jump(
        &mut self,
        conversation: ConversationId,
        to: JumpTarget,
        answer: Answer<TimelineSnapshot>,
    ) -> Result<(), StoreError> {
        self.sync.forget_jump(conversation);
        let Some(target) = self.target(conversation).await? else {
            drop(answer.send(Err(CommandError::NotFound)));
            return Ok(());
        };
        if let JumpTarget::Date { at } = to {
            let at = at.saturating_mul(1_000);
            if self.online() && !self.is_here(conversation, at).await? {
                self.want_from(target, Timestamp(at)).await?;
                self.sync.await_jump(conversation, Jump { at, answer });
                return Ok(());
            }
            return self.land(conversation, Jump { at, answer }).await;
        }
        let shown = self.jump_here(conversation, to).await;
        drop(answer.send(shown));
        Ok(())
    }

    async fn jump_here(
        &mut self,
        conversation: ConversationId,
        to: JumpTarget,
    ) -> Result<TimelineSnapshot, CommandError> {
        let focus = match to {
            JumpTarget::Message { id } => {
                let message = messages::get(&self.store.read().await?, id.into()).await?;
                let here = message.filter(|message| message.conversation_id == conversation);
                Focus::Message(here.ok_or(CommandError::NotFound)?.place())
            }
            JumpTarget::Newest | JumpTarget::Date { .. } => Focus::Newest,
        };
        self.show_focus(conversation, focus).await
    }

    /// Answers a jump to a date with what is here now: the first message from then on, or the newest.
    pub(super) async fn land(&mut self, conversation: ConversationId, jump: Jump) -> Result<(), StoreError> {
        let from = messages::Place {
            position: jump.at,
            id: wardline_store::MessageId(0),
        };
        let tx = self.store.read().await?;
        let first = messages::after(&tx, conversation, from, 1).await?;
        drop(tx);
        let focus = first
            .first()
            .map_or(Focus::Newest, |message| Focus::Message(message.place()));
        let shown = self.show_focus(conversation, focus).await;
        drop(jump.answer.send(shown));
        Ok(())
    }

    async fn show_focus(
        &mut self,
        conversation: ConversationId,
        focus: Focus,
    ) -> Result<TimelineSnapshot, CommandError> {
        let timeline = self.jump_window(conversation, focus).await?;
        let former = self.open.get(&conversation).ok_or(CommandError::NotFound)?;
        let timeline = timeline.following(former);
        let focus = match focus {
            Focus::Newest => None,
            Focus::Message(place) => Some(place.id.into()),
        };
        self.show_window(conversation, timeline, focus).await
    }

    /// Whether what was said at a time is here, or known not to be had.
    async fn is_here(&self, conversation: ConversationId, at: i64) -> Result<bool, StoreError> {
        let tx = self.store.read().await?;
        let held = segments::list(&tx, conversation).await?;
        let inside = |segment: &Segment| segment.first_position <= at && at <= segment.last_position;
        let (Some(oldest), Some(newest)) = (held.first(), held.last()) else {
            return Ok(false);
        };
        if held.iter().any(inside) || at > newest.last_position {
            return Ok(true);
        }
        if at < oldest.first_position {
            return Ok(oldest.reaches_start);
        }
        let gaps = gaps::list(&tx, conversation).await?;
        let around = gaps
            .iter()
            .find(|gap| gap.after_position < at && at < gap.before_position);
        Ok(around.is_none_or(|gap| gap.state == GapState::Expired))
    }
}

#[cfg(test)]
mod tests {
    use wardline_store::Address;

    use crate::engine::batches::engine;
    use crate::engine::ingest;

    #[tokio::test]
    async fn a_thread_that_is_opened_again_goes_on_counting_its_revisions() {
        let folder = tempfile::tempdir().unwrap();
        let (mut engine, _) = engine(&folder).await;
        let tx = engine.begin().await.unwrap();
        let bob = Address("bob@ward.example".to_owned());
        let bob = ingest::ensure_person(&tx, engine.own_archive, bob).await.unwrap();
        engine.commit(tx).await.unwrap();

        let opened = engine.open(bob.conversation).await.unwrap().revision;
        engine.send_text(bob.conversation, "5 mg").await.unwrap();
        let written = engine.shown_thread(bob.conversation).await.unwrap().revision;
        assert!(opened < written);
        engine.open.remove(&bob.conversation);
        let again = engine.open(bob.conversation).await.unwrap().revision;
        assert!(written < again, "an event of before would be taken for one of now");
    }
}
