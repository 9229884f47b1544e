//! Table `gap`.

use sea_orm::entity::prelude::*;

use crate::{ConversationId, GapId, GapState, SegmentId};

/// A known hole between two neighbouring segments.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gap")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: GapId,
    /// Whose.
    pub conversation_id: ConversationId,
    /// The segment that ends before it.
    pub older_segment: SegmentId,
    /// The segment that begins after it.
    pub newer_segment: SegmentId,
    /// Its state.
    pub state: GapState,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
