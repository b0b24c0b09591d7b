//! Keeps what a person is asked before anything is sent, and the answers.
//!
//! Invariants: one question of a topic is open at a time; an answer holds for exactly what was asked.

use chrono::{DateTime, Utc};
use rusqlite::named_params;
use serde_json::{Value, json};

use crate::domain::{Act, Actor, Topic};
use crate::error::Problem;
use crate::ledger::values::{from_json, instant, json as text, stamp, word};
use crate::ledger::{AuditAct, LedgerError, LedgerTx};
use crate::views::Question;

impl LedgerTx<'_> {
    /// Says whether a person has answered exactly this.
    pub(crate) fn is_answered(&self, topic: Topic, about: &Value) -> Result<bool, LedgerError> {
        let found = self.row(
            "SELECT 1 AS one FROM question WHERE topic = :topic AND about = :about AND answered_at IS NOT NULL",
            named_params! { ":topic": topic.as_str(), ":about": text(about) },
            |row| self.get::<i64>(row, "one"),
        )?;
        Ok(found.is_some())
    }

    /// Says whether a question of the topic is open.
    pub(crate) fn asks(&self, topic: Topic) -> Result<bool, LedgerError> {
        let found = self.row(
            "SELECT 1 AS one FROM question WHERE topic = :topic AND answered_at IS NULL AND withdrawn_at IS NULL",
            named_params! { ":topic": topic.as_str() },
            |row| self.get::<i64>(row, "one"),
        )?;
        Ok(found.is_some())
    }

    /// Asks a person. A question of the topic that is about something else is withdrawn.
    pub(crate) fn ask_person(
        &self,
        topic: Topic,
        about: &Value,
        problem: &Problem,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let about = text(about);
        let open = self.row(
            "SELECT about FROM question WHERE topic = :topic AND answered_at IS NULL AND withdrawn_at IS NULL",
            named_params! { ":topic": topic.as_str() },
            |row| self.get::<String>(row, "about"),
        )?;
        if open.as_ref() == Some(&about) {
            return Ok(());
        }
        self.withdraw_question(topic, now)?;
        self.execute_one(
            "question",
            "INSERT INTO question (topic, about, problem, asked_at) VALUES (:topic, :about, :problem, :now)",
            named_params! {
                ":topic": topic.as_str(), ":about": about, ":problem": text(problem), ":now": stamp(now),
            },
        )
    }

    /// Withdraws the open question of a topic, since there is nothing to ask any more.
    pub(crate) fn withdraw_question(&self, topic: Topic, now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.execute(
            "UPDATE question SET withdrawn_at = :now
             WHERE topic = :topic AND answered_at IS NULL AND withdrawn_at IS NULL",
            named_params! { ":topic": topic.as_str(), ":now": stamp(now) },
        )?;
        Ok(())
    }

    /// Answers the open question of a topic with a person's word, with its audit entry; returns `false` if there is
    /// none. `reason` is trimmed, and long enough.
    pub(crate) fn answer_question(
        &self,
        topic: Topic,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let open = self.row(
            "SELECT about FROM question WHERE topic = :topic AND answered_at IS NULL AND withdrawn_at IS NULL",
            named_params! { ":topic": topic.as_str() },
            |row| from_json::<Value>("question.about", &self.get::<String>(row, "about")?),
        )?;
        let Some(about) = open else { return Ok(false) };
        self.execute_one(
            "question",
            "UPDATE question SET answered_at = :now, reason = :reason, actor_user = :user, actor_host = :host
             WHERE topic = :topic AND answered_at IS NULL AND withdrawn_at IS NULL",
            named_params! {
                ":topic": topic.as_str(), ":now": stamp(now), ":reason": reason, ":user": actor.user,
                ":host": actor.host,
            },
        )?;
        self.enter_answer(topic, &about, None, reason, actor, now)?;
        Ok(true)
    }

    /// Keeps a person's word that a record which is held as a look-alike of another is an expense of its own, with its
    /// audit entry; returns `false` if it is not held as one.
    pub(crate) fn release_look_alike(
        &self,
        record_id: &str,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let like = self.row(
            "SELECT json_extract(held_reason, '$.like') AS other FROM record
             WHERE record_id = :record AND json_extract(held_reason, '$.code') = 'id_look_alike'",
            named_params! { ":record": record_id },
            |row| self.get::<String>(row, "other"),
        )?;
        let Some(like) = like else { return Ok(false) };
        let about = json!({ "like": like, "record_id": record_id });
        if self.is_answered(Topic::LookAlikeId, &about)? {
            return Ok(true);
        }
        self.execute_one(
            "question",
            "INSERT INTO question (topic, about, asked_at, answered_at, reason, actor_user, actor_host)
             VALUES (:topic, :about, :now, :now, :reason, :user, :host)",
            named_params! {
                ":topic": Topic::LookAlikeId.as_str(), ":about": text(&about), ":now": stamp(now), ":reason": reason,
                ":user": actor.user, ":host": actor.host,
            },
        )?;
        self.enter_answer(Topic::LookAlikeId, &about, Some(record_id), reason, actor, now)?;
        Ok(true)
    }

    fn enter_answer(
        &self,
        topic: Topic,
        about: &Value,
        record_id: Option<&str>,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let mut act = AuditAct::new(now, actor, Act::Confirmed).reason(reason);
        if let Some(record_id) = record_id {
            act = act.record(record_id, crate::domain::Generation::FIRST);
        }
        self.audit(&act.detail(json!({ "topic": topic.as_str(), "about": about })))?;
        Ok(())
    }

    /// Returns the open questions, oldest first.
    pub(in crate::ledger) fn open_questions(&self) -> Result<Vec<Question>, LedgerError> {
        self.rows(
            "SELECT topic, problem, asked_at FROM question
             WHERE answered_at IS NULL AND withdrawn_at IS NULL AND problem IS NOT NULL ORDER BY question_id",
            [],
            |row| {
                Ok(Question {
                    topic: word("question.topic", &self.get::<String>(row, "topic")?, Topic::from_text)?,
                    problem: from_json("question.problem", &self.get::<String>(row, "problem")?)?,
                    asked_at: instant("question.asked_at", &self.get::<String>(row, "asked_at")?)?,
                })
            },
        )
    }
}
