//! What is held of each conversation, a page at a time: messages are counted for the conversations of the page alone.

use std::collections::HashMap;

use wardline_store::gaps::PlacedGap;
use wardline_store::local_data::{self, Amount, Head};
use wardline_store::{
    ConversationId, ConversationKind as StoredKind, GapState as StoredGap, ReadTx, Store, StoreError, gaps,
};

use super::number;
use crate::engine::{EngineState, proven_at};
use crate::people::{Known, local_part, person};
use crate::text::Query;
use crate::view::{
    ArchiveState, Attention, Beginning, ConnectionView, ConversationKind, GapState, HeldConversation, HeldGap,
    HeldPage, HeldQuery, Tail,
};

/// Most conversations to a page.
const MOST: u32 = 100;

/// Why somebody should look at a conversation, the most pressing first.
pub(crate) fn attention(head: &Head) -> Vec<Attention> {
    let reasons = [
        (head.failed, Attention::Failed),
        (head.open_gaps, Attention::Gaps),
        (head.waiting, Attention::Waiting),
    ];
    reasons
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(_, reason)| reason)
        .collect()
}

/// The wanted conversations: those that need attention first, then the most recent ones.
pub(crate) async fn held_page(store: &Store, state: &EngineState, query: &HeldQuery) -> Result<HeldPage, StoreError> {
    let tx = store.read().await?;
    let mut heads = local_data::heads(&tx).await?;
    let wanted = Query::new(&query.name);
    if !wanted.is_empty() {
        heads.retain(|head| wanted.fit(&name_of(head), &[]).is_some());
    }
    sort(&mut heads);
    let total = u32::try_from(heads.len()).unwrap_or(u32::MAX);
    let from = usize::try_from(query.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(query.limit.min(MOST)).unwrap_or(0);
    let heads: Vec<Head> = heads.into_iter().skip(from).take(limit).collect();
    let rows = rows(&tx, state, heads).await?;
    Ok(HeldPage { total, rows })
}

/// Those that need attention first; the order among the others stays.
pub(super) fn sort(heads: &mut [Head]) {
    heads.sort_by_key(|head| attention(head).first().map_or((1, None), |reason| (0, Some(*reason))));
}

/// What is held of these conversations.
pub(super) async fn rows(
    tx: &ReadTx,
    state: &EngineState,
    heads: Vec<Head>,
) -> Result<Vec<HeldConversation>, StoreError> {
    let ids: Vec<ConversationId> = heads.iter().map(|head| head.conversation).collect();
    let amounts: HashMap<ConversationId, Amount> = local_data::amounts(tx, &ids)
        .await?
        .into_iter()
        .map(|amount| (amount.conversation, amount))
        .collect();
    let mut rows = Vec::with_capacity(heads.len());
    for head in heads {
        let gaps = match head.open_gaps + head.expired_gaps {
            0 => Vec::new(),
            _ => gaps::list(tx, head.conversation).await?,
        };
        let tail = tail(state, &head, proven_at(tx, head.archive).await?);
        rows.push(row(state, head, &amounts, gaps, tail));
    }
    Ok(rows)
}

fn row(
    state: &EngineState,
    head: Head,
    amounts: &HashMap<ConversationId, Amount>,
    gaps: Vec<PlacedGap>,
    tail: Tail,
) -> HeldConversation {
    let amount = amounts.get(&head.conversation);
    let known = Known {
        address: &head.address,
        name: head.name.as_deref(),
        role: head.role.as_deref(),
        ward: head.ward.as_deref(),
        picture: head.picture.as_deref(),
    };
    HeldConversation {
        id: head.conversation.into(),
        kind: match head.kind {
            StoredKind::Person => ConversationKind::Person,
            StoredKind::Team => ConversationKind::Team,
        },
        person: person(known),
        attention: attention(&head),
        messages: amount.map_or(0, |amount| number(amount.messages)),
        oldest: amount.and_then(|amount| amount.oldest_us).map(millis),
        newest: amount.and_then(|amount| amount.newest_us).map(millis),
        segments: number(head.segments),
        gaps: gaps.iter().map(gap).collect(),
        beginning: if head.reaches_start {
            Beginning::Reached
        } else {
            Beginning::NotReached
        },
        tail,
        waiting: number(head.waiting),
        failed: number(head.failed),
        check: state.checks.get(&head.conversation).cloned(),
    }
}

/// Whether anything may be newer than what is held.
fn tail(state: &EngineState, head: &Head, proven: Option<i64>) -> Tail {
    let at = proven.map(millis);
    let online = matches!(
        state.connection,
        ConnectionView::Online | ConnectionView::Syncing | ConnectionView::Fetching { .. }
    );
    match (state.archives.get(&head.archive), at) {
        (Some(ArchiveState::Proven | ArchiveState::None), at) if online => Tail::Current { at },
        (_, Some(at)) => Tail::Until { at },
        (_, None) => Tail::Unknown,
    }
}

fn gap(gap: &PlacedGap) -> HeldGap {
    HeldGap {
        state: match gap.state {
            StoredGap::Open => GapState::Open,
            StoredGap::Expired => GapState::Expired,
        },
        // Positions are stamps, or as near to them as the order of the archive allows.
        from: millis(gap.after_position),
        to: millis(gap.before_position),
    }
}

fn name_of(head: &Head) -> String {
    match &head.name {
        Some(name) => name.as_str().to_owned(),
        None => local_part(&head.address),
    }
}

fn millis(micros: i64) -> i64 {
    micros.div_euclid(1_000)
}

#[cfg(test)]
mod tests {
    use wardline_store::ArchiveId;

    use super::*;

    fn head(id: i64, open_gaps: i64, waiting: i64, failed: i64) -> Head {
        Head {
            conversation: ConversationId(id),
            kind: StoredKind::Person,
            archive: ArchiveId(1),
            address: "bob@ward.example".into(),
            name: None,
            role: None,
            ward: None,
            picture: None,
            sort_us: -id,
            segments: 1,
            open_gaps,
            expired_gaps: 3,
            reaches_start: false,
            waiting,
            failed,
        }
    }

    #[test]
    fn what_needs_attention_comes_first_and_the_most_recent_before_the_others() {
        let mut heads = vec![
            head(1, 0, 0, 0),
            head(2, 0, 1, 0),
            head(3, 2, 0, 0),
            head(4, 0, 0, 0),
            head(5, 0, 0, 1),
        ];
        sort(&mut heads);
        let order: Vec<i64> = heads.iter().map(|head| head.conversation.0).collect();
        assert_eq!(order, [5, 3, 2, 1, 4]);
    }
}
