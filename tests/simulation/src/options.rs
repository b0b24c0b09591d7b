//! Draws the options of a seed's world. Each kind of bad luck is there in about half of the worlds: a world with
//! everything at once hides what a single kind can do ("swarm testing", Groce and others 2012).

use std::time::Duration;

use chrono::TimeDelta;
use postonce_engine::WhenStillUnknown;
use postonce_engine::domain::{Capabilities, Protection, ReferenceRules, SEARCH_LAG_UNSTATED};

use crate::Ask;
use crate::books::{BookRules, LockKind};
use crate::dice::Dice;

/// The frequency of each kind of bad luck, in a thousand calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Luck {
    pub(crate) no_connection: u64,
    pub(crate) request_lost: u64,
    pub(crate) answer_lost: u64,
    pub(crate) takes_effect_late: u64,
    pub(crate) delivered_twice: u64,
    pub(crate) busy: u64,
    pub(crate) error_before: u64,
    pub(crate) error_after: u64,
    pub(crate) cut_short: u64,
    pub(crate) result_missing: u64,
    pub(crate) slow: u64,
    /// The frequency of a machine that stops just when the permit said yes.
    pub(crate) stalls: u64,
    pub(crate) source_fails: u64,
    /// The frequency of an intermediary that answers a write instead of the server, which has done it.
    pub(crate) gateway: u64,
}

/// The frequency of each act of the director, as shares of the whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shares {
    pub(crate) crash: u64,
    pub(crate) stop: u64,
    pub(crate) freeze: u64,
    pub(crate) clock: u64,
    pub(crate) partition: u64,
    pub(crate) platform: u64,
    pub(crate) accountant: u64,
    pub(crate) period: u64,
    pub(crate) ledger: u64,
    pub(crate) break_lock: u64,
    pub(crate) re_export: u64,
    pub(crate) resolve: u64,
    /// The source is replaced by another month's, emptied, or put back.
    pub(crate) source: u64,
    /// The accounting system's clock goes forward by an hour.
    pub(crate) server_clock: u64,
    /// The accounting system loses the count of its fences.
    pub(crate) forget_fences: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) rules: BookRules,
    pub(crate) machines: usize,
    pub(crate) records: usize,
    pub(crate) acts: usize,
    pub(crate) vouchers_per_request: usize,
    /// The number of drafts that one call commits; 1 when each is a call of its own.
    pub(crate) drafts_per_commit: usize,
    pub(crate) requests_in_flight: usize,
    pub(crate) lease: Duration,
    pub(crate) wait_for_lock: Duration,
    pub(crate) when_still_unknown: WhenStillUnknown,
    /// The time after which a call is given up.
    pub(crate) patience: Duration,
    /// The longest time from leaving a machine to taking effect.
    pub(crate) way_max: Duration,
    pub(crate) luck: Luck,
    pub(crate) shares: Shares,
    pub(crate) source_page: usize,
    /// The frequency of a record that is refused, in a thousand.
    pub(crate) poisoned: u64,
    /// The difference in how fast the machines' clocks go, in millionths.
    pub(crate) drift: i64,
    /// True: each run ends with a comparison.
    pub(crate) compares: bool,
    /// The lag that the accounting system states.
    pub(crate) stated_lag: StatedLag,
    /// True: one administrator types another prefix for the same books.
    pub(crate) two_prefixes: bool,
    /// True: somebody follows every advice that is shown.
    pub(crate) advised: bool,
    /// True: a record whose period is closed is booked on the next open day.
    pub(crate) passes_over: bool,
}

/// The lag of the search, as it is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatedLag {
    /// It is the real one.
    Truly,
    /// Nothing is stated, so that the connector gives its own guess, which covers the real one.
    Not,
    /// None is stated, falsely; the window covers the real one.
    Falsely,
}

impl Options {
    pub(crate) fn draw(dice: &mut Dice, ask: Ask) -> Self {
        let Ask { protection, lock, .. } = ask;
        let drawn = dice.index(Protection::ALL.len());
        let protection = protection.or(Protection::ALL.get(drawn).copied()).unwrap_or(Protection::Enforced);
        // Only a lock of the system's own has numbers that serve as fences.
        let protection = match (protection, lock) {
            (Protection::Fenced, Some(LockKind::Rows)) => Protection::Observed,
            _ => protection,
        };
        let keys_live = dice.coin().then(|| Duration::from_secs(3_600 * dice.between(2, 48)));
        let search_lag = if dice.coin() { dice.seconds(0, 40) } else { Duration::ZERO };
        let settle_window = search_lag + dice.seconds(60, 600);
        let way_max = match protection {
            // The lag is as long as the window explains, and no longer.
            Protection::Observed => settle_window - search_lag,
            _ if dice.coin() => dice.seconds(60, 7_200),
            _ => dice.seconds(30, 300),
        };
        let rules = BookRules {
            protection,
            keys_live,
            search_lag,
            settle_window,
            batch_max: usize::try_from(dice.between(1, 25)).unwrap_or(1),
            checks_token: protection == Protection::Fenced || (protection != Protection::Observed && dice.coin()),
            knows_released: dice.coin(),
            refuses_whole: dice.coin(),
            keeps_witnesses: dice.per_mille(800),
            lock: LockKind::Own,
            tells_time: true,
            grants_part: 1,
            keeps_scheme: false,
            shows_content: false,
        };
        let requests = dice.between(1, 4);
        let mut drawn = Self {
            rules,
            machines: usize::try_from(dice.between(1, 3)).unwrap_or(1),
            records: usize::try_from(if dice.per_mille(300) { dice.between(1, 4) } else { dice.between(3, 40) })
                .unwrap_or(1),
            acts: usize::try_from(dice.between(6, 26)).unwrap_or(6),
            vouchers_per_request: usize::try_from(dice.between(1, 20)).unwrap_or(1),
            drafts_per_commit: 1,
            requests_in_flight: usize::try_from(requests).unwrap_or(1),
            lease: dice.seconds(20, 120),
            wait_for_lock: if dice.coin() { Duration::ZERO } else { dice.seconds(1, 90) },
            when_still_unknown: if dice.coin() { WhenStillUnknown::Hold } else { WhenStillUnknown::Send },
            patience: dice.seconds(15, 60),
            way_max,
            luck: Luck::draw(dice),
            shares: Shares::draw(dice),
            source_page: usize::try_from(dice.between(1, 30)).unwrap_or(1),
            poisoned: if dice.per_mille(300) { 120 } else { 0 },
            drift: i64::try_from(dice.below(400)).unwrap_or(0) - 200,
            compares: dice.per_mille(250),
            stated_lag: StatedLag::Truly,
            two_prefixes: false,
            advised: false,
            passes_over: false,
        };
        let mut aside = dice.aside();
        drawn.draw_lock(&mut aside, lock);
        if aside.coin() {
            drawn.drafts_per_commit = usize::try_from(aside.between(2, 20)).unwrap_or(1);
        }
        if ask.edges {
            drawn.draw_edges(&mut aside.fork());
        }
        ask.planted.provoke(&mut drawn);
        drawn
    }

