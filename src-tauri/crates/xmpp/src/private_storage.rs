//! Private XML storage (XEP-0049): one element per namespace, for the own account alone, replaced as a whole. Servers
//! announce no changes of it to other devices.
//!
//! By hand: an envelope around payloads of other codecs.

use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::session::{RequestError, RequestKind, Session};
use crate::xml::{Build, element};

/// Most children of an element that are read.
const MOST_CHILDREN: usize = 10_000;

/// An element in the storage, by its name and namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrivateStorage {
    pub(crate) name: &'static str,
    pub(crate) namespace: &'static str,
}

impl PrivateStorage {
    /// The element's children; none if there is no such element, or the server has no such storage.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub(crate) async fn read(self, session: &Session) -> Result<Vec<Element>, RequestError> {
        match session.request(None, RequestKind::Get, self.query(Vec::new())).await {
            Ok(answer) => Ok(self.children(answer)),
            Err(RequestError::Refused(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Replaces the children.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub(crate) async fn write(self, session: &Session, children: Vec<Element>) -> Result<(), RequestError> {
        let query = self.query(children);
        session.request(None, RequestKind::Set, query).await.map(drop)
    }

    fn query(self, children: Vec<Element>) -> Element {
        let kept = children
            .into_iter()
            .fold(element(self.name, self.namespace), Build::with_child);
        element("query", ns::PRIVATE).with_child(kept)
    }

    fn children(self, answer: Option<Element>) -> Vec<Element> {
        let kept = answer.and_then(|query| query.get_child(self.name, self.namespace).cloned());
        let children = kept.map(|kept| kept.children().take(MOST_CHILDREN).cloned().collect());
        children.unwrap_or_default()
    }
}
