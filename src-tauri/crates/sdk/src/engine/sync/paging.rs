//! Pages of one conversation: the latest when it is opened, those beside a segment, and what they say about its edges.

use std::time::Duration;

use tokio::time::Instant;
use wardline_store::segments::{self, Segment};
use wardline_store::{ConversationId, ConversationKind, GapState, SegmentId, SegmentKind, StoreError, gaps};
use wardline_xmpp::archive::{ArchivePage, Reach};
use wardline_xmpp::ids::{ArchiveId as WireId, Timestamp};
use wardline_xmpp::jid::BareJid;

use super::cursor::first_cursor;
use super::page::{Adjacent, Overtook, PagePart, Tells};
use super::request::{Before, Urgency};
use super::{PageRequest, Purpose, Reached};
use crate::engine::Engine;
use crate::engine::ingest::Target;
use crate::engine::read_pointer;

/// How long a conversation's gaps are left alone after a page that did not come.
const REST: Duration = Duration::from_secs(30);

impl Engine {
    /// Wants the newest page of a conversation.
    pub(in crate::engine) async fn want_latest(&mut self, target: Target, urgency: Urgency) -> Result<(), StoreError> {
        self.want_page(target, Purpose::Latest { target }, urgency).await
    }

    /// A conversation was opened: unless the run has proven its end, its newest page is fetched before anything else (R5).
    pub(in crate::engine) async fn sync_opened(&mut self, target: Target) -> Result<(), StoreError> {
        let reached = match target.kind {
            ConversationKind::Person => &self.sync.own,
            ConversationKind::Team => self.sync.rooms.get(&target.archive).unwrap_or(&Reached::Nothing),
        };
        let held = segments::list(&self.store.read().await?, target.conversation).await?;
        let detached = held.last().is_some_and(|newest| newest.kind == SegmentKind::Detached);
        let proven = reached.is_at_end() && !detached;
        // A room is read when it has been entered; before that its archive may be closed to us.
        let closed = target.kind == ConversationKind::Team && matches!(reached, Reached::Nothing);
        if (!proven || held.is_empty()) && !closed && self.online() {
            self.want_latest(target, Urgency::Visible).await?;
        }
        self.fill_gaps().await
    }

    /// Wants what comes before the oldest segment of a conversation. `false`: there is nothing to ask, or nobody.
    pub(in crate::engine) async fn want_older(&mut self, target: Target, urgency: Urgency) -> Result<bool, StoreError> {
        let held = segments::list(&self.store.read().await?, target.conversation).await?;
        let oldest = held.into_iter().next();
        let wanted = match oldest {
            _ if !self.online() => return Ok(false),
            Some(oldest) if oldest.reaches_start => return Ok(false),
            Some(oldest) => {
                self.want_before(target, &oldest, urgency).await?;
                true
            }
            None => {
                self.want_latest(target, urgency).await?;
                true
            }
        };
        Ok(wanted)
    }

    pub(super) async fn want_before(
        &mut self,
        target: Target,
        segment: &Segment,
        urgency: Urgency,
    ) -> Result<(), StoreError> {
        let before = match segment.first_archive_id.clone().and_then(WireId::new) {
            Some(id) => Before::Message(id),
            // A live message whose archive id is not known yet.
            None => Before::Time(Timestamp(segment.first_position)),
        };
        self.want_page(
            target,
            Purpose::Older {
                target,
                segment: segment.id,
                before,
            },
            urgency,
        )
        .await
    }

    pub(super) async fn want_page(
        &mut self,
        target: Target,
        purpose: Purpose,
        urgency: Urgency,
    ) -> Result<(), StoreError> {
        let Some((kind, address)) = self.correspondent(target.conversation).await? else {
            return Ok(());
        };
        let (room, with): (Option<BareJid>, Option<BareJid>) = match kind {
            ConversationKind::Person => (None, Some(address)),
            ConversationKind::Team => (Some(address), None),
        };
        let session = self.sync.session;
        self.sync.want(PageRequest {
            session,
            archive: target.archive,
            room,
            with,
            purpose,
            urgency,
        });
        Ok(())
    }

