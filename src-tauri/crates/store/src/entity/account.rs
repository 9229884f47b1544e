//! Table `account`.

use sea_orm::entity::prelude::*;

use crate::{Address, Secret, Text};

/// The signed-in account; there is at most one.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Bare address.
    pub address: Address,
    /// Resource of this installation.
    pub resource: Text,
    /// How to find the server, as JSON.
    pub server: Text,
    /// What proves the account to the server, in the SDK's form.
    pub credential: Secret,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
