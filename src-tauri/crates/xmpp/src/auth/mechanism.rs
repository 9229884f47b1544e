//! The ways of signing in that are spoken here, by strength.

use ring::{digest, hmac, pbkdf2};

/// Hash functions of SCRAM, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScramHash {
    /// SHA-1 (RFC 5802).
    Sha1,
    /// SHA-256 (RFC 7677).
    Sha256,
    /// SHA-512.
    Sha512,
}

impl ScramHash {
    pub(crate) const STRONGEST_FIRST: [Self; 3] = [Self::Sha512, Self::Sha256, Self::Sha1];

    /// Name of the mechanism without channel binding.
    #[must_use]
    pub fn mechanism(self) -> &'static str {
        match self {
            Self::Sha1 => "SCRAM-SHA-1",
            Self::Sha256 => "SCRAM-SHA-256",
            Self::Sha512 => "SCRAM-SHA-512",
        }
    }

    pub(super) fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }

    pub(super) fn digest(self) -> &'static digest::Algorithm {
        self.hmac().digest_algorithm()
    }

    pub(super) fn derivation(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }
}

/// SASL mechanisms without regard to channel binding, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// PLAIN (RFC 4616): the server learns the password.
    Plain,
    /// SCRAM: both sides prove that they know the password.
    Scram(ScramHash),
}

impl Mechanism {
    /// The name that SASL gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Scram(hash) => hash.mechanism(),
        }
    }

    /// The mechanism of that name, if it is spoken here.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Plain]
            .into_iter()
            .chain(ScramHash::STRONGEST_FIRST.map(Self::Scram))
            .find(|mechanism| mechanism.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_is_weaker_than_every_scram_and_names_lead_back() {
        let by_strength = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"].map(Mechanism::from_name);
        assert!(by_strength.iter().all(Option::is_some) && by_strength.is_sorted());
        assert_eq!(Mechanism::from_name("DIGEST-MD5"), None);
    }
}
