//! Directs a world: decides when each thing happens, heals everything at the end, and has the end judged.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::Days;
use postonce_engine::domain::{RecordId, Reference};
use postonce_engine::{Resolution, Syncing};

use crate::books::{Broken, LockKind, Origin, PREFIX, Standing};
use crate::dice::Dice;
use crate::machine::Machine;
use crate::options::Options;
use crate::platform::{drawn, reference};
use crate::world::World;
use crate::{Ask, WorldResult, checker};

/// The number of a process's steps among which the fatal one is chosen.
const FATAL_STEPS: u64 = 80;
/// The longest that a run may take once nothing goes wrong any more; it may wait out the window several times.
const CALM_RUN_MAX: Duration = Duration::from_secs(6 * 3_600);
/// The longest that a run may take in any world.
const WILD_RUN_MAX: Duration = Duration::from_secs(10 * 24 * 3_600);
/// The time by which the accounting system's clock is wrong in some worlds.
const SERVER_AHEAD: Duration = Duration::from_secs(3_600);
/// The most rounds of syncs at the end.
const ROUNDS_MAX: usize = 40;

pub(crate) async fn direct(ask: Ask, folder: &Path) -> WorldResult {
    let mut dice = Dice::new(ask.seed);
    let options = Options::draw(&mut dice, ask);
    let (protection, lock) = (options.rules.protection, options.rules.lock);
    let world = Arc::new(World::new(options, &mut dice, ask.aloud));
    world.log(format_args!("{:?}", world.options));
    let machines =
        (0..world.options.machines).map(|index| Machine::new(Arc::clone(&world), index, folder, ask.planted));
    let machines = machines.collect();
    let mut director = Director { dice: dice.fork(), world: Arc::clone(&world), machines, copies: Vec::new() };
    director.chaos().await;
    director.heal().await;
    director.settle_down().await;
    director.judge().await;
    let mut figures = world.figures();
    {
        let books = world.books();
        figures.add("vouchers", books.created);
        figures.add("answered: exists", books.exists_answers);
        figures.add("refused for an old lock", books.stale_refused);
        figures.add("answered again under a key", books.replayed);
        figures.add("seeds", 1);
        if lock == LockKind::Rows {
            figures.add("seeds without a lock", 1);
            figures.add("seeds without a lock and with eight machines", u64::from(world.options.machines == 8));
        }
    }
    let broken: Vec<Broken> = world.broken();
    WorldResult { seed: ask.seed, protection, lock, broken, figures, trace: world.trace.hash() }
}

struct Director {
    dice: Dice,
    world: Arc<World>,
    machines: Vec<Machine>,
    /// The copies of ledgers that somebody made.
    copies: Vec<std::path::PathBuf>,
}

impl Director {
    async fn chaos(&mut self) {
        for _ in 0..self.world.options.acts {
            let pause = match self.dice.below(10) {
                0..4 => self.dice.millis(0, 5_000),
                4..7 => self.dice.seconds(5, 120),
                7..9 => self.dice.seconds(120, 3_600),
                _ => self.dice.seconds(3_600, 30 * 3_600),
            };
            self.world.timeline.pass(pause).await;
            self.act().await;
            if self.dice.coin() {
                self.begin_anew().await;
            }
        }
    }

    async fn act(&mut self) {
        let shares = self.world.options.shares.clone();
        let wild: [(u64, What); 17] = [
            (100, What::Sync),
            (20, What::SyncEverywhere),
            (shares.crash, What::Crash),
            (shares.stop, What::Stop),
            (shares.freeze, What::Freeze),
            (shares.clock, What::Clock),
            (shares.partition, What::Partition),
            (shares.platform, What::Platform),
            (shares.accountant, What::Accountant),
            (shares.period, What::Period),
            (shares.ledger, What::Ledger),
            (shares.break_lock, What::BreakLock),
            (shares.re_export, What::ReExport),
            (shares.resolve, What::Resolve),
            (shares.source, What::Source),
            (shares.server_clock, What::ServerClock),
            (shares.forget_fences, What::ForgetFences),
        ];
        let mut left = self.dice.below(wild.iter().map(|(share, _)| share).sum());
        for (share, what) in wild {
            if left < share {
                return self.perform(what).await;
            }
            left -= share;
        }
    }

