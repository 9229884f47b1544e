//! What happens in one schedule, and when: all from one number.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use wardline_test_support::fault_proxy::FaultPlan;

/// How long people write while things go wrong.
const LASTING: Duration = Duration::from_millis(7_000);

/// The people.
pub const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];

/// The devices, each with the index of its owner in [`PEOPLE`]: bob has two.
pub const DEVICES: [(&str, usize); 4] = [("alice", 0), ("bob", 1), ("bob's other", 1), ("carol", 2)];

/// What is possible on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// It has team chats by XEP-0045.
    pub rooms: bool,
    /// It is ours: it can be stopped and killed.
    pub ours: bool,
}

/// How a server goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Downfall {
    /// In good order.
    Stop,
    /// As by a power cut, except that what it gave to the disk is on it.
    Kill,
}

/// Whether everything is caught up with before things go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Everybody has the team chat on screen.
    Settled,
    /// Things go wrong from the moment at which everybody has signed in.
    AtOnce,
}

/// Whether devices are told when the network is good again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// By the operating system.
    Yes,
    /// They find out: a connection that is half open has to be noticed.
    No,
}

/// To whom somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum To {
    /// To a person, by the index in [`PEOPLE`].
    Person(usize),
    /// To the team chat.
    Room,
}

/// Something that happens at a certain time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A device writes messages, one right after the other.
    Write {
        /// Index in [`DEVICES`].
        device: usize,
        /// To whom.
        to: To,
        /// How many.
        count: usize,
    },
    /// A device has a conversation on screen.
    Open {
        /// Index in [`DEVICES`].
        device: usize,
        /// Which.
        place: To,
    },
    /// A device is told that the network is back, whether it is or not.
    Wake {
        /// Index in [`DEVICES`].
        device: usize,
    },
    /// A device's process is killed in the middle of writing.
    Kill {
        /// Index in [`DEVICES`].
        device: usize,
        /// To whom it writes.
        to: To,
        /// How many messages it is told to write.
        count: usize,
        /// How long after that it is killed.
        after: Duration,
    },
    /// A killed device is started again on what it left.
    Restart {
        /// Index in [`DEVICES`].
        device: usize,
    },
}

/// When and how the server goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// When.
    pub at: Duration,
    /// How.
    pub how: Downfall,
    /// How long it stays away.
    pub away: Duration,
}

/// Everything that happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Where it comes from.
    pub seed: u64,
    /// Whether everything is caught up with before.
    pub start: Start,
    /// What each device's line does.
    pub lines: [FaultPlan; DEVICES.len()],
    /// What people and processes do, by time.
    pub acts: Vec<(Duration, Act)>,
    /// What the server does.
    pub outage: Option<Outage>,
    /// Whether devices are told when the network is good again.
    pub told: Told,
}

impl Schedule {
    /// The schedule of a number. The same number gives the same one on servers of the same abilities.
    #[must_use]
    pub fn of(seed: u64, abilities: Abilities) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let start = if random.random_range(0..3) == 0 {
            Start::AtOnce
        } else {
            Start::Settled
        };
        let lines = std::array::from_fn(|device| FaultPlan::random(random.random::<u64>() ^ device as u64, LASTING));
        let told = if random.random() { Told::Yes } else { Told::No };
        let outage = outage(&mut random).filter(|_| abilities.ours);
        let mut acts = Vec::new();
        // Who never answers has as many unread messages as came: there is somebody like that in each schedule.
        let silent = random.random_range(0..PEOPLE.len());
        for (device, (_, owner)) in DEVICES.iter().enumerate() {
            let to: Vec<To> = (0..PEOPLE.len())
                .filter(|person| person != owner && *owner != silent)
                .map(To::Person)
                .chain((abilities.rooms && (*owner != silent || random.random())).then_some(To::Room))
                .collect();
            let mut at = Duration::from_millis(random.random_range(0..600));
            while at < LASTING {
                if let Some(to) = to.choose(&mut random).copied() {
                    // Mostly a word now and then, sometimes many at once.
                    let count = if random.random_range(0..8) == 0 {
                        random.random_range(3..9)
                    } else {
                        1
                    };
                    acts.push((at, Act::Write { device, to, count }));
                }
                at += Duration::from_millis(random.random_range(50..1_100));
            }
            if random.random()
                && let Some(place) = to.choose(&mut random).copied()
            {
                let at = Duration::from_millis(random.random_range(0..5_000));
                acts.push((at, Act::Open { device, place }));
            }
            if random.random_range(0..3) == 0 {
                let at = Duration::from_millis(random.random_range(0..7_000));
                acts.push((at, Act::Wake { device }));
            }
            if random.random_range(0..7) == 0
                && let Some(to) = to.choose(&mut random).copied()
            {
                let kill = Act::Kill {
                    device,
                    to,
                    count: random.random_range(4..16),
                    after: Duration::from_millis(random.random_range(0..60)),
                };
                let at = Duration::from_millis(random.random_range(300..6_500));
                let away = Duration::from_millis(random.random_range(100..1_500));
                acts.push((at, kill));
                acts.push((at + away, Act::Restart { device }));
            }
        }
        acts.sort_by_key(|(at, _)| *at);
        Self {
            seed,
            start,
            lines,
            acts,
            outage,
            told,
        }
    }

    /// How many processes are killed.
    #[must_use]
    pub fn kills(&self) -> usize {
        let kill = |(_, act): &&(Duration, Act)| matches!(act, Act::Kill { .. });
        self.acts.iter().filter(kill).count()
    }
}

/// One schedule in five has the server go down.
fn outage(random: &mut StdRng) -> Option<Outage> {
    let (happens, stops) = (random.random_range(0..5) == 0, random.random());
    let outage = Outage {
        at: Duration::from_millis(random.random_range(500..5_500)),
        how: if stops { Downfall::Stop } else { Downfall::Kill },
        away: Duration::from_millis(random.random_range(0..1_500)),
    };
    happens.then_some(outage)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Abilities = Abilities {
        rooms: true,
        ours: true,
    };

    #[test]
    fn the_same_seed_gives_the_same_schedule_and_another_seed_another() {
        assert_eq!(Schedule::of(7, ALL), Schedule::of(7, ALL));
        assert_ne!(Schedule::of(7, ALL), Schedule::of(8, ALL));
    }

    #[test]
    fn some_hundred_schedules_hold_everything_that_can_happen() {
        let schedules: Vec<Schedule> = (0..200).map(|seed| Schedule::of(seed, ALL)).collect();
        let any = |check: &dyn Fn(&Schedule) -> bool| schedules.iter().any(check);
        assert!(any(&|schedule| schedule.kills() > 0));
        assert!(any(&|schedule| schedule.start == Start::AtOnce));
        for how in [Downfall::Stop, Downfall::Kill] {
            assert!(any(&|schedule| schedule.outage.is_some_and(|outage| outage.how == how)));
        }
        let quiet = schedules.iter().filter(|schedule| schedule.outage.is_none()).count();
        assert!(quiet > schedules.len() / 2);
    }

    #[test]
    fn nobody_writes_to_themselves() {
        for seed in 0..50 {
            for (_, act) in Schedule::of(seed, ALL).acts {
                if let Act::Write {
                    device,
                    to: To::Person(to),
                    ..
                } = act
                {
                    assert_ne!(DEVICES[device].1, to);
                }
            }
        }
    }
}
