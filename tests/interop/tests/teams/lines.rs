//! The quiet lines of a team: what has happened to it, the same for everybody, whether they were there or not.

use wardline_interop::view::{
    ConversationBox, ConversationChange, ConversationId, Membership, TeamChange, TeamEvent, TimelineItem, Who,
};
use wardline_interop::{Desk, Feature, TestClient};

use crate::stage::{Stage, change, roles, row, until_details, until_standing};

/// What the lines of an open thread say, each with whose deed it was, where that is told.
fn lines(desk: &Desk, team: ConversationId) -> Vec<String> {
    let mut lines = Vec::new();
    for item in &desk.thread(team).items {
        if let TimelineItem::Notice(notice) = item {
            let by = notice.by.iter().cloned().collect::<Vec<_>>();
            lines.extend(
                notice
                    .events
                    .iter()
                    .map(|event| format!("{}{}", names(&by, ": "), said(event))),
            );
        }
    }
    lines
}

fn names(who: &[Who], behind: &str) -> String {
    let mut names: Vec<String> = who
        .iter()
        .map(|one| match one {
            Who::Me => "me".to_owned(),
            // The actors' names are made for one run, and in rooms they have another.
            Who::Other { name } => name.split('-').next().unwrap_or_default().to_lowercase(),
        })
        .collect();
    names.sort();
    let names = names.join(" ");
    if names.is_empty() {
        names
    } else {
        format!("{names}{behind}")
    }
}

fn said(event: &TeamEvent) -> String {
    match event {
        TeamEvent::Created { by, with } => format!("{}made with {}", names(by, " "), names(with, "")),
        TeamEvent::Added { who } => format!("added {}", names(who, "")),
        TeamEvent::Gone { who } => format!("gone {}", names(who, "")),
        TeamEvent::Joined { who } => format!("joined {}", names(who, "")),
        TeamEvent::Left { who } => format!("left {}", names(who, "")),
        TeamEvent::Owner { who } => format!("owner {}", names(who, "")),
        TeamEvent::Renamed { .. } => "renamed".to_owned(),
        TeamEvent::Purpose { text } => format!("purpose {text}"),
        TeamEvent::Topic { text } => format!("topic {text}"),
        TeamEvent::Private { who } => format!("private {}", names(who, "")),
        TeamEvent::Announced { text } => format!("announced {text}"),
    }
}

