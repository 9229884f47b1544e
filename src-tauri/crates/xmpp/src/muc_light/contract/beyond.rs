//! Who is in a room, and what is kept of it.

use super::asking::{
    SERVICE, WARD, affiliate, answer, ask, change, heard, inbox, people, refusal, stage, user, ward, write,
};
use crate::ns;

#[tokio::test]
async fn the_owner_who_leaves_is_followed_by_another_and_the_last_one_ends_the_room() {
    let mut stage = stage().await;
    ward(&mut stage, &["bob", "carol"]).await;
    heard(&mut stage, "bob/phone").await;
    assert_eq!(affiliate(&mut stage, "alice/phone", "alice", "none").await, "");
    assert_eq!(heard(&mut stage, "bob/phone").await, ["asked, bob owner, alice none"]);
    assert_eq!(people(&mut stage, "carol/phone").await, ["bob owner", "carol member"]);
    assert_eq!(people(&mut stage, "alice/phone").await.len(), 0);
    // It concerns bob, so that it counts for him, and carol not.
    assert_eq!(inbox(&mut stage, "bob/phone").await.unwrap(), "asked 2");
    assert_eq!(inbox(&mut stage, "carol/phone").await.unwrap(), "asked 1");
    assert_eq!(inbox(&mut stage, "alice/phone").await, None);

    assert_eq!(affiliate(&mut stage, "carol/phone", "carol", "none").await, "");
    assert_eq!(affiliate(&mut stage, "bob/phone", "bob", "none").await, "");
    assert_eq!(inbox(&mut stage, "bob/phone").await, None);
    // Nothing is left, so that the address is free, and what was said is gone.
    ward(&mut stage, &[]).await;
    let come = ask(
        &mut stage,
        "alice/phone",
        WARD,
        "set",
        "<query xmlns='urn:xmpp:mam:2'/>",
    )
    .await;
    assert_eq!(
        come.iter().filter(|stanza| stanza.has_child("result", ns::MAM)).count(),
        1
    );
    stage.finish();
}

#[tokio::test]
async fn whoever_is_handed_the_room_owns_it_alone_and_both_see_it_unread() {
    let mut stage = stage().await;
    ward(&mut stage, &["bob"]).await;
    write(&mut stage, "alice/phone", "a").await;
    write(&mut stage, "bob/phone", "b").await;
    assert_eq!(inbox(&mut stage, "bob/phone").await.unwrap(), "b 0");
    assert_eq!(affiliate(&mut stage, "alice/phone", "bob", "owner").await, "");
    assert_eq!(people(&mut stage, "alice/phone").await, ["alice member", "bob owner"]);
    assert_eq!(inbox(&mut stage, "alice/phone").await.unwrap(), "asked 2");
    assert_eq!(inbox(&mut stage, "bob/phone").await.unwrap(), "asked 1");
    // What is no change, or is one for two, is refused.
    for (users, why) in [
        (user("alice", "member"), "Meaningless change"),
        (user("carol", "none"), "Meaningless change"),
        (
            user("carol", "member") + &user("carol", "owner"),
            "Cannot change affiliation for the same user twice in the same request",
        ),
        (user("alice", "king"), "Uncategorized bad request"),
    ] {
        let refused = change(&mut stage, "bob/phone", WARD, "affiliations", &users).await;
        assert_eq!(refused, format!("bad-request: {why}"));
    }
    stage.finish();
}

