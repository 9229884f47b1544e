//! Table `alias`.

use sea_orm::entity::prelude::*;

use crate::{Address, AliasKind, ArchiveId, MessageId};

/// An id under which a message was seen.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alias")]
pub struct Model {
    /// In which archive.
    #[sea_orm(primary_key, auto_increment = false)]
    pub archive_id: ArchiveId,
    /// What kind of id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: AliasKind,
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    /// Who made the id; empty for ids that the archive gives.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sender_address: Address,
    /// The message. Of an id that its sender has used again there is one row for each.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: MessageId,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
