//! One device: its process, its own way to the server, and what it has been told to write.

use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use wardline_interop::{Account, Endpoint, TlsMode};
use wardline_test_support::fault_proxy::FaultProxy;
use wardline_test_support::process::tail_of;

use crate::check::{Fate, Written};
use crate::schedule::{DEVICES, To};
use crate::talk::{Answer, Credentials, Order, Place, Report};

/// How long an answer may take. Generous: it only bounds a failure.
const PATIENCE: Duration = Duration::from_secs(60);
/// Answers that may wait to be taken.
const ANSWERS: usize = 1024;

/// What went wrong with a device, as opposed to what it shows.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// Its process could not be started or spoken to.
    #[error("{device}: {source}")]
    Process {
        /// Which.
        device: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The process ended by itself, as by a panic.
    #[error("{device} ended by itself; its last words:\n{tail}")]
    Ended {
        /// Which.
        device: &'static str,
        /// The end of its log.
        tail: String,
    },
    /// It did not answer.
    #[error("{device} did not answer; its last words:\n{tail}")]
    Silent {
        /// Which.
        device: &'static str,
        /// The end of its log.
        tail: String,
    },
    /// It could not sign in on a good line.
    #[error("{device} could not sign in: {reason}")]
    SignIn {
        /// Which.
        device: &'static str,
        /// What it said.
        reason: String,
    },
    /// The server's description has no port, or no address that can be connected to.
    #[error("the server's description is unusable")]
    Endpoint,
}

/// A running process.
struct Running {
    child: Child,
    orders: ChildStdin,
    answers: mpsc::Receiver<Answer>,
}

/// See the module.
pub struct Device {
    name: &'static str,
    index: usize,
    program: PathBuf,
    profile: PathBuf,
    log: PathBuf,
    /// The bad line.
    pub line: FaultProxy,
    running: Option<Running>,
    /// Everything that it was told to write, in order.
    pub written: Vec<Written>,
    taken: VecDeque<Answer>,
}

