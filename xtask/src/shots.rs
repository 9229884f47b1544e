//! The demo without a display: the real window on a virtual screen, and pictures of its screens.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::arguments::DemoOptions;
use crate::demo::Stage;
use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::places;
use crate::screen::{self, Corner};
use crate::webdriver::Window;

/// Sizes of the window, as in the documentation.
const SIZES: [(u32, u32); 2] = [(1280, 800), (900, 600)];

/// Opens the app on a virtual screen, waits for each screen to be complete, and takes pictures into `folder`.
pub(crate) async fn take(stage: &mut Stage, app: &Path, folder: &Path, options: &DemoOptions) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    println!("No display: opening the app on a virtual screen …");
    let desktop = Desktop::start().await?;
    std::fs::create_dir_all(places::logs())?;
    let log = places::logs().join("window-driver.log");

    let mut environment = desktop.environment().to_vec();
    environment.extend(stage.signed_out_environment("signed-out")?);
    let window = Window::open(app, &environment, &log).await?;
    window.until("the sign-in screen", &ready("signed-out")).await?;
    let mut pictures = each_look(&window, folder, "sign-in").await?;
    window.script(SIGN_IN_NOWHERE).await?;
    window
        .until(
            "what is wrong with it",
            "document.querySelector('[data-testid=\"signin-error\"]') !== null",
        )
        .await?;
    pictures.extend(each_look(&window, folder, "sign-in-trouble").await?);
    window.close().await;

    let mut environment = desktop.environment().to_vec();
    environment.extend(stage.environment("profile")?);
    let window = Window::open(app, &environment, &log).await?;
    if stage.signs_in() {
        window.until("the chat list", &ready("inbox")).await?;
        window.until("conversations", &rows("chat-row", 8)).await?;
        window.until("a list that has come to rest", LIST_AT_REST).await?;
        pictures.extend(each_look(&window, folder, "chat-list").await?);
        window.script(OPEN_FIRST).await?;
        window.until("a thread", &rows("bubble", 5)).await?;
        window.until("pictures", PICTURES_LOADED).await?;
        pictures.extend(each_look(&window, folder, "thread").await?);
        window.script(OPEN_DETAILS).await?;
        window.until("the members of the team", &rows("team-member", 4)).await?;
        window.until("pictures", PICTURES_LOADED).await?;
        pictures.extend(each_look(&window, folder, "team").await?);
        window.script(CLOSE_DETAILS).await?;
        window.script(OPEN_FIRST_PERSON).await?;
        window.until("a thread with one person", THREAD_OF_A_PERSON).await?;
        window.until("pictures", PICTURES_LOADED).await?;
        pictures.extend(each_look(&window, folder, "chat").await?);
        pictures.extend(notification(stage, &desktop, folder).await?);
        for (screen, test_id, script) in LAYERS {
            let dialog = format!("document.querySelector('dialog[open][data-testid=\"{test_id}\"]')");
            window.script(script).await?;
            window.until(screen, &format!("{dialog} !== null")).await?;
            pictures.extend(each_look(&window, folder, screen).await?);
            window.script(&format!("{dialog}.close();")).await?;
            window
                .until("the dialog to close", &format!("{dialog} === null"))
                .await?;
        }
        if let Some(server) = stage.server() {
            server.stop().await;
            window.until("the broken connection", OFFLINE).await?;
            pictures.extend(each_look(&window, folder, "offline").await?);
            window
                .script("document.querySelector('[data-testid=\"connection-state\"] button').click();")
                .await?;
            window
                .until(
                    "what is known of the connection",
                    "document.querySelector('dialog[open]') !== null",
                )
                .await?;
            pictures.extend(each_look(&window, folder, "connection").await?);
            server.start_again().await?;
        }
    }
    println!("Screenshots:");
    for picture in &pictures {
        println!("  {}", picture.display());
    }
    if options.exit {
        window.close().await;
        return Ok(());
    }
    println!("The app goes on running on the virtual screen. Ctrl+C ends the demo.");
    std::future::pending::<()>().await;
    Ok(())
}

/// A colleague whose chat is not open says something: the desktop's own picture of how that is told.
async fn notification(stage: &Stage, desktop: &Desktop, folder: &Path) -> Result<Option<PathBuf>, Failure> {
    stage.call().await?;
    // Nobody tells when a desktop has drawn something.
    tokio::time::sleep(NOTIFIED).await;
    let file = folder.join("notification.png");
    screen::picture(&desktop.frame(), CORNER, &file)?;
    Ok(Some(file))
}

