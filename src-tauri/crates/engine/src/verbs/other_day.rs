//! Books records on another day than their own, which lies in a closed period, by a person's word.

use chrono::NaiveDate;

use crate::domain::Actor;
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::LedgerTx;
use crate::verbs::reason::check_reason;

impl Engine {
    /// Chooses another day for records that are refused for a closed period, all of these or none; for every such
    /// record, if none is named. The next sync sends them for that day; their own day then stands before the text.
    /// Returns the ids.
    ///
    /// # Errors
    /// If the reason is too short, a record is not refused for a closed period, no record is, the day is not after the
    /// one that was refused, or more than a year ahead, or the ledger cannot be written.
    pub async fn choose_other_day(
        &self,
        record_ids: &[String],
        day: NaiveDate,
        reason: &str,
        actor: &Actor,
    ) -> Result<Vec<String>, Problem> {
        let reason = check_reason(reason)?;
        let (ids, actor, now) = (record_ids.to_owned(), actor.clone(), self.parts().clock.now());
        let is_plausible = self.parts().settings.booking_day(now).is_plausible(day);
        let act = move |tx: &LedgerTx<'_>| {
            let mut records = tx.in_closed_period()?;
            if !ids.is_empty() {
                if let Some(id) = ids.iter().find(|id| !records.iter().any(|record| record.record_id == **id)) {
                    return Ok(Err(Problem::no_other_day_needed(id)));
                }
                records.retain(|record| ids.contains(&record.record_id));
            }
            if records.is_empty() {
                return Ok(Err(Problem::nothing_in_closed_period()));
            }
            if let Some(unfit) = records.iter().find(|record| day <= record.refused || !is_plausible) {
                return Ok(Err(Problem::other_day_unfit(day, &unfit.record_id, unfit.refused)));
            }
            for record in &records {
                tx.choose_other_day(record, day, &reason, &actor, now)?;
            }
            Ok(Ok(records.into_iter().map(|record| record.record_id).collect()))
        };
        self.parts().ledger.write(act).await?
    }
}
