//! The page and the process that draws it: noticed when that ends or hangs, and started again.
//!
//! A web view whose process has ended keeps its last picture and looks alive. So the end is acted upon: the page is loaded
//! anew, asks for everything again and is led back to the chat that was open; drafts are in the store. Where it ends again
//! within a minute, loading it is no remedy: the window goes away, and a message of the desktop's own offers to start again.
//!
//! | | The process ends | The page hangs |
//! |---|---|---|
//! | Linux | WebKit says so at once | its [heartbeat](heartbeat) stops; the process is ended |
//! | macOS | WebKit says so at once | its heartbeat stops; it is loaded anew |
//! | Windows | its heartbeat stops | its heartbeat stops; it is loaded anew |

mod ends;
mod heartbeat;
mod pulse;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tauri::{AppHandle, Manager, Runtime, WebviewWindow};

use self::ends::{Ends, Next};
use self::pulse::Pulse;
use crate::dialog::{self, Choice, Message};
use crate::window;

/// What is known of the page.
#[derive(Default)]
pub(crate) struct Page {
    ends: Mutex<Ends>,
    pulse: Mutex<Pulse>,
}

/// How a page ended. For the log: nothing that it showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Its process crashed or was killed.
    Crashed,
    /// Its process used more memory than it may.
    OutOfMemory,
    /// It did not answer for so long that it was ended.
    Hung,
}

impl Page {
    /// A page has made its first call: from now on it must answer.
    pub(crate) fn began(&self) {
        self.pulse().begin();
    }

    /// Whether the window is away because the page ended too often.
    pub(crate) fn is_given_up(&self) -> bool {
        self.ends().is_asking()
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pulse(&self) -> MutexGuard<'_, Pulse> {
        self.pulse.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches the page of a window for as long as the app runs.
pub(crate) fn watch<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use webkit2gtk::{WebProcessTerminationReason, WebViewExt};

        let app = window.app_handle().clone();
        window.with_webview(move |view| {
            view.inner().connect_web_process_terminated(move |_, reason| {
                ended(
                    &app,
                    match reason {
                        WebProcessTerminationReason::ExceededMemoryLimit => End::OutOfMemory,
                        WebProcessTerminationReason::TerminatedByApi => End::Hung,
                        _ => End::Crashed,
                    },
                );
            });
        })?;
    }
    tauri::async_runtime::spawn(heartbeat::watch(window.app_handle().clone()));
    Ok(())
}

/// The page has ended.
pub(crate) fn ended<R: Runtime>(app: &AppHandle<R>, how: End) {
    let Some(page) = app.try_state::<Page>() else { return };
    page.pulse().stop();
    let next = page.ends().ended(Instant::now());
    tracing::error!(?how, ?next, "page ended");
    let app = app.clone();
    match next {
        // Not from within the web view's own signal.
        Next::Load => drop(tauri::async_runtime::spawn(async move { load(&app) })),
        Next::Ask => ask(&app),
        Next::Nothing => {}
    }
}

fn load<R: Runtime>(app: &AppHandle<R>) {
    let loaded = app.get_webview_window(window::MAIN).map(|window| window.reload());
    if !matches!(loaded, Some(Ok(()))) {
        tracing::error!("page was not loaded anew");
    }
}

/// The picture of a page that is no more says nothing true: it goes away while somebody is asked.
fn ask<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(window::MAIN) {
        let _refused_by_window_system = window.hide();
    }
    let message = Message {
        title: "Wardline’s window stopped working".to_owned(),
        text: "It stopped twice within a minute. Your messages and drafts are safe on this computer. \
               Start the window again. If it keeps stopping, restart the computer and tell your IT service desk."
            .to_owned(),
        go_on: Some("Start again"),
        close: "Close Wardline",
    };
    let handle = app.clone();
    dialog::show(app, message, move |choice| match choice {
        Choice::GoOn => {
            if let Some(page) = handle.try_state::<Page>() {
                page.ends().begin_again();
            }
            load(&handle);
            window::focus(&handle);
        }
        Choice::Close => handle.exit(1),
    });
}

#[cfg(test)]
mod tests;
