//! Colleagues who come online, read, type and answer, so that the demo is a conversation and not a picture of one.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use tokio::task::JoinSet;
use tokio::time::sleep;
use wardline_xmpp::message::{ChatState, Direction, MessageKind, ReceivedMessage, Route};

use crate::client::{ClientError, TestClient};
use crate::hospital::{Hospital, USER};
use crate::servers::{Account, Endpoint};

/// Who is on duty.
const ON_DUTY: [&str; 6] = ["daniel", "tom", "priya", "mei", "sarah", "grace"];

/// Colleagues at work; they leave when this value is dropped.
#[derive(Debug)]
pub struct Colleagues {
    tasks: JoinSet<()>,
}

/// One colleague's place in the hospital.
struct Post {
    account: Account,
    endpoint: Endpoint,
    full_name: String,
    user: String,
    /// The user's name in team chats.
    user_nick: String,
    /// Addresses of the team chats to be in.
    rooms: Vec<String>,
    /// Those of them in which this colleague is the one who answers.
    answers_in: Vec<String>,
}

impl Colleagues {
    /// Brings those on duty online. They stay until the value is dropped, through restarts of the server too.
    #[must_use]
    pub fn start(hospital: &Hospital, endpoint: &Endpoint) -> Self {
        let mut tasks = JoinSet::new();
        for (number, name) in (0_u64..).zip(ON_DUTY) {
            let Some(person) = hospital.people().iter().find(|person| person.name == name) else {
                continue;
            };
            let teams = hospital
                .teams()
                .iter()
                .filter(|team| team.members.iter().any(|member| member == name));
            // One person answers in each team chat: the first of its members who is on duty.
            let first = |members: &[String]| members.iter().find(|one| ON_DUTY.contains(&one.as_str())).cloned();
            let mut rooms = Vec::new();
            let mut answers_in = Vec::new();
            for team in teams {
                let address = hospital.address_of_team(team);
                if first(&team.members).as_deref() == Some(name) {
                    answers_in.push(address.clone());
                }
                rooms.push(address);
            }
            let post = Post {
                account: hospital.account(name),
                endpoint: endpoint.clone(),
                full_name: person.full_name.clone(),
                user: hospital.account(USER).address,
                user_nick: hospital.full_name(USER).to_owned(),
                rooms,
                answers_in,
            };
            tasks.spawn(async move {
                let mut random = StdRng::seed_from_u64(number);
                loop {
                    // Whatever ended the shift (the server was stopped, say), it begins anew a little later.
                    let _ended = post.shift(number, &mut random).await;
                    sleep(Duration::from_secs(3)).await;
                }
            });
        }
        Self { tasks }
    }

    /// How many are at work.
    #[must_use]
    pub fn count(&self) -> usize {
        self.tasks.len()
    }
}

impl Post {
    async fn shift(&self, number: u64, random: &mut StdRng) -> Result<(), ClientError> {
        let mut client = TestClient::connect_as(&self.endpoint, &self.account, "desk").await?;
        for room in &self.rooms {
            client.join_room(room, &self.full_name).await?;
        }
        let mut news = Box::pin(sleep(first_news(number)));
        loop {
            tokio::select! {
                message = client.next_message() => self.react(&client, &message?, random).await?,
                () = &mut news => {
                    self.tell_news(&client, random).await?;
                    news = Box::pin(sleep(Duration::from_secs(random.random_range(240..600))));
                }
            }
        }
    }

