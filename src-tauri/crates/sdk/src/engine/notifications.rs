//! How the system tells of new messages: kept in the store, so that it is the person's and not the computer's.

use wardline_store::Text;

use super::Engine;
use crate::setting_keys::NOTIFICATION_SETTINGS;
use crate::view::{CommandError, NotificationSettings};

impl Engine {
    /// What was chosen, or what holds until somebody chooses.
    pub(super) async fn notification_settings(&self) -> Result<NotificationSettings, CommandError> {
        let tx = self.store.read().await?;
        let kept = NOTIFICATION_SETTINGS.get(&tx).await?;
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
        NOTIFICATION_SETTINGS.set(&tx, &Text(text)).await?;
        tx.commit().await?;
        Ok(())
    }
}
