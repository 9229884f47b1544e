//! Cargo's helpers that the tests use, installed into `target/tools` where the system has none.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::{places, run};

/// A tool and the version that is known to work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
    /// Arguments with which it answers at all.
    probe: &'static [&'static str],
}

/// Runs the tests.
pub(crate) const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "",
    probe: &["nextest", "--version"],
};
/// Checks licences and sources.
pub(crate) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "",
    probe: &["--version"],
};
/// Drives the app's window.
pub(crate) const DRIVER: Tool = Tool {
    name: "tauri-driver",
    version: "2.1.0",
    probe: &["--help"],
};

/// The environment variable that tells the stage and the window's tests where [`DRIVER`] is.
pub(crate) const DRIVER_VARIABLE: &str = "WARDLINE_TAURI_DRIVER";

impl Tool {
    /// Where it is, after installing it if need be. A first installation compiles it, which takes minutes.
    pub(crate) fn ready(self) -> Result<PathBuf, Failure> {
        let own = places::tools()
            .join("bin")
            .join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX));
        if own.exists() {
            return Ok(own);
        }
        if self.version.is_empty() && run::works(self.name, self.probe) {
            return Ok(PathBuf::from(self.name));
        }
        println!("Installing {} into target/tools (once) …", self.name);
        let mut command = run::cargo();
        command.args(["install", "--locked", "--root"]).arg(places::tools());
        if self.version.is_empty() {
            command.arg(self.name);
        } else {
            command.arg(format!("{}@{}", self.name, self.version));
        }
        // Not into the project's own target folder: its profile and lock file are another's.
        command.env("CARGO_TARGET_DIR", places::tools().join("build"));
        run::logged(&format!("install-{}", self.name), &mut command)?;
        // What it was built from is of no more use, and large.
        let _removed = std::fs::remove_dir_all(places::tools().join("build"));
        Ok(own)
    }
}
