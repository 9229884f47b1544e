//! Message text: from the plain text of a message body to what is drawn.

mod folded;
mod preview;
mod tokens;

pub use folded::folded;
pub use preview::preview;
pub use tokens::tokenise;
