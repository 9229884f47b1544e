//! Stories of hard histories, each with what this computer makes of it, kept as text and reviewed.
//!
//! A file in `stories/` tells its story in words, then as a script (`> ` begins a line of it); what `> show` shows follows it behind `| `.
//! A test plays the script and compares. `WARDLINE_GOLDEN=write` writes what is shown into the files: read the difference before
//! you keep it.

mod dump;
mod rows;
mod script;
mod stage;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use self::script::{Act, act};
use self::stage::Stage;

fn stories() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/model/golden/stories")
}

/// Plays a story; the file as it should be.
fn played(file: &str) -> String {
    let folder = tempfile::tempdir_in(super::folder()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let acts: Vec<Act> = file
            .lines()
            .filter_map(|line| line.strip_prefix("> "))
            .map(act)
            .collect();
        let mut stage = Stage::set(folder.path(), &acts);
        let mut acts = acts.into_iter();
        let mut text = String::new();
        for line in file.lines().filter(|line| !line.starts_with('|')) {
            let _ = writeln!(text, "{line}");
            if !line.starts_with("> ") {
                continue;
            }
            if let Some(shown) = stage.play(acts.next().expect("an act a line")).await {
                for line in shown.lines() {
                    let _ = writeln!(text, "{}", format!("| {line}").trim_end());
                }
            }
        }
        stage.end().await;
        text
    })
}

/// What is different, line by line, around the lines that both have at the beginning and at the end.
fn difference(kept: &str, played: &str) -> String {
    let (kept, played): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), played.lines().collect());
    let same = kept
        .iter()
        .zip(&played)
        .take_while(|(kept, played)| kept == played)
        .count();
    let (kept_rest, played_rest) = (&kept[same..], &played[same..]);
    let tails = kept_rest.iter().rev().zip(played_rest.iter().rev());
    let tail = tails.take_while(|(kept, played)| kept == played).count();
    let mut text = format!("from line {}:\n", same + 1);
    for line in &kept[same.saturating_sub(3)..same] {
        let _ = writeln!(text, "  {line}");
    }
    for line in &kept_rest[..kept_rest.len() - tail] {
        let _ = writeln!(text, "- {line}");
    }
    for line in &played_rest[..played_rest.len() - tail] {
        let _ = writeln!(text, "+ {line}");
    }
    text
}

fn tell(name: &str) {
    let path = stories().join(format!("{name}.txt"));
    let kept = std::fs::read_to_string(&path).unwrap();
    let played = played(&kept);
    if kept == played {
        return;
    }
    if std::env::var_os("WARDLINE_GOLDEN").is_some_and(|how| how == "write") {
        std::fs::write(&path, played).unwrap();
    } else {
        panic!(
            "{name}.txt tells another story now (- kept, + played), {}",
            difference(&kept, &played)
        );
    }
}

/// A test for each story, and one that none is forgotten.
macro_rules! stories {
    ($($name:ident)*) => {
        $(#[test] fn $name() { tell(stringify!($name)); })*

        #[test]
        fn every_story_is_told() {
            let mut kept: Vec<String> = std::fs::read_dir(stories())
                .unwrap()
                .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            kept.sort();
            assert_eq!(kept, [$(stringify!($name)),*]);
        }
    };
}

stories! {
    archived_twice
    backdated
    carbon_and_archive
    clock_three_days_off
    comes_back_for_a_while
    correction_before_its_target
    detached_meets_again
    expired_archive
    forged
    forged_reference
    gap
    island_by_jump
    late_member
    late_out_of_order
    late_write
    left_on_the_phone
    live_before_catch_up
    never_sure_of_the_end
    offline_queue
    outbox
    own_from_another_device
    reaction_to_an_unknown_message
    removed_while_away
    repeated_ids
    resumed
    retraction
    same_second
    seen_by_the_team
    sent_once
    team_echo_handed_on
    team_history_and_echo
    team_told_by_its_people
    unread_line
}

#[test]
fn a_difference_shows_what_was_kept_and_what_was_played() {
    let shown = difference("a\nb\nc\nd\n", "a\nx\nc\nd\n");
    assert_eq!(shown, "from line 2:\n  a\n- b\n+ x\n");
}
