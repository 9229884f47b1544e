//! What is to be done about news, as a pure function of the settings and of what somebody sees.

use wardline_sdk::view::{ConversationId, News, NewsCame, NotificationSettings, Wanted};

/// More conversations than this that were caught up with at once make one notification: no storm after a night off.
const MOST_AT_ONCE: usize = 3;

/// What somebody has before them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sight {
    /// The conversation in the window.
    pub(super) open: Option<ConversationId>,
    pub(super) window: Window,
}

/// Whether somebody works in the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Window {
    Focused,
    #[default]
    Behind,
}

impl Sight {
    /// Whether a conversation is being read.
    fn is_on(self, conversation: ConversationId) -> bool {
        self.window == Window::Focused && self.open == Some(conversation)
    }
}

/// What is to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Show {
    /// Nothing.
    Nothing,
    /// A notification for each conversation, in place of the one that is shown of it.
    Each(Vec<News>),
    /// One for all of them together.
    Together(Vec<News>),
}

/// Whether an invitation into this conversation's team, which came at the server's time `now`, is to be shown.
pub(super) fn shows_invitation(
    settings: &NotificationSettings,
    sight: Sight,
    now: i64,
    conversation: ConversationId,
) -> bool {
    settings.quiet_until.is_none_or(|until| now >= until) && !sight.is_on(conversation)
}

/// Decides about news that came at the server's time `now`.
pub(super) fn decide(settings: &NotificationSettings, sight: Sight, came: NewsCame, now: i64, news: Vec<News>) -> Show {
    if settings.quiet_until.is_some_and(|until| now < until) {
        return Show::Nothing;
    }
    let wanted = news
        .into_iter()
        .filter(|news| news.wanted == Wanted::Yes && news.unread > 0 && !sight.is_on(news.conversation));
    let wanted: Vec<News> = wanted.collect();
    match (came, wanted.len()) {
        (_, 0) => Show::Nothing,
        (NewsCame::CaughtUp, many) if many > MOST_AT_ONCE => Show::Together(wanted),
        _ => Show::Each(wanted),
    }
}
