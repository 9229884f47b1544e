//! Signs in by itself at the first start: for the demo, and only in debug builds or with the feature `demo`.
//!
//! `WARDLINE_DEMO_SIGN_IN` names a JSON file `{ "address", "password", "server", "extraCaFile" }` that only its owner can
//! read. It is deleted before it is used. Where there is no keyring, the key of the local database comes from a random
//! passphrase that is forgotten when the app ends: that profile cannot be opened a second time.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use wardline_sdk::Client;
use wardline_sdk::view::{CommandError, FirstScreen, KeyProtection, PlainSignIn, ServerLocation, SignIn};
use zeroize::Zeroizing;

const VARIABLE: &str = "WARDLINE_DEMO_SIGN_IN";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DemoSignIn {
    address: String,
    password: Zeroizing<String>,
    server: ServerLocation,
    extra_ca_file: Option<String>,
}

/// The first screen; signed in where the environment asks for it and nobody is.
pub(crate) async fn first_screen(client: Client) -> FirstScreen {
    let screen = client.start().await;
    let Some(path) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        return screen;
    };
    if !matches!(screen, FirstScreen::SignedOut { .. }) {
        return screen;
    }
    let Some(form) = take(&path) else {
        tracing::error!("demo sign-in file is unusable");
        return screen;
    };
    match sign_in(&client, form).await {
        Ok(screen) => screen,
        Err(error) => {
            tracing::error!(code = %error, "demo sign-in failed");
            screen
        }
    }
}

async fn sign_in(client: &Client, mut form: SignIn) -> Result<FirstScreen, CommandError> {
    match client.sign_in(form.clone()).await {
        Err(CommandError::KeyringUnavailable) => {
            tracing::warn!("no keyring: this demo profile opens once");
            let passphrase = Zeroizing::new(uuid::Uuid::new_v4().to_string());
            form.key_protection = KeyProtection::Passphrase { passphrase };
            client
                .sign_in(form)
                .await
                .map(|shown| FirstScreen::SignedIn(Box::new(shown)))
        }
        other => other.map(|shown| FirstScreen::SignedIn(Box::new(shown))),
    }
}

/// Reads and deletes the file; `None` if it is not as it must be.
pub(crate) fn take(path: &Path) -> Option<SignIn> {
    let private = is_private(path);
    let json = std::fs::read(path).map(Zeroizing::new);
    std::fs::remove_file(path).ok()?;
    if !private {
        return None;
    }
    let form: DemoSignIn = serde_json::from_slice(&json.ok()?).ok()?;
    Some(SignIn {
        address: form.address,
        password: form.password,
        server: form.server,
        extra_ca_file: form.extra_ca_file,
        plain: PlainSignIn::Refused,
        key_protection: KeyProtection::Keyring,
    })
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    std::fs::symlink_metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(path: &Path) -> bool {
    path.is_file()
}
