//! Bytes that are no honest XML, or more of it than anybody needs.

use wardline_hostile::{ALICE, BOB, Honest, PASSWORD, Scene, Scram, Ward};
use wardline_interop::view::ConnectionView;
use wardline_interop::{Desk, Timing};

fn from_bob(content: &str) -> String {
    format!("<message type='chat' from='{BOB}/phone' to='{ALICE}/desk' id='x'>{content}</message>")
}

/// What cannot be read on ends the connection, without anything of it being shown; the next one is in order.
async fn ends_the_connection(text: &str) {
    let scene = Scene::new().await;
    let mut desk = Desk::with_timing(Timing {
        backoff_base: std::time::Duration::from_millis(50),
        backoff_cap: std::time::Duration::from_millis(200),
        ..Timing::default()
    });
    let (signed_in, server) = scene
        .sign_in(&mut desk, async {
            let mut peer = scene.peer().await;
            peer.sign_in(Scram::sha256(PASSWORD)).await;
            peer.serve(Honest::default())
        })
        .await;
    signed_in.unwrap();
    desk.until_online().await;
    server.send(text).await;
    desk.until("the connection ends", |desk| {
        (*desk.connection() != ConnectionView::Online).then_some(())
    })
    .await;
    assert_eq!(desk.rows().len(), 0, "nothing is shown");
}

/// What is too much is left out; what comes behind it is not.
async fn is_left_out(text: &str) {
    let mut ward = Ward::open().await;
    ward.server.send(text).await;
    assert_eq!(ward.said_by_bob().await, Vec::<String>::new());
    assert_eq!(ward.desk.connection(), &ConnectionView::Online);
}

#[tokio::test]
async fn an_entity_of_the_senders_own_is_not_expanded() {
    ends_the_connection(
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><message><body>&b;</body></message>",
    )
    .await;
}

#[tokio::test]
async fn an_unknown_entity_ends_the_stream() {
    ends_the_connection(&from_bob("<body>&nbsp;</body>")).await;
}

#[tokio::test]
async fn a_processing_instruction_ends_the_stream() {
    ends_the_connection(&from_bob("<?php echo 1 ?><body>x</body>")).await;
}

#[tokio::test]
async fn a_comment_ends_the_stream() {
    ends_the_connection(&from_bob("<!-- x --><body>x</body>")).await;
}

#[tokio::test]
async fn a_character_that_xml_forbids_ends_the_stream() {
    ends_the_connection(&from_bob("<body>&#0;</body>")).await;
}

#[tokio::test]
async fn a_prefix_that_nobody_declared_ends_the_stream() {
    ends_the_connection(&from_bob("<evil:x/><body>x</body>")).await;
}

#[tokio::test]
async fn an_end_of_something_else_ends_the_stream() {
    ends_the_connection("<message><body>x</message></body>").await;
}

#[tokio::test]
async fn the_same_attribute_twice_ends_the_stream() {
    ends_the_connection("<message from='bob@ward.test' from='ana@ward.test'><body>x</body></message>").await;
}

#[tokio::test]
async fn five_thousand_levels_are_left_out() {
    let deep = format!("{}{}", "<a xmlns='y'>".repeat(5000), "</a>".repeat(5000));
    is_left_out(&from_bob(&format!("<body>deep</body>{deep}"))).await;
}

#[tokio::test]
async fn two_hundred_thousand_elements_are_left_out() {
    is_left_out(&from_bob(&format!("<body>wide</body>{}", "<a/>".repeat(200_000)))).await;
}

#[tokio::test]
async fn a_message_of_six_megabytes_is_left_out() {
    is_left_out(&from_bob(&format!("<body>{}</body>", "x".repeat(6 << 20)))).await;
}

#[tokio::test]
async fn a_large_attribute_does_not_end_the_session() {
    let mut ward = Ward::open().await;
    ward.server
        .send(&from_bob(&format!(
            "<body>large</body><x xmlns='y' z='{}'/>",
            "a".repeat(100_000)
        )))
        .await;
    ward.passed().await;
}

#[tokio::test]
async fn a_body_of_another_namespace_is_not_shown_as_text() {
    let mut ward = Ward::open().await;
    ward.server
        .send(&from_bob(
            "<body xmlns='http://www.w3.org/1999/xhtml'><p>forged</p></body>",
        ))
        .await;
    let said = ward.said_by_bob().await;
    assert!(!said.iter().any(|text| text.contains("forged")), "{said:?}");
}

#[tokio::test]
async fn a_sender_that_is_no_address_ends_nothing() {
    let mut ward = Ward::open().await;
    for from in ["", "@", "a@b@c", "x@/y", &"a".repeat(5000)] {
        ward.server
            .send(&format!(
                "<message type='chat' from='{from}' id='x'><body>x</body></message>"
            ))
            .await;
    }
    assert_eq!(ward.other_rows().await, Vec::<String>::new());
}

#[tokio::test]
async fn markup_in_a_text_is_text() {
    let mut ward = Ward::open().await;
    ward.server
        .send(&from_bob(
            "<body>&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; ]]&gt;</body>",
        ))
        .await;
    assert_eq!(ward.said_by_bob().await, ["<script>alert(1)</script> &amp; ]]>"]);
}
