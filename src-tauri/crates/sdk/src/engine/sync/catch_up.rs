//! The run: from the cursor to the end of an archive, again a little later (R6), and joining the live messages to it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::segments::Segment;
use wardline_store::{
    Address, ArchiveId, ConversationId, SegmentKind, StoreError, WriteTx, archives, conversations, messages, segments,
};
use wardline_xmpp::archive::{ArchivePage, Reach, Stability};
use wardline_xmpp::features::Feature;
use wardline_xmpp::ids::ArchiveId as WireId;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::ReceivedMessage;

use super::budget::{Leads, Track};
use super::cursor::{self, Cursor};
use super::page::{Adjacent, Overtook, PagePart, Tells};
use super::{PageRequest, Purpose, Reached, Sync, Urgency};
use crate::engine::Engine;
use crate::engine::ingest::{self, Target};
use crate::engine::markers::Whose;
use crate::engine::transaction::{Effect, Tx};

/// When the end of an archive is asked for once more: later than servers take to write (MongooseIM: 2 s).
pub(super) const PROVE_AFTER: Duration = Duration::from_millis(3_500);

/// How long a run that does not come forward is left alone.
pub(super) const REST: Duration = Duration::from_secs(10);

/// A run under way.
#[derive(Debug)]
pub(super) struct Run {
    /// Stamp of the cursor from which it began.
    began: i64,
    /// Where its next page begins.
    at: Cursor,
    /// What it has come by.
    track: Track,
}

impl Sync {
    pub(super) fn reached(&mut self, own: ArchiveId, archive: ArchiveId) -> &mut Reached {
        if archive == own {
            &mut self.own
        } else {
            self.rooms.entry(archive).or_default()
        }
    }

    /// The archive holds a message whose place in it is not known: an own one beside what others said at the same time, or one
    /// that came with a time of its own, which a contact can write as well as a server. Its end is asked for once more, for
    /// several such messages at once.
    pub(in crate::engine) fn look_again(&mut self, own: ArchiveId, archive: ArchiveId) {
        let due = Instant::now() + PROVE_AFTER;
        self.look_due.insert(archive, due);
        let reached = self.reached(own, archive);
        if matches!(reached, Reached::Proven) {
            *reached = Reached::Proving(due);
        }
    }

    /// What follows a look at the end of an archive that is not the first one: another, if something was sent that this one was too
    /// early for.
    pub(super) fn proven(&mut self, own: ArchiveId, archive: ArchiveId) {
        let due = self.look_due.remove(&archive).filter(|due| *due > Instant::now());
        if let Some(due) = due {
            self.look_due.insert(archive, due);
        }
        *self.reached(own, archive) = due.map_or(Reached::Proven, Reached::Proving);
    }

    /// Tries again at that time.
    pub(super) fn pause(&mut self, request: &PageRequest, until: Instant) {
        let reached = match &request.room {
            None => &mut self.own,
            Some(_) => self.rooms.entry(request.archive).or_default(),
        };
        *reached = Reached::Paused(until);
    }
}

impl Engine {
    /// A new session: nothing is connected to its live messages any more.
    pub(in crate::engine) async fn begin_catch_up(&mut self) -> Result<(), StoreError> {
        self.land_all().await?;
        let session = self.sync.session.wrapping_add(1);
        let under_way = self.sync.under_way;
        self.sync = Sync {
            session,
            under_way,
            ..Sync::default()
        };
        let tx = self.store.begin().await?;
        segments::seal_live(&tx).await?;
        let cursor = cursor::get(&tx, self.own_archive).await?;
        tx.commit().await?;
        match cursor {
            // Without an archive there is nothing to catch up with.
            _ if !self.remembered.features().has(Feature::Archive) => {
                self.sync.own = Reached::Closed;
                self.request_roster();
                self.resolve_unproven(self.own_archive).await
            }
            Some(_) => {
                self.request_roster();
                self.run_from_cursor(self.own_archive).await
            }
            None => self.begin_first_sync().await,
        }
    }

