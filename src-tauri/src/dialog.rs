//! A message of the desktop's own, for when the page cannot say it.

use rfd::{AsyncMessageDialog, MessageButtons, MessageDialog, MessageDialogResult, MessageLevel};
use tauri::{AppHandle, Runtime};

/// What the message says, and what can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// What happened, in a few words.
    pub(crate) title: String,
    /// What follows from it, and what to do.
    pub(crate) text: String,
    /// The button that goes on; `None`: there is only the other.
    pub(crate) go_on: Option<&'static str>,
    /// The button that closes the app.
    pub(crate) close: &'static str,
}

/// What somebody answered. Closing the message is an answer too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Go on.
    GoOn,
    /// Close the app.
    Close,
}

/// Shows a message; `then` is called with the answer, on a thread of its own.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>, message: Message, then: impl FnOnce(Choice) + Send + 'static) {
    let asked = app.run_on_main_thread(move || {
        let goes_on = message.go_on.is_some();
        let close = message.close.to_owned();
        let dialog = AsyncMessageDialog::new()
            .set_level(MessageLevel::Error)
            .set_title(message.title)
            .set_description(message.text)
            .set_buttons(match message.go_on {
                Some(go_on) => MessageButtons::OkCancelCustom(go_on.to_owned(), close),
                None => MessageButtons::OkCustom(close),
            })
            .show();
        // Waits for a person: not on a thread that others wait for.
        std::thread::spawn(move || {
            let answer = tauri::async_runtime::block_on(dialog);
            then(choice(goes_on, message.go_on, &answer));
        });
    });
    if asked.is_err() {
        tracing::error!("no message could be shown");
    }
}

/// Shows a message that can only be closed, and waits for that. For when there is no event loop.
pub(crate) fn show_alone(message: Message) {
    let _closed = MessageDialog::new()
        .set_level(MessageLevel::Error)
        .set_title(message.title)
        .set_description(message.text)
        .set_buttons(MessageButtons::OkCustom(message.close.to_owned()))
        .show();
}

/// Systems answer with the kind of button or with what stands on it.
fn choice(goes_on: bool, label: Option<&str>, answer: &MessageDialogResult) -> Choice {
    let pressed = match answer {
        MessageDialogResult::Ok | MessageDialogResult::Yes => true,
        MessageDialogResult::Custom(pressed) => Some(pressed.as_str()) == label,
        MessageDialogResult::No | MessageDialogResult::Cancel => false,
    };
    if goes_on && pressed {
        Choice::GoOn
    } else {
        Choice::Close
    }
}
