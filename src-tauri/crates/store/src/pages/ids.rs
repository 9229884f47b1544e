//! Ids of new messages: milliseconds since 2000 in the upper bits, a counter in the lowest twelve.
//!
//! Rowid order is then roughly time order even though older pages arrive later, so that a full-text search yields its
//! newest matches first without sorting. Ids stay below 2^53, which is as far as a web view can count, until the year 2069.

use std::collections::HashMap;

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{MessageId, StoreError, WriteTx, sql};

const EPOCH_MS: i64 = 946_684_800_000;
const SLOTS: i64 = 4096;
const LAST_BUCKET: i64 = (1 << 41) - 2;

#[derive(FromQueryResult)]
struct Taken {
    bucket: i64,
    last: Option<i64>,
}

/// One unused id per stamp.
pub(super) async fn allocate(tx: &WriteTx, stamps_us: impl Iterator<Item = i64>) -> Result<Vec<MessageId>, StoreError> {
    let buckets: Vec<i64> = stamps_us.map(bucket).collect();
    let mut distinct = buckets.clone();
    distinct.sort_unstable();
    distinct.dedup();

    let mut next = HashMap::with_capacity(distinct.len());
    for chunk in sql::batches(&distinct) {
        next.extend(free_slots(tx, chunk).await?);
    }
    let mut ids = Vec::with_capacity(buckets.len());
    for mut bucket in buckets {
        // A millisecond with 4096 messages in it spills into the one after.
        let id = loop {
            let slot = match next.get_mut(&bucket) {
                Some(slot) => slot,
                None => {
                    next.extend(free_slots(tx, &[bucket]).await?);
                    next.get_mut(&bucket).ok_or(StoreError::Internal { code: 0 })?
                }
            };
            if *slot < (bucket + 1) * SLOTS {
                let id = *slot;
                *slot += 1;
                break id;
            }
            bucket += 1;
        };
        ids.push(MessageId(id));
    }
    Ok(ids)
}

fn bucket(stamp_us: i64) -> i64 {
    // Stamps come from a network: any number is possible. Ids start at 1.
    (stamp_us.div_euclid(1000).saturating_sub(EPOCH_MS)).clamp(1, LAST_BUCKET)
}

async fn free_slots(tx: &WriteTx, buckets: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let wanted = vec!["(?)"; buckets.len()].join(", ");
    let query = format!(
        "WITH wanted (bucket) AS (VALUES {wanted})
         SELECT bucket, (SELECT max(id) FROM message WHERE id >= bucket * {SLOTS} AND id < (bucket + 1) * {SLOTS}) AS last
         FROM wanted"
    );
    let taken: Vec<Taken> = sql::all(tx.db(), &query, buckets.iter().map(|bucket| (*bucket).into()).collect()).await?;
    Ok(taken
        .into_iter()
        .map(|Taken { bucket, last }| (bucket, last.map_or(bucket * SLOTS, |last| last + 1)))
        .collect())
}