    /// Asks for the next page of the run under way, or for the first one, after the cursor.
    pub(in crate::engine) async fn run_from_cursor(&mut self, archive: ArchiveId) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        let from = match self.sync.runs.get(&archive) {
            Some(run) => Some(run.at.clone()),
            None => cursor::get(&tx, archive).await?,
        };
        let kept_by = archives::get(&tx, archive).await?;
        let team = self.team_of(&tx, archive).await?;
        drop(tx);
        let room = match team {
            None => None,
            Some(_) => kept_by.and_then(|kept| kept.address.parse().ok()),
        };
        let Some(from) = from else {
            return match team {
                None => self.begin_first_sync().await,
                Some(team) => self.first_of_room(team).await,
            };
        };
        if !self.sync.asking.insert(archive) {
            // What is asked already may have been asked too early, as of a room that was not entered yet.
            self.sync.ask_again.insert(archive);
            return Ok(());
        }
        self.sync.voided.remove(&archive);
        let reached = self.sync.reached(self.own_archive, archive);
        if !matches!(reached, Reached::Looking) {
            *reached = Reached::Running;
        }
        let session = self.sync.session;
        let purpose = Purpose::Run { from };
        self.sync.want(PageRequest {
            session,
            archive,
            room,
            with: None,
            purpose,
            urgency: Urgency::Background,
        });
        Ok(())
    }

    /// A page of the run has come. The next one is asked for before this one is stored: the server reads while this computer writes.
    pub(super) async fn ran(
        &mut self,
        request: &PageRequest,
        from: &Cursor,
        page: ArchivePage,
    ) -> Result<(), StoreError> {
        let archive = request.archive;
        if self.sync.voided.remove(&archive) {
            self.sync.pause(request, Instant::now() + REST);
            return Ok(());
        }
        if !self.sync.runs.contains_key(&archive)
            && let Some(since) = from.told_since(&page)
        {
            let told = self.sync.told_since.entry(archive).or_insert(since);
            *told = since.min(*told);
        }
        let former = self.sync.runs.remove(&archive);
        let (began, mut track) = former.map_or((from.stamp, Track::default()), |run| (run.began, run.track));
        let leads = match page.reach {
            Reach::More => track.takes(&page),
            Reach::Complete => Leads::Nowhere,
        };
        let goes_on = from.at_end_of(&page).filter(|_| leads != Leads::Nowhere);
        let leads = goes_on.as_ref().map_or(Leads::Nowhere, |_| leads);
        if let Some(at) = goes_on {
            self.sync.runs.insert(archive, Run { began, at, track });
        }
        if leads == Leads::On {
            self.run_from_cursor(archive).await?;
            self.pump_sync();
        }
        let overtook = match self.store_page_of_run(archive, from, &page, began).await {
            Ok(overtook) => overtook,
            Err(error) => {
                // What comes after a page that is not here must not be taken. The cursor still stands before both.
                if self.sync.runs.remove(&archive).is_some() && leads == Leads::On {
                    self.sync.voided.insert(archive);
                }
                return Err(error);
            }
        };
        if overtook == Overtook::Live {
            self.sync.look_again(self.own_archive, archive);
        }
        if page.reach == Reach::Complete {
            self.sync.forget_rests(archive);
        }
        let second_look = matches!(self.sync.reached(self.own_archive, archive), Reached::Looking);
        match page.reach {
            // The next one is under way.
            Reach::More if leads == Leads::On => {}
            // A server that answers without coming to an end would be asked for ever.
            Reach::More => {
                tracing::warn!(?leads, "an archive is left alone for a while");
                let rest = self.sync.next_rest(archive);
                self.sync.pause(request, Instant::now() + rest);
            }
            Reach::Complete if !second_look || page.stability == Stability::Unstable => {
                *self.sync.reached(self.own_archive, archive) = Reached::Proving(Instant::now() + PROVE_AFTER);
                if archive != self.own_archive {
                    // Inside again: what was read without being so can be told.
                    self.send_pending_markers(Whose::Archive(archive)).await?;
                }
                self.inbox_caught_up().await?;
                self.apply_unknown_decisions().await?;
            }
            Reach::Complete => {
                self.sync.proven(self.own_archive, archive);
                self.note_proven(archive).await?;
                self.judge_believed(archive).await?;
                self.settle_claims().await?;
                self.settle_news_of(archive).await?;
                self.resolve_unproven(archive).await?;
                if archive == self.own_archive {
                    self.forget_answered_requests().await?;
                }
            }
        }
        self.fill_gaps().await?;
        self.effects.push(Effect::DrainOutbox);
        Ok(())
    }

    /// Each conversation's part of a page goes to the end of its newest segment, and the cursor moves, all in one transaction.
    async fn store_page_of_run(
        &mut self,
        archive: ArchiveId,
        from: &Cursor,
        page: &ArchivePage,
        began: i64,
    ) -> Result<Overtook, StoreError> {
        let tx = self.begin().await?;
        let leaves = self.page_parts(&tx, from, &page.messages).await?;
        let stored = self.store_parts(&tx, leaves).await?;
        for message in &page.messages {
            self.note_private(&tx, message).await?;
        }
        if let Some(written) = cursor::written_by(page) {
            cursor::set(&tx, archive, &written).await?;
        }
        if page.reach == Reach::Complete {
            self.close_gaps(&tx, archive, began).await?;
        }
        self.commit(tx).await?;
        self.take_invitations(&page.messages).await?;
        let overtook = stored.into_iter().flatten().map(|stored| stored.overtook);
        Ok(overtook.max().unwrap_or(Overtook::Nothing))
    }

    /// The run has reached the end: whatever lies between the newest archived segment and the live ones is nothing.
    async fn close_gaps(&self, tx: &Tx, archive: ArchiveId, began: i64) -> Result<(), StoreError> {
        for conversation in segments::in_pieces(tx, archive).await? {
            let mut held = segments::list(tx, conversation).await?.into_iter();
            let Some(mut older) = held.next() else { continue };
            for newer in held {
                // What begins after the place where the run began, or with what came live, was seen whole by the run or by this session. One
                // that a page has touched may be live at its end, and begin with something older.
                let followed = older.kind != SegmentKind::Detached;
                let begins_live = newer.kind == SegmentKind::Live && newer.first_archive_id.is_none();
                if followed && (begins_live || newer.first_position > began) {
                    older.id = segments::join(tx, older.id, newer.id).await?;
                    tx.edges(conversation);
                } else {
                    older = newer;
                }
            }
        }
        Ok(())
    }

    /// The server no longer knows the cursor: what lies between it and the newest messages may be gone. Everything is asked
    /// for afresh; what is held stays, behind a gap.
    pub(super) async fn cursor_expired(&mut self, request: &PageRequest) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        cursor::remove(&tx, request.archive).await?;
        let team = self.team_of(&tx, request.archive).await?;
        tx.commit().await?;
        self.sync.runs.remove(&request.archive);
        match team {
            None => self.begin_first_sync().await,
            Some(team) => self.first_of_room(team).await,
        }
    }

    /// The parts of a page, each at the end of its conversation's newest segment that the run has read.
    async fn page_parts<'page>(
        &self,
        tx: &WriteTx,
        from: &Cursor,
        page: &'page [ReceivedMessage],
    ) -> Result<Vec<PagePart<'page>>, StoreError> {
        let messages = self.by_conversation(tx, page).await?;
        let conversations: Vec<ConversationId> = messages.iter().map(|(target, _)| target.conversation).collect();
        let mut held = segments::list_many(tx, &conversations).await?;
        let bases: HashMap<ConversationId, Segment> = held
            .iter()
            .filter_map(|(conversation, held)| Some((*conversation, read_before(held, from)?.clone())))
            .collect();
        let wanted: Vec<_> = bases
            .iter()
            .map(|(conversation, base)| (*conversation, base.id))
            .collect();
        let read = messages::last_archived(tx, &wanted, from.stamp).await?;
        let mut parts = Vec::with_capacity(messages.len());
        for (target, messages) in messages {
            let held = held.remove(&target.conversation).unwrap_or_default();
            // Behind the last message of it that is not newer than where the page begins.
            let adjacent = match bases.get(&target.conversation) {
                Some(base) => Adjacent::After(base.id, read.get(&base.id).copied().unwrap_or(base.first_position)),
                None => Adjacent::Alone,
            };
            let id_of = |message: Option<&&ReceivedMessage>| message?.archive_id.clone().map(WireId::into_string);
            parts.push(PagePart {
                target,
                adjacent,
                tells: Tells::News,
                first: id_of(messages.first()),
                last: id_of(messages.last()),
                messages,
                held,
            });
        }
        Ok(parts)
    }

    /// The parts of a page by conversation, in the order of the page.
    async fn by_conversation<'page>(
        &self,
        tx: &WriteTx,
        page: &'page [ReceivedMessage],
    ) -> Result<Vec<(Target, Vec<&'page ReceivedMessage>)>, StoreError> {
        let addresses: HashSet<&BareJid> = page.iter().map(|message| &message.conversation).collect();
        let addresses: Vec<Address> = addresses
            .into_iter()
            .map(|address| Address(address.to_string()))
            .collect();
        let known = conversations::by_addresses(tx, &addresses).await?;
        let mut known: HashMap<String, Target> = known
            .into_iter()
            .map(|with| (with.address.as_str().to_owned(), Target::of(&with)))
            .collect();
        let mut parts: Vec<(Target, Vec<&ReceivedMessage>)> = Vec::new();
        let mut at: HashMap<ConversationId, usize> = HashMap::new();
        for message in page {
            let target = match known.get(message.conversation.as_str()) {
                Some(target) => target.fitting(message),
                None => ingest::target(tx, self.own_archive, message).await?,
            };
            let Some(target) = target else { continue };
            known.insert(message.conversation.to_string(), target);
            let index = *at.entry(target.conversation).or_insert_with(|| {
                parts.push((target, Vec::new()));
                parts.len() - 1
            });
            if let Some((_, part)) = parts.get_mut(index) {
                part.push(message);
            }
        }
        Ok(parts)
    }
}

/// The segment at whose end a page that begins at `from` goes on, if there is one.
fn read_before<'held>(held: &'held [Segment], from: &Cursor) -> Option<&'held Segment> {
    // A segment of live messages alone has no edge in the archive yet; it is met, not continued.
    held.iter()
        .rfind(|held| held.first_position <= from.stamp && held.is_in_archive())
        .filter(|held| held.kind != SegmentKind::Detached)
}
