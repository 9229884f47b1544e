//! Table `contact`.

use sea_orm::entity::prelude::*;

use crate::{Address, Subscription, Text};

/// Somebody: from the roster, from a profile, or both.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// Bare address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: Address,
    /// Name in the roster.
    pub roster_name: Option<Text>,
    /// Name in the person's profile.
    pub full_name: Option<Text>,
    /// Role, such as "Cardiology registrar".
    pub role: Option<Text>,
    /// Ward or department.
    pub ward: Option<Text>,
    /// `None`: not in the roster.
    pub subscription: Option<Subscription>,
    /// Hash of the picture that the person announces; it may not be fetched yet.
    pub avatar_hash: Option<String>,
    /// When the profile was last fetched, microseconds by the local clock.
    pub profile_us: Option<i64>,
    /// Nothing from this person is taken.
    pub blocked: bool,
    /// The signed-in person has accepted their messages, or has written to them.
    pub accepted: bool,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
