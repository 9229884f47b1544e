//! The client, and what of it is under way.

use std::sync::{Mutex, PoisonError};

use tauri::async_runtime::JoinHandle;
use wardline_sdk::view::{CommandError, Event, FirstScreen};
use wardline_sdk::{Client, EventReceiver};

use crate::events::{self, Unreachable};

/// The client as the commands see it.
pub(crate) struct Backend {
    client: Client,
    prepared: Mutex<Option<Prepared>>,
    pump: Mutex<Option<JoinHandle<()>>>,
}

/// The first screen, being made since before there was a window.
struct Prepared {
    /// Receives from before the first screen is read from the store, so that nothing falls between the two.
    events: EventReceiver,
    screen: JoinHandle<FirstScreen>,
}

impl Backend {
    /// Begins to open the local store.
    pub(crate) fn begin(client: Client, first_screen: impl Future<Output = FirstScreen> + Send + 'static) -> Self {
        let events = client.events();
        let screen = tauri::async_runtime::spawn(first_screen);
        Self {
            client,
            prepared: Mutex::new(Some(Prepared { events, screen })),
            pump: Mutex::new(None),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The first screen; from then on events go to `deliver`. Asked again, by a page that was loaded anew, it answers with
    /// the present state, and events go to the new receiver alone.
    pub(crate) async fn start(
        &self,
        deliver: impl FnMut(Vec<Event>) -> Result<(), Unreachable> + Send + 'static,
    ) -> FirstScreen {
        let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (events, screen) = match prepared {
            Some(Prepared { events, screen }) => (
                events,
                // It ends otherwise only by a panic, of which the log has the place.
                screen.await.unwrap_or_else(|_| FirstScreen::Blocked {
                    error: CommandError::Internal {
                        reference: "start".into(),
                    },
                }),
            ),
            None => {
                let events = self.client.events();
                (events, self.client.start().await)
            }
        };
        let pump = tauri::async_runtime::spawn(events::pump(events, deliver));
        let former = self.pump.lock().unwrap_or_else(PoisonError::into_inner).replace(pump);
        if let Some(former) = former {
            former.abort();
        }
        screen
    }
}
