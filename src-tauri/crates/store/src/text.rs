//! Text that must never reach a log: addresses, names, message text. `Debug` hides it.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

macro_rules! private_text {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sea_orm::DeriveValueType,
        )]
        pub struct $name(pub String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text itself, taken out.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.0.len())
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )*};
}

private_text! {
    /// An address of a person, a team or a member of a team, as the SDK normalised it. Opaque here.
    Address;
    /// Personal text: message text, a name, a role, a secret, a payload.
    Text;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_text_never_prints_itself() {
        let printed = format!("{:?} {:?}", Address::from("alice@ward.example"), Text::from("bed 4"));
        assert_eq!(printed, "Address(18 bytes) Text(5 bytes)");
    }
}
