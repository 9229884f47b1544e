//! Archive sync: which pages are wanted, in which order, and what their answers mean. The rules are those of sync.md.
//!
//! Two kinds of work share one queue:
//! - the **run**: forward from the archive's *cursor*, page by page to the end, over all conversations of the archive at
//!   once. The cursor is the last archive id up to which every conversation's newest [archived segment](wardline_store::segments) is
//!   complete. Only the run moves it; a live message never does (R3).
//! - **pages of one conversation**: the latest when it is opened or first seen, older ones when somebody scrolls up or a gap
//!   is to be filled.
//!
//! Each page is committed in one transaction ([`page`]). What is asked next follows from what the store holds afterwards, so
//! that a kill at any point only costs the page under way.

mod budget;
mod catch_up;
mod check;
mod compare;
mod cursor;
#[cfg(feature = "fuzzing")]
mod fed;
mod first;
mod gaps;
mod insert_page;
mod jump;
mod live;
mod page;
mod paging;
mod progress;
mod request;
mod sides;
#[cfg(test)]
mod tests;
mod whole_seconds;

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::time::Instant;
use wardline_store::{ArchiveId, ConversationId, StoreError};
use wardline_xmpp::archive::{ArchiveError, ArchivePage};

use super::Engine;
use super::ascribe::ascribe;
use super::requests::handled;

use self::budget::Budgets;
use self::catch_up::Run;
pub(super) use self::check::Checks;
use self::first::FirstSync;
pub(super) use self::jump::Jump;
pub(crate) use self::progress::proven_at;
pub(super) use self::request::{PageRequest, Purpose, Urgency};

/// Pages under way at once. Several hide the round trip; more would let a background page hold up a visible one.
const PARALLEL: usize = 4;
/// As many of them may be pages that nobody waits for: a visible one never has to wait for one of those to come.
const BACKGROUND: usize = PARALLEL - 1;

/// How far a session's view of an archive is.
#[derive(Debug, Default)]
enum Reached {
    /// No session, or the archive has not been asked yet.
    #[default]
    Nothing,
    /// The account is new on this computer.
    First(FirstSync),
    /// The run is under way.
    Running,
    /// The run failed for a reason that may pass; it goes on at that time.
    Paused(Instant),
    /// The run has reached the end. At that time it is asked once more, for what the server wrote late (R6).
    Proving(Instant),
    /// It is being asked once more. What is live is one with the newest segment meanwhile, as it was before.
    Looking,
    /// The newest segment and the live messages are one.
    Proven,
    /// There is no archive, or it is closed to us: nothing can be asked.
    Closed,
}

impl Reached {
    /// Whether what is held reaches up to the live messages, as far as the archive has told.
    fn is_at_end(&self) -> bool {
        match self {
            Self::Proving(_) | Self::Looking | Self::Proven | Self::Closed => true,
            Self::Nothing | Self::First(_) | Self::Running | Self::Paused(_) => false,
        }
    }
}

/// State of the sync of one account.
#[derive(Debug, Default)]
pub(super) struct Sync {
    /// Counts sessions: an answer to a question of an earlier one proves nothing about this one.
    session: u64,
    own: Reached,
    rooms: HashMap<ArchiveId, Reached>,
    queue: VecDeque<PageRequest>,
    under_way: usize,
    /// When an archive must be asked again, for messages whose place in it is not known.
    look_due: HashMap<ArchiveId, Instant>,
    /// From which time on an archive has told everything in this session, Unix microseconds.
    told_since: HashMap<ArchiveId, i64>,
    /// Runs that have more pages to go.
    runs: HashMap<ArchiveId, Run>,
    /// Archives with a page of their run under way: a second one would prove nothing that the first does not.
    asking: HashSet<ArchiveId>,
    /// Those of them whose page under way comes after one that could not be stored: it must not be taken.
    voided: HashSet<ArchiveId>,
    /// Those of them that are to be asked once more after that.
    ask_again: HashSet<ArchiveId>,
    /// Conversations with a page of their own under way.
    paging: HashSet<ConversationId>,
    /// Those of them of which somebody waits for older messages, which another page is not going to bring.
    older_wanted: HashSet<ConversationId>,
    /// Conversations whose gaps could not be filled, and when they are tried again.
    resting: HashMap<ConversationId, Instant>,
    /// What was read of archives and conversations without coming to an end.
    budgets: Budgets,
    /// Jumps that wait for their page.
    jumps: HashMap<ConversationId, Jump>,
}