    /// A page of one conversation has come.
    pub(super) async fn paged(&mut self, request: PageRequest, mut page: ArchivePage) -> Result<(), StoreError> {
        // What was said to somebody else does not belong here, whatever the server answers with.
        if let Some(with) = &request.with {
            page.messages.retain(|message| message.conversation == *with);
        }
        let tx = self.begin().await?;
        let Some((target, adjacent)) = beside(&tx, &request.purpose, page.reach).await? else {
            return Ok(());
        };
        let edges = edges(&tx, adjacent).await?;
        let tells = match &request.purpose {
            Purpose::Latest { .. } => Tells::News,
            _ => Tells::Past,
        };
        let part = PagePart {
            target,
            adjacent,
            tells,
            messages: page.messages.iter().collect(),
            held: segments::list(&tx, target.conversation).await?,
            first: page.first.clone().map(WireId::into_string),
            last: page.last.clone().map(WireId::into_string),
        };
        let stored = self.store_part(&tx, part).await?;
        let mut whole = stored.map(|stored| stored.segment);
        if whole.is_none() && page.reach == Reach::Complete && matches!(adjacent, Adjacent::Newest) {
            whole = self.nothing_yet(&tx, target.conversation).await?;
        }
        let stuck = page.reach == Reach::More && edges.is_some() && edges == self::edges(&tx, adjacent).await?;
        if page.reach == Reach::Complete
            && let Some(whole) = whole
        {
            if matches!(request.purpose, Purpose::Newer { .. } | Purpose::From { .. }) {
                self.reaches_end(&tx, target.conversation, whole).await?;
            } else {
                self.reaches_start(&tx, target.conversation, whole).await?;
            }
        }
        tx.edges(target.conversation);
        self.settle_claim_of(&tx, target.conversation).await?;
        self.commit(tx).await?;
        if stored.is_some_and(|stored| stored.overtook == Overtook::Live) {
            self.sync.look_again(self.own_archive, target.archive);
        }
        // A server that answers without coming to an end would be asked for ever.
        if stuck {
            self.sync.rest(target.conversation, REST);
        } else if page.reach == Reach::More
            && is_unawaited(&request, &page)
            && let Some(rest) = self.sync.spend(target.conversation)
        {
            self.sync.rest(target.conversation, rest.max(REST));
        }
        if self.room_awaits_first(target) && matches!(request.purpose, Purpose::Latest { .. }) {
            self.room_begun(target, &first_cursor(&page)).await?;
        }
        self.first_page_came(target.conversation).await?;
        self.extend_open(target.conversation).await?;
        self.want_claimed(target).await?;
        self.fill_gaps().await
    }

    /// The archive holds nothing of a conversation: what is said from now on begins at its beginning.
    async fn nothing_yet(
        &self,
        tx: &wardline_store::WriteTx,
        conversation: ConversationId,
    ) -> Result<Option<SegmentId>, StoreError> {
        let held = segments::list(tx, conversation).await?;
        if let (Some(oldest), Some(newest)) = (held.first(), held.last()) {
            segments::attach(tx, newest.id).await?;
            return Ok(Some(oldest.id));
        }
        read_pointer::begin_empty(tx, conversation).await?;
        let now = self.clock.now();
        let new = segments::NewSegment {
            conversation_id: conversation,
            kind: SegmentKind::Archived,
            first_archive_id: None,
            last_archive_id: None,
            first_position: now,
            last_position: now,
            reaches_start: true,
        };
        Ok(Some(segments::insert(tx, new).await?))
    }

    /// Nothing is older than this segment: what is held as older was expired by the server, or lies inside.
    pub(super) async fn reaches_start(
        &self,
        tx: &wardline_store::WriteTx,
        conversation: ConversationId,
        segment: SegmentId,
    ) -> Result<(), StoreError> {
        let held = segments::list(tx, conversation).await?;
        for gap in gaps::list(tx, conversation).await? {
            if gap.newer_segment == segment {
                gaps::set_state(tx, gap.id, GapState::Expired).await?;
            }
        }
        if held.first().is_some_and(|oldest| oldest.id == segment) {
            segments::set_reaches_start(tx, segment).await?;
        }
        Ok(())
    }

    /// Nothing is newer than this segment, by the server's word: what is held as newer was expired by it. Live messages may
    /// only not be written yet; the run joins them.
    async fn reaches_end(
        &self,
        tx: &wardline_store::WriteTx,
        conversation: ConversationId,
        segment: SegmentId,
    ) -> Result<(), StoreError> {
        for gap in gaps::list(tx, conversation).await? {
            let newer = segments::get(tx, gap.newer_segment).await?;
            if gap.older_segment == segment && newer.is_some_and(|newer| newer.kind == SegmentKind::Archived) {
                gaps::set_state(tx, gap.id, GapState::Expired).await?;
            }
        }
        Ok(())
    }

