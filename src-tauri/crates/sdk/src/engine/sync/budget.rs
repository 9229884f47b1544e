//! How much is asked of an archive before it is left alone for a while. A server that answers for ever without coming to an end, by
//! fault or on purpose, must keep neither this computer nor itself busy.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use wardline_store::{ArchiveId, ConversationId};
use wardline_xmpp::archive::ArchivePage;

use super::Sync;
use super::cursor::results;

/// Pages that are read one right after another: a month of a busy account.
const PAGES: u32 = 400;
/// Pages in a row that may tell of no other time than those before, as where many messages were stamped with one second.
const SAME_MOMENT: u32 = 100;
/// Pages of one conversation that nobody waits for, one right after another.
const PAGES_OF_CONVERSATION: u32 = 100;
/// The first rest; each one after it is twice as long as the one before.
const FIRST_REST: Duration = Duration::from_secs(10);
const LONGEST_REST: Duration = Duration::from_secs(600);

/// Where a page leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leads {
    /// On, to the next page.
    On,
    /// On, but much was read already: after a rest.
    OnAfterRest,
    /// Nowhere: it tells what was told before, or of no other time.
    Nowhere,
}

/// What one reading of an archive, page after page, has come by.
#[derive(Debug, Default)]
pub(super) struct Track {
    /// Hashes of the archive ids that were told: a second time they are no progress.
    told: HashSet<u64>,
    hasher: RandomState,
    /// The first and the last moment of which something was told.
    span: Option<(i64, i64)>,
    pages: u32,
    same_moment: u32,
}

impl Track {
    /// Takes the next page, which is not the last one.
    pub(super) fn takes(&mut self, page: &ArchivePage) -> Leads {
        let mut has_news = false;
        let ids = results(page).map(|(id, _)| id).chain(&page.failures);
        for id in ids {
            has_news |= self.told.insert(self.hasher.hash_one(id));
        }
        let before = self.span;
        for (_, stamp) in results(page) {
            let (first, last) = self.span.unwrap_or((stamp, stamp));
            self.span = Some((first.min(stamp), last.max(stamp)));
        }
        self.same_moment = match self.span == before {
            true => self.same_moment.saturating_add(1),
            false => 0,
        };
        self.pages = self.pages.saturating_add(1);
        if !has_news || self.same_moment > SAME_MOMENT {
            Leads::Nowhere
        } else if self.pages >= PAGES {
            *self = Self::default();
            Leads::OnAfterRest
        } else {
            Leads::On
        }
    }
}

/// Rests that were needed, and pages that were read since.
#[derive(Debug, Default)]
pub(super) struct Budgets {
    rests: HashMap<ArchiveId, u32>,
    conversations: HashMap<ConversationId, Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    pages: u32,
    rests: u32,
}

/// The rest that follows so many others.
fn rest(rests: u32) -> Duration {
    FIRST_REST.saturating_mul(1 << rests.min(16)).min(LONGEST_REST)
}

impl Sync {
    /// How long an archive is left alone now.
    pub(super) fn next_rest(&mut self, archive: ArchiveId) -> Duration {
        let rests = self.budgets.rests.entry(archive).or_default();
        let next = rest(*rests);
        *rests = rests.saturating_add(1);
        next
    }

    /// The end of an archive has been reached: it is as good as any other.
    pub(super) fn forget_rests(&mut self, archive: ArchiveId) {
        self.budgets.rests.remove(&archive);
    }

    /// A page of a conversation was read for which nobody waited. How long the conversation is left alone, if that is due.
    pub(super) fn spend(&mut self, conversation: ConversationId) -> Option<Duration> {
        let spent = self.budgets.conversations.entry(conversation).or_default();
        spent.pages = spent.pages.saturating_add(1);
        if spent.pages < PAGES_OF_CONVERSATION {
            return None;
        }
        let next = rest(spent.rests);
        *spent = Spent {
            pages: 0,
            rests: spent.rests.saturating_add(1),
        };
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use wardline_xmpp::archive::{Reach, Stability};
    use wardline_xmpp::ids::ArchiveId as WireId;

    use super::*;

    /// A page of results that could not be read, which are results all the same.
    fn page(ids: impl IntoIterator<Item = String>) -> ArchivePage {
        let failures: Vec<WireId> = ids.into_iter().filter_map(WireId::new).collect();
        ArchivePage {
            messages: Vec::new(),
            first: failures.first().cloned(),
            last: failures.last().cloned(),
            failures,
            reach: Reach::More,
            stability: Stability::Stable,
        }
    }

    #[test]
    fn pages_that_go_round_in_a_circle_lead_nowhere() {
        for circle in 1..6 {
            let mut track = Track::default();
            for turn in 0..circle {
                assert_eq!(track.takes(&page([format!("id-{turn}")])), Leads::On);
            }
            assert_eq!(track.takes(&page(["id-0".to_owned()])), Leads::Nowhere, "{circle}");
        }
    }

    #[test]
    fn a_page_with_one_new_id_among_old_ones_leads_on() {
        let mut track = Track::default();
        assert_eq!(track.takes(&page(["a".to_owned(), "b".to_owned()])), Leads::On);
        assert_eq!(track.takes(&page(["b".to_owned(), "c".to_owned()])), Leads::On);
        assert_eq!(track.takes(&page([])), Leads::Nowhere);
    }

    #[test]
    fn ids_that_are_ever_new_lead_nowhere_when_no_time_goes_by() {
        let mut track = Track::default();
        let led = (0..1000_u32).find(|turn| track.takes(&page([format!("id-{turn}")])) != Leads::On);
        assert_eq!(led, Some(SAME_MOMENT));
    }

    #[test]
    fn rests_grow_up_to_ten_minutes_and_are_forgotten_at_the_end() {
        let mut sync = Sync::default();
        let archive = ArchiveId(1);
        let seconds: Vec<u64> = (0..9).map(|_| sync.next_rest(archive).as_secs()).collect();
        assert_eq!(seconds, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
        sync.forget_rests(archive);
        assert_eq!(sync.next_rest(archive), FIRST_REST);
    }

    #[test]
    fn a_conversation_rests_after_a_hundred_pages() {
        let mut sync = Sync::default();
        let due: Vec<usize> = (1..=300).filter(|_| sync.spend(ConversationId(1)).is_some()).collect();
        assert_eq!(due, [100, 200, 300]);
    }
}
