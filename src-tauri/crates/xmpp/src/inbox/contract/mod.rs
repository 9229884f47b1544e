//! The inbox that `tests/servers/prosody/` gives to Prosody, against what was recorded from MongooseIM.
//!
//! What the recordings' clients said is said again, and every result, answer, error and broadcast of the inbox must be
//! what it was: same elements, attributes, texts and order, to the same devices. Names are others; ids that servers
//! give and times are others, but each must stand for the same one throughout (see [`crate::replay`]), cursors
//! included.
//!
//! What cannot be had from Prosody, or was not recorded:
//! - Recording 11, section 2: the sixty messages were not recorded one by one, only that there were sixty. They are
//!   sent.
//! - Recording 09: rooms are configured differently, so the room is there beforehand, and only what is said in it from
//!   section 8 on is played. Its pings, archive queries and discoveries are not about the inbox and are left out.
//! - Recording 06 is played whole by `muc_light/contract`. Its section 10, with markers of every kind, is played in a
//!   classic room, too, in which the nick is the address; without the entries that joining made, which a classic room
//!   does not.
//! - Delivery is not compared: receipts and markers, for example, are archived by Prosody and so come with a stanza-id.
//! - Prosody writes the stream's language into every message and an occupant-id into those of a room: both are passed
//!   over.
//! - Of a bin with something in it, of `start` and `end` in the past, of messages to somebody offline and of a
//!   restarted server nothing was recorded that could be played. `beyond` tests them for what fits the rest, not for
//!   what MongooseIM was seen to do.

mod asking;
mod beyond;
mod play;
mod stored;

use self::play::play;
use crate::ns;
use crate::recordings::{CLASSIC_ROOMS, INBOX, MISCELLANY, MUC_LIGHT, Side, sections};
use crate::replay::{ROOM, Stage};

#[tokio::test]
async fn whatever_was_asked_of_the_recorded_inbox_is_answered_the_same() {
    let mut stage = Stage::new(&[
        ("frank40416@localhost", "bob@ward.test"),
        ("erin40416@localhost", "alice@ward.test"),
        ("gina40416@localhost", "dave@ward.test"),
        ("carol@localhost", "carol@ward.test"),
        ("frank40416", "bob"),
        ("erin40416", "alice"),
        ("gina40416", "dave"),
        ("localhost", "ward.test"),
    ])
    .await;
    for client in ["bob/phone", "bob/desk", "alice/phone", "dave/phone"] {
        stage.sign_in(client).await;
    }
    let sections = sections(INBOX);
    assert_eq!(sections.len(), 31);
    for section in &sections {
        play(&mut stage, section).await;
    }
    assert_eq!(stage.finish(), 104);
}

#[tokio::test]
async fn resets_several_properties_errors_and_blocked_people_are_as_recorded() {
    let mut stage = Stage::new(&[
        ("xena41290@localhost", "bob@ward.test"),
        ("yuri41290@localhost", "alice@ward.test"),
        ("xena41290", "bob"),
        ("yuri41290", "alice"),
        ("localhost", "ward.test"),
    ])
    .await;
    for client in ["bob/phone", "bob/desk", "alice/phone"] {
        stage.sign_in(client).await;
    }
    for section in sections(MISCELLANY) {
        match section.number.as_str() {
            "1" | "1b" | "1c" | "1d" | "4" => play(&mut stage, &section).await,
            "2" => {
                for n in 0..60 {
                    let message =
                        format!("<message to='bob@ward.test' type='chat' id='n{n}'><body>{n}</body></message>");
                    stage.say("alice/phone", &message).await;
                }
            }
            _ => {}
        }
    }
    assert_eq!(stage.finish(), 20);
}

#[tokio::test]
async fn a_classic_room_is_as_recorded() {
    let mut stage = Stage::new(&[
        ("room40955@conference.classic.localhost", ROOM),
        ("vera40955@classic.localhost", "alice@ward.test"),
        ("wim40955@classic.localhost", "bob@ward.test"),
        ("vera40955", "alice"),
        ("wim40955", "bob"),
        ("classic.localhost", "ward.test"),
    ])
    .await;
    for client in ["alice/phone", "bob/phone", "bob/desk"] {
        stage.sign_in(client).await;
    }
    stage.join("alice/phone", "vera").await;
    stage.join("bob/phone", "wim").await;
    for mut section in sections(CLASSIC_ROOMS) {
        if ["8", "9", "10", "12", "13", "15"].contains(&section.number.as_str()) {
            section.steps.retain(|step| {
                step.side == Side::Server || !step.xml.starts_with("<iq") || step.xml.contains(ns::INBOX)
            });
            play(&mut stage, &section).await;
        }
    }
    assert_eq!(stage.finish(), 8);
}

#[tokio::test]
async fn markers_in_a_room_are_as_recorded() {
    let mut stage = Stage::new(&[
        ("6ef12ec5-ddf1-4a04-a6bd-702e634a44da@muclight.localhost", ROOM),
        ("olga40630@localhost", "alice@ward.test"),
        ("pete40630@localhost", "bob@ward.test"),
        ("olga40630", "alice"),
        ("pete40630", "bob"),
    ])
    .await;
    for client in ["alice/phone", "bob/phone"] {
        stage.sign_in(client).await;
    }
    stage.join("alice/phone", "alice@ward.test").await;
    stage.join("bob/phone", "bob@ward.test").await;
    for section in sections(MUC_LIGHT) {
        if ["8", "10", "10b", "10c"].contains(&section.number.as_str()) {
            play(&mut stage, &section).await;
        }
    }
    assert_eq!(stage.finish(), 6);
}
