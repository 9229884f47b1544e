//! Requests to the server. They run beside the actor, which never waits for the network: a response comes back to it as one more
//! thing to handle, in the handler that was named when the request was sent.
//!
//! Some requests must be answered once in every session: the roster, bookmarks, archive pages. A connection may be lost while one of
//! them is on its way to it, and the session be resumed a moment later. No new session then sends everything anew, so such a
//! request is kept and sent again.

use std::pin::Pin;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use wardline_store::StoreError;
use wardline_xmpp::session::{RequestError, Session};

use super::Engine;

/// How long after it could not be sent a request is sent again.
const AGAIN: Duration = Duration::from_secs(1);

/// The handling of a response, or of a request that is sent again.
pub(super) type Handling<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// What the actor does when a request has come back.
pub(super) type Handler = Box<dyn for<'a> FnOnce(&'a mut Engine) -> Handling<'a> + Send>;

/// Sends a request again. The actor holds it while it waits, so it may be seen from several threads.
type Again = Box<dyn for<'a> FnOnce(&'a mut Engine) -> Handling<'a> + Send + Sync>;

/// The handling of something that is done already.
pub(super) fn handled() -> Handling<'static> {
    Box::pin(std::future::ready(Ok(())))
}

/// Which requests without a response are sent again in the same session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Those that never left this computer.
    Unsent,
    /// Those, and those that the server did not answer in time.
    Unanswered,
}

impl Repeat {
    fn covers(self, error: &RequestError) -> bool {
        match error {
            RequestError::Offline => true,
            RequestError::TimedOut => self == Self::Unanswered,
            _ => false,
        }
    }
}

/// Requests that are under way, and those that are to be sent again.
#[derive(Default)]
pub(super) struct Requests {
    running: JoinSet<Handler>,
    postponed: Vec<Again>,
    at: Option<Instant>,
}

impl Requests {
    /// Keeps a request that could not be sent, which `again` sends.
    pub(super) fn postpone(
        &mut self,
        again: impl for<'a> FnOnce(&'a mut Engine) -> Handling<'a> + Send + Sync + 'static,
    ) {
        self.postponed.push(Box::new(again));
        self.at.get_or_insert_with(|| Instant::now() + AGAIN);
    }

    /// A new session sends everything anew.
    pub(super) fn forget_postponed(&mut self) {
        self.postponed.clear();
        self.at = None;
    }

    /// When postponed requests are sent again.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.at
    }

    fn due(&mut self, now: Instant) -> Vec<Again> {
        if self.at.is_some_and(|at| at <= now) {
            self.at = None;
            std::mem::take(&mut self.postponed)
        } else {
            Vec::new()
        }
    }

    /// The next response; `None` if nothing is under way. Cancel safe. A request that panicked has no response, and its handler is
    /// passed over.
    pub(super) async fn next(&mut self) -> Option<Handler> {
        loop {
            if let Ok(handler) = self.running.join_next().await? {
                return Some(handler);
            }
        }
    }

    /// Gives up all requests that are under way.
    pub(super) async fn shutdown(&mut self) {
        self.running.shutdown().await;
    }
}

impl Engine {
    /// Sends a request beside the actor; `handle` gets the response.
    pub(super) fn request<T, F>(
        &mut self,
        ask: impl FnOnce(Session) -> F,
        handle: impl for<'a> FnOnce(&'a mut Self, T) -> Handling<'a> + Send + 'static,
    ) where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let response = ask(self.session.clone());
        self.requests.running.spawn(async move {
            let response = response.await;
            let handler: Handler = Box::new(move |engine| handle(engine, response));
            handler
        });
    }

    /// Sends a request whose response changes nothing here.
    pub(super) fn inform<F>(&mut self, tell: impl FnOnce(Session) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.request(tell, |_, ()| handled());
    }

    /// Sends a request that the session needs an answer to: where the connection was lost before it, `again` sends it anew a moment
    /// later.
    pub(super) fn request_repeatedly<T, F>(
        &mut self,
        repeat: Repeat,
        ask: impl FnOnce(Session) -> F,
        again: impl FnOnce(&mut Self) + Send + Sync + 'static,
        handle: impl for<'a> FnOnce(&'a mut Self, Result<T, RequestError>) -> Handling<'a> + Send + 'static,
    ) where
        T: Send + 'static,
        F: Future<Output = Result<T, RequestError>> + Send + 'static,
    {
        self.request(ask, move |engine, response| match response {
            Err(error) if repeat.covers(&error) => {
                engine.requests.postpone(move |engine| {
                    again(engine);
                    handled()
                });
                handled()
            }
            response => handle(engine, response),
        });
    }

    /// Sends again what could not be sent before; to be called online.
    pub(super) async fn send_postponed(&mut self, now: Instant) {
        for again in self.requests.due(now) {
            if let Err(error) = again(self).await {
                tracing::error!(%error, "a postponed request could not be sent");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_that_could_not_be_sent_are_due_together_and_once() {
        let mut requests = Requests::default();
        assert!(requests.next_deadline().is_none());
        requests.postpone(|_| handled());
        requests.postpone(|_| handled());
        assert!(requests.due(Instant::now()).is_empty(), "not at once");
        let at = requests.next_deadline().unwrap();
        assert_eq!(requests.due(at).len(), 2);
        assert!(requests.due(at).is_empty() && requests.next_deadline().is_none());
    }

    #[test]
    fn a_new_session_begins_without_the_requests_of_the_former_one() {
        let mut requests = Requests::default();
        requests.postpone(|_| handled());
        requests.forget_postponed();
        assert!(requests.next_deadline().is_none());
    }

    #[test]
    fn a_refused_request_is_not_repeated() {
        for (error, unsent, unanswered) in [
            (RequestError::Offline, true, true),
            (RequestError::TimedOut, false, true),
            (RequestError::SessionLost, false, false),
            (RequestError::Malformed, false, false),
        ] {
            assert_eq!(Repeat::Unsent.covers(&error), unsent, "{error}");
            assert_eq!(Repeat::Unanswered.covers(&error), unanswered, "{error}");
        }
    }
}
