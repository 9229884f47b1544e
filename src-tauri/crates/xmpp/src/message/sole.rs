//! What one server or room writes into a stanza, and once.

/// Something that only a server or a room may say, and says once: a `<delay/>` (XEP-0203), a `<stanza-id/>` (XEP-0359),
/// an `<item/>` (XEP-0045), an `<occupant-id/>` (XEP-0421), a `<forwarded/>` (XEP-0297). Anybody can write the like
/// into what they send. Where a second one stands beside the first, nothing tells which of them is the server's, so
/// neither is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sole<T> {
    /// There is none.
    #[default]
    Absent,
    /// Exactly one stands there.
    One(T),
    /// Several stand there: at least one of them is somebody else's.
    Several,
}

impl<T> Sole<T> {
    /// Adds another one.
    pub(crate) fn add(&mut self, another: T) {
        *self = match self {
            Self::Absent => Self::One(another),
            Self::One(_) | Self::Several => Self::Several,
        };
    }

    /// The one that can be believed.
    pub(crate) fn get(self) -> Option<T> {
        match self {
            Self::One(one) => Some(one),
            Self::Absent | Self::Several => None,
        }
    }

    /// Whether somebody has written one beside the server's own.
    pub(crate) fn is_forged(&self) -> bool {
        matches!(self, Self::Several)
    }
}

impl<T> FromIterator<T> for Sole<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut sole = Self::Absent;
        for one in all {
            sole.add(one);
        }
        sole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_believed_and_several_are_worth_nothing() {
        assert_eq!(Sole::from_iter([7]).get(), Some(7));
        assert_eq!(Sole::<u8>::from_iter([]), Sole::Absent);
        let several = Sole::from_iter([7, 7, 7]);
        assert!(several.is_forged());
        assert_eq!(several.get(), None);
    }
}
