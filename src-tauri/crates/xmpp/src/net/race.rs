//! Connecting to the first that answers, without waiting long for those that do not ("happy eyeballs", RFC 8305).
//!
//! Addresses are tried in order, but not one after the other: each gets a head start, and when it has not made it by
//! then, the next is tried beside it. Whoever first has an encrypted connection wins, and the rest is dropped. So an
//! address that swallows everything costs its head start and not its whole deadline, while one that answers in time
//! stays alone.

use std::collections::VecDeque;
use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::dns::NameServers;
use super::locate::Plan;
use crate::session::{Security, SessionError, Timing};

/// Most addresses of one target that are tried.
const MOST_ADDRESSES: usize = 8;

/// What has happened somewhere.
enum Step<C> {
    /// The addresses of the target with this index are known; none if it has none.
    Resolved(usize, VecDeque<SocketAddr>),
    /// An address has accepted a connection, which must be secured by the deadline.
    Accepted(TcpStream, Security, Instant),
    /// A connection is ready.
    Secured(C),
    /// An attempt has failed.
    Failed(SessionError),
}

type Steps<'a, C> = FuturesUnordered<Pin<Box<dyn Future<Output = Step<C>> + Send + 'a>>>;

/// Connects to the first of the plan's targets that `secure` makes a connection of.
pub(super) async fn race<'a, C, F>(
    plan: &'a Plan,
    names: &'a NameServers,
    timing: &'a Timing,
    secure: impl Fn(TcpStream, Security) -> F,
) -> Result<C, SessionError>
where
    C: Send + 'a,
    F: Future<Output = Result<C, SessionError>> + Send + 'a,
{
    let mut steps: Steps<'a, C> = FuturesUnordered::new();
    for (index, target) in plan.targets.iter().enumerate() {
        steps.push(Box::pin(async move {
            let found = timeout_at(Instant::now() + timing.dns, names.addresses(target)).await;
            let found = found.ok().and_then(Result::ok).unwrap_or_default();
            Step::Resolved(index, interleaved(found))
        }));
    }
    // A name that cannot be resolved holds the later ones back no longer than an address that does not answer.
    let mut line = Line::new(plan, Instant::now() + timing.head_start);
    let mut due = Instant::now();
    let mut worst = None;
    loop {
        let turn = line.turn(due);
        if turn.is_none() && steps.is_empty() {
            return Err(worst.unwrap_or(plan.unresolved));
        }
        tokio::select! {
            () = at(turn) => {
                if let Some((address, security)) = line.next() {
                    let now = Instant::now();
                    steps.push(Box::pin(attempt(address, security, now + timing.connect)));
                    due = now + timing.head_start;
                }
            }
            Some(step) = steps.next() => match step {
                Step::Resolved(index, addresses) => {
                    if addresses.is_empty() {
                        worst = Some(graver(worst, plan.unresolved));
                    }
                    line.resolved(index, addresses);
                }
                Step::Accepted(stream, security, deadline) => {
                    let securing = secure(stream, security);
                    steps.push(Box::pin(async move {
                        match timeout_at(deadline, securing).await {
                            Ok(Ok(connection)) => Step::Secured(connection),
                            Ok(Err(error)) => Step::Failed(error),
                            Err(_) => Step::Failed(SessionError::Unreachable),
                        }
                    }));
                    due = due.max(Instant::now() + timing.handshake_head_start);
                }
                Step::Secured(connection) => return Ok(connection),
                Step::Failed(error) => {
                    worst = Some(graver(worst, error));
                    due = Instant::now();
                }
            },
        }
    }
}

/// Those that have not been tried yet.
struct Line {
    /// By target, in order; `None` while its name is being resolved.
    addresses: Vec<(Security, Option<VecDeque<SocketAddr>>)>,
    /// Until then an unresolved target holds back those after it.
    patience: Instant,
}

impl Line {
    fn new(plan: &Plan, patience: Instant) -> Self {
        let addresses = plan.targets.iter().map(|target| (target.security, None)).collect();
        Self { addresses, patience }
    }

