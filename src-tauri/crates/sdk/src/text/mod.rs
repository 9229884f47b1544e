//! Text: what is drawn of message bodies and names, and when two names are the same.

pub mod address;
mod attached;
mod cost;
pub mod display;
mod folded;
mod links;
mod lookalike;
mod marks;
pub mod mentions;
mod names;
mod preview;
mod spellings;
mod tokens;

pub use attached::attached;
pub use folded::{folded, sorting};
pub use lookalike::Looks;
pub use names::{Fit, Query, initials, plain, same_name, short};
pub use preview::preview;
pub use spellings::spellings;
pub use tokens::tokenise;