    /// Reads what the user wrote, takes a moment, types, answers.
    async fn react(
        &self,
        client: &TestClient,
        message: &ReceivedMessage,
        random: &mut StdRng,
    ) -> Result<(), ClientError> {
        let Some(text) = message.body.as_deref().filter(|_| message.route == Route::Live) else {
            return Ok(());
        };
        if message.direction != Direction::Incoming {
            return Ok(());
        }
        match message.kind {
            MessageKind::Chat | MessageKind::Normal if message.conversation.as_str() == self.user => {
                if let Some(id) = &message.id {
                    client.confirm(&self.user, id.clone()).await?;
                    sleep(Duration::from_millis(random.random_range(700..1800))).await;
                    client.mark_displayed(&self.user, id.clone()).await?;
                }
                let answer = answer_to(text, random);
                self.type_out(client, answer, random).await?;
                client.send_text(&self.user, answer).await?;
            }
            MessageKind::GroupChat
                if message.nick.as_deref() == Some(&self.user_nick)
                    && self.answers_in.iter().any(|room| room == message.conversation.as_str()) =>
            {
                sleep(Duration::from_millis(random.random_range(1500..4000))).await;
                client
                    .send_to_room(message.conversation.as_str(), answer_to(text, random))
                    .await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn tell_news(&self, client: &TestClient, random: &mut StdRng) -> Result<(), ClientError> {
        let text = NEWS.choose(random).copied().unwrap_or("All quiet here.");
        self.type_out(client, text, random).await?;
        client.send_text(&self.user, text).await.map(drop)
    }

    /// Shows typing for about as long as the text takes.
    async fn type_out(&self, client: &TestClient, text: &str, random: &mut StdRng) -> Result<(), ClientError> {
        sleep(Duration::from_millis(random.random_range(400..1200))).await;
        client.show(&self.user, ChatState::Composing).await?;
        let letters = u64::try_from(text.len()).unwrap_or(60);
        sleep(Duration::from_millis((letters * 35).clamp(1200, 4500))).await;
        Ok(())
    }
}

/// The first two have something to say soon, so that a demo comes alive at once.
fn first_news(number: u64) -> Duration {
    Duration::from_secs(match number {
        0 => 20,
        1 => 45,
        _ => 150 + number * 60,
    })
}

const NEWS: [&str; 8] = [
    "Just so you know: bed 4 is still quiet, no ectopics in the last hour.",
    "Echo lab could fit bed 9 in at half past. Shall I send her down?",
    "Lab rang: the repeat troponin will be twenty minutes late.",
    "Relatives of bed 12 are very happy with how this morning went 🙂",
    "Observations are all done, nobody above NEWS 2.",
    "Could you sign the discharge letter for bed 14 when you have a minute?",
    "The new admission is settled, ECG is in the folder.",
    "Tea is in the staff room, and there's cake. No rush, but there's not much cake.",
];

/// What somebody answers, by what they were asked.
fn answer_to(text: &str, random: &mut StdRng) -> &'static str {
    let lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let choices: &[&'static str] = if has(&["thank", "cheers", "👍"]) {
        &["You're welcome!", "Any time.", "No problem at all."]
    } else if has(&["potassium", "troponin", "bloods", "inr", "result", "lactate"]) {
        &[
            "Checked just now: back in ten minutes, I'll write as soon as I have it.",
            "It's in the record, all within range.",
            "Sample went to the lab at a quarter past. I'll chase it.",
        ]
    } else if has(&["echo", "scan", "x-ray", "mri", "angiogram"]) {
        &[
            "Booked. They'll ring the ward when they're ready.",
            "There's a slot this afternoon, I've taken it.",
        ]
    } else if has(&["when", "what time", "how long"]) {
        &[
            "In about twenty minutes.",
            "After the board round, so about half past.",
            "Before two, I promise.",
        ]
    } else if has(&["can you", "could you", "please", "would you"]) {
        &[
            "Of course, doing it now.",
            "Will do, and I'll let you know when it's done.",
            "Yes, give me five minutes.",
        ]
    } else if lower.ends_with('?') {
        &[
            "Yes, as far as I can see.",
            "Let me check and come back to you.",
            "I think so – I'll make sure.",
        ]
    } else if has(&["hello", "hi ", "morning", "evening"]) {
        &["Hello Asha!", "Hi! How's it going up there?"]
    } else {
        &[
            "Noted, thank you.",
            "OK, I'll pass that on.",
            "Understood – I'll keep an eye on it.",
            "Great, that helps.",
        ]
    };
    choices.choose(random).copied().unwrap_or("Noted.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_fits_what_was_said() {
        let mut random = StdRng::seed_from_u64(1);
        assert!(["You're welcome!", "Any time.", "No problem at all."].contains(&answer_to("Thank you!", &mut random)));
        let answer = answer_to("Is the potassium back?", &mut random);
        assert!(
            answer.contains("minutes") || answer.contains("range") || answer.contains("lab"),
            "{answer}"
        );
    }
}
