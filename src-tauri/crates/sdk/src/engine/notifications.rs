//! How the system tells of new messages: kept in the store, so that it is the person's and not the computer's.

use wardline_store::{Text, settings};

use super::Engine;
use crate::view::{CommandError, NotificationSettings};

/// Under this name the settings are kept.
const KEY: &str = "notifications";

impl Engine {
    /// What was chosen, or what holds until somebody chooses.
    pub(super) async fn notification_settings(&self) -> Result<NotificationSettings, CommandError> {
        let tx = self.store.read().await?;
        let kept = settings::get(&tx, KEY).await?;
        // Of a later version, or damaged: the careful choice.
        Ok(kept
            .and_then(|kept| serde_json::from_str(kept.as_str()).ok())
            .unwrap_or_default())
    }

    /// Keeps what was chosen.
    pub(super) async fn save_notification_settings(&self, chosen: NotificationSettings) -> Result<(), CommandError> {
        let text = serde_json::to_string(&chosen).map_err(|_| CommandError::Internal {
            reference: "notification-settings".into(),
        })?;
        let tx = self.store.begin().await?;
        settings::set(&tx, KEY, &Text(text)).await?;
        tx.commit().await?;
        Ok(())
    }
}