#[tokio::test]
async fn whoever_refuses_somebody_or_a_room_is_not_taken_into_it() {
    let mut stage = stage().await;
    for (client, rule) in [
        ("bob/phone", "<user action='deny'>alice@ward.test</user>".to_owned()),
        ("carol/phone", format!("<room action='deny'>{WARD}</room>")),
    ] {
        assert_eq!(change(&mut stage, client, SERVICE, "blocking", &rule).await, "");
    }
    ward(&mut stage, &["bob", "carol"]).await;
    assert_eq!(affiliate(&mut stage, "alice/phone", "bob", "member").await, "");
    assert_eq!(people(&mut stage, "alice/phone").await, ["alice owner"]);
    assert_eq!(inbox(&mut stage, "bob/phone").await, None);
    stage.restart().await;
    for client in ["alice/phone", "carol/phone"] {
        stage.sign_in(client).await;
    }
    assert_eq!(affiliate(&mut stage, "alice/phone", "carol", "member").await, "");
    assert_eq!(people(&mut stage, "alice/phone").await, ["alice owner"]);
    let allow = format!("<room action='allow'>{WARD}</room>");
    assert_eq!(change(&mut stage, "carol/phone", SERVICE, "blocking", &allow).await, "");
    assert_eq!(affiliate(&mut stage, "alice/phone", "carol", "member").await, "");
    assert_eq!(people(&mut stage, "alice/phone").await, ["alice owner", "carol member"]);
    let nonsense = "<user action='perhaps'>alice@ward.test</user>";
    let refused = change(&mut stage, "carol/phone", SERVICE, "blocking", nonsense).await;
    assert_eq!(refused, "bad-request: Uncategorized bad request");
    stage.finish();
}

#[tokio::test]
async fn what_cannot_be_asked_of_a_room_is_refused() {
    let mut stage = stage().await;
    ward(&mut stage, &["bob"]).await;
    let uncategorized = "bad-request: Uncategorized bad request";
    for (client, to, what, content, why) in [
        (
            "alice/phone",
            SERVICE,
            "create",
            format!("<occupants>{}</occupants>", user("alice", "member")),
            uncategorized,
        ),
        (
            "alice/phone",
            SERVICE,
            "create",
            format!("<occupants>{}</occupants>", user("bob", "none")),
            uncategorized,
        ),
        ("alice/phone", SERVICE, "destroy", String::new(), uncategorized),
        (
            "alice/phone",
            WARD,
            "configuration",
            "<colour>red</colour>".to_owned(),
            "bad-request",
        ),
        (
            "alice/phone",
            WARD,
            "configuration",
            "<version>1</version>".to_owned(),
            uncategorized,
        ),
        (
            "alice/phone",
            WARD,
            "weather",
            String::new(),
            "feature-not-implemented: mod_muc_iq returns error",
        ),
        (
            "alice/phone",
            "ward@light.ward.test/bob",
            "destroy",
            String::new(),
            "bad-request: Resource expected to be empty",
        ),
        (
            "alice/phone",
            "nowhere@light.ward.test",
            "destroy",
            String::new(),
            "item-not-found",
        ),
        ("bob/phone", WARD, "destroy", String::new(), "not-allowed"),
        ("carol/phone", WARD, "destroy", String::new(), "item-not-found"),
    ] {
        assert_eq!(
            change(&mut stage, client, to, what, &content).await,
            why,
            "{client} {what} {content}"
        );
    }
    let presence = stage
        .say("alice/phone", &format!("<presence to='{WARD}' id='asked'/>"))
        .await;
    assert_eq!(refusal(&presence), "bad-request: Failed to decode unknown format");
    stage.finish();
}

#[tokio::test]
async fn a_restart_keeps_rooms_people_and_what_was_said() {
    let mut stage = stage().await;
    ward(&mut stage, &["bob"]).await;
    let name = "<roomname>Ward</roomname>";
    assert_eq!(change(&mut stage, "alice/phone", WARD, "configuration", name).await, "");
    write(&mut stage, "alice/phone", "a").await;
    stage.restart().await;
    for client in ["alice/phone", "bob/phone"] {
        stage.sign_in(client).await;
    }
    assert_eq!(people(&mut stage, "bob/phone").await, ["alice owner", "bob member"]);
    let items = format!("<query xmlns='{}'/>", ns::DISCO_ITEMS);
    let come = ask(&mut stage, "bob/phone", SERVICE, "get", &items).await;
    let query = come[0].get_child("query", ns::DISCO_ITEMS).unwrap();
    let item = query.get_child("item", ns::DISCO_ITEMS).unwrap();
    assert_eq!((item.attr("jid"), item.attr("name")), (Some(WARD), Some("Ward")));
    write(&mut stage, "bob/phone", "b").await;
    let come = ask(
        &mut stage,
        "alice/phone",
        WARD,
        "set",
        "<query xmlns='urn:xmpp:mam:2'/>",
    )
    .await;
    assert_eq!(
        come.iter().filter(|stanza| stanza.has_child("result", ns::MAM)).count(),
        4
    );
    assert_eq!(inbox(&mut stage, "alice/phone").await.unwrap(), "b 1");
    stage.finish();
}

