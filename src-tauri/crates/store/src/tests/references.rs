use super::*;
use crate::attachments::NewAttachment;
use crate::pending::NewPending;
use crate::revisions::{self, Order, Revision};
use crate::search::Scope;

#[tokio::test]
async fn what_refers_to_a_message_that_is_not_here_waits_for_it() {
    let fixture = Fixture::new().await;
    let (archive, _) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let pending = |target_kind, target: &str, payload: &str, stamp_us| NewPending {
        archive_id: archive,
        kind: PendingKind::Correction,
        target_kind,
        target: target.into(),
        sender_address: "bob@ward.example".into(),
        payload: payload.into(),
        stamp_us,
    };
    use AliasKind::{MessageId as ById, StanzaId as ByArchive};
    for new in [
        pending(ById, "m1", "second", 20),
        pending(ById, "m1", "first", 10),
        pending(ByArchive, "m1", "another kind of id", 30),
        pending(ById, "m2", "another message", 40),
    ] {
        pending::add(&tx, new).await.unwrap();
    }
    let awaited = pending::awaited(&tx, archive, ["m1", "m9"]).await.unwrap();
    assert_eq!(awaited.into_iter().collect::<Vec<_>>(), ["m1"]);
    let take = |targets| pending::take(&tx, archive, targets);
    let taken = take(&[(ById, "m1"), (ById, "m9")]).await.unwrap();
    assert_eq!(
        taken.iter().map(|one| one.payload.as_str()).collect::<Vec<_>>(),
        ["first", "second"]
    );
    assert_eq!(take(&[(ById, "m1")]).await.unwrap(), []);
    assert_eq!(take(&[(ByArchive, "m1")]).await.unwrap().len(), 1);
    assert_eq!(pending::forget_before(&tx, 41).await.unwrap(), 1);
    assert!(pending::awaited(&tx, archive, ["m1", "m2"]).await.unwrap().is_empty());
}

#[tokio::test]
async fn new_reactions_replace_older_ones_of_the_same_person() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let id = messages::insert(&tx, archive, from_bob(conversation, 1, "done"))
        .await
        .unwrap()
        .id();
    let (bob, carol) = (Address::from("bob@ward.example"), Address::from("carol@ward.example"));
    reactions::replace(&tx, id, &bob, &["👍".into(), "🎉".into()], 10)
        .await
        .unwrap();
    reactions::replace(&tx, id, &carol, &["👍".into()], 11).await.unwrap();
    reactions::replace(&tx, id, &bob, &["❤️".into()], 12).await.unwrap();
    let all = reactions::of_messages(&tx, &[id]).await.unwrap();
    let shown: Vec<_> = all
        .iter()
        .map(|one| (one.sender_address.as_str(), one.emoji.as_str()))
        .collect();
    assert_eq!(shown, [("carol@ward.example", "👍"), ("bob@ward.example", "❤️")]);
}

#[tokio::test]
async fn of_two_corrections_the_last_one_holds_however_they_come() {
    use Order::{Backward, Forward, Live};
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let bob = Address::from("bob@ward.example");
    type Told = (&'static str, i64, Order);
    let cases: &[(&str, &[Told], &str)] = &[
        (
            "live, and a clock that was ahead",
            &[("a", 90, Live), ("b", 20, Live)],
            "b",
        ),
        (
            "told again by an archive of whole seconds",
            &[("a", 14, Live), ("b", 16, Live), ("a", 10, Forward)],
            "b",
        ),
        (
            "the second one only by such an archive",
            &[("a", 14, Live), ("a", 10, Forward), ("b", 10, Forward)],
            "b",
        ),
        (
            "going back, both of one second",
            &[("b", 10, Backward), ("a", 10, Backward)],
            "b",
        ),
        (
            "an older one that comes late",
            &[("b", 20, Forward), ("a", 10, Forward)],
            "b",
        ),
        (
            "what was live is dated by the archive",
            &[("a", 90, Live), ("a", 10, Forward), ("b", 20, Forward)],
            "b",
        ),
    ];
    let tx = fixture.store.begin().await.unwrap();
    for (position, (how, told, last)) in (1..).zip(cases) {
        let id = messages::insert(&tx, archive, from_bob(conversation, position, how))
            .await
            .unwrap()
            .id();
        let mut holds = "";
        for (source_id, stamp_us, order) in *told {
            let revision = Revision {
                message: id,
                kind: PendingKind::Correction,
                sender: &bob,
                source_id,
                stamp_us: *stamp_us,
                order: *order,
            };
            if revisions::record(&tx, revision).await.unwrap() {
                holds = source_id;
            }
        }
        assert_eq!(holds, *last, "{how}");
    }
}

#[tokio::test]
async fn a_receipt_never_goes_back() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let id = messages::insert(&tx, archive, from_me(conversation, 1, "done"))
        .await
        .unwrap()
        .id();
    let bob = Address::from("bob@ward.example");
    assert!(
        receipts::record(&tx, id, &bob, ReceiptState::Delivered, 1)
            .await
            .unwrap()
    );
    assert!(receipts::record(&tx, id, &bob, ReceiptState::Read, 2).await.unwrap());
    assert!(
        !receipts::record(&tx, id, &bob, ReceiptState::Delivered, 3)
            .await
            .unwrap()
    );
    assert!(
        !receipts::record(&tx, id, &bob, ReceiptState::Read, 3).await.unwrap(),
        "it was read before"
    );
}

