//! A bad network between a client and a real server: connections are cut, stall, are late, or come in pieces, by a
//! [plan](FaultPlan) that one number decides.
//!
//! TLS passes through untouched, so that neither side knows of the proxy. Every fault is [noted](FaultProxy::journal) with the
//! number of bytes that had passed.

mod connection;
mod journal;
mod line;
mod plan;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use self::journal::{Happening, Note};
pub use self::plan::{Cut, Direction, Fault, FaultKind, FaultPlan, Noticed, PlannedFault, Swallowed, Trigger};

use self::line::Line;

/// A trigger that counts bytes fires after this time at the latest: on a quiet line it would never.
const LONGEST_WAIT: Duration = Duration::from_millis(2_500);

/// A proxy on loopback. Its line is good until [`FaultProxy::begin`]. Dropping it ends every connection.
#[derive(Debug)]
pub struct FaultProxy {
    port: u16,
    line: Arc<Line>,
    listener: JoinHandle<()>,
    conductor: Option<JoinHandle<()>>,
}

impl FaultProxy {
    /// Listens on a free port for connections to `upstream`. `seed` decides where bytes are split.
    ///
    /// # Errors
    /// The system's, if no port is free.
    pub async fn start(upstream: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let line = Arc::new(Line::new());
        let accepting = Arc::clone(&line);
        let listener = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let Ok((client, _)) = accepted else { continue };
                        let line = Arc::clone(&accepting);
                        connections.spawn(async move { connection::carry(client, upstream, &line, seed).await });
                    }
                    Some(_ended) = connections.join_next() => {}
                }
            }
        });
        Ok(Self {
            port,
            line,
            listener,
            conductor: None,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Begins to carry out `plan`.
    pub fn begin(&mut self, plan: FaultPlan) {
        self.stop();
        let line = Arc::clone(&self.line);
        self.conductor = Some(tokio::spawn(async move {
            for planned in plan.faults {
                match planned.trigger {
                    Trigger::Time(pause) => tokio::time::sleep(pause).await,
                    Trigger::Bytes(direction, count) => {
                        // In time or not, the fault comes now.
                        let _reached = tokio::time::timeout(LONGEST_WAIT, line.until_passed(direction, count)).await;
                    }
                }
                line.strike(planned.fault);
            }
        }));
    }

    /// Ends the plan: from now on new connections are good.
    pub fn calm(&mut self) {
        self.stop();
        self.line.calm();
    }

    /// Ends the plan and lets nobody through any more.
    pub fn close(&mut self) {
        self.stop();
        self.line.close_for_good();
    }

    /// What happened so far.
    #[must_use]
    pub fn journal(&self) -> Vec<Note> {
        self.line.journal.read()
    }

    fn stop(&mut self) {
        if let Some(conductor) = self.conductor.take() {
            conductor.abort();
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.stop();
        self.listener.abort();
    }
}

#[cfg(test)]
mod tests;
