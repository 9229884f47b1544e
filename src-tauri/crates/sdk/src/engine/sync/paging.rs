//! Pages of one conversation: the latest when it is opened, older ones on scrolling up, and what fills a gap.

use std::time::Duration;

use tokio::time::Instant;
use wardline_store::segments::{self, Segment};
use wardline_store::{
    ConversationId, ConversationKind, GapState, SegmentId, SegmentKind, StoreError, conversations, gaps,
};
use wardline_xmpp::archive::{ArchivePage, Reach};
use wardline_xmpp::ids::{ArchiveId as WireId, Timestamp};
use wardline_xmpp::jid::BareJid;

use super::catch_up::cursor_after;
use super::page::{Adjacent, Leaf};
use super::request::Before;
use super::{PageRequest, Purpose, Reached, Urgency};
use crate::engine::Engine;
use crate::engine::changes::Changes;
use crate::engine::ingest::Target;

impl Engine {
    /// Wants the newest page of a conversation.
    pub(super) async fn want_latest(&mut self, target: Target, urgency: Urgency) -> Result<(), StoreError> {
        self.want_page(target, Purpose::Latest { target }, urgency).await
    }

    /// A conversation was opened: unless the run has proven its end, its newest page is fetched before anything else (R5).
    pub(in crate::engine) async fn sync_opened(&mut self, target: Target) -> Result<(), StoreError> {
        let reached = match target.kind {
            ConversationKind::Person => &self.sync.own,
            ConversationKind::Team => self.sync.rooms.get(&target.archive).unwrap_or(&Reached::Nothing),
        };
        let held = segments::list(&self.store.read().await?, target.conversation).await?;
        let proven = matches!(reached, Reached::Proving(_) | Reached::Proven);
        // A room is read when it has been entered; before that its archive may be closed to us.
        let closed = target.kind == ConversationKind::Team && matches!(reached, Reached::Nothing);
        if (!proven || held.is_empty()) && !closed && self.online() {
            self.want_latest(target, Urgency::Visible).await?;
        }
        self.fill_open_gaps().await?;
        Ok(())
    }

    /// Wants what comes before the oldest segment of a conversation. `false`: there is nothing to ask, or nobody.
    pub(in crate::engine) async fn want_older(&mut self, target: Target) -> Result<bool, StoreError> {
        let held = segments::list(&self.store.read().await?, target.conversation).await?;
        let oldest = held.into_iter().next();
        let wanted = match oldest {
            _ if !self.online() => return Ok(false),
            Some(oldest) if oldest.reaches_start => return Ok(false),
            Some(oldest) => self.want_before(target, &oldest, Urgency::Visible).await?,
            None => {
                self.want_latest(target, Urgency::Visible).await?;
                true
            }
        };
        Ok(wanted)
    }

    async fn want_before(&mut self, target: Target, segment: &Segment, urgency: Urgency) -> Result<bool, StoreError> {
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
        .await?;
        Ok(true)
    }

    async fn want_page(&mut self, target: Target, purpose: Purpose, urgency: Urgency) -> Result<(), StoreError> {
        let Some((kind, address)) = self.correspondent(target.conversation).await? else {
            return Ok(());
        };
        let (room, with): (Option<BareJid>, Option<BareJid>) = match kind {
            ConversationKind::Person => (None, Some(address)),
            ConversationKind::Team => (Some(address), None),
        };
        let session = self.sync.session;
        self.sync.want(
            PageRequest {
                session,
                archive: target.archive,
                room,
                with,
                purpose,
            },
            urgency,
        );
        Ok(())
    }