    fn resolved(&mut self, index: usize, found: VecDeque<SocketAddr>) {
        if let Some((_, addresses)) = self.addresses.get_mut(index) {
            *addresses = Some(found);
        }
    }

    /// When the next address is tried, if nothing happens before: not before `due`. `None` while none is known.
    fn turn(&self, due: Instant) -> Option<Instant> {
        let mut turn = due;
        for (_, addresses) in &self.addresses {
            match addresses {
                None => turn = turn.max(self.patience),
                Some(addresses) if addresses.is_empty() => {}
                Some(_) => return Some(turn),
            }
        }
        None
    }

    fn next(&mut self) -> Option<(SocketAddr, Security)> {
        self.addresses
            .iter_mut()
            .find_map(|(security, addresses)| Some((addresses.as_mut()?.pop_front()?, *security)))
    }
}

async fn at(turn: Option<Instant>) {
    match turn {
        Some(turn) => sleep_until(turn).await,
        None => pending().await,
    }
}

async fn attempt<C>(address: SocketAddr, security: Security, deadline: Instant) -> Step<C> {
    match timeout_at(deadline, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => Step::Accepted(stream, security, deadline),
        Ok(Err(error)) => Step::Failed(match error.kind() {
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => SessionError::NoNetwork,
            _ => SessionError::Unreachable,
        }),
        Err(_) => Step::Failed(SessionError::Unreachable),
    }
}

/// Addresses of both families in turns (RFC 8305 section 4), beginning with the family that the resolver prefers: where
/// one family does not work at all, the second address tried is of the other.
fn interleaved(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let six_first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut preferred, mut other): (VecDeque<_>, VecDeque<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == six_first);
    let mut mixed = VecDeque::new();
    while mixed.len() < MOST_ADDRESSES && !(preferred.is_empty() && other.is_empty()) {
        mixed.extend(preferred.pop_front());
        mixed.extend(other.pop_front());
    }
    mixed
}

