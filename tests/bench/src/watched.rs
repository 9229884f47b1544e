//! The network, watched: what a client says on its encrypted connection, and how often it waits for an answer before it says more.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wardline_xmpp::session::{Connection, Io, NetworkTransport, SessionConfig, SessionError, Transport};

/// How long nothing must be said until everything counts as said. Longer than the time after which an archive is asked again.
const QUIET: Duration = Duration::from_secs(6);

/// What a client has said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Questions.
    pub(crate) questions: usize,
    /// Round trips: how often it asked something after it had heard something.
    pub(crate) turns: usize,
    /// Bytes that it has sent.
    pub(crate) sent: usize,
    /// Bytes that it has received.
    pub(crate) received: usize,
    /// Whether it has heard something since it last asked.
    heard: bool,
    /// Whether its connection is to end.
    cut: bool,
}

impl Said {
    /// Both together.
    pub(crate) fn and(self, more: Self) -> Self {
        Self {
            questions: self.questions + more.questions,
            turns: self.turns + more.turns,
            sent: self.sent + more.sent,
            received: self.received + more.received,
            ..more
        }
    }
}

/// A way over the network that listens.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    network: NetworkTransport,
    said: Arc<Mutex<Said>>,
    began: Mutex<Option<Instant>>,
}

impl Watched {
    fn said(said: &Mutex<Said>) -> std::sync::MutexGuard<'_, Said> {
        said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was said since the last time, to be counted anew.
    pub(crate) fn take(&self) -> Said {
        std::mem::take(&mut *Self::said(&self.said))
    }

    /// Everything that is said until nothing is said any more.
    pub(crate) async fn until_quiet(&self) -> Said {
        let mut sum = Said::default();
        loop {
            tokio::time::sleep(QUIET).await;
            let more = self.take();
            if more.questions == 0 {
                return sum;
            }
            sum = sum.and(more);
        }
    }

    /// When the client last began to connect.
    pub(crate) fn began(&self) -> Option<Instant> {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connection as a broken cable does, once something more comes over it.
    pub(crate) fn cut(&self) {
        Self::said(&self.said).cut = true;
    }
}

impl Transport for Watched {
    fn connect<'a>(
        &'a self,
        config: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(async {
            *self.began.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            let connection = self.network.connect(config).await?;
            Self::said(&self.said).cut = false;
            Ok(Connection {
                io: Box::new(Line {
                    io: connection.io,
                    said: Arc::clone(&self.said),
                }),
                ..connection
            })
        })
    }
}

struct Line {
    io: Box<dyn Io>,
    said: Arc<Mutex<Said>>,
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(cx, buffer);
        let mut said = Watched::said(&self.said);
        if said.cut {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let read = buffer.filled().len() - before;
        said.received += read;
        said.heard |= read > 0;
        polled
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(cx, bytes);
        if let Poll::Ready(Ok(written)) = polled {
            let mut said = Watched::said(&self.said);
            let written = bytes.get(..written).unwrap_or_default();
            let asked = questions(written);
            said.sent += written.len();
            said.questions += asked;
            if asked > 0 && said.heard {
                said.turns += 1;
                said.heard = false;
            }
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// What asks for an answer: `<iq/>` of our own, and the steps of signing in.
fn questions(bytes: &[u8]) -> usize {
    const ASK: [&str; 6] = [
        "<iq ",
        "<stream:stream ",
        "<auth ",
        "<response ",
        "<enable ",
        "<resume ",
    ];
    let text = String::from_utf8_lossy(bytes);
    let asked: usize = ASK.iter().map(|ask| text.matches(ask).count()).sum();
    // An answer to a question of the server's is none.
    asked.saturating_sub(text.matches("type='result'").count() + text.matches("type=\"result\"").count())
}

#[cfg(test)]
mod tests {
    use super::questions;

    #[test]
    fn what_is_asked_is_counted_and_what_is_answered_is_not() {
        assert_eq!(
            questions(b"<iq id='1' type='get'/><iq id='2' type='set'/><a h='3'/>"),
            2
        );
        assert_eq!(questions(b"<iq id='1' type='result'/><presence/>"), 0);
        assert_eq!(questions(b"<auth mechanism='PLAIN'>x</auth>"), 1);
    }
}
