//! Table `attachment`.

use sea_orm::entity::prelude::*;

use crate::{AttachmentId, AttachmentState, MessageId, Text};

/// A file that belongs to a message, without its content.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: AttachmentId,
    /// The message.
    pub message_id: MessageId,
    /// Where the server keeps it.
    pub url: Text,
    /// File name.
    pub name: Option<Text>,
    /// Media type.
    pub mime: Option<String>,
    /// Size in bytes.
    pub size: Option<i64>,
    /// Width in pixels.
    pub width: Option<i64>,
    /// Height in pixels.
    pub height: Option<i64>,
    /// Its state.
    pub state: AttachmentState,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
