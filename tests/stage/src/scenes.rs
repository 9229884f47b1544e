//! The screens in the pictures of the demo, and the way to each. A scene begins in the main window with nothing over it, so that a failure
//! takes no other scene with it.

/// Something done to the window, or waited for in it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// Waits for the element of this test id, and clicks it.
    Click(&'static str),
    /// Waits for an element, which is said in words and as a JavaScript expression, and clicks it.
    Choose(&'static str, &'static str),
    /// Waits until something is there, which is said in words and as a JavaScript expression.
    Await(&'static str, &'static str),
    /// Runs a script.
    Run(&'static str),
    /// Types into the field of this test id.
    Fill(&'static str, &'static str),
}

/// A screen: the name of its pictures, and the way there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) steps: &'static [Step],
}

use Step::{Await, Choose, Click, Fill, Run};

/// Where nobody is signed in.
pub(crate) const SIGNED_OUT: [Scene; 2] = [
    Scene {
        name: "sign-in",
        steps: &[Await(
            "the sign-in screen",
            "document.documentElement.dataset.ready === 'signed-out'",
        )],
    },
    Scene {
        name: "sign-in-trouble",
        steps: &[
            Fill("signin-address", "asha@no-such-hospital.invalid"),
            Fill("signin-password", "a password"),
            Click("signin-submit"),
            Await(
                "what is wrong with it",
                "document.querySelector('[data-testid=\"signin-error\"]') !== null",
            ),
        ],
    },
];

/// The main window, before a colleague calls.
pub(crate) const MAIN: [Scene; 4] = [
    Scene {
        name: "chat-list",
        steps: &[
            Await("the chat list", "document.documentElement.dataset.ready === 'inbox'"),
            Await(
                "conversations",
                "document.querySelectorAll('[data-testid=\"chat-row\"]').length >= 8",
            ),
            Await("a list that has come to rest", LIST_AT_REST),
        ],
    },
    Scene {
        name: "thread",
        steps: &[Choose("a team chat", TEAM), Await("its messages", MESSAGES), PICTURES],
    },
    Scene {
        name: "team",
        steps: &[
            Choose("a team chat", TEAM),
            Await("its messages", MESSAGES),
            Click("team-details-button"),
            Await(
                "the members of the team",
                "document.querySelectorAll('[data-testid=\"team-member\"]').length >= 4",
            ),
            PICTURES,
        ],
    },
    Scene {
        name: "chat",
        steps: &[
            Choose("a chat with one person", PERSON),
            Await(
                "their presence",
                "document.querySelector('[data-testid=\"thread-presence\"]') !== null",
            ),
            Await(
                "messages",
                "document.querySelectorAll('[data-testid=\"bubble\"]').length >= 3",
            ),
            PICTURES,
        ],
    },
];

/// Dialogs over the main window.
pub(crate) const LAYERS: [Scene; 5] = [
    Scene {
        name: "settings",
        steps: &[
            Click("open-settings"),
            Await(
                "the settings",
                "document.querySelector('dialog[open][data-testid=\"settings\"]') !== null",
            ),
        ],
    },
    Scene {
        name: "diagnostics",
        steps: &[
            Run(
                "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'D', code: 'KeyD', ctrlKey: true, shiftKey: true, bubbles: true }));",
            ),
            Await(
                "diagnostics",
                "document.querySelector('dialog[open][data-testid=\"diagnostics\"]') !== null",
            ),
        ],
    },
    Scene {
        name: "new-team",
        steps: &[
            Run(
                "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'N', code: 'KeyN', ctrlKey: true, shiftKey: true, bubbles: true }));",
            ),
            Fill("new-team-name", "Sepsis bundle"),
            Fill("picker-address", "cardio"),
            Await(
                "colleagues to choose from",
                "document.querySelector('dialog[open] [role=\"option\"]') !== null",
            ),
        ],
    },
    Scene {
        name: "find",
        steps: &[
            Run(
                "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true }));",
            ),
            Await(
                "chats to choose from",
                "document.querySelector('dialog[open] [data-testid=\"switcher-option\"]') !== null",
            ),
        ],
    },
    Scene {
        name: "sign-out",
        steps: &[
            Click("open-account"),
            Click("sign-out"),
            Await(
                "the question",
                "document.querySelector('dialog[open][data-testid=\"sign-out-dialog\"]') !== null",
            ),
        ],
    },
];

/// After the server has gone.
pub(crate) const OFFLINE: [Scene; 2] = [
    Scene {
        name: "offline",
        steps: &[Await("the broken connection", CONNECTION_BROKEN)],
    },
    Scene {
        name: "connection",
        steps: &[
            Await("the broken connection", CONNECTION_BROKEN),
            Choose(
                "its button",
                "document.querySelector('[data-testid=\"connection-state\"] button')",
            ),
            Await(
                "what is known of the connection",
                "document.querySelector('dialog[open]') !== null",
            ),
        ],
    },
];

/// Closes all dialogs over the main window.
pub(crate) const TIDY: &[Step] = &[
    Run(
        "for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
         document.querySelector('[data-testid=\"team-close\"]')?.click();",
    ),
    Await(
        "nothing over the main window",
        "document.querySelector('dialog[open], [data-testid=\"team-close\"]') === null",
    ),
];

const TEAM: &str = "document.querySelector('[data-testid=\"chat-row\"][data-kind=\"team\"]')";
const PERSON: &str = "[...document.querySelectorAll('[data-testid=\"chat-row\"][data-kind=\"person\"]')]
  .find((row) => row.innerText.includes('Available')) ?? null";
const MESSAGES: &str = "document.querySelectorAll('[data-testid=\"bubble\"]').length >= 5";
const PICTURES: Step = Await("pictures", "[...document.images].every((image) => image.complete)");
const CONNECTION_BROKEN: &str =
    "document.querySelector('[data-testid=\"connection-state\"]')?.dataset.state === 'waiting'
  && document.querySelector('[data-testid=\"connection-state\"]').dataset.shown === 'true'";

/// Whether the chat list has had the same chats for two seconds: the first synchronisation fills it from many answers. The texts
/// of its rows change all the time.
const LIST_AT_REST: &str = "(() => {
  const length = document.querySelector('[data-testid=\"chat-list\"]')?.dataset.length ?? '';
  if (window.wardlineList?.length !== length) window.wardlineList = { length, since: performance.now() };
  return performance.now() - window.wardlineList.since > 2000;
})()";
