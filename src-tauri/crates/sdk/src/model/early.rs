//! What may be said and asked before it is known what the server is, and what need not be asked twice.

use std::collections::HashMap;
use std::time::Duration;

use wardline_xmpp::Element;

use super::schedule::{Begins, Chat, Offline, Stamps, Step};
use super::server::{Author, Server};
use super::world::World;
use crate::engine::Command;
use crate::view::ConversationChange;

/// A message that came while nobody knew what the server is.
const EARLY: &str = "<message xmlns='jabber:client' type='chat' from='bob@ward.example/desk' to='alice@ward.example/desk' id='early'>\
    <body>Potassium 6.1</body><request xmlns='urn:xmpp:receipts'/></message>";

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

/// The receipts of a computer that is given a message before it knows what the server is.
fn receipts_on(set: impl FnOnce(&Server)) -> Vec<Element> {
    let folder = tempfile::tempdir_in(super::folder()).unwrap();
    paused().block_on(async {
        let server = Server::new(Stamps::Microseconds, 0, Offline::Archived);
        set(&server);
        server.state().hand_on_early(EARLY);
        let world = World::over(folder.path(), server.clone(), HashMap::new(), Begins::Settled).await;
        tokio::time::sleep(Duration::from_secs(30)).await;
        let receipts = server.state().receipts().to_vec();
        world.end().await;
        receipts
    })
}

fn asks_storing(receipt: &Element) -> bool {
    receipt.has_child("store", "urn:xmpp:hints")
}

#[test]
fn a_receipt_waits_until_it_is_known_what_the_server_is() {
    // To an inbox a receipt that is archived is an answer, and all is read.
    let with_inbox = receipts_on(|server| server.state().keep_inbox());
    assert_eq!(with_inbox.iter().map(asks_storing).collect::<Vec<_>>(), [false]);
    let without = receipts_on(|_| {});
    assert_eq!(without.iter().map(asks_storing).collect::<Vec<_>>(), [true]);
}

/// How many publications are asked for in each of two sessions in which something is decided and read.
fn publications_on(set: impl FnOnce(&Server)) -> [usize; 2] {
    let folder = tempfile::tempdir_in(super::folder()).unwrap();
    paused().block_on(async {
        let server = Server::new(Stamps::Microseconds, 0, Offline::Archived);
        server.state().refuse_publications();
        set(&server);
        server.state().say(Chat::Bob, Author::Other);
        let mut world = World::over(folder.path(), server.clone(), HashMap::new(), Begins::Settled).await;
        let mut asked = [0; 2];
        for (session, pinned) in [true, false].into_iter().enumerate() {
            tokio::time::sleep(Duration::from_secs(30)).await;
            server.state().say(Chat::Bob, Author::Other);
            world.step(&Step::DeskReads(Chat::Bob)).await;
            let pins = |conversation, answer| Command::Decide {
                conversation,
                change: ConversationChange::Pin { pinned },
                answer,
            };
            world.ask(Chat::Bob, pins).await.expect("alive").expect("decided");
            tokio::time::sleep(Duration::from_secs(30)).await;
            asked[session] = server.state().publications();
            server.restart();
        }
        world.end().await;
        asked
    })
}

#[test]
fn a_server_that_keeps_nothing_private_is_asked_once_and_one_with_an_inbox_never() {
    let [first, both] = publications_on(|_| {});
    assert!(first > 0, "it says that it can");
    assert_eq!(both, first, "a later session asks nothing");
    assert_eq!(publications_on(|server| server.state().keep_inbox()), [0, 0]);
}
