//! `cargo xtask demo`: the real app on a real server with a sample hospital, or on a server of one's own.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::Utc;
use serde_json::{Value, json};
use tempfile::TempDir;
use wardline_test_support::client::{ClientError, TestClient};
use wardline_test_support::colleagues::Colleagues;
use wardline_test_support::hospital::{DOMAIN, Hospital};
use wardline_test_support::process::Supervised;
use wardline_test_support::servers::{Account, Endpoint, Inbox, MucLight, Prosody, Setup};

use crate::arguments::{Consent, DemoOptions};
use crate::build::{self, Profile};
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::{places, shots};

/// The colleague who calls, and what is said then.
const CALLER: &str = "fatima";
const CALL: &str = "Number 3 is ready to come up whenever you have the bed.";

/// What the app is started on.
pub(crate) struct Stage {
    /// Who signs in, for how; `None` where the person at the keyboard does it.
    sign_in: Option<Value>,
    folder: TempDir,
    // Held so that they go when the demo goes.
    hospital: Option<Running>,
}

struct Running {
    // In this order: the colleagues sign off before their server goes.
    _colleagues: Colleagues,
    server: Prosody,
    user: Account,
    /// Who calls when something is to be noticed.
    caller: Account,
}

/// Runs the demo until it is closed or interrupted.
pub(crate) fn run(options: &DemoOptions, consent: Consent) -> Result<(), Failure> {
    packages::ensure(
        if options.server.is_some() {
            Need::Build
        } else {
            Need::Demo
        },
        consent,
    )?;
    build::app(if options.release {
        Profile::ReleaseDemo
    } else {
        Profile::Debug
    })?;
    tokio::runtime::Runtime::new()?.block_on(async {
        // Whatever runs is owned by the future that loses, so Ctrl+C drops, and thereby ends, all of it.
        tokio::select! {
            ended = play(options) => ended,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                println!("\nEnding the demo …");
                Ok(())
            }
        }
    })
}

async fn play(options: &DemoOptions) -> Result<(), Failure> {
    let mut stage = match (&options.server, &options.user) {
        (Some(server), Some(user)) => own_server(server, user)?,
        _ => hospital().await?,
    };
    let app = places::app(options.release);
    let display = std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    if options.shots.is_some() || (cfg!(target_os = "linux") && !display) {
        let folder = options.shots.clone().unwrap_or_else(|| places::target().join("demo"));
        return shots::take(&mut stage, &app, &folder, options).await;
    }
    let mut command = Command::new(app);
    command.envs(stage.environment("profile")?.iter().map(|(name, value)| (name, value)));
    let log = stage.folder.path().join("app.log");
    let mut window = Supervised::start(&command, &log, None)?;
    println!("The app is open. Close it, or press Ctrl+C, to end the demo.");
    match window.ended().await {
        Some(0) => Ok(()),
        _ => Err(Failure::Wrong(format!(
            "The app ended unexpectedly:\n{}",
            wardline_test_support::process::tail_of(&log)
        ))),
    }
}

impl Stage {
    /// A stage on which the hospital's user signs in at `endpoint`.
    pub(crate) fn on(hospital: &Hospital, endpoint: &Endpoint) -> Result<Self, Failure> {
        let user = hospital.user();
        let sign_in = json!({
            "address": user.address,
            "password": user.password,
            "server": {
                "kind": "explicit", "host": endpoint.host, "port": endpoint.direct_tls_port, "security": "directTls",
            },
            "extraCaFile": endpoint.authority,
        });
        Ok(Self {
            sign_in: Some(sign_in),
            folder: folder()?,
            hospital: None,
        })
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
        let Some(running) = &self.hospital else {
            return Ok(());
        };
        let broken = |error: ClientError| Failure::Wrong(error.to_string());
        let caller = TestClient::connect_as(running.server.endpoint(), &running.caller, "call");
        let caller = caller.await.map_err(broken)?;
        caller.send_text(&running.user.address, CALL).await.map_err(broken)?;
        caller.close().await;
        Ok(())
    }

    /// A folder for whatever lasts as long as the demo.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The sample hospital on a server of its own.
async fn hospital() -> Result<Stage, Failure> {
    println!("Starting a server with the sample hospital …");
    let hospital = Hospital::sample(DOMAIN, Utc::now())?;
    // The list of conversations and new teams are what the hospital's own server would give.
    let setup = Setup {
        inbox: Inbox::MongooseIm,
        muc_light: MucLight::MongooseIm,
        ..Setup::default()
    };
    let mut server = Prosody::prepare_with(DOMAIN, &setup)?;
    hospital.put_into(&server).await?;
    server.start_again().await?;
    let mut stage = Stage::on(&hospital, server.endpoint())?;
    println!(
        "  {} people, {} team chats, {} messages",
        hospital.people().len(),
        hospital.teams().len(),
        hospital.stanzas().len()
    );
    let colleagues = Colleagues::start(&hospital, server.endpoint());
    println!("  {} colleagues are online and answer", colleagues.count());
    stage.hospital = Some(Running {
        _colleagues: colleagues,
        server,
        user: hospital.user(),
        caller: hospital.account(CALLER),
    });
    Ok(stage)
}

/// Somebody's own server: the password is typed into the app, or taken from `WARDLINE_DEMO_PASSWORD`.
fn own_server(server: &str, user: &str) -> Result<Stage, Failure> {
    let Some(password) = std::env::var_os("WARDLINE_DEMO_PASSWORD") else {
        println!("Sign in as {user}; under \"Server options\" enter {server}.");
        println!("(With WARDLINE_DEMO_PASSWORD set, the app signs in by itself.)");
        return Ok(Stage {
            sign_in: None,
            folder: folder()?,
            hospital: None,
        });
    };
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) => (
            host,
            port.parse::<u16>()
                .map_err(|_| Failure::Wrong(format!("{port} is no port number.")))?,
        ),
        None => (server, 5222),
    };
    let security = if port == 5223 { "directTls" } else { "startTls" };
    let sign_in = json!({
        "address": user,
        "password": password.to_string_lossy(),
        "server": { "kind": "explicit", "host": host, "port": port, "security": security },
        "extraCaFile": null,
    });
    Ok(Stage {
        sign_in: Some(sign_in),
        folder: folder()?,
        hospital: None,
    })
}

fn folder() -> Result<TempDir, Failure> {
    Ok(tempfile::Builder::new().prefix("wardline-demo-").tempdir()?)
}

/// A file that only its owner can read, from its first byte on.
fn write_private(file: &PathBuf, content: &[u8]) -> Result<(), Failure> {
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