    /// The newest open gap of every open conversation is filled, once the run has had its turn: it closes most by itself.
    pub(super) async fn fill_open_gaps(&mut self) -> Result<(), StoreError> {
        if !self.online() || !matches!(self.sync.own, Reached::Proving(_) | Reached::Proven) {
            return Ok(());
        }
        let open: Vec<ConversationId> = self.open.keys().copied().collect();
        for conversation in open {
            if self.sync.is_paging(conversation) {
                continue;
            }
            let tx = self.store.read().await?;
            let gap = gaps::list(&tx, conversation)
                .await?
                .into_iter()
                .rfind(|gap| gap.state != GapState::Expired);
            let Some(gap) = gap else { continue };
            let newer = segments::get(&tx, gap.newer_segment).await?;
            let with = conversations::get(&tx, conversation).await?;
            drop(tx);
            if let (Some(newer), Some(with)) = (newer, with) {
                let target = Target {
                    conversation,
                    archive: with.archive_id,
                    kind: with.kind,
                };
                self.want_before(target, &newer, Urgency::Background).await?;
            }
        }
        Ok(())
    }

    /// A page of one conversation has come.
    pub(super) async fn paged(&mut self, request: PageRequest, page: ArchivePage) -> Result<(), StoreError> {
        let (target, adjacent) = match &request.purpose {
            Purpose::Latest { target } => (*target, Adjacent::Newest),
            Purpose::Older { target, segment, .. } => (*target, Adjacent::Before(*segment)),
            Purpose::Discover | Purpose::Run { .. } => return Ok(()),
        };
        let mut changes = Changes::default();
        let tx = self.store.begin().await?;
        let adjacent = match adjacent {
            // The segment was joined to another while the page was under way: the page tells where it lies by what it meets.
            Adjacent::Before(segment) if segments::get(&tx, segment).await?.is_none() => Adjacent::Alone,
            adjacent => adjacent,
        };
        let leaf = Leaf {
            target,
            adjacent,
            messages: page.messages.iter().collect(),
            first: page.first.clone().map(WireId::into_string),
            last: page.last.clone().map(WireId::into_string),
        };
        let mut whole = self.store_leaf(&tx, leaf, &mut changes).await?;
        if whole.is_none() && page.reach == Reach::Complete && matches!(adjacent, Adjacent::Newest) {
            whole = self.nothing_yet(&tx, target.conversation).await?;
        }
        if page.reach == Reach::Complete
            && let Some(whole) = whole
        {
            self.reaches_start(&tx, target.conversation, whole).await?;
        }
        changes.edges(target.conversation);
        tx.commit().await?;
        self.committed(changes).await?;
        if self.room_awaits_first(target) && matches!(request.purpose, Purpose::Latest { .. }) {
            self.room_begun(target, cursor_after(&page, i64::MIN)).await?;
        }
        self.first_page_came(target.conversation).await?;
        self.extend_open(target.conversation).await?;
        self.fill_open_gaps().await
    }

    /// The archive holds nothing of a conversation: what is said from now on begins at its beginning.
    async fn nothing_yet(
        &self,
        tx: &wardline_store::WriteTx,
        conversation: ConversationId,
    ) -> Result<Option<SegmentId>, StoreError> {
        if let Some(oldest) = segments::list(tx, conversation).await?.first() {
            return Ok(Some(oldest.id));
        }
        let now = self.clock.now();
        let new = segments::NewSegment {
            conversation_id: conversation,
            kind: SegmentKind::Archived,
            first_archive_id: None,
            last_archive_id: None,
            first_position: now,
            last_position: now,
            reaches_start: true,
            tail_proven_us: None,
        };
        Ok(Some(segments::insert(tx, new).await?))
    }

    /// Nothing is older than this segment: what is held as older was expired by the server, or lies inside.
    async fn reaches_start(
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
            Urgency::Visible,
        )
        .await
    }

    /// A page is not going to come. Whoever scrolls up again asks again.
    pub(super) async fn page_failed(&mut self, request: &PageRequest) -> Result<(), StoreError> {
        if let Purpose::Latest { target } = &request.purpose
            && self.room_awaits_first(*target)
        {
            self.retry_room(*target, Instant::now() + Duration::from_secs(10));
        }
        if let Some(conversation) = request.conversation() {
            self.first_page_came(conversation).await?;
        }
        self.refresh_starts().await
    }
}
