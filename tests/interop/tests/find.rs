//! Finding a colleague before the first message: among those known, and in the hospital's directory where there is one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::Directory;
use wardline_interop::xmpp::session::RequestKind;
use wardline_interop::{Desk, TestClient, ward};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_never_spoken_to_is_found_in_the_directory() {
    let (server, alice, bob) = ward().await;
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    // One that no other test has.
    let surname = format!(
        "Okonkwo{}",
        bob.name().chars().filter(char::is_ascii_digit).collect::<String>()
    );
    bobs.ask_raw(
        None,
        RequestKind::Set,
        &format!(
            "<vCard xmlns='vcard-temp'><FN>Ben {surname}</FN><N><FAMILY>{surname}</FAMILY><GIVEN>Ben</GIVEN></N>\
             <ORG><ORGNAME>Northgate</ORGNAME><ORGUNIT>Ward 7B</ORGUNIT></ORG></vCard>"
        ),
    )
    .await
    .unwrap();
    let desk = Desk::signed_in(server.endpoint(), &alice).await;
    let found = desk.client().find_people(surname.to_lowercase()).await.unwrap();
    if found.directory == Directory::NotOffered {
        eprintln!("SKIPPED: the server has no directory of people");
        assert!(found.people.is_empty(), "nobody here knows them");
        return;
    }
    assert_eq!(found.directory, Directory::Asked);
    let [person] = &found.people[..] else {
        panic!("found {:?}", found.people.len());
    };
    assert_eq!(
        (person.address.as_str(), person.conversation),
        (bob.address.as_str(), None)
    );
    assert_eq!(person.person.name, format!("Ben {surname}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_spoken_to_is_found_by_the_beginning_of_a_name_with_the_conversation() {
    let (server, alice, bob) = ward().await;
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    bobs.ask_raw(
        None,
        RequestKind::Set,
        "<vCard xmlns='vcard-temp'><FN>Inês Prata</FN><TITLE>Registrar</TITLE></vCard>",
    )
    .await
    .unwrap();
    bobs.send_text(&alice.address, "Hello").await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let with = desk
        .until("the name", |desk| desk.row("Inês Prata").map(|row| row.id))
        .await;
    for text in ["ines", "PRA", "registrar in", bob.address.as_str()] {
        let found = desk.client().find_people(text.to_owned()).await.unwrap();
        let first = found.people.first().expect(text);
        assert_eq!(
            (first.address.as_str(), first.conversation),
            (bob.address.as_str(), Some(with)),
            "{text}"
        );
    }
}
