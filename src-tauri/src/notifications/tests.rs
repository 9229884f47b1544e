//! Decisions, words, and what is on the board, on a desktop that only writes down what it is asked.

use wardline_sdk::view::{
    ConversationId, ConversationKind, InvitationNews, MessageId, News, NewsCame, NotificationContent,
    NotificationSettings, NotificationSound, Wanted,
};

use super::board::{About, Board, Clicked, Desktop, Outcome, Showing};
use super::decide::{Show, Sight, Window, decide, shows_invitation};
use super::words::{Words, escaped, of_invitation, of_many, of_one};

fn news(conversation: i64, unread: u32) -> News {
    News {
        mention: None,
        conversation: ConversationId(conversation),
        kind: ConversationKind::Person,
        title: format!("Person {conversation}"),
        message: MessageId(conversation * 100 + i64::from(unread)),
        author: format!("Person {conversation}"),
        text: "Potassium is 6.1".to_owned(),
        unread,
        wanted: Wanted::Yes,
    }
}

fn decided(sight: Sight, came: NewsCame, news: Vec<News>) -> Show {
    decide(&NotificationSettings::default(), sight, came, 0, news)
}

#[test]
fn news_are_shown_unless_somebody_reads_them_now() {
    let shown = Show::Each(vec![news(1, 1)]);
    for (open, window, expected) in [
        (None, Window::Focused, shown.clone()),
        (Some(2), Window::Focused, shown.clone()),
        (Some(1), Window::Behind, shown),
        (Some(1), Window::Focused, Show::Nothing),
    ] {
        let sight = Sight {
            open: open.map(ConversationId),
            window,
        };
        assert_eq!(decided(sight, NewsCame::Live, vec![news(1, 1)]), expected, "{sight:?}");
    }
}

#[test]
fn what_is_muted_blocked_or_read_already_is_not_shown() {
    for (wanted, unread) in [(Wanted::Muted, 1), (Wanted::Blocked, 1), (Wanted::Yes, 0)] {
        let unwanted = News {
            wanted,
            ..news(1, unread)
        };
        assert_eq!(
            decided(Sight::default(), NewsCame::Live, vec![unwanted, news(2, 1)]),
            Show::Each(vec![news(2, 1)]),
            "{wanted:?}, {unread} unread"
        );
    }
}

#[test]
fn an_invitation_says_who_asks_into_what_as_far_as_the_settings_allow() {
    let said = |title: Option<&str>, by: Option<&str>, content| {
        let invitation = InvitationNews {
            conversation: ConversationId(1),
            kind: ConversationKind::Team,
            title: title.map(str::to_owned),
            by: by.map(str::to_owned),
        };
        let Words { title, body } = of_invitation(&invitation, content);
        format!("{title}: {body}")
    };
    use NotificationContent::{Nothing, Sender, SenderAndText};
    let (team, asha) = (Some("Registrar rota"), Some("Asha Verma"));
    assert_eq!(said(team, asha, Nothing), "Wardline: New invitation");
    assert_eq!(said(team, asha, Sender), "Registrar rota: Asha Verma invites you");
    assert_eq!(
        said(team, asha, SenderAndText),
        "Registrar rota: Asha Verma invites you"
    );
    assert_eq!(said(None, asha, Sender), "Wardline: Asha Verma invites you to a team");
    assert_eq!(said(team, None, Sender), "Registrar rota: You are invited");
    assert_eq!(said(None, None, Sender), "Wardline: You are invited to a team");
    let request = InvitationNews {
        conversation: ConversationId(1),
        kind: ConversationKind::Person,
        title: None,
        by: Some("locum@agency.example".to_owned()),
    };
    assert_eq!(of_invitation(&request, Nothing).body, "New contact request");
    assert_eq!(
        of_invitation(&request, Sender).body,
        "locum@agency.example asks to be your contact"
    );
}

#[test]
fn an_invitation_is_shown_unless_it_is_before_somebody_or_the_time_is_quiet() {
    let quiet = NotificationSettings {
        quiet_until: Some(1_000),
        ..NotificationSettings::default()
    };
    let reads = Sight {
        open: Some(ConversationId(1)),
        window: Window::Focused,
    };
    let shows = |settings: &NotificationSettings, sight, now| shows_invitation(settings, sight, now, ConversationId(1));
    assert!(shows(&NotificationSettings::default(), Sight::default(), 0));
    assert!(!shows(&NotificationSettings::default(), reads, 0));
    assert!(!shows(&quiet, Sight::default(), 999));
    assert!(shows(&quiet, Sight::default(), 1_000));
}

