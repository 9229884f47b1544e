//! A connection at work: reads, writes, hands over, and notices when it dies.

use std::future::Future;
use std::pin::Pin;

use bytes::BytesMut;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::asker::Asker;
use super::command::{Command, Control, Phase};
use super::core::{Core, Flow, Gate, MOST_BACKLOG};
use super::discover::{Discovered, discover};
use super::event::{Continuity, Opened};
use super::negotiate::{Beginning, Established, Management};
use super::wire::{Wire, lost};
use super::{Loss, SessionConfig, SessionError, SessionEvent, SessionState};
use crate::features::Feature;
use crate::ns;
use crate::time::ServerTime;
use crate::xml::{Build, STREAM_END, element, encoded};

/// Bytes that may wait to be written before no more commands are taken.
const MOST_UNWRITTEN: usize = 1 << 20;
/// Elements taken from one read before the others get their turn.
const BATCH: usize = 64;

/// Why the connection is not used any more.
pub(super) enum End {
    /// The session was to end.
    Closed,
    /// It was lost.
    Lost(SessionError),
}

/// What the connection shares with the rest of the session's task.
pub(super) struct Shared<'a> {
    pub(super) config: &'a SessionConfig,
    pub(super) core: &'a mut Core,
    pub(super) commands: &'a mut mpsc::Receiver<Command>,
    pub(super) loopback: &'a mpsc::WeakSender<Command>,
    pub(super) control: &'a mut watch::Receiver<Control>,
    pub(super) events: &'a mpsc::Sender<SessionEvent>,
    pub(super) state: &'a watch::Sender<SessionState>,
}

/// Discovery under way.
type Opening = Pin<Box<dyn Future<Output = Option<Discovered>> + Send>>;

/// Signs of life.
enum Life {
    /// Nothing has been asked.
    Quiet,
    /// Something must come by `until`, later than `since`.
    Asked { since: Instant, until: Instant },
}

/// What is to be written.
#[derive(Default)]
struct Out {
    bytes: BytesMut,
    /// TLS may hold back what has been given to it.
    unflushed: bool,
}

impl Out {
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
        state,
    } = shared;
    let Established {
        wire: Wire {
            mut input,
            mut reading,
            mut writing,
        },
        beginning,
        client_state,
        link: _,
    } = established;
    let timing = &config.timing;
    let mut out = Out::default();
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
                // Not a promise that anything is resumed, but what it has is proven. A number too high proves nothing.
                let _ = core.outbound.acknowledge(handled);
            }
            let resumable = matches!(management, Management::Enabled { resume: Some(_) });
            core.begin(address, management);
            for element in early {
                core.take_early(element, &mut out.bytes);
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
    // What the server offers, until it is certain that there was somebody to say so.
    let mut found_out: Option<Discovered> = None;
    let mut closing: Option<Instant> = None;
    loop {
        if closing.is_none() {
            core.settle(&mut out.bytes);
        }
        let reads = core.backlog() < MOST_BACKLOG;
        let life_deadline = match &life {
            // While nothing is read, nothing can be heard.
            _ if !reads => None,
            Life::Quiet => Some(input.last_bytes() + timing.idle),
            Life::Asked { until, .. } => Some(*until),
        };
        let deadline = [life_deadline, core.next_deadline(), closing]
            .into_iter()
            .flatten()
            .min();
        let mut leave = false;
        tokio::select! {
            changed = control.changed() => {
                let now = *control.borrow_and_update();
                leave = changed.is_err() || now.close;
                if !leave {
                    core.ask_for_life(&mut out.bytes);
                    let since = Instant::now();
                    life = Life::Asked { since, until: since + timing.wake_probe };
                }
            }
            permit = events.reserve(), if core.backlog() > 0 => match permit {
                Ok(permit) => {
                    if let Some(event) = core.next_event() {
                        permit.send(event);
                    }
                    while core.backlog() > 0 && let Ok(permit) = events.try_reserve() {
                        if let Some(event) = core.next_event() {
                            permit.send(event);
                        }
                    }
                }
                // Nobody listens any more.
                Err(_) => leave = true,
            },
            incoming = input.next(&mut reading), if reads => {
                let mut next = Some(incoming);
                let mut taken = 0;
                while let Some(incoming) = next {
                    match incoming.map_err(lost).and_then(|incoming| core.take(incoming, &mut out.bytes)) {
                        Ok(Flow::Goes) => {}
                        Ok(Flow::Ended) if closing.is_some() => return End::Closed,
                        Ok(Flow::Ended) => return End::Lost(SessionError::Lost(Loss::Closed)),
                        Err(_) if closing.is_some() => return End::Closed,
                        Err(error) => return End::Lost(error),
                    }
                    taken += 1;
                    next = if taken < BATCH { input.ready().transpose() } else { None };
                }
            }
            written = out.advance(&mut writing), if out.is_pending() => {
                if written.is_err() {
                    return if closing.is_some() { End::Closed } else { End::Lost(SessionError::Lost(Loss::Network)) };
                }
            }
            command = commands.recv(), if closing.is_none() && out.bytes.len() < MOST_UNWRITTEN && core.takes_commands() => {
                match command {
                    Some(command) => core.obey(command, &mut out.bytes),
                    None => leave = true,
                }
            }
            discovered = found(&mut opening), if opening.is_some() => {
                opening = None;
                let Some(discovered) = discovered else {
                    return End::Lost(SessionError::Lost(Loss::Silent));
                };
                if !discovered.is_complete {
                    core.ask_for_life(&mut out.bytes);
                    let since = Instant::now();
                    life = Life::Asked { since, until: since + timing.probe };
                }
                found_out = Some(discovered);
            }
            () = until(deadline) => {
                let now = Instant::now();
                core.expire(now);
                if closing.is_some_and(|closing| closing <= now) {
                    return End::Closed;
                }
                life = match life {
                    Life::Asked { since, .. } if input.last_bytes() > since => Life::Quiet,
                    Life::Asked { until, .. } if reads && until <= now => {
                        return End::Lost(SessionError::Lost(Loss::Silent));
                    }
                    Life::Quiet if reads && input.last_bytes() + timing.idle <= now => {
                        core.ask_for_life(&mut out.bytes);
                        Life::Asked { since: now, until: now + timing.probe }
                    }
                    life => life,
                };
            }
        }
        if let Life::Asked { since, .. } = life
            && input.last_bytes() > since
        {
            life = Life::Quiet;
        }
        if leave {
            found_out = None;
        }
        let is_alive = matches!(life, Life::Quiet);
        if let Some(discovered) = found_out.take_if(|discovered| discovered.is_complete || is_alive) {
            core.features = discovered.features;
            core.publish();
            opened(core, state, Continuity::New, discovered.time);
            core.announce(&mut out.bytes);
        }
        if leave && closing.is_none() {
            closing = Some(Instant::now() + timing.close);
            opening = None;
            core.gate = Gate::Opening;
            core.settle(&mut out.bytes);
            let goodbye = element("presence", ns::JABBER_CLIENT).with_attr("type", "unavailable");
            out.bytes.extend_from_slice(&encoded(&goodbye));
            out.bytes.extend_from_slice(STREAM_END);
        }
    }
}

/// Tells that the session is open.
fn opened(core: &mut Core, state: &watch::Sender<SessionState>, continuity: Continuity, time: Option<ServerTime>) {
    core.gate = Gate::Open;
    if let Some(address) = core.address.clone() {
        let features = core.features.clone();
        core.tell(SessionEvent::Opened(Box::new(Opened {
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
