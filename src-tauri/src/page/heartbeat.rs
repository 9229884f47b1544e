//! Asks window and page for a sign of life.

use std::time::Duration;

use tauri::{AppHandle, Manager, Runtime, WebviewWindow};

use super::Page;
use super::pulse::Verdict;
use crate::window;

const PACE: Duration = Duration::from_secs(5);
/// Any script that answers with something; a process that is gone answers with nothing.
const QUESTION: &str = "1";

/// Asks for as long as the app runs.
pub(super) async fn watch<R: Runtime>(app: AppHandle<R>) {
    loop {
        tokio::time::sleep(PACE).await;
        let Some(window) = app.get_webview_window(window::MAIN) else {
            return;
        };
        if is_being_debugged(&window) {
            continue;
        }
        let Some(page) = app.try_state::<Page>() else { return };
        let verdict = page.pulse().ask();
        match verdict {
            Verdict::Well => ask(&app, &window),
            // Nothing of this process can help it; the desktop offers to end the app.
            Verdict::WindowHangs => tracing::error!("window does not answer"),
            Verdict::PageHangs => end(&app, &window),
        }
    }
}

fn ask<R: Runtime>(app: &AppHandle<R>, window: &WebviewWindow<R>) {
    let handle = app.clone();
    let _closing = app.run_on_main_thread(move || {
        if let Some(page) = handle.try_state::<Page>() {
            page.pulse().window_answered();
        }
    });
    let handle = app.clone();
    let _closing = window.eval_with_callback(QUESTION, move |answer| {
        if answer == QUESTION
            && let Some(page) = handle.try_state::<Page>()
        {
            page.pulse().page_answered();
        }
    });
}

/// On Linux the process of the page goes on for nothing: it is ended, and its end is acted upon as any other.
#[cfg(target_os = "linux")]
fn end<R: Runtime>(_app: &AppHandle<R>, window: &WebviewWindow<R>) {
    use webkit2gtk::WebViewExt;

    let _closing = window.with_webview(|view| view.inner().terminate_web_process());
}

#[cfg(not(target_os = "linux"))]
fn end<R: Runtime>(app: &AppHandle<R>, _window: &WebviewWindow<R>) {
    super::ended(app, super::End::Hung);
}

/// A page that stands at a breakpoint does not answer.
#[cfg(debug_assertions)]
fn is_being_debugged<R: Runtime>(window: &WebviewWindow<R>) -> bool {
    window.is_devtools_open()
}

#[cfg(not(debug_assertions))]
fn is_being_debugged<R: Runtime>(_window: &WebviewWindow<R>) -> bool {
    false
}
