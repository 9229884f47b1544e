//! Table `job`.

use sea_orm::entity::prelude::*;

use crate::{ConversationId, JobId, JobState, Text};

/// A resumable piece of work.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: JobId,
    /// What it does, in the SDK's words.
    pub kind: String,
    /// For which conversation; `None`: for the account.
    pub conversation_id: Option<ConversationId>,
    /// How far it is, in the SDK's form.
    pub progress: Text,
    /// Its state.
    pub state: JobState,
    /// How often it was begun.
    pub attempts: i64,
    /// Not to be tried before, microseconds by the local clock.
    pub next_attempt_us: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
