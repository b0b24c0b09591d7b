//! Plays the person at a machine who answers what is asked, and follows the advice that is shown.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use postonce_engine::domain::Topic;
use postonce_engine::error::Problem;
use postonce_engine::views::RecordState;

use crate::checker;
use crate::machine::Machine;

const REASON: &str = "seen, and it is meant so";

impl Machine {
    /// Answers the questions with which a run ended. The person who is shown that the books export under another prefix
    /// takes that one; every other question is about something that is meant so.
    pub(crate) async fn answer(&mut self) {
        if !self.body.is_asked.swap(false, Ordering::Relaxed) {
            return;
        }
        let Some((process, engine)) = self.program(false) else { return };
        let questions = engine.ledger().questions().await.unwrap_or_default();
        let mut takes_prefix = false;
        for question in questions {
            if question.topic == Topic::Prefix && !self.body.uses(self.world.books().prefix_in_use()) {
                takes_prefix = true;
                continue;
            }
            let answered = engine.confirm(question.topic, REASON, &self.actor()).await;
            self.world.log(format_args!("{}: {:?} is answered: {}", process.name, question.topic, answered.is_ok()));
        }
        drop(engine);
        if takes_prefix {
            self.world.log(format_args!("{} takes the prefix of the books", self.body.name));
            self.world.count("prefixes taken from the books");
            self.pull_the_plug().await;
            self.body.types_another_prefix();
        }
    }

    /// Does what the list of what waits advises, record by record. What it advises must be possible.
    pub(crate) async fn follow_advice(&mut self) {
        let attention = self.attention().await;
        let Some((process, engine)) = self.program(false) else { return };
        for item in attention {
            let Some(id) = item.record_id.clone() else { continue };
            let done: Result<(), Problem> = match item.state {
                RecordState::Gone => engine.set_aside(std::slice::from_ref(&id), REASON, &self.actor()).await,
                RecordState::Changed => engine.accept(&id, REASON, &self.actor()).await,
                RecordState::Vanished => {
                    self.world.accepts(&id);
                    engine.accept(&id, REASON, &self.actor()).await
                }
                _ => continue,
            };
            self.world.log(format_args!("{}: {id}, which is {:?}, stays so", process.name, item.state));
            self.world.count("advice followed");
            if let Err(problem) = done {
                checker::act_refused(&Arc::clone(&process), &problem);
            }
        }
    }
}