    async fn perform(&mut self, what: What) {
        let now = self.world.now();
        let which = self.dice.index(self.machines.len());
        let Some(machine) = self.machines.get_mut(which) else { return };
        match what {
            What::Sync => {
                let fatal = self.dice.per_mille(if self.world.options.shares.crash > 0 { 250 } else { 0 });
                let fatal = fatal.then(|| self.dice.between(1, FATAL_STEPS));
                let another = self.dice.per_mille(200);
                machine.sync(another, fatal);
            }
            What::SyncEverywhere => self.machines.iter_mut().for_each(|machine| machine.sync(false, None)),
            What::ReExport => {
                let (posted, _) = checker::posted_and_in_doubt(&machine.body);
                let Some((id, generation)) = self.dice.pick(&posted).cloned() else { return };
                let (reverse, fatal) = (self.dice.coin(), self.dice.per_mille(300));
                let Ok(record_id) = RecordId::new(id.clone()) else { return };
                let name = |generation| reference(&record_id, generation, &self.world.options);
                let (first, next) = (name(1), name(generation + 1));
                let mut books = self.world.books();
                books.ask_for(first.as_str(), next.as_str());
                if !reverse {
                    books.left_standing.insert(name(generation).as_str().to_owned());
                }
                drop(books);
                self.world.log(format_args!("{}: {next} is asked for, reversed: {reverse}", machine.body.name));
                let seen = (machine.body.prefix() == PREFIX).then(|| next.as_str().to_owned());
                machine.re_export(id, reverse, seen);
                if fatal && let Some(running) = machine.running.last() {
                    running.process.dies_in(self.dice.between(1, FATAL_STEPS));
                }
            }
            What::Resolve => self.resolve(which),
            What::Crash => machine.pull_the_plug().await,
            What::Stop => {
                self.world.count("stopped by a person");
                machine.running.iter().filter_map(|running| running.syncing.as_ref()).for_each(Syncing::stop);
            }
            What::Freeze => {
                self.world.count("fault: machine sleeps");
                let time = if self.dice.coin() { self.dice.seconds(1, 90) } else { self.dice.seconds(60, 7_200) };
                self.world.log(format_args!("{} sleeps for {time:?}", machine.body.name));
                machine.body.sleep_until(now + time);
            }
            What::Clock => {
                self.world.count("fault: wall clock set");
                let seconds = i64::try_from(self.dice.between(60, 3 * 86_400)).unwrap_or(60);
                let seconds = if self.dice.coin() { seconds } else { -seconds };
                self.world.log(format_args!("the clock of {} is set by {seconds} s", machine.body.name));
                machine.body.move_wall_clock(seconds);
            }
            What::Partition => {
                self.world.count("fault: cut off");
                let time = self.dice.seconds(1, 400);
                self.world.log(format_args!("{} is cut off for {time:?}", machine.body.name));
                machine.body.cut_off_until(now + time);
            }
            What::Platform => {
                let (mut platform, mut books) = (self.world.platform(), self.world.books());
                let what = platform.stir(&self.world.options, &mut books);
                drop((platform, books));
                self.world.log(format_args!("platform: {what}"));
            }
            What::Source => {
                let (mut platform, mut books) = (self.world.platform(), self.world.books());
                let what = platform.replace(&self.world.options, &mut books);
                drop((platform, books));
                self.world.count("fault: the source is replaced, emptied or put back");
                self.world.log(format_args!("platform: {what}"));
            }
            What::ServerClock => {
                // It goes back never: the keys of a server whose clock does live longer than it says.
                self.world.books().ahead = SERVER_AHEAD;
                self.world.count("fault: the server's clock is an hour ahead");
                self.world.log(format_args!("the server's clock is ahead by {SERVER_AHEAD:?}"));
            }
            What::ForgetFences => {
                self.world.books().forget_fences(now);
                self.world.count("fault: the fences begin anew");
                self.world.log(format_args!("the fences begin anew"));
            }
            What::Accountant => self.accountant(),
            What::Period => {
                let mut books = self.world.books();
                let opened = books.closed_before != chrono::NaiveDate::MIN;
                let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 1)
                    .and_then(|day| day.checked_add_days(Days::new(self.dice.below(75))));
                books.closed_before = if opened { chrono::NaiveDate::MIN } else { day.unwrap_or_default() };
                let closed_before = books.closed_before;
                drop(books);
                self.world.log(format_args!("the books are closed before {closed_before}"));
            }
            What::Ledger => self.ledger(which).await,
            What::BreakLock => {
                let mut books = self.world.books();
                let Some(held) = books.lock(now) else { return };
                _ = books.break_lock(now, &held.holder.run_id);
                drop(books);
                self.world.count("locks broken by a person");
                self.world.log(format_args!("the lock of {} is broken", held.holder.run_id));
            }
        }
    }

    /// Resolves a record in doubt by a look into the books: the answer is the truth at that moment.
    fn resolve(&mut self, which: usize) {
        let Some(machine) = self.machines.get_mut(which) else { return };
        let (_, in_doubt) = checker::posted_and_in_doubt(&machine.body);
        let Some((id, reference)) = self.dice.pick(&in_doubt).cloned() else { return };
        let there = self.world.books().standing_there(&reference);
        let resolution = match there.as_slice() {
            [] => Resolution::NotPosted,
            [only] => Resolution::Posted { voucher_id: only.clone() },
            [first, ..] => Resolution::Posted { voucher_id: first.clone() },
        };
        self.world.log(format_args!("{}: {reference} is {resolution:?}, says a person", machine.body.name));
        if there.is_empty() {
            self.world.books().cleared.insert(reference);
        }
        machine.resolve(id, resolution);
    }

    /// Works in the books by hand, as an accountant would.
    fn accountant(&mut self) {
        let enforced = self.world.options.rules.protection == postonce_engine::domain::Protection::Enforced;
        let act = self.dice.below(4);
        let platform = self.world.platform();
        let mut books = self.world.books();
        let now = self.world.now();
        let what = match act {
            0 | 1 => {
                let index = self.dice.index(books.vouchers().len());
                let Some(voucher) = books.voucher_mut(index) else { return };
                if voucher.standing != Standing::Live {
                    return;
                }
                // A system that keeps references unique for all time forgets nothing.
                voucher.standing = if act == 0 || enforced { Standing::Voided } else { Standing::Deleted };
                if voucher.standing == Standing::Deleted {
                    self.world.deletes_by_hand();
                }
                format!("V-{} is {:?} by hand", index + 1, voucher.standing)
            }
            2 => {
                let Some(entry) = platform.entries.get(self.dice.index(platform.entries.len())) else { return };
                let asked = reference(&entry.record.id, 1, &self.world.options);
                let reference = Reference::from_stored(books.in_use(asked.as_str()));
                let Some(mut drawn) = drawn(&entry.record, &reference) else { return };
                if enforced && books.standing(&drawn) {
                    return;
                }
                if self.dice.coin() {
                    drawn.minor += 100;
                } else if self.world.options.rules.shows_content {
                    match self.dice.below(4) {
                        0 => drawn.minor = -drawn.minor,
                        1 => "P9".clone_into(&mut drawn.party),
                        2 => "7790".clone_into(&mut drawn.account),
                        _ => {}
                    }
                }
                let index = books.enter(now, drawn, Origin::Hand, None);
                format!("V-{} is made by hand for {reference}", index + 1)
            }
            _ => {
                let which = self.dice.index(50);
                if !books.throw_draft_away(which) {
                    return;
                }
                "a draft is thrown away by hand".to_owned()
            }
        };
        drop((platform, books));
        self.world.count("acts of the accountant");
        self.world.log(format_args!("{what}"));
    }

    /// Deletes, keeps, restores or copies a ledger, as somebody might. Its programs are not running then.
    async fn ledger(&mut self, which: usize) {
        let act = self.dice.below(5);
        let other = self.dice.index(self.machines.len());
        let Some(machine) = self.machines.get_mut(which) else { return };
        machine.pull_the_plug().await;
        let (file, name) = (machine.body.ledger(), machine.body.name.clone());
        let copy = |from: &Path, to: &Path| std::fs::copy(from, to).is_ok();
        match act {
            0 => {
                remove_ledger(&file);
                machine.body.forgets();
                self.world.copies_a_ledger();
                self.world.count("ledgers deleted");
                self.world.log(format_args!("the ledger of {name} is deleted"));
            }
            1 | 2 => {
                let kept = machine.body.folder.join(format!("copy-{}.sqlite", self.copies.len()));
                if file.exists() && copy(&file, &kept) {
                    self.copies.push(kept);
                    self.world.log(format_args!("the ledger of {name} is kept"));
                }
            }
            _ => {
                let Some(kept) = self.dice.pick(&self.copies).cloned() else { return };
                // An old copy goes back to its own machine, or, now and then, to another one.
                let to = if act == 3 { which } else { other };
                let Some(machine) = self.machines.get_mut(to) else { return };
                machine.pull_the_plug().await;
                let file = machine.body.ledger();
                remove_ledger(&file);
                machine.body.forgets();
                copy(&kept, &file);
                self.world.copies_a_ledger();
                self.world.count("ledgers restored or copied");
                self.world.log(format_args!("an old ledger comes to {}", machine.body.name));
            }
        }
    }

    /// Ends all bad luck; things on their way come to their end.
    async fn heal(&mut self) {
        self.world.log(format_args!("everything heals"));
        self.world.heal();
        let now = self.world.now();
        for machine in &self.machines {
            machine.body.cut_off_until(now);
        }
        if self.dice.per_mille(700) {
            self.world.platform().tidy();
            self.world.books().closed_before = chrono::NaiveDate::MIN;
        }
        self.all_end(WILD_RUN_MAX).await;
        // In half of the worlds everything on its way has arrived before the last syncs, in the others not.
        if self.dice.coin() {
            let options = &self.world.options;
            let all_arrived =
                options.way_max + options.patience + options.rules.settle_window + options.rules.search_lag;
            self.world.timeline.pass(all_arrived).await;
        }
    }

    /// Makes a new ledger when the old one has vanished, or the accounting side has said that it is not the newest one.
    async fn begin_anew(&mut self) {
        for machine in self.machines.iter_mut().filter(|machine| machine.is_out_of_date()) {
            machine.pull_the_plug().await;
            machine.rebuild();
        }
        for machine in &mut self.machines {
            machine.answer().await;
        }
    }

    async fn all_end(&mut self, longest: Duration) {
        for machine in &mut self.machines {
            for running in std::mem::take(&mut machine.running) {
                if tokio::time::timeout(longest, running.task).await.is_err() {
                    self.world.breaks(0, format!("{} hangs", running.process.name));
                    running.process.kill();
                }
            }
        }
    }

    /// Lets every machine sync until nothing changes any more.
    async fn settle_down(&mut self) {
        let mut before = Vec::new();
        for round in 0..ROUNDS_MAX {
            for which in 0..self.machines.len() {
                if let Some(machine) = self.machines.get_mut(which) {
                    machine.sync(false, None);
                }
                self.all_end(CALM_RUN_MAX).await;
                self.begin_anew().await;
                self.all_end(CALM_RUN_MAX).await;
                if round >= 1 {
                    self.resolve(which);
                    self.all_end(CALM_RUN_MAX).await;
                }
                let is_advised = self.world.options.advised && (1..=2).contains(&round);
                if let Some(machine) = self.machines.get_mut(which).filter(|_| is_advised) {
                    machine.follow_advice().await;
                }
            }
            let pictures: Vec<String> = self.machines.iter().map(|machine| checker::picture(&machine.body)).collect();
            self.world.log(format_args!("round {round}: {pictures:?}"));
            let all_completed = self.machines.iter().all(|machine| machine.body.completed.load(Ordering::Relaxed));
            if pictures == before && all_completed {
                return;
            }
            before = pictures;
            let window = self.world.options.rules.settle_window + self.world.options.rules.search_lag;
            self.world.timeline.pass(window).await;
        }
        self.world.breaks(2, format!("after {ROUNDS_MAX} rounds of syncs something still changes"));
    }

    async fn judge(&mut self) {
        // Whatever the books keep back from a search for a while is to be seen by then.
        self.world.timeline.pass(self.world.options.rules.search_lag).await;
        for which in 0..self.machines.len() {
            if let Some(machine) = self.machines.get_mut(which) {
                machine.compare();
            }
            self.all_end(CALM_RUN_MAX).await;
        }
        for machine in &mut self.machines {
            let attention = machine.attention().await;
            checker::nothing_is_lost(&self.world, &machine.body, &attention);
            if machine.body.compared.load(Ordering::Relaxed) {
                checker::one_voucher_lives(&self.world, &machine.body, &attention);
            }
            machine.verify();
        }
        self.all_end(CALM_RUN_MAX).await;
    }
}

fn remove_ledger(file: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        _ = std::fs::remove_file(name);
    }
}

/// The acts that the director may choose from.
#[derive(Debug, Clone, Copy)]
enum What {
    Sync,
    SyncEverywhere,
    Crash,
    Stop,
    Freeze,
    Clock,
    Partition,
    Platform,
    Accountant,
    Period,
    Ledger,
    BreakLock,
    ReExport,
    Resolve,
    Source,
    ServerClock,
    ForgetFences,
}
