//! Teams that one is not in any more, by whoever's doing: what was said stays in sight, on a server that moves them to the bin of its
//! inbox, too. Only what somebody has thrown away is out of sight.

use wardline_interop::TestClient;
use wardline_interop::view::{Membership, TeamChange};
use wardline_interop::xmpp::features::Feature as Offered;
use wardline_interop::xmpp::inbox::{InboxBox, InboxChange, InboxQuery};
use wardline_interop::xmpp::message::MessageKind;

use crate::stage::{Stage, change, membership, row, until_standing};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_taken_out_still_has_the_team_and_what_is_unread_in_it_after_a_restart() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    for text in ["Bed 3 is free", "Bed 5 is not"] {
        alice.client().send(team, text.to_owned()).await.unwrap();
        bob.until_text(there, text).await;
    }
    let first = bob.messages(there).first().unwrap().id;
    bob.client().mark_read(there, first).await.unwrap();
    bob.close(there).await;
    let unread = |bob: &wardline_interop::Desk| row(bob, there).map(|row| row.unread);
    bob.until("one unread", |desk| (unread(desk) == Some(1)).then_some(()))
        .await;
    let person = stage.bob.address.clone();
    change(&alice, team, TeamChange::Remove { person }).await.unwrap();
    until_standing(&mut bob, there, &Membership::Removed).await;
    for _ in 0..2 {
        bob = bob.restart().await;
        bob.until_online().await;
        bob.until_caught_up().await;
        let shown = row(&bob, there).expect("the team is in the list");
        assert_eq!((membership(shown), shown.unread), (&Membership::Removed, 1));
        bob.open_id(there).await;
        assert_eq!(bob.texts(there), ["Bed 3 is free", "Bed 5 is not"]);
        bob.close(there).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_that_ended_while_this_computer_was_off_is_still_there() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    alice.client().send(team, "Bed 3 is free".to_owned()).await.unwrap();
    bob.until_text(there, "Bed 3 is free").await;
    let asleep = bob.sleep().await;
    change(&alice, team, TeamChange::End).await.unwrap();
    until_standing(&mut alice, team, &Membership::Ended).await;
    let mut bob = asleep.wake().await;
    bob.until("no member any more", |desk| {
        (*membership(row(desk, there)?) != Membership::Member).then_some(())
    })
    .await;
    let mut bob = bob.restart().await;
    bob.until_online().await;
    bob.until_caught_up().await;
    assert!(row(&bob, there).is_some(), "{}", bob.dump());
    bob.open_id(there).await;
    assert_eq!(bob.texts(there), ["Bed 3 is free"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_that_another_app_threw_away_is_out_of_sight_while_one_is_in_it() {
    let Some(stage) = Stage::new().await else { return };
    let app = TestClient::connect_as(stage.server.endpoint(), &stage.bob, "sorter")
        .await
        .unwrap();
    if !app.opened().features.has(Offered::Inbox) {
        eprintln!("SKIPPED: the server has no inbox");
        return;
    }
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    alice.client().send(team, "Bed 3 is free".to_owned()).await.unwrap();
    bob.until_text(there, "Bed 3 is free").await;
    bob.close(there).await;
    let page = app.session().inbox_page(InboxQuery::newest(50)).await.unwrap();
    let listed = page
        .entries
        .into_iter()
        .find(|entry| entry.last.kind == MessageKind::GroupChat);
    let room = listed.expect("an entry of the team").last.conversation;
    let bin = [InboxChange::Move(InboxBox::Bin)];
    let off = stage.desk(&stage.bob).await.sleep().await;
    app.session().set_inbox_properties(&room, &bin).await.unwrap();
    bob.until("out of the list", |desk| row(desk, there).is_none().then_some(()))
        .await;
    // So it is where the app was not running, and on a computer that is new.
    let mut off = off.wake().await;
    let mut home = stage.desk(&stage.bob).await;
    for desk in [&mut off, &mut home] {
        desk.until_online().await;
        desk.until_caught_up().await;
        let name = &stage.name;
        desk.until("out of the list", |desk| desk.row(name).is_none().then_some(()))
            .await;
    }
    alice.client().send(team, "Bed 5, too".to_owned()).await.unwrap();
    bob.until("back in the list", |desk| row(desk, there).map(drop)).await;
}
