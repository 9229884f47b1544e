//! What the list must show: of each conversation what was said last, and how much is unread.

use std::collections::HashMap;

use chrono::{Duration, Utc};
use wardline_sdk::text::preview;
use wardline_sdk::view::ConversationRow;
use wardline_test_support::hospital::{Hospital, USER};
use wardline_test_support::servers::{ArchiveOwner, ArchivedStanza, Listed};

/// The list as it must be.
pub(super) struct Wanted {
    inbox: Vec<Listed>,
    /// What was said last, by conversation.
    last: HashMap<String, String>,
    /// Conversations by the names that they may have in the list: that of the address, and the real one once it is known.
    names: HashMap<String, usize>,
    own: String,
}

impl Wanted {
    pub(super) fn of(hospital: &Hospital) -> Self {
        let inbox = hospital.inbox().to_vec();
        let texts = hospital.stanzas().iter().filter(|stanza| !stanza.text.is_empty());
        let last = texts.map(|stanza| (stanza.with.clone(), stanza.text.clone())).collect();
        let people = hospital.people().iter().map(|person| (&person.name, &person.full_name));
        let teams = hospital.teams().iter().map(|team| (&team.node, &team.name));
        let real: HashMap<&String, &String> = people.chain(teams).collect();
        let mut names = HashMap::new();
        for (place, listed) in inbox.iter().enumerate() {
            let local = listed.with.split('@').next().unwrap_or_default().to_owned();
            if let Some(name) = real.get(&local) {
                names.insert((*name).clone(), place);
            }
            names.insert(local, place);
        }
        Self {
            inbox,
            last,
            names,
            own: hospital.user().address,
        }
    }

    /// Conversations.
    pub(super) fn len(&self) -> usize {
        self.inbox.len()
    }

    /// As the server must hold it.
    pub(super) fn inbox(&self) -> &[Listed] {
        &self.inbox
    }

    /// Whether a row shows what it must.
    pub(super) fn is_right(&self, row: &ConversationRow) -> bool {
        let listed = self
            .names
            .get(&row.person.name)
            .and_then(|place| self.inbox.get(*place));
        let Some(listed) = listed else { return false };
        let shown = row.preview.as_ref().map(|preview| preview.text.as_str());
        listed.unread == row.unread && shown == self.last.get(&listed.with).map(|text| preview(text)).as_deref()
    }

    /// Something new is said in so many conversations with people, all over the list; what their archive gets.
    pub(super) fn say_more(&mut self, conversations: usize) -> Vec<ArchivedStanza> {
        let step = (self.inbox.len() / conversations).max(1);
        let people = self.inbox.iter_mut().filter(|listed| !listed.with.contains("@rooms."));
        let mut said = Vec::with_capacity(conversations);
        for (number, listed) in people.step_by(step).take(conversations).enumerate() {
            let at = Utc::now() - Duration::seconds(60) + Duration::seconds(i64::try_from(number).unwrap_or_default());
            let id = format!("news-{number}");
            let text = format!("Bed {} is ready.", number + 1);
            let stanza = format!(
                "<message xmlns='jabber:client' type='chat' from='{}/desk' to='{}' id='{id}'><body>{text}</body>\
                 <stanza-id xmlns='urn:xmpp:sid:0' by='{}' id='a-{id}'/></message>",
                listed.with, self.own, self.own
            );
            self.last.insert(listed.with.clone(), text.clone());
            listed.last.clone_from(&stanza);
            listed.id.clone_from(&id);
            listed.at = at;
            listed.unread += 1;
            said.push(ArchivedStanza {
                owner: ArchiveOwner::Person(USER.to_owned()),
                id: format!("a-{id}"),
                at,
                with: listed.with.clone(),
                stanza,
                text,
            });
        }
        said
    }
}