#[test]
fn nothing_is_shown_before_the_quiet_time_is_over() {
    let settings = NotificationSettings {
        quiet_until: Some(1_000),
        ..NotificationSettings::default()
    };
    let at = |now| decide(&settings, Sight::default(), NewsCame::Live, now, vec![news(1, 1)]);
    assert_eq!(at(999), Show::Nothing);
    assert_eq!(at(1_000), Show::Each(vec![news(1, 1)]));
}

#[test]
fn a_night_off_makes_one_notification_and_not_a_storm() {
    let many: Vec<News> = (1..=4).map(|id| news(id, 2)).collect();
    assert_eq!(
        decided(Sight::default(), NewsCame::CaughtUp, many.clone()),
        Show::Together(many.clone())
    );
    assert_eq!(
        decided(Sight::default(), NewsCame::CaughtUp, many[1..].to_vec()),
        Show::Each(many[1..].to_vec())
    );
    assert_eq!(
        decided(Sight::default(), NewsCame::Live, many.clone()),
        Show::Each(many)
    );
}

fn said(news: &News, content: NotificationContent) -> (String, String) {
    let Words { title, body } = of_one(news, content);
    (title, body)
}

fn pair(title: &str, body: &str) -> (String, String) {
    (title.to_owned(), body.to_owned())
}

#[test]
fn a_notification_says_no_more_than_it_may() {
    let one = news(7, 1);
    assert_eq!(
        said(&one, NotificationContent::Nothing),
        pair("Wardline", "New message")
    );
    assert_eq!(said(&one, NotificationContent::Sender), pair("Person 7", "New message"));
    assert_eq!(
        said(&one, NotificationContent::SenderAndText),
        pair("Person 7", "Potassium is 6.1")
    );
    let taken_back = News {
        text: String::new(),
        ..news(7, 2)
    };
    assert_eq!(
        said(&taken_back, NotificationContent::SenderAndText),
        pair("Person 7", "2 new messages")
    );
    let team = News {
        kind: ConversationKind::Team,
        title: "Cardiology".to_owned(),
        ..news(7, 3)
    };
    assert_eq!(
        said(&team, NotificationContent::Nothing),
        pair("Wardline", "3 new messages")
    );
    assert_eq!(
        said(&team, NotificationContent::Sender),
        pair("Cardiology", "Person 7: 3 new messages")
    );
    assert_eq!(
        said(&team, NotificationContent::SenderAndText),
        pair("Cardiology", "Person 7: Potassium is 6.1\n3 new messages")
    );
}

#[test]
fn several_conversations_together_name_nobody_where_nobody_may_be_named_and_never_say_what_was_written() {
    let many: Vec<News> = (1..=5).map(|id| news(id, 2)).collect();
    assert_eq!(
        of_many(&many, NotificationContent::Nothing).body,
        "10 new messages in 5 chats"
    );
    for content in [NotificationContent::Sender, NotificationContent::SenderAndText] {
        assert_eq!(
            of_many(&many, content).body,
            "10 new messages in 5 chats\nPerson 5, Person 4, Person 3 and others"
        );
    }
}

#[test]
fn markup_in_a_message_is_text() {
    assert_eq!(
        escaped("<b>K+</b> & \"Na\" &lt;"),
        "&lt;b&gt;K+&lt;/b&gt; &amp; \"Na\" &amp;lt;"
    );
}

/// A desktop that writes down what is on it.
#[derive(Default)]
struct Paper {
    shown: Vec<(u64, About, String)>,
    next: u64,
    refuses: bool,
}

impl Desktop for Paper {
    type Shown = u64;

    async fn show(
        &mut self,
        about: About,
        _showing: Showing,
        words: &Words,
        _sound: NotificationSound,
        former: Option<u64>,
    ) -> Option<u64> {
        if self.refuses {
            return None;
        }
        match former {
            Some(id) => {
                let place = self.shown.iter_mut().find(|(shown, ..)| *shown == id)?;
                place.2.clone_from(&words.body);
                Some(id)
            }
            None => {
                self.next += 1;
                self.shown.push((self.next, about, words.body.clone()));
                Some(self.next)
            }
        }
    }

