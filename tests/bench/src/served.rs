//! A server with the sample on it.

use tempfile::TempDir;
use wardline_test_support::hospital::DOMAIN;
use wardline_test_support::servers::{ArchivedStanza, Prosody};

use crate::BenchError;
use crate::sample::Sample;

/// A folder for a bench: in memory where there is such a place, as the disk is not what is measured.
pub(crate) fn folder() -> Result<TempDir, BenchError> {
    let memory = std::path::Path::new("/dev/shm");
    Ok(if memory.is_dir() {
        TempDir::new_in(memory)?
    } else {
        TempDir::new()?
    })
}

/// Prosody with the sample's account and these messages in its archive, running.
pub(crate) async fn start(sample: &Sample, archive: &[ArchivedStanza]) -> Result<Prosody, BenchError> {
    let mut server = Prosody::prepare(DOMAIN)?;
    sample.sign_up(&server)?;
    server.load_archive(archive).await?;
    server.start_again().await?;
    Ok(server)
}
