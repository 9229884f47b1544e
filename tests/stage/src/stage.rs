//! The surroundings of a started app: its profiles, its sign-in, and its hospital.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use wardline_test_support::hospital::Hospital;
use wardline_test_support::servers::{Endpoint, Prosody};

use crate::failure::Failure;
use crate::hospital::Running;

/// The app is started on this.
pub(crate) struct Stage {
    /// The sign-in, in the form that the app reads; `None` where the person at the keyboard signs in.
    sign_in: Option<Value>,
    folder: TempDir,
    // Held so that it goes when the stage goes.
    hospital: Option<Running>,
}

impl Stage {
    /// A stage without a server of its own.
    pub(crate) fn new(sign_in: Option<Value>) -> Result<Self, Failure> {
        Ok(Self {
            sign_in,
            folder: tempfile::Builder::new().prefix("wardline-demo-").tempdir()?,
            hospital: None,
        })
    }

    /// A stage on which the hospital's user signs in at `endpoint`.
    pub(crate) fn on(hospital: &Hospital, endpoint: &Endpoint) -> Result<Self, Failure> {
        let user = hospital.user();
        Self::new(Some(json!({
            "address": user.address,
            "password": user.password,
            "server": {
                "kind": "explicit", "host": endpoint.host, "port": endpoint.direct_tls_port, "security": "directTls",
            },
            "extraCaFile": endpoint.authority,
        })))
    }

    /// Keeps the hospital for as long as the stage stands.
    pub(crate) fn hold(&mut self, hospital: Running) {
        self.hospital = Some(hospital);
    }

    /// The environment for an app with a new profile in `name`, which signs in by itself if the stage knows how.
    pub(crate) fn environment(&self, name: &str) -> Result<Vec<(&'static str, OsString)>, Failure> {
        let mut environment = self.signed_out_environment(name)?;
        if let Some(sign_in) = &self.sign_in {
            let file = self.folder.path().join(format!("{name}.json"));
            write_private(&file, sign_in.to_string().as_bytes())?;
            environment.push(("WARDLINE_DEMO_SIGN_IN", file.into()));
        }
        Ok(environment)
    }

    /// The same, but the app shows its sign-in screen.
    pub(crate) fn signed_out_environment(&self, name: &str) -> Result<Vec<(&'static str, OsString)>, Failure> {
        let profile = self.folder.path().join(name);
        fs::create_dir_all(&profile)?;
        Ok(vec![("WARDLINE_PROFILE_DIR", profile.into())])
    }

    /// Whether the app signs in by itself.
    pub(crate) fn signs_in(&self) -> bool {
        self.sign_in.is_some()
    }

    /// The stage's own server, if it has one.
    pub(crate) fn server(&mut self) -> Option<&mut Prosody> {
        self.hospital.as_mut().map(|running| &mut running.server)
    }

    /// Lets a colleague say something, if there are any.
    pub(crate) async fn call(&self) -> Result<(), Failure> {
        match &self.hospital {
            Some(running) => running.call().await,
            None => Ok(()),
        }
    }

    /// A folder for files that last as long as the stage.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Writes a file that only its owner can read, from its first byte on.
fn write_private(file: &Path, content: &[u8]) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)?.write_all(content)?;
    Ok(())
}
