//! Table `draft`.

use sea_orm::entity::prelude::*;

use crate::{ConversationId, Text};

/// Unfinished text.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft")]
pub struct Model {
    /// Where.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// The text.
    pub body: Text,
    /// When it was changed, microseconds by the local clock.
    pub updated_us: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
