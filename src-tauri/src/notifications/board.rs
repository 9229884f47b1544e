//! What is shown: at most one notification for each conversation, and one for several together.

use std::collections::HashMap;

use wardline_sdk::view::{ConversationId, InvitationNews, MessageId, News, NotificationContent, NotificationSound};

use super::words::{self, Words};

/// A conversation, and a message of it if one is meant.
type Place = (ConversationId, Option<MessageId>);

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum About {
    Conversation(ConversationId),
    /// Several conversations that were caught up with.
    Many,
}

/// Counts what was shown, so that a click on something that has been replaced meanwhile is known as such.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Showing(u64);

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Clicked,
    Closed,
}

/// How notifications are shown here.
pub(super) trait Desktop: Send {
    /// A notification that can be replaced and withdrawn.
    type Shown: Send;

    /// Shows one, in place of another where that is given. `None`: it could not be shown.
    fn show(
        &mut self,
        about: About,
        showing: Showing,
        words: &Words,
        sound: NotificationSound,
        former: Option<Self::Shown>,
    ) -> impl Future<Output = Option<Self::Shown>> + Send;

    /// Takes one away.
    fn withdraw(&mut self, shown: Self::Shown) -> impl Future<Output = ()> + Send;
}

struct Entry<S> {
    showing: Showing,
    /// Where a click leads. Several conversations together lead to the window alone.
    leads_to: Option<Place>,
    shown: S,
}

/// Everything that is shown.
pub(super) struct Board<D: Desktop> {
    desktop: D,
    entries: HashMap<About, Entry<D::Shown>>,
    last: Showing,
    /// The conversations of the one that is about many.
    together: Vec<ConversationId>,
}

impl<D: Desktop> Board<D> {
    pub(super) fn new(desktop: D) -> Self {
        Self {
            desktop,
            entries: HashMap::new(),
            last: Showing::default(),
            together: Vec::new(),
        }
    }

    /// Whether there is a notification of this conversation alone.
    pub(super) fn shows(&self, conversation: ConversationId) -> bool {
        self.entries.contains_key(&About::Conversation(conversation))
    }

    /// Shows news of one conversation.
    pub(super) async fn show_one(&mut self, news: &News, content: NotificationContent, sound: NotificationSound) {
        let about = About::Conversation(news.conversation);
        let leads_to = Some((news.conversation, Some(news.message)));
        self.show(about, leads_to, &words::of_one(news, content), sound).await;
    }

    /// Shows that somebody asks into a team.
    pub(super) async fn show_invitation(
        &mut self,
        invitation: &InvitationNews,
        content: NotificationContent,
        sound: NotificationSound,
    ) {
        let about = About::Conversation(invitation.conversation);
        let leads_to = Some((invitation.conversation, None));
        self.show(about, leads_to, &words::of_invitation(invitation, content), sound)
            .await;
    }

    /// Shows news of several conversations as one notification. It stands for those that are shown of each.
    pub(super) async fn show_many(&mut self, news: &[News], content: NotificationContent, sound: NotificationSound) {
        for one in news {
            self.take_away(About::Conversation(one.conversation)).await;
        }
        self.together = news.iter().map(|news| news.conversation).collect();
        self.show(About::Many, None, &words::of_many(news, content), sound)
            .await;
    }

    async fn show(&mut self, about: About, leads_to: Option<Place>, words: &Words, sound: NotificationSound) {
        self.last = Showing(self.last.0.wrapping_add(1));
        let showing = self.last;
        let former = self.entries.remove(&about).map(|entry| entry.shown);
        if let Some(shown) = self.desktop.show(about, showing, words, sound, former).await {
            let entry = Entry {
                showing,
                leads_to,
                shown,
            };
            self.entries.insert(about, entry);
        }
    }

    /// A conversation has been read: nothing about it is news any more.
    pub(super) async fn read(&mut self, conversation: ConversationId) {
        self.take_away(About::Conversation(conversation)).await;
        self.together.retain(|other| *other != conversation);
        if self.together.is_empty() {
            self.take_away(About::Many).await;
        }
    }

    /// Takes everything away but what is about these conversations.
    pub(super) async fn keep_only(&mut self, unread: impl Fn(ConversationId) -> bool) {
        let shown = self.entries.keys().filter_map(|about| match about {
            About::Conversation(id) => Some(*id),
            About::Many => None,
        });
        let read: Vec<ConversationId> = shown
            .chain(self.together.iter().copied())
            .filter(|id| !unread(*id))
            .collect();
        for conversation in read {
            self.read(conversation).await;
        }
    }

    /// Takes everything away.
    pub(super) async fn clear(&mut self) {
        self.together.clear();
        for (_, entry) in std::mem::take(&mut self.entries) {
            self.desktop.withdraw(entry.shown).await;
        }
    }

    /// Something became of a notification; what is to be shown in the window now. It is taken away, since some desktops leave it after a
    /// click.
    pub(super) async fn came_of(&mut self, about: About, showing: Showing, outcome: Outcome) -> Option<Clicked> {
        let entry = self.entries.get(&about)?;
        // A click on what stood there a moment ago means the same.
        if outcome == Outcome::Closed && entry.showing != showing {
            return None;
        }
        let leads_to = entry.leads_to;
        match outcome {
            Outcome::Clicked => {
                self.take_away(about).await;
                Some(Clicked { leads_to })
            }
            Outcome::Closed => {
                self.entries.remove(&about);
                None
            }
        }
    }

    async fn take_away(&mut self, about: About) {
        if let Some(entry) = self.entries.remove(&about) {
            self.desktop.withdraw(entry.shown).await;
        }
    }
}

/// A notification was clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clicked {
    /// What to show; `None`: the window alone.
    pub(super) leads_to: Option<Place>,
}

#[cfg(test)]
impl<D: Desktop> Board<D> {
    pub(super) fn desktop(&self) -> &D {
        &self.desktop
    }

    pub(super) fn desktop_mut(&mut self) -> &mut D {
        &mut self.desktop
    }

    pub(super) fn last_showing(&self) -> Showing {
        self.last
    }
}
