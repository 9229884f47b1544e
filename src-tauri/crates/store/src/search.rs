//! Full-text search over what is drawn. The index is part of the encrypted file.

use sea_orm::FromQueryResult;

use crate::{ConversationId, MessageId, Reads, StoreError, sql};

/// A message that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Hit {
    /// The message.
    pub id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Its position.
    pub position: i64,
}

/// What to search in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Everywhere,
    /// One conversation.
    Conversation(ConversationId),
}

/// Messages that hold every word of `words`, the last one as a beginning; newest first. `before` goes on from the last hit
/// of an earlier page. Nothing but words counts: the query language of the index cannot be reached from here.
///
/// # Errors
/// What reading failed with.
pub async fn search(
    tx: &impl Reads,
    words: &str,
    scope: Scope,
    before: Option<MessageId>,
    limit: u32,
) -> Result<Vec<Hit>, StoreError> {
    // Ids follow time, so this order is the index's own: sorting by rank would visit every match.
    const QUERY: &str = "SELECT m.id, m.conversation_id, m.position FROM message_text
        JOIN message AS m ON m.id = message_text.rowid
        WHERE message_text MATCH ?1 AND message_text.rowid < ?2 AND (?3 IS NULL OR m.conversation_id = ?3)
        ORDER BY message_text.rowid DESC LIMIT ?4";
    let Some(expression) = expression(words) else {
        return Ok(Vec::new());
    };
    let conversation = match scope {
        Scope::Everywhere => None,
        Scope::Conversation(id) => Some(id),
    };
    let before = before.unwrap_or(MessageId(i64::MAX));
    sql::all(
        tx.db(),
        QUERY,
        vec![expression.into(), before.into(), conversation.into(), limit.into()],
    )
    .await
}

/// Every word as a quoted string, the last one as a prefix. `None` if there is no word.
fn expression(words: &str) -> Option<String> {
    let quoted: Vec<String> = words
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    (!quoted.is_empty()).then(|| format!("{}*", quoted.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_only_ever_words() {
        assert_eq!(expression("bed 4"), Some("\"bed\" \"4\"*".to_owned()));
        assert_eq!(
            expression("body : x OR \"y"),
            Some("\"body\" \"x\" \"OR\" \"\"\"y\"*".to_owned())
        );
        assert_eq!(expression(" \" * - "), None);
    }
}
