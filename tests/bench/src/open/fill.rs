//! A store of any size, filled by the store's own code, and the same rows in plain SQLite.

use std::path::Path;

use wardline_store::messages::NewMessage;
use wardline_store::{ConversationId, MessageId, Store, messages, pages};

use crate::BenchError;
use crate::filling::{self, STEP, message, read};
use crate::plain::{Plain, Row};

/// Rows to a transaction.
const CHUNK: usize = 5_000;
/// Other conversations, which hold the rest.
const OTHERS: usize = 199;

/// What was filled.
pub(super) struct Filled {
    pub(super) conversation: ConversationId,
    pub(super) plain: Plain,
}

/// Fills both with `total` messages, `large` of them in one conversation, all mixed as they would come over the years.
pub(super) async fn fill(store: &Store, plain: &Path, total: usize, large: usize) -> Result<Filled, BenchError> {
    let span = i64::try_from(total).unwrap_or_default() * STEP;
    let (archive, all) = filling::conversations(store, OTHERS + 1, span).await?;
    let ids: Vec<ConversationId> = all.iter().map(|(id, _, _)| *id).collect();
    let mut plain = Plain::create(plain, &ids)?;
    // The large conversation's messages lie evenly among the others.
    let whose = |number: usize| match (number * large / total, (number + 1) * large / total) {
        (before, after) if before < after => 0,
        _ => 1 + number % OTHERS,
    };
    for from in (0..total).step_by(CHUNK) {
        let new: Vec<NewMessage> = (from..total.min(from + CHUNK))
            .filter_map(|number| {
                let (conversation, segment, address) = all.get(whose(number))?;
                Some(message(number, *conversation, *segment, address))
            })
            .collect();
        let tx = store.begin().await?;
        let outcomes = pages::insert(&tx, archive, new).await?;
        let ids: Vec<MessageId> = outcomes.into_iter().map(pages::Outcome::id).collect();
        let rows = messages::get_many(&tx, &ids).await?;
        tx.commit().await?;
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|message| Row {
                ids: vec![(1, String::new(), format!("archived-{}", message.id.0))],
                message,
            })
            .collect();
        plain.insert(&rows)?;
    }
    let tx = store.begin().await?;
    for (id, _, _) in &all {
        read(&tx, *id).await?;
    }
    tx.commit().await?;
    let conversation = ids.first().copied().ok_or(BenchError::Never("a conversation"))?;
    Ok(Filled { conversation, plain })
}
