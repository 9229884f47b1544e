mod damage;
mod errors;
mod keyring;
mod passphrase;
mod seal;
mod session;

use std::path::Path;

use tempfile::TempDir;

use super::*;

/// The profile's folder inside one that is removed afterwards.
fn fresh() -> (TempDir, Profile) {
    let home = tempfile::tempdir().unwrap();
    let profile = Profile::new(home.path().join("profile"));
    (home, profile)
}

fn passphrase(text: &str) -> KeyProtection {
    KeyProtection::Passphrase {
        passphrase: String::from(text).into(),
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn database_in(folder: &Path) -> PathBuf {
    let name = files(folder).into_iter().find(|name| name.ends_with(".db")).unwrap();
    folder.join(name)
}

/// Ends the use of a profile as the end of the process would.
async fn end(open: OpenProfile, profile: Profile) {
    open.store.close().await.unwrap();
    drop(profile);
}
