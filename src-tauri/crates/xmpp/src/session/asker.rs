//! Requests through the session's task, for [`Session`](super::Session) and for the discovery of a session that opens.

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
    /// Sends a request and waits for the answer.
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

    /// Sends a request, and collects the results that come before the answer.
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
