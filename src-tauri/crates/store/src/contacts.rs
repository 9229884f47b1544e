//! People: their names, roles and wards.
//!
//! A contact is put together from two sources, the roster and the person's own profile, which are written apart so that
//! neither overwrites the other.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{Address, Membership, Reads, StoreError, Subscription, Text, WriteTx, sql};

/// Somebody: from the roster, from a profile, or both.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Contact {
    /// Bare address.
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
    /// Blocked by the user.
    pub blocked: bool,
    /// The signed-in person has accepted their messages, or has written to them.
    pub accepted: bool,
}

impl Contact {
    /// The name to show: the roster's, else the profile's, if there is any.
    #[must_use]
    pub fn name(&self) -> Option<&Text> {
        [&self.roster_name, &self.full_name]
            .into_iter()
            .flatten()
            .find(|name| !name.trim().is_empty())
    }
}

/// What the roster says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// Bare address.
    pub address: Address,
    /// Name.
    pub name: Option<Text>,
    /// Presence subscription.
    pub subscription: Subscription,
}

/// What a person's profile says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Full name.
    pub full_name: Option<Text>,
    /// Role.
    pub role: Option<Text>,
    /// Ward or department.
    pub ward: Option<Text>,
    /// Hash of the picture in the profile.
    pub avatar_hash: Option<String>,
    /// When it was fetched, microseconds by the local clock.
    pub fetched_us: i64,
}

/// All contacts, by address.
///
/// # Errors
/// What reading failed with.
pub async fn list(tx: &impl Reads) -> Result<Vec<Contact>, StoreError> {
    sql::all(tx.db(), "SELECT * FROM contact ORDER BY address", vec![]).await
}

/// One contact.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads, address: &Address) -> Result<Option<Contact>, StoreError> {
    sql::first(
        tx.db(),
        "SELECT * FROM contact WHERE address = ?",
        vec![address.clone().into()],
    )
    .await
}

/// Stores what the roster says of one person; whether that changed anything.
///
/// # Errors
/// What writing failed with.
pub async fn put_roster_entry(tx: &WriteTx, entry: RosterEntry) -> Result<bool, StoreError> {
    const PUT: &str = "INSERT INTO contact (address, roster_name, subscription) VALUES (?, ?, ?)
        ON CONFLICT (address) DO UPDATE SET roster_name = excluded.roster_name, subscription = excluded.subscription
        WHERE roster_name IS NOT excluded.roster_name OR subscription IS NOT excluded.subscription";
    let RosterEntry {
        address,
        name,
        subscription,
    } = entry;
    Ok(sql::execute(tx.db(), PUT, vec![address.into(), name.into(), subscription.into()]).await? > 0)
}

/// Replaces the roster. Returns the addresses that changed.
///
/// # Errors
/// What writing failed with.
pub async fn replace_roster(tx: &WriteTx, entries: Vec<RosterEntry>) -> Result<Vec<Address>, StoreError> {
    const LISTED: &str = "SELECT address FROM contact WHERE subscription IS NOT NULL";
    let present: std::collections::HashSet<Address> = entries.iter().map(|entry| entry.address.clone()).collect();
    let mut changed = Vec::new();
    for address in sql::values::<Address>(tx.db(), LISTED, vec![]).await? {
        if !present.contains(&address) {
            remove_roster_entry(tx, &address).await?;
            changed.push(address);
        }
    }
    for entry in entries {
        let address = entry.address.clone();
        if put_roster_entry(tx, entry).await? {
            changed.push(address);
        }
    }
    Ok(changed)
}

/// Takes a person out of the roster. What their profile says stays.
///
/// # Errors
/// What writing failed with.
pub async fn remove_roster_entry(tx: &WriteTx, address: &Address) -> Result<(), StoreError> {
    const REMOVE: &str = "UPDATE contact SET roster_name = NULL, subscription = NULL WHERE address = ?";
    sql::execute(tx.db(), REMOVE, vec![address.clone().into()]).await?;
    Ok(())
}

