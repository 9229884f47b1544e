//! Asking through the session's task: what [`Session`](super::Session) and the opening of a session have in common.

use tokio::sync::{mpsc, oneshot};
use xmpp_parsers::jid::Jid;
use xmpp_parsers::minidom::Element;

use super::command::{Collect, Collected, Command, Phase, Request, RequestKind};
use super::error::RequestError;

/// Sends requests in one phase of a session.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) phase: Phase,
}

impl Asker {
    /// Asks and waits for the answer.
    pub(crate) async fn ask(
        &self,
        to: Option<Jid>,
        kind: RequestKind,
        payload: Element,
    ) -> Result<Option<Element>, RequestError> {
        self.collect(to, kind, payload, None)
            .await
            .map(|collected| collected.answer)
    }

    /// Asks, and gathers what comes before the answer.
    pub(crate) async fn collect(
        &self,
        to: Option<Jid>,
        kind: RequestKind,
        payload: Element,
        collect: Option<Collect>,
    ) -> Result<Collected, RequestError> {
        let (answer, answered) = oneshot::channel();
        let request = Request {
            to,
            kind,
            payload,
            collect,
            answer,
            phase: self.phase,
        };
        self.commands
            .send(Command::Request(Box::new(request)))
            .await
            .map_err(|_| RequestError::Offline)?;
        answered.await.map_err(|_| RequestError::SessionLost)?
    }
}
