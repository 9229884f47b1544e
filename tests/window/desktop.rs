//! A desktop that shows notifications: a session bus of its own with a real notification service on it (dunst), which writes down
//! whatever it shows. There is no keyring on that bus.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::app::PATIENCE;

const PACE: Duration = Duration::from_millis(50);

/// What was shown: the notification that it was shown in, its title and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) id: u32,
    pub(crate) title: String,
    pub(crate) body: String,
}

/// Gone when this value is dropped.
pub(crate) struct Desktop {
    // In the order in which they must go.
    _service: Program,
    _bus: Program,
    address: String,
    said: PathBuf,
    _folder: TempDir,
}

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _gone_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

impl Desktop {
    /// Starts both, and waits until the service answers.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("wardline-desktop-")
            .tempdir()
            .expect("a folder");
        let place = |name: &str| folder.path().join(name);
        let (said, address) = (place("said"), place("address"));
        fs::write(&said, "").expect("written");
        // Without folders of services: nothing starts by itself.
        let bus = format!(
            "<busconfig><type>session</type><listen>unix:tmpdir={}</listen><policy context=\"default\">\
             <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
             </policy></busconfig>",
            folder.path().display()
        );
        fs::write(place("bus.conf"), bus).expect("written");
        let script = format!(
            "#!/bin/sh\nprintf '%s\\t%s\\t%s\\036' \"$DUNST_ID\" \"$DUNST_SUMMARY\" \"$DUNST_BODY\" >> {}\n",
            said.display()
        );
        fs::write(place("write-down"), script).expect("written");
        fs::set_permissions(place("write-down"), fs::Permissions::from_mode(0o700)).expect("a program");
        let settings = format!(
            "[global]\nalways_run_script = true\nmarkup = full\nidle_threshold = 0\n[urgency_low]\ntimeout = 0\n\
             [urgency_normal]\ntimeout = 0\n[all]\nsummary = \"*\"\nscript = {}\n",
            place("write-down").display()
        );
        fs::write(place("dunstrc"), settings).expect("written");

        let output = fs::File::create(&address).expect("a file");
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--nofork", "--nopidfile", "--print-address=1", "--config-file"])
            .arg(place("bus.conf"))
            .stdout(output);
        let bus = started(&mut bus);
        let address = until("the bus's address", || {
            let said = fs::read_to_string(&address).ok()?;
            said.ends_with('\n').then(|| said.trim().to_owned())
        });
        let mut service = Command::new("dunst");
        service
            .arg("-conf")
            .arg(place("dunstrc"))
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("HOME", folder.path())
            .stdout(Stdio::null());
        let desktop = Self {
            _service: started(&mut service),
            _bus: bus,
            address,
            said,
            _folder: folder,
        };
        until("the notification service", || desktop.ask(&["count", "displayed"]));
        desktop
    }

    /// The bus's address.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Everything that was shown so far, also what has been replaced or taken away.
    pub(crate) fn said(&self) -> Vec<Shown> {
        let said = fs::read_to_string(&self.said).expect("what was written down");
        let whole = said.split_terminator('\u{1e}');
        whole.filter_map(parsed).collect()
    }

    /// Waits until something is shown that has this title and body.
    pub(crate) async fn until_shown(&self, title: &str, body: &str) -> Shown {
        let is_it = |shown: &Shown| shown.title == title && shown.body == body;
        let started = Instant::now();
        loop {
            if let Some(shown) = self.said().into_iter().rfind(is_it) {
                return shown;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{title:?}, {body:?} was not shown; it was: {:?}",
                self.said()
            );
            tokio::time::sleep(PACE).await;
        }
    }

    /// Waits until that many notifications are on the screen.
    pub(crate) async fn until_on_screen(&self, many: usize) {
        let started = Instant::now();
        while self.on_screen() != Some(many) {
            assert!(
                started.elapsed() < PATIENCE,
                "{:?} on the screen, not {many}; shown were: {:?}",
                self.on_screen(),
                self.said()
            );
            tokio::time::sleep(PACE).await;
        }
    }

    /// How many notifications are on the screen.
    pub(crate) fn on_screen(&self) -> Option<usize> {
        self.ask(&["count", "displayed"])?.trim().parse().ok()
    }

    /// Clicks the uppermost notification.
    pub(crate) fn click(&self) {
        self.ask(&["action", "0"]).expect("a click");
    }

    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let asked = Command::new("dunstctl")
            .args(arguments)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stderr(Stdio::null())
            .output()
            .expect("dunstctl; `cargo xtask test` installs it");
        asked
            .status
            .success()
            .then(|| String::from_utf8_lossy(&asked.stdout).into_owned())
    }
}

fn parsed(line: &str) -> Option<Shown> {
    let mut parts = line.splitn(3, '\t');
    Some(Shown {
        id: parts.next()?.parse().ok()?,
        title: parts.next()?.to_owned(),
        body: parts.next()?.to_owned(),
    })
}

fn started(command: &mut Command) -> Program {
    let process = command.stderr(Stdio::null()).spawn();
    Program(process.unwrap_or_else(|error| panic!("{command:?}: {error}; `cargo xtask test` installs it")))
}

fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(PACE);
    }
}
