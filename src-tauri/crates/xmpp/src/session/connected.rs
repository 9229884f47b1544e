//! Runs a connection: reads, writes, hands events over, and notices when it dies.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::acknowledge::Management;
use super::asker::Asker;
use super::command::{Command, Control, Phase};
use super::config::SessionConfig;
use super::core::{Core, Flow, Gate, MOST_BACKLOG};
use super::discover::{Discovered, discover};
use super::error::{Loss, SessionError};
use super::event::{Opened, SessionEvent};
use super::events::EventSender;
use super::life::{Life, Pulse, Signs};
use super::negotiate::{Beginning, Established};
use super::state::{Continuity, SessionState};
use super::wire::{Wire, lost};
use crate::features::Feature;
use crate::ns;
use crate::time::ServerTime;
use crate::xml::{Build, Input, STREAM_END, element, encoded};

/// Bytes that may wait to be written before the session accepts no more commands.
const MOST_UNWRITTEN: usize = 1 << 20;
/// Bytes that may wait to be written before the session reads nothing more: answers to requests of the server.
const MOST_ANSWERS_UNWRITTEN: usize = 4 << 20;
/// How long to read what the server sent before it closed.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// Elements handled from one read before the other tasks get their turn.
const BATCH: usize = 64;

/// Why the connection ended.
pub(super) enum End {
    /// The session was closed.
    Closed,
    /// It was lost.
    Lost(SessionError),
}

/// Parts of the session's task that the connection uses.
pub(super) struct Shared<'a> {
    pub(super) config: &'a SessionConfig,
    pub(super) core: &'a mut Core,
    pub(super) commands: &'a mut mpsc::Receiver<Command>,
    pub(super) loopback: &'a mpsc::WeakSender<Command>,
    pub(super) control: &'a mut watch::Receiver<Control>,
    pub(super) events: &'a EventSender,
    pub(super) handled: &'a mut watch::Receiver<u64>,
    pub(super) state: &'a watch::Sender<SessionState>,
}

/// Discovery under way.
type Opening = Pin<Box<dyn Future<Output = Option<Discovered>> + Send>>;

/// Bytes to be written.
struct Out {
    bytes: BytesMut,
    /// TLS may hold bytes back.
    unflushed: bool,
    /// When bytes were last written, or none waited.
    progress: Instant,
}

impl Out {
    fn new() -> Self {
        Self {
            bytes: BytesMut::new(),
            unflushed: false,
            progress: Instant::now(),
        }
    }

    /// Since when bytes wait and none could be written.
    fn stuck(&mut self) -> Option<Instant> {
        if self.is_pending() {
            return Some(self.progress);
        }
        self.progress = Instant::now();
        None
    }

    fn is_pending(&self) -> bool {
        !self.bytes.is_empty() || self.unflushed
    }

    /// One step of writing. Dropping the future loses nothing.
    async fn advance<W: AsyncWrite + Unpin>(&mut self, writing: &mut W) -> std::io::Result<()> {
        if self.bytes.is_empty() {
            writing.flush().await?;
            self.unflushed = false;
        } else {
            self.unflushed = true;
            if writing.write_buf(&mut self.bytes).await? == 0 {
                return Err(std::io::ErrorKind::WriteZero.into());
            }
        }
        self.progress = Instant::now();
        Ok(())
    }
}

