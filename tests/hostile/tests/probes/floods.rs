//! More than anybody needs of what is allowed.

use wardline_hostile::{ALICE, BOB, Honest, Ward};

const MALLORY: &str = "mallory@ward.test";

/// Memory that this process has in use, in bytes.
fn memory() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let resident = pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    resident.unwrap_or_default() * 4096
}

#[tokio::test]
async fn twenty_thousand_presences_keep_no_message_waiting() {
    let mut ward = Ward::open().await;
    let presences: String = (0..20_000)
        .map(|number| format!("<presence from='{MALLORY}/{number}' to='{ALICE}/desk'/>"))
        .collect();
    ward.server.send(&presences).await;
    ward.passed().await;
}

#[tokio::test]
async fn many_people_who_come_and_go_keep_no_message_waiting() {
    let mut ward = Ward::open().await;
    let presences: String = (0..20_000)
        .map(|number| format!("<presence from='p{number}@ward.test/x' to='{ALICE}/desk'><show>away</show></presence>"))
        .collect();
    ward.server.send(&presences).await;
    ward.passed().await;
}

#[tokio::test]
async fn sixty_messages_of_four_megabytes_fill_no_memory() {
    let mut ward = Ward::open().await;
    ward.passed().await;
    let before = memory();
    let large = "x".repeat(3_900_000);
    for number in 0..60 {
        ward.server
            .send(&format!(
                "<message type='chat' from='{MALLORY}/x' to='{ALICE}/desk' id='{number}'><body>{large}</body></message>"
            ))
            .await;
    }
    ward.passed().await;
    let grown = memory().saturating_sub(before) >> 20;
    assert!(grown < 200, "{grown} MiB more");
}

#[tokio::test]
async fn unbalanced_marks_cost_no_more_than_other_text() {
    let mut ward = Ward::open().await;
    for text in [
        "*a ".repeat(80_000),
        "_".repeat(250_000),
        "`a *b _c ~d ".repeat(20_000),
        "http://".repeat(30_000),
    ] {
        ward.server
            .send(&format!(
                "<message type='chat' from='{BOB}/x' to='{ALICE}/desk' id='{}'><body>{text}</body></message>",
                text.len()
            ))
            .await;
    }
    ward.passed().await;
}

#[tokio::test]
async fn references_to_what_never_comes_keep_nothing_waiting() {
    let mut ward = Ward::open().await;
    let references: String = (0..3_000)
        .map(|number| {
            format!(
                "<message type='chat' from='{MALLORY}/x' to='{ALICE}/desk' id='r{number}'>\
                 <reactions xmlns='urn:xmpp:reactions:0' id='never{number}'><reaction>x</reaction></reactions></message>"
            )
        })
        .collect();
    ward.server.send(&references).await;
    assert_eq!(ward.other_rows().await, Vec::<String>::new());
}

#[tokio::test]
async fn typing_without_end_keeps_nothing_waiting() {
    let mut ward = Ward::open().await;
    let typing: String = (0..3_000)
        .map(|number| {
            let state = if number % 2 == 0 { "composing" } else { "paused" };
            format!(
                "<message type='chat' from='{BOB}/x{number}' to='{ALICE}/desk'>\
                 <{state} xmlns='http://jabber.org/protocol/chatstates'/></message>"
            )
        })
        .collect();
    ward.server.send(&typing).await;
    assert_eq!(ward.said_by_bob().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_roster_of_thirty_thousand_is_taken() {
    let roster: String = (0..30_000)
        .map(|number| format!("<item jid='p{number}@ward.test' name='Person {number}' subscription='both'/>"))
        .collect();
    let roster = format!("<item jid='{BOB}' name='Bob' subscription='both'/>{roster}");
    let mut ward = Ward::over(Honest {
        roster,
        ..Honest::default()
    })
    .await;
    ward.passed().await;
}

#[tokio::test]
async fn one_stranger_does_not_fill_the_screen_with_notifications() {
    let mut ward = Ward::open().await;
    let messages: String = (0..2_000)
        .map(|number| {
            format!(
                "<message type='chat' from='eve@elsewhere.test/x' to='{ALICE}/desk' id='n{number}'><body>{number}</body>\
                 </message>"
            )
        })
        .collect();
    ward.server.send(&messages).await;
    ward.passed().await;
    let theirs = ward
        .desk
        .news()
        .iter()
        .filter(|news| news.text.parse::<u32>().is_ok())
        .count();
    assert!(theirs < 200, "{theirs} notifications by one stranger");
}
