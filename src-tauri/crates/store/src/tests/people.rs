use super::*;
use crate::accounts::NewAccount;
use crate::contacts::{Profile, RosterEntry};
use crate::conversations::{Ensured, TeamChange};

fn entry(address: &str, name: Option<&str>) -> RosterEntry {
    RosterEntry {
        address: address.into(),
        name: name.map(Text::from),
        subscription: Subscription::Both,
    }
}

#[tokio::test]
async fn there_is_one_account_and_the_last_one_stored_counts() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin().await.unwrap();
    assert_eq!(accounts::get(&tx).await.unwrap(), None);
    for address in ["bob@ward.example", ME] {
        let account = NewAccount {
            address: address.into(),
            resource: "desk".into(),
            server: "{\"kind\":\"automatic\"}".into(),
            credential: "former".into(),
        };
        accounts::put(&tx, account).await.unwrap();
    }
    accounts::set_credential(&tx, "secret".into()).await.unwrap();
    let account = accounts::get(&tx).await.unwrap().unwrap();
    assert_eq!((account.address.as_str(), account.credential.as_str()), (ME, "secret"));
    accounts::remove(&tx).await.unwrap();
    assert_eq!(accounts::get(&tx).await.unwrap(), None);
}

#[tokio::test]
async fn roster_and_profile_do_not_overwrite_each_other() {
    let fixture = Fixture::new().await;
    let bob = Address::from("bob@ward.example");
    let tx = fixture.store.begin().await.unwrap();
    let profile = |fetched_us| Profile {
        full_name: Some("Robert Okafor".into()),
        role: Some("Registrar".into()),
        ward: None,
        avatar_hash: None,
        fetched_us,
    };
    assert!(contacts::set_avatar(&tx, &bob, Some("abc")).await.unwrap());
    assert!(!contacts::set_avatar(&tx, &bob, Some("abc")).await.unwrap());
    assert!(contacts::put_profile(&tx, &bob, profile(1)).await.unwrap());
    assert!(
        !contacts::put_profile(&tx, &bob, profile(2)).await.unwrap(),
        "only the time of fetching changed"
    );
    let contact = contacts::get(&tx, &bob).await.unwrap().unwrap();
    assert_eq!(contact.name().map(Text::as_str), Some("Robert Okafor"));
    assert_eq!(
        (contact.profile_us, contact.avatar_hash.as_deref()),
        (Some(2), Some("abc"))
    );

    assert!(contacts::put_roster_entry(&tx, entry(&bob, Some("Bob"))).await.unwrap());
    assert!(!contacts::put_roster_entry(&tx, entry(&bob, Some("Bob"))).await.unwrap());
    assert_eq!(
        contacts::get(&tx, &bob)
            .await
            .unwrap()
            .unwrap()
            .name()
            .map(Text::as_str),
        Some("Bob")
    );
    contacts::put_roster_entry(&tx, entry(&bob, Some("  "))).await.unwrap();
    let contact = contacts::get(&tx, &bob).await.unwrap().unwrap();
    assert_eq!(
        contact.name().map(Text::as_str),
        Some("Robert Okafor"),
        "a blank name is none"
    );
    assert_eq!(contact.role, Some("Registrar".into()));
}

#[tokio::test]
async fn a_new_roster_takes_out_who_is_not_in_it_and_says_who_changed() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin().await.unwrap();
    let first = vec![
        entry("bob@ward.example", Some("Bob")),
        entry("carol@ward.example", Some("Carol")),
    ];
    contacts::replace_roster(&tx, first).await.unwrap();
    let second = vec![
        entry("carol@ward.example", Some("Carol")),
        entry("dave@ward.example", None),
    ];
    let changed = contacts::replace_roster(&tx, second).await.unwrap();
    assert_eq!(changed, ["bob@ward.example".into(), "dave@ward.example".into()]);
    let listed: Vec<_> = contacts::list(&tx)
        .await
        .unwrap()
        .into_iter()
        .filter(|contact| contact.subscription.is_some())
        .map(|contact| contact.address.into_string())
        .collect();
    assert_eq!(listed, ["carol@ward.example", "dave@ward.example"]);
}

#[tokio::test]
async fn pictures_that_nobody_announces_go() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin().await.unwrap();
    for hash in ["used", "unused"] {
        let avatar = avatars::Avatar {
            hash: hash.into(),
            mime: "image/png".into(),
            bytes: vec![1, 2, 3],
        };
        avatars::put(&tx, avatar).await.unwrap();
    }
    contacts::set_avatar(&tx, &"bob@ward.example".into(), Some("used"))
        .await
        .unwrap();
    assert_eq!(avatars::remove_unused(&tx).await.unwrap(), 1);
    assert!(avatars::exists(&tx, "used").await.unwrap() && !avatars::exists(&tx, "unused").await.unwrap());
    assert_eq!(avatars::get(&tx, "used").await.unwrap().unwrap().bytes, [1, 2, 3]);
}