/// Runs the connection until it ends.
pub(super) async fn run(established: Established, shared: Shared<'_>) -> End {
    let Shared {
        config,
        core,
        commands,
        loopback,
        control,
        events,
        handled: events_handled,
        state,
    } = shared;
    let Established {
        wire: Wire {
            mut input,
            mut reading,
            mut writing,
            ..
        },
        beginning,
        client_state,
        stanza_limit,
        link: _,
    } = established;
    core.connected(stanza_limit);
    let timing = &config.timing;
    let mut out = Out::new();
    let mut opening: Option<Opening> = None;

    match beginning {
        Beginning::Resumed { handled } => {
            if let Err(error) = core.resume(handled, &mut out.bytes) {
                return End::Lost(error);
            }
            opened(core, state, Continuity::Resumed, None);
        }
        Beginning::Bound {
            address,
            management,
            refused_at,
            early,
        } => {
            if let Some(handled) = refused_at {
                // The server resumes nothing, but its count acknowledges what it has. A count that is too high
                // acknowledges nothing.
                let _ = core.acknowledge(handled);
            }
            let resumable = matches!(management, Management::Enabled { resume: Some(_) });
            core.begin(address, management);
            for element in early {
                core.on_early_stanza(element, &mut out.bytes);
            }
            let Some(commands) = loopback.upgrade() else {
                return End::Closed;
            };
            let asker = Asker {
                commands,
                phase: Phase::Opening,
            };
            let found = discover(asker, config.address.clone(), timing.discovery);
            opening = Some(Box::pin(async move {
                let mut discovered = found.await?;
                if resumable {
                    discovered.features.insert(Feature::Resumption);
                }
                if client_state {
                    discovered.features.insert(Feature::ClientState);
                }
                Some(discovered)
            }));
        }
    }

    let mut life = Life::Quiet;
    // Results of discovery, until a sign of life confirms that a missing answer is not a dead connection.
    let mut found_out: Option<Discovered> = None;
    let mut closing: Option<Instant> = None;
    // Whether the receiver of events still exists.
    let mut has_receiver = true;
    let mut was_reading = true;
    loop {
        core.on_events_handled(*events_handled.borrow_and_update());
        if closing.is_none() {
            core.send_counts(&mut out.bytes);
        }
        let (reads, owed) = reading_now(core, events, &out);
        if reads && !was_reading {
            input.excuse();
            core.restart_probe();
        }
        if !reads {
            life = Life::Quiet;
        }
        was_reading = reads;
        let stuck = out.stuck();
        let signs = match reads {
            true => Signs::of(&input, core.asked(), stuck),
            false => Signs::unread(owed, stuck),
        };
        let life_deadline = Some(life.deadline(&signs, timing));
        let deadline = [life_deadline, core.next_deadline(), closing]
            .into_iter()
            .flatten()
            .min();
        let accepts_commands = closing.is_none() && out.bytes.len() < MOST_UNWRITTEN && core.takes_commands();
        let mut leave = false;
        tokio::select! {
            changed = control.changed() => {
                let now = *control.borrow_and_update();
                leave = changed.is_err() || now.close;
                if !leave {
                    core.probe_server(&mut out.bytes);
                    life = Life::ask(Instant::now(), timing.wake_probe);
                }
            }
            permit = events.reserve(), if core.backlog() > 0 => match permit {
                Ok(permit) => {
                    if let Some(event) = core.next_event() {
                        permit.send(event);
                    }
                    while core.backlog() > 0 && let Some(permit) = events.try_reserve() {
                        if let Some(event) = core.next_event() {
                            permit.send(event);
                        }
                    }
                }
                // The receiver is gone.
                Err(_) => leave = true,
            },
            changed = events_handled.changed(), if has_receiver => has_receiver = changed.is_ok(),
            incoming = input.next(&mut reading), if reads => {
                let mut next = Some(incoming);
                let mut taken = 0;
                while let Some(incoming) = next {
                    let bytes = input.size();
                    match incoming.map_err(lost).and_then(|incoming| core.on_incoming(incoming, bytes, &mut out.bytes)) {
                        Ok(Flow::Goes) => {}
                        Ok(Flow::Ended) if closing.is_some() => return End::Closed,
                        Ok(Flow::Ended) => return End::Lost(SessionError::Lost(Loss::Closed)),
                        Err(_) if closing.is_some() => return End::Closed,
                        Err(error) => return End::Lost(error),
                    }
                    taken += 1;
                    let goes_on = taken < BATCH && !events.is_full();
                    next = if goes_on { input.ready().transpose() } else { None };
                }
            }
            written = out.advance(&mut writing), if out.is_pending() => {
                if written.is_err() {
                    if closing.is_some() {
                        return End::Closed;
                    }
                    let last_words = last_words(&mut input, &mut reading, core, &mut out.bytes);
                    return End::Lost(last_words.await.unwrap_or(SessionError::Lost(Loss::Network)));
                }
            }
            command = commands.recv(), if accepts_commands => {
                match command {
                    Some(command) => core.handle_command(command, &mut out.bytes),
                    None => leave = true,
                }
            }
            discovered = found(&mut opening), if opening.is_some() => {
                opening = None;
                let Some(discovered) = discovered else {
                    return End::Lost(SessionError::Lost(Loss::Silent));
                };
                if !discovered.is_complete {
                    core.probe_server(&mut out.bytes);
                    life = Life::ask(Instant::now(), timing.probe);
                }
                found_out = Some(discovered);
            }
            () = until(deadline) => {
                let now = Instant::now();
                core.expire(now);
                if closing.is_some_and(|closing| closing <= now) {
                    return End::Closed;
                }
                match life.pulse(now, &signs, timing) {
                    Pulse::Fine => {}
                    Pulse::Ask => {
                        core.probe_server(&mut out.bytes);
                        life = Life::ask(now, timing.probe);
                    }
                    Pulse::Dead if closing.is_some() => return End::Closed,
                    Pulse::Dead => return End::Lost(SessionError::Lost(Loss::Silent)),
                }
            }
        }
        life.note(&Signs::of(&input, core.asked(), None));
        if leave {
            found_out = None;
        }
        let is_alive = matches!(life, Life::Quiet);
        if let Some(discovered) = found_out.take_if(|discovered| discovered.is_complete || is_alive) {
            core.features = discovered.features;
            core.publish();
            opened(core, state, Continuity::New, discovered.time);
            core.send_initial_presence(&mut out.bytes);
        }
        if leave && closing.is_none() {
            closing = Some(Instant::now() + timing.close);
            opening = None;
            core.gate = Gate::Opening;
            core.on_events_handled(*events_handled.borrow_and_update());
            core.send_last_count(&mut out.bytes);
            let goodbye = element("presence", ns::JABBER_CLIENT).with_attr("type", "unavailable");
            out.bytes.extend_from_slice(&encoded(&goodbye));
            out.bytes.extend_from_slice(STREAM_END);
        }
    }
}

