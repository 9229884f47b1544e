//! The log: JSON lines, one file a day, seven kept, of the app's own modules alone.
//!
//! Log statements carry codes and opaque ids by rule. Two further walls stand behind the rule: whatever other crates
//! log is not written at all, since they know no such rule; and a value with an `@` in it, as every address has, is
//! struck out.

use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

const FILES_KEPT: usize = 7;
const STRUCK_OUT: &str = "[struck out]";

/// Why there is no log. The app runs without one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// The folder cannot be made or written.
    #[error("log folder cannot be used ({0})")]
    Folder(io::ErrorKind),
    /// There is one already; a defect.
    #[error("log started twice")]
    Twice,
}

/// Writes what is still waiting when dropped.
#[must_use = "dropping it ends the log"]
pub(crate) struct LogGuard {
    _worker: WorkerGuard,
}

/// Starts the log of this process in `folder`.
pub(crate) fn start(folder: &Path) -> Result<LogGuard, LogError> {
    let (subscriber, guard) = subscriber(folder)?;
    subscriber.try_init().map_err(|_| LogError::Twice)?;
    Ok(guard)
}

pub(crate) fn subscriber(folder: &Path) -> Result<(impl Subscriber + Send + Sync + use<>, LogGuard), LogError> {
    make_private_folder(folder).map_err(|error| LogError::Folder(error.kind()))?;
    let files = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("wardline")
        .filename_suffix("jsonl")
        .max_log_files(FILES_KEPT)
        .build(folder)
        .map_err(|_| LogError::Folder(io::ErrorKind::Other))?;
    // Bounded, and drops lines rather than make the app wait for a slow disk.
    let (writer, worker) = NonBlocking::new(StrikeOut(files));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer)
        // One prefix for the shell and its crates: `wardline`, `wardline_sdk`, `wardline_store`, `wardline_xmpp`.
        .with_filter(Targets::new().with_target("wardline", LevelFilter::INFO));
    Ok((tracing_subscriber::registry().with(lines), LogGuard { _worker: worker }))
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Strikes out every value with an `@` in it. It is given whole lines.
struct StrikeOut<W>(W);

impl<W: Write> Write for StrikeOut<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if line.contains(&b'@') {
            let mut without = match serde_json::from_slice(line) {
                Ok(value) => strike_out(value).to_string(),
                Err(_) => Value::from(STRUCK_OUT).to_string(),
            };
            without.push('\n');
            self.0.write_all(without.as_bytes())?;
        } else {
            self.0.write_all(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn strike_out(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('@') => STRUCK_OUT.into(),
        Value::Array(values) => values.into_iter().map(strike_out).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, strike_out(value)))
            .collect(),
        other => other,
    }
}
