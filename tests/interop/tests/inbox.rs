//! One true list of conversations on every device, with the server's inbox where it has one and without it elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::{
    ConnectionView, ConversationBox, ConversationChange, ConversationId, ConversationRow, MUTED_FOR_EVER,
};
use wardline_interop::xmpp::features::Feature as Offered;
use wardline_interop::xmpp::inbox::{InboxBox, InboxChange, InboxEntry, InboxQuery, Reading};
use wardline_interop::xmpp::jid::BareJid;
use wardline_interop::{Account, Desk, ServerUnderTest, TestClient, ward};

async fn carol(server: &ServerUnderTest) -> Account {
    server.account("carol").await.unwrap()
}

/// Another app of alice on which nobody looks at anything.
async fn other_app(server: &ServerUnderTest, alice: &Account) -> TestClient {
    TestClient::connect_as(server.endpoint(), alice, "other").await.unwrap()
}

fn has(client: &TestClient, feature: Offered) -> bool {
    client.opened().features.has(feature)
}

/// Another app of alice that knows nothing but the server's inbox; a word why the test is skipped where there is none.
async fn app_of_inboxes(server: &ServerUnderTest, alice: &Account) -> Option<TestClient> {
    let app = other_app(server, alice).await;
    if has(&app, Offered::Inbox) {
        return Some(app);
    }
    eprintln!("SKIPPED: the server has no inbox");
    None
}

/// Whether devices that were off learn what was decided and read elsewhere; a word why the test is skipped where not.
async fn shares(client: &TestClient) -> bool {
    let shares = has(client, Offered::Inbox) || client.keeps_nodes_private().await.unwrap();
    if !shares {
        eprintln!("SKIPPED: the server keeps neither an inbox nor anything private");
    }
    shares
}

/// What the server's inbox says of the conversation with somebody.
async fn kept(client: &TestClient, with: &Account) -> InboxEntry {
    let page = client.session().inbox_page(InboxQuery::newest(50)).await.unwrap();
    let of = page.entries.into_iter();
    of.into_iter()
        .find(|entry| entry.last.conversation.as_str() == with.address)
        .expect("an entry")
}

