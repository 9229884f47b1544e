//! Table `receipt`.

use sea_orm::entity::prelude::*;

use crate::{Address, MessageId, ReceiptState};

/// How far somebody got with a message.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    /// Which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: MessageId,
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: Address,
    /// How far.
    pub state: ReceiptState,
    /// When.
    pub stamp_us: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
