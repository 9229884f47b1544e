//! The start of a session: everything that is asked of the server, or told to it, once in every session.
//!
//! It happens in steps. A step that cannot be stored loses only itself: the others go on, the catch-up among them, and the failed
//! one is tried once more a moment later. Where the file itself has failed, the whole engine ends and begins again.

use wardline_store::{StoreError, outbox};
use wardline_xmpp::session::{Continuity, Opened, SessionNumber};

use super::Engine;
use super::clock::Link;
use super::markers::Whose;
use super::presence::Freshness;
use super::requests::Handling;

impl Engine {
    /// The session is open: a new one, or one that was resumed.
    pub(super) async fn on_opened(&mut self, opened: Opened) -> Result<(), StoreError> {
        let continuity = opened.continuity;
        tracing::info!(?continuity, "session opened");
        self.clock.set_link(Link::Up);
        match opened.time {
            Some(time) => {
                let (at, round_trip) = (time.at.0, time.round_trip);
                self.step("clock", move |engine| Box::pin(engine.on_time(at, round_trip)))
                    .await?;
            }
            // A session that goes on after a sleep.
            None if self.clock.is_doubtful() => self.request_time(),
            None => {}
        }
        self.remembered.opened(self.clock.now(), continuity, &opened.features);
        match continuity {
            Continuity::New => self.begin_session(&opened).await?,
            Continuity::Resumed => self.resume_session().await?,
        }
        self.send_receipts().await;
        self.step("smart markers", |engine| Box::pin(engine.request_open_smart_markers()))
            .await?;
        self.step("checks", move |engine| Box::pin(engine.resume_checks(continuity)))
            .await?;
        self.step("threads", |engine| Box::pin(engine.refresh_all_edges()))
            .await?;
        self.step("outbox", |engine| Box::pin(engine.drain_outbox())).await
    }

    async fn begin_session(&mut self, opened: &Opened) -> Result<(), StoreError> {
        let (number, features) = (opened.number, &opened.features);
        self.step("unacknowledged messages", move |engine| {
            Box::pin(engine.leave_session(number))
        })
        .await?;
        self.step("presence", |engine| Box::pin(engine.forget_presence()))
            .await?;
        self.forget_strangers();
        self.contact_requests.forget();
        self.requests.forget_postponed();
        self.smart_markers.forget();
        self.know_inbox(opened);
        self.step("private nodes", |engine| Box::pin(engine.know_private_nodes()))
            .await?;
        self.begin_blocking(features);
        self.begin_displayed(features);
        // Before the inbox is requested: the server then knows what was read without a connection.
        self.step("read positions", |engine| {
            Box::pin(engine.send_pending_markers(Whose::Archive(engine.own_archive)))
        })
        .await?;
        self.request_bookmarks();
        self.begin_light(features);
        self.step("catch-up", |engine| Box::pin(engine.begin_catch_up()))
            .await?;
        self.step("inbox", |engine| Box::pin(engine.read_inbox())).await?;
        self.begin_decisions();
        self.step("pictures", |engine| Box::pin(engine.tidy_pictures())).await
    }

    async fn resume_session(&mut self) -> Result<(), StoreError> {
        let people = self.presences.set_freshness(Freshness::Current);
        self.step("presence", move |engine| Box::pin(engine.show_people(people.clone())))
            .await?;
        self.step("read positions", |engine| {
            Box::pin(engine.send_pending_markers(Whose::Anybodys))
        })
        .await?;
        self.ask_rooms();
        Ok(())
    }

    /// The former session is over: what was in flight in it may have arrived or not, and rooms have forgotten us.
    async fn leave_session(&mut self, next: SessionNumber) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        let moved = outbox::session_ended(&tx).await?;
        for (conversation, message) in moved {
            tx.message(conversation, message);
        }
        let committed = tx.commit().await?;
        self.begun = next;
        self.received.begin();
        self.publish(committed).await
    }

    /// Takes one step; if it fails, it is tried once more later. The error is one of the file, after which nothing goes on.
    async fn step(
        &mut self,
        name: &'static str,
        step: impl for<'a> Fn(&'a mut Self) -> Handling<'a> + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        match step(self).await {
            Err(error) if !error.is_failure() => {
                tracing::error!(name, %error, "a step of starting the session failed");
                self.requests.postpone(step);
                Ok(())
            }
            outcome => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::Instant;

    use super::*;
    use crate::engine::batches::engine;

    #[tokio::test]
    async fn a_step_that_fails_loses_itself_alone_and_is_tried_once_more() {
        let folder = tempfile::tempdir().unwrap();
        let (mut engine, _) = engine(&folder).await;
        let tries = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&tries);
        let step = engine.step("one that fails", move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Box::pin(async { Err(StoreError::NotFound) })
        });
        assert_eq!(step.await, Ok(()), "the next has its turn");
        assert_eq!(tries.load(Ordering::SeqCst), 1);
        let due = engine.requests.next_deadline().unwrap();
        engine.send_postponed(due).await;
        assert_eq!(tries.load(Ordering::SeqCst), 2);
        engine
            .send_postponed(Instant::now() + std::time::Duration::from_secs(60))
            .await;
        assert_eq!(tries.load(Ordering::SeqCst), 2, "not for ever");
    }

    #[tokio::test]
    async fn a_file_that_fails_ends_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let (mut engine, _) = engine(&folder).await;
        let step = engine.step("one that fails", |_| Box::pin(async { Err(StoreError::Full) }));
        assert_eq!(step.await, Err(StoreError::Full));
        assert!(engine.requests.next_deadline().is_none());
    }
}
