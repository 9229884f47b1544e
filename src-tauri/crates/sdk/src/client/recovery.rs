//! What becomes of a database that could be opened and cannot be read.

use wardline_store::{Origin, Store, StoreError};

use crate::engine::Salvaged;
use crate::profile::OpenProfile;
use crate::view::Notice;

/// Looks for damage after a failure. A damaged database is moved aside, and who is signed in is carried over into a new one.
/// `None`: it is sound, and failed for another reason.
///
/// # Errors
/// What the check or the new database failed with.
pub(super) async fn begin_anew_if_damaged(
    store: &Store,
    failure: Option<StoreError>,
) -> Result<Option<OpenProfile>, StoreError> {
    match (store.check().await, failure) {
        // Sound, but there is something in it that this app cannot have written.
        (Ok(()), Some(failure)) if failure.is_loss() => {}
        (Ok(()), _) => return Ok(None),
        (Err(found), _) if found.is_loss() => {}
        (Err(found), _) => return Err(found),
    }
    tracing::error!("damaged database moved aside");
    let mut salvaged = Salvaged::default();
    salvaged.add(store).await;
    let opened = store.replace().await?;
    if opened.origin == Origin::Created {
        salvaged.put(&opened.store).await?;
    }
    Ok(Some(OpenProfile {
        store: opened.store,
        notice: Some(Notice::DatabaseMovedAside),
    }))
}
