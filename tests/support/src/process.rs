//! Child processes that never outlive what started them.
//!
//! A test that panics, a demo that is interrupted and a runner that is killed must all leave nothing behind, and
//! `PR_SET_PDEATHSIG` is no answer: it needs unsafe code and follows the *thread* that started the child. So each child
//! runs in a process group of its own under a three-line shell that holds a **lifeline**: a pipe whose other end lives in
//! this process. When this process ends, however it ends, the kernel closes the pipe and the shell kills the group.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

/// How long a process may take to end by itself once asked, before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// The shell around each child: the server itself, and a watcher that kills the whole group when the lifeline closes.
/// TERM is trapped (not ignored, which children would inherit) so that the shell waits for the child's own clean end.
const KEEPER: &str = r#"exec 3<&0
trap : TERM
"$@" 3<&- </dev/null &
child=$!
( trap - TERM; cat <&3 >/dev/null 2>&1; kill -KILL 0 ) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $child; status=$?
while kill -0 $child 2>/dev/null; do wait $child; status=$?; done
kill -KILL $watcher 2>/dev/null
exit $status"#;

/// Why a child process could not be started or did not become ready.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The program is not installed or could not be started.
    #[error("{program} could not be started: {source}")]
    Start {
        /// The program's name.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The process ended before it was ready; the end of its output is included.
    #[error("{program} ended before it was ready ({status}); its last words:\n{tail}")]
    EndedEarly {
        /// The program's name.
        program: String,
        /// Its exit status.
        status: String,
        /// The last lines of its output.
        tail: String,
    },
    /// The process did not say that it is ready in time.
    #[error("{program} was not ready after {seconds} s; its last words:\n{tail}")]
    NotReady {
        /// The program's name.
        program: String,
        /// How long it was waited for.
        seconds: u64,
        /// The last lines of its output.
        tail: String,
    },
}

/// What is known of a running child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Started, has not yet printed the line that says it is ready.
    Starting,
    /// Has said that it is ready.
    Ready,
    /// Has ended.
    Ended(Option<i32>),
}

/// A child process in a process group of its own, killed with everything it started when this value is dropped or this
/// process ends.
#[derive(Debug)]
pub struct Supervised {
    program: String,
    group: u32,
    log: PathBuf,
    stage: watch::Receiver<Stage>,
    lifeline: Option<ChildStdin>,
    reader: Option<JoinHandle<()>>,
    status: Arc<Mutex<Option<ExitStatus>>>,
}

impl Supervised {
    /// Starts `command`. Its output (both streams) is appended to `log`; it counts as ready when a line of it contains
    /// `ready`, or at once when `ready` is `None`. The command's standard streams are replaced.
    ///
    /// # Errors
    /// [`ProcessError::Start`] if the program or the log file can't be opened.
    pub fn start(command: &Command, log: &Path, ready: Option<&str>) -> Result<Self, ProcessError> {
        let program = command.get_program().to_string_lossy().into_owned();
        let failed = |source| ProcessError::Start {
            program: program.clone(),
            source,
        };
        let mut file = OpenOptions::new().create(true).append(true).open(log).map_err(failed)?;
        let mut child = kept(command).spawn().map_err(failed)?;

        let first = if ready.is_some() { Stage::Starting } else { Stage::Ready };
        let (said, stage) = watch::channel(first);
        let status = Arc::new(Mutex::new(None));
        let lifeline = child.stdin.take();
        let group = child.id();
        let reader = {
            let ready = ready.map(str::to_owned);
            let status = Arc::clone(&status);
            std::thread::Builder::new()
                .name(format!("output of {program}"))
                .spawn(move || {
                    if let Some(output) = child.stdout.take() {
                        copy_output(output, &mut file, ready.as_deref(), &said);
                    }
                    let ended = child.wait().ok();
                    if let Ok(mut slot) = status.lock() {
                        *slot = ended;
                    }
                    said.send_replace(Stage::Ended(ended.and_then(|status| status.code())));
                })
                .map_err(failed)?
        };
        Ok(Self {
            program,
            group,
            log: log.to_owned(),
            stage,
            lifeline,
            reader: Some(reader),
            status,
        })
    }

    /// Waits until the process has said that it is ready.
    ///
    /// # Errors
    /// [`ProcessError::EndedEarly`] or [`ProcessError::NotReady`], both with the end of its output.
    pub async fn ready(&mut self, within: Duration) -> Result<(), ProcessError> {
        let waited = tokio::time::timeout(within, self.stage.wait_for(|stage| *stage != Stage::Starting)).await;
        match waited.map(|stage| stage.map(|stage| *stage)) {
            Ok(Ok(Stage::Ended(code))) => Err(ProcessError::EndedEarly {
                program: self.program.clone(),
                status: code.map_or_else(|| "by a signal".to_owned(), |code| format!("status {code}")),
                tail: tail_of(&self.log),
            }),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(ProcessError::NotReady {
                program: self.program.clone(),
                seconds: within.as_secs(),
                tail: tail_of(&self.log),
            }),
        }
    }

