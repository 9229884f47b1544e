//! Who is in a team.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{Address, ConversationId, Reads, StoreError, TeamRole, Text, WriteTx, sql};

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Member {
    /// Bare address.
    pub address: Address,
    /// Their role.
    pub role: TeamRole,
}

/// The members of a team, the user included, by role. Empty: not known.
///
/// # Errors
/// What reading failed with.
pub async fn list(tx: &impl Reads, conversation: ConversationId) -> Result<Vec<Member>, StoreError> {
    const QUERY: &str = "SELECT address, role FROM member WHERE conversation_id = ? ORDER BY role, address";
    sql::all(tx.db(), QUERY, vec![conversation.into()]).await
}

/// Somebody in one of several teams.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct NamedMember {
    /// The team.
    pub conversation_id: ConversationId,
    /// Bare address.
    pub address: Address,
    /// Name: by roster, else profile.
    pub name: Option<Text>,
}

/// Everybody in these teams.
///
/// # Errors
/// What reading failed with.
pub async fn named(tx: &impl Reads, conversations: &[ConversationId]) -> Result<Vec<NamedMember>, StoreError> {
    const QUERY: &str = "SELECT m.conversation_id, m.address,
        coalesce(nullif(trim(k.roster_name), ''), nullif(trim(k.full_name), '')) AS name
        FROM member AS m LEFT JOIN contact AS k ON k.address = m.address WHERE m.conversation_id IN ";
    let mut members = Vec::new();
    for batch in sql::batches(conversations) {
        let query = format!("{QUERY} ({})", sql::marks(batch.len()));
        let values = batch.iter().map(|id| (*id).into()).collect();
        members.extend(sql::all::<NamedMember>(tx.db(), &query, values).await?);
    }
    Ok(members)
}

/// Role of somebody in a team.
///
/// # Errors
/// What reading failed with.
pub async fn role(
    tx: &impl Reads,
    conversation: ConversationId,
    address: &Address,
) -> Result<Option<TeamRole>, StoreError> {
    const QUERY: &str = "SELECT role FROM member WHERE conversation_id = ? AND address = ?";
    sql::value(tx.db(), QUERY, vec![conversation.into(), address.clone().into()]).await
}

/// Replaces the members of a team.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation does not exist.
pub async fn replace(tx: &WriteTx, conversation: ConversationId, members: &[Member]) -> Result<(), StoreError> {
    let delete = "DELETE FROM member WHERE conversation_id = ?";
    sql::execute(tx.db(), delete, vec![conversation.into()]).await?;
    for batch in sql::batches(members) {
        let insert = format!(
            "INSERT OR REPLACE INTO member (conversation_id, address, role) VALUES {}",
            vec!["(?, ?, ?)"; batch.len()].join(", ")
        );
        let values = batch
            .iter()
            .flat_map(|member| [conversation.into(), member.address.clone().into(), member.role.into()]);
        sql::execute(tx.db(), &insert, values.collect()).await?;
    }
    count(tx, conversation).await
}

/// Sets the role of somebody in a team; `None`: no member any more.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation does not exist.
pub async fn set(
    tx: &WriteTx,
    conversation: ConversationId,
    address: &Address,
    role: Option<TeamRole>,
) -> Result<(), StoreError> {
    match role {
        Some(role) => {
            let insert = "INSERT OR REPLACE INTO member (conversation_id, address, role) VALUES (?, ?, ?)";
            sql::execute(
                tx.db(),
                insert,
                vec![conversation.into(), address.clone().into(), role.into()],
            )
            .await?;
        }
        None => {
            let delete = "DELETE FROM member WHERE conversation_id = ? AND address = ?";
            sql::execute(tx.db(), delete, vec![conversation.into(), address.clone().into()]).await?;
        }
    }
    count(tx, conversation).await
}

/// The number that the chat list shows.
async fn count(tx: &WriteTx, conversation: ConversationId) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET members = nullif((SELECT count(*) FROM member
        WHERE conversation_id = conversation.id), 0) WHERE id = ?";
    sql::execute(tx.db(), UPDATE, vec![conversation.into()]).await?;
    Ok(())
}
