//! What a user interface is shown: plain, serialisable snapshots and diffs.
//!
//! These types are the contract between the SDK and whoever draws it. TypeScript declarations are generated from them
//! (`cargo xtask types`), so there is one definition of each. They carry no XML and no HTML; text arrives as
//! [tokens](text::TextToken). Times are Unix milliseconds by the server's clock.

pub mod account;
pub mod diagnostics;
pub mod error;
pub mod event;
pub mod finding;
pub mod ids;
pub mod inbox;
pub mod notification;
pub mod team;
pub mod text;
pub mod timeline;

pub use account::*;
pub use diagnostics::*;
pub use error::*;
pub use event::*;
pub use finding::*;
pub use ids::*;
pub use inbox::*;
pub use notification::*;
pub use team::*;
pub use text::*;
pub use timeline::*;

#[cfg(test)]
mod tests;