    /// Waits until the process has ended; its exit code, or `None` if a signal ended it.
    pub async fn ended(&mut self) -> Option<i32> {
        match self
            .stage
            .wait_for(|stage| matches!(stage, Stage::Ended(_)))
            .await
            .map(|stage| *stage)
        {
            Ok(Stage::Ended(code)) => code,
            _ => None,
        }
    }

    /// Whether the process is still there.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.status.lock().is_ok_and(|status| status.is_none())
            && self.reader.as_ref().is_some_and(|r| !r.is_finished())
    }

    /// The file that receives the process's output.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The id of the process group.
    #[must_use]
    pub fn group(&self) -> u32 {
        self.group
    }

    /// Asks the process to end (TERM), waits, and kills what is left of its group.
    pub async fn stop(mut self) {
        self.signal_all(Signal::Terminate);
        // Whether it ended by itself or not, dropping kills whatever is left.
        let _ended = tokio::time::timeout(GRACE, self.ended()).await;
    }

    fn signal_all(&self, signal: Signal) {
        if self.is_running() {
            send(self.group, signal);
        }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.signal_all(Signal::Kill);
        drop(self.lifeline.take());
        if let Some(reader) = self.reader.take() {
            // The group is dead, so its output has ended: this only makes sure that nothing is left when drop returns.
            let _joined = reader.join();
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

#[cfg(unix)]
fn send(group: u32, signal: Signal) {
    use rustix::process::{Pid, Signal as Unix, kill_process_group};
    let signal = match signal {
        Signal::Terminate => Unix::TERM,
        Signal::Kill => Unix::KILL,
    };
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // It may have ended by itself in this instant; then there is nothing to signal.
        let _sent = kill_process_group(group, signal);
    }
}

#[cfg(not(unix))]
fn send(group: u32, _signal: Signal) {
    let _killed = Command::new("taskkill")
        .args(["/T", "/F", "/PID", &group.to_string()])
        .output();
}

/// `command` under the keeper, in a new process group, both output streams in one pipe.
#[cfg(unix)]
fn kept(command: &Command) -> Command {
    use std::os::unix::process::CommandExt;
    let mut line: Vec<OsString> = vec!["-c".into(), format!("exec 2>&1\n{KEEPER}").into(), "keeper".into()];
    line.push(command.get_program().to_owned());
    line.extend(command.get_args().map(OsString::from));
    let mut keeper = Command::new("sh");
    keeper.args(line).process_group(0);
    take_over(&mut keeper, command);
    keeper
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    keeper
}

#[cfg(not(unix))]
fn kept(command: &Command) -> Command {
    let mut plain = Command::new(command.get_program());
    plain.args(command.get_args().map(OsString::from));
    take_over(&mut plain, command);
    plain.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    plain
}

fn take_over(to: &mut Command, from: &Command) {
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
    if let Some(folder) = from.get_current_dir() {
        to.current_dir(folder);
    }
}

fn copy_output(output: impl Read, file: &mut impl Write, ready: Option<&str>, said: &watch::Sender<Stage>) {
    let mut lines = BufReader::new(output);
    let mut line = Vec::new();
    while matches!(lines.read_until(b'\n', &mut line), Ok(read) if read > 0) {
        // A full disk must not stop the reading: the child would block on its pipe.
        let _written = file.write_all(&line);
        if ready.is_some_and(|ready| String::from_utf8_lossy(&line).contains(ready)) {
            said.send_if_modified(|stage| {
                let first = *stage == Stage::Starting;
                *stage = Stage::Ready;
                first
            });
        }
        line.clear();
    }
}

/// The last 25 lines of a log file.
#[must_use]
pub fn tail_of(log: &Path) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(25)..)
        .unwrap_or_default()
        .join("\n")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::path::Path;

    fn exists(pid: &str) -> bool {
        // A zombie still has a folder in /proc but has ended.
        std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).is_ok_and(|stat| {
            !stat
                .rsplit(')')
                .next()
                .unwrap_or_default()
                .trim_start()
                .starts_with('Z')
        })
    }

    #[tokio::test]
    async fn a_dropped_process_takes_its_children_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo child $!; echo up; wait"]);
        let mut process = Supervised::start(&command, &log, Some("up")).unwrap();
        process.ready(Duration::from_secs(20)).await.unwrap();
        let words = std::fs::read_to_string(&log).unwrap();
        let child = words
            .lines()
            .find_map(|line| line.strip_prefix("child "))
            .unwrap()
            .to_owned();
        assert!(exists(&child));
        drop(process);
        // Killed it is; whoever inherits it takes its leave of it when they come to it.
        while exists(&child) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn a_process_that_ends_early_is_reported_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo no licence found; exit 3"]);
        let mut process = Supervised::start(&command, &folder.path().join("log"), Some("never said")).unwrap();
        let error = process.ready(Duration::from_secs(20)).await.unwrap_err().to_string();
        assert!(
            error.contains("status 3") && error.contains("no licence found"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_process_asked_to_stop_may_end_cleanly() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "trap 'echo farewell; exit 0' TERM; echo up; while :; do sleep 0.05; done",
        ]);
        let mut process = Supervised::start(&command, &log, Some("up")).unwrap();
        process.ready(Duration::from_secs(20)).await.unwrap();
        process.stop().await;
        assert!(std::fs::read_to_string(&log).unwrap().contains("farewell"));
    }
}