/// How long a message takes at most until the desktop shows it.
const NOTIFIED: Duration = Duration::from_secs(4);
/// Where the notification service of the virtual desktop shows things.
const CORNER: Corner = Corner {
    width: 640,
    height: 200,
};

/// Signs in at a hospital that does not exist.
const SIGN_IN_NOWHERE: &str = "const fill = (name, text) => {
    const field = document.querySelector(`[data-testid=\"${name}\"]`);
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  fill('signin-address', 'asha@no-such-hospital.invalid');
  fill('signin-password', 'a password');
  document.querySelector('[data-testid=\"signin-submit\"]').click();";

/// Opens the newest conversation.
const OPEN_FIRST: &str = "document.querySelector('[data-testid=\"chat-row\"]')?.click();";

const OPEN_DETAILS: &str = "document.querySelector('[data-testid=\"team-details-button\"]').click();";
const CLOSE_DETAILS: &str = "document.querySelector('[data-testid=\"team-close\"]').click();";

/// Opens the newest conversation with one person; presence is shown for people only.
const OPEN_FIRST_PERSON: &str = "[...document.querySelectorAll('[data-testid=\"chat-row\"]')]
  .find((row) => row.innerText.includes('Available'))?.click();";

const THREAD_OF_A_PERSON: &str = "document.querySelector('[data-testid=\"thread-presence\"]') !== null
  && document.querySelectorAll('[data-testid=\"bubble\"]').length >= 3";

/// What lies over the main window: name of the picture, its mark, and how it is opened.
const LAYERS: [(&str, &str, &str); 5] = [
    (
        "settings",
        "settings",
        "document.querySelector('[data-testid=\"open-settings\"]').click();",
    ),
    (
        "diagnostics",
        "diagnostics",
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'D', code: 'KeyD', ctrlKey: true, shiftKey: true, bubbles: true }));",
    ),
    (
        "new-team",
        "new-team",
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'N', code: 'KeyN', ctrlKey: true, shiftKey: true, bubbles: true }));
         requestAnimationFrame(() => {
           const fill = (name, text) => {
             const field = document.querySelector(`[data-testid=\"${name}\"]`);
             field.value = text;
             field.dispatchEvent(new Event('input', { bubbles: true }));
           };
           fill('new-team-name', 'Sepsis bundle');
           document.querySelector('[data-testid=\"picker-address\"]').focus();
           fill('picker-address', 'cardio');
         });",
    ),
    (
        "find",
        "switcher",
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true }));",
    ),
    (
        "sign-out",
        "sign-out-dialog",
        "document.querySelector('[data-testid=\"open-account\"]').click();
         requestAnimationFrame(() => document.querySelector('[data-testid=\"sign-out\"]').click());",
    ),
];

const OFFLINE: &str = "document.querySelector('[data-testid=\"connection-state\"]')?.dataset.state === 'waiting'
  && document.querySelector('[data-testid=\"connection-state\"]').dataset.shown === 'true'";

/// Whether the chat list has been the same for two seconds: the first synchronisation fills it from many answers.
const LIST_AT_REST: &str = "(() => {
  const text = document.querySelector('[data-testid=\"chat-list\"]')?.innerText ?? '';
  if (window.wardlineList?.text !== text) window.wardlineList = { text, since: performance.now() };
  return performance.now() - window.wardlineList.since > 2000;
})()";

const PICTURES_LOADED: &str = "[...document.images].every((image) => image.complete)";

fn ready(screen: &str) -> String {
    format!("document.documentElement.dataset.ready === '{screen}'")
}

fn rows(test_id: &str, least: usize) -> String {
    format!("document.querySelectorAll('[data-testid=\"{test_id}\"]').length >= {least}")
}

/// One picture of each size in light and dark.
async fn each_look(window: &Window, folder: &Path, screen: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut pictures = Vec::new();
    for (width, height) in SIZES {
        window.resize(width, height).await?;
        for theme in ["light", "dark"] {
            window
                .script(&format!("document.documentElement.dataset.theme = '{theme}';"))
                .await?;
            window.until("its new look", SETTLED).await?;
            let file = folder.join(format!("{screen}-{theme}-{width}x{height}.png"));
            window.shot(&file).await?;
            pictures.push(file);
        }
    }
    window.script("delete document.documentElement.dataset.theme;").await?;
    Ok(pictures)
}

/// Fonts are loaded and no transition runs.
const SETTLED: &str =
    "document.fonts.status === 'loaded' && document.getAnimations().every((one) => one.playState !== 'running')";