    /// Draws what came later than the other worlds, whose seeds stay what they were.
    fn draw_edges(&mut self, dice: &mut Dice) {
        self.luck.gateway = rate(dice, 100);
        self.shares.source = rate(dice, 30);
        self.shares.server_clock = rate(dice, 10);
        let (forgets, unstated, parts) = (rate(dice, 8), dice.below(3), dice.between(1, 3));
        if self.rules.protection == Protection::Fenced {
            self.shares.forget_fences = forgets;
        }
        if self.rules.lock == LockKind::Own {
            self.rules.grants_part = u32::try_from(parts).unwrap_or(1);
        }
        self.stated_lag = match unstated {
            0 => StatedLag::Not,
            1 if self.rules.protection == Protection::Observed => StatedLag::Falsely,
            _ => StatedLag::Truly,
        };
        if self.stated_lag == StatedLag::Not {
            self.rules.search_lag = self.rules.search_lag.min(SEARCH_LAG_UNSTATED);
        }
        self.two_prefixes = dice.per_mille(300) && self.machines > 1;
        self.rules.keeps_scheme = dice.coin() && self.two_prefixes;
        self.rules.shows_content = dice.coin();
        self.advised = dice.coin();
        self.passes_over = dice.coin();
    }

    /// Draws the lock; without one, up to eight machines contend for its substitute.
    fn draw_lock(&mut self, dice: &mut Dice, lock: Option<LockKind>) {
        let without = dice.per_mille(350) && self.rules.protection != Protection::Fenced;
        let (tells_time, many, machines) = (dice.per_mille(800), dice.coin(), dice.between(2, 8));
        let lock = lock.unwrap_or(if without { LockKind::Rows } else { LockKind::Own });
        if lock == LockKind::Own {
            return;
        }
        self.rules.lock = lock;
        self.rules.checks_token = false;
        self.rules.tells_time = tells_time;
        if many {
            self.machines = usize::try_from(machines).unwrap_or(2);
        }
    }

    pub(crate) fn capabilities(&self) -> Capabilities {
        let rules = &self.rules;
        Capabilities {
            protection: rules.protection,
            idempotency_keys_live: rules.keys_live.and_then(|life| TimeDelta::from_std(life).ok()),
            settle_window: rules.settle_window,
            search_lag: match self.stated_lag {
                StatedLag::Truly => rules.search_lag,
                StatedLag::Not => SEARCH_LAG_UNSTATED,
                StatedLag::Falsely => Duration::ZERO,
            },
            unique_references: rules.protection == Protection::Enforced,
            vouchers_per_request_max: if rules.refuses_whole { 1_000 } else { rules.batch_max },
            reference_rules: ReferenceRules { length_max: 64, folds_case: false, ascii_only: false },
            vat_codes: false,
            own_amounts: false,
            takes_files: false,
            attachments: None,
        }
    }
}

fn rate(dice: &mut Dice, most: u64) -> u64 {
    if dice.coin() { dice.between(1, most) } else { 0 }
}

impl Luck {
    fn draw(dice: &mut Dice) -> Self {
        if dice.per_mille(80) {
            return Self::default();
        }
        Self {
            no_connection: rate(dice, 80),
            request_lost: rate(dice, 80),
            answer_lost: rate(dice, 150),
            takes_effect_late: rate(dice, 150),
            delivered_twice: rate(dice, 100),
            busy: rate(dice, 80),
            error_before: rate(dice, 60),
            error_after: rate(dice, 80),
            cut_short: rate(dice, 60),
            result_missing: rate(dice, 80),
            slow: rate(dice, 200),
            stalls: rate(dice, 40),
            source_fails: rate(dice, 30),
            gateway: 0,
        }
    }
}

impl Shares {
    fn draw(dice: &mut Dice) -> Self {
        let mut share = |most| rate(dice, most);
        Self {
            crash: share(60),
            stop: share(15),
            freeze: share(30),
            clock: share(15),
            partition: share(20),
            platform: share(40),
            accountant: share(20),
            period: share(10),
            ledger: share(25),
            break_lock: share(12),
            re_export: share(25),
            resolve: share(25),
            source: 0,
            server_clock: 0,
            forget_fences: 0,
        }
    }
}