impl Device {
    /// Starts the device with this index in [`DEVICES`], with its data and its log in `folder`. `program` is this package's
    /// own binary.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn start(
        index: usize,
        program: &Path,
        folder: &Path,
        endpoint: &Endpoint,
        seed: u64,
    ) -> Result<Self, DeviceError> {
        let name = DEVICES.get(index).map_or("nobody", |device| device.0);
        let (port, _) = endpoint.preferred().ok_or(DeviceError::Endpoint)?;
        let upstream = upstream(&endpoint.host, port).await?;
        let broken = |source| DeviceError::Process { device: name, source };
        let line = FaultProxy::start(upstream, seed).await.map_err(broken)?;
        let folder = folder.join(name.replace([' ', '\''], "-"));
        std::fs::create_dir_all(&folder).map_err(broken)?;
        let mut device = Self {
            name,
            index,
            program: program.to_owned(),
            profile: folder.join("profile"),
            log: folder.join("log"),
            line,
            running: None,
            written: Vec::new(),
            taken: VecDeque::new(),
        };
        device.wake()?;
        Ok(device)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether its process has been started and not been killed.
    #[must_use]
    pub fn is_awake(&self) -> bool {
        self.running.is_some()
    }

    /// What its app logged.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Starts the process on what is on the disk.
    ///
    /// # Errors
    /// [`DeviceError::Process`].
    pub fn wake(&mut self) -> Result<(), DeviceError> {
        let broken = |source| DeviceError::Process {
            device: self.name,
            source,
        };
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(broken)?;
        let mut child = Command::new(&self.program)
            .arg("desk")
            .arg(&self.profile)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .env("RUST_BACKTRACE", "1")
            .kill_on_drop(true)
            .spawn()
            .map_err(broken)?;
        let (Some(orders), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(broken(io::ErrorKind::BrokenPipe.into()));
        };
        let (said, answers) = mpsc::channel(ANSWERS);
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                // Half a line is what a killed process leaves: it said nothing.
                let Ok(answer) = serde_json::from_str(&line) else {
                    return;
                };
                if said.send(answer).await.is_err() {
                    return;
                }
            }
        });
        self.running = Some(Running { child, orders, answers });
        Ok(())
    }

    /// Tells it to do something.
    ///
    /// # Errors
    /// [`DeviceError::Ended`] if it is not there any more.
    pub async fn tell(&mut self, order: &Order) -> Result<(), DeviceError> {
        let mut line = serde_json::to_vec(order).unwrap_or_default();
        line.push(b'\n');
        let told = match &mut self.running {
            Some(running) => running.orders.write_all(&line).await.is_ok(),
            None => false,
        };
        if told { Ok(()) } else { Err(self.ended()) }
    }

    /// Tells it to write a message.
    ///
    /// # Errors
    /// As for [`Device::tell`].
    pub async fn write(&mut self, to: To, place: Place, text: String) -> Result<(), DeviceError> {
        self.written.push(Written {
            device: self.index,
            to,
            text: text.clone(),
            fate: Fate::Open,
        });
        self.tell(&Order::Write { place, text }).await
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`DeviceError::SignIn`] and those of [`Device::tell`].
    pub async fn sign_in(&mut self, endpoint: &Endpoint, account: &Account) -> Result<(), DeviceError> {
        let direct_tls = matches!(endpoint.preferred(), Some((_, TlsMode::Direct)));
        let credentials = Credentials {
            address: account.address.clone(),
            password: account.password.clone(),
            port: self.line.port(),
            direct_tls,
            authority: endpoint.authority.clone(),
        };
        self.tell(&Order::SignIn(credentials)).await?;
        match self
            .answer(|answer| matches!(answer, Answer::SignedIn | Answer::NotSignedIn(_)))
            .await?
        {
            Answer::NotSignedIn(reason) => Err(DeviceError::SignIn {
                device: self.name,
                reason,
            }),
            _ => Ok(()),
        }
    }

    /// What it shows now.
    ///
    /// # Errors
    /// [`DeviceError::Ended`], [`DeviceError::Silent`].
    pub async fn report(&mut self) -> Result<Report, DeviceError> {
        self.tell(&Order::Report).await?;
        match self.answer(|answer| matches!(answer, Answer::Report(_))).await? {
            Answer::Report(report) => Ok(report),
            _ => Err(self.ended()),
        }
    }

    /// Lets it read everything.
    ///
    /// # Errors
    /// As for [`Device::report`].
    pub async fn read_all(&mut self) -> Result<(), DeviceError> {
        self.tell(&Order::ReadAll).await?;
        self.answer(|answer| matches!(answer, Answer::HasRead)).await?;
        Ok(())
    }

    /// Kills its process: no handler runs, no byte is written any more.
    pub async fn kill(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        // It may have ended by itself in this instant.
        let _killed = running.child.kill().await;
        // What it said before it died counts.
        while let Some(answer) = running.answers.recv().await {
            self.book(answer);
        }
        for written in self.written.iter_mut().filter(|written| written.fate == Fate::Open) {
            written.fate = Fate::Unknown;
        }
    }

    /// Waits for an answer. Others are booked or kept.
    async fn answer(&mut self, wanted: impl Fn(&Answer) -> bool) -> Result<Answer, DeviceError> {
        loop {
            if let Some(at) = self.taken.iter().position(&wanted)
                && let Some(answer) = self.taken.remove(at)
            {
                return Ok(answer);
            }
            let Some(running) = &mut self.running else {
                return Err(self.ended());
            };
            match tokio::time::timeout(PATIENCE, running.answers.recv()).await {
                Ok(Some(answer)) => self.book(answer),
                Ok(None) => return Err(self.ended()),
                Err(_) => {
                    return Err(DeviceError::Silent {
                        device: self.name,
                        tail: tail_of(&self.log),
                    });
                }
            }
        }
    }

    fn book(&mut self, answer: Answer) {
        let (text, fate) = match answer {
            Answer::Accepted(text) => (text, Fate::Accepted),
            Answer::Refused(text, _) => (text, Fate::Refused),
            other => return self.taken.push_back(other),
        };
        if let Some(written) = self.written.iter_mut().rfind(|written| written.text == text) {
            written.fate = fate;
        }
    }

    fn ended(&self) -> DeviceError {
        DeviceError::Ended {
            device: self.name,
            tail: tail_of(&self.log),
        }
    }
}

async fn upstream(host: &str, port: u16) -> Result<SocketAddr, DeviceError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, port));
    }
    let found = tokio::net::lookup_host((host, port)).await;
    found
        .ok()
        .and_then(|mut found| found.next())
        .ok_or(DeviceError::Endpoint)
}
