//! What can happen, and random runs of it.

use proptest::prelude::*;

use crate::ward::Abilities;

/// Alice's computers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Computer {
    Office,
    Home,
    /// On which she signs in for the first time when all is over.
    Theatre,
}

impl Computer {
    pub(crate) const ALL: [Self; 3] = [Self::Office, Self::Home, Self::Theatre];
    /// Those on which things happen.
    pub(crate) const USED: [Self; 2] = [Self::Office, Self::Home];

    /// The other one of those on which things happen.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Office => Self::Home,
            Self::Home | Self::Theatre => Self::Office,
        }
    }
}

/// Who writes with alice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Person {
    Bob,
    Carol,
    Dan,
}

impl Person {
    pub(crate) const ALL: [Self; 3] = [Self::Bob, Self::Carol, Self::Dan];
}

/// What alice does in the chat list or in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Looks at the thread, to its end.
    Reads,
    Answers,
    MarksUnread,
    /// Pins, or no longer.
    Pins,
    /// Mutes for ever, or no longer.
    Mutes,
    /// Puts aside, or takes back.
    Archives,
}

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    Says(Person),
    /// Changes what they said last, which raises the count of a MongooseIM's inbox.
    Corrects(Person),
    /// Reacts to what they said last themselves, which that inbox takes for the last thing said.
    Reacts(Person),
    /// Alice acts on one of her computers. If it is off, on the other.
    Acts(Computer, Act, Person),
    /// Alice acts in an app that knows nothing but the server's inbox.
    InOtherApp(Act, Person),
    /// A computer is shut down. If the other one is off, nothing happens.
    Sleeps(Computer),
    Wakes(Computer),
}

fn person() -> impl Strategy<Value = Person> {
    prop_oneof![2 => Just(Person::Bob), 1 => Just(Person::Carol), 1 => Just(Person::Dan)]
}

fn computer() -> impl Strategy<Value = Computer> {
    prop_oneof![Just(Computer::Office), Just(Computer::Home)]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Reads),
        3 => Just(Act::Answers),
        2 => Just(Act::MarksUnread),
        2 => Just(Act::Pins),
        2 => Just(Act::Mutes),
        3 => Just(Act::Archives),
    ]
}

/// What an app can tell an inbox: it keeps no pins, and answers are sent from the two computers.
fn act_in_inbox() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(Act::Reads),
        Just(Act::MarksUnread),
        Just(Act::Mutes),
        Just(Act::Archives)
    ]
}

fn happening(abilities: Abilities) -> impl Strategy<Value = Happening> {
    let other_app = if abilities.inbox { 4 } else { 0 };
    prop_oneof![
        8 => person().prop_map(Happening::Says),
        2 => person().prop_map(Happening::Corrects),
        2 => person().prop_map(Happening::Reacts),
        12 => (computer(), act(), person()).prop_map(|(on, act, with)| Happening::Acts(on, act, with)),
        other_app => (act_in_inbox(), person()).prop_map(|(act, with)| Happening::InOtherApp(act, with)),
        3 => computer().prop_map(Happening::Sleeps),
        3 => computer().prop_map(Happening::Wakes),
    ]
}

/// Random runs on a server that can do this much.
pub(crate) fn schedules(abilities: Abilities) -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec(happening(abilities), 5..40)
}
