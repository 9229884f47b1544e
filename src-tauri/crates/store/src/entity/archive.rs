//! Table `archive`.

use sea_orm::entity::prelude::*;

use crate::{Address, ArchiveId, ArchiveKind};

/// An archive: where a server keeps messages.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "archive")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: ArchiveId,
    /// Who keeps it: the account's own bare address, or the team's.
    pub address: Address,
    /// Own or a room's.
    pub kind: ArchiveKind,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
