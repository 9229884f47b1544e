//! Keeps the page within its [bounds](super::bounds).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;
use tauri::ipc::InvokeBody;
use wardline_sdk::view::CommandError;

use super::bounds::{BOUNDS, Bounds};

/// Knows how often each command was called of late.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<HashMap<&'static str, Allowance>>);

/// Calls that a command has left.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    calls: f64,
    at: Instant,
    /// A flood makes one line of log, not as many as it has calls.
    is_reported: bool,
}

/// How much a call carries.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) text: usize,
    pub(crate) values: usize,
}

impl Gate {
    /// Whether a call may go on. One of no known command may: whoever dispatches refuses it.
    ///
    /// # Errors
    /// [`CommandError::Internal`] with reference `call-too-large` or `calls-too-many`: the interface makes no such calls.
    pub(crate) fn admit(&self, command: &str, body: &InvokeBody, now: Instant) -> Result<(), CommandError> {
        let Some(bounds) = BOUNDS.iter().find(|bounds| bounds.command == command) else {
            return Ok(());
        };
        if !self.has_left(bounds, now) {
            return Err(refusal("calls-too-many"));
        }
        let size = size_of(body);
        if size.text > bounds.text || size.values > bounds.values {
            tracing::warn!(command = bounds.command, size.text, size.values, "call too large");
            return Err(refusal("call-too-large"));
        }
        Ok(())
    }

    fn has_left(&self, bounds: &Bounds, now: Instant) -> bool {
        let mut allowances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let burst = f64::from(bounds.burst);
        let left = allowances.entry(bounds.command).or_insert(Allowance {
            calls: burst,
            at: now,
            is_reported: false,
        });
        let passed = now.saturating_duration_since(left.at).as_secs_f64();
        left.calls = (left.calls + passed * f64::from(bounds.per_second)).min(burst);
        left.at = now;
        if left.calls < 1.0 {
            if !left.is_reported {
                tracing::warn!(command = bounds.command, "called too often");
            }
            left.is_reported = true;
            return false;
        }
        left.calls -= 1.0;
        left.is_reported = false;
        true
    }
}

fn refusal(reference: &str) -> CommandError {
    CommandError::Internal {
        reference: reference.to_owned(),
    }
}

pub(crate) fn size_of(body: &InvokeBody) -> Size {
    let mut size = Size::default();
    let mut open = Vec::new();
    match body {
        InvokeBody::Raw(bytes) => size.text = bytes.len(),
        InvokeBody::Json(value) => open.push(value),
    }
    while let Some(value) = open.pop() {
        size.values += 1;
        match value {
            Value::String(text) => size.text += text.len(),
            Value::Array(values) => open.extend(values),
            Value::Object(fields) => {
                size.text += fields.keys().map(String::len).sum::<usize>();
                open.extend(fields.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    size
}
