//! `cargo xtask demo`: the real app on a real server with a sample hospital, or on a server that runs already.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use wardline_test_support::process::{Supervised, tail_of};

use crate::arguments::{DemoOptions, Visit};
use crate::failure::Failure;
use crate::stage::Stage;
use crate::{hospital, places, shots};

/// Runs the demo until it is closed or interrupted.
pub(crate) async fn play(options: &DemoOptions) -> Result<(), Failure> {
    let app = places::app()?;
    let mut stage = match &options.visit {
        Some(visit) => running_server(visit)?,
        None => hospital::open().await?,
    };
    match &options.shots {
        Some(folder) => shots::take(&mut stage, &app, folder, options.exit).await,
        None => show(&stage, &app).await,
    }
}

/// Opens the app on the caller's own display.
async fn show(stage: &Stage, app: &Path) -> Result<(), Failure> {
    let mut command = Command::new(app);
    command.envs(stage.environment("profile")?.iter().map(|(name, value)| (name, value)));
    let log = stage.folder().join("app.log");
    let mut window = Supervised::start(&command, &log, None)?;
    println!("The app is open. Close it, or press Ctrl+C, to end the demo.");
    match window.ended().await {
        Some(0) => Ok(()),
        _ => Err(Failure::Wrong(format!(
            "The app ended unexpectedly:\n{}",
            tail_of(&log)
        ))),
    }
}

/// A stage on a server that runs already: the password is typed into the app, or taken from `WARDLINE_DEMO_PASSWORD`.
fn running_server(Visit { server, user }: &Visit) -> Result<Stage, Failure> {
    let Some(password) = std::env::var_os("WARDLINE_DEMO_PASSWORD") else {
        println!("Sign in as {user}; under \"Server options\" enter {server}.");
        println!("(With WARDLINE_DEMO_PASSWORD set, the app signs in by itself.)");
        return Stage::new(None);
    };
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) => (
            host,
            port.parse::<u16>()
                .map_err(|_| Failure::Wrong(format!("{port} is no port number.")))?,
        ),
        None => (server.as_str(), 5222),
    };
    let security = if port == 5223 { "directTls" } else { "startTls" };
    Stage::new(Some(json!({
        "address": user,
        "password": password.to_string_lossy(),
        "server": { "kind": "explicit", "host": host, "port": port, "security": security },
        "extraCaFile": null,
    })))
}
