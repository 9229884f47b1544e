//! Telling a room after XEP-0045 what one has changed about it: its archive keeps nothing else of who came and went.

use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{Keeping, announcement};
use wardline_xmpp::muc::{Announced, MOST_ANNOUNCED};
use wardline_xmpp::session::Session;

use crate::engine::Engine;

impl Engine {
    /// What of this a room is told. A server with an inbox would count as unread what its archive keeps; its teams are of MUC Light.
    pub(super) fn told(&self, announced: Vec<Announced>) -> Vec<Announced> {
        match self.keeping() {
            Some(Keeping::Archived) => announced,
            Some(Keeping::Unsaid) | None => Vec::new(),
        }
    }

    /// Tells a room, where it is to be told.
    pub(super) fn send_announcements(&mut self, room: BareJid, announced: Vec<Announced>) {
        let told = self.told(announced);
        self.inform(|session| async move { tell(&session, &room, told).await });
    }
}

/// That people have been taken in, so many at a time as may be.
pub(super) fn added(people: Vec<BareJid>) -> Vec<Announced> {
    let parts = people.chunks(MOST_ANNOUNCED);
    let added = parts.map(|part| Announced::Added {
        newcomers: part.to_vec(),
    });
    added.collect()
}

/// That one has made a team with these people in it.
pub(super) fn made(people: &[BareJid]) -> Vec<Announced> {
    let (with, more) = people.split_at(people.len().min(MOST_ANNOUNCED));
    let made = Announced::Made { with: with.to_vec() };
    std::iter::once(made).chain(added(more.to_vec())).collect()
}

/// Tells a room. What does not arrive is missed by nobody: who belongs to the room, it says itself.
pub(super) async fn tell(session: &Session, room: &BareJid, announced: Vec<Announced>) {
    for one in announced {
        if let Err(error) = session.send(announcement(room.clone(), one)).await {
            tracing::info!(%error, "a room was not told of a change");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(count: usize) -> Vec<BareJid> {
        (0..count)
            .map(|number| format!("nurse-{number}@ward.example").parse().unwrap())
            .collect()
    }

    #[test]
    fn a_large_team_is_told_in_several_messages_and_names_everybody_once() {
        let all = people(2 * MOST_ANNOUNCED + 1);
        let (first, rest) = all.split_at(MOST_ANNOUNCED);
        let (second, third) = rest.split_at(MOST_ANNOUNCED);
        let part = |people: &[BareJid]| Announced::Added {
            newcomers: people.to_vec(),
        };
        assert!(made(&all) == [Announced::Made { with: first.to_vec() }, part(second), part(third)]);
        assert!(made(&[]) == [Announced::Made { with: Vec::new() }]);
        assert!(added(Vec::new()).is_empty());
    }
}
