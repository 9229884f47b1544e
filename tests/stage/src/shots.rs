//! Takes pictures of the app's screens: the real window on a virtual screen.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::places;
use crate::scenes::{LAYERS, MAIN, OFFLINE, SIGNED_OUT, Scene, Step, TIDY};
use crate::screen::{self, Corner};
use crate::stage::Stage;
use crate::webdriver::Window;

/// Sizes of the window, as in the documentation.
const SIZES: [(u32, u32); 2] = [(1280, 800), (900, 600)];
/// How many windows are opened at most: one for each visitor, and others for those that go away.
const WINDOWS: usize = 4;
/// How long a message takes at most until the desktop shows it.
const NOTIFIED: Duration = Duration::from_secs(4);
/// Where the notification service of the virtual desktop shows things.
const CORNER: Corner = Corner {
    width: 640,
    height: 200,
};
/// Fonts are loaded and no transition runs.
const SETTLED: &str = "document.fonts.status === 'loaded' && document.getAnimations().every((animation) => animation.playState !== 'running')";

/// Opens the app on a virtual screen, waits for each screen to be complete, and takes pictures into `folder`. A screen that does not
/// come is named at the end, and the others are shown all the same.
pub(crate) async fn take(stage: &mut Stage, app: &Path, folder: &Path, exit: bool) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    println!("Opening the app on a virtual screen …");
    let desktop = Desktop::start().await?;
    let log = places::logs()?.join("window-driver.log");
    let mut gallery = Gallery::new(app, folder, &desktop, log);
    gallery.show_all(stage, &SIGNED_OUT).await;
    gallery.close().await;

    gallery.visitor = Visitor::User;
    gallery.restore(stage).await;
    if stage.signs_in() {
        gallery.show_all(stage, &MAIN).await;
        gallery.notification(stage).await;
        gallery.show_all(stage, &LAYERS).await;
        if let Some(server) = stage.server() {
            server.stop().await;
            gallery.show_all(stage, &OFFLINE).await;
            if let Some(server) = stage.server() {
                server.start_again().await?;
            }
        }
    }
    let missing = gallery.report();
    if exit {
        gallery.close().await;
        return missing;
    }
    if let Err(missing) = missing {
        println!("{missing}");
    }
    println!("The app goes on running on the virtual screen. Ctrl+C ends the demo.");
    std::future::pending::<()>().await;
    Ok(())
}

/// Who looks at the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visitor {
    /// Nobody has signed in.
    Stranger,
    /// The stage's user, who signs in if the stage knows how.
    User,
}

/// Pictures as they are taken, and the names of those that could not be.
struct Gallery<'a> {
    app: &'a Path,
    folder: &'a Path,
    desktop: &'a Desktop,
    /// The driver's output.
    log: PathBuf,
    /// The window; `None` where none could be opened.
    window: Option<Window>,
    visitor: Visitor,
    opened: usize,
    pictures: Vec<PathBuf>,
    missing: Vec<String>,
}

impl<'a> Gallery<'a> {
    fn new(app: &'a Path, folder: &'a Path, desktop: &'a Desktop, log: PathBuf) -> Self {
        Self {
            app,
            folder,
            desktop,
            log,
            window: None,
            visitor: Visitor::Stranger,
            opened: 0,
            pictures: Vec::new(),
            missing: Vec::new(),
        }
    }

    async fn open(&mut self, profile: Vec<(&'static str, std::ffi::OsString)>) {
        let mut environment = self.desktop.environment().to_vec();
        environment.extend(profile);
        self.opened += 1;
        match Window::open(self.app, &environment, &self.log).await {
            Ok(window) => self.window = Some(window),
            Err(failure) => self.missing.push(format!("the window: {failure}")),
        }
    }

    async fn close(&mut self) {
        if let Some(window) = self.window.take() {
            window.close().await;
        }
    }

    /// Takes the pictures of all scenes; a window that has gone meanwhile is opened anew.
    async fn show_all(&mut self, stage: &Stage, scenes: &[Scene]) {
        for scene in scenes {
            self.restore(stage).await;
            let Some(window) = &self.window else {
                self.missing.push(format!("{}: there is no window", scene.name));
                continue;
            };
            let mut taken = Vec::new();
            let shown = show(window, scene, self.folder, &mut taken).await;
            self.pictures.append(&mut taken);
            if let Err(failure) = shown {
                println!("  {} could not be shown; going on with the next", scene.name);
                self.missing.push(format!("{}: {failure}", scene.name));
            }
            // If something cannot be put away, the next picture shows it.
            let _left = play(window, TIDY).await;
        }
    }

    /// Opens a window with a new profile where there is none, or in place of one that has gone.
    async fn restore(&mut self, stage: &Stage) {
        let gone = match &self.window {
            Some(window) => !window.is_there().await,
            None => true,
        };
        if !gone || self.opened >= WINDOWS {
            return;
        }
        self.close().await;
        let name = format!("profile-{}", self.opened);
        let profile = match self.visitor {
            Visitor::Stranger => stage.signed_out_environment(&name),
            Visitor::User => stage.environment(&name),
        };
        match profile {
            Ok(profile) => self.open(profile).await,
            Err(failure) => self.missing.push(format!("the window: {failure}")),
        }
    }

    /// Lets a colleague whose chat is not open say something, and takes a picture of the desktop's notification.
    async fn notification(&mut self, stage: &Stage) {
        let file = self.folder.join("notification.png");
        let called = async {
            stage.call().await?;
            // Nobody tells when a desktop has drawn something.
            tokio::time::sleep(NOTIFIED).await;
            screen::picture(&self.desktop.frame(), CORNER, &file)
        };
        match called.await {
            Ok(()) => self.pictures.push(file),
            Err(failure) => self.missing.push(format!("notification: {failure}")),
        }
    }

    /// Names the pictures; the error names the missing ones.
    fn report(&self) -> Result<(), Failure> {
        println!("Screenshots:");
        for picture in &self.pictures {
            println!("  {}", picture.display());
        }
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(Failure::Wrong(format!("Not shown:\n  {}", self.missing.join("\n  "))))
    }
}

/// Goes to a screen, and takes one picture of each size in light and dark.
async fn show(window: &Window, scene: &Scene, folder: &Path, taken: &mut Vec<PathBuf>) -> Result<(), Failure> {
    play(window, scene.steps).await?;
    for (width, height) in SIZES {
        window.resize(width, height).await?;
        for theme in ["light", "dark"] {
            window
                .script(&format!("document.documentElement.dataset.theme = '{theme}';"))
                .await?;
            window.until("its new look", SETTLED).await?;
            let file = folder.join(format!("{}-{theme}-{width}x{height}.png", scene.name));
            window.shot(&file).await?;
            taken.push(file);
        }
    }
    window
        .script("delete document.documentElement.dataset.theme;")
        .await
        .map(drop)
}

async fn play(window: &Window, steps: &[Step]) -> Result<(), Failure> {
    for step in steps {
        match *step {
            Step::Click(test_id) => {
                let element = format!("document.querySelector('[data-testid=\"{test_id}\"]')");
                window.click(test_id, &element).await?;
            }
            Step::Choose(what, element) => window.click(what, element).await?,
            Step::Await(what, condition) => window.until(what, condition).await?,
            Step::Run(script) => window.script(script).await.map(drop)?,
            Step::Fill(test_id, text) => window.fill(test_id, text).await?,
        }
    }
    Ok(())
}
