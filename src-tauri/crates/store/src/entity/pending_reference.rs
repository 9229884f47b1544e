//! Table `pending_reference`.

use sea_orm::entity::prelude::*;

use crate::{Address, AliasKind, ArchiveId, PendingId, PendingKind, Text};

/// Something that refers to a message which is not here yet.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pending_reference")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: PendingId,
    /// Archive in which the target is.
    pub archive_id: ArchiveId,
    /// What it is.
    pub kind: PendingKind,
    /// Which kind of id names the target.
    pub target_kind: AliasKind,
    /// Id of the target.
    pub target: String,
    /// Who sent it.
    pub sender_address: Address,
    /// What it says, in the SDK's form.
    pub payload: Text,
    /// When it was sent.
    pub stamp_us: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
