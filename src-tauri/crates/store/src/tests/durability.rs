use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use super::*;

const PATH: &str = "WARDLINE_STORE_TEST_PATH";
const READY: &str = "in the middle of a transaction";

/// Runs itself again as a process that is killed.
#[tokio::test]
async fn a_process_killed_in_the_middle_of_writing_leaves_its_last_commit() {
    if let Some(path) = std::env::var_os(PATH) {
        return write_until_killed(Path::new(&path)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile.db");
    let mut child = child(
        "a_process_killed_in_the_middle_of_writing_leaves_its_last_commit",
        &path,
    );
    let output = BufReader::new(child.stdout.take().unwrap());
    assert!(
        output.lines().any(|line| line.unwrap().contains(READY)),
        "the child ended early"
    );
    child.kill().unwrap();
    child.wait().unwrap();

    let store = open(&path).await.store;
    store.check().await.unwrap();
    let tx = store.read().await.unwrap();
    let conversation = conversations::list(&tx).await.unwrap()[0].id;
    let messages = messages::newest(&tx, conversation, 100_000).await.unwrap();
    assert_eq!(texts(&messages), ["committed"; 300]);
    let hits = search::search(&tx, "half", search::Scope::Everywhere, None, 9)
        .await
        .unwrap();
    assert_eq!(hits, []);
    drop(tx);
    let tx = store.begin().await.unwrap();
    messages::remove(&tx, messages[0].id).await.unwrap();
    tx.commit().await.unwrap();
}

/// Runs itself again as a process that is killed between, or in, its commits.
#[tokio::test]
async fn a_process_killed_while_it_commits_loses_no_commit_and_halves_none() {
    const COMMITTED: &str = "committed number ";
    if let Some(path) = std::env::var_os(PATH) {
        return commit_until_killed(Path::new(&path), COMMITTED).await;
    }
    for promised in [1, 17, 40] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profile.db");
        let mut child = child(
            "a_process_killed_while_it_commits_loses_no_commit_and_halves_none",
            &path,
        );
        let output = BufReader::new(child.stdout.take().unwrap());
        let line = format!("{COMMITTED}{promised}.");
        assert!(
            output.lines().any(|read| read.unwrap().contains(&line)),
            "the child ended early"
        );
        child.kill().unwrap();
        child.wait().unwrap();

        let store = open(&path).await.store;
        store.check().await.unwrap();
        let tx = store.read().await.unwrap();
        let conversation = conversations::list(&tx).await.unwrap()[0].id;
        let found = messages::newest(&tx, conversation, 1_000_000).await.unwrap().len();
        assert!(found >= promised * 10, "a commit was lost: {found} of {promised}0");
        assert_eq!(found % 10, 0, "half a commit was kept");
    }
}

async fn commit_until_killed(path: &Path, committed: &str) {
    let fixture = Fixture {
        store: open(path).await.store,
        path: path.to_owned(),
        folder: tempfile::tempdir().unwrap(),
    };
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    for round in 1.. {
        let tx = fixture.store.begin().await.unwrap();
        let page = (0..10)
            .map(|n| from_bob(conversation, round * 10 + n, "hello"))
            .collect();
        crate::pages::insert(&tx, archive, page).await.unwrap();
        tx.commit().await.unwrap();
        println!("{committed}{round}.");
        std::io::stdout().flush().unwrap();
    }
}

fn child(test: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg(format!("tests::durability::{test}"))
        .env(PATH, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

async fn write_until_killed(path: &Path) {
    let fixture = Fixture {
        store: open(path).await.store,
        path: path.to_owned(),
        folder: tempfile::tempdir().unwrap(),
    };
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let page = (1..=300)
        .map(|position| from_bob(conversation, position, "committed"))
        .collect();
    crate::pages::insert(&tx, archive, page).await.unwrap();
    tx.commit().await.unwrap();

    let tx = fixture.store.begin().await.unwrap();
    // Far more than the page cache holds, so that part of the transaction is in the log already.
    let long = "half ".repeat(4000);
    for round in 1.. {
        let page = (1..=100)
            .map(|n| from_bob(conversation, round * 1000 + n, &long))
            .collect();
        crate::pages::insert(&tx, archive, page).await.unwrap();
        if round == 10 {
            println!("{READY}");
            std::io::stdout().flush().unwrap();
        }
    }
}
