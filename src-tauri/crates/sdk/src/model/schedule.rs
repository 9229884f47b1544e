//! What happens in one run of the model, and when: everything that a failure needs to be told again.

use std::fmt;

use proptest::prelude::*;

/// One of the conversations of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Chat {
    Bob,
    Carol,
    Ward,
    /// The room of MUC Light.
    Night,
}

impl Chat {
    pub(super) const ALL: [Self; 4] = [Self::Bob, Self::Carol, Self::Ward, Self::Night];

    pub(super) fn is_team(self) -> bool {
        matches!(self, Self::Ward | Self::Night)
    }

    pub(super) fn address(self) -> &'static str {
        match self {
            Self::Bob => "bob@ward.example",
            Self::Carol => "carol@ward.example",
            Self::Ward => "ward@rooms.example",
            Self::Night => "night@light.example",
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

/// How the room of XEP-0045 behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoomManner {
    /// As the specification has it.
    Standard,
    /// As MongooseIM's before 6.4: it gives each name to one device, speaks of who comes and goes in the namespace of those who enter, and
    /// does not announce its stanza-ids.
    MongooseIm,
}

/// When the process ends, counted in write transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Killed {
    /// Right after one is permanent: nothing more leaves this computer.
    After,
    /// When the next one begins: what follows from the one before has been done.
    Before,
}

/// How this computer's disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fails {
    /// Nothing can be written.
    Full,
    /// Another process holds the file.
    Busy,
    /// Nothing can be read or written.
    Unreadable,
}

/// How somebody is put out of a team. A room of MUC Light knows only that they are not in it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Out {
    /// For now: the session has to enter again.
    Kicked,
    Removed,
    Banned,
    /// The team is no more.
    Ended,
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
    /// Somebody else says what they said n-th last once more, under the same id, as gateways do that number all alike.
    Repeats(Chat, u8),
    /// The oldest messages of the archive that a conversation is kept in expire.
    Expires {
        of: Chat,
        count: u8,
    },
    /// The server's pages hold no more than so many.
    Pages(u8),
    /// This computer's clock is set to be so many seconds ahead of the server's.
    SetsClock(i32),
    /// Alice is taken into a team, or asked into it where that is how it is done.
    Admits(Chat),
    /// Alice is put out of a team.
    PutsOut(Chat, Out),
    /// Somebody else comes or goes.
    MembersChange(Chat),
    /// Alice's phone remembers the room, where she belongs to it.
    PhoneEnters,
    /// Alice's phone forgets the room, to which she goes on to belong.
    PhoneForgets,
    PhoneLeaves(Chat),
    /// Alice comes into the room on this computer, as by an invitation.
    DeskEnters,
    DeskLeaves(Chat),
    /// This computer's process is killed after so many more write transactions, and started again.
    Killed(Killed, u8),
    /// This computer's disk fails, after so many more points at which it is used and so many times.
    DiskFails {
        how: Fails,
        after: u8,
        times: u8,
    },
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
    /// Where there is some in the room of MUC Light, Alice is in that from the beginning.
    pub(super) history: [u8; 4],
    pub(super) stamps: Stamps,
    /// Seconds by which this computer's clock is ahead of the server's at the start.
    pub(super) ahead: i32,
    pub(super) begins: Begins,
    pub(super) offline: Offline,
    /// How many messages the server's pages hold at most, until it is changed.
    pub(super) pages: u8,
    pub(super) manner: RoomManner,
    pub(super) steps: Vec<Step>,
}

impl Schedule {
    /// Whether rooms have to tell of themselves: those that do not are as they were before there was anything to tell.
    pub(super) fn is_of_rooms(&self) -> bool {
        let [.., night] = self.history;
        night > 0 || self.steps.iter().any(Step::is_of_rooms)
    }
}

impl Step {
    fn is_of_rooms(&self) -> bool {
        match self {
            Self::Says(chat)
            | Self::PhoneSays(chat)
            | Self::DeskSays(chat)
            | Self::DeskReads(chat)
            | Self::PhoneReads(chat)
            | Self::Corrects(chat, _)
            | Self::TakesBack(chat, _)
            | Self::Opens(chat)
            | Self::Closes(chat)
            | Self::PagesBack(chat)
            | Self::Jumps(chat, _)
            | Self::SentAgain(chat, _)
            | Self::Expires { of: chat, .. } => *chat == Chat::Night,
            Self::Admits(_)
            | Self::PutsOut(..)
            | Self::MembersChange(_)
            | Self::PhoneEnters
            | Self::PhoneForgets
            | Self::PhoneLeaves(_)
            | Self::DeskEnters
            | Self::DeskLeaves(_) => true,
            _ => false,
        }
    }
}

