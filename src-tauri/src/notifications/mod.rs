//! System notifications: one for each conversation with something new in it (R12), which says no more than the settings allow.
//!
//! What is news, whether it is wanted, and that it has been read is the SDK's to say ([`Event::News`], [`Event::Read`]). Here it
//! is [decided](decide) whether somebody needs to be told who has the conversation before them, [put into words](words), and
//! kept on the [board] until it is read, clicked or closed. Text, names and addresses go to the desktop and nowhere else.

mod board;
mod decide;
#[cfg(not(all(unix, not(target_os = "macos"))))]
mod elsewhere;
mod words;
#[cfg(all(unix, not(target_os = "macos")))]
mod xdg;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tauri::{AppHandle, Manager, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use wardline_sdk::view::{
    CommandError, ConversationId, ConversationRow, Event, InvitationNews, News, NewsCame, NotificationSettings,
    NotificationSound,
};
use wardline_sdk::{Client, EventReceiver};

use self::board::{About, Board, Clicked, Desktop, Outcome, Showing};
use self::decide::{Show, Sight, Window, decide, shows_invitation};
#[cfg(not(all(unix, not(target_os = "macos"))))]
use self::elsewhere::Service;
#[cfg(all(unix, not(target_os = "macos")))]
use self::xdg::Service;
use crate::window;

/// What comes live is shown at once; what follows within this time is shown together.
const PACE: Duration = Duration::from_millis(300);

/// Asks for everything to be taken away.
type Clear = oneshot::Sender<()>;

/// The notifications, as the rest of the shell sees them.
pub(crate) struct Notifications {
    sight: Arc<Mutex<Sight>>,
    clear: mpsc::Sender<Clear>,
}

impl Notifications {
    /// Begins to listen.
    pub(crate) fn begin<R: Runtime>(app: &AppHandle<R>, client: Client) -> Self {
        let sight = Arc::new(Mutex::new(Sight::default()));
        let (clear, to_clear) = mpsc::channel(1);
        let (outcomes, came_of) = mpsc::channel(64);
        let watcher = Watcher {
            app: app.clone(),
            sight: Arc::clone(&sight),
            board: Board::new(Service::new(outcomes)),
            waiting: Vec::new(),
            shown_at: None,
            events: client.events(),
            client,
        };
        tauri::async_runtime::spawn(watcher.run(came_of, to_clear));
        Self { sight, clear }
    }

    /// Such that show nothing.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        let (clear, _) = mpsc::channel(1);
        Self {
            sight: Arc::default(),
            clear,
        }
    }

    /// A conversation is in the window.
    pub(crate) fn opened(&self, conversation: ConversationId) {
        self.see(|sight| sight.open = Some(conversation));
    }

    /// A conversation is not in the window any more.
    pub(crate) fn closed(&self, conversation: ConversationId) {
        self.see(|sight| {
            // The next one is opened before the former one is closed.
            if sight.open == Some(conversation) {
                sight.open = None;
            }
        });
    }

    /// No conversation is in the window: the page is new. The one that was, in the page before.
    pub(crate) fn closed_all(&self) -> Option<ConversationId> {
        let mut was_open = None;
        self.see(|sight| was_open = sight.open.take());
        was_open
    }

    /// The window has got or lost the focus.
    pub(crate) fn focused(&self, focused: bool) {
        let window = match focused {
            true => Window::Focused,
            false => Window::Behind,
        };
        self.see(|sight| sight.window = window);
    }

    /// Takes everything away, as when somebody signs out.
    pub(crate) async fn clear(&self) {
        let (done, cleared) = oneshot::channel();
        if self.clear.send(done).await.is_ok() {
            let _ended_meanwhile = cleared.await;
        }
    }

