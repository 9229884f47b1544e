//! The files of a profile. All calls that touch the disk run on the blocking pool.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::ProfileError;
use super::description::{Description, KeySource, Unreadable};

const DESCRIPTION: &str = "profile.json";
const NEW_DESCRIPTION: &str = "profile.json.new";
const LOCK: &str = "profile.lock";

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// The locked file; closing it, however the process ends, releases the lock.
    lock: Arc<Mutex<Option<File>>>,
}

/// A database that was described in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) id: Uuid,
    pub(super) in_keyring: bool,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            lock: Arc::default(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn database(&self, id: Uuid) -> PathBuf {
        self.path.join(format!("{id}.db"))
    }

    /// Whether there is a current profile. Takes nothing, makes nothing.
    pub(super) async fn has_profile(&self) -> bool {
        tokio::fs::try_exists(self.path.join(DESCRIPTION))
            .await
            .unwrap_or(false)
    }

    /// The current profile; `None` if there is none. Takes the lock.
    pub(super) async fn find(&self) -> Result<Option<Result<Description, Unreadable>>, ProfileError> {
        self.run(|folder| match fs::read(folder.join(DESCRIPTION)) {
            Ok(json) => Description::from_json(&json).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        })
        .await
    }

    /// Makes this the current profile: all of it or nothing, whenever the computer stops.
    pub(super) async fn describe(&self, description: Description) -> Result<(), ProfileError> {
        self.run(move |folder| {
            let new = folder.join(NEW_DESCRIPTION);
            let mut file = private().write(true).create(true).truncate(true).open(&new)?;
            file.write_all(&description.to_json()?)?;
            file.sync_all()?;
            fs::rename(&new, folder.join(DESCRIPTION))?;
            sync_folder(folder)
        })
        .await
    }

    /// Renames an unreadable description, so that it can be looked at.
    pub(super) async fn move_description_aside(&self) -> Result<(), ProfileError> {
        self.run(|folder| {
            let seconds = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs());
            fs::rename(
                folder.join(DESCRIPTION),
                folder.join(format!("{DESCRIPTION}.damaged-{seconds}")),
            )?;
            sync_folder(folder)
        })
        .await
    }

    /// Keeps a profile that cannot be used now under its own name: `profile-<id>.json`.
    pub(super) async fn set_description_aside(&self, id: Uuid) -> Result<(), ProfileError> {
        self.run(move |folder| {
            fs::rename(folder.join(DESCRIPTION), folder.join(format!("profile-{id}.json")))?;
            sync_folder(folder)
        })
        .await
    }

    /// Removes every database, moved aside or not, and says which were described.
    pub(super) async fn remove_databases(&self) -> Result<Vec<Described>, ProfileError> {
        self.run(|folder| {
            let mut described = Vec::new();
            for name in names(folder)? {
                if is_database(&name) {
                    remove(&folder.join(&name))?;
                } else if is_description(&name)
                    && let Ok(Ok(description)) = Description::from_json(&fs::read(folder.join(&name))?)
                {
                    // A sealed key may have been left there by a computer that stopped in the middle of signing out.
                    let in_keyring = matches!(description.key, KeySource::Keyring | KeySource::Sealed(_));
                    described.push(Described {
                        id: description.id,
                        in_keyring,
                    });
                }
            }
            sync_folder(folder)?;
            Ok(described)
        })
        .await
    }

    /// Removes every description, moved aside or not.
    pub(super) async fn remove_descriptions(&self) -> Result<(), ProfileError> {
        self.run(|folder| {
            for name in names(folder)?.iter().filter(|name| is_description(name)) {
                remove(&folder.join(name))?;
            }
            sync_folder(folder)
        })
        .await
    }

    /// Runs `work` on the blocking pool once the folder exists and is ours.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, ProfileError> + Send + 'static,
    ) -> Result<T, ProfileError> {
        let (path, lock) = (self.path.clone(), Arc::clone(&self.lock));
        tokio::task::spawn_blocking(move || {
            take_lock(&path, &lock)?;
            work(&path)
        })
        .await
        .map_err(|_| ProfileError::Io { kind: ErrorKind::Other })?
    }
}

fn take_lock(folder: &Path, lock: &Mutex<Option<File>>) -> Result<(), ProfileError> {
    let mut held = lock.lock().unwrap_or_else(PoisonError::into_inner);
    if held.is_some() {
        return Ok(());
    }
    make_private_folder(folder)?;
    let file = private()
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => {
            *held = Some(file);
            Ok(())
        }
        Err(TryLockError::WouldBlock) => Err(ProfileError::InUse),
        // A file system without locks (some network shares): the lock is a second line of defence only.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
            *held = Some(file);
            Ok(())
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn make_private_folder(folder: &Path) -> Result<(), ProfileError> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Also when it was there: window settings or logs may have made it first, with the usual permissions.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// A rename survives a power cut only once its folder is written. Windows has no such call and needs none.
fn sync_folder(folder: &Path) -> Result<(), ProfileError> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<String>, ProfileError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        // All names of ours are ASCII; another is not ours to touch.
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    Ok(names)
}

/// `<uuid>.db` and whatever begins so: `-wal`, `-shm`, `.damaged-…`.
fn is_database(name: &str) -> bool {
    name.split_once(".db")
        .is_some_and(|(id, _)| Uuid::try_parse(id).is_ok())
}

/// `profile.json`, `profile.json.new`, `profile.json.damaged-…`, `profile-<id>.json`.
fn is_description(name: &str) -> bool {
    name.starts_with(DESCRIPTION)
        || name
            .strip_prefix("profile-")
            .and_then(|rest| rest.strip_suffix(".json"))
            .is_some_and(|id| Uuid::try_parse(id).is_ok())
}

fn remove(path: &Path) -> Result<(), ProfileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