/// Which rooms a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rooms {
    /// One that Alice is always in.
    One,
    /// Both kinds, into and out of which she comes.
    Both,
}

fn chat(rooms: Rooms) -> impl Strategy<Value = Chat> {
    let most = match rooms {
        Rooms::One => 8,
        Rooms::Both => 12,
    };
    (0..most).prop_map(|among| match among {
        0..4 => Chat::Bob,
        4 => Chat::Carol,
        5..8 => Chat::Ward,
        _ => Chat::Night,
    })
}

fn team() -> impl Strategy<Value = Chat> {
    prop_oneof![Just(Chat::Ward), Just(Chat::Night)]
}

/// Clocks that are right, a little off, and three days off.
fn ahead() -> impl Strategy<Value = i32> {
    prop_oneof![3 => Just(0), 2 => -20..20_i32, 1 => -259_200..259_200_i32]
}

fn step(rooms: Rooms) -> impl Strategy<Value = Step> {
    let chat = move || chat(rooms);
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
        3 => (chat(), 0..3_u8).prop_map(|(chat, back)| Step::Repeats(chat, back)),
        1 => (chat(), 1..20_u8).prop_map(|(of, count)| Step::Expires { of, count }),
        2 => (1..=50_u8).prop_map(Step::Pages),
        1 => ahead().prop_map(Step::SetsClock),
        3 => disk_fails(),
        4 => (prop_oneof![Just(Killed::After), Just(Killed::Before)], 0..8_u8).prop_map(|(when, count)| Step::Killed(when, count)),
    ]
}

fn disk_fails() -> impl Strategy<Value = Step> {
    let how = prop_oneof![3 => Just(Fails::Full), 1 => Just(Fails::Busy), 2 => Just(Fails::Unreadable)];
    let times = prop_oneof![2 => Just(1), 2 => 2..12_u8, 1 => 12..120_u8];
    (how, 0..60_u8, times).prop_map(|(how, after, times)| Step::DiskFails { how, after, times })
}

/// What happens to a team, and what Alice does about it.
fn of_team() -> impl Strategy<Value = Step> {
    let out =
        prop_oneof![2 => Just(Out::Kicked), 4 => Just(Out::Removed), 2 => Just(Out::Banned), 1 => Just(Out::Ended)];
    prop_oneof![
        6 => team().prop_map(Step::Admits),
        4 => (team(), out).prop_map(|(team, out)| Step::PutsOut(team, out)),
        3 => team().prop_map(Step::MembersChange),
        1 => Just(Step::PhoneEnters),
        1 => Just(Step::PhoneForgets),
        2 => team().prop_map(Step::PhoneLeaves),
        3 => Just(Step::DeskEnters),
        1 => team().prop_map(Step::DeskLeaves),
    ]
}

/// Random runs.
pub(super) fn schedules(rooms: Rooms) -> impl Strategy<Value = Schedule> {
    let history = |night| [0..70_u8, 0..10_u8, 0..70_u8, 0..night];
    let told = match rooms {
        Rooms::One => (history(1), prop::collection::vec(step(Rooms::One), 0..40)).boxed(),
        Rooms::Both => {
            let steps = prop_oneof![3 => step(Rooms::Both), 1 => of_team()];
            let night = prop_oneof![history(1), history(40)];
            (night, prop::collection::vec(steps, 0..40)).boxed()
        }
    };
    let stamps = prop_oneof![Just(Stamps::Microseconds), Just(Stamps::Seconds)];
    let begins = prop_oneof![1 => Just(Begins::AtOnce), 2 => Just(Begins::Settled)];
    let offline = prop_oneof![1 => Just(Offline::Kept), 2 => Just(Offline::Archived)];
    let manner = prop_oneof![2 => Just(RoomManner::Standard), 1 => Just(RoomManner::MongooseIm)];
    let runs = (told, stamps, ahead(), begins, offline, manner);
    runs.prop_map(|((history, steps), stamps, ahead, begins, offline, manner)| Schedule {
        history,
        stamps,
        ahead,
        begins,
        offline,
        pages: 50,
        manner,
        steps,
    })
}