    fn see(&self, change: impl FnOnce(&mut Sight)) {
        change(&mut self.sight.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

struct Watcher<R: Runtime, D: Desktop> {
    app: AppHandle<R>,
    client: Client,
    events: EventReceiver,
    sight: Arc<Mutex<Sight>>,
    board: Board<D>,
    /// What came live and is shown in a moment, one for each conversation.
    waiting: Vec<News>,
    shown_at: Option<Instant>,
}

impl<R: Runtime, D: Desktop> Watcher<R, D> {
    async fn run(mut self, mut came_of: mpsc::Receiver<(About, Showing, Outcome)>, mut clear: mpsc::Receiver<Clear>) {
        // The server's time with which the last news came.
        let mut now = 0;
        loop {
            let due = self.shown_at.map_or_else(Instant::now, |at| at + PACE);
            tokio::select! {
                event = self.events.recv() => match event {
                    Some(Event::News { came: NewsCame::Live, now: at, news }) => {
                        now = at;
                        self.wait(news);
                    }
                    Some(Event::News { came: NewsCame::Changed, now: at, news }) => self.change(at, news).await,
                    Some(Event::News { came, now: at, news }) => self.show(came, at, news).await,
                    Some(Event::Invited { now, invitation }) => self.show_invitation(now, &invitation).await,
                    Some(event) => self.take(event).await,
                    None => return self.board.clear().await,
                },
                Some((about, showing, outcome)) = came_of.recv() => {
                    if let Some(clicked) = self.board.came_of(about, showing, outcome).await {
                        self.go_to(clicked);
                    }
                }
                Some(done) = clear.recv() => {
                    self.leave().await;
                    let _nobody_waits = done.send(());
                }
                () = sleep_until(due), if !self.waiting.is_empty() => {
                    self.shown_at = Some(Instant::now());
                    let news = std::mem::take(&mut self.waiting);
                    self.show(NewsCame::Live, now, news).await;
                }
            }
        }
    }

    /// Keeps the newest of each conversation until it is shown.
    fn wait(&mut self, news: Vec<News>) {
        for one in news {
            self.waiting.retain(|other| other.conversation != one.conversation);
            self.waiting.push(one);
        }
    }

    /// What waits or is shown says something else now. What somebody has closed stays closed.
    async fn change(&mut self, now: i64, news: Vec<News>) {
        let (waiting, rest): (Vec<News>, Vec<News>) = news
            .into_iter()
            .partition(|news| self.waiting.iter().any(|other| other.conversation == news.conversation));
        self.wait(waiting);
        let shown = rest
            .into_iter()
            .filter(|news| self.board.shows(news.conversation))
            .collect();
        self.show(NewsCame::Changed, now, shown).await;
    }

    async fn take(&mut self, event: Event) {
        match event {
            Event::Read { conversation } => {
                self.waiting.retain(|news| news.conversation != conversation);
                self.board.read(conversation).await;
            }
            Event::Unread { total } => self.badge(total),
            Event::SignedOut => self.leave().await,
            Event::Reload => self.catch_up().await,
            _ => {}
        }
    }

    /// `None`: nothing is shown after somebody has signed out.
    async fn settings(&self) -> Option<NotificationSettings> {
        match self.client.notification_settings().await {
            Ok(settings) => Some(settings),
            Err(CommandError::NotSignedIn) => None,
            Err(_) => Some(NotificationSettings::default()),
        }
    }

    fn sight(&self) -> Sight {
        *self.sight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn show_invitation(&mut self, now: i64, invitation: &InvitationNews) {
        let Some(settings) = self.settings().await else { return };
        if shows_invitation(&settings, self.sight(), now, invitation.conversation) {
            self.board
                .show_invitation(invitation, settings.content, settings.sound)
                .await;
        }
    }

    async fn show(&mut self, came: NewsCame, now: i64, news: Vec<News>) {
        let Some(settings) = self.settings().await else { return };
        let sight = self.sight();
        match decide(&settings, sight, came, now, news) {
            Show::Nothing => {}
            Show::Each(news) => {
                let sound = match came {
                    NewsCame::Live | NewsCame::CaughtUp => settings.sound,
                    NewsCame::Changed => NotificationSound::Silent,
                };
                for one in &news {
                    self.board.show_one(one, settings.content, sound).await;
                }
            }
            Show::Together(news) => self.board.show_many(&news, settings.content, settings.sound).await,
        }
    }

    /// Events were missed, among which may have been that something was read.
    async fn catch_up(&mut self) {
        if let Ok(inbox) = self.client.inbox().await {
            let is_unread = |row: &ConversationRow| row.unread > 0 || row.is_invitation();
            let unread = |id| inbox.rows.iter().any(|row| row.id == id && is_unread(row));
            self.waiting.retain(|news| unread(news.conversation));
            self.board.keep_only(unread).await;
        }
    }

    /// Nobody is signed in any more.
    async fn leave(&mut self) {
        self.waiting.clear();
        self.sight.lock().unwrap_or_else(PoisonError::into_inner).open = None;
        self.board.clear().await;
        self.badge(0);
    }

    fn go_to(&self, clicked: Clicked) {
        window::focus(&self.app);
        if let Some((conversation, message)) = clicked.leads_to {
            self.client.show(conversation, message);
        }
    }

    /// The number on the app's icon. Docks of Linux and macOS show one; Windows has pictures in its place, which are not made.
    fn badge(&self, unread: u32) {
        if let Some(window) = self.app.get_webview_window(window::MAIN) {
            let number = (unread > 0).then_some(i64::from(unread));
            // A desktop without such numbers is no error.
            let _numbered = window.set_badge_count(number);
        }
    }
}

#[cfg(test)]
mod tests;
