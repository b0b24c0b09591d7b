//! Tries the lease over rows in memory, with a clock that goes on when somebody sleeps.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use chrono::TimeDelta;
use futures_util::future::join_all;

use super::*;
use crate::ports::Unaware;

const LIFE: Duration = Duration::from_secs(60);
/// The length of a watch: a life and its margin.
const WATCH: Duration = Duration::from_secs(66);
const START_MS: i64 = 1_795_000_000_000;

/// The luck of the next call of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Luck {
    /// The call never arrives, and nobody hears so.
    Lost,
    /// The call is done, and the answer is lost.
    AnswerLost,
    /// The connection was never established.
    NotSent,
}

#[derive(Default)]
struct Server {
    row: Option<UniqueRow>,
    ids: u64,
    tells_no_time: bool,
    /// The luck to come: the name of the call, the number of calls that are let through before, the luck.
    luck: Vec<(&'static str, u32, Luck)>,
    calls: Vec<&'static str>,
}

/// The world of a test: a server, and one time for everybody.
#[derive(Default)]
struct World {
    server: Mutex<Server>,
    elapsed_ms: AtomicU64,
    nonces: AtomicU64,
    chance: AtomicU64,
}

impl World {
    fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.server.lock().unwrap()
    }

    fn pass(&self, time: Duration) {
        self.elapsed_ms.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }

    fn time(&self) -> DateTime<Utc> {
        let elapsed = i64::try_from(self.elapsed_ms.load(Ordering::Relaxed)).unwrap();
        DateTime::from_timestamp_millis(START_MS).unwrap() + TimeDelta::milliseconds(elapsed)
    }

    fn fails(&self, call: &'static str, luck: Luck) {
        self.server().luck.push((call, 0, luck));
    }

    fn text(&self) -> LeaseText {
        LeaseText::read(self.server().row.as_ref().unwrap()).unwrap()
    }

    fn lease(self: &Arc<Self>) -> UniqueLease<Rows> {
        let own_ids = Arc::clone(self);
        UniqueLease::new(Rows(Arc::clone(self)), Arc::new(Time(Arc::clone(self))), own_ids, "books.example")
    }

