//! System packages: names what is missing and installs it, after asking.

use std::collections::HashSet;
use std::io::{IsTerminal, Write as _};
use std::process::Command;

use crate::arguments::Consent;
use crate::failure::Failure;
use crate::run;

/// The build of the app needs these.
const BUILD: [&str; 9] = [
    "build-essential",
    "pkg-config",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libgtk-3-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libxdo-dev",
    "patchelf",
];
/// The window needs these without a display, the driver included.
const WINDOW: [&str; 8] = [
    "xvfb",
    "xauth",
    "dbus",
    "openbox",
    "gnome-keyring",
    "webkit2gtk-driver",
    "fonts-noto-core",
    "fonts-noto-color-emoji",
];
/// The sample hospital's server.
const PROSODY: [&str; 5] = ["prosody", "prosody-modules", "lua-dbi-sqlite3", "lua-sec", "openssl"];
/// The other server.
const EJABBERD: [&str; 2] = ["ejabberd", "erlang-p1-sqlite3"];
/// Only the tests need these.
const TESTS: [&str; 6] = ["chromium", "libsecret-tools", "rpm", "dnsmasq-base", "dunst", "xdotool"];

/// The needs of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// To build and test what has no window and talks to no server.
    Core,
    /// To build the app.
    Build,
    /// To show it with the sample hospital, with or without a display.
    Demo,
    /// To run clients without a window against both servers.
    Servers,
    /// To run every test.
    Tests,
}

impl Need {
    fn packages(self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if matches!(self, Self::Core | Self::Servers) {
            names.extend(["build-essential", "pkg-config", "libssl-dev"]);
        } else {
            names.extend(BUILD);
        }
        if matches!(self, Self::Demo | Self::Tests) {
            names.extend(WINDOW);
        }
        if !matches!(self, Self::Core | Self::Build) {
            names.extend(PROSODY);
        }
        if matches!(self, Self::Servers | Self::Tests) {
            names.extend(EJABBERD);
        }
        if self == Self::Tests {
            names.extend(TESTS);
        }
        names
    }
}

/// Makes sure that everything for `need` is installed. Says what is missing; installs it if running as root, if consent was
/// given on the command line, or if the person at the terminal agrees.
pub(crate) fn ensure(need: Need, consent: Consent) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return elsewhere(need);
    }
    if !run::works("dpkg-query", &["--version"]) {
        let names = need.packages().join(" ");
        println!("This is no Debian or Ubuntu. Please install what your system calls:\n  {names}");
        return Ok(());
    }
    let missing = missing(&need.packages())?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing system packages: {}", missing.join(" "));
    let root = run::works("sh", &["-c", "test \"$(id -u)\" = 0"]);
    if !root && consent == Consent::Ask && !agreed()? {
        return Err(Failure::Needs(format!("Please install: {}", missing.join(" "))));
    }
    install(&missing, root)
}

fn missing(names: &[&'static str]) -> Result<Vec<&'static str>, Failure> {
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\\n"])
        .output()
        .map_err(|source| Failure::Missing {
            program: "dpkg-query".to_owned(),
            source,
        })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let installed: HashSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    Ok(names.iter().copied().filter(|name| !installed.contains(name)).collect())
}

fn agreed() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("Install them now with sudo apt-get? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn install(names: &[&str], root: bool) -> Result<(), Failure> {
    let apt = |arguments: &[&str]| {
        let mut command = if root {
            Command::new("apt-get")
        } else {
            Command::new("sudo")
        };
        if !root {
            command.arg("apt-get");
        }
        // Another package run may be under way: wait for it. Services must not be started by the installation: the test
        // servers are started by us, on ports of their own.
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-o", "DPkg::Lock::Timeout=500"])
            .args(arguments);
        command
    };
    println!("Installing them …");
    run::logged("apt-update", &mut apt(&["update"]))?;
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(names);
    run::logged("apt-install", &mut apt(&arguments)).map(drop)
}

fn elsewhere(need: Need) -> Result<(), Failure> {
    let mut text = String::from("On this system please install by hand:\n");
    let system = std::env::consts::OS;
    let build = match system {
        "macos" => "Xcode's command line tools (`xcode-select --install`), Rust, and Node 20.19 or newer",
        "windows" => "Visual Studio's C++ build tools, Rust, Node 20.19 or newer, and the WebView2 runtime",
        _ => "Rust, Node 20.19 or newer, and WebKitGTK 4.1",
    };
    text.push_str(&format!("  {build}\n"));
    if need == Need::Build {
        println!("{text}");
        return Ok(());
    }
    if need == Need::Demo && system == "macos" && run::works("prosodyctl", &["about"]) {
        return Ok(());
    }
    text.push_str(match (need, system) {
        (Need::Demo, "macos") => {
            "  Prosody 0.12 or newer with its SQLite driver (`brew install prosody`)\n\
             or run the demo against a server of your own: cargo xtask demo --server HOST --user ADDRESS"
        }
        (Need::Demo, _) => {
            "The sample hospital needs Prosody, which does not run here. Use a server of your own:\n\
             cargo xtask demo --server HOST --user ADDRESS\n\
             or run the demo in a Debian or Ubuntu machine (WSL with a display works)."
        }
        _ => "The tests need Prosody, ejabberd, Xvfb and WebKitWebDriver: run them on Debian or Ubuntu.",
    });
    Err(Failure::Needs(text))
}