/// Neither in the offline queue nor in anybody's own archive, retractions included.
#[tokio::test]
async fn what_is_said_in_a_room_is_kept_by_the_room_alone() {
    let mut stage = stage().await;
    ward(&mut stage, &["bob"]).await;
    stage.sign_off("bob/phone").await;
    write(&mut stage, "alice/phone", "a").await;
    let retraction = format!(
        "<message to='{WARD}' type='groupchat' id='r'><apply-to xmlns='urn:xmpp:fasten:0' id='a'>\
         <retract xmlns='urn:xmpp:message-retract:0'/></apply-to></message>"
    );
    stage.say("alice/phone", &retraction).await;
    stage.sign_in("bob/phone").await;
    assert_eq!(heard(&mut stage, "bob/phone").await.len(), 0);
    assert_eq!(inbox(&mut stage, "bob/phone").await.unwrap(), "r 3");
    for client in ["alice/phone", "bob/phone"] {
        let come = stage
            .say(client, "<iq type='set' id='m'><query xmlns='urn:xmpp:mam:2'/></iq>")
            .await;
        assert!(
            come.iter().all(|stanza| !stanza.has_child("result", ns::MAM)),
            "{client}"
        );
    }
    stage.finish();
}

/// Prosody would put it into a list of its own services, without the node by which MongooseIM names it.
#[tokio::test]
async fn the_server_names_the_service_as_recorded() {
    let mut stage = stage().await;
    let items = format!("<query xmlns='{}'/>", ns::DISCO_ITEMS);
    let come = ask(&mut stage, "bob/phone", "ward.test", "get", &items).await;
    let query = come[0].get_child("query", ns::DISCO_ITEMS).unwrap();
    let mut told: Vec<_> = query
        .children()
        .map(|item| (item.attr("jid").unwrap(), item.attr("node")))
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [("light.ward.test", Some(ns::MUC_LIGHT)), ("rooms.ward.test", None)]
    );
    stage.finish();
}

#[tokio::test]
async fn rooms_come_ten_to_a_page() {
    let mut stage = stage().await;
    for n in 0..12 {
        let node = format!("room{n:02}@light.ward.test");
        assert_eq!(change(&mut stage, "alice/phone", &node, "create", "").await, "");
    }
    let room = |n: usize| format!("room{n:02}@light.ward.test");
    for (paging, found) in [
        (String::new(), 0..10),
        ("<max>50</max>".to_owned(), 0..10),
        ("<max>3</max>".to_owned(), 0..3),
        (format!("<after>{}</after>", room(9)), 10..12),
        (format!("<max>2</max><before>{}</before>", room(9)), 7..9),
        ("<max>5</max><before/>".to_owned(), 7..12),
        ("<index>11</index>".to_owned(), 11..12),
    ] {
        let items = format!(
            "<query xmlns='{}'><set xmlns='{}'>{paging}</set></query>",
            ns::DISCO_ITEMS,
            ns::RSM
        );
        let come = ask(&mut stage, "alice/phone", SERVICE, "get", &items).await;
        let query = answer(&come).get_child("query", ns::DISCO_ITEMS).unwrap();
        let told: Vec<_> = query
            .children()
            .filter_map(|item| item.attr("jid").map(str::to_owned))
            .collect();
        assert_eq!(told, found.clone().map(room).collect::<Vec<_>>(), "{paging}");
        let first = query
            .get_child("set", ns::RSM)
            .unwrap()
            .get_child("first", ns::RSM)
            .unwrap();
        assert_eq!(first.attr("index"), Some(&*found.start.to_string()), "{paging}");
    }
    for paging in [
        format!("<after>{}</after>", room(11)),
        "<after>x@y</after>".to_owned(),
        "<index>12</index>".to_owned(),
    ] {
        let items = format!(
            "<query xmlns='{}'><set xmlns='{}'>{paging}</set></query>",
            ns::DISCO_ITEMS,
            ns::RSM
        );
        assert_eq!(
            refusal(&ask(&mut stage, "alice/phone", SERVICE, "get", &items).await),
            "item-not-found"
        );
    }
    stage.finish();
}