impl Sync {
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        std::iter::once(&self.own)
            .chain(self.rooms.values())
            .filter_map(|reached| match reached {
                Reached::Paused(at) | Reached::Proving(at) => Some(*at),
                _ => None,
            })
            .chain(self.resting.values().copied())
            .min()
    }

    /// Whether what is held of an archive reaches up to what comes live.
    pub(super) fn is_at_end(&self, own: ArchiveId, archive: ArchiveId) -> bool {
        match archive == own {
            true => self.own.is_at_end(),
            false => self.rooms.get(&archive).is_some_and(Reached::is_at_end),
        }
    }

    /// Whether an archive has told everything up to what comes live, also what it had written late.
    pub(super) fn is_proven(&self, own: ArchiveId, archive: ArchiveId) -> bool {
        let reached = match archive == own {
            true => Some(&self.own),
            false => self.rooms.get(&archive),
        };
        matches!(reached, Some(Reached::Proven | Reached::Closed))
    }

    /// Whether nothing will ever come out of an archive.
    pub(super) fn is_closed(&self, own: ArchiveId, archive: ArchiveId) -> bool {
        let reached = match archive == own {
            true => Some(&self.own),
            false => self.rooms.get(&archive),
        };
        matches!(reached, Some(Reached::Closed))
    }

    /// Whether an archive has told of a time: of all that it was written in it. Archives may date by the second.
    pub(super) fn has_told_of(&self, archive: ArchiveId, at: i64) -> bool {
        const SECOND: i64 = 1_000_000;
        self.told_since
            .get(&archive)
            .is_some_and(|since| at >= since.saturating_add(SECOND))
    }

    /// Whether a page of this conversation is being fetched.
    pub(super) fn is_paging(&self, conversation: ConversationId) -> bool {
        self.paging.contains(&conversation)
    }

    /// Wants a page, before all others if it is for somebody who waits. A conversation has one page of its own under way at
    /// a time: the next depends on it. One that only waits its turn gives way to one that is waited for.
    fn want(&mut self, request: PageRequest) {
        let mut request = request;
        if let Some(conversation) = request.conversation()
            && !self.paging.insert(conversation)
        {
            let queued = |queued: &PageRequest| queued.conversation() == Some(conversation);
            let at = self.queue.iter().position(queued);
            let Some(waiting) = at
                .filter(|_| request.urgency == Urgency::Visible)
                .and_then(|at| self.queue.remove(at))
            else {
                if request.urgency == Urgency::Visible && matches!(request.purpose, Purpose::Older { .. }) {
                    self.older_wanted.insert(conversation);
                }
                return;
            };
            // The newest page begins more than the thread on screen; it is asked for sooner, not replaced.
            if matches!(waiting.purpose, Purpose::Latest { .. }) {
                request = PageRequest {
                    urgency: Urgency::Visible,
                    ..waiting
                };
            }
        }
        self.want_again(request);
    }

    /// Wants a page that is counted as being fetched already.
    pub(super) fn want_again(&mut self, request: PageRequest) {
        match request.urgency {
            Urgency::Visible => self.queue.push_front(request),
            Urgency::Background => self.queue.push_back(request),
        }
    }
}

impl Engine {
    /// Asks for the next pages, as many as may be under way.
    pub(super) fn pump_sync(&mut self) {
        while self.online()
            && let Some(next) = self.sync.queue.front()
            && self.sync.under_way
                < match next.urgency {
                    Urgency::Visible => PARALLEL,
                    Urgency::Background => BACKGROUND,
                }
            && let Some(request) = self.sync.queue.pop_front()
        {
            self.sync.under_way += 1;
            let query = request.query();
            self.request(
                |session| async move { session.archive_page(query).await },
                |engine, answer| Box::pin(engine.on_page(request, answer)),
            );
        }
    }

