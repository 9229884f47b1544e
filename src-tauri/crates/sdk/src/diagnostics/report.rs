//! The report that somebody copies into a ticket. It is made here, where numbers and states are at hand, and of nothing else:
//! no function of this file is given a name, an address or a text, so none can get into it.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use wardline_store::{Store, StoreError, local_data};

use super::conversations::{rows, sort};
use crate::engine::EngineState;
use crate::view::{Beginning, CheckView, Diagnostics, GapState, HeldConversation, Tail};

/// Most conversations that the report goes into. Those that need attention are among them.
const MOST: usize = 1_000;

/// What a report says of a conversation.
struct Line {
    id: i64,
    kind: String,
    messages: u32,
    oldest: Option<i64>,
    newest: Option<i64>,
    segments: u32,
    open_gaps: usize,
    expired_gaps: usize,
    beginning: Beginning,
    tail: Tail,
    waiting: u32,
    failed: u32,
    check: Option<CheckView>,
}

impl From<HeldConversation> for Line {
    fn from(held: HeldConversation) -> Self {
        let gaps = |state| held.gaps.iter().filter(|gap| gap.state == state).count();
        Self {
            id: held.id.0,
            kind: word(&held.kind),
            messages: held.messages,
            oldest: held.oldest,
            newest: held.newest,
            segments: held.segments,
            open_gaps: gaps(GapState::Open),
            expired_gaps: gaps(GapState::Expired),
            beginning: held.beginning,
            tail: held.tail,
            waiting: held.waiting,
            failed: held.failed,
            check: held.check,
        }
    }
}

/// The report, as text.
pub(crate) async fn report(
    store: &Store,
    state: &EngineState,
    diagnostics: &Diagnostics,
    round_trip_ms: Option<u32>,
) -> Result<String, StoreError> {
    let tx = store.read().await?;
    let mut heads = local_data::heads(&tx).await?;
    let all = heads.len();
    sort(&mut heads);
    heads.truncate(MOST);
    let lines: Vec<Line> = rows(&tx, state, heads).await?.into_iter().map(Line::from).collect();
    drop(tx);
    Ok(render(diagnostics, round_trip_ms, &lines, all, Utc::now()))
}

fn render(
    diagnostics: &Diagnostics,
    round_trip_ms: Option<u32>,
    lines: &[Line],
    all: usize,
    now: DateTime<Utc>,
) -> String {
    let mut text = String::new();
    let mut say = |line: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _infallible = text.write_fmt(line).and_then(|()| text.write_char('\n'));
    };
    let program = &diagnostics.program;
    say(format_args!(
        "Wardline {} on {} {}, {}",
        program.version,
        program.system,
        program.architecture,
        now.to_rfc3339_opts(SecondsFormat::Secs, true)
    ));
    say(format_args!("web view sandbox: {}", word(&program.web_view)));
    let connection = &diagnostics.connection;
    say(format_args!("connection: {}", state_word(&connection.state)));
    if let Some(link) = &connection.link {
        say(format_args!(
            "link: found {}, {}, {}, {}, channel binding {}",
            word(&link.found),
            link.security.as_ref().map_or_else(|| "no tls".into(), word),
            link.tls.as_ref().map_or_else(|| "-".into(), word),
            mechanism(&link.mechanism),
            word(&link.binding)
        ));
    }
    say(format_args!(
        "session: {}, since {}, round trip {}, archive {}",
        connection.session.as_ref().map_or_else(|| "none".into(), word),
        connection.since.map_or_else(|| "-".into(), time),
        round_trip_ms.map_or_else(|| "-".into(), |ms| format!("{ms} ms")),
        word(&connection.archive)
    ));
    say(format_args!("features: {}", words(&diagnostics.features)));
    say(format_args!("team services: {}", words(&diagnostics.team_services)));
    if let Some(inbox) = &diagnostics.inbox {
        say(format_args!(
            "inbox: {} conversations compared, {} differences",
            inbox.conversations, inbox.differences
        ));
    }
    let held = &diagnostics.holdings;
    say(format_args!(
        "held: {} conversations ({} need attention), {} open gaps, {} expired gaps, {} waiting, {} failed, {} bytes",
        held.conversations, held.attention, held.open_gaps, held.expired_gaps, held.waiting, held.failed, held.bytes
    ));
    say(format_args!(
        "conversations: {} of {all}, those that need attention first",
        lines.len()
    ));
    for line in lines {
        say(format_args!("{}", one(line)));
    }
    text
}

fn one(line: &Line) -> String {
    let mut said = format!(
        "#{} {}: {} messages {}..{}, {} segments, gaps {} open {} expired, beginning {}, tail {}",
        line.id,
        line.kind,
        line.messages,
        line.oldest.map_or_else(|| "-".into(), day),
        line.newest.map_or_else(|| "-".into(), day),
        line.segments,
        line.open_gaps,
        line.expired_gaps,
        word(&line.beginning),
        match line.tail {
            Tail::Current { at } => format!("current ({})", at.map_or_else(|| "-".into(), time)),
            Tail::Until { at } => format!("until {}", time(at)),
            Tail::Unknown => "unknown".into(),
        }
    );
    if line.waiting + line.failed > 0 {
        said.push_str(&format!(", outbox {} waiting {} failed", line.waiting, line.failed));
    }
    match &line.check {
        None => {}
        Some(CheckView::Running { compared, of }) => said.push_str(&format!(", being checked {compared} of {of}")),
        Some(CheckView::Stopped { error }) => said.push_str(&format!(", check stopped: {error}")),
        Some(CheckView::Done { at, found }) => said.push_str(&format!(
            ", checked {}: {} compared, {} fetched, {} filled, {} moved, {} gone",
            time(*at),
            found.compared,
            found.fetched,
            found.filled,
            found.moved,
            found.gone
        )),
    }
    said
}

/// The name of a state, as the interface is told it.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "-".into(),
    }
}

/// The kind of a state that carries more.
fn state_word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value
        .get("kind")
        .and_then(|kind| kind.as_str())
        .unwrap_or("-")
        .to_owned()
}

fn words(values: &[impl Serialize]) -> String {
    match values {
        [] => "none".into(),
        values => values.iter().map(word).collect::<Vec<_>>().join(", "),
    }
}

/// A mechanism's name comes from the server: only what a name may consist of (RFC 4422) is passed on.
fn mechanism(name: &str) -> String {
    let allowed = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    name.chars().take_while(allowed).take(20).collect()
}

fn time(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis)
        .map_or_else(|| "-".into(), |at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// When somebody wrote is told by the day alone.
fn day(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).map_or_else(|| "-".into(), |at| at.format("%Y-%m-%d").to_string())
}