    /// The server no longer knows where the segment begins: ask by its time instead (R9). Asked so already, there is nothing
    /// older to be had.
    pub(super) async fn older_by_date(&mut self, request: PageRequest) -> Result<(), StoreError> {
        let Purpose::Older {
            target,
            segment,
            before: Before::Message(_),
        } = request.purpose
        else {
            return self.page_failed(&request).await;
        };
        let Some(held) = segments::get(&self.store.read().await?, segment).await? else {
            return Ok(());
        };
        let before = Before::Time(Timestamp(held.first_position));
        self.want_page(
            target,
            Purpose::Older {
                target,
                segment,
                before,
            },
            request.urgency,
        )
        .await
    }

    /// The server no longer knows where the older side of a gap ends: it is filled from the newer side.
    pub(super) async fn newer_from_behind(&mut self, request: PageRequest) -> Result<(), StoreError> {
        let Purpose::Newer { target, segment, .. } = request.purpose else {
            return self.page_failed(&request).await;
        };
        let tx = self.store.read().await?;
        let gap = gaps::list(&tx, target.conversation)
            .await?
            .into_iter()
            .find(|gap| gap.older_segment == segment);
        let newer = match gap {
            Some(gap) => segments::get(&tx, gap.newer_segment).await?,
            None => None,
        };
        drop(tx);
        match newer {
            Some(newer) => self.want_before(target, &newer, request.urgency).await,
            None => self.extend_open(target.conversation).await,
        }
    }

    /// A page is not going to come. Whoever scrolls on asks again; what nobody waits for is tried again later.
    pub(super) async fn page_failed(&mut self, request: &PageRequest) -> Result<(), StoreError> {
        if let Purpose::Latest { target } = &request.purpose
            && self.room_awaits_first(*target)
        {
            self.retry_room(*target, Instant::now() + Duration::from_secs(10));
        }
        if let Some(conversation) = request.conversation() {
            self.sync.rest(conversation, REST);
            self.first_page_came(conversation).await?;
            // Whoever waited at a gap goes on behind it.
            self.extend_open(conversation).await?;
        }
        self.refresh_all_edges().await
    }
}

/// Whether a page is one for which nobody waits, or brings nothing to look at to whoever does.
fn is_unawaited(request: &PageRequest, page: &ArchivePage) -> bool {
    request.urgency == Urgency::Background || page.messages.iter().all(|message| message.body.is_none())
}

/// Whose page it is, and what it lies beside; `None` for pages of no one conversation.
async fn beside(
    tx: &wardline_store::WriteTx,
    purpose: &Purpose,
    reach: Reach,
) -> Result<Option<(Target, Adjacent)>, StoreError> {
    let beside = match purpose {
        Purpose::Latest { target } => (*target, Adjacent::Newest),
        Purpose::From { target, .. } if reach == Reach::More => (*target, Adjacent::Since),
        Purpose::From { target, .. } => (*target, Adjacent::Alone),
        Purpose::Older { target, segment, .. } => match segments::get(tx, *segment).await? {
            Some(held) => (*target, Adjacent::Before(held.id)),
            // The segment was joined to another while the page was under way: the page tells where it lies by what it meets.
            None => (*target, Adjacent::Alone),
        },
        Purpose::Newer { target, segment, .. } => match segments::get(tx, *segment).await? {
            Some(held) => (*target, Adjacent::After(held.id, held.last_position)),
            None => (*target, Adjacent::Alone),
        },
        Purpose::Discover | Purpose::Run { .. } | Purpose::Check { .. } => return Ok(None),
    };
    Ok(Some(beside))
}

/// The archive ids at the edges of the segment that a page lies beside, to see whether the page moved them.
async fn edges(
    tx: &wardline_store::WriteTx,
    adjacent: Adjacent,
) -> Result<Option<(Option<String>, Option<String>)>, StoreError> {
    let (Adjacent::Before(segment) | Adjacent::After(segment, _)) = adjacent else {
        return Ok(None);
    };
    let held = segments::get(tx, segment).await?;
    Ok(held.map(|held| (held.first_archive_id, held.last_archive_id)))
}
