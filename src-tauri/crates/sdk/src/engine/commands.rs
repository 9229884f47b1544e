//! Obeying the client's commands. An error of the store goes back to whoever asked.

use wardline_store::{Address, ConversationId, StoreError, Text, chat_list, conversations, drafts};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{ChatState, chat_state};

use super::changes::Changes;
use super::clock::local_micros;
use super::command::Command;
use super::{Engine, ingest, rows};
use crate::view::{CommandError, Composing, ConversationId as ViewId, TimelineSnapshot, TimelineStart};

/// Messages that are loaded at once.
pub(super) const PAGE: u32 = 50;
/// Most bytes of a draft that are kept.
const DRAFT_LIMIT: usize = 100_000;

impl Engine {
    pub(super) async fn obey(&mut self, command: Command) -> Result<(), StoreError> {
        // An answer that nobody waits for any more is no error.
        match command {
            Command::SignedIn(answer) => drop(answer.send(Ok(self.signed_in()))),
            Command::Inbox(answer) => drop(answer.send(Ok(self.inbox.snapshot()))),
            Command::Open(conversation, answer) => {
                let opened = self.open(conversation.into()).await;
                let target = opened.is_ok().then(|| ConversationId::from(conversation));
                drop(answer.send(opened));
                if let Some(conversation) = target {
                    self.sync_open(conversation).await?;
                }
            }
            Command::Close(conversation, answer) => {
                self.open.remove(&conversation.into());
                drop(answer.send(Ok(())));
            }
            Command::PageBack(conversation, answer) => {
                drop(answer.send(self.page_back(conversation.into()).await));
            }
            Command::Send {
                conversation,
                text,
                answer,
            } => {
                drop(answer.send(self.send_text(conversation.into(), &text).await.map(Into::into)));
            }
            Command::Resend(message, answer) => drop(answer.send(self.resend(message.into()).await)),
            Command::Discard(message, answer) => drop(answer.send(self.discard(message.into()).await)),
            Command::MarkRead {
                conversation,
                message,
                answer,
            } => {
                drop(answer.send(self.mark_read(conversation.into(), message.into()).await));
            }
            Command::SaveDraft {
                conversation,
                text,
                answer,
            } => {
                drop(answer.send(self.save_draft(conversation.into(), &text).await));
            }
            Command::Compose {
                conversation,
                composing,
                answer,
            } => {
                drop(answer.send(self.compose(conversation.into(), composing).await));
            }
            Command::StartConversation { address, answer } => {
                drop(answer.send(self.start_conversation(&address).await));
            }
            // Ends the loop; never comes here.
            Command::Stop(done) => drop(done.send(())),
        }
        Ok(())
    }

    async fn open(&mut self, conversation: ConversationId) -> Result<TimelineSnapshot, CommandError> {
        let row = match self.inbox.row(conversation.into()) {
            Some(row) => row.clone(),
            None => {
                let row = chat_list::row(&self.store.read().await?, conversation).await?;
                rows::ranked(row.ok_or(CommandError::NotFound)?, &self.presences, &self.typing).row
            }
        };
        let timeline = self.new_timeline(conversation).await?;
        self.open.insert(conversation, timeline);
        let start = self.start_of(conversation).await?;
        let Some(timeline) = self.open.get_mut(&conversation) else {
            return Err(CommandError::NotFound);
        };
        timeline.set_start(start, &mut Vec::new());
        Ok(TimelineSnapshot {
            conversation: row,
            revision: timeline.revision(),
            start,
            items: timeline.items(),
            first_unread: timeline.first_unread(),
        })
    }

    async fn sync_open(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let with = conversations::get(&self.store.read().await?, conversation).await?;
        if let Some(with) = with {
            let target = ingest::Target {
                conversation,
                archive: with.archive_id,
                kind: with.kind,
            };
            self.sync_opened(target).await?;
        }
        Ok(())
    }

    async fn page_back(&mut self, conversation: ConversationId) -> Result<(), CommandError> {
        let Some(timeline) = self.open.get(&conversation) else {
            return Err(CommandError::NotFound);
        };
        if timeline.start() == TimelineStart::Beginning || self.load_older(conversation, PAGE).await? > 0 {
            return Ok(());
        }
        let with = conversations::get(&self.store.read().await?, conversation)
            .await?
            .ok_or(CommandError::NotFound)?;
        let target = ingest::Target {
            conversation,
            archive: with.archive_id,
            kind: with.kind,
        };
        self.want_older(target).await?;
        self.refresh_start(conversation).await?;
        Ok(())
    }

    async fn save_draft(&mut self, conversation: ConversationId, text: &str) -> Result<(), CommandError> {
        if text.len() > DRAFT_LIMIT {
            return Err(CommandError::MessageTooLong {
                limit_bytes: u32::try_from(DRAFT_LIMIT).unwrap_or(u32::MAX),
            });
        }
        let tx = self.store.begin().await?;
        let changed = drafts::set(&tx, conversation, &Text(text.to_owned()), local_micros()).await?;
        tx.commit().await?;
        if changed {
            self.refresh_row(conversation).await?;
        }
        Ok(())
    }

    async fn compose(&mut self, conversation: ConversationId, composing: Composing) -> Result<(), CommandError> {
        let (kind, to) = self.correspondent(conversation).await?.ok_or(CommandError::NotFound)?;
        let person = kind == wardline_store::ConversationKind::Person;
        if person && self.online() && self.typing.tell(conversation, composing) {
            let state = match composing {
                Composing::Active => ChatState::Composing,
                Composing::Paused => ChatState::Paused,
            };
            // A typing notice that is lost is no loss.
            let _lost_with_the_session = self.session.send(chat_state(to.into(), state)).await;
        }
        Ok(())
    }

    async fn start_conversation(&mut self, address: &str) -> Result<ViewId, CommandError> {
        let with: BareJid = address.trim().parse().map_err(|_| CommandError::AddressMalformed)?;
        if with.node().is_none() {
            return Err(CommandError::AddressMalformed);
        }
        let tx = self.store.begin().await?;
        let target = ingest::ensure_person(&tx, self.own_archive, Address(with.to_string())).await?;
        let known = conversations::get(&tx, target.conversation).await?;
        if known.is_some_and(|known| known.last_message_id.is_none()) {
            conversations::set_sort(&tx, target.conversation, self.clock.now()).await?;
        }
        tx.commit().await?;
        let mut changes = Changes::default();
        changes.row(target.conversation);
        self.committed(changes).await?;
        self.want_card(with);
        Ok(target.conversation.into())
    }
}