#[tokio::test]
async fn an_attachment_keeps_its_content_until_its_message_is_taken_back() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let id = messages::insert(&tx, archive, from_bob(conversation, 1, "ecg.png"))
        .await
        .unwrap()
        .id();
    let new = NewAttachment {
        message_id: id,
        url: "https://files.example/ecg.png".into(),
        name: Some("ecg.png".into()),
        mime: Some("image/png".into()),
        size: Some(3),
        width: Some(10),
        height: Some(20),
        state: AttachmentState::Remote,
    };
    let attachment = attachments::add(&tx, new).await.unwrap();
    assert_eq!(attachments::content(&tx, attachment).await.unwrap(), None);
    attachments::set_state(&tx, attachment, AttachmentState::Moving)
        .await
        .unwrap();
    attachments::put_content(&tx, attachment, vec![1, 2, 3]).await.unwrap();
    assert_eq!(
        attachments::content(&tx, attachment).await.unwrap(),
        Some(vec![1, 2, 3])
    );
    let all = attachments::of_messages(&tx, &[id]).await.unwrap();
    assert_eq!((all[0].state, all[0].width), (AttachmentState::Local, Some(10)));
    messages::retract(&tx, id, 2).await.unwrap();
    assert_eq!(attachments::of_messages(&tx, &[id]).await.unwrap(), []);
}

#[tokio::test]
async fn search_finds_words_newest_first_page_by_page() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let at = |second: i64| 1_790_000_000_000_000 + second * 1_000_000;
    // Stored newest first, as an archive is read backwards.
    let newer = vec![
        from_bob(bob, at(30), "Potassium 6.1!"),
        from_bob(carol, at(40), "potassium rechecked"),
    ];
    let older = vec![
        from_bob(bob, at(10), "sodium and potassium"),
        from_bob(bob, at(20), "Café at eight?"),
    ];
    let newer: Vec<_> = crate::pages::insert(&tx, archive, newer)
        .await
        .unwrap()
        .iter()
        .map(|one| one.id())
        .collect();
    let older: Vec<_> = crate::pages::insert(&tx, archive, older)
        .await
        .unwrap()
        .iter()
        .map(|one| one.id())
        .collect();
    let found = async |words: &str, scope, before, limit| {
        let hits = search::search(&tx, words, scope, before, limit).await.unwrap();
        hits.into_iter().map(|hit| hit.id).collect::<Vec<_>>()
    };
    assert_eq!(
        found("POTASS", Scope::Everywhere, None, 9).await,
        [newer[1], newer[0], older[0]]
    );
    assert_eq!(
        found("potassium", Scope::Everywhere, None, 2).await,
        [newer[1], newer[0]]
    );
    assert_eq!(
        found("potassium", Scope::Everywhere, Some(newer[0]), 2).await,
        [older[0]]
    );
    assert_eq!(
        found("potassium", Scope::Conversation(bob), None, 9).await,
        [newer[0], older[0]]
    );
    assert_eq!(found("potassium sod", Scope::Everywhere, None, 9).await, [older[0]]);
    assert_eq!(found("cafe", Scope::Everywhere, None, 9).await, [older[1]]);
    for odd in ["\"", "body:x", "a OR", "(", "*", "NEAR(a b)", "-", "6.1"] {
        search::search(&tx, odd, Scope::Everywhere, None, 9).await.unwrap();
    }

    messages::correct(
        &tx,
        older[1],
        &"Canteen at eight?".into(),
        messages::Mentions::default(),
        1,
    )
    .await
    .unwrap();
    assert_eq!(found("cafe", Scope::Everywhere, None, 9).await, []);
    assert_eq!(found("canteen", Scope::Everywhere, None, 9).await, [older[1]]);
    messages::retract(&tx, newer[0], 1).await.unwrap();
    assert_eq!(found("potassium", Scope::Conversation(bob), None, 9).await, [older[0]]);
}