    /// Lets the others go first, or not.
    async fn dawdle(&self) {
        let chance = self.chance.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (chance ^ (chance >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 61;
        for _ in 0..mixed {
            tokio::task::yield_now().await;
        }
    }

    async fn call<T>(&self, name: &'static str, act: impl FnOnce(&mut Server) -> T) -> Result<T, CallError> {
        self.dawdle().await;
        self.pass(Duration::from_millis(10));
        let problem = || Problem::accounting_unreachable("books", name);
        let mut server = self.server();
        server.calls.push(name);
        let mut luck = None;
        server.luck.retain_mut(|(call, before, what)| {
            let strikes = *call == name && luck.is_none() && *before == 0;
            if strikes {
                luck = Some(*what);
            } else if *call == name {
                *before = before.saturating_sub(1);
            }
            !strikes
        });
        match luck {
            Some(Luck::NotSent) => return Err(CallError::NotSent(problem())),
            Some(Luck::Lost) => return Err(CallError::Unknown(problem())),
            Some(Luck::AnswerLost) | None => {}
        }
        let answer = act(&mut server);
        drop(server);
        if luck.is_some() { Err(CallError::Unknown(problem())) } else { Ok(answer) }
    }
}

impl IdSource for World {
    fn fresh(&self) -> String {
        format!("n{}", self.nonces.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

struct Time(Arc<World>);

#[async_trait]
impl Clock for Time {
    fn now(&self) -> DateTime<Utc> {
        self.0.time()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.elapsed_ms.load(Ordering::Relaxed))
    }

    async fn sleep(&self, duration: Duration) {
        self.0.dawdle().await;
        self.0.pass(duration);
    }
}

struct Rows(Arc<World>);

#[async_trait]
impl UniqueRows for Rows {
    async fn create(&self, _code: &str, text: &str) -> Result<Created, CallError> {
        let now = self.0.time();
        self.0
            .call("create", |server| {
                if server.row.is_some() {
                    return Created::Taken;
                }
                server.ids += 1;
                let id = RowId::new(server.ids.to_string());
                let written_at = (!server.tells_no_time).then_some(now);
                server.row = Some(UniqueRow { id: id.clone(), text: text.to_owned(), written_at, now: None });
                Created::Made(id)
            })
            .await
    }

    async fn read(&self, _code: &str) -> Result<Option<UniqueRow>, CallError> {
        let time = self.0.time();
        self.0
            .call("read", |server| {
                let now = (!server.tells_no_time).then_some(time);
                server.row.clone().map(|row| UniqueRow { now, ..row })
            })
            .await
    }

    async fn update(&self, id: &RowId, text: &str) -> Result<bool, CallError> {
        let now = self.0.time();
        self.0
            .call("update", |server| {
                let tells_time = !server.tells_no_time;
                let Some(row) = server.row.as_mut().filter(|row| row.id == *id) else { return false };
                text.clone_into(&mut row.text);
                row.written_at = tells_time.then_some(now);
                true
            })
            .await
    }

    async fn delete(&self, id: &RowId) -> Result<bool, CallError> {
        self.0.call("delete", |server| server.row.take_if(|row| row.id == *id).is_some()).await
    }
}

fn ask(run: &str) -> LeaseAsk {
    let holder = LockHolder { user: "kari".into(), name: None, host: "HLF-PC-1".into(), run_id: RunId::new(run) };
    LeaseAsk { holder, life: LIFE, operation: "sync" }
}

async fn granted(lease: &UniqueLease<Rows>, run: &str) -> (LeaseToken, u64) {
    match lease.acquire(&ask(run)).await {
        Ok(Acquired::Granted { token, fence, .. }) => (token, fence),
        other => panic!("{run} was not granted the lease: {other:?}"),
    }
}

async fn is_held(lease: &UniqueLease<Rows>, run: &str) -> LockInfo {
    match lease.acquire(&ask(run)).await {
        Ok(Acquired::Held(info) | Acquired::LooksDead { info, .. }) => info,
        other => panic!("{run} was not told who holds the lease: {other:?}"),
    }
}

const PROGRESS: LockProgress = LockProgress { processed: 120, total: 900 };

#[tokio::test]
async fn first_asker_gets_it_and_the_second_sees_who_and_how_far() {
    let world = World::new();
    let (first, second) = (world.lease(), world.lease());
    let (token, _) = granted(&first, "r1").await;
    first.renew(&token, LIFE, PROGRESS).await.unwrap();
    let info = is_held(&second, "r2").await;
    assert_eq!((info.holder.run_id.as_str(), info.operation.as_str(), info.progress), ("r1", "sync", Some(PROGRESS)));
    assert_eq!(info.expires_at - info.renewed_at, TimeDelta::seconds(60));
    assert!(info.acquired_at < info.renewed_at);
    assert_eq!(second.lock().await.unwrap().unwrap().holder, info.holder);
}

#[tokio::test]
async fn lease_that_was_given_back_continues_with_the_next_number() {
    let world = World::new();
    let (first, second) = (world.lease(), world.lease());
    let (token, fence) = granted(&first, "r1").await;
    first.release(&token).await.unwrap();
    assert_eq!(first.lock().await, Ok(None));
    let (again, next) = granted(&second, "r2").await;
    assert_eq!(next, fence + 1);
    assert_eq!(first.release(&token).await, Err(CallError::LeaseLost), "given back once");
    second.release(&again).await.unwrap();
    assert_eq!(granted(&first, "r3").await.1, fence + 2);
}

#[tokio::test]
async fn number_is_the_servers_time_without_a_row() {
    let world = World::new();
    let lease = world.lease();
    let (_, fence) = granted(&lease, "r1").await;
    assert!(fence > u64::try_from(START_MS).unwrap());
    world.server().row = None;
    world.pass(LIFE);
    assert!(granted(&world.lease(), "r2").await.1 > fence + 1, "above all before, and following none");
}

#[tokio::test]
async fn one_of_eight_that_ask_at_once_gets_it() {
    for seed in 0..200 {
        let world = World::new();
        world.chance.store(seed << 7, Ordering::Relaxed);
        let (mut free, mut before) = (world.lease(), 0);
        for round in 0..4 {
            let leases: Vec<_> = (0..8).map(|_| world.lease()).collect();
            let runs: Vec<String> = (0..8).map(|of| format!("r{round}-{of}")).collect();
            let asked = leases.iter().zip(&runs).map(|(lease, run)| async {
                match lease.acquire(&ask(run)).await {
                    Ok(Acquired::Granted { token, fence, .. }) => Some((token, fence)),
                    Ok(_) | Err(CallError::NotProcessed { .. }) => None,
                    Err(error) => panic!("seed {seed}: {error}"),
                }
            });
            let answers = join_all(asked).await;
            let granted: Vec<_> = answers.iter().enumerate().filter_map(|(at, got)| Some((at, got.clone()?))).collect();
            let [(winner, (token, fence))] = granted.as_slice() else {
                panic!("seed {seed}: {} of eight hold the lease", granted.len())
            };
            assert!(*fence > before, "seed {seed}: {fence} after {before}");
            before = *fence;
            free = leases.into_iter().nth(*winner).unwrap();
            // In every other round the winner dies instead.
            if round % 2 == 0 {
                free.release(token).await.unwrap();
            } else {
                world.server().row = None;
            }
        }
        drop(free);
    }
}

#[tokio::test]
async fn dead_holder_is_watched_for_a_whole_life_then_taken_over() {
    let world = World::new();
    let (dead, taker) = (world.lease(), world.lease());
    let (token, fence) = granted(&dead, "r1").await;
    assert!(matches!(taker.acquire(&ask("r2")).await, Ok(Acquired::Held(_))), "it may live");
    world.pass(LIFE);
    // By the server's clock it is overdue, and our own watch is not over.
    let Ok(Acquired::LooksDead { info, watch }) = taker.acquire(&ask("r2")).await else { panic!("not watched") };
    assert_eq!(info.holder.run_id.as_str(), "r1");
    assert!(watch <= WATCH - LIFE, "{watch:?}");
    world.pass(watch);
    let (_, next) = granted(&taker, "r2").await;
    assert!(next > fence + 1, "what the dead one had on its way is still to be waited for");
    assert_eq!(dead.renew(&token, LIFE, PROGRESS).await, Err(CallError::LeaseLost));
    assert_eq!(dead.release(&token).await, Err(CallError::LeaseLost));
    assert_eq!(world.text().holder.run_id.as_str(), "r2", "nothing was made again");
}

#[tokio::test]
async fn late_comer_watches_from_its_own_first_look() {
    let world = World::new();
    granted(&world.lease(), "r1").await;
    world.pass(LIFE * 100);
    let late = world.lease();
    for _ in 0..6 {
        let Ok(Acquired::LooksDead { watch, .. }) = late.acquire(&ask("r2")).await else { panic!("taken too early") };
        assert!(watch > Duration::ZERO);
        world.pass(Duration::from_secs(10));
    }
    world.pass(Duration::from_secs(10));
    granted(&late, "r2").await;
}

#[tokio::test]
async fn sign_of_life_begins_the_watch_anew() {
    let world = World::new();
    let (holder, taker) = (world.lease(), world.lease());
    let (token, _) = granted(&holder, "r1").await;
    for _ in 0..10 {
        is_held(&taker, "r2").await;
        world.pass(LIFE / 2);
        holder.renew(&token, LIFE, PROGRESS).await.unwrap();
    }
    world.pass(WATCH);
    let Ok(Acquired::LooksDead { watch, .. }) = taker.acquire(&ask("r2")).await else { panic!("taken too early") };
    assert!(watch > LIFE, "the newest sign was seen only now: {watch:?}");
}

#[tokio::test]
async fn renewal_that_comes_twice_hides_no_later_one() {
    for tells_no_time in [false, true] {
        let world = World::new();
        world.server().tells_no_time = tells_no_time;
        let (holder, taker) = (world.lease(), world.lease());
        let (token, _) = granted(&holder, "r1").await;
        holder.renew(&token, LIFE, PROGRESS).await.unwrap();
        let first = world.server().row.clone().unwrap();
        is_held(&taker, "r2").await;
        world.pass(WATCH - Duration::from_secs(1));
        holder.renew(&token, LIFE, PROGRESS).await.unwrap();
        // The network delivers the first renewal again, and it covers the second.
        let now = world.time();
        world.server().row.as_mut().unwrap().text.clone_from(&first.text);
        world.server().row.as_mut().unwrap().written_at = first.written_at.map(|_| now);
        world.pass(Duration::from_secs(2));
        is_held(&taker, "r2").await;
        holder.renew(&token, LIFE, PROGRESS).await.expect("it is still ours");
    }
}

#[tokio::test]
async fn holder_counts_as_dead_after_two_watches_without_server_time() {
    let world = World::new();
    world.server().tells_no_time = true;
    let (dead, taker) = (world.lease(), world.lease());
    granted(&dead, "r1").await;
    for _ in 0..2 {
        assert!(matches!(taker.acquire(&ask("r2")).await, Ok(Acquired::LooksDead { .. })));
        world.pass(WATCH);
    }
    granted(&taker, "r2").await;
}

#[tokio::test]
async fn sign_of_life_ends_the_wait_without_server_time() {
    let world = World::new();
    world.server().tells_no_time = true;
    let (holder, other) = (world.lease(), world.lease());
    let (token, _) = granted(&holder, "r1").await;
    assert!(matches!(other.acquire(&ask("r2")).await, Ok(Acquired::LooksDead { .. })), "it may be long dead");
    holder.renew(&token, LIFE, PROGRESS).await.unwrap();
    assert!(matches!(other.acquire(&ask("r2")).await, Ok(Acquired::Held(_))), "it is not");
    world.pass(LIFE);
    assert!(matches!(other.acquire(&ask("r2")).await, Ok(Acquired::LooksDead { .. })), "it may be by now");
}

#[tokio::test]
async fn lost_answer_to_the_making_is_read_from_the_row() {
    let world = World::new();
    let lease = world.lease();
    world.fails("create", Luck::AnswerLost);
    let (token, _) = granted(&lease, "r1").await;
    lease.renew(&token, LIFE, PROGRESS).await.unwrap();
}

#[tokio::test]
async fn making_that_was_lost_or_comes_late_grants_nothing() {
    let world = World::new();
    let (lease, other) = (world.lease(), world.lease());
    world.fails("create", Luck::Lost);
    assert!(matches!(lease.acquire(&ask("r1")).await, Err(CallError::Unknown(_))));
    // The row arrives after it was given up: the process that gave it up knows that it is nobody's.
    let text = LeaseText::held(&ask("r1"), "n1".into(), 7, None).write();
    world.server().row = Some(UniqueRow { id: RowId::new("late"), text, written_at: Some(world.time()), now: None });
    assert_eq!(is_held(&other, "r2").await.holder.run_id.as_str(), "r1", "others cannot know");
    granted(&lease, "r1").await;
    assert_eq!(world.server().row.as_ref().unwrap().id, RowId::new("1"), "a row of its own, not the late one");
}

#[tokio::test]
async fn row_that_cannot_be_read_back_is_taken_away_again() {
    let world = World::new();
    let (lease, other) = (world.lease(), world.lease());
    // The first reading finds no row.
    world.server().luck.push(("read", 1, Luck::Lost));
    assert!(lease.acquire(&ask("r1")).await.is_err());
    assert_eq!(world.server().calls, ["read", "create", "read", "delete"]);
    granted(&other, "r2").await;
}

#[tokio::test]
async fn lost_answer_to_a_delete_leaves_no_row_for_the_next_asker() {
    let world = World::new();
    let lease = world.lease();
    let (token, fence) = granted(&lease, "r1").await;
    lease.release(&token).await.unwrap();
    world.fails("delete", Luck::AnswerLost);
    assert!(lease.acquire(&ask("r2")).await.is_err());
    assert!(world.server().row.is_none());
    assert!(granted(&lease, "r2").await.1 > fence + 1, "somebody else may have been between");
}

#[tokio::test]
async fn lost_answer_to_a_renewal_is_no_loss_of_the_lease() {
    let world = World::new();
    let lease = world.lease();
    let (token, _) = granted(&lease, "r1").await;
    for luck in [Luck::Lost, Luck::AnswerLost, Luck::NotSent] {
        world.fails("update", luck);
        assert!(!matches!(lease.renew(&token, LIFE, PROGRESS).await, Ok(_) | Err(CallError::LeaseLost)));
    }
    lease.renew(&token, LIFE, PROGRESS).await.unwrap();
    assert_eq!(world.text().beat, 4, "no two signs of life are equal");
}

#[tokio::test]
async fn lease_not_given_back_is_nobodys_here_and_watched_by_others() {
    let world = World::new();
    let (lease, other) = (world.lease(), world.lease());
    let (token, fence) = granted(&lease, "r1").await;
    world.fails("update", Luck::Lost);
    assert!(lease.release(&token).await.is_err());
    is_held(&other, "r2").await;
    let row = world.server().row.clone().unwrap();
    assert!(granted(&lease, "r1").await.1 > fence + 1);
    // The giving back arrives after all, and meets nothing.
    let rows = Rows(Arc::clone(&world));
    assert_eq!(rows.update(&row.id, "{}").await, Ok(false));
}

#[tokio::test]
async fn row_that_cannot_be_read_is_held_and_never_free() {
    let texts = ["", "free", "{}", "null", r#"{"version":1,"state":"released"}"#, "[1]"];
    let newer = LeaseText::held(&ask("r1"), "n".into(), 1, None).released().write();
    let newer = newer.replace("\"version\":1", "\"version\":2");
    let immortal = LeaseText::held(&ask("r1"), "n".into(), 1, None).write().replace(":60,", ":99999999999,");
    for text in texts.into_iter().chain([newer.as_str(), immortal.as_str()]) {
        let world = World::new();
        let lease = world.lease();
        let written_at = Some(world.time());
        world.server().row = Some(UniqueRow { id: RowId::new("x"), text: text.to_owned(), written_at, now: None });
        let info = is_held(&lease, "r2").await;
        assert_eq!((info.holder.user.as_str(), info.holder.run_id.as_str()), ("?", "row x"), "{text}");
        world.pass(Duration::from_secs(3_599));
        is_held(&lease, "r2").await;
        world.pass(Duration::from_secs(400));
        granted(&lease, "r2").await;
    }
}

#[tokio::test]
async fn row_that_cannot_be_read_can_be_broken_by_its_id() {
    let world = World::new();
    let lease = world.lease();
    world.server().row = Some(UniqueRow { id: RowId::new("x"), text: "?".into(), written_at: None, now: None });
    let holder = lease.lock().await.unwrap().unwrap().holder;
    lease.break_lock(&holder.run_id, "nobody knows what this is").await.unwrap();
    granted(&lease, "r1").await;
}

#[tokio::test]
async fn broken_lease_is_free_at_once_and_says_who_broke_it_and_why() {
    let world = World::new();
    let (holder, breaker) = (world.lease(), world.lease());
    let (token, fence) = granted(&holder, "r1").await;
    is_held(&breaker, "r2").await;
    let other = RunId::new("r9");
    assert!(matches!(breaker.break_lock(&other, "the wrong one").await, Err(CallError::Refused { .. })));
    breaker.break_lock(&RunId::new("r1"), "the machine was stolen").await.unwrap();
    assert_eq!(breaker.lock().await, Ok(None));
    assert_eq!(holder.renew(&token, LIFE, PROGRESS).await, Err(CallError::LeaseLost));
    let (taken, next) = granted(&breaker, "r2").await;
    assert!(next > fence + 1, "the former holder may have something on its way");
    breaker.renew(&taken, LIFE, PROGRESS).await.unwrap();
    let note = world.text().broken.unwrap();
    assert_eq!((note.reason.as_str(), note.from.run_id.as_str()), ("the machine was stolen", "r1"));
    assert_eq!(note.by.unwrap().run_id.as_str(), "r2");
    assert!(matches!(holder.break_lock(&RunId::new("r1"), "once more").await, Err(CallError::Refused { .. })));
}

#[tokio::test]
async fn slow_making_does_not_continue_the_number() {
    let world = World::new();
    let lease = world.lease();
    let (token, fence) = granted(&lease, "r1").await;
    lease.release(&token).await.unwrap();
    let slow = UniqueLease::new(
        Slow(Rows(Arc::clone(&world))),
        Arc::new(Time(Arc::clone(&world))),
        {
            let ids: Arc<World> = Arc::clone(&world);
            ids
        },
        "",
    );
    let Ok(Acquired::Granted { fence: next, .. }) = slow.acquire(&ask("r2")).await else { panic!("not granted") };
    assert!(next > fence + 1, "meanwhile others may have come and gone");
}

/// Rows behind a network on which a making takes long.
struct Slow(Rows);

#[async_trait]
impl UniqueRows for Slow {
    async fn create(&self, code: &str, text: &str) -> Result<Created, CallError> {
        self.0.0.pass(CONTINUES_WITHIN);
        self.0.create(code, text).await
    }

    async fn read(&self, code: &str) -> Result<Option<UniqueRow>, CallError> {
        self.0.read(code).await
    }

    async fn update(&self, id: &RowId, text: &str) -> Result<bool, CallError> {
        self.0.update(id, text).await
    }

    async fn delete(&self, id: &RowId) -> Result<bool, CallError> {
        self.0.delete(id).await
    }
}

#[tokio::test]
async fn run_that_may_not_know_of_its_end_is_named_for_a_life() {
    let world = World::new();
    let breaker = world.lease();
    let named = |acquired| match acquired {
        Ok(Acquired::Granted { token, unaware: Some(unaware), .. }) => (token, unaware),
        other => panic!("not granted: {other:?}"),
    };
    let (token, unaware) = named(world.lease().acquire(&ask("r0")).await);
    assert_eq!(unaware, [], "there was nobody before");
    breaker.break_lock(&RunId::new("r0"), "it looked dead").await.unwrap();
    let (second, unaware) = named(breaker.acquire(&ask("r1")).await);
    assert_eq!(unaware, [Unaware { run: RunId::new("r0"), life: LIFE }]);
    breaker.release(&second).await.unwrap();
    let (third, unaware) = named(world.lease().acquire(&ask("r2")).await);
    assert_eq!(unaware.len(), 1, "a grant in between tells the first run nothing");
    drop((token, third));
    world.server().row.as_mut().unwrap().text = LeaseText::released(world.text()).write();
    world.pass(LIFE);
    assert_eq!(named(world.lease().acquire(&ask("r3")).await).1, [], "by now it knows");
}
