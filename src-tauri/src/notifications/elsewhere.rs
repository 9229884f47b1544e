//! Notifications of Windows and macOS, as far as notify-rust has them: they are shown and, on Windows, a click is heard. It can neither
//! replace nor withdraw them there; macOS brings the app to the front by itself.

use notify_rust::Notification;
use tokio::sync::mpsc;
use wardline_sdk::view::NotificationSound;

use super::board::{About, Desktop, Outcome, Showing};
use super::words::Words;

/// The app as the system knows it.
const IDENTIFIER: &str = "org.wardline.desktop";

/// Told to whoever listens when something became of a notification.
pub(super) type Outcomes = mpsc::Sender<(About, Showing, Outcome)>;

/// The system's notifications.
pub(super) struct Service {
    outcomes: Outcomes,
}

impl Service {
    pub(super) fn new(outcomes: Outcomes) -> Self {
        #[cfg(target_os = "macos")]
        if notify_rust::set_application(IDENTIFIER).is_err() {
            tracing::warn!("the desktop does not know the app");
        }
        Self { outcomes }
    }
}

impl Desktop for Service {
    type Shown = ();

    async fn show(
        &mut self,
        about: About,
        showing: Showing,
        words: &Words,
        sound: NotificationSound,
        _former: Option<()>,
    ) -> Option<()> {
        let mut notification = Notification::new();
        notification.appname("Wardline").summary(&words.title).body(&words.body);
        if sound == NotificationSound::System {
            notification.sound_name("Default");
        }
        #[cfg(target_os = "windows")]
        notification.app_id(IDENTIFIER);
        let outcomes = self.outcomes.clone();
        let (shown, is_shown) = tokio::sync::oneshot::channel();
        // It stays until somebody has answered it, so no thread of the runtime is taken for it.
        std::thread::spawn(move || attend(&notification, about, showing, &outcomes, shown));
        is_shown.await.ok()
    }

    async fn withdraw(&mut self, _shown: ()) {}
}

fn attend(
    notification: &Notification,
    about: About,
    showing: Showing,
    outcomes: &Outcomes,
    shown: tokio::sync::oneshot::Sender<()>,
) {
    let Ok(handle) = notification.show() else {
        tracing::warn!("the desktop shows no notifications");
        return;
    };
    let _nobody_waits = shown.send(());
    #[cfg(target_os = "windows")]
    {
        use notify_rust::NotificationResponse;

        let told = handle.wait_for_response(|response: &NotificationResponse| {
            let outcome = match response {
                NotificationResponse::Closed(_) => Outcome::Closed,
                _ => Outcome::Clicked,
            };
            let _nobody_listens = outcomes.blocking_send((about, showing, outcome));
        });
        drop(told);
    }
    #[cfg(not(target_os = "windows"))]
    drop((handle, about, showing, outcomes));
}
