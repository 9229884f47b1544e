//! What a fault proxy does and when, all from one number.

use std::fmt;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// How a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cut {
    /// By RST: what is under way is lost, and the next read or write fails.
    Reset,
    /// By FIN: the stream just ends, wherever it was.
    Finish,
}

/// Who notices that a connection was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Noticed {
    /// Client and server.
    ByBoth,
    /// The client alone: for the server the old connection lives on until a new one takes its place.
    ByClient,
}

/// Whose bytes a half-open connection swallows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Swallowed {
    /// What the client sends.
    ToServer,
    /// What the server sends.
    ToClient,
    /// Everything.
    Both,
}

impl Swallowed {
    /// Whether bytes that go this way are swallowed.
    #[must_use]
    pub fn includes(self, direction: Direction) -> bool {
        matches!(
            (self, direction),
            (Self::Both, _) | (Self::ToServer, Direction::ToServer) | (Self::ToClient, Direction::ToClient)
        )
    }
}

/// Something that goes wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends.
    Cut(Cut, Noticed),
    /// The connection stays open, but bytes vanish: it never recovers, and whoever waits must notice it alone.
    Stall(Swallowed),
    /// Bytes arrive late for a while.
    Delay {
        /// Which bytes.
        direction: Direction,
        /// How late.
        pause: Duration,
        /// For how long.
        lasting: Duration,
    },
    /// Bytes arrive in small pieces with random borders for a while.
    Split {
        /// Largest piece, in bytes.
        most: usize,
        /// For how long.
        lasting: Duration,
    },
    /// Bytes are held back and arrive in large pieces for a while.
    Gather {
        /// How long they are held back.
        pause: Duration,
        /// For how long.
        lasting: Duration,
    },
    /// The present connection is reset, and new ones are closed as soon as they are made.
    Refuse {
        /// For how long.
        lasting: Duration,
    },
}

/// Kinds of faults, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// [`Cut::Reset`].
    Reset,
    /// [`Cut::Finish`].
    Finish,
    /// [`Fault::Stall`].
    Stall,
    /// [`Fault::Delay`].
    Delay,
    /// [`Fault::Split`].
    Split,
    /// [`Fault::Gather`].
    Gather,
    /// [`Fault::Refuse`].
    Refuse,
}

impl FaultKind {
    /// All kinds, in the order in which tables show them.
    pub const ALL: [Self; 7] = [
        Self::Reset,
        Self::Finish,
        Self::Stall,
        Self::Delay,
        Self::Split,
        Self::Gather,
        Self::Refuse,
    ];
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reset => "reset",
            Self::Finish => "finish",
            Self::Stall => "stall",
            Self::Delay => "delay",
            Self::Split => "split",
            Self::Gather => "gather",
            Self::Refuse => "refuse",
        })
    }
}

impl Fault {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::Cut(Cut::Reset, _) => FaultKind::Reset,
            Self::Cut(Cut::Finish, _) => FaultKind::Finish,
            Self::Stall(_) => FaultKind::Stall,
            Self::Delay { .. } => FaultKind::Delay,
            Self::Split { .. } => FaultKind::Split,
            Self::Gather { .. } => FaultKind::Gather,
            Self::Refuse { .. } => FaultKind::Refuse,
        }
    }
}

/// When a fault happens, counted from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// After a time.
    Time(Duration),
    /// When so many bytes have gone that way, exactly behind the last of them: in the middle of a stanza, a handshake, a
    /// TLS record.
    Bytes(Direction, u64),
}

/// A fault and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedFault {
    /// When.
    pub trigger: Trigger,
    /// What.
    pub fault: Fault,
}

/// Everything that is to go wrong, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultPlan {
    /// Where it comes from; also decides the borders of [`Fault::Split`].
    pub seed: u64,
    /// The faults.
    pub faults: Vec<PlannedFault>,
}

impl FaultPlan {
    /// A plan that keeps a line busy for about `lasting`. The same seed gives the same plan.
    #[must_use]
    pub fn random(seed: u64, lasting: Duration) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut faults = Vec::new();
        let mut left = lasting;
        while !left.is_zero() {
            let (trigger, about) = trigger(&mut random);
            let fault = fault(&mut random);
            left = left.saturating_sub(about);
            faults.push(PlannedFault { trigger, fault });
        }
        Self { seed, faults }
    }
}

/// A trigger, and about how long it takes until it fires.
fn trigger(random: &mut StdRng) -> (Trigger, Duration) {
    match random.random_range(0..5) {
        // While signing in, which takes some 3,000 bytes up and 8,000 down.
        0 => (
            Trigger::Bytes(Direction::ToServer, random.random_range(1..4_000)),
            Duration::from_millis(300),
        ),
        1 => (
            Trigger::Bytes(Direction::ToClient, random.random_range(1..12_000)),
            Duration::from_millis(300),
        ),
        // Soon after the fault before, while it is being recovered from.
        2 => {
            let pause = Duration::from_millis(random.random_range(1..150));
            (Trigger::Time(pause), pause)
        }
        _ => {
            let pause = Duration::from_millis(random.random_range(150..1_500));
            (Trigger::Time(pause), pause)
        }
    }
}

fn fault(random: &mut StdRng) -> Fault {
    let lasting = Duration::from_millis(random.random_range(100..1_500));
    match random.random_range(0..12) {
        0..4 => {
            let cut = if random.random() { Cut::Reset } else { Cut::Finish };
            let noticed = if random.random() {
                Noticed::ByBoth
            } else {
                Noticed::ByClient
            };
            Fault::Cut(cut, noticed)
        }
        4..6 => Fault::Stall(match random.random_range(0..3) {
            0 => Swallowed::ToServer,
            1 => Swallowed::ToClient,
            _ => Swallowed::Both,
        }),
        6..8 => Fault::Delay {
            direction: if random.random() {
                Direction::ToServer
            } else {
                Direction::ToClient
            },
            pause: Duration::from_millis(random.random_range(5..400)),
            lasting,
        },
        8..10 => Fault::Split {
            most: [1, 5, 40, 300].get(random.random_range(0..4)).copied().unwrap_or(1),
            lasting,
        },
        10 => Fault::Gather {
            pause: Duration::from_millis(random.random_range(20..400)),
            lasting,
        },
        _ => Fault::Refuse {
            lasting: lasting.min(Duration::from_millis(700)),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_plan_and_another_seed_another() {
        let lasting = Duration::from_secs(6);
        assert_eq!(FaultPlan::random(7, lasting), FaultPlan::random(7, lasting));
        assert_ne!(
            FaultPlan::random(7, lasting).faults,
            FaultPlan::random(8, lasting).faults
        );
    }

    #[test]
    fn some_hundred_plans_hold_every_kind_of_fault() {
        let kinds: BTreeSet<FaultKind> = (0..100)
            .flat_map(|seed| FaultPlan::random(seed, Duration::from_secs(6)).faults)
            .map(|planned| planned.fault.kind())
            .collect();
        assert_eq!(kinds.len(), FaultKind::ALL.len());
    }
}
