//! The boxes of the server's inbox that this app has no word for: another app of the same person throws conversations away and sorts them.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::{ConversationBox, ConversationRow};
use wardline_interop::xmpp::features::Feature as Offered;
use wardline_interop::xmpp::inbox::{InboxBox, InboxChange};
use wardline_interop::{Account, Desk, ServerUnderTest, TestClient, ward};

/// Another app of alice, which sorts her conversations; a word why the test is skipped where there is no inbox.
async fn sorting_app(server: &ServerUnderTest, alice: &Account) -> Option<TestClient> {
    let app = TestClient::connect_as(server.endpoint(), alice, "sorter")
        .await
        .unwrap();
    if app.opened().features.has(Offered::Inbox) {
        return Some(app);
    }
    eprintln!("SKIPPED: the server has no inbox");
    None
}

async fn put(app: &TestClient, with: &Account, into: InboxBox) {
    let with = with.address.parse().unwrap();
    let change = [InboxChange::Move(into)];
    app.session().set_inbox_properties(&with, &change).await.unwrap();
}

async fn until_shown(desk: &mut Desk, with: &Account, text: &str, shown_in: ConversationBox) -> ConversationRow {
    let shows = |row: &&ConversationRow| {
        row.shown_in == shown_in && row.preview.as_ref().is_some_and(|preview| preview.text == text)
    };
    desk.until(&format!("{text} in {shown_in:?}"), |desk| {
        desk.row(with.name()).filter(shows).cloned()
    })
    .await
}

async fn until_gone(desk: &mut Desk, with: &Account) {
    desk.until("a conversation out of sight", |desk| {
        desk.row(with.name()).is_none().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_app_throws_away_is_out_of_sight_until_something_is_said_again() {
    let (server, alice, bob) = ward().await;
    let Some(other) = sorting_app(&server, &alice).await else {
        return;
    };
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    bobs.send_text(&alice.address, "Bed 4").await.unwrap();
    until_shown(&mut desk, &bob, "Bed 4", ConversationBox::Inbox).await;
    put(&other, &bob, InboxBox::Bin).await;
    until_gone(&mut desk, &bob).await;
    // It stays away, also when the app starts anew, and on a computer that is new.
    desk.settle().await;
    let mut desk = desk.sleep().await.wake().await;
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    for desk in [&mut desk, &mut home] {
        desk.until_online().await;
        desk.settle().await;
        assert!(desk.row(bob.name()).is_none(), "{}", desk.dump());
    }

    bobs.send_text(&alice.address, "Bed 5").await.unwrap();
    let row = until_shown(&mut desk, &bob, "Bed 5", ConversationBox::Inbox).await;
    assert_eq!(row.unread, 2, "throwing away is not reading");

    // A computer that was off learns of it.
    let home = home.sleep().await;
    put(&other, &bob, InboxBox::Bin).await;
    until_gone(&mut desk, &bob).await;
    let mut home = home.wake().await;
    until_gone(&mut home, &bob).await;
    bobs.send_text(&alice.address, "Bed 5 again").await.unwrap();
    for desk in [&mut desk, &mut home] {
        until_shown(desk, &bob, "Bed 5 again", ConversationBox::Inbox).await;
    }

    // What the bin loses, the app has put away already; what is said later is a conversation like any other.
    put(&other, &bob, InboxBox::Bin).await;
    until_gone(&mut desk, &bob).await;
    assert_eq!(other.session().empty_inbox_bin().await.unwrap(), 1);
    assert_eq!(other.session().empty_inbox_bin().await.unwrap(), 0);
    desk.settle().await;
    assert!(desk.row(bob.name()).is_none(), "{}", desk.dump());
    bobs.send_text(&alice.address, "Bed 6").await.unwrap();
    until_shown(&mut desk, &bob, "Bed 6", ConversationBox::Inbox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_app_puts_into_a_box_of_the_hospital_is_put_aside_until_something_is_said_again() {
    let (server, alice, bob) = ward().await;
    let Some(other) = sorting_app(&server, &alice).await else {
        return;
    };
    let boxes = other.session().inbox_boxes().await.unwrap();
    let Some(own) = boxes.into_iter().find(|one| matches!(one, InboxBox::Other(_))) else {
        eprintln!("SKIPPED: the server's inbox has no other boxes");
        return;
    };
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    bobs.send_text(&alice.address, "Bed 4").await.unwrap();
    until_shown(&mut desk, &bob, "Bed 4", ConversationBox::Inbox).await;
    put(&other, &bob, own).await;
    until_shown(&mut desk, &bob, "Bed 4", ConversationBox::Archive).await;
    // A computer that is new sees it there, too.
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    until_shown(&mut home, &bob, "Bed 4", ConversationBox::Archive).await;
    bobs.send_text(&alice.address, "Bed 5").await.unwrap();
    for desk in [&mut desk, &mut home] {
        until_shown(desk, &bob, "Bed 5", ConversationBox::Inbox).await;
    }
}
