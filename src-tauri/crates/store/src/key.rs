//! The key of a database.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The 32 random bytes that encrypt a database. Wiped from memory on drop; never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// A key of these bytes. They are used as they are: no derivation is added, so they must be random or the output of a
    /// slow key derivation.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a place that keeps keys. Whoever copies them wipes the copy.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The value of `PRAGMA key` for a raw key: `"x'<64 hexadecimal digits>'"`, quotes included.
    pub(crate) fn pragma_value(&self) -> Zeroizing<String> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut value = Zeroizing::new(String::with_capacity(70));
        value.push_str("\"x'");
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                if let Some(&character) = DIGITS.get(usize::from(digit)) {
                    value.push(char::from(character));
                }
            }
        }
        value.push_str("'\"");
        value
    }
}

impl From<[u8; 32]> for DatabaseKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self::new(bytes)
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_becomes_a_raw_key_pragma() {
        let mut bytes = [0; 32];
        bytes[0] = 0xa5;
        let value = DatabaseKey::new(bytes).pragma_value();
        assert_eq!(*value, format!("\"x'a5{}'\"", "0".repeat(62)));
    }

    #[test]
    fn a_key_never_prints_itself() {
        assert_eq!(format!("{:?}", DatabaseKey::new([7; 32])), "DatabaseKey(..)");
    }
}
