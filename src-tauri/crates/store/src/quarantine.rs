//! Quarantine of a damaged database: the file and its log are renamed, so that a new database can take the path and no byte is lost.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::StoreError;

/// Suffixes of the files that SQLite keeps beside a database: the write-ahead log and its index.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

pub(crate) async fn move_database(path: &Path) -> Result<PathBuf, StoreError> {
    let target = free_name(path).await?;
    // The database first: a log without its database is found by `move_leftovers`, while a database without its log
    // would open as if nothing had happened, with its newest messages gone.
    match tokio::fs::rename(path, &target).await {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    move_companions(path, &target).await?;
    Ok(target)
}

/// Quarantines a log whose database is gone or empty, as a crash in the middle of [`move_database`] leaves it behind: SQLite would
/// delete it on making a new database.
pub(crate) async fn move_leftovers(path: &Path) -> Result<(), StoreError> {
    match tokio::fs::metadata(path).await {
        Ok(file) if file.len() > 0 => return Ok(()),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let target = free_name(path).await?;
    move_companions(path, &target).await
}

async fn move_companions(path: &Path, target: &Path) -> Result<(), StoreError> {
    for suffix in COMPANIONS {
        match tokio::fs::rename(with_suffix(path, suffix), with_suffix(target, suffix)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// `<path>.damaged-<Unix seconds>`, with a counter where that is taken.
async fn free_name(path: &Path) -> Result<PathBuf, StoreError> {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let base = with_suffix(path, &format!(".damaged-{seconds}"));
    let mut name = base.clone();
    let mut counter = 1u32;
    while tokio::fs::try_exists(&name).await? || tokio::fs::try_exists(with_suffix(&name, "-wal")).await? {
        counter = counter.saturating_add(1);
        name = with_suffix(&base, &format!("-{counter}"));
    }
    Ok(name)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