#[tokio::test]
async fn a_conversation_is_made_once_and_changed_in_place() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin().await.unwrap();
    let room = archives::ensure(&tx, &"icu@rooms.example".into(), ArchiveKind::Room)
        .await
        .unwrap();
    assert_eq!(
        archives::ensure(&tx, &"icu@rooms.example".into(), ArchiveKind::Room)
            .await
            .unwrap(),
        room
    );
    assert_eq!(archives::get(&tx, room).await.unwrap().unwrap().kind, ArchiveKind::Room);
    let team = || NewConversation {
        kind: ConversationKind::Team,
        ..person(room, "icu@rooms.example")
    };
    let Ensured::Created(id) = conversations::ensure(&tx, team()).await.unwrap() else {
        panic!("it was there")
    };
    assert_eq!(conversations::ensure(&tx, team()).await.unwrap(), Ensured::Existing(id));

    let change = TeamChange {
        title: Some(("ICU night".into(), TitleSource::Team)),
        members: Some(12),
        ..TeamChange::default()
    };
    conversations::change_team(&tx, id, change).await.unwrap();
    let change = TeamChange {
        nick: Some("Alice".into()),
        ..TeamChange::default()
    };
    conversations::change_team(&tx, id, change).await.unwrap();
    // A bookmark's name is worth less than the team's own, and a person has none.
    let poorer = TeamChange {
        title: Some(("icu".into(), TitleSource::Bookmark)),
        ..TeamChange::default()
    };
    conversations::change_team(&tx, id, poorer.clone()).await.unwrap();
    let bob = conversations::ensure(&tx, person(room, "bob@ward.example"))
        .await
        .unwrap()
        .id();
    let refused = conversations::change_team(&tx, bob, poorer).await;
    assert!(matches!(refused, Err(StoreError::NotFound)));
    conversations::set_muted(&tx, id, Some(i64::MAX)).await.unwrap();
    conversations::set_marked_unread(&tx, id, true).await.unwrap();
    conversations::set_sort(&tx, id, 99).await.unwrap();
    let stored = conversations::by_address(&tx, &"icu@rooms.example".into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (stored.title, stored.nick, stored.members),
        (Some("ICU night".into()), Some("Alice".into()), Some(12))
    );
    assert_eq!(
        (stored.muted_until_us, stored.marked_unread, stored.sort_us),
        (Some(i64::MAX), true, 99)
    );
    remove_conversation(&tx, bob).await;
    remove_conversation(&tx, id).await;
    assert_eq!(conversations::list(&tx).await.unwrap(), []);
    assert_eq!(
        conversations::set_pinned(&tx, id, true).await,
        Err(StoreError::NotFound)
    );
}

#[tokio::test]
async fn a_removed_conversation_takes_everything_with_it() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    messages::insert(&tx, archive, from_bob(conversation, 1, "potassium"))
        .await
        .unwrap();
    drafts::set(&tx, conversation, &"draft".into(), 1).await.unwrap();
    remove_conversation(&tx, conversation).await;
    let again = conversations::ensure(&tx, person(archive, "bob@ward.example"))
        .await
        .unwrap()
        .id();
    let outcome = messages::insert(&tx, archive, from_bob(again, 1, "sodium"))
        .await
        .unwrap();
    assert!(
        matches!(outcome, crate::pages::Outcome::Inserted(_)),
        "its ids were still known"
    );
    let search = |words| search::search(&tx, words, search::Scope::Everywhere, None, 9);
    assert_eq!(search("potassium").await.unwrap(), []);
    assert_eq!(search("sodium").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_draft_is_kept_changed_and_cleared() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    assert!(drafts::set(&tx, bob, &"I w".into(), 1).await.unwrap());
    assert!(!drafts::set(&tx, bob, &"I w".into(), 2).await.unwrap());
    assert!(drafts::set(&tx, bob, &"I will".into(), 3).await.unwrap());
    let draft = async || chat_list::row(&tx, bob).await.unwrap().unwrap().draft;
    assert_eq!(draft().await, Some("I will".into()));
    assert!(drafts::set(&tx, bob, &"".into(), 4).await.unwrap());
    assert_eq!(draft().await, None);
    assert!(!drafts::clear(&tx, bob).await.unwrap());
}

#[tokio::test]
async fn settings_are_replaced_and_removed() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.begin().await.unwrap();
    assert_eq!(settings::get(&tx, "theme").await.unwrap(), None);
    settings::set(&tx, "theme", &"dark".into()).await.unwrap();
    settings::set(&tx, "theme", &"light".into()).await.unwrap();
    assert_eq!(settings::get(&tx, "theme").await.unwrap(), Some("light".into()));
    settings::remove(&tx, "theme").await.unwrap();
    assert_eq!(settings::get(&tx, "theme").await.unwrap(), None);
}

#[tokio::test]
async fn a_pending_change_is_replaced_by_a_newer_one_and_outlives_the_confirmation_of_the_older() {
    use pending_sync::PendingSync;
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let row = |conversation_id, kind, value: &str| PendingSync {
        conversation_id,
        kind,
        value: value.into(),
    };
    let tx = fixture.store.begin().await.unwrap();
    let (older, newer) = (row(bob, PendingSyncKind::Pin, "1"), row(bob, PendingSyncKind::Pin, "2"));
    let (muted, bookmark) = (
        row(bob, PendingSyncKind::Mute, "1"),
        row(carol, PendingSyncKind::Bookmark, ""),
    );
    for pending in [&bookmark, &older, &muted, &newer] {
        pending_sync::put(&tx, pending.clone()).await.unwrap();
    }
    pending_sync::remove_unchanged(&tx, &older).await.unwrap();
    let settings = [PendingSyncKind::Pin, PendingSyncKind::Mute];
    let listed = pending_sync::list(&tx, &settings).await.unwrap();
    assert_eq!(listed, [muted, newer.clone()], "by conversation, then kind");
    pending_sync::remove_unchanged(&tx, &newer).await.unwrap();
    assert!(!pending_sync::exists(&tx, bob, PendingSyncKind::Pin).await.unwrap());
    assert!(
        pending_sync::exists(&tx, carol, PendingSyncKind::Bookmark)
            .await
            .unwrap()
    );
    pending_sync::remove(&tx, carol, PendingSyncKind::Bookmark)
        .await
        .unwrap();
    remove_conversation(&tx, bob).await;
    assert_eq!(pending_sync::list(&tx, &[PendingSyncKind::Mute]).await.unwrap(), []);
}