async fn until_lines(desk: &mut Desk, team: ConversationId, wanted: &[&str]) {
    let mut last = Vec::new();
    for _ in 0..200 {
        last = lines(desk, team);
        if last == wanted {
            return;
        }
        desk.settle_for(std::time::Duration::from_millis(100)).await;
    }
    panic!("the lines are {last:?} and not {wanted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_the_same_of_what_has_happened_to_a_team() {
    let Some(stage) = Stage::new().await else { return };
    let mut alice = stage.desk(&stage.alice).await;
    let team = stage.made(&mut alice, &[&stage.bob]).await;
    let mut bob = stage.desk(&stage.bob).await;
    let there = stage.come_in(&mut bob).await;
    bob.close(there).await;
    let to = ConversationBox::Archive;
    let aside = ConversationChange::Move { to };
    bob.client().decide(there, aside).await.unwrap();
    let add = |people: Vec<String>| TeamChange::Add { people };
    change(&alice, team, add(vec![stage.carol.address.clone()]))
        .await
        .unwrap();
    let mut carol = stage.desk(&stage.carol).await;
    let late = stage.come_in(&mut carol).await;
    until_details(&mut alice, team, "three members", |it| roles(it).len() == 3).await;
    let described = TeamChange::Describe {
        name: stage.name.clone(),
        purpose: "Nights".to_owned(),
    };
    change(&alice, team, described).await.unwrap();
    change(&carol, late, TeamChange::Leave).await.unwrap();
    let person = stage.bob.address.clone();
    change(&alice, team, TeamChange::HandOver { person }).await.unwrap();
    until_details(&mut bob, there, "bob its owner", |it| it.allowed.len() > 1).await;
    let renamed = TeamChange::Describe {
        name: format!("{} at night", stage.name),
        purpose: "Nights".to_owned(),
    };
    change(&bob, there, renamed).await.unwrap();
    // What a server with an inbox does about it, the list follows.
    if !stage.server.has(Feature::Inbox) {
        bob.settle().await;
        let put_aside = row(&bob, there).unwrap();
        assert_eq!(put_aside.shown_in, ConversationBox::Archive, "nothing was said in it");
    }
    alice.client().send(team, "Good night".to_owned()).await.unwrap();
    let called = bob
        .until("news", |desk| {
            let news: Vec<String> = desk.news().iter().map(|news| news.text.clone()).collect();
            (!news.is_empty()).then_some(news)
        })
        .await;
    assert_eq!(called, ["Good night"], "the message, and no line");
    let back = row(&bob, there).unwrap();
    assert_eq!((back.unread, back.shown_in), (1, ConversationBox::Inbox));
    let there = bob.open_id(there).await;

    // MUC Light says neither who has done something nor whether somebody has left.
    let is_light = stage.server.endpoint().muc_light_service.is_some();
    let of_alice: &[&str] = match is_light {
        true => &[
            "me made with bob",
            "added carol",
            "purpose Nights",
            "gone carol",
            "owner bob",
            "renamed",
        ],
        false => &[
            "me: made with bob",
            "me: added carol",
            "me: purpose Nights",
            "carol: left carol",
            "me: owner bob",
            "bob: renamed",
        ],
    };
    let of_bob: &[&str] = match is_light {
        true => &[
            "alice made with me",
            "added carol",
            "purpose Nights",
            "gone carol",
            "owner me",
            "renamed",
        ],
        false => &[
            "alice: made with me",
            "alice: added carol",
            "alice: purpose Nights",
            "carol: left carol",
            "alice: owner me",
            "me: renamed",
        ],
    };
    until_lines(&mut alice, team, of_alice).await;
    until_lines(&mut bob, there, of_bob).await;
    assert_eq!(bob.texts(there), ["Good night"]);
    let mut phone = stage.desk(&stage.bob).await;
    let name = format!("{} at night", stage.name);
    let on_phone = phone
        .until("the team on the other device", |desk| Some(desk.row(&name)?.id))
        .await;
    let on_phone = phone.open_id(on_phone).await;
    until_lines(&mut phone, on_phone, of_bob).await;
    let mut alice = alice.restart().await;
    alice.until_online().await;
    let team = alice.open_id(team).await;
    until_lines(&mut alice, team, of_alice).await;
    let told = row(&alice, team).unwrap();
    assert_eq!(told.unread, 0);
    assert_eq!(
        told.preview.as_ref().map(|preview| preview.text.as_str()),
        Some("Good night")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_change_a_team_is_not_believed_to_have() {
    let Some(stage) = Stage::new().await else { return };
    let endpoint = stage.server.endpoint();
    let bob = TestClient::connect(endpoint, &stage.bob).await.unwrap();
    let Some(room) = stage.open_room(&bob, "anyone").await else {
        return;
    };
    let mut alice = stage.desk(&stage.alice).await;
    let team = alice.client().join_team(room.clone()).await.unwrap();
    let team = alice.open_id(team).await;
    let carol = TestClient::connect(endpoint, &stage.carol).await.unwrap();
    carol.join_room(&room, "Carol").await.unwrap();
    let claims = |what: &str| {
        format!(
            "<message xmlns='jabber:client' to='{room}' type='groupchat' id='{what}'>\
             <{what} xmlns='urn:wardline:team:0'><person jid='{}'/></{what}><store xmlns='urn:xmpp:hints'/></message>",
            stage.alice.address
        )
    };
    carol.send_raw(&claims("removed")).await.unwrap();
    carol.send_to_room(&room, "Ha").await.unwrap();
    alice.until_text(team, "Ha").await;
    bob.send_raw(&claims("added")).await.unwrap();
    bob.send_to_room(&room, "Soup today").await.unwrap();
    alice.until_text(team, "Soup today").await;
    // A server with an inbox would count what somebody says of themselves as unread: they say nothing there.
    let says = !stage.server.has(Feature::Inbox);
    let wanted = |told: &[&str]| -> Vec<String> {
        let told = told.iter().filter(|line| says || !line.starts_with("me: "));
        told.map(|line| (*line).to_owned()).collect()
    };
    // Where a room's ids are not believed live, its archive tells the line a moment later.
    let has_come = |desk: &Desk| {
        lines(desk, team)
            .iter()
            .any(|line| line == "bob: added me")
            .then_some(())
    };
    alice.until("bob's line", has_come).await;
    if stage.server.has(Feature::MucMamAffiliations) {
        assert_eq!(lines(&alice, team), wanted(&["me: joined me", "bob: added me"]));
    } else {
        eprintln!("SKIPPED in part: where it is read from this archive, a claim cannot be told from a deed");
        let mut told = lines(&alice, team);
        told.retain(|line| !line.starts_with("carol: "));
        assert_eq!(told, wanted(&["me: joined me", "bob: added me"]));
    }

    change(&alice, team, TeamChange::Leave).await.unwrap();
    until_standing(&mut alice, team, &Membership::Left).await;
    change(&alice, team, TeamChange::Enter).await.unwrap();
    until_standing(&mut alice, team, &Membership::Member).await;
    if says {
        alice
            .until("a line for each way", |desk| {
                let told = lines(desk, team);
                told.ends_with(&["me: left me".to_owned(), "me: joined me".to_owned()])
                    .then_some(())
            })
            .await;
    }
}
