//! The app's own way through the inbox, on the Prosody that has MongooseIM's.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in the functions that it calls too"
)]

use std::path::Path;

use wardline_test_support::client::TestClient;
use wardline_test_support::servers::{Feature, ServerUnderTest};
use wardline_xmpp::BareJid;
use wardline_xmpp::inbox::{InboxBox, InboxChange, InboxQuery, Reading};

#[tokio::test]
async fn a_prosody_with_an_inbox_is_described_and_read_by_the_session() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../servers/prosody-inbox.toml");
    let server = ServerUnderTest::from_toml(&file).await.unwrap();
    assert!(server.has(Feature::Inbox) && server.is_ours());
    let (alice, bob) = (
        server.account("alice").await.unwrap(),
        server.account("bob").await.unwrap(),
    );
    let from_alice = TestClient::connect(server.endpoint(), &alice).await.unwrap();
    let mut at_bob = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    from_alice.send_text(&bob.address, "Bed 4").await.unwrap();
    let delivered = at_bob.expect_text("Bed 4").await.unwrap();

    let query = InboxQuery::newest(10);
    let session = at_bob.session();
    let page = session.inbox_page(query.clone()).await.unwrap();
    assert_eq!((page.entries.len(), page.failures, page.unread_messages), (1, 0, 1));
    let entry = page.entries.first().unwrap();
    assert_eq!(entry.last.conversation.as_str(), alice.address);
    assert_eq!(entry.last.archive_id, delivered.archive_id);
    assert!(delivered.archive_id.is_some());
    let boxes = session.inbox_boxes().await.unwrap();
    let own = InboxBox::Other("handover".to_owned());
    assert_eq!(boxes, [InboxBox::Inbox, InboxBox::Archive, InboxBox::Bin, own]);

    let conversation = BareJid::new(&alice.address).unwrap();
    let changes = [InboxChange::Reading(Reading::Read), InboxChange::Move(InboxBox::Bin)];
    session.set_inbox_properties(&conversation, &changes).await.unwrap();
    let properties = session.inbox_properties(&conversation).await.unwrap();
    assert_eq!((properties.reading, properties.in_box), (Reading::Read, InboxBox::Bin));
    assert!(session.inbox_page(query).await.unwrap().entries.is_empty());
    assert_eq!(session.empty_inbox_bin().await.unwrap(), 1);
}