/// Stores what a person's profile says; whether that changed anything but the time of fetching.
///
/// # Errors
/// What writing failed with.
pub async fn put_profile(tx: &WriteTx, address: &Address, profile: Profile) -> Result<bool, StoreError> {
    const PUT: &str = "INSERT INTO contact (address, full_name, role, ward, avatar_hash, profile_us)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (address) DO UPDATE SET full_name = excluded.full_name, role = excluded.role, ward = excluded.ward,
        avatar_hash = coalesce(excluded.avatar_hash, avatar_hash), profile_us = excluded.profile_us";
    let before = get(tx, address).await?;
    let Profile {
        full_name,
        role,
        ward,
        avatar_hash,
        fetched_us,
    } = profile;
    let values = vec![
        address.clone().into(),
        full_name.into(),
        role.into(),
        ward.into(),
        avatar_hash.into(),
        fetched_us.into(),
    ];
    sql::execute(tx.db(), PUT, values).await?;
    let after = get(tx, address).await?;
    let shown = |contact: Option<Contact>| {
        contact.map(|contact| Contact {
            profile_us: None,
            ..contact
        })
    };
    Ok(shown(before) != shown(after))
}

/// Blocked people, by address.
///
/// # Errors
/// What reading failed with.
pub async fn blocked(tx: &impl Reads) -> Result<Vec<Address>, StoreError> {
    sql::values(
        tx.db(),
        "SELECT address FROM contact WHERE blocked = 1 ORDER BY address",
        vec![],
    )
    .await
}

/// Blocks or unblocks a person.
///
/// # Errors
/// What writing failed with.
pub async fn set_blocked(tx: &WriteTx, address: &Address, blocked: bool) -> Result<(), StoreError> {
    const PUT: &str = "INSERT INTO contact (address, blocked) VALUES (?, ?)
        ON CONFLICT (address) DO UPDATE SET blocked = excluded.blocked";
    sql::execute(tx.db(), PUT, vec![address.clone().into(), blocked.into()]).await?;
    Ok(())
}

/// Accepts messages of a person who is neither in the roster nor a colleague; whether that is new.
///
/// # Errors
/// What writing failed with.
pub async fn accept(tx: &WriteTx, address: &Address) -> Result<bool, StoreError> {
    const PUT: &str = "INSERT INTO contact (address, accepted) VALUES (?, 1)
        ON CONFLICT (address) DO UPDATE SET accepted = 1 WHERE accepted = 0";
    Ok(sql::execute(tx.db(), PUT, vec![address.clone().into()]).await? > 0)
}

/// Whether a person is in the roster, has been accepted, or belongs to a team that the signed-in person is in.
///
/// # Errors
/// What reading failed with.
pub async fn is_known(tx: &impl Reads, address: &Address) -> Result<bool, StoreError> {
    const QUERY: &str =
        "SELECT EXISTS (SELECT 1 FROM contact WHERE address = ?1 AND (subscription IS NOT NULL OR accepted = 1))
        OR EXISTS (SELECT 1 FROM member AS m JOIN conversation AS t ON t.id = m.conversation_id
        WHERE m.address = ?1 AND t.membership = ?2)";
    let values = vec![address.clone().into(), Membership::Member.into()];
    Ok(sql::value(tx.db(), QUERY, values).await? == Some(true))
}

/// Stores which picture a person announces, `None` for none; whether that changed.
///
/// # Errors
/// What writing failed with.
pub async fn set_avatar(tx: &WriteTx, address: &Address, hash: Option<&str>) -> Result<bool, StoreError> {
    const PUT: &str = "INSERT INTO contact (address, avatar_hash) VALUES (?, ?)
        ON CONFLICT (address) DO UPDATE SET avatar_hash = excluded.avatar_hash
        WHERE avatar_hash IS NOT excluded.avatar_hash";
    let values = vec![address.clone().into(), hash.map(str::to_owned).into()];
    Ok(sql::execute(tx.db(), PUT, values).await? > 0)
}
