//! Comparing a conversation with the server's archive, because somebody asked: from the newest message back to the oldest one
//! that is held, a page at a time, behind everything that somebody waits for.
//!
//! What a page brings is stored like any other page ([`page`](super::page)), which puts missing messages where they belong. What
//! is held in the span of a page without being in it is counted, and stays: the server may have expired it, and what was once
//! here is never deleted by a machine's opinion. A session that ends only costs the page under way.

use std::collections::HashMap;

use wardline_store::messages::PENDING_BASE;
use wardline_store::{ConversationId, SegmentId, StoreError, conversations, local_data, segments};
use wardline_xmpp::archive::{ArchiveError, ArchivePage, Reach};
use wardline_xmpp::ids::Timestamp;
use wardline_xmpp::session::Continuity;

use super::budget::{Leads, Track};
use super::request::{Before, Purpose, Urgency};
use crate::engine::Engine;
use crate::engine::ingest::Target;
use crate::view::{CheckFindings, CheckView, CommandError, Event};

/// How often in a row a page may be asked for without an answer.
const PATIENCE: u8 = 3;

/// Comparisons, by conversation.
#[derive(Debug, Default)]
pub(in crate::engine) struct Checks {
    running: HashMap<ConversationId, Check>,
    ended: HashMap<ConversationId, CheckView>,
}

/// One comparison.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) target: Target,
    /// Where the next page ends; `None`: with the newest message.
    pub(super) before: Option<Before>,
    /// The segment and the position of the oldest message compared so far.
    pub(super) reached: Option<(SegmentId, i64)>,
    /// How far it goes.
    pub(super) until: Until,
    of: u32,
    pub(super) found: CheckFindings,
    page: Page,
    unanswered: u8,
    track: Track,
}

/// Where what is held begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Until {
    /// At the beginning of the archive.
    Beginning,
    /// At this message; what is older was never asked for.
    Message { archive_id: Option<String>, position: i64 },
}

/// Whether the next page is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Asked,
    /// There is no connection.
    Waits,
}

/// Whether a page was the last one to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    GoesOn,
    Ends,
}

impl Checks {
    /// Each comparison as shown.
    pub(in crate::engine) fn views(&self) -> HashMap<ConversationId, CheckView> {
        let ended = self
            .ended
            .iter()
            .map(|(conversation, view)| (*conversation, view.clone()));
        let running = self
            .running
            .iter()
            .map(|(conversation, check)| (*conversation, check.view()));
        ended.chain(running).collect()
    }
}

impl Check {
    fn view(&self) -> CheckView {
        let compared = self.found.compared;
        CheckView::Running {
            compared,
            of: self.of.max(compared),
        }
    }
}

impl Engine {
    /// Begins to compare a conversation with the server. One that is being compared goes on.
    pub(in crate::engine) async fn check(&mut self, conversation: ConversationId) -> Result<(), CommandError> {
        if self.checks.running.contains_key(&conversation) {
            return Ok(());
        }
        let tx = self.store.read().await?;
        let with = conversations::get(&tx, conversation)
            .await?
            .ok_or(CommandError::NotFound)?;
        let held = segments::list(&tx, conversation).await?;
        let until = match held.first() {
            Some(oldest) if !oldest.reaches_start => Until::Message {
                archive_id: oldest.first_archive_id.clone(),
                position: oldest.first_position,
            },
            // Of a conversation that nothing is held of, the newest page is enough.
            None => Until::Message {
                archive_id: None,
                position: i64::MAX,
            },
            Some(_) => Until::Beginning,
        };
        let of = local_data::count_settled_before(&tx, conversation, PENDING_BASE).await?;
        drop(tx);
        let check = Check {
            target: Target {
                conversation,
                archive: with.archive_id,
                kind: with.kind,
            },
            before: None,
            reached: None,
            until,
            of: u32::try_from(of).unwrap_or(u32::MAX),
            found: CheckFindings::default(),
            page: Page::Waits,
            unanswered: 0,
            track: Track::default(),
        };
        self.tell_check(conversation, check.view());
        self.checks.ended.remove(&conversation);
        self.checks.running.insert(conversation, check);
        Ok(self.ask_compared(conversation).await?)
    }

