//! Putting the parts together.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Builder, Manager, RunEvent, Runtime, WindowEvent, Wry};
use wardline_sdk::Client;
use wardline_sdk::profile::Profile;

use crate::backend::Backend;
use crate::logging::{self, LogGuard};
use crate::notifications::Notifications;
#[cfg(target_os = "macos")]
use crate::page::{self, End};
use crate::paths::Paths;
#[cfg(target_os = "linux")]
use crate::sandbox;
use crate::start_failure::StartFailure;
use crate::{avatar_protocol, commands, environment, hardening, panic_hook, single_instance, wake, window};

/// How long the end waits for the server to be told good-bye. Everything is on disk by then in any case.
const FAREWELL: Duration = Duration::from_secs(2);

/// How long the desktop may take to take notifications away.
const WITHDRAWAL: Duration = Duration::from_secs(1);

/// Kept until the end.
struct Log(Mutex<Option<LogGuard>>);

/// Why the client could not be started; kept until there is an event loop that can show it.
struct NotStarted(StartFailure);

/// Runs the app until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    panic_hook::install();
    hardening::forbid_core_dumps();
    if let Some(ended) = environment::close() {
        return ended;
    }
    #[cfg(target_os = "linux")]
    sandbox::request();
    let built = panic_hook::contained(|| {
        builder::<Wry>()
            .plugin(start_client())
            // Whatever fails in here is put into words: Tauri makes a panic of an error.
            .setup(|app| {
                open_window(app.handle());
                Ok(())
            })
            .build(tauri::generate_context!())
    });
    let app = match built {
        Some(Ok(app)) => app,
        Some(Err(error)) => {
            StartFailure::from(error).show_alone();
            return ExitCode::FAILURE;
        }
        // What panics there is the toolkit that finds no screen.
        None => {
            StartFailure::NoDisplay.write();
            return ExitCode::FAILURE;
        }
    };
    tauri::async_runtime::spawn(end_on_signal(app.handle().clone()));
    match app.run_return(on_event) {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn open_window<R: Runtime>(app: &AppHandle<R>) {
    let opened = match app.try_state::<NotStarted>() {
        Some(not_started) => Err(not_started.0.clone()),
        None => window::open(app, &app.state::<Paths>()),
    };
    hardening::close_memory();
    if let Err(failure) = opened {
        failure.show(app);
    }
}

/// The app but for what it does at its start.
pub(crate) fn builder<R: Runtime>() -> Builder<R> {
    let builder = commands::register(Builder::<R>::new());
    let builder = match single_instance::plugin() {
        Some(plugin) => builder.plugin(plugin),
        None => builder,
    };
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(|web_view| page::ended(web_view.app_handle(), End::Crashed));
    builder.register_asynchronous_uri_scheme_protocol(avatar_protocol::SCHEME, avatar_protocol::serve)
}

/// Runs after the single instance is certain and before there is a window: log and client.
fn start_client<R: Runtime>() -> TauriPlugin<R> {
    tauri::plugin::Builder::new("client")
        .setup(|app, _| {
            let paths = match Paths::of(app) {
                Ok(paths) => paths,
                Err(error) => {
                    app.manage(NotStarted(error.into()));
                    return Ok(());
                }
            };
            match logging::start(&paths.logs) {
                Ok(guard) => {
                    app.manage(Log(Mutex::new(Some(guard))));
                }
                Err(error) => {
                    let _unread = writeln!(std::io::stderr(), "Wardline keeps no log: {error}");
                }
            }
            tracing::info!(version = env!("CARGO_PKG_VERSION"), os = std::env::consts::OS, "start");
            let profile = Profile::new(paths.profile());
            // The client begins tasks of its own, for which it needs the runtime around it.
            let client = tauri::async_runtime::block_on(async { Client::new(profile) });
            tauri::async_runtime::spawn(wake::watch(client.clone()));
            app.manage(Notifications::begin(app, client.clone()));
            let screen = first_screen(client.clone());
            app.manage(tauri::async_runtime::block_on(async { Backend::begin(client, screen) }));
            app.manage(paths);
            Ok(())
        })
        .build()
}

#[cfg(any(debug_assertions, feature = "demo"))]
use crate::demo::first_screen;

#[cfg(not(any(debug_assertions, feature = "demo")))]
async fn first_screen(client: Client) -> wardline_sdk::view::FirstScreen {
    client.start().await
}

fn on_event<R: Runtime>(app: &AppHandle<R>, event: RunEvent) {
    if let RunEvent::WindowEvent {
        event: WindowEvent::Focused(focused),
        ..
    } = event
    {
        if let Some(notifications) = app.try_state::<Notifications>() {
            notifications.focused(focused);
        }
        return;
    }
    if let RunEvent::Exit = event {
        // What is shown would lead nowhere.
        if let Some(notifications) = app.try_state::<Notifications>() {
            let cleared = async { tokio::time::timeout(WITHDRAWAL, notifications.clear()).await };
            if tauri::async_runtime::block_on(cleared).is_err() {
                tracing::warn!("notifications were left behind");
            }
        }
        if let Some(backend) = app.try_state::<Backend>() {
            let farewell = async { tokio::time::timeout(FAREWELL, backend.client().shutdown()).await };
            if tauri::async_runtime::block_on(farewell).is_err() {
                tracing::warn!("ended without waiting any longer");
            }
        }
        tracing::info!("end");
        if let Some(log) = app.try_state::<Log>() {
            drop(log.0.lock().map(|mut guard| guard.take()));
        }
    }
}

/// The end of a desktop session, Ctrl+C in a terminal: as if the window were closed.
#[cfg(unix)]
async fn end_on_signal<R: Runtime>(app: AppHandle<R>) {
    use tokio::signal::unix::{SignalKind, signal};

    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = kinds.map(signal) else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    app.exit(0);
}

#[cfg(not(unix))]
async fn end_on_signal<R: Runtime>(app: AppHandle<R>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        app.exit(0);
    }
}
