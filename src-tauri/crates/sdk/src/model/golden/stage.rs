//! Plays a story: the real engine, session and store of this computer over the simulated server.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use super::dump;
use super::script::{About, Act, Actor};
use crate::engine::Command;
use crate::model::schedule::{Begins, Chat, Offline, Stamps, Step};
use crate::model::server::{Author, Said, Server, Voice};
use crate::model::world::World;
use crate::view::JumpTarget;

/// After each line, so that what follows from it comes to rest.
const SETTLES: Duration = Duration::from_millis(20);

/// Where a story is played.
pub(super) struct Stage<'a> {
    folder: &'a Path,
    server: Server,
    /// This computer, once it has signed in.
    world: Option<World>,
}

impl<'a> Stage<'a> {
    /// What comes first in a story says how the server and this computer's clock are.
    pub(super) fn set(folder: &'a Path, acts: &[Act]) -> Self {
        let stamps = acts.iter().find_map(|act| match act {
            Act::Stamps(stamps) => Some(*stamps),
            _ => None,
        });
        let ahead = acts.iter().find_map(|act| match act {
            Act::Clock(ahead) => Some(*ahead),
            _ => None,
        });
        let offline = if acts.contains(&Act::OfflineQueue) {
            Offline::Kept
        } else {
            Offline::Archived
        };
        Self {
            folder,
            server: Server::new(
                stamps.unwrap_or(Stamps::Microseconds),
                ahead.unwrap_or_default(),
                offline,
            ),
            world: None,
        }
    }

    /// Lets something happen; what is seen of it, if it is looked at.
    pub(super) async fn play(&mut self, act: Act) -> Option<String> {
        match act {
            Act::Stamps(_) | Act::Clock(_) | Act::OfflineQueue => {}
            Act::History(actor, chat, count) => self.history(actor, chat, count).await,
            Act::Says(Actor::Desk, chat, text) => {
                let send = |conversation, answer| Command::Send {
                    conversation,
                    text,
                    answer,
                };
                self.world().ask(chat, send).await.expect("alive").expect("accepted");
            }
            Act::Says(actor, chat, text) => self.server.state().voice(voice(actor, chat), &text),
            Act::About(Actor::Desk, chat, target, About::HasSeen) => self.desk_reads(chat, &target).await,
            Act::About(actor, chat, target, about) => self.about(voice(actor, chat), &target, &about),
            Act::SignsIn => {
                let world = World::over(self.folder, self.server.clone(), HashMap::new(), Begins::Settled).await;
                self.world = Some(world);
            }
            Act::App(true) => self.world().start().await,
            Act::App(false) => self.world().quit().await,
            Act::Jumps(chat, target) => self.jump(chat, &target).await,
            Act::Shows(chat) => return Some(dump::conversation(self.world(), chat).await),
            Act::Waits(time) => tokio::time::sleep(time).await,
            Act::Rooms(taken_in) => self.server.state().tell_of_rooms(taken_in),
            Act::RoomHistory(count) => self.server.state().tell_room_history(count),
            Act::UnsureOfTheEnd => self.server.state().never_sure_of_the_end(),
            Act::Refuses(condition) => self.server.state().refuse_next(&condition),
            Act::HoldsArchive => self.server.state().hold_archive(),
            Act::Answers(Some(count)) => self.server.state().answer_held(count),
            Act::Answers(None) => self.server.state().answer_all(),
            Act::Deletes(chat, target) => {
                let said = self.said(chat, &target);
                self.server.state().delete(&said);
            }
            Act::PassesOn(stanza) => self.server.state().pass_on(&stanza),
            Act::Step(step) => self.step(&step).await,
        }
        tokio::time::sleep(SETTLES).await;
        if self.server.state().send_back() {
            tokio::time::sleep(SETTLES).await;
        }
        if let Some(world) = &mut self.world {
            world.revive().await;
        }
        None
    }

    /// Ends the story.
    pub(super) async fn end(self) {
        if let Some(world) = self.world {
            world.end().await;
        }
    }

    fn world(&mut self) -> &mut World {
        self.world.as_mut().expect("the desk has signed in")
    }

