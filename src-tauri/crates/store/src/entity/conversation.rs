//! Table `conversation`.

use sea_orm::entity::prelude::*;

use crate::{
    Address, ArchiveId, ConversationBox, ConversationId, ConversationKind, Membership, MessageId, TeamService, Text,
    TitleSource, UnreadSource,
};

/// A conversation with one person or one team.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: ConversationId,
    /// Person or team.
    pub kind: ConversationKind,
    /// Bare address of the person or team.
    pub address: Address,
    /// The archive that holds it.
    pub archive_id: ArchiveId,
    /// Title of a team.
    pub title: Option<Text>,
    /// Own name in a team.
    pub nick: Option<Text>,
    /// Hash of a team's picture.
    pub avatar_hash: Option<String>,
    /// Number of members of a team, where known.
    pub members: Option<i64>,
    /// Where it is shown.
    #[sea_orm(column_name = "box")]
    pub shown_in: ConversationBox,
    /// Kept at the top.
    pub pinned: bool,
    /// Marked as unread by hand.
    pub marked_unread: bool,
    /// No notifications before this time; `i64::MAX` for ever. `None`: not muted.
    pub muted_until_us: Option<i64>,
    /// Unread messages.
    pub unread: i64,
    /// Who counted them.
    pub unread_source: UnreadSource,
    /// Read pointer: everything up to this position has been read. Only moves forward.
    pub read_position: Option<i64>,
    /// The message that the read pointer stands on, where it is here.
    pub read_message_id: Option<MessageId>,
    /// Newest displayable message.
    pub last_message_id: Option<MessageId>,
    /// Stamp by which the chat list is sorted.
    pub sort_us: i64,
    /// The server's inbox has named it: that it is not named among the unread says something.
    pub listed: bool,
    /// Put aside or thrown away with what had been said up to this stamp.
    pub aside_us: Option<i64>,
    /// Which kind of service keeps a team, where known.
    pub service: Option<TeamService>,
    /// How one stands with a team; of a person "invited" means that they ask to be a contact.
    pub membership: Membership,
    /// Bare address of whoever asked one in.
    pub invited_by: Option<Address>,
    /// What a team is for.
    pub purpose: Option<Text>,
    /// Version of a team's members and configuration, as far as they are here (MUC Light).
    pub version: Option<String>,
    /// Unread messages that mention one or everyone.
    pub mentions: i64,
    /// Notifications are wanted of mentions alone.
    pub mentions_only: bool,
    /// Where the title of a team comes from, where it has one.
    pub title_source: Option<TitleSource>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
