//! Table `segment`.

use sea_orm::entity::prelude::*;

use crate::{ConversationId, SegmentId, SegmentKind};

/// An ordered run of archived messages with nothing missing inside it.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "segment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: SegmentId,
    /// Whose.
    pub conversation_id: ConversationId,
    /// Fetched or live.
    pub kind: SegmentKind,
    /// Archive id of the oldest message inside; `None` while empty or not known.
    pub first_archive_id: Option<String>,
    /// Archive id of the newest message inside; `None` while empty or not known.
    pub last_archive_id: Option<String>,
    /// Position of the oldest message inside.
    pub first_position: i64,
    /// Position of the newest message inside.
    pub last_position: i64,
    /// Nothing is older, by the server's word.
    pub reaches_start: bool,
    /// When it was last proven that nothing is newer, microseconds by the local clock.
    pub tail_proven_us: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
