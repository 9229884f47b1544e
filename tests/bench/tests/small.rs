//! Every bench runs, in small, and finds what it measured to be complete. What it measured is not looked at.

use std::path::Path;

use wardline_bench::{BenchError, Size, run};

async fn small(name: &str) -> Result<(), BenchError> {
    run(name, Size::Small, Path::new(env!("CARGO_BIN_EXE_wardline-bench"))).await
}

#[tokio::test]
async fn a_conversation_is_opened() {
    small("open").await.unwrap();
}

#[tokio::test]
async fn an_archive_is_taken_in_without_a_network() {
    small("ingest").await.unwrap();
}

#[tokio::test]
async fn a_first_sync_is_complete() {
    small("sync").await.unwrap();
}

#[tokio::test]
async fn two_years_are_caught_up_with() {
    small("away").await.unwrap();
}

#[tokio::test]
async fn a_new_computer_reads_the_servers_inbox() {
    small("inbox").await.unwrap();
}

#[tokio::test]
async fn what_is_said_comes_onto_the_list() {
    small("list").await.unwrap();
}
