//! Questions that must be answered once in every session: the roster, the remembered rooms and who is in them, what was read elsewhere,
//! pages.
//!
//! A connection may be lost while one of them is on its way to it, and the session taken up again a moment later. Then no new
//! session comes to ask everything anew, and the question would stay unanswered for as long as the session lives: rooms
//! not entered, an archive not caught up with. So it is kept and asked again.

use std::time::Duration;

use tokio::time::Instant;
use wardline_store::StoreError;
use wardline_xmpp::jid::BareJid;

use super::Engine;
use super::server_inbox::Pass;
use super::sync::PageRequest;

/// How long after it could not be asked a question is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// A question.
#[derive(Debug)]
pub(super) enum Errand {
    Roster,
    Blocked,
    Refused(BareJid),
    Bookmarks,
    Remember(BareJid),
    LightRooms(BareJid),
    LightInfo(BareJid),
    Members(BareJid),
    Description(BareJid),
    Displayed,
    Decisions,
    Inbox(Pass),
    Page(PageRequest),
}

/// Questions that could not be asked, and when they are asked again.
#[derive(Debug, Default)]
pub(super) struct Errands {
    waiting: Vec<Errand>,
    at: Option<Instant>,
}

impl Errands {
    /// Asks it again in a while.
    pub(super) fn put_off(&mut self, errand: Errand) {
        self.waiting.push(errand);
        self.at.get_or_insert_with(|| Instant::now() + AGAIN);
    }

    /// A new session asks everything anew.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.at
    }

    fn due(&mut self, now: Instant) -> Vec<Errand> {
        if self.at.is_some_and(|at| at <= now) {
            self.at = None;
            std::mem::take(&mut self.waiting)
        } else {
            Vec::new()
        }
    }
}

impl Engine {
    /// Asks what could not be asked before; to be called online.
    pub(super) async fn run_errands(&mut self, now: Instant) -> Result<(), StoreError> {
        for errand in self.errands.due(now) {
            match errand {
                Errand::Roster => self.spawn_roster(),
                Errand::Blocked => self.spawn_blocked(),
                Errand::Refused(service) => self.spawn_refused(service),
                Errand::Bookmarks => self.spawn_bookmarks(),
                Errand::Remember(room) => self.remember(room).await?,
                Errand::LightRooms(service) => self.spawn_light_rooms(service),
                Errand::LightInfo(room) => self.spawn_light_info(room, None),
                Errand::Members(room) => self.spawn_members(room),
                Errand::Description(room) => self.spawn_description(room),
                Errand::Displayed => self.spawn_displayed(),
                Errand::Decisions => self.spawn_decisions(),
                Errand::Inbox(pass) => self.spawn_inbox(pass),
                Errand::Page(request) => self.sync.want_again(request),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_could_not_be_asked_is_asked_again_once() {
        let mut errands = Errands::default();
        assert!(errands.next_deadline().is_none());
        errands.put_off(Errand::Roster);
        errands.put_off(Errand::Bookmarks);
        assert!(errands.due(Instant::now()).is_empty(), "not at once");
        let at = errands.next_deadline().unwrap();
        assert!(matches!(errands.due(at)[..], [Errand::Roster, Errand::Bookmarks]));
        assert!(errands.due(at).is_empty() && errands.next_deadline().is_none());
    }

    #[test]
    fn a_new_session_begins_without_the_questions_of_the_former_one() {
        let mut errands = Errands::default();
        errands.put_off(Errand::Displayed);
        errands.forget();
        assert!(errands.next_deadline().is_none());
    }
}
