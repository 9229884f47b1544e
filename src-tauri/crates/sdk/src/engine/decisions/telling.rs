//! Tells the server, and so one's other devices, what was decided here.

use wardline_store::conversations::{self, Conversation};
use wardline_store::{ConversationBox as StoredBox, StoreError};
use wardline_xmpp::decisions::{Decided, Decision, KeptIn, Muted};
use wardline_xmpp::ids::Timestamp;
use wardline_xmpp::inbox::{InboxBox, InboxChange, Reading};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::{RequestError, Session};

use super::pending::{self, PendingSettings};
use super::{Hearing, Matter};
use crate::engine::Engine;
use crate::engine::requests::Handling;

/// The longest time that a conversation is muted for on the server, in seconds: ten years, which is for ever.
const LONGEST_MUTE: u32 = 315_360_000;

/// What became of decisions that the server was told of.
#[derive(Debug)]
pub(in crate::engine) struct Told {
    pending: PendingSettings,
    /// Where they are kept.
    kept: Result<(), (KeptIn, RequestError)>,
    in_inbox: Result<(), RequestError>,
}

impl Engine {
    /// Tells the server what was decided and not told yet, one conversation after the other.
    pub(in crate::engine) async fn tell_decisions(&mut self) -> Result<(), StoreError> {
        let (inbox, place) = (self.server_inbox.is_offered(), self.decisions.place);
        let busy = self.decisions.is_telling() || self.decisions.hearing == Hearing::UnderWay;
        if !self.online() || !(inbox || place.is_some()) || busy {
            return Ok(());
        }
        let now = self.clock.now();
        let tx = self.store.read().await?;
        for (conversation, pending) in pending::all(&tx).await? {
            let Some(with) = conversations::get(&tx, conversation).await? else {
                continue;
            };
            let Ok(address) = with.address.parse::<BareJid>() else {
                continue;
            };
            self.decisions.telling = Some(conversation);
            let properties = match inbox {
                true => properties(&with, &pending, now),
                false => Vec::new(),
            };
            let decisions = decisions(&with, &address, &pending, inbox);
            let tell = |session: Session| async move {
                let mut told = Told {
                    pending,
                    kept: Ok(()),
                    in_inbox: Ok(()),
                };
                if !properties.is_empty() {
                    told.in_inbox = session.set_inbox_properties(&address, &properties).await;
                }
                if let Some(place) = place {
                    told.kept = session
                        .publish_decisions(&decisions, place)
                        .await
                        .map_err(|error| (place, error));
                }
                told
            };
            self.request(tell, |engine, told| Box::pin(engine.on_decisions_published(told)));
            break;
        }
        Ok(())
    }

    /// The server has heard of a decision, or not.
    fn on_decisions_published(&mut self, told: Told) -> Handling<'_> {
        Box::pin(async move {
            self.decisions.telling = None;
            match told.kept {
                Ok(()) => {}
                Err((place, RequestError::Refused(condition))) => {
                    tracing::info!(%condition, ?place, "decisions are not kept there");
                    if place == KeptIn::Node {
                        self.private_node_refused(condition).await?;
                    }
                    if self.decisions.place == Some(place) {
                        self.decisions.place = (place == KeptIn::Node).then_some(KeptIn::Storage);
                    }
                    // The note stays: it is told again, elsewhere.
                    return self.tell_decisions().await;
                }
                // The note stays for the next session.
                Err(_) => return Ok(()),
            }
            match told.in_inbox {
                Ok(()) => {}
                // What was decided holds on this computer.
                Err(RequestError::Refused(condition)) => tracing::info!(%condition, "decision not taken by the inbox"),
                Err(_) => return Ok(()),
            }
            let tx = self.store.begin().await?;
            pending::confirm(&tx, told.pending).await?;
            tx.commit().await?;
            // More may have been decided meanwhile.
            self.tell_decisions().await
        })
    }
}

/// What other devices are told of a conversation, beside what they hear from the server's inbox if there is one.
fn decisions(with: &Conversation, address: &BareJid, pending: &PendingSettings, inbox: bool) -> Vec<Decision> {
    let decided = |matter| match matter {
        Matter::Mute | Matter::Place if inbox => None,
        Matter::Pin => Some(Decided::Pinned(with.pinned)),
        Matter::Mark => Some(Decided::Unread(with.marked_unread)),
        Matter::Level => Some(Decided::MentionsOnly(with.mentions_only)),
        Matter::Place => {
            let aside = with.shown_in == StoredBox::Archive;
            let through = with.archived_through_us.unwrap_or(with.sort_us);
            Some(Decided::Aside(aside.then_some(Timestamp(through))))
        }
        Matter::Mute => Some(Decided::Muted(with.muted_until_us.map(|until| match until {
            i64::MAX => Muted::ForEver,
            until => Muted::Until(Timestamp(until)),
        }))),
    };
    let decision = |what| Decision {
        with: address.clone(),
        what,
    };
    pending.matters().filter_map(decided).map(decision).collect()
}

/// What the server's inbox is told of a conversation. It keeps no pins, and hears of reading by markers.
fn properties(with: &Conversation, pending: &PendingSettings, now: i64) -> Vec<InboxChange> {
    let change = |matter| match matter {
        Matter::Pin | Matter::Level => None,
        Matter::Mute => {
            let seconds = with.muted_until_us.map_or(0, |until| {
                let left = until.saturating_sub(now).max(0) / 1_000_000;
                u32::try_from(left).unwrap_or(LONGEST_MUTE).min(LONGEST_MUTE)
            });
            Some(InboxChange::Mute { seconds })
        }
        Matter::Place => Some(InboxChange::Move(match with.shown_in {
            StoredBox::Inbox => InboxBox::Inbox,
            StoredBox::Archive => InboxBox::Archive,
            StoredBox::Hidden => InboxBox::Bin,
        })),
        Matter::Mark => with.marked_unread.then_some(InboxChange::Reading(Reading::Unread)),
    };
    pending.matters().filter_map(change).collect()
}
