//! Message text: from the plain text of a message body to what is drawn.

mod folded;
pub mod mentions;
mod preview;
mod tokens;

pub use folded::folded;
pub use preview::preview;
pub use tokens::tokenise;
