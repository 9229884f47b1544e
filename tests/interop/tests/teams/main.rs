//! Teams from their making to their end, by what the app itself does. The same on services of XEP-0045 and of MUC Light.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

mod asked;
mod blocking;
mod ended;
mod lines;
mod names;
mod stage;

use stage::{Stage, author_key, change, membership, roles, row, until_details, until_standing};
use wardline_interop::view::{
    CommandError, Composing, Delivery, Membership, Mentioned, NewTeam, NotificationLevel, SendFailure, TeamAction,
    TeamChange, TeamRole, TextToken, Wanted,
};
use wardline_interop::xmpp::session::RequestKind;
use wardline_interop::{TestClient, text_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_made_and_its_members_talk() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    alice.client().send(team, "Handover at seven".to_owned()).await.unwrap();
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    bob.until_text(there, "Handover at seven").await;
    bob.client().send(there, "On my way".to_owned()).await.unwrap();
    alice.until_text(team, "On my way").await;

    let details = until_details(&mut alice, team, "two members", |it| roles(it).len() == 2).await;
    assert_eq!(details.name, stage.name);
    assert_eq!(details.purpose.as_deref(), Some("Handover"));
    let expected = [
        (stage.alice.name().to_owned(), TeamRole::Owner),
        (stage.bob.name().to_owned(), TeamRole::Member),
    ];
    assert_eq!(roles(&details), expected);
    assert!(details.allowed.contains(&TeamAction::Add) && details.allowed.contains(&TeamAction::End));
    let seen = until_details(&mut bob, there, "what bob may do", |it| roles(it).len() == 2).await;
    assert_eq!(seen.allowed, [TeamAction::Leave]);
    assert_eq!(seen.purpose.as_deref(), Some("Handover"));
    // The server does not let a member do more either.
    let added = TeamChange::Add {
        people: vec![stage.carol.address.clone()],
    };
    assert_eq!(change(&bob, there, added).await, Err(CommandError::NotAllowed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_member_sees_what_was_said_before_and_everybody_sees_the_member() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    for text in ["Bed 3 is free", "Bed 5 is not"] {
        alice.client().send(team, text.to_owned()).await.unwrap();
        alice.until_text(team, text).await;
    }
    let mut carol = stage.desk(&stage.carol).await;
    let added = TeamChange::Add {
        people: vec![stage.carol.address.clone()],
    };
    change(&alice, team, added).await.unwrap();
    let there = stage.come_in(&mut carol).await;
    carol.until_texts(there, &["Bed 3 is free", "Bed 5 is not"]).await;
    until_details(&mut alice, team, "three members", |it| roles(it).len() == 3).await;
    until_details(&mut carol, there, "three members", |it| roles(it).len() == 3).await;
    assert_eq!(
        row(&carol, there).unwrap().unread,
        0,
        "what was said before somebody came is not unread"
    );
    let found = carol.check(there).await;
    assert_eq!((found.fetched, found.moved, found.gone), (0, 0, 0), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_is_told_apart_until_it_is_read() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    until_details(&mut bob, there, "two members", |it| roles(it).len() == 2).await;
    let to_alice = format!("@{} please look, bed 3", stage.alice.name());
    for text in [to_alice.as_str(), "Nothing for you", "@everyone tea"] {
        bob.client().send(there, text.to_owned()).await.unwrap();
        alice.until_text(team, text).await;
    }
    alice.close(team).await;
    let head = alice
        .until("two mentions", |desk| {
            let row = row(desk, team)?;
            (row.unread == 3).then(|| row.team.clone())
        })
        .await;
    assert_eq!(head.unwrap().mentions, 2);

    let team = alice.open_id(team).await;
    let line = alice.thread(team).unread.clone().unwrap();
    assert_eq!((line.count, line.mentions.len()), (3, 2));
    let whom = |text: &str| -> Vec<Mentioned> {
        let messages = alice.messages(team);
        let message = messages.iter().find(|message| text_of(message) == text).unwrap();
        let mentions = message.text.iter().filter_map(|token| match token {
            TextToken::Mention { whom, .. } => Some(*whom),
            _ => None,
        });
        mentions.collect()
    };
    assert_eq!(whom(&to_alice), [Mentioned::Me]);
    assert_eq!(whom("Nothing for you"), []);
    assert_eq!(whom("@everyone tea"), [Mentioned::Everyone]);
    let last = alice.messages(team).last().unwrap().id;
    alice.client().mark_read(team, last).await.unwrap();
    alice
        .until("nothing left", |desk| {
            let row = row(desk, team)?;
            (row.unread == 0 && row.team.as_ref()?.mentions == 0).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_read_a_message_is_known_though_its_writer_was_away() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    until_details(&mut alice, team, "two members", |it| roles(it).len() == 2).await;
    alice.client().send(team, "Theatre at nine".to_owned()).await.unwrap();
    let read = bob.until_text(there, "Theatre at nine").await;
    alice
        .until("sent", |desk| {
            (desk.messages(team).last()?.delivery == Some(Delivery::Sent)).then_some(())
        })
        .await;
    let asleep = alice.sleep().await;
    bob.client().mark_read(there, read.id).await.unwrap();
    bob.client().send(there, "Thank you".to_owned()).await.unwrap();
    bob.until("sent", |desk| {
        (desk.messages(there).last()?.delivery == Some(Delivery::Sent)).then_some(())
    })
    .await;
    let mut alice = asleep.wake().await;
    let team = alice.open_id(team).await;
    alice.until_text(team, "Thank you").await;
    alice
        .until("read by one", |desk| {
            let message = desk
                .messages(team)
                .into_iter()
                .find(|message| text_of(message) == "Theatre at nine")?;
            (message.read_by.map(|by| by.count) == Some(1)).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_a_team_come_as_its_level_says() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    alice.close(team).await;
    let level = NotificationLevel::Mentions;
    change(&alice, team, TeamChange::Notify { level }).await.unwrap();
    let mention = format!("@{} now", stage.alice.name());
    for (text, wanted, mentioned) in [
        ("Nothing much", Wanted::Muted, None),
        (mention.as_str(), Wanted::Yes, Some(Mentioned::Me)),
    ] {
        bob.client().send(there, text.to_owned()).await.unwrap();
        let news = alice
            .until(text, |desk| desk.news().iter().find(|news| news.text == text).cloned())
            .await;
        assert_eq!((news.wanted, news.mention), (wanted, mentioned), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_is_gone_for_everybody_and_on_all_devices() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    let mut phone = stage.desk(&stage.bob).await;
    let on_phone = stage.come_in(&mut phone).await;
    change(&bob, there, TeamChange::Leave).await.unwrap();
    until_standing(&mut bob, there, &Membership::Left).await;
    phone
        .until("gone on the other device", |desk| {
            let now = membership(row(desk, on_phone)?);
            matches!(now, Membership::Left | Membership::Removed).then_some(())
        })
        .await;
    if stage.members_may_go() {
        until_details(&mut alice, team, "alice alone", |it| roles(it).len() == 1).await;
    }
    // Nothing waits in silence.
    bob.client().send(there, "One more thing".to_owned()).await.unwrap();
    let failed = bob
        .until("failed", |desk| {
            let last = desk.messages(there).last().copied()?;
            (last.delivery == Some(Delivery::Failed)).then_some(last.failure)
        })
        .await;
    assert_eq!(failed, Some(SendFailure::NotAllowed));
    change(&bob, there, TeamChange::Dismiss).await.unwrap();
    bob.until("out of the list", |desk| row(desk, there).is_none().then_some(()))
        .await;
    let bob = bob.restart().await;
    assert!(bob.row(&stage.name).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_taken_out_while_away_learns_of_it() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    alice.client().send(team, "Before".to_owned()).await.unwrap();
    bob.until_text(there, "Before").await;
    let asleep = bob.sleep().await;
    let person = stage.bob.address.clone();
    change(&alice, team, TeamChange::Remove { person }).await.unwrap();
    until_details(&mut alice, team, "alice alone", |it| roles(it).len() == 1).await;
    let mut bob = asleep.wake().await;
    until_standing(&mut bob, there, &Membership::Removed).await;
    let there = bob.open_id(there).await;
    assert_eq!(bob.texts(there), ["Before"], "what was said stays readable");
    // Taken in again, the team comes back.
    let people = vec![stage.bob.address.clone()];
    change(&alice, team, TeamChange::Add { people }).await.unwrap();
    let there = stage.come_in(&mut bob).await;
    alice.client().send(team, "Welcome back".to_owned()).await.unwrap();
    bob.until_text(there, "Welcome back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_changes_its_name_and_its_owner_and_ends() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    let renamed = TeamChange::Describe {
        name: format!("{} at night", stage.name),
        purpose: "Nights".to_owned(),
    };
    change(&alice, team, renamed).await.unwrap();
    let name = format!("{} at night", stage.name);
    until_details(&mut bob, there, "the new name", |it| {
        it.name == name && it.purpose.as_deref() == Some("Nights")
    })
    .await;
    bob.until("the new name in the list", |desk| desk.row(&name).map(drop))
        .await;

    let person = stage.bob.address.clone();
    change(&alice, team, TeamChange::HandOver { person }).await.unwrap();
    let owner = |it: &wardline_interop::view::TeamDetails| {
        roles(it).first().cloned() == Some((stage.bob.name().to_owned(), TeamRole::Owner))
    };
    let now = until_details(&mut bob, there, "the new owner", owner).await;
    assert!(now.allowed.contains(&TeamAction::End));
    let now = until_details(&mut alice, team, "the new owner", owner).await;
    assert_eq!(now.allowed, [TeamAction::Leave]);
    assert_eq!(
        change(&alice, team, TeamChange::End).await,
        Err(CommandError::NotAllowed)
    );

    change(&bob, there, TeamChange::End).await.unwrap();
    until_standing(&mut bob, there, &Membership::Ended).await;
    until_standing(&mut alice, team, &Membership::Ended).await;
    let mut alice = alice.restart().await;
    alice.until_online().await;
    alice.settle().await;
    assert_eq!(membership(row(&alice, team).unwrap()), &Membership::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_leaves_leaves_the_team_to_somebody() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    change(&alice, team, TeamChange::Leave).await.unwrap();
    until_standing(&mut alice, team, &Membership::Left).await;
    until_details(&mut bob, there, "bob its owner", |it| {
        roles(it).first().cloned() == Some((stage.bob.name().to_owned(), TeamRole::Owner))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_can_be_declined() {
    let Some(stage) = Stage::new().await else { return };
    if stage.server.endpoint().muc_light_service.is_some() {
        eprintln!("SKIPPED: teams of this service take people in without asking");
        return;
    }
    let mut alice = stage.desk(&stage.alice).await;
    let mut bob = stage.desk(&stage.bob).await;
    stage.made(&mut alice, &[&stage.bob]).await;
    let asked = bob
        .until("an invitation", |desk| {
            let row = desk.row(&stage.name)?;
            matches!(membership(row), Membership::Invited { .. }).then(|| row.clone())
        })
        .await;
    let by = Some(stage.alice.name().to_owned());
    assert_eq!(membership(&asked), &Membership::Invited { by: by.clone() });
    let told = bob
        .until("news of it", |desk| desk.invitations().first().cloned())
        .await;
    assert_eq!(
        (told.conversation, told.title, told.by),
        (asked.id, Some(stage.name.clone()), by)
    );
    change(&bob, asked.id, TeamChange::Dismiss).await.unwrap();
    bob.until("out of the list", |desk| row(desk, asked.id).is_none().then_some(()))
        .await;
    let mut bob = bob.restart().await;
    bob.until_online().await;
    bob.settle().await;
    assert!(bob.row(&stage.name).is_none(), "declined is declined");
    assert!(bob.invitations().is_empty(), "and told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_agree_on_the_level_and_typing_is_told() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut phone = stage.desk(&stage.alice).await;
    let on_phone = stage.come_in(&mut phone).await;
    let notify = |level| TeamChange::Notify { level };
    for level in [
        NotificationLevel::Mentions,
        NotificationLevel::None,
        NotificationLevel::All,
    ] {
        change(&alice, team, notify(level)).await.unwrap();
        phone
            .until(&format!("{level:?}"), |desk| {
                (row(desk, on_phone)?.team.as_ref()?.level == level).then_some(())
            })
            .await;
    }
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    until_details(&mut bob, there, "two members", |it| roles(it).len() == 2).await;
    bob.client().compose(there, Composing::Active).await.unwrap();
    let typing = alice
        .until("typing", |desk| {
            let typing = &row(desk, team)?.typing;
            (!typing.is_empty()).then(|| typing.clone())
        })
        .await;
    assert_eq!(typing, [stage.bob.name().to_owned()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_team_is_found_and_entered_and_one_that_is_none_is_not_made() {
    let Some(stage) = Stage::new().await else { return };
    let owner = TestClient::connect(stage.server.endpoint(), &stage.bob).await.unwrap();
    let Some(room) = stage.open_room(&owner, "moderators").await else {
        return;
    };
    let mut alice = stage.desk(&stage.alice).await;
    let open = alice.client().open_teams().await.unwrap();
    let found = open.iter().find(|team| team.address == room).expect("listed");
    assert!(found.name.starts_with("Canteen") && found.conversation.is_none());
    let team = alice.client().join_team(room.clone()).await.unwrap();
    let team = alice.open_id(team).await;
    owner.send_to_room(&room, "Soup today").await.unwrap();
    alice.until_text(team, "Soup today").await;
    let open = alice.client().open_teams().await.unwrap();
    let found = open.iter().find(|team| team.address == room).expect("listed");
    assert_eq!(found.conversation, Some(team));

    let (_, service) = room.split_once('@').unwrap();
    let nowhere = format!("nowhere-{}@{service}", stage.alice.name());
    let refused = alice.client().join_team(nowhere.clone()).await;
    assert!(
        matches!(refused, Err(CommandError::NotFound | CommandError::NotAllowed)),
        "{refused:?}"
    );
    let open = alice.client().open_teams().await.unwrap();
    assert!(
        open.iter().all(|team| team.address != nowhere),
        "nothing is left behind"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_addresses_are_hidden_people_are_known_by_more_than_the_name_they_bear() {
    let Some(stage) = Stage::new().await else { return };
    let endpoint = stage.server.endpoint();
    let bob = TestClient::connect(endpoint, &stage.bob).await.unwrap();
    let Some(room) = stage.open_room(&bob, "moderators").await else {
        return;
    };
    let question = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
    let about = bob.ask_raw(Some(&room), RequestKind::Get, question).await.unwrap();
    if !about.is_some_and(|about| {
        about
            .children()
            .any(|it| it.attr("var") == Some("urn:xmpp:occupant-id:0"))
    }) {
        eprintln!("SKIPPED: rooms of this server give their occupants no ids");
        return;
    }
    let mut alice = stage.desk(&stage.alice).await;
    let team = alice.client().join_team(room.clone()).await.unwrap();
    let team = alice.open_id(team).await;
    let soup = bob.send_to_room(&room, "Soup today").await.unwrap();
    alice.until_text(team, "Soup today").await;

    let correction = |text: &str| {
        format!(
            "<message xmlns='jabber:client' type='groupchat' to='{room}' id='{}'><body>{text}</body>\
             <replace xmlns='urn:xmpp:message-correct:0' id='{}'/></message>",
            text.replace(' ', "-"),
            soup.as_str()
        )
    };
    // Under another name it is still bob who corrects himself.
    let on_call = TestClient::connect(endpoint, &stage.bob).await.unwrap();
    on_call.join_room(&room, "Bob on call").await.unwrap();
    on_call.send_raw(&correction("Pie today")).await.unwrap();
    alice.until_text(team, "Pie today").await;
    on_call.send_to_room(&room, "Until two").await.unwrap();
    alice.until_text(team, "Until two").await;
    let keys: Vec<String> = alice.messages(team).iter().map(|item| author_key(item)).collect();
    assert_eq!(keys[0], keys[1], "one person, whatever the name");

    // Under his name carol is not bob.
    drop(bob);
    let carol = TestClient::connect(endpoint, &stage.carol).await.unwrap();
    while carol.join_room(&room, "Bob").await.is_err() {
        alice.settle().await;
    }
    carol.send_raw(&correction("Nothing today")).await.unwrap();
    carol.send_to_room(&room, "All gone").await.unwrap();
    alice.until_text(team, "All gone").await;
    let there = alice.texts(team);
    assert_eq!(there, ["Pie today", "Until two", "All gone"]);
    assert_ne!(author_key(alice.messages(team)[2]), keys[0]);
    // The archive says the same.
    let mut home = stage.desk(&stage.alice).await;
    let team = home.client().join_team(room.clone()).await.unwrap();
    let team = home.open_id(team).await;
    home.until_texts(team, &["Pie today", "Until two", "All gone"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_team_is_refused_plainly() {
    let Some(stage) = Stage::new().await else { return };
    let alice = stage.desk(&stage.alice).await;
    let team = |name: &str, member: &str| NewTeam {
        name: name.to_owned(),
        purpose: String::new(),
        members: vec![member.to_owned()],
    };
    let refused = alice.client().create_team(team("  ", &stage.bob.address)).await;
    assert_eq!(refused, Err(CommandError::NameEmpty));
    let refused = alice.client().create_team(team("Ward", "no address")).await;
    assert_eq!(refused, Err(CommandError::AddressMalformed));
    let refused = alice
        .client()
        .create_team(team(&"W".repeat(500), &stage.bob.address))
        .await;
    assert_eq!(refused, Err(CommandError::NameTooLong));
}
