//! What must be true of teams: how Alice stands with them is as the server told it, members and names are the server's, what a team
//! says of itself is quiet, what was here when she was put out stays, and what could not be sent says so.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wardline_store::conversations::{self, Conversation};
use wardline_store::members;
use wardline_store::messages::{self, Message};
use wardline_store::{DeliveryState, Direction, Membership, MessageKind};

use super::gate::Hold;
use super::schedule::Chat;
use super::server::Author;
use super::world::World;

/// Whether a message is one that its team did not take.
pub(super) fn has_failed(world: &World, chat: Chat, message: &Message) -> bool {
    let text = message.body.as_str();
    let state = world.server.state();
    let is_said = state.said(chat).any(|said| said.text == text);
    let has_failed = message.delivery == Some(DeliveryState::Failed);
    chat.is_team() && (has_failed && !(is_said && state.hears(chat)) || !is_said && state.bounced_unheard(text))
}

/// What is wrong; empty where nothing is.
pub(super) async fn faults(world: &World) -> String {
    let mut faults = String::new();
    for chat in Chat::ALL.into_iter().filter(|chat| chat.is_team()) {
        team_faults(world, chat, &mut faults).await;
    }
    faults
}

/// What is wrong with what is known of teams that somebody has looked at.
pub(super) async fn known(world: &World) -> String {
    let mut faults = String::new();
    for chat in Chat::ALL.into_iter().filter(|chat| chat.is_team()) {
        known_faults(world, chat, &mut faults).await;
    }
    faults
}

async fn known_faults(world: &World, chat: Chat, faults: &mut String) {
    let Some(id) = world.conversation(chat).await else {
        return;
    };
    let _hold = Hold::clock();
    let tx = world.store().read().await.unwrap();
    let with = conversations::get(&tx, id).await.unwrap().unwrap();
    let listed = members::list(&tx, id).await.unwrap();
    drop(tx);
    let state = world.server.state();
    let room = state.room(chat).expect("a team's room");
    if !state.hears(chat) || !state.tells_members() {
        return;
    }
    let here: BTreeMap<&str, _> = listed
        .iter()
        .map(|member| (member.address.as_str(), member.role))
        .collect();
    if here != room.members() {
        let _ = writeln!(faults, "{chat:?}: {here:?} are in it here, not {:?}", room.members());
    }
    let name = with.title.as_ref().map(|title| title.as_str());
    if chat == Chat::Night && name != Some(state.night_name()) {
        let _ = writeln!(faults, "{chat:?}: called {name:?} here, not {:?}", state.night_name());
    }
}

async fn team_faults(world: &World, chat: Chat, faults: &mut String) {
    let Some(id) = world.conversation(chat).await else {
        if world.server.state().hears(chat) {
            let _ = writeln!(faults, "{chat:?}: not here, though Alice is in it");
        }
        return;
    };
    let rows = world.drawn(id).await;
    let _hold = Hold::clock();
    let tx = world.store().read().await.unwrap();
    let with = conversations::get(&tx, id).await.unwrap().unwrap();
    for (of, message) in &world.held {
        if *of == chat && messages::get(&tx, *message).await.unwrap().is_none() {
            let _ = writeln!(faults, "{chat:?}: {message:?} was here and is not any more");
        }
    }
    drop(tx);
    stands(world, chat, &with, faults);
    is_quiet(chat, &with, &rows, faults);
    sent(world, chat, &rows, faults);
}

/// How Alice stands with a team is as the server said last.
fn stands(world: &World, chat: Chat, with: &Conversation, faults: &mut String) {
    if world.server.state().is_unasked(chat) {
        let _ = writeln!(faults, "{chat:?}: entered, though it was left on the phone");
    }
    let standings = world.server.state().standings(chat);
    // MUC Light does not say whether somebody left or was taken out: one who left once may have been taken in and out again unheard.
    let may_have_left = chat == Chat::Night && with.membership == Membership::Left;
    let is_right = standings.contains(&with.membership) || may_have_left && standings.contains(&Membership::Removed);
    if !is_right {
        let _ = writeln!(faults, "{chat:?}: {:?} here, not one of {standings:?}", with.membership);
    }
}

/// What a team says of itself is a notice, and not the last message of the list.
fn is_quiet(chat: Chat, with: &Conversation, rows: &[Message], faults: &mut String) {
    for row in rows {
        if (row.direction == Direction::Neither) != (row.kind == MessageKind::System) {
            let _ = writeln!(
                faults,
                "{chat:?}: {:?} is a {:?} that goes {:?}",
                row.id, row.kind, row.direction
            );
        }
    }
    let last = rows.iter().rfind(|row| row.direction != Direction::Neither);
    if with.last_message_id != last.map(|last| last.id) {
        let _ = writeln!(
            faults,
            "{chat:?}: {:?} is the last message of the list, not {:?}",
            with.last_message_id,
            last.map(|last| last.id)
        );
    }
}

/// What was written is said once, or has failed and says why.
fn sent(world: &World, chat: Chat, rows: &[Message], faults: &mut String) {
    let state = world.server.state();
    for (_, text) in world.accepted.iter().filter(|(of, _)| *of == chat) {
        let said = state
            .said(chat)
            .find(|said| said.text == *text && said.author == Author::Alice);
        let row = rows
            .iter()
            .find(|row| row.direction == Direction::Outgoing && row.body.as_str() == text);
        let failed = row.is_some_and(|row| row.delivery == Some(DeliveryState::Failed));
        match said {
            // The server has it, and that its room did not take it was said to nobody.
            None if row.is_some() && state.bounced_unheard(text) => {}
            None if failed && row.is_some_and(|row| row.failure.is_some()) => {}
            None => {
                let _ = writeln!(faults, "{chat:?}: neither sent nor failed: {text}");
            }
            Some(said) if failed && state.hears(chat) && state.keeps(said) => {
                let _ = writeln!(faults, "{chat:?}: failed here, though it was said: {text}");
            }
            Some(_) => {}
        }
    }
}
