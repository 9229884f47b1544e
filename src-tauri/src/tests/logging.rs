use std::path::Path;

use tracing::subscriber::with_default;

use crate::logging;

fn log_of(folder: &Path) -> String {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    names
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

/// What is in the log after `work`.
fn logged(work: impl FnOnce()) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (subscriber, guard) = logging::subscriber(&folder.path().join("logs")).unwrap();
    with_default(subscriber, work);
    drop(guard);
    log_of(&folder.path().join("logs"))
}

#[test]
fn the_app_s_own_lines_are_json_with_time_level_and_code() {
    let log = logged(|| tracing::warn!(target: "wardline_sdk::engine", code = "busy", "store"));
    let line: serde_json::Value = serde_json::from_str(log.trim_end()).unwrap();
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["target"], "wardline_sdk::engine");
    assert_eq!(line["code"], "busy");
    assert_eq!(line["message"], "store");
    assert!(line["timestamp"].is_string());
}

#[test]
fn what_other_crates_log_is_not_written() {
    let log = logged(|| {
        tracing::error!(target: "tokio_xmpp::stream", "<body>Potassium is 6.1</body>");
        tracing::error!(target: "sqlx::query", "SELECT body FROM message");
        tracing::debug!(target: "wardline_sdk", "too detailed");
        tracing::info!(target: "wardline", "kept");
    });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("kept"));
}

#[test]
fn addresses_are_struck_out_wherever_they_stand() {
    let log = logged(|| {
        tracing::error!(target: "wardline", peer = "alice@ward.example", code = 7, "connected to alice@ward.example");
        tracing::error!(target: "wardline", error = ?vec!["bob@ward.example"], "odd");
        let span = tracing::info_span!(target: "wardline", "send", to = "carol@ward.example");
        span.in_scope(|| tracing::info!(target: "wardline", "within"));
    });
    assert!(!log.contains("ward.example"), "{log}");
    let first: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!(first["code"], 7, "the rest of the line stays: {log}");
    assert_eq!(first["peer"], "[struck out]");
}

#[test]
fn a_week_of_files_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    for day in 1..=20 {
        std::fs::write(logs.join(format!("wardline.2020-01-{day:02}.jsonl")), "old\n").unwrap();
    }
    std::fs::write(logs.join("rota.txt"), "not ours").unwrap();
    let (subscriber, guard) = logging::subscriber(&logs).unwrap();
    with_default(subscriber, || tracing::info!(target: "wardline", "today"));
    drop(guard);
    let left = std::fs::read_dir(&logs).unwrap().filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .ends_with(".jsonl")
    });
    assert_eq!(left.count(), 7);
    assert!(logs.join("rota.txt").exists());
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_log() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("deep").join("logs");
    let (_subscriber, _guard) = logging::subscriber(&logs).unwrap();
    assert_eq!(std::fs::metadata(&logs).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("logs"), "a file").unwrap();
    assert!(logging::subscriber(&folder.path().join("logs")).is_err());
}
