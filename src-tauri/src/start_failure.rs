//! Why there is no window, in words: on the standard error and, where there is a desktop, in a message of the desktop's own.

use std::io::Write;

use tauri::{AppHandle, Runtime};

use crate::dialog::{self, Message};

/// Why the app cannot open its window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StartFailure {
    /// There is no screen, or the desktop refuses.
    NoDisplay,
    /// The operating system names no folder for this person's files.
    NoHome,
    /// The system's web view is not installed.
    NoWebView,
    /// Wardline runs already and does not answer.
    NotAnswering,
    /// Anything else that the window system says. Shown on this screen, written to no log.
    Window(String),
}

impl From<tauri::Error> for StartFailure {
    fn from(error: tauri::Error) -> Self {
        match error {
            tauri::Error::UnknownPath => Self::NoHome,
            tauri::Error::PluginInitialization(name, _) if name == "single-instance" => Self::NotAnswering,
            _ if tauri::webview_version().is_err() => Self::NoWebView,
            other => Self::Window(other.to_string()),
        }
    }
}

impl StartFailure {
    /// For the log: which, and nothing else.
    fn code(&self) -> &'static str {
        match self {
            Self::NoDisplay => "no-display",
            Self::NoHome => "no-home",
            Self::NoWebView => "no-web-view",
            Self::NotAnswering => "not-answering",
            Self::Window(_) => "window",
        }
    }

    /// What happened and what to do, for a clinician at a screen.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::NoDisplay => "Wardline cannot open its window: no screen was found, or the desktop did not answer. \
                                Start it from the desktop. If that does not help, restart the computer."
                .to_owned(),
            Self::NoHome => "Wardline cannot find your home folder, where it keeps your messages. \
                             Sign out of this computer and in again. If that does not help, tell your IT service desk."
                .to_owned(),
            Self::NoWebView => "Wardline needs a part of the system that is not installed: the web view. \
                                Ask your IT service desk to install it (on Windows: the WebView2 runtime)."
                .to_owned(),
            Self::NotAnswering => "Wardline is running already and does not answer. Close its window. \
                                   If that does not help, sign out of this computer and in again."
                .to_owned(),
            Self::Window(reason) => format!(
                "Wardline cannot open its window. Your messages are safe. Restart the computer. \
                 If that does not help, tell your IT service desk this:\n{reason}"
            ),
        }
    }

    /// Says it where nothing but a terminal can be reached.
    pub(crate) fn write(&self) {
        tracing::error!(code = self.code(), "cannot start");
        // Nobody may be reading; there is nowhere else to say it.
        let _unread = writeln!(std::io::stderr(), "{}", self.words());
    }

    /// Says it on the desktop; the app ends when somebody has read it.
    pub(crate) fn show<R: Runtime>(&self, app: &AppHandle<R>) {
        self.write();
        let handle = app.clone();
        dialog::show(app, self.message(), move |_| handle.exit(1));
    }

    /// The same where there is no app yet, though a desktop.
    pub(crate) fn show_alone(&self) {
        self.write();
        dialog::show_alone(self.message());
    }

    fn message(&self) -> Message {
        Message {
            title: "Wardline cannot start".to_owned(),
            text: self.words(),
            go_on: None,
            close: "Close",
        }
    }
}