async fn until_kept(client: &TestClient, with: &Account, what: &str, holds: impl Fn(&InboxEntry) -> bool) {
    for _ in 0..200 {
        if holds(&kept(client, with).await) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the server's inbox never said: {what}");
}

async fn until_row(
    desk: &mut Desk,
    with: &Account,
    what: &str,
    holds: impl Fn(&ConversationRow) -> bool,
) -> ConversationRow {
    desk.until(what, |desk| desk.row(with.name()).filter(|row| holds(row)).cloned())
        .await
}

async fn until_unread(desk: &mut Desk, with: &Account, unread: u32) -> ConversationId {
    until_row(desk, with, &format!("{unread} unread"), |row| row.unread == unread)
        .await
        .id
}

/// Reads everything of a conversation as somebody who looks at it.
async fn read_all(desk: &mut Desk, with: &Account) {
    let talk = desk.open(with.name()).await;
    let last = desk.messages(talk).last().unwrap().id;
    desk.client().mark_read(talk, last).await.unwrap();
    until_unread(desk, with, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_computer_knows_what_is_unread_and_what_was_read_elsewhere() {
    let (server, alice, bob) = ward().await;
    let carol = carol(&server).await;
    let look = other_app(&server, &alice).await;
    if !shares(&look).await {
        return;
    }
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let carols = TestClient::connect(server.endpoint(), &carol).await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    for text in ["Bed 4", "Bed 5"] {
        bobs.send_text(&alice.address, text).await.unwrap();
    }
    until_unread(&mut office, &bob, 2).await;
    read_all(&mut office, &bob).await;
    // A marker that comes after the next message names one that is not the last any more, and resets nothing.
    if has(&look, Offered::Inbox) {
        until_kept(&look, &bob, "read", |entry| entry.unread == 0).await;
    }
    bobs.send_text(&alice.address, "Bed 6").await.unwrap();
    carols.send_text(&alice.address, "Handover at eight").await.unwrap();
    until_unread(&mut office, &bob, 1).await;
    until_unread(&mut office, &carol, 1).await;
    office.settle().await;

    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    until_unread(&mut home, &bob, 1).await;
    until_unread(&mut home, &carol, 1).await;
    read_all(&mut home, &carol).await;
    until_unread(&mut office, &carol, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_computer_counts_what_is_unread_beyond_a_page() {
    let (server, alice, bob) = ward().await;
    if app_of_inboxes(&server, &alice).await.is_none() {
        return;
    }
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let texts: Vec<String> = (1..=130).map(|bed| format!("Bed {bed}")).collect();
    bobs.send_texts(&alice.address, &texts).await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    until_unread(&mut office, &bob, 130).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_here_is_read_for_an_app_that_knows_the_servers_inbox_alone() {
    let (server, alice, bob) = ward().await;
    let Some(other) = app_of_inboxes(&server, &alice).await else {
        return;
    };
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let first = bobs.send_text(&alice.address, "Potassium 6.1").await.unwrap();
    until_unread(&mut desk, &bob, 1).await;
    until_kept(&other, &bob, "one unread", |entry| entry.unread == 1).await;
    read_all(&mut desk, &bob).await;
    until_kept(&other, &bob, "read", |entry| entry.unread == 0).await;

    // Nobody can name a reaction in a marker, and it is no message to be read.
    bobs.send_text(&alice.address, "Repeat sent").await.unwrap();
    until_unread(&mut desk, &bob, 1).await;
    bobs.send_raw(&format!(
        "<message xmlns='jabber:client' to='{}' type='chat' id='thumb'><reactions xmlns='urn:xmpp:reactions:0' id='{}'><reaction>👍</reaction>\
         </reactions><store xmlns='urn:xmpp:hints'/></message>",
        alice.address,
        first.as_str()
    ))
    .await
    .unwrap();
    until_kept(&other, &bob, "message and reaction", |entry| entry.unread == 2).await;
    let row = until_row(&mut desk, &bob, "one message", |row| row.unread == 1).await;
    assert_eq!(row.preview.unwrap().text, "Repeat sent");
    read_all(&mut desk, &bob).await;
    until_kept(&other, &bob, "read", |entry| entry.unread == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_knows_the_servers_inbox_alone_reads_mutes_and_archives_here_too() {
    let (server, alice, bob) = ward().await;
    let Some(other) = app_of_inboxes(&server, &alice).await else {
        return;
    };
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    bobs.send_text(&alice.address, "Are you there?").await.unwrap();
    until_unread(&mut desk, &bob, 1).await;
    let with: BareJid = bob.address.parse().unwrap();
    let set = async |changes: &[InboxChange]| other.session().set_inbox_properties(&with, changes).await.unwrap();
    set(&[InboxChange::Reading(Reading::Read)]).await;
    until_unread(&mut desk, &bob, 0).await;
    set(&[InboxChange::Reading(Reading::Unread)]).await;
    until_row(&mut desk, &bob, "marked as unread", |row| row.marked_unread).await;
    set(&[InboxChange::Mute { seconds: 3_600 }]).await;
    until_row(&mut desk, &bob, "muted", |row| row.muted_until.is_some()).await;
    set(&[InboxChange::Mute { seconds: 0 }]).await;
    until_row(&mut desk, &bob, "not muted", |row| row.muted_until.is_none()).await;
    set(&[InboxChange::Move(InboxBox::Archive)]).await;
    until_row(&mut desk, &bob, "archived", |row| {
        row.shown_in == ConversationBox::Archive
    })
    .await;
    bobs.send_text(&alice.address, "Something new").await.unwrap();
    until_row(&mut desk, &bob, "back", |row| row.shown_in == ConversationBox::Inbox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_on_one_device_holds_on_all_also_on_one_that_was_off() {
    let (server, alice, bob) = ward().await;
    let carol = carol(&server).await;
    let look = other_app(&server, &alice).await;
    if !shares(&look).await {
        return;
    }
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let carols = TestClient::connect(server.endpoint(), &carol).await.unwrap();
    bobs.send_text(&alice.address, "Bed 4").await.unwrap();
    carols.send_text(&alice.address, "Bed 5").await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    let mut ward = Desk::signed_in(server.endpoint(), &alice).await;
    for desk in [&mut office, &mut home, &mut ward] {
        for from in [&bob, &carol] {
            until_unread(desk, from, 1).await;
        }
    }
    let ward = ward.sleep().await;
    let (with_bob, with_carol) = (office.row(bob.name()).unwrap().id, office.row(carol.name()).unwrap().id);
    let muted = ConversationChange::Mute {
        until: Some(MUTED_FOR_EVER),
    };
    let archived = ConversationChange::Move {
        to: ConversationBox::Archive,
    };
    office
        .client()
        .decide(with_bob, ConversationChange::Pin { pinned: true })
        .await
        .unwrap();
    office.client().decide(with_bob, muted).await.unwrap();
    office.client().decide(with_carol, archived).await.unwrap();
    let mut ward = ward.wake().await;
    for desk in [&mut office, &mut home, &mut ward] {
        until_row(desk, &bob, "pinned and muted", |row| {
            row.muted_until.is_some() && row.pinned
        })
        .await;
        until_row(desk, &carol, "archived", |row| row.shown_in == ConversationBox::Archive).await;
        assert_eq!(desk.rows().last().unwrap().person.name, carol.name());
    }
    // A computer that is new learns it, too.
    let mut theatre = Desk::signed_in(server.endpoint(), &alice).await;
    until_row(&mut theatre, &bob, "pinned and muted", |row| {
        row.muted_until.is_some() && row.pinned
    })
    .await;
    until_row(&mut theatre, &carol, "archived", |row| {
        row.shown_in == ConversationBox::Archive
    })
    .await;
    carols.send_text(&alice.address, "Bed 6").await.unwrap();
    for desk in [&mut office, &mut home, &mut ward, &mut theatre] {
        until_row(desk, &carol, "back in the inbox", |row| {
            row.shown_in == ConversationBox::Inbox
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn marked_as_unread_is_so_everywhere_until_it_is_read_again() {
    let (server, alice, bob) = ward().await;
    let look = other_app(&server, &alice).await;
    if !shares(&look).await {
        return;
    }
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    bobs.send_text(&alice.address, "Bed 4").await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    until_unread(&mut office, &bob, 1).await;
    read_all(&mut office, &bob).await;
    let with_bob = until_unread(&mut home, &bob, 0).await;
    home.client()
        .decide(with_bob, ConversationChange::MarkUnread)
        .await
        .unwrap();
    for desk in [&mut office, &mut home] {
        until_row(desk, &bob, "marked", |row| row.marked_unread).await;
    }
    read_all(&mut office, &bob).await;
    for desk in [&mut office, &mut home] {
        until_row(desk, &bob, "no longer marked", |row| !row.marked_unread).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_before_there_is_a_connection_is_read_for_everybody_then() {
    let (server, alice, bob) = ward().await;
    let mut bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    let said = bobs.send_text(&alice.address, "Bed 4").await.unwrap();
    for desk in [&mut office, &mut home] {
        until_unread(desk, &bob, 1).await;
    }
    let mut office = office.sleep().await.wake().await;
    read_all(&mut office, &bob).await;
    bobs.expect_displayed(&said).await.unwrap();
    until_unread(&mut home, &bob, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_absence_the_list_is_as_on_the_server_and_the_comparison_finds_nothing() {
    let (server, alice, bob) = ward().await;
    let carol = carol(&server).await;
    let Some(other) = app_of_inboxes(&server, &alice).await else {
        return;
    };
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let carols = TestClient::connect(server.endpoint(), &carol).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    bobs.send_text(&alice.address, "Bed 4").await.unwrap();
    carols.send_text(&alice.address, "Bed 5").await.unwrap();
    until_unread(&mut desk, &bob, 1).await;
    until_unread(&mut desk, &carol, 1).await;
    let away = desk.sleep().await;

    let read = [InboxChange::Reading(Reading::Read)];
    let with_bob: BareJid = bob.address.parse().unwrap();
    other.session().set_inbox_properties(&with_bob, &read).await.unwrap();
    for text in ["Bed 6", "Bed 7"] {
        carols.send_text(&alice.address, text).await.unwrap();
    }
    let mut desk = away.wake().await;
    until_unread(&mut desk, &bob, 0).await;
    until_unread(&mut desk, &carol, 3).await;
    let compared = loop {
        if let Some(compared) = desk.client().diagnostics().await.unwrap().inbox {
            break compared;
        }
        desk.settle().await;
    };
    assert_eq!((compared.conversations, compared.differences), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_person_is_shown_as_such_on_all_devices_and_is_no_news() {
    let (server, alice, bob) = ward().await;
    let look = other_app(&server, &alice).await;
    if !has(&look, Offered::Blocking) {
        eprintln!("SKIPPED: the server cannot block");
        return;
    }
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    bobs.send_text(&alice.address, "Buy this").await.unwrap();
    let with_bob = until_unread(&mut office, &bob, 1).await;
    until_unread(&mut home, &bob, 1).await;
    office.client().block(with_bob).await.unwrap();
    for desk in [&mut office, &mut home] {
        let row = until_row(desk, &bob, "blocked", |row| row.blocked).await;
        assert_eq!(row.unread, 0);
    }
    bobs.send_text(&alice.address, "Buy that").await.unwrap();
    // A new computer asks the server's inbox, which may count what nobody got.
    let mut ward = Desk::signed_in(server.endpoint(), &alice).await;
    let row = until_row(&mut ward, &bob, "blocked", |row| row.blocked).await;
    assert_eq!(row.unread, 0);
    let blocked = home.client().blocked().await.unwrap();
    let those: Vec<&str> = blocked.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(those, [bob.address.as_str()]);
    home.client().unblock_address(bob.address.clone()).await.unwrap();
    for desk in [&mut office, &mut home, &mut ward] {
        until_row(desk, &bob, "no longer blocked", |row| !row.blocked).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_aside_is_back_on_a_new_computer_though_nobody_was_there_when_something_was_said() {
    let (server, alice, bob) = ward().await;
    let look = other_app(&server, &alice).await;
    if !shares(&look).await {
        return;
    }
    look.close().await;
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    bobs.send_text(&alice.address, "Bed 4").await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    let with_bob = until_unread(&mut office, &bob, 1).await;
    let archived = ConversationChange::Move {
        to: ConversationBox::Archive,
    };
    office.client().decide(with_bob, archived).await.unwrap();
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    for desk in [&mut office, &mut home] {
        until_row(desk, &bob, "archived", |row| row.shown_in == ConversationBox::Archive).await;
    }
    let (office, home) = (office.sleep().await, home.sleep().await);
    // Longer than a clock and an archive may be apart.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    bobs.send_text(&alice.address, "Bed 5").await.unwrap();
    let ward = Desk::signed_in(server.endpoint(), &alice).await;
    for mut desk in [ward, office.wake().await, home.wake().await] {
        until_row(&mut desk, &bob, "back in the inbox", |row| {
            row.shown_in == ConversationBox::Inbox && row.unread > 0
        })
        .await;
        desk.until_online().await;
        desk.settle().await;
        assert_eq!(desk.row(bob.name()).unwrap().shown_in, ConversationBox::Inbox);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_before_everything_is_here_does_not_look_marked_as_unread() {
    let (server, alice, bob) = ward().await;
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    bobs.send_text(&alice.address, "Bed 4").await.unwrap();
    until_unread(&mut desk, &bob, 1).await;
    let mut desk = desk.sleep().await.wake().await;
    desk.until("connected", |desk| {
        (!matches!(desk.connection(), ConnectionView::Connecting | ConnectionView::Offline)).then_some(())
    })
    .await;
    read_all(&mut desk, &bob).await;
    desk.until_online().await;
    desk.settle().await;
    let row = desk.row(bob.name()).unwrap();
    assert_eq!((row.unread, row.marked_unread), (0, false));
}
