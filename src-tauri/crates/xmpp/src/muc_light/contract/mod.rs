//! The MUC Light that `tests/servers/prosody/` gives to Prosody, against what was recorded from MongooseIM (06).
//!
//! What the recording's clients said is said again, and everything that the server then said to any of them must be
//! what it was: same elements, attributes, texts and order, to the same devices. Names are others; ids, versions and
//! times are others, but each must stand for the same one throughout.
//!
//! What is played, but not compared:
//! - Presences of one's own devices, which Prosody words in another way.
//! - What is not of MUC Light: what the personal archive and the roster answer to show that nothing went there. That
//!   nothing of a room comes from the archive is seen all the same.
//! - Prosody writes the stream's language into messages that it copies: it is passed over.
//!
//! `beyond` and `archives` test what was not recorded, for what fits the rest; `ours` what our own code makes of it.

mod archives;
mod asking;
mod beyond;
mod ours;

use xmpp_parsers::minidom::Element;

use crate::recordings::{MUC_LIGHT, Section, sections};
use crate::replay::Stage;

/// Answers of personal archive and roster.
const BESIDE: [&str; 3] = ["p33", "p34", "o49"];

fn concerns(element: &Element) -> bool {
    let beside = element.name() == "iq" && element.attr("id").is_some_and(|id| BESIDE.contains(&id));
    let there = element.name() == "presence" && element.attr("type") != Some("error");
    !beside && !there
}

/// The steps up to the first one of this client, and the rest.
fn before(section: Section, client: &str) -> [Section; 2] {
    let Section { number, mut steps } = section;
    let at = steps.iter().position(|step| step.client == client).unwrap();
    let rest = steps.split_off(at);
    [(number.clone(), steps), (number, rest)].map(|(number, steps)| Section { number, steps })
}

#[tokio::test]
async fn rooms_of_muc_light_are_as_recorded() {
    let mut stage = Stage::new(&[
        (
            "6ef12ec5-ddf1-4a04-a6bd-702e634a44da@muclight.localhost",
            "6ef12ec5-ddf1-4a04-a6bd-702e634a44da@light.ward.test",
        ),
        (
            "1795-340636-334616@muclight.localhost",
            "1795-340636-334616@light.ward.test",
        ),
        ("olga40630", "alice"),
        ("pete40630", "bob"),
        ("quin40630", "carol"),
        ("carol@localhost", "dave@ward.test"),
        ("carol/phone", "dave/phone"),
        ("muclight.localhost", "light.ward.test"),
        ("localhost", "ward.test"),
    ])
    .await;
    for client in ["alice/phone", "alice/desk", "bob/phone", "carol/phone"] {
        stage.sign_in(client).await;
    }
    let sections = sections(MUC_LIGHT);
    assert_eq!(sections.len(), 37);
    for section in sections {
        match section.number.as_str() {
            "20c" => {
                stage.sign_in("dave/phone").await;
                stage.play(&section, concerns).await;
                stage.sign_off("dave/phone").await;
            }
            "22" => {
                stage.sign_off("carol/phone").await;
                let [meanwhile, back] = before(section, "quin40630/phone");
                stage.play(&meanwhile, concerns).await;
                stage.sign_in("carol/phone").await;
                stage.play(&back, concerns).await;
            }
            _ => stage.play(&section, concerns).await,
        }
    }
    assert_eq!(stage.finish(), 137);
}
