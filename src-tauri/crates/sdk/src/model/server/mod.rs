//! A server in memory: signs in, manages streams, archives, and does to the connection what the schedule says.
//!
//! It speaks XML over a pipe to the real session, so that nothing below the engine is replaced. Each answer takes a millisecond of
//! simulated time: what happens at once is in one order only.

mod archive;
mod light;
mod manners;
mod muc;
mod rooms;
mod state;
mod wire;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::{mpsc, watch};
use wardline_xmpp::session::{Connection, SessionConfig, SessionError, Transport};

use self::wire::{Inbound, Sent};
use super::gate::ProcessGate;
use super::schedule::{Offline, Stamps};
use crate::wall_clock::WallClock;

pub(super) use self::state::{Author, Said, State, Voice};

/// How long the server takes for one thing.
const THINKS: Duration = Duration::from_millis(1);

/// What happens to the bytes of the present connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Line {
    #[default]
    Good,
    Swallows {
        up: bool,
        down: bool,
    },
    Cut,
}

/// The server, and the way to it.
#[derive(Clone)]
pub(super) struct Server {
    state: Arc<Mutex<State>>,
    network: watch::Sender<bool>,
    /// Fate of the newest connection.
    line: Arc<Mutex<watch::Sender<Line>>>,
}

impl Server {
    pub(super) fn new(stamps: Stamps, ahead: i32, offline: Offline) -> Self {
        Self {
            state: Arc::new(Mutex::new(State::new(stamps, ahead, offline))),
            network: watch::Sender::new(true),
            line: Arc::default(),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self) -> MutexGuard<'_, watch::Sender<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn cut(&self) {
        self.line().send_replace(Line::Cut);
    }

    pub(super) fn swallow(&self, up: bool, down: bool) {
        self.line().send_if_modified(|line| {
            // What has vanished is not made good: a direction that swallows goes on doing so.
            let (was_up, was_down) = match *line {
                Line::Cut => return false,
                Line::Good => (false, false),
                Line::Swallows { up, down } => (up, down),
            };
            *line = Line::Swallows {
                up: up || was_up,
                down: down || was_down,
            };
            true
        });
    }

    pub(super) fn network(&self, works: bool) {
        self.network.send_replace(works);
        if !works {
            self.cut();
        }
    }

    pub(super) fn restart(&self) {
        self.state().restart();
        self.cut();
    }

    /// What this computer's clock shows.
    pub(super) fn desk_clock(&self) -> WallClock {
        let server = self.clone();
        WallClock::new(move || {
            let shown = u64::try_from(server.state().desk_micros()).unwrap_or_default();
            UNIX_EPOCH + Duration::from_micros(shown)
        })
    }

    /// The way to the server for one process.
    pub(super) fn transport(&self, process: Arc<ProcessGate>) -> Arc<dyn Transport> {
        Arc::new(Way {
            server: self.clone(),
            process,
        })
    }
}

struct Way {
    server: Server,
    process: Arc<ProcessGate>,
}

impl Transport for Way {
    fn connect<'a>(
        &'a self,
        _: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(async {
            tokio::time::sleep(THINKS).await;
            if !*self.server.network.borrow() || self.process.is_dead() {
                return Err(SessionError::Unreachable);
            }
            let (client, io) = tokio::io::duplex(1 << 20);
            let fate = watch::Sender::new(Line::Good);
            let connection = Served {
                server: self.server.clone(),
                process: Arc::clone(&self.process),
                fate: fate.subscribe(),
                io,
                signed_in: false,
            };
            *self.server.line() = fate;
            tokio::spawn(connection.run());
            Ok(Connection {
                io: Box::new(client),
                exporter: None,
                secured: None,
            })
        })
    }
}

/// Shows what goes over the line, if asked to.
fn trace(way: &str, swallowed: bool, bytes: &str) {
    if std::env::var_os("WARDLINE_MODEL_TRACE").is_some() {
        let vanishes = if swallowed { " (vanishes)" } else { "" };
        eprintln!("{:?} {way}{vanishes} {bytes}", tokio::time::Instant::now());
    }
}

/// The server's end of a connection.
struct Served {
    server: Server,
    process: Arc<ProcessGate>,
    fate: watch::Receiver<Line>,
    io: DuplexStream,
    signed_in: bool,
}

impl Served {
    async fn run(mut self) {
        let (say, mut said) = mpsc::unbounded_channel::<String>();
        let mut inbound = Inbound::default();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let fate = *self.fate.borrow();
            let (up, down) = match fate {
                Line::Cut => return,
                Line::Good => (false, false),
                Line::Swallows { up, down } => (up, down),
            };
            tokio::select! {
                biased;
                changed = self.fate.changed() => if changed.is_err() {
                    // A newer connection has taken its place; this one goes on until its client ends it.
                    std::future::pending::<()>().await;
                },
                Some(bytes) = said.recv() => if { trace("<-", down, &bytes); true } && !down && self.io.write_all(bytes.as_bytes()).await.is_err() {
                    return;
                },
                read = self.io.read(&mut buffer) => {
                    let Ok(read @ 1..) = read else { return };
                    // A process that is dead has not sent this.
                    if up || self.process.is_dead() {
                        continue;
                    }
                    trace("->", up, &String::from_utf8_lossy(&buffer[..read]));
                    inbound.push(&buffer[..read]);
                    while let Some(sent) = inbound.next() {
                        tokio::time::sleep(THINKS).await;
                        if self.process.is_dead() {
                            break;
                        }
                        match sent {
                            Sent::End => return,
                            Sent::Header => self.header(&say),
                            Sent::Element(element) => self.element(&element, &say),
                        }
                    }
                }
            }
        }
    }

    fn header(&self, say: &mpsc::UnboundedSender<String>) {
        let features = if self.signed_in {
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>"
        } else {
            "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
        };
        drop(say.send(format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' from='ward.example' id='x' \
             xmlns:stream='http://etherx.jabber.org/streams'><stream:features>{features}</stream:features>"
        )));
    }

    fn element(&mut self, element: &wardline_xmpp::Element, say: &mpsc::UnboundedSender<String>) {
        if element.name() == "auth" {
            self.signed_in = true;
            drop(say.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>".to_owned()));
            return;
        }
        let server = self.server.clone();
        let mut state = server.state();
        if element.has_child("bind", "urn:ietf:params:xml:ns:xmpp-bind") {
            state.bound();
            let id = element.attr("id").unwrap_or_default();
            drop(say.send(format!(
                "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@ward.example/desk</jid></bind></iq>"
            )));
            return;
        }
        if let Some(later) = state.take(element, say) {
            let server = self.server.clone();
            tokio::spawn(async move {
                tokio::time::sleep(later.after).await;
                server.state().say_late(later);
            });
        }
    }
}