/// Whether to read now; if not, since when an answer of the server is due all the same.
///
/// The session stops reading while the receiver lags, so that TCP holds the server back. But while commands wait for
/// acknowledgements, the sender of those commands may be the receiver that lags: then the session reads on, up to a
/// bound.
fn reading_now(core: &Core, events: &EventSender, out: &Out) -> (bool, Option<Instant>) {
    let has_room = core.backlog() < MOST_BACKLOG && out.bytes.len() < MOST_ANSWERS_UNWRITTEN;
    let waits_for_acknowledgement = !core.takes_commands();
    let is_light = match waits_for_acknowledgement {
        true => !events.is_overfull(),
        false => !events.is_full(),
    };
    (has_room && is_light, core.asked().filter(|_| waits_for_acknowledgement))
}

/// The reason that the server gave before it closed, if any. Most servers give one, but our write fails before we read
/// it.
async fn last_words<R: AsyncRead + Unpin>(
    input: &mut Input,
    reading: &mut R,
    core: &mut Core,
    out: &mut BytesMut,
) -> Option<SessionError> {
    let reading = async {
        loop {
            let incoming = input.next(reading).await.ok()?;
            match core.on_incoming(incoming, input.size(), out) {
                Ok(Flow::Goes) => {}
                Ok(Flow::Ended) => return Some(SessionError::Lost(Loss::Closed)),
                Err(error) => return Some(error),
            }
        }
    };
    timeout(LAST_WORDS, reading).await.ok().flatten()
}

/// Emits that the session is open.
fn opened(core: &mut Core, state: &watch::Sender<SessionState>, continuity: Continuity, time: Option<ServerTime>) {
    core.gate = Gate::Open;
    if let Some(address) = core.address.clone() {
        let features = core.features.clone();
        core.emit(SessionEvent::Opened(Box::new(Opened {
            number: core.number,
            address,
            continuity,
            features,
            time,
        })));
    }
    state.send_replace(SessionState::Online);
}

async fn found(opening: &mut Option<Opening>) -> Option<Discovered> {
    match opening {
        Some(opening) => opening.as_mut().await,
        None => std::future::pending().await,
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
