//! An inbox that does not fit on a page.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "the whole file is a test, its helpers too"
)]

use std::collections::HashMap;

use wardline_interop::view::ConversationRow;
use wardline_interop::xmpp::features::Feature as Offered;
use wardline_interop::xmpp::ids::MessageId;
use wardline_interop::xmpp::message::OutgoingMessage;
use wardline_interop::xmpp::session::Proof;
use wardline_interop::{Account, Desk, ServerUnderTest, TestClient, ward};

/// Conversations in all.
const ALL: usize = 1_000;
/// Colleagues who write.
const WRITERS: usize = 6;

/// Notes to addresses that nobody has: each is a conversation of whoever writes it, on any server, and needs no account.
async fn write_notes(from: &TestClient, domain: &str, count: usize) {
    let mut receipts = Vec::with_capacity(count);
    for number in 0..count {
        let to = format!("note-{number}@{domain}").parse().unwrap();
        let id = MessageId::new(format!("note-{number}")).unwrap();
        let message = OutgoingMessage::to_person(to, id, format!("Note {number}"));
        receipts.push(from.session().send(message.build()).await.unwrap());
    }
    for receipt in receipts {
        assert_eq!(receipt.await, Proof::Acknowledged);
    }
}

/// What a row must show: what was said last, and how much is unread.
type Wanted = HashMap<String, (String, u32)>;

async fn write(server: &ServerUnderTest, writer: &Account, to: &Account, count: usize, wanted: &mut Wanted) {
    let client = TestClient::connect(server.endpoint(), writer).await.unwrap();
    let texts: Vec<String> = (1..=count).map(|number| format!("Bed {number}")).collect();
    client.send_texts(&to.address, &texts).await.unwrap();
    client.close().await;
    let unread = u32::try_from(count).unwrap();
    wanted.insert(writer.name().to_owned(), (texts.last().unwrap().clone(), unread));
}

fn is_right(row: &ConversationRow, wanted: &Wanted) -> bool {
    let text = row.preview.as_ref().map(|preview| preview.text.as_str());
    let wanted = wanted.get(&row.person.name);
    wanted.is_some_and(|(last, unread)| text == Some(last) && row.unread == *unread)
}

/// Waits until the list shows everything as it must, each conversation once.
async fn until_complete(desk: &mut Desk, wanted: &Wanted) {
    desk.until("the whole list", |desk| {
        let right = desk.rows().iter().filter(|row| is_right(row, wanted)).count();
        (right == wanted.len() && desk.rows().len() == wanted.len()).then_some(())
    })
    .await;
    desk.until_online().await;
    let compared = loop {
        if let Some(compared) = desk.client().diagnostics().await.unwrap().inbox {
            break compared;
        }
        desk.settle().await;
    };
    let conversations = usize::try_from(compared.conversations).unwrap();
    assert_eq!((conversations, compared.differences), (wanted.len(), 0));
    desk.settle().await;
    let mut names: Vec<&str> = desk.rows().iter().map(|row| row.person.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), wanted.len(), "each conversation once");
    assert!(desk.rows().iter().all(|row| is_right(row, wanted)), "{}", desk.dump());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_conversations_are_listed_on_every_device_each_once_with_what_is_unread_in_it() {
    let (server, alice, _) = ward().await;
    let other = TestClient::connect_as(server.endpoint(), &alice, "other")
        .await
        .unwrap();
    if !other.opened().features.has(Offered::Inbox) {
        eprintln!("SKIPPED: the server has no inbox");
        return;
    }
    let mut writers = Vec::with_capacity(WRITERS);
    for number in 0..WRITERS {
        let Ok(writer) = server.account(&format!("writer{number}")).await else {
            eprintln!("SKIPPED: the server has not enough accounts");
            return;
        };
        writers.push(writer);
    }
    // Some of what is unread is at the end of the list, some at its beginning.
    let mut wanted = Wanted::new();
    for (number, writer) in writers.iter().enumerate() {
        if number == WRITERS / 2 {
            let notes = ALL - WRITERS;
            write_notes(&other, &server.endpoint().domain, notes).await;
            wanted.extend((0..notes).map(|number| (format!("note-{number}"), (format!("Note {number}"), 0))));
        }
        write(&server, writer, &alice, number + 1, &mut wanted).await;
    }
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    until_complete(&mut office, &wanted).await;
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    until_complete(&mut home, &wanted).await;
}
