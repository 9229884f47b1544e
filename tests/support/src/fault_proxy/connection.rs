//! One connection through the proxy: bytes in both directions, and its end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;

use super::journal::Happening;
use super::line::{Fate, Line, Shape};
use super::plan::{Cut, Direction, Noticed};

/// Longest that an end which nobody tells of is kept open.
const KEPT_OPEN: Duration = Duration::from_secs(20);

/// Carries the bytes of `client` until the connection ends.
pub(super) async fn carry(mut client: TcpStream, upstream: SocketAddr, line: &Line, seed: u64) {
    let Some((number, mut fate)) = line.connect() else {
        line.note(Happening::Refused);
        let _reset = client.set_zero_linger();
        return;
    };
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        line.note(Happening::ServerDown);
        let _reset = client.set_zero_linger();
        return;
    };
    line.note(Happening::Connected);
    // Pieces must leave as they are cut, not as the kernel would gather them.
    let _without_nagle = (client.set_nodelay(true), server.set_nodelay(true));
    let cut = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let pump = |direction| Pump {
            line,
            direction,
            fate: fate.clone(),
            random: StdRng::seed_from_u64(seed ^ (number << 1) ^ u64::from(direction == Direction::ToClient)),
        };
        let (mut up, mut down) = (pump(Direction::ToServer), pump(Direction::ToClient));
        tokio::select! {
            // One that fails ends both; one that ends lets the other finish.
            _ended = async { tokio::try_join!(up.run(from_client, to_server), down.run(from_server, to_client)) } => None,
            cut = until_cut(&mut fate) => Some(cut),
        }
    };
    match cut {
        Some((cut, noticed)) => {
            end(client, cut);
            match noticed {
                Noticed::ByBoth => end(server, cut),
                Noticed::ByClient => keep_open(server),
            }
        }
        None => {
            line.note(Happening::Ended);
            if matches!(*fate.borrow(), Fate::HalfOpen(swallowed) if swallowed.includes(Direction::ToServer)) {
                // That the client gave up is one more thing that the server does not hear.
                keep_open(server);
            }
        }
    }
}

async fn until_cut(fate: &mut watch::Receiver<Fate>) -> (Cut, Noticed) {
    loop {
        if let Fate::Cut(cut, noticed) = *fate.borrow_and_update() {
            return (cut, noticed);
        }
        if fate.changed().await.is_err() {
            // A newer connection has taken its place in the plan: this one ends by itself.
            std::future::pending::<()>().await;
        }
    }
}

fn end(mut stream: TcpStream, cut: Cut) {
    match cut {
        Cut::Reset => drop(stream.set_zero_linger()),
        Cut::Finish => drop(tokio::spawn(async move {
            // Unread bytes would turn the close into a reset.
            if stream.shutdown().await.is_ok() {
                drain(stream).await;
            }
        })),
    }
}

fn keep_open(stream: TcpStream) {
    drop(tokio::spawn(drain(stream)));
}

async fn drain(mut stream: TcpStream) {
    let mut sink = tokio::io::sink();
    let read = tokio::io::copy(&mut stream, &mut sink);
    let _ended = tokio::time::timeout(KEPT_OPEN, read).await;
}

struct Pump<'a> {
    line: &'a Line,
    direction: Direction,
    fate: watch::Receiver<Fate>,
    random: StdRng,
}

impl Pump<'_> {
    async fn run(&mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> io::Result<()> {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let read = from.read(&mut buffer).await?;
            if read == 0 {
                return if self.swallows() { Ok(()) } else { to.shutdown().await };
            }
            let mut pending = buffer.get(..read).unwrap_or_default().to_vec();
            if let Shape::Gathered(pause) = self.line.shape(self.direction) {
                tokio::time::sleep(pause).await;
                while let Ok(more @ 1..) = from.try_read(&mut buffer) {
                    pending.extend_from_slice(buffer.get(..more).unwrap_or_default());
                }
            }
            self.forward(&pending, &mut to).await?;
        }
    }

    async fn forward(&mut self, mut pending: &[u8], to: &mut WriteHalf<'_>) -> io::Result<()> {
        while !pending.is_empty() {
            let piece = match self.line.shape(self.direction) {
                Shape::Split(most) => {
                    // Now and then a pause, so that the pieces also arrive apart.
                    if self.random.random_range(0..40) == 0 {
                        tokio::time::sleep(Duration::from_millis(self.random.random_range(1..6))).await;
                    }
                    self.random.random_range(1..=most).min(pending.len())
                }
                Shape::Late(pause) => {
                    tokio::time::sleep(pause).await;
                    pending.len()
                }
                Shape::Plain | Shape::Gathered(_) => pending.len(),
            };
            let admitted = self.line.admit(self.direction, piece, &self.fate).await;
            let (now, rest) = pending.split_at(admitted.min(pending.len()));
            if !self.swallows() {
                to.write_all(now).await?;
            }
            self.line.handed_on();
            pending = rest;
        }
        Ok(())
    }

    fn swallows(&self) -> bool {
        matches!(*self.fate.borrow(), Fate::HalfOpen(swallowed) if swallowed.includes(self.direction))
    }
}
