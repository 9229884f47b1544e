//! Table `message`.

use sea_orm::entity::prelude::*;

use crate::{
    Address, ConversationId, DeliveryState, Direction, Failure, Mention, MessageId, MessageKind, SegmentId,
    StampSource, Text, Unreadable,
};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// The segment that it is proven to lie in.
    pub segment_id: Option<SegmentId>,
    /// Order in the thread, ties by id.
    pub position: i64,
    /// Drawn in the thread.
    pub displayable: bool,
    /// From or to.
    pub direction: Direction,
    /// What it is.
    pub kind: MessageKind,
    /// Who sent it: a bare address, or in a team whatever names the member.
    pub sender_address: Address,
    /// Name of the sender in a team.
    pub sender_nick: Option<Text>,
    /// Text as shown now; empty once taken back.
    pub body: Text,
    /// Text as first sent, where it was corrected since.
    pub original_body: Option<Text>,
    /// Shown time.
    pub stamp_us: i64,
    /// Where the shown time comes from.
    pub stamp_source: StampSource,
    /// When a server says that it received it first, where it says that it has sent it again.
    pub sent_us: Option<i64>,
    /// Stamp of the archive.
    pub archived_us: Option<i64>,
    /// Own message: how far it got.
    pub delivery: Option<DeliveryState>,
    /// Own message that failed: why.
    pub failure: Option<Failure>,
    /// When it was corrected last.
    pub edited_us: Option<i64>,
    /// When it was taken back.
    pub retracted_us: Option<i64>,
    /// Whom it mentions before others.
    pub mention: Option<Mention>,
    /// Where the mentions stand in the text, in the SDK's form.
    pub mentions: Option<Text>,
    /// What a team says of itself, in the SDK's form.
    pub notice: Option<Text>,
    /// A copy of it has come at the moment at which it was sent.
    pub received_live: bool,
    /// Why it has no text that can be shown; `None`: it has one.
    pub unreadable: Option<Unreadable>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
