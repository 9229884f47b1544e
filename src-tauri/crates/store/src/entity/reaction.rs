//! Table `reaction`.

use sea_orm::entity::prelude::*;

use crate::{Address, MessageId, Text};

/// A reaction to a message.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reaction")]
pub struct Model {
    /// To which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: MessageId,
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sender_address: Address,
    /// The emoji.
    #[sea_orm(primary_key, auto_increment = false)]
    pub emoji: Text,
    /// When.
    pub stamp_us: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
