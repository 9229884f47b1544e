//! Message text as tokens. The interface makes elements of them; no HTML exists anywhere.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Mentioned;

/// A piece of message text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TextToken {
    /// Plain text, line breaks included.
    Plain {
        /// The text.
        text: String,
    },
    /// A web, mail or telephone link that is safe to open (http, https, mailto, tel).
    Link {
        /// As written.
        text: String,
        /// Where it leads. Who shows it says so before it opens.
        url: String,
    },
    /// A mention, `@` included (XEP-0372, or the plain text).
    Mention {
        /// As written.
        text: String,
        /// Whom it means.
        whom: Mentioned,
    },
    /// `*strong*` (XEP-0393).
    Strong {
        /// The text without its marks.
        text: String,
    },
    /// `_emphasised_` (XEP-0393).
    Emphasis {
        /// The text without its marks.
        text: String,
    },
    /// `` `code` `` (XEP-0393).
    Code {
        /// The text without its marks.
        text: String,
    },
    /// `~struck~` (XEP-0393).
    Strike {
        /// The text without its marks.
        text: String,
    },
    /// A block of code, its fences included (XEP-0393 section 5.1.2).
    Preformatted {
        /// The text with its fences.
        text: String,
    },
    /// Characters that would turn the direction of the text behind them. Drawn as a sign, by themselves, so that they turn nothing.
    Direction {
        /// The characters.
        text: String,
    },
}
