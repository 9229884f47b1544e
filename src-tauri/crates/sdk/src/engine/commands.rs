//! Obeying the client's commands. An error of the store goes back to whoever asked.

use wardline_store::{Address, ConversationId, ConversationKind, StoreError, Text, conversations, drafts};
use wardline_xmpp::message::{ChatState, MessageKind, chat_state};

use super::command::Command;
use super::{Engine, ingest};
use crate::text::address::typed;
use crate::view::{CommandError, Composing, ConversationId as ViewId};

/// Teams with more members are not told who is typing.
const MOST_TOLD_OF_TYPING: i64 = 30;
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
                    self.look_at_members(conversation).await?;
                    self.see_invitation(conversation);
                }
            }
            Command::Close(conversation, answer) => {
                self.open.remove(&conversation.into());
                drop(answer.send(Ok(())));
            }
            Command::Timeline(conversation, answer) => drop(answer.send(self.shown_thread(conversation.into()).await)),
            Command::Page(conversation, side, answer) => {
                drop(answer.send(self.page(conversation.into(), side).await));
            }
            Command::Jump {
                conversation,
                to,
                answer,
            } => self.jump(conversation.into(), to, answer).await?,
            Command::View {
                conversation,
                message,
                answer,
            } => drop(answer.send(self.view(conversation.into(), message).await)),
            Command::Send {
                conversation,
                text,
                answer,
            } => {
                drop(answer.send(self.send_text(conversation.into(), &text).await.map(Into::into)));
            }
            Command::Edit { message, text, answer } => {
                drop(answer.send(self.edit_waiting(message.into(), &text).await));
            }
            Command::Readers(message, answer) => drop(answer.send(self.readers(message.into()).await)),
            Command::Resend(message, answer) => drop(answer.send(self.resend(message.into()).await)),
            Command::Discard(message, answer) => drop(answer.send(self.discard(message.into()).await)),
            Command::MarkRead {
                conversation,
                message,
                answer,
            } => {
                drop(answer.send(self.mark_read(conversation.into(), message.into()).await));
            }
            Command::MarkAllRead(through, answer) => drop(answer.send(self.mark_all_read(through).await)),
            Command::Decide {
                conversation,
                change,
                answer,
            } => drop(answer.send(self.decide(conversation.into(), change).await)),
            Command::Block(whom, blocking, answer) => self.block(whom, blocking, answer).await?,
            Command::Blocked(answer) => drop(answer.send(Ok(self.blocked().await?))),
            Command::FindPeople(text, answer) => self.find_people(&text, answer).await?,
            Command::NotificationSettings(answer) => drop(answer.send(self.notification_settings().await)),
            Command::SaveNotificationSettings(settings, answer) => {
                drop(answer.send(self.save_notification_settings(settings).await));
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
            Command::CreateTeam(team, answer) => self.create_team(&team, answer),
            Command::JoinTeam(address, answer) => self.join_team(&address, answer),
            Command::OpenTeams(answer) => self.open_teams(answer),
            Command::Team(team, answer) => {
                drop(answer.send(self.team_details(team.into()).await));
                self.look_at_members(team.into()).await?;
            }
            Command::ChangeTeam(team, change, answer) => self.change_team(team.into(), change, answer).await?,
            Command::State(answer) => drop(answer.send(Ok(self.state()))),
            Command::Check(conversation, answer) => {
                drop(answer.send(self.check(conversation.into()).await));
            }
            Command::StopCheck(conversation, answer) => {
                self.stop_check(conversation.into());
                drop(answer.send(Ok(())));
            }
            // Ends the loop; never comes here.
            Command::Stop(done) => drop(done.send(())),
        }
        Ok(())
    }

    async fn save_draft(&mut self, conversation: ConversationId, text: &str) -> Result<(), CommandError> {
        if text.len() > DRAFT_LIMIT {
            return Err(CommandError::MessageTooLong {
                limit_bytes: u32::try_from(DRAFT_LIMIT).unwrap_or(u32::MAX),
            });
        }
        let tx = self.store.begin().await?;
        let changed = drafts::set(&tx, conversation, &Text(text.to_owned()), self.clock.local()).await?;
        tx.commit().await?;
        if changed {
            self.refresh_row(conversation).await?;
        }
        Ok(())
    }

    async fn compose(&mut self, conversation: ConversationId, composing: Composing) -> Result<(), CommandError> {
        let (kind, to) = self.correspondent(conversation).await?.ok_or(CommandError::NotFound)?;
        let is_stranger = kind == ConversationKind::Person && !self.is_known(&self.store.read().await?, &to).await?;
        let sort = match kind {
            ConversationKind::Person if is_stranger => return Ok(()),
            ConversationKind::Person => MessageKind::Chat,
            // In a large team everybody would be told of everybody's keys.
            ConversationKind::Team if self.is_small(conversation).await? => MessageKind::GroupChat,
            ConversationKind::Team => return Ok(()),
        };
        if self.online() && self.typing.tell(conversation, composing) {
            let state = match composing {
                Composing::Active => ChatState::Composing,
                Composing::Paused => ChatState::Paused,
            };
            // A typing notice that is lost is no loss.
            let _lost_with_the_session = self.session.send(chat_state(to.into(), sort, state)).await;
        }
        Ok(())
    }

    /// Whether a team has so few members that they hear who is typing.
    async fn is_small(&self, team: ConversationId) -> Result<bool, StoreError> {
        let with = conversations::get(&self.store.read().await?, team).await?;
        Ok(with
            .and_then(|with| with.members)
            .is_some_and(|members| members <= MOST_TOLD_OF_TYPING))
    }

    async fn start_conversation(&mut self, address: &str) -> Result<ViewId, CommandError> {
        let with = typed(address).map_err(|_| CommandError::AddressMalformed)?;
        let tx = self.begin().await?;
        let target = ingest::ensure_person(&tx, self.own_archive, Address(with.to_string())).await?;
        // Whoever looks for somebody knows them.
        self.accept_by_writing(&tx, &with, target.conversation).await?;
        let known = conversations::get(&tx, target.conversation).await?;
        if known.is_some_and(|known| known.last_message_id.is_none()) {
            conversations::set_sort(&tx, target.conversation, self.clock.now()).await?;
        }
        tx.row(target.conversation);
        self.commit(tx).await?;
        self.want_card(with);
        Ok(target.conversation.into())
    }
}