    /// Takes the answer to a page request.
    async fn on_page(
        &mut self,
        request: PageRequest,
        mut answer: Result<ArchivePage, ArchiveError>,
    ) -> Result<(), StoreError> {
        if let Ok(page) = &mut answer {
            ascribe(&self.store, &mut page.messages).await?;
        }
        self.sync.under_way = self.sync.under_way.saturating_sub(1);
        if request.session != self.sync.session {
            return Ok(());
        }
        if let Err(ArchiveError::Offline) = answer
            && !matches!(request.purpose, Purpose::From { .. })
        {
            // It never left. If this session is taken up again, nothing else would ask for it.
            self.requests.postpone(|engine| {
                engine.sync.want_again(request);
                handled()
            });
            return Ok(());
        }
        if let Purpose::From { target, .. } = &request.purpose {
            let target = *target;
            return self.take_island(target, &request, answer).await;
        }
        if let Purpose::Check { target, .. } = &request.purpose {
            return self.take_compared(target.conversation, answer).await;
        }
        if matches!(request.purpose, Purpose::Run { .. }) {
            self.sync.asking.remove(&request.archive);
        }
        let mut older_wanted = None;
        if let Some(conversation) = request.conversation() {
            self.sync.paging.remove(&conversation);
            let brings_it = matches!(request.purpose, Purpose::Older { .. });
            older_wanted = Some(conversation).filter(|it| self.sync.older_wanted.remove(it) && !brings_it);
        }
        let archive = request.archive;
        let asked_again = matches!(request.purpose, Purpose::Run { .. }) && self.sync.ask_again.remove(&archive);
        match answer {
            Ok(page) => self.take_good_page(request, page).await?,
            Err(error) => self.take_refusal(request, error).await?,
        }
        if asked_again {
            self.run_from_cursor(archive).await?;
        }
        if let Some(target) = match older_wanted {
            Some(conversation) => self.target(conversation).await?,
            None => None,
        } {
            self.want_older(target, Urgency::Visible).await?;
            self.refresh_edges(target.conversation).await?;
        }
        Ok(())
    }

    async fn take_good_page(&mut self, request: PageRequest, page: ArchivePage) -> Result<(), StoreError> {
        match request.purpose {
            Purpose::Discover => self.discovered(page).await,
            Purpose::Run { ref from } => self.ran(&request, from, page).await,
            Purpose::Latest { .. } | Purpose::Older { .. } | Purpose::Newer { .. } => self.paged(request, page).await,
            // Taken before this.
            Purpose::From { .. } | Purpose::Check { .. } => Ok(()),
        }
    }

    async fn take_refusal(&mut self, request: PageRequest, error: ArchiveError) -> Result<(), StoreError> {
        tracing::info!(%error, purpose = request.purpose.name(), "archive page refused");
        match (&request.purpose, error) {
            // The session is gone, and with it the question. A new session asks anew; a first sync begins anew with it, as conversations
            // whose page did not come would be missing for good.
            (_, ArchiveError::SessionLost) => self.refresh_all_edges().await,
            (Purpose::Run { .. }, ArchiveError::ItemNotFound) => self.cursor_expired(&request).await,
            (Purpose::Older { .. }, ArchiveError::ItemNotFound) => self.older_by_date(request).await,
            (Purpose::Newer { .. }, ArchiveError::ItemNotFound) => self.newer_from_behind(request).await,
            // An archive that is closed to us, or a room without one: there is nothing to be had, now or later.
            (_, ArchiveError::NotAllowed | ArchiveError::Refused(_)) => {
                *self.sync.reached(self.own_archive, request.archive) = Reached::Closed;
                self.page_failed(&request).await?;
                self.resolve_unproven(request.archive).await
            }
            (Purpose::Run { .. } | Purpose::Discover, _) => {
                self.sync.pause(&request, Instant::now() + catch_up::REST);
                Ok(())
            }
            (_, _) => self.page_failed(&request).await,
        }
    }

    /// Does what was put off until now.
    pub(super) async fn sync_deadline(&mut self, now: Instant) -> Result<(), StoreError> {
        let due: Vec<ArchiveId> = self
            .sync
            .rooms
            .iter()
            .filter(|(_, reached)| matches!(reached, Reached::Paused(at) | Reached::Proving(at) if *at <= now))
            .map(|(archive, _)| *archive)
            .collect();
        let own_is_due = matches!(self.sync.own, Reached::Paused(at) | Reached::Proving(at) if at <= now);
        for archive in due.into_iter().chain(own_is_due.then_some(self.own_archive)) {
            let reached = self.sync.reached(self.own_archive, archive);
            if matches!(reached, Reached::Proving(_)) {
                *reached = Reached::Looking;
            }
            self.run_from_cursor(archive).await?;
        }
        self.sync.resting.retain(|_, until| *until > now);
        self.fill_gaps().await
    }
}
