//! Who is typing (XEP-0085), both ways. In memory only.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::ConversationId;

use crate::view::Composing;

/// After this long without news somebody has stopped typing, whatever their app forgot to say.
const STALE: Duration = Duration::from_secs(30);

/// Typing of others, by conversation and name, and what the others were last told.
#[derive(Debug, Default)]
pub(super) struct Typing {
    others: HashMap<ConversationId, Vec<(String, Instant)>>,
    told: HashMap<ConversationId, Composing>,
}

impl Typing {
    /// Somebody types, or not. `true`: that is news.
    pub(super) fn set(&mut self, conversation: ConversationId, name: &str, composing: Composing, now: Instant) -> bool {
        let names = self.others.entry(conversation).or_default();
        let known = names.iter().position(|(known, _)| known == name);
        match (composing, known) {
            (Composing::Active, Some(at)) => {
                if let Some((_, until)) = names.get_mut(at) {
                    *until = now + STALE;
                }
                false
            }
            (Composing::Active, None) => {
                names.push((name.to_owned(), now + STALE));
                true
            }
            (Composing::Paused, Some(at)) => {
                names.remove(at);
                true
            }
            (Composing::Paused, None) => false,
        }
    }

    /// Names of those typing, in the order in which they began.
    pub(super) fn names(&self, conversation: ConversationId) -> Vec<String> {
        self.others
            .get(&conversation)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// When the next one becomes stale.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.others.values().flatten().map(|(_, until)| *until).min()
    }

    /// Forgets the stale ones and returns where there were such.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<ConversationId> {
        let mut changed = Vec::new();
        self.others.retain(|conversation, names| {
            let before = names.len();
            names.retain(|(_, until)| *until > now);
            if names.len() != before {
                changed.push(*conversation);
            }
            !names.is_empty()
        });
        changed
    }

    /// The session is gone: nobody is known to type, and nobody has been told anything. Returns where somebody was.
    pub(super) fn forget(&mut self) -> Vec<ConversationId> {
        self.told.clear();
        std::mem::take(&mut self.others).into_keys().collect()
    }

    /// Notes what the other side is told. `true`: it was not told that before.
    pub(super) fn tell(&mut self, conversation: ConversationId, composing: Composing) -> bool {
        self.told.insert(conversation, composing).unwrap_or(Composing::Paused) != composing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WARD: ConversationId = ConversationId(1);

    #[test]
    fn somebody_who_types_for_long_is_one_piece_of_news() {
        let (mut typing, now) = (Typing::default(), Instant::now());
        assert!(typing.set(WARD, "bob", Composing::Active, now));
        assert!(!typing.set(WARD, "bob", Composing::Active, now + STALE / 2));
        assert_eq!(typing.expire(now + STALE), []);
        assert_eq!(typing.expire(now + STALE * 2), [WARD]);
        assert_eq!(typing.names(WARD), Vec::<String>::new());
    }

    #[test]
    fn the_other_side_is_told_only_what_changed() {
        let mut typing = Typing::default();
        assert!(!typing.tell(WARD, Composing::Paused));
        assert!(typing.tell(WARD, Composing::Active));
        assert!(!typing.tell(WARD, Composing::Active));
        assert!(typing.tell(WARD, Composing::Paused));
    }
}