    async fn step(&mut self, step: &Step) {
        match (&mut self.world, step) {
            // Whether or not the app runs.
            (_, Step::Admits(chat)) => self.server.state().admit(*chat),
            (_, Step::PutsOut(chat, out)) => self.server.state().put_out(*chat, *out),
            (_, Step::MembersChange(chat)) => self.server.state().change_members(*chat),
            (Some(world), step) => world.step(step).await,
            (None, Step::WritesLate(late)) => {
                self.server.state().write_late(Duration::from_millis((*late).into()));
            }
            (None, Step::Repeats(chat, back)) => self.server.state().repeat(*chat, usize::from(*back)),
            (None, Step::ArchivesTwice) => self.server.state().archive_twice(),
            (None, Step::Pages(most)) => self.server.state().pages_of((*most).into()),
            (None, Step::Expires { of, count }) => self.server.state().expire(*of, (*count).into()),
            (None, step) => panic!("{step:?} before the desk has signed in"),
        }
    }

    async fn history(&self, actor: Actor, chat: Chat, count: u32) {
        let before = self.server.state().said(chat).count();
        for number in 1..=count {
            let name = match actor {
                Actor::Bob => "Bob",
                Actor::Carol => "Carol",
                Actor::Phone | Actor::Desk => "Alice",
            };
            let number = usize::try_from(number).expect("small") + before;
            self.server
                .state()
                .voice(voice(actor, chat), &format!("{name} {number}"));
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    }

    fn about(&self, voice: Voice, target: &str, about: &About) {
        let said = self.said(voice.chat, target);
        // In a team a text is named by the id that the team gave it, but for its author.
        let in_archive = said.archived.first().filter(|_| voice.chat.is_team());
        let id = in_archive.unwrap_or(&said.id);
        let payload = match about {
            About::Corrects(text) => format!(
                "<body>{text}</body><replace xmlns='urn:xmpp:message-correct:0' id='{}'/>",
                said.id
            ),
            About::TakesBack => format!("<retract xmlns='urn:xmpp:message-retract:1' id='{id}'/>"),
            About::Reacts(emoji) => {
                format!("<reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>{emoji}</reaction></reactions>")
            }
            About::HasReceived => format!("<received xmlns='urn:xmpp:receipts' id='{id}'/>"),
            About::HasSeen => format!("<displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/>"),
        };
        self.server.state().voice_about(voice, &payload);
    }

    /// The text that begins like this.
    fn said(&self, chat: Chat, begins: &str) -> Said {
        let state = self.server.state();
        let mut found = state.said(chat).filter(|said| said.text.starts_with(begins));
        let said = found.next().cloned();
        said.unwrap_or_else(|| panic!("nobody said {begins:?} in {chat:?}"))
    }

    async fn desk_reads(&mut self, chat: Chat, target: &str) {
        let said = self.said(chat, target);
        let message = dump::row_of(self.world(), chat, &said).await.expect("it is here");
        let reads = |conversation, answer| Command::MarkRead {
            conversation,
            message: message.into(),
            answer,
        };
        self.world().ask(chat, reads).await.expect("alive").expect("marked");
    }

    async fn jump(&mut self, chat: Chat, target: &str) {
        let at = self.said(chat, target).stamp / 1_000;
        let jump = |conversation, answer| Command::Jump {
            conversation,
            to: JumpTarget::Date { at },
            answer,
        };
        self.world().ask(chat, jump).await.expect("alive").expect("landed");
    }
}

fn voice(actor: Actor, chat: Chat) -> Voice {
    let (author, nick) = match actor {
        Actor::Bob => (Author::Other, "Bob"),
        Actor::Carol => (Author::Other, "Carol"),
        Actor::Phone => (Author::Alice, "alice"),
        Actor::Desk => panic!("the desk only says and sees"),
    };
    assert!(
        chat.is_team() || author == Author::Alice || chat.address().starts_with(&nick.to_lowercase()),
        "{nick} speaks in the conversation of somebody else"
    );
    Voice { chat, author, nick }
}
