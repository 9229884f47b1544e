//! Table `avatar`.

use sea_orm::entity::prelude::*;

/// A picture of a person or team.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "avatar")]
pub struct Model {
    /// Hash of the bytes, as announced.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// Media type.
    pub mime: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Model {
    /// Without the picture, which may show a patient or a face.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Avatar").finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