    /// Gives up a comparison. What it repaired stays repaired.
    pub(in crate::engine) fn stop_check(&mut self, conversation: ConversationId) {
        if self.checks.running.remove(&conversation).is_some() {
            self.end_check(
                conversation,
                CheckView::Stopped {
                    error: CommandError::Cancelled,
                },
            );
        }
    }

    /// There is a connection again: comparisons go on where they stopped.
    pub(in crate::engine) async fn resume_checks(&mut self, continuity: Continuity) -> Result<(), StoreError> {
        for check in self.checks.running.values_mut() {
            // A new session knows nothing of the questions of the former one.
            if continuity == Continuity::New {
                check.page = Page::Waits;
            }
        }
        let waiting: Vec<ConversationId> = self
            .checks
            .running
            .iter()
            .filter(|(_, check)| check.page == Page::Waits)
            .map(|(conversation, _)| *conversation)
            .collect();
        for conversation in waiting {
            self.ask_compared(conversation).await?;
        }
        Ok(())
    }

    /// Asks for the next page to compare, if there is a connection.
    async fn ask_compared(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        if !self.online() {
            return Ok(());
        }
        let Some(check) = self.checks.running.get_mut(&conversation) else {
            return Ok(());
        };
        check.page = Page::Asked;
        let (target, before) = (check.target, check.before.clone());
        self.want_page(target, Purpose::Check { target, before }, Urgency::Background)
            .await
    }

    /// The page to compare has come, or is not going to.
    pub(super) async fn take_compared(
        &mut self,
        conversation: ConversationId,
        answer: Result<ArchivePage, ArchiveError>,
    ) -> Result<(), StoreError> {
        // Given up meanwhile.
        let Some(mut check) = self.checks.running.remove(&conversation) else {
            return Ok(());
        };
        check.page = Page::Waits;
        match answer {
            Ok(page) => {
                check.unanswered = 0;
                if self.compare(&mut check, &page).await? == Comparison::Ends {
                    let at = self.clock.now() / 1_000;
                    let found = check.found;
                    self.end_check(conversation, CheckView::Done { at, found });
                    return self.extend_open(conversation).await;
                }
                self.tell_check(conversation, check.view());
            }
            Err(error) => {
                tracing::info!(%error, "page to compare refused");
                check.unanswered += 1;
                if let Some(error) = ends(&mut check, &error) {
                    self.end_check(conversation, CheckView::Stopped { error });
                    return Ok(());
                }
            }
        }
        self.checks.running.insert(conversation, check);
        self.ask_compared(conversation).await
    }

    fn end_check(&mut self, conversation: ConversationId, view: CheckView) {
        self.tell_check(conversation, view.clone());
        self.checks.ended.insert(conversation, view);
    }

    fn tell_check(&self, conversation: ConversationId, state: CheckView) {
        self.events.send(Event::Check {
            conversation: conversation.into(),
            state,
        });
    }
}

/// Why a comparison cannot go on after a page that did not come; `None`: it is asked again.
fn ends(check: &mut Check, error: &ArchiveError) -> Option<CommandError> {
    match (error, check.reached, &check.before) {
        // The session is gone, and the next one is asked.
        (ArchiveError::Offline | ArchiveError::SessionLost, ..) => None,
        // The server has expired the message meanwhile: by its time, then (R9).
        (ArchiveError::ItemNotFound, Some((_, position)), Some(Before::Message(_))) => {
            check.before = Some(Before::Time(Timestamp(position)));
            None
        }
        (ArchiveError::TimedOut, ..) if check.unanswered < PATIENCE => None,
        (ArchiveError::TimedOut, ..) => Some(CommandError::ServerUnreachable),
        _ => Some(CommandError::ServerError),
    }
}

/// Where the page before this one ends; `None`: there is nothing before it, or the server does not go on.
pub(super) fn next(check: &mut Check, page: &ArchivePage) -> Option<Before> {
    let next = Before::Message(page.first.clone()?);
    let goes_on = page.reach == Reach::More && check.track.takes(page) != Leads::Nowhere;
    (goes_on && check.before.as_ref() != Some(&next)).then_some(next)
}
