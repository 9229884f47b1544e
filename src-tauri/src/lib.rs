//! The desktop shell: a window around the interface, and commands that hand everything on to [`wardline_sdk`].
//!
//! It decides nothing about messages. What it adds is the desktop: where files are, one app at a time, the window, logs
//! and panics without personal data, links and pictures.
//!
//! # The order of a start
//! 0. No core dumps; WebKit's sandbox is asked for. Both before anything else runs.
//! 1. One instance: a second start hands over to the first and ends, before it touches any file.
//! 2. The log, then the client: it opens the local store on another thread while
//! 3. the web view, the slower of the two, starts.
//! 4. With the window the process's memory is closed to other programs.
//! 5. The interface's first call, `start`, takes the finished answer. No network is waited for.

mod avatar_protocol;
mod backend;
mod commands;
#[cfg(any(debug_assertions, feature = "demo"))]
mod demo;
mod dialog;
mod environment;
mod events;
mod hardening;
mod links;
mod logging;
mod look;
mod notifications;
mod page;
mod panic_hook;
mod paths;
#[cfg(target_os = "linux")]
mod sandbox;
mod shell;
mod single_instance;
mod start_failure;
mod wake;
mod window;

#[cfg(test)]
mod tests;

pub use shell::run;
