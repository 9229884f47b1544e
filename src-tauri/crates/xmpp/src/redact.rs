//! Keeps personal data out of logs: types that carry it print their name only.

/// Implements `Debug` without any of the value's content.
macro_rules! redacted_debug {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })+
    };
}

pub(crate) use redacted_debug;