    async fn withdraw(&mut self, shown: u64) {
        let before = self.shown.len();
        self.shown.retain(|(id, ..)| *id != shown);
        assert_eq!(self.shown.len() + 1, before, "withdrawn twice");
    }
}

impl Board<Paper> {
    fn bodies(&self) -> Vec<&str> {
        self.desktop().shown.iter().map(|(.., body)| body.as_str()).collect()
    }

    async fn one(&mut self, news: &News) {
        self.show_one(news, NotificationContent::Sender, NotificationSound::Silent)
            .await;
    }

    async fn many(&mut self, news: &[News]) {
        self.show_many(news, NotificationContent::Nothing, NotificationSound::Silent)
            .await;
    }
}

#[tokio::test]
async fn a_conversation_has_one_notification_that_is_replaced_and_goes_when_it_is_read() {
    let mut board = Board::new(Paper::default());
    board.one(&news(1, 1)).await;
    board.one(&news(2, 1)).await;
    board.one(&news(1, 2)).await;
    assert_eq!(board.bodies(), ["2 new messages", "New message"]);
    board.read(ConversationId(1)).await;
    board.read(ConversationId(9)).await;
    assert_eq!(board.bodies(), ["New message"]);
    board.clear().await;
    assert!(board.bodies().is_empty());
}

#[tokio::test]
async fn a_click_leads_to_the_newest_message_and_takes_the_notification_away() {
    let mut board = Board::new(Paper::default());
    board.one(&news(1, 1)).await;
    let first = board.last_showing();
    board.one(&news(1, 2)).await;
    let about = About::Conversation(ConversationId(1));
    // What was clicked has been replaced in that moment.
    let clicked = board.came_of(about, first, Outcome::Clicked).await;
    let leads_to = Some((ConversationId(1), Some(MessageId(102))));
    assert_eq!(clicked, Some(Clicked { leads_to }));
    assert!(board.bodies().is_empty());
    assert_eq!(
        board.came_of(about, first, Outcome::Clicked).await,
        None,
        "it was clicked once"
    );
}

#[tokio::test]
async fn what_somebody_closes_is_shown_anew_and_not_replaced() {
    let mut board = Board::new(Paper::default());
    board.one(&news(1, 1)).await;
    let about = About::Conversation(ConversationId(1));
    let showing = board.last_showing();
    assert_eq!(board.came_of(about, showing, Outcome::Closed).await, None);
    board.one(&news(1, 2)).await;
    assert_eq!(board.bodies(), ["New message", "2 new messages"]);
    // That the former one was closed says nothing about this one.
    board.came_of(about, showing, Outcome::Closed).await;
    board.read(ConversationId(1)).await;
    assert_eq!(board.bodies(), ["New message"]);
}

#[tokio::test]
async fn one_for_many_stands_for_each_and_goes_when_all_are_read() {
    let mut board = Board::new(Paper::default());
    board.one(&news(1, 1)).await;
    board.many(&[news(1, 2), news(2, 1)]).await;
    assert_eq!(board.bodies(), ["3 new messages in 2 chats"]);
    board.read(ConversationId(2)).await;
    assert_eq!(board.bodies().len(), 1);
    let showing = board.last_showing();
    board.keep_only(|id| id != ConversationId(1)).await;
    assert!(board.bodies().is_empty());
    assert_eq!(board.came_of(About::Many, showing, Outcome::Clicked).await, None);
    board.many(&[news(1, 2), news(2, 1)]).await;
    let showing = board.last_showing();
    let clicked = board.came_of(About::Many, showing, Outcome::Clicked).await;
    assert_eq!(clicked, Some(Clicked { leads_to: None }));
}

#[tokio::test]
async fn a_desktop_that_refuses_is_asked_again_next_time() {
    let mut board = Board::new(Paper {
        refuses: true,
        ..Paper::default()
    });
    board.one(&news(1, 1)).await;
    board.read(ConversationId(1)).await;
    board.desktop_mut().refuses = false;
    board.one(&news(1, 2)).await;
    assert_eq!(board.bodies(), ["2 new messages"]);
}
