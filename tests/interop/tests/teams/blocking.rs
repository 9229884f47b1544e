//! Teams that one will not be taken into again, and people who may not.

use wardline_interop::Desk;
use wardline_interop::view::{CommandError, ConversationId, ConversationKind, Membership, TeamChange};

use super::stage::{Stage, change, membership, roles, row, until_details, until_standing};

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_team_takes_nobody_in_until_it_is_unblocked() {
    let Some(stage) = Stage::new().await else { return };
    if !stage.may_block_rooms() {
        return;
    }
    let mut alice = stage.desk(&stage.alice).await;
    let mut bob = stage.desk(&stage.bob).await;
    let (team, there) = both_in(&stage, &mut alice, &mut bob).await;
    assert_eq!(
        bob.client().block(there).await,
        Err(CommandError::NotAllowed),
        "whoever wants to hear nothing more leaves first"
    );
    block(&stage, &alice, team, &mut bob, there).await;

    let people = vec![stage.bob.address.clone()];
    let add = TeamChange::Add { people };
    change(&alice, team, add.clone()).await.unwrap();
    // What is said afterwards comes after the invitation.
    stage.writes(&stage.alice, &stage.bob, "Come in!").await;
    let with_alice = bob.open(stage.alice.name()).await;
    bob.until_text(with_alice, "Come in!").await;
    let held = row(&bob, there).unwrap();
    assert_eq!(
        (membership(held), held.blocked, held.unread),
        (&Membership::Removed, true, 0)
    );

    // A new computer hears of it from the server.
    let mut home = stage.desk(&stage.bob).await;
    drop(bob);
    if let Some(known) = home.row(&stage.name) {
        let known = known.id;
        home.until("the team blocked", |desk| row(desk, known)?.blocked.then_some(()))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_that_was_unblocked_takes_one_in_again() {
    let Some(stage) = Stage::new().await else { return };
    if !stage.may_block_rooms() {
        return;
    }
    let mut alice = stage.desk(&stage.alice).await;
    let mut bob = stage.desk(&stage.bob).await;
    let (team, there) = both_in(&stage, &mut alice, &mut bob).await;
    block(&stage, &alice, team, &mut bob, there).await;
    let asleep = bob.sleep().await;
    let mut bob = asleep.wake().await;
    bob.until_online().await;
    bob.until("the team still blocked", |desk| row(desk, there)?.blocked.then_some(()))
        .await;
    // Out of the list it stays blocked, and among those who are.
    change(&bob, there, TeamChange::Dismiss).await.unwrap();
    bob.until("out of the list", |desk| row(desk, there).is_none().then_some(()))
        .await;
    let blocked = bob.client().blocked().await.unwrap();
    assert_eq!(
        blocked
            .iter()
            .map(|one| (one.person.name.as_str(), one.kind))
            .collect::<Vec<_>>(),
        [(stage.name.as_str(), ConversationKind::Team)]
    );
    let address = blocked[0].address.clone();
    bob.client().unblock_address(address).await.unwrap();
    until_nobody_is_blocked(&mut bob).await;
    let people = vec![stage.bob.address.clone()];
    change(&alice, team, TeamChange::Add { people }).await.unwrap();
    stage.come_in(&mut bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_person_takes_nobody_into_a_team() {
    let Some(stage) = Stage::new().await else { return };
    if !stage.may_block_rooms() {
        return;
    }
    let mut alice = stage.desk(&stage.alice).await;
    let mut bob = stage.desk(&stage.bob).await;
    stage.writes(&stage.alice, &stage.bob, "Buy this").await;
    let with_alice = bob.open(stage.alice.name()).await;
    bob.client().block(with_alice).await.unwrap();
    bob.until("alice blocked", |desk| row(desk, with_alice)?.blocked.then_some(()))
        .await;
    stage.made(&mut alice, &[&stage.bob]).await;
    // Whatever else reaches bob, the team does not.
    stage.writes(&stage.carol, &stage.bob, "Anything new?").await;
    let with_carol = bob.open(stage.carol.name()).await;
    bob.until_text(with_carol, "Anything new?").await;
    assert!(bob.row(&stage.name).is_none());
}

/// alice's team, with bob in it; as it is with her, and with him.
async fn both_in(stage: &Stage, alice: &mut Desk, bob: &mut Desk) -> (ConversationId, ConversationId) {
    let team = stage.made(alice, &[&stage.bob]).await;
    let there = stage.come_in(bob).await;
    until_details(alice, team, "two members", |it| roles(it).len() == 2).await;
    (team, there)
}

/// alice takes bob out, and he blocks the team.
async fn block(stage: &Stage, alice: &Desk, team: ConversationId, bob: &mut Desk, there: ConversationId) {
    let person = stage.bob.address.clone();
    change(alice, team, TeamChange::Remove { person }).await.unwrap();
    until_standing(bob, there, &Membership::Removed).await;
    bob.client().block(there).await.unwrap();
    bob.until("the team blocked", |desk| row(desk, there)?.blocked.then_some(()))
        .await;
}

async fn until_nobody_is_blocked(desk: &mut Desk) {
    for _ in 0..100 {
        if desk.client().blocked().await.unwrap().is_empty() {
            return;
        }
        desk.settle_for(std::time::Duration::from_millis(100)).await;
    }
    panic!("somebody is still blocked");
}
