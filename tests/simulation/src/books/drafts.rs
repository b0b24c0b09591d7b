//! Keeps drafts: staged, found, committed by their own id, discarded. A draft harms nobody.

use std::time::Duration;

use postonce_engine::domain::{
    Acknowledgement, CommitResult, Discarded, DraftId, FoundDraft, Reference, ShownContent, StageResult,
};
use postonce_engine::ports::CallError;

use super::{Books, Envelope, SentPosting, refusal};

#[derive(Debug, Clone)]
pub(crate) struct Draft {
    id: String,
    drawn: SentPosting,
    state: State,
    pub(super) visible_at: Duration,
}

#[derive(Debug, Clone)]
enum State {
    Open,
    Committed(Acknowledgement),
    Discarded,
}

pub(super) fn found(draft: &Draft) -> Option<FoundDraft> {
    Some(FoundDraft {
        reference: Reference::from_stored(draft.drawn.reference.clone()),
        draft_id: DraftId::new(draft.id.clone())?,
        date: draft.drawn.date,
        currency: draft.drawn.currency.clone(),
        total: super::vouchers::total(&draft.drawn),
        created_at: None,
        shown: ShownContent::default(),
    })
}

impl Books {
    pub(super) fn open_drafts(&self, reference: &str) -> impl Iterator<Item = &Draft> {
        self.drafts.iter().filter(move |draft| matches!(draft.state, State::Open) && draft.drawn.reference == reference)
    }

    pub(crate) fn stage(
        &mut self,
        now: Duration,
        envelope: &Envelope,
        request: &[SentPosting],
    ) -> Result<Vec<StageResult>, CallError> {
        self.admit(now, envelope)?;
        self.whole(request)?;
        Ok(request.iter().map(|drawn| self.stage_one(now, drawn)).collect())
    }

    fn stage_one(&mut self, now: Duration, drawn: &SentPosting) -> StageResult {
        if let Some(refusal) = self.trouble(drawn) {
            return StageResult::Refused { refusal, voucher_id: None };
        }
        let id = format!("D-{}", self.drafts.len() + 1);
        let visible_at = now + self.lag();
        self.drafts.push(Draft { id: id.clone(), drawn: drawn.clone(), state: State::Open, visible_at });
        match DraftId::new(id) {
            Some(id) => StageResult::Staged(id),
            None => StageResult::Refused { refusal: refusal("no-id"), voucher_id: None },
        }
    }

    /// Commits a draft; the same id twice posts once.
    pub(crate) fn commit_draft(
        &mut self,
        now: Duration,
        envelope: &Envelope,
        id: &str,
    ) -> Result<CommitResult, CallError> {
        let fence = self.admit(now, envelope)?;
        let Some(index) = self.drafts.iter().position(|draft| draft.id == id) else { return Ok(CommitResult::Gone) };
        let Some(draft) = self.drafts.get(index).cloned() else { return Ok(CommitResult::Gone) };
        match draft.state {
            State::Committed(acknowledgement) => Ok(CommitResult::Posted(acknowledgement)),
            State::Discarded => Ok(CommitResult::Gone),
            State::Open => {
                if let Some(refusal) = self.trouble(&draft.drawn) {
                    return Ok(CommitResult::Refused(refusal));
                }
                let acknowledgement = self.make(now, envelope, fence, &draft.drawn);
                self.set_draft(index, State::Committed(acknowledgement.clone()));
                Ok(CommitResult::Posted(acknowledgement))
            }
        }
    }

    /// Commits all of them, or none when one is refused: the answer is for the whole then.
    pub(crate) fn commit_drafts(
        &mut self,
        now: Duration,
        envelope: &Envelope,
        ids: &[String],
    ) -> Result<Vec<CommitResult>, CallError> {
        self.admit(now, envelope)?;
        let open = self.drafts.iter().filter(|draft| matches!(draft.state, State::Open) && ids.contains(&draft.id));
        if let Some(refusal) = open.filter_map(|draft| self.trouble(&draft.drawn)).next() {
            return Err(super::refused(&refusal.kind, false));
        }
        ids.iter().map(|id| self.commit_draft(now, envelope, id)).collect()
    }

    pub(crate) fn discard_draft(
        &mut self,
        now: Duration,
        envelope: &Envelope,
        id: &str,
    ) -> Result<Discarded, CallError> {
        self.admit(now, envelope)?;
        let Some(index) = self.drafts.iter().position(|draft| draft.id == id) else { return Ok(Discarded::Gone) };
        if self.drafts.get(index).is_some_and(|draft| matches!(draft.state, State::Committed(_))) {
            return Ok(Discarded::Committed);
        }
        self.set_draft(index, State::Discarded);
        Ok(Discarded::Gone)
    }

    fn set_draft(&mut self, index: usize, state: State) {
        if let Some(draft) = self.drafts.get_mut(index) {
            draft.state = state;
        }
    }

    /// Throws a draft away, as an accountant who tidies up would.
    pub(crate) fn throw_draft_away(&mut self, which: usize) -> bool {
        let open = self.drafts.iter().enumerate().filter(|(_, draft)| matches!(draft.state, State::Open));
        let Some((index, _)) = open.clone().nth(which % open.count().max(1)) else { return false };
        self.set_draft(index, State::Discarded);
        true
    }
}
