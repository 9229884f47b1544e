//! Message text: from the plain text of a message body to what is drawn.

mod preview;
mod tokens;

pub use preview::preview;
pub use tokens::tokenise;
