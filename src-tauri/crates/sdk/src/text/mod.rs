//! Message text: from the plain text of a message body to what is drawn.

mod attached;
mod folded;
pub mod mentions;
mod preview;
mod tokens;

pub use attached::attached;
pub use folded::folded;
pub use preview::preview;
pub use tokens::tokenise;
