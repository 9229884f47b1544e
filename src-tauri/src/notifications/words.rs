//! What notifications say.

use wardline_sdk::text::display::isolated;
use wardline_sdk::view::{ConversationKind, InvitationNews, Mentioned, News, NotificationContent};

/// A notification's two parts, as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) title: String,
    pub(super) body: String,
}

const APP: &str = "Wardline";

/// What is said of one conversation.
pub(super) fn of_one(news: &News, content: NotificationContent) -> Words {
    let (title, body) = match content {
        NotificationContent::Nothing => (APP.to_owned(), counted(news.unread)),
        NotificationContent::Sender => (news.title.clone(), said_by(news, &summed(news))),
        // What was taken back has no text.
        NotificationContent::SenderAndText if news.text.is_empty() => {
            (news.title.clone(), said_by(news, &summed(news)))
        }
        NotificationContent::SenderAndText => {
            let text = said_by(news, &news.text);
            let body = match news.unread {
                0 | 1 => text,
                many => format!("{text}\n{}", counted(many)),
            };
            let body = match mentioned(news) {
                Some(mentioned) => format!("{mentioned}\n{body}"),
                None => body,
            };
            (news.title.clone(), body)
        }
    };
    Words { title, body }
}

/// What is said of an invitation.
pub(super) fn of_invitation(invitation: &InvitationNews, content: NotificationContent) -> Words {
    let InvitationNews { kind, title, by, .. } = invitation;
    match content {
        NotificationContent::Nothing => Words {
            title: APP.to_owned(),
            body: match kind {
                ConversationKind::Team => "New invitation".to_owned(),
                ConversationKind::Person => "New contact request".to_owned(),
            },
        },
        NotificationContent::Sender | NotificationContent::SenderAndText => Words {
            title: title.clone().unwrap_or_else(|| APP.to_owned()),
            body: match (by, title) {
                (Some(by), _) if *kind == ConversationKind::Person => {
                    format!("{} asks to be your contact", isolated(by))
                }
                (Some(by), Some(_)) => format!("{} invites you", isolated(by)),
                (Some(by), None) => format!("{} invites you to a team", isolated(by)),
                (None, Some(_)) => "You are invited".to_owned(),
                (None, None) => "You are invited to a team".to_owned(),
            },
        },
    }
}

/// What is said of several conversations together.
pub(super) fn of_many(news: &[News], content: NotificationContent) -> Words {
    let unread = news.iter().fold(0_u32, |sum, news| sum.saturating_add(news.unread));
    let what = format!("{} in {} chats", counted(unread), news.len());
    let newest: Vec<String> = news.iter().rev().take(3).map(|news| isolated(&news.title)).collect();
    let body = match content {
        NotificationContent::Nothing => what,
        NotificationContent::Sender | NotificationContent::SenderAndText => {
            format!("{what}\n{} and others", newest.join(", "))
        }
    };
    Words {
        title: APP.to_owned(),
        body,
    }
}

/// In a team it matters who wrote; of one person the title says so.
fn said_by(news: &News, what: &str) -> String {
    match news.kind {
        ConversationKind::Team => format!("{}: {}", isolated(&news.author), isolated(what)),
        ConversationKind::Person => isolated(what),
    }
}

/// How much there is, and that one is meant.
fn summed(news: &News) -> String {
    let count = counted(news.unread);
    match mentioned(news) {
        Some(mentioned) => format!("{count} · {mentioned}"),
        None => count,
    }
}

/// Says so where an unread message means whoever reads the notification.
fn mentioned(news: &News) -> Option<&'static str> {
    match news.mention? {
        Mentioned::Me => Some("You are mentioned"),
        Mentioned::Everyone => Some("Everyone is mentioned"),
        Mentioned::Other => None,
    }
}

fn counted(unread: u32) -> String {
    match unread {
        0 | 1 => "New message".to_owned(),
        many => format!("{many} new messages"),
    }
}

/// Text for a place where `& < >` mean markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
