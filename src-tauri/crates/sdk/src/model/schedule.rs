//! What happens in one run of the model, and when: everything that a failure needs to be told again.

use std::fmt;

use proptest::prelude::*;

/// One of the conversations of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Chat {
    Bob,
    Carol,
    Ward,
}

impl Chat {
    pub(super) const ALL: [Self; 3] = [Self::Bob, Self::Carol, Self::Ward];

    pub(super) fn address(self) -> &'static str {
        match self {
            Self::Bob => "bob@ward.example",
            Self::Carol => "carol@ward.example",
            Self::Ward => "ward@rooms.example",
        }
    }
}

impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.address().split('@').next().unwrap_or_default())
    }
}

/// How finely the server stamps its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamps {
    Microseconds,
    /// As Prosody does.
    Seconds,
}

/// When the process ends, counted in write transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Killed {
    /// Right after one is permanent: nothing more leaves this computer.
    After,
    /// When the next one begins: what follows from the one before has been done.
    Before,
}

/// Something that happens. Between two of them everything that follows from the first comes to rest, unless it waits for time to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Somebody else writes.
    Says(Chat),
    /// Alice writes on her phone.
    PhoneSays(Chat),
    /// Alice writes on this computer.
    DeskSays(Chat),
    /// Alice has seen the newest message that is here.
    DeskReads(Chat),
    /// Alice has seen the newest message that there is, on her phone.
    PhoneReads(Chat),
    /// Whoever wrote the n-th last message of others corrects it.
    Corrects(Chat, u8),
    /// Whoever wrote the n-th last message of others takes it back.
    TakesBack(Chat, u8),
    Opens(Chat),
    Closes(Chat),
    PagesBack(Chat),
    /// Alice jumps to the time of the n-th last message.
    Jumps(Chat, u8),
    /// Milliseconds go by.
    Waits(u32),
    /// The connection is cut and both sides know.
    Cut,
    /// What goes to the server, or to this computer, or both, vanishes from now on; the connection stays open.
    Swallows {
        up: bool,
        down: bool,
    },
    /// No connection can be made, or connections can be made again.
    Network(bool),
    /// The server restarts: it forgets sessions and who is in which room.
    Restarts,
    /// From now on pages of archives come so many milliseconds after they were put together.
    AnswersLate(u32),
    /// From now on what is archived can be read after so many milliseconds.
    WritesLate(u32),
    /// The next message is archived twice, under two ids.
    ArchivesTwice,
    /// The n-th last message is sent again as it was, and archived once more: what a resumption can lead to.
    SentAgain(Chat, u8),
    /// The oldest messages of the account's archive, or of the room's, expire.
    Expires {
        room: bool,
        count: u8,
    },
    /// The server's pages hold no more than so many.
    Pages(u8),
    /// This computer's clock is set to be so many seconds ahead of the server's.
    SetsClock(i32),
    /// This computer's process is killed after so many more write transactions, and started again.
    Killed(Killed, u8),
}

/// What becomes of messages to somebody who is not there, beside that they are archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offline {
    /// They are delivered when the next session begins, with their time (XEP-0160).
    Kept,
    Archived,
}

/// What this computer is at when the steps begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// It has just been started for the first time.
    AtOnce,
    /// It is caught up.
    Settled,
}

/// One run.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    /// Messages in each conversation before this computer sees any.
    pub(super) history: [u8; 3],
    pub(super) stamps: Stamps,
    /// Seconds by which this computer's clock is ahead of the server's at the start.
    pub(super) ahead: i32,
    pub(super) begins: Begins,
    pub(super) offline: Offline,
    /// How many messages the server's pages hold at most, until it is changed.
    pub(super) pages: u8,
    pub(super) steps: Vec<Step>,
}

fn chat() -> impl Strategy<Value = Chat> {
    prop_oneof![4 => Just(Chat::Bob), 1 => Just(Chat::Carol), 3 => Just(Chat::Ward)]
}

/// Clocks that are right, a little off, and three days off.
fn ahead() -> impl Strategy<Value = i32> {
    prop_oneof![3 => Just(0), 2 => -20..20_i32, 1 => -259_200..259_200_i32]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => chat().prop_map(Step::Says),
        4 => chat().prop_map(Step::PhoneSays),
        8 => chat().prop_map(Step::DeskSays),
        3 => chat().prop_map(Step::DeskReads),
        3 => chat().prop_map(Step::PhoneReads),
        2 => (chat(), 0..6_u8).prop_map(|(chat, back)| Step::Corrects(chat, back)),
        1 => (chat(), 0..6_u8).prop_map(|(chat, back)| Step::TakesBack(chat, back)),
        3 => chat().prop_map(Step::Opens),
        1 => chat().prop_map(Step::Closes),
        3 => chat().prop_map(Step::PagesBack),
        2 => (chat(), 0..60_u8).prop_map(|(chat, back)| Step::Jumps(chat, back)),
        6 => prop_oneof![0..200_u32, 200..6_000_u32, 6_000..60_000_u32].prop_map(Step::Waits),
        5 => Just(Step::Cut),
        3 => prop_oneof![Just((true, false)), Just((false, true)), Just((true, true))].prop_map(|(up, down)| Step::Swallows { up, down }),
        3 => any::<bool>().prop_map(Step::Network),
        3 => Just(Step::Restarts),
        2 => prop_oneof![Just(0), 1..2_500_u32].prop_map(Step::WritesLate),
        2 => prop_oneof![Just(0), 1..2_500_u32].prop_map(Step::AnswersLate),
        1 => Just(Step::ArchivesTwice),
        2 => (chat(), 0..4_u8).prop_map(|(chat, back)| Step::SentAgain(chat, back)),
        1 => (any::<bool>(), 1..20_u8).prop_map(|(room, count)| Step::Expires { room, count }),
        2 => (1..=50_u8).prop_map(Step::Pages),
        1 => ahead().prop_map(Step::SetsClock),
        4 => (prop_oneof![Just(Killed::After), Just(Killed::Before)], 0..8_u8).prop_map(|(when, count)| Step::Killed(when, count)),
    ]
}

/// Random runs.
pub(super) fn schedules() -> impl Strategy<Value = Schedule> {
    let history = [0..70_u8, 0..10_u8, 0..70_u8];
    let stamps = prop_oneof![Just(Stamps::Microseconds), Just(Stamps::Seconds)];
    let steps = prop::collection::vec(step(), 0..40);
    let begins = prop_oneof![1 => Just(Begins::AtOnce), 2 => Just(Begins::Settled)];
    let offline = prop_oneof![1 => Just(Offline::Kept), 2 => Just(Offline::Archived)];
    (history, stamps, ahead(), begins, offline, steps).prop_map(|(history, stamps, ahead, begins, offline, steps)| {
        Schedule {
            history,
            stamps,
            ahead,
            begins,
            offline,
            pages: 50,
            steps,
        }
    })
}
