//! What the page may ask for at most: how much, and how often.
//!
//! The page shows what strangers send. Were it ever made to run their code, these bounds hold: they lie far above what a
//! person at a keyboard comes to, and below what would fill memory or keep the engine from its work.

/// The bounds of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The command.
    pub(crate) command: &'static str,
    /// Bytes of text in all of its arguments.
    pub(crate) text: usize,
    /// Values in all of its arguments.
    pub(crate) values: usize,
    /// Calls at once.
    pub(crate) burst: u32,
    /// Calls a second, for long.
    pub(crate) per_second: u32,
}

/// The longest address (RFC 7622: three parts of 1,023 bytes), and names of arguments.
const ADDRESS: usize = 4 * 1024;
/// Settings and other words of the app's own.
const WORDS: usize = 1024;
/// Far above the longest message, so that the engine says what is too long.
const TEXT: usize = 1024 * 1024;
/// Address, password, server and path of a certificate.
const FORM: usize = 16 * 1024;
/// A team of a thousand.
const TEAM: usize = 1000 * ADDRESS;
/// All conversations of somebody who has very many.
const MANY: usize = 100_000;

impl Bounds {
    const fn of(command: &'static str) -> Self {
        Self {
            command,
            text: WORDS,
            values: 32,
            burst: 120,
            per_second: 40,
        }
    }

    const fn text(self, text: usize) -> Self {
        Self { text, ..self }
    }

    const fn values(self, values: usize) -> Self {
        Self { values, ..self }
    }

    const fn rate(self, burst: u32, per_second: u32) -> Self {
        Self {
            burst,
            per_second,
            ..self
        }
    }
}

/// One line for each command.
pub(crate) const BOUNDS: [Bounds; 44] = [
    Bounds::of("start").rate(10, 1),
    Bounds::of("unlock").text(FORM).rate(10, 1),
    Bounds::of("sign_in").text(FORM).rate(10, 1),
    Bounds::of("sign_out").rate(10, 1),
    Bounds::of("reconnect").rate(20, 2),
    Bounds::of("inbox").rate(20, 10),
    Bounds::of("start_conversation").text(ADDRESS).rate(30, 5),
    Bounds::of("open_conversation"),
    Bounds::of("close_conversation"),
    Bounds::of("timeline"),
    Bounds::of("page_back"),
    Bounds::of("page_forward"),
    Bounds::of("jump"),
    // With each frame while somebody scrolls.
    Bounds::of("view").rate(300, 120),
    Bounds::of("mark_read").rate(300, 120),
    Bounds::of("mark_all_read").values(MANY).rate(10, 1),
    Bounds::of("decide"),
    Bounds::of("block").rate(30, 5),
    Bounds::of("unblock").rate(30, 5),
    Bounds::of("unblock_address").text(ADDRESS).rate(30, 5),
    Bounds::of("blocked").rate(20, 5),
    Bounds::of("find_people").text(ADDRESS),
    Bounds::of("save_draft").text(TEXT),
    Bounds::of("compose"),
    Bounds::of("send").text(TEXT),
    Bounds::of("edit").text(TEXT),
    Bounds::of("readers"),
    Bounds::of("resend"),
    Bounds::of("discard"),
    Bounds::of("create_team").text(TEAM).values(2000).rate(10, 1),
    Bounds::of("team"),
    Bounds::of("change_team").text(TEAM).values(2000).rate(60, 10),
    Bounds::of("open_teams").rate(20, 5),
    Bounds::of("join_team").text(ADDRESS).rate(10, 1),
    Bounds::of("diagnostics"),
    Bounds::of("round_trip").rate(60, 10),
    Bounds::of("held").text(ADDRESS),
    Bounds::of("check_conversation").rate(60, 10),
    Bounds::of("stop_check").rate(60, 10),
    Bounds::of("diagnostics_report").rate(10, 1),
    Bounds::of("notification_settings").rate(20, 5),
    Bounds::of("save_notification_settings").rate(20, 5),
    // Each opens another program.
    Bounds::of("open_link").text(2 * ADDRESS).rate(5, 1),
    Bounds::of("save_look").rate(20, 5),
];
