//! Table `outbox`.

use sea_orm::entity::prelude::*;

use crate::{ConversationId, MessageId, OutboxId, OutboxState, Text};

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Its id, which is its place in the queue.
    #[sea_orm(primary_key)]
    pub id: OutboxId,
    /// Where to.
    pub conversation_id: ConversationId,
    /// The local echo.
    pub message_id: MessageId,
    /// Id by which the message is recognised on the server; the same with every attempt.
    pub origin_id: String,
    /// What to send, in the SDK's form.
    pub payload: Text,
    /// Its state.
    pub state: OutboxState,
    /// How often it was handed to a session.
    pub attempts: i64,
    /// Not to be tried before, microseconds by the local clock.
    pub next_attempt_us: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