/// Which of two failures says more: one that the user must mend, then one of a server that was reached.
fn graver(old: Option<SessionError>, new: SessionError) -> SessionError {
    let rank = |error: SessionError| match error {
        error if error.is_final() => 3,
        SessionError::Tls | SessionError::Protocol(_) | SessionError::TooSlow => 2,
        SessionError::Unreachable => 1,
        _ => 0,
    };
    match old {
        Some(old) if rank(old) >= rank(new) => old,
        _ => new,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use socket2::{Domain, Socket, Type};
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::*;
    use crate::net::srv::Target;

    /// Deadlines that a test would not live to see: whoever waits for one fails.
    fn timing() -> Timing {
        Timing {
            dns: Duration::from_secs(3600),
            connect: Duration::from_secs(3600),
            head_start: Duration::from_millis(20),
            handshake_head_start: Duration::from_millis(50),
            ..Timing::default()
        }
    }

    fn plan(ports: &[u16]) -> Plan {
        let target = |port: &u16| Target {
            host: "127.0.0.1".into(),
            port: *port,
            security: Security::DirectTls,
        };
        Plan {
            targets: ports.iter().map(target).collect(),
            unresolved: SessionError::ServerNotFound,
        }
    }

    /// The port that wins: the one whose server says a word.
    async fn winner(plan: &Plan, timing: &Timing) -> Result<u16, SessionError> {
        let secure = |mut stream: TcpStream, _| async move {
            let word = stream.read_u8().await;
            let port = stream.peer_addr().unwrap().port();
            word.map(|_| port).map_err(|_| SessionError::Tls)
        };
        let names = NameServers::System;
        let run = race(plan, &names, timing, secure);
        tokio::time::timeout(Duration::from_secs(20), run)
            .await
            .expect("nobody waits for a deadline")
    }

    /// A server that says a word to everybody, and the number of those who came.
    async fn talker() -> (u16, std::sync::Arc<Mutex<usize>>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let guests = std::sync::Arc::new(Mutex::new(0));
        let counted = std::sync::Arc::clone(&guests);
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                *counted.lock().unwrap() += 1;
                let _ = tokio::io::AsyncWriteExt::write_u8(&mut stream, 1).await;
                kept.push(stream);
            }
        });
        (port, guests)
    }

    /// A server that accepts and never says anything.
    fn mute() -> std::net::TcpListener {
        std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap()
    }

    /// A port that swallows every attempt, as a firewall does: its queue of connections is full.
    #[cfg(target_os = "linux")]
    fn black_hole() -> (u16, Vec<Socket>) {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&any.into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let port = address.as_socket().unwrap().port();
        let mut held = vec![listener];
        loop {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            let accepted = socket.connect_timeout(&address, Duration::from_millis(200)).is_ok();
            held.push(socket);
            if !accepted {
                return (port, held);
            }
        }
    }

    fn refused() -> u16 {
        mute().local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn the_first_target_wins_where_it_answers_and_stays_alone() {
        let ((first, _), (second, guests)) = (talker().await, talker().await);
        let patient = Timing {
            head_start: Duration::from_secs(3600),
            handshake_head_start: Duration::from_secs(3600),
            ..timing()
        };
        assert_eq!(winner(&plan(&[first, second]), &patient).await, Ok(first));
        assert_eq!(*guests.lock().unwrap(), 0);
    }

    #[tokio::test]
    async fn a_refused_port_costs_nothing() {
        let (good, _) = talker().await;
        let patient = Timing {
            head_start: Duration::from_secs(3600),
            handshake_head_start: Duration::from_secs(3600),
            ..timing()
        };
        assert_eq!(winner(&plan(&[refused(), good]), &patient).await, Ok(good));
    }

    #[tokio::test]
    async fn a_server_that_accepts_and_says_nothing_is_passed_by() {
        let (listener, (good, _)) = (mute(), talker().await);
        let port = listener.local_addr().unwrap().port();
        assert_eq!(winner(&plan(&[port, port, good]), &timing()).await, Ok(good));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn an_address_that_swallows_everything_is_passed_by() {
        let ((port, _held), (good, _)) = (black_hole(), talker().await);
        assert_eq!(winner(&plan(&[port, port, good]), &timing()).await, Ok(good));
    }

    #[tokio::test]
    async fn one_that_answers_late_still_wins_over_those_that_never_do() {
        let (listener, silent) = (TcpListener::bind(("127.0.0.1", 0)).await.unwrap(), mute());
        let late = listener.local_addr().unwrap().port();
        let never = silent.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            // Not before the other has been tried, too.
            tokio::task::spawn_blocking(move || silent.accept())
                .await
                .unwrap()
                .unwrap();
            tokio::io::AsyncWriteExt::write_u8(&mut stream, 1).await.unwrap();
            pending::<()>().await;
        });
        assert_eq!(winner(&plan(&[late, never.port()]), &timing()).await, Ok(late));
    }

    #[tokio::test]
    async fn where_all_fail_the_gravest_failure_is_told() {
        assert_eq!(
            winner(&plan(&[refused(), refused()]), &timing()).await,
            Err(SessionError::Unreachable)
        );
        let nowhere = Plan {
            targets: vec![Target {
                host: "nowhere.invalid".into(),
                port: 1,
                security: Security::DirectTls,
            }],
            unresolved: SessionError::ServerNotFound,
        };
        assert_eq!(winner(&nowhere, &timing()).await, Err(SessionError::ServerNotFound));
        let secure = |_, _| async { Err::<(), _>(SessionError::NoTls) };
        let (good, _) = talker().await;
        let names = NameServers::System;
        assert_eq!(
            race(&plan(&[good, refused()]), &names, &timing(), secure).await,
            Err(SessionError::NoTls)
        );
    }

    #[test]
    fn families_take_turns() {
        let addresses = |list: &[&str]| list.iter().map(|a| a.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let mixed = interleaved(addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.0.0.1:1", "1.0.0.2:1"]));
        assert_eq!(
            Vec::from(mixed),
            addresses(&["[::1]:1", "1.0.0.1:1", "[::2]:1", "1.0.0.2:1", "[::3]:1"])
        );
        let four = addresses(&["1.0.0.1:1", "[::1]:1"]);
        assert_eq!(Vec::from(interleaved(four.clone())), four);
    }
}
