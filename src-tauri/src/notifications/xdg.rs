//! Notifications of the freedesktop.org kind, by D-Bus.
//!
//! Each has a task of its own that holds its connection: some desktops take a notification away when the connection that it came by
//! is gone, and leave clicks unsaid to any other.

use std::time::Duration;

use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use wardline_sdk::view::NotificationSound;

use super::board::{About, Desktop, Outcome, Showing};
use super::words::{Words, escaped};

/// How long a desktop may take; one that hangs must not hold up what comes after.
const PATIENCE: Duration = Duration::from_secs(5);

/// Told to whoever listens when something became of a notification.
pub(super) type Outcomes = mpsc::Sender<(About, Showing, Outcome)>;

/// Whether the desktop reads markup in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Markup {
    Read,
    Shown,
}

/// Whether the log knows that nothing can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Complaint {
    Unmade,
    Made,
}

/// The desktop's notification service.
pub(super) struct Service {
    outcomes: Outcomes,
    /// Asked of the service when it is first needed.
    markup: Option<Markup>,
    complaint: Complaint,
}

/// The task of a notification.
pub(super) struct Shown(mpsc::Sender<Order>);

enum Order {
    Replace(Box<Notification>, Showing, oneshot::Sender<()>),
    Withdraw(oneshot::Sender<()>),
}

impl Service {
    pub(super) fn new(outcomes: Outcomes) -> Self {
        Self {
            outcomes,
            markup: None,
            complaint: Complaint::Unmade,
        }
    }

    async fn markup(&mut self) -> Markup {
        if let Some(markup) = self.markup {
            return markup;
        }
        // It blocks on a runtime of its own.
        let asked = tauri::async_runtime::spawn_blocking(notify_rust::get_capabilities);
        let Ok(Ok(Ok(can))) = timeout(PATIENCE, asked).await else {
            return Markup::Read;
        };
        let markup = match can.iter().any(|can| can == "body-markup") {
            true => Markup::Read,
            false => Markup::Shown,
        };
        *self.markup.insert(markup)
    }

    async fn written(&mut self, words: &Words, sound: NotificationSound) -> Notification {
        let body = match self.markup().await {
            Markup::Read => escaped(&words.body),
            Markup::Shown => words.body.clone(),
        };
        let mut notification = Notification::new();
        notification
            .appname("Wardline")
            .summary(&words.title)
            .body(&body)
            .icon("wardline")
            .hint(Hint::DesktopEntry("Wardline".to_owned()))
            .hint(Hint::Category("im.received".to_owned()))
            .action("default", "Open");
        match sound {
            NotificationSound::System => notification.hint(Hint::SoundName("message-new-instant".to_owned())),
            NotificationSound::Silent => notification.hint(Hint::SuppressSound(true)),
        };
        notification
    }

    /// A computer without such a service is no error; that it has none is said once.
    fn complain(&mut self) {
        if self.complaint == Complaint::Unmade {
            self.complaint = Complaint::Made;
            tracing::warn!("the desktop shows no notifications");
        }
    }
}

impl Desktop for Service {
    type Shown = Shown;

    async fn show(
        &mut self,
        about: About,
        showing: Showing,
        words: &Words,
        sound: NotificationSound,
        former: Option<Shown>,
    ) -> Option<Shown> {
        let notification = self.written(words, sound).await;
        if let Some(former) = former {
            let (done, replaced) = oneshot::channel();
            let order = Order::Replace(Box::new(notification.clone()), showing, done);
            if former.0.send(order).await.is_ok() && matches!(timeout(PATIENCE, replaced).await, Ok(Ok(()))) {
                return Some(former);
            }
        }
        let Ok(Ok(handle)) = timeout(PATIENCE, notification.show_async()).await else {
            self.complain();
            return None;
        };
        self.complaint = Complaint::Unmade;
        let (orders, taken) = mpsc::channel(4);
        tauri::async_runtime::spawn(attend(handle, about, showing, taken, self.outcomes.clone()));
        Some(Shown(orders))
    }

    async fn withdraw(&mut self, shown: Shown) {
        let (done, withdrawn) = oneshot::channel();
        if shown.0.send(Order::Withdraw(done)).await.is_ok() {
            // One that was closed meanwhile is gone as well.
            let _gone = timeout(PATIENCE, withdrawn).await;
        }
    }
}

/// Stays with a notification until it is gone.
async fn attend(
    mut handle: NotificationHandle,
    about: About,
    mut showing: Showing,
    mut orders: mpsc::Receiver<Order>,
    outcomes: Outcomes,
) {
    loop {
        let mut became = None;
        let order = tokio::select! {
            order = orders.recv() => order,
            () = handle.wait_for_action_async(|response: &NotificationResponse| became = Some(outcome(response))) => {
                let _nobody_listens = outcomes.send((about, showing, became.unwrap_or(Outcome::Closed))).await;
                if became != Some(Outcome::Clicked) {
                    return;
                }
                // Some desktops leave it there.
                orders.recv().await
            }
        };
        match order {
            Some(Order::Replace(notification, now, done)) => {
                *handle = *notification;
                showing = now;
                let updated = tauri::async_runtime::spawn_blocking(move || handle.update().map(|()| handle)).await;
                let Ok(Ok(updated)) = updated else { return };
                handle = updated;
                let _nobody_waits = done.send(());
            }
            Some(Order::Withdraw(done)) => {
                handle.close_async().await;
                let _nobody_waits = done.send(());
                return;
            }
            None => return,
        }
    }
}

fn outcome(response: &NotificationResponse) -> Outcome {
    match response {
        NotificationResponse::Default | NotificationResponse::Action(_) | NotificationResponse::Reply(_) => {
            Outcome::Clicked
        }
        NotificationResponse::Closed(_) => Outcome::Closed,
    }
}
