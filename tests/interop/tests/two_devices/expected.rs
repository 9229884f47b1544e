//! What the list must be, by the rules of the product alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use wardline_interop::view::{ConversationBox, ConversationRow};

use crate::happenings::{Act, Person};

/// Servers stamp by the second, and live messages are stamped here until their archive tells their time.
const SURELY_LATER: Duration = Duration::from_millis(2_500);

/// What a row must show, beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) last: String,
    pub(crate) unread: u32,
    /// Stands out, by its count or by a mark.
    pub(crate) looks_unread: bool,
    pub(crate) pinned: bool,
    pub(crate) muted: bool,
    pub(crate) aside: bool,
}

impl Shown {
    /// What a row shows.
    pub(crate) fn by(row: &ConversationRow) -> Self {
        Self {
            last: row
                .preview
                .as_ref()
                .map(|preview| preview.text.clone())
                .unwrap_or_default(),
            unread: row.unread,
            looks_unread: row.unread > 0 || row.marked_unread,
            pinned: row.pinned,
            muted: row.muted_until.is_some(),
            aside: row.shown_in == ConversationBox::Archive,
        }
    }
}

/// A conversation.
#[derive(Debug, Clone)]
struct Conversation {
    shown: Shown,
    /// When the last message was said.
    said: Instant,
    by: Author,
    /// Whether a server with an inbox counts something in it as unread, as it does with reactions.
    counted: bool,
    marked: Marked,
    /// When it was.
    marked_at: Instant,
    /// How many marks and things that are no messages it counts since the conversation was read.
    beside: u32,
}

/// Where it was marked as unread since it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marked {
    Nowhere,
    /// On a device that tells the others.
    Here,
    InOtherApp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Author {
    Alice,
    Colleague,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    conversations: BTreeMap<Person, Conversation>,
}

impl List {
    /// What the row of somebody must show.
    pub(crate) fn of(&self, person: Person) -> &Shown {
        &self.conversations[&person].shown
    }

    /// Whether a row shows what it must. Where the server cannot keep how far was read, a device that was off has nothing but its number:
    /// marks and what is no message may look like messages, but no message may look read.
    pub(crate) fn is_right(&self, person: Person, row: &Shown, positions: bool, on_since: Instant) -> bool {
        let with = &self.conversations[&person];
        let too_many = row.unread.saturating_sub(with.shown.unread);
        let with_them = Shown {
            unread: with.shown.unread + too_many,
            looks_unread: with.shown.looks_unread || too_many > 0,
            ..with.shown.clone()
        };
        // What another app marked after something that is no message, a device that was off takes for that.
        let without_mark = Shown {
            looks_unread: false,
            ..with.shown.clone()
        };
        let was_off = on_since > with.marked_at;
        let lost = was_off && with.marked == Marked::InOtherApp && with.shown.unread == 0 && *row == without_mark;
        *row == with.shown || lost || !positions && too_many <= with.beside && *row == with_them
    }

    /// Whether a server with an inbox counts something of somebody's as unread.
    pub(crate) fn is_counted(&self, person: Person) -> bool {
        self.conversations[&person].counted
    }

    /// Somebody says something.
    pub(crate) fn says(&mut self, person: Person, text: &str) {
        let unread = self.conversations.get(&person).map_or(0, |with| with.shown.unread);
        self.said(person, Author::Colleague, text, unread + 1);
    }

    fn said(&mut self, person: Person, by: Author, text: &str, unread: u32) {
        let before = self.conversations.get(&person);
        let marked = match (before, unread) {
            (Some(before), 1..) => before.marked,
            _ => Marked::Nowhere,
        };
        let marked_at = before.map_or_else(Instant::now, |before| before.marked_at);
        let beside = before.filter(|_| unread > 0).map_or(0, |with| with.beside);
        let shown = Shown {
            last: text.to_owned(),
            unread,
            looks_unread: unread > 0,
            pinned: before.is_some_and(|with| with.shown.pinned),
            muted: before.is_some_and(|with| with.shown.muted),
            aside: false,
        };
        let said = Instant::now();
        self.conversations.insert(
            person,
            Conversation {
                shown,
                said,
                by,
                counted: unread > 0,
                marked,
                marked_at,
                beside,
            },
        );
    }

    /// Somebody changes what they said last.
    pub(crate) fn corrects(&mut self, person: Person, text: &str) {
        let with = self.of_mut(person);
        if with.by == Author::Colleague {
            with.shown.last = text.to_owned();
        }
    }

    /// Somebody says something that is no message, which a server with an inbox takes for one.
    pub(crate) fn is_taken(&mut self, person: Person) {
        let with = self.of_mut(person);
        (with.counted, with.shown.aside) = (true, false);
        with.beside += 1;
    }

    /// Alice does something in an app that knows the server's inbox alone, where what is counted anyway cannot be marked.
    pub(crate) fn acts_in_inbox(&mut self, act: Act, person: Person) {
        let marks = act == Act::MarksUnread;
        if marks && self.of_mut(person).counted {
            return;
        }
        self.acts(act, person, "");
        if marks {
            let with = self.of_mut(person);
            (with.marked, with.marked_at) = (Marked::InOtherApp, Instant::now());
        }
    }

    /// Whether a server's inbox would still tell that somebody's row is marked, if something came that it takes for a message.
    pub(crate) fn may_be_taken(&self, person: Person) -> bool {
        let with = &self.conversations[&person];
        with.marked != Marked::InOtherApp
    }

    /// Alice does something, on whatever device.
    pub(crate) fn acts(&mut self, act: Act, person: Person, text: &str) {
        let Conversation {
            shown,
            counted,
            marked,
            beside,
            ..
        } = self.of_mut(person);
        match act {
            Act::Reads => (*marked, *beside) = (Marked::Nowhere, 0),
            Act::MarksUnread => (*marked, *beside) = (Marked::Here, *beside + 1),
            _ => {}
        }
        match act {
            Act::Reads => (shown.unread, shown.looks_unread, *counted) = (0, false, false),
            Act::Answers => self.said(person, Author::Alice, text, 0),
            Act::MarksUnread => (shown.looks_unread, *counted) = (true, true),
            Act::Pins => shown.pinned = !shown.pinned,
            Act::Mutes => shown.muted = !shown.muted,
            Act::Archives => shown.aside = !shown.aside,
        }
    }

    fn of_mut(&mut self, person: Person) -> &mut Conversation {
        self.conversations.get_mut(&person).expect("everybody has written")
    }

    /// Whether somebody's row must stand above somebody else's; `None` where their messages came so close together that either may.
    pub(crate) fn is_above(&self, one: Person, other: Person) -> Option<bool> {
        let (one, other) = (&self.conversations[&one], &self.conversations[&other]);
        let rank = |with: &Conversation| (!with.shown.aside, with.shown.pinned);
        if rank(one) != rank(other) {
            return Some(rank(one) > rank(other));
        }
        let apart = one.said.max(other.said) - one.said.min(other.said);
        (apart > SURELY_LATER).then_some(one.said > other.said)
    }
}
