//! Receipts (XEP-0184): says that messages have arrived, once they are stored and it is known what the server is.
//!
//! A message may come before a new session has asked what its server offers. Whether a receipt may ask to be archived depends on that: to
//! the inbox of MongooseIM such a receipt is an answer, and the conversation read on every device.

use std::collections::VecDeque;

use wardline_xmpp::ids::MessageId;
use wardline_xmpp::jid::Jid;
use wardline_xmpp::message::receipt;
use wardline_xmpp::session::SendError;

use super::Engine;

/// Most receipts that wait. One that is lost costs its sender a tick, not a message.
const MOST_WAITING: usize = 1_000;

/// Receipts that could not be sent yet.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    waiting: VecDeque<(Jid, MessageId)>,
}

impl Receipts {
    fn add(&mut self, to: Jid, message: MessageId) {
        if self.waiting.len() >= MOST_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back((to, message));
    }
}

impl Engine {
    /// Says that these have arrived, now or as soon as that can be said.
    pub(super) async fn confirm(&mut self, received: Vec<(Jid, Option<MessageId>)>) {
        for (to, id) in received {
            if let Some(id) = id {
                self.receipts.add(to, id);
            }
        }
        self.send_receipts().await;
    }

    /// Sends what waits, in the session of which it is known what its server is.
    pub(super) async fn send_receipts(&mut self) {
        while let Some(keeping) = self.keeping()
            && let Some((to, id)) = self.receipts.waiting.pop_front()
        {
            let stanza = receipt(to.clone(), id.clone(), keeping);
            if let Err(SendError::Offline) = self.session.send_within(self.begun, stanza).await {
                self.receipts.waiting.push_front((to, id));
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_and_the_oldest_go_first() {
        let mut receipts = Receipts::default();
        for number in 0..=MOST_WAITING {
            let id = MessageId::new(number.to_string()).unwrap();
            receipts.add("bob@ward.example/desk".parse().unwrap(), id);
        }
        assert_eq!(receipts.waiting.len(), MOST_WAITING);
        assert_eq!(receipts.waiting.front().unwrap().1.as_str(), "1");
    }
}
