//! The names of all settings in the store. They are listed in one place so that no two parts use one name for different things.

use std::borrow::Cow;

use wardline_store::{ArchiveId, ConversationId, Reads, StoreError, Text, WriteTx, settings};

/// Bare address of the account that this database belongs to; it stays after signing out.
pub(crate) const DATABASE_OWNER: SettingKey = SettingKey::new("database-owner");
/// Security properties of the server that it must not lose again, as JSON; see [`known_server`](crate::known_server).
pub(crate) const KNOWN_SERVER: SettingKey = SettingKey::new("known-server");
/// Difference between the server's clock and this computer's, as JSON.
pub(crate) const SERVER_CLOCK_OFFSET: SettingKey = SettingKey::new("server-clock-offset");
/// Stamp up to which every message has been received, Unix microseconds.
pub(crate) const RECEIVED_UNTIL: SettingKey = SettingKey::new("received-until");
/// Time from which the next session asks the server's inbox for changes, Unix microseconds.
pub(crate) const INBOX_SYNCED_UNTIL: SettingKey = SettingKey::new("inbox-synced-until");
/// Refusal of a private PubSub node by the server, as JSON.
pub(crate) const PRIVATE_NODE_REFUSAL: SettingKey = SettingKey::new("private-node-refusal");
/// The user's notification settings, as JSON.
pub(crate) const NOTIFICATION_SETTINGS: SettingKey = SettingKey::new("notification-settings");
/// Present: contact requests of colleagues are shown to the user instead of being accepted.
pub(crate) const CONFIRM_COLLEAGUES: SettingKey = SettingKey::new("confirm-colleagues");

/// Last message of an archive before which everything is stored, as JSON: catch-up starts after it.
pub(crate) const ARCHIVE_CURSOR: ArchiveSettingKey = ArchiveSettingKey("archive-cursor");
/// Time at which a tail check last confirmed that an archive holds nothing newer than the store, Unix microseconds.
pub(crate) const TAIL_CONFIRMED_AT: ArchiveSettingKey = ArchiveSettingKey("tail-confirmed-at");

/// Time of the newest invitation to a team that was handled, Unix microseconds: archives return older ones again.
pub(crate) const INVITATION_HANDLED_AT: ConversationSettingKey = ConversationSettingKey("invitation-handled-at");

/// Name of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SettingKey(Cow<'static, str>);

impl SettingKey {
    const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Reads the setting.
    ///
    /// # Errors
    /// What reading failed with.
    pub(crate) async fn get(&self, tx: &impl Reads) -> Result<Option<Text>, StoreError> {
        settings::get(tx, &self.0).await
    }

    /// Stores the setting.
    ///
    /// # Errors
    /// What writing failed with.
    pub(crate) async fn set(&self, tx: &WriteTx, value: &Text) -> Result<(), StoreError> {
        settings::set(tx, &self.0, value).await
    }

    /// Removes the setting.
    ///
    /// # Errors
    /// What writing failed with.
    pub(crate) async fn remove(&self, tx: &WriteTx) -> Result<(), StoreError> {
        settings::remove(tx, &self.0).await
    }
}

/// Name of a setting that each archive has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArchiveSettingKey(&'static str);

impl ArchiveSettingKey {
    /// The setting of one archive.
    pub(crate) fn of(self, archive: ArchiveId) -> SettingKey {
        SettingKey(format!("{}/{}", self.0, archive.0).into())
    }
}

/// Name of a setting that each conversation has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConversationSettingKey(&'static str);

impl ConversationSettingKey {
    /// The setting of one conversation.
    pub(crate) fn of(self, conversation: ConversationId) -> SettingKey {
        SettingKey(format!("{}/{}", self.0, conversation.0).into())
    }
}
