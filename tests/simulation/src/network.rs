//! Plays the network between a machine and the accounting system: each call is a letter, and each letter has its own
//! luck.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use postonce_engine::domain::Protection;
use postonce_engine::error::Problem;
use postonce_engine::ports::CallError;
use tokio::sync::oneshot;

use crate::books::Books;
use crate::options::Luck;
use crate::process::Process;
use crate::world::World;

/// The luck of one letter and its answer.
#[derive(Debug, Clone, Default)]
struct LetterLuck {
    no_connection: bool,
    lost: bool,
    busy: bool,
    error_before: bool,
    answer_lost: bool,
    there: Duration,
    work: Duration,
    back: Duration,
    again_after: Option<Duration>,
    /// True: an intermediary answers instead of the server, which has done its work.
    gateway: bool,
}

/// The damage to the answer of a write on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerDamage {
    Not,
    /// Status 500, after everything was done.
    Error,
    /// The body ends too early.
    Cut,
    /// Some results are left out.
    Missing,
}

/// The kind of a call, which decides what may happen to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Changes nothing.
    Reads,
    /// Changes the lock or a witness.
    Holds,
    /// Books something.
    Writes,
}

/// The detail by which a planted bug knows an intermediary's answer.
pub(crate) const FROM_GATEWAY: &str = "503, text/html";

pub(crate) fn unknown() -> CallError {
    CallError::Unknown(Problem::accounting_unreachable("books", "no answer"))
}

/// Returns the error that a connector makes of an intermediary's answer: such words prove nothing.
fn from_gateway() -> CallError {
    CallError::Unknown(Problem::accounting_unreliable("books", FROM_GATEWAY))
}

fn draw(world: &World, kind: Kind, name: &str) -> LetterLuck {
    let luck: &Luck = &world.options.luck;
    let patience = world.options.patience;
    let mut way = LetterLuck::default();
    {
        let mut dice = world.network();
        way.there = dice.millis(1, 120);
        way.work = dice.millis(0, 200);
        way.back = dice.millis(1, 120);
    }
    if world.is_calm() {
        return way;
    }
    let strikes = |rate, what| {
        let struck = world.unlucky(rate);
        if struck {
            world.count(what);
            world.log(format_args!("  luck: {name}: {what}"));
        }
        struck
    };
    way.no_connection = strikes(luck.no_connection, "fault: no connection");
    way.lost = strikes(luck.request_lost, "fault: request lost");
    way.busy = strikes(luck.busy, "fault: busy (429, 503)");
    way.error_before = strikes(luck.error_before, "fault: error before anything was done");
    way.answer_lost = strikes(luck.answer_lost, "fault: answer lost");
    way.gateway =
        kind == Kind::Writes && strikes(luck.gateway, "fault: a gateway answers 503 after the server has done it");
    if strikes(luck.slow, "fault: slow") {
        way.there = world.network().seconds(1, 20);
        way.back = world.network().seconds(1, 20);
    }
    // No letter is longer on its way than this world allows.
    let latest = world.options.way_max.saturating_sub(way.work);
    if kind != Kind::Reads && strikes(luck.takes_effect_late, "fault: takes effect after it was given up") {
        way.there = patience + world.network().seconds(0, latest.as_secs());
    }
    way.there = way.there.min(latest);
    if may_come_twice(world, kind, name) && strikes(luck.delivered_twice, "fault: delivered twice") {
        let longest = latest.saturating_sub(way.there).as_secs();
        way.again_after = Some(world.network().seconds(0, longest));
    }
    way
}

/// Tells whether a request may arrive twice. A server that knows neither references, nor keys, nor drafts makes two
/// vouchers of it, whatever the client does: there it is left out, and the README says so.
fn may_come_twice(world: &World, kind: Kind, name: &str) -> bool {
    let rules = &world.options.rules;
    let knows_nothing =
        matches!(rules.protection, Protection::Fenced | Protection::Observed) && rules.keys_live.is_none();
    kind != Kind::Reads && !(knows_nothing && name == "commit")
}

/// Draws the damage to the answer of this write.
pub(crate) fn spoil(world: &World) -> AnswerDamage {
    let luck = &world.options.luck;
    let spoiled = [
        (luck.error_after, AnswerDamage::Error, "fault: error after everything was done"),
        (luck.cut_short, AnswerDamage::Cut, "fault: answer cut short"),
        (luck.result_missing, AnswerDamage::Missing, "fault: results missing"),
    ];
    for (rate, spoiled, what) in spoiled {
        if world.unlucky(rate) {
            world.count(what);
            world.log(format_args!("  luck: {what}"));
            return spoiled;
        }
    }
    AnswerDamage::Not
}

/// Makes a call from this process. `serve` is the server's work, done each time the call arrives; `leaves` is asked at
/// the moment when the first byte goes out, and may refuse.
pub(crate) async fn call<T, S, W>(
    process: &Arc<Process>,
    kind: Kind,
    name: &'static str,
    leaves: impl FnOnce() -> Result<(), CallError>,
    serve: S,
) -> Result<T, CallError>
where
    T: Send + 'static,
    S: Fn(Duration) -> W + Send + Sync + 'static,
    W: Future<Output = Result<T, CallError>> + Send + 'static,
{
    process.step().await;
    let world = Arc::clone(&process.world);
    let way = draw(&world, kind, name);
    if way.no_connection || process.body.is_cut_off(world.now()) {
        process.pass(way.there).await;
        world.log(format_args!("{} {name}: no connection", process.name));
        return Err(CallError::NotSent(Problem::accounting_unreachable("books", "no connection")));
    }
    leaves()?;
    if kind == Kind::Writes {
        stall(process);
    }
    world.log(format_args!("{} {name} leaves", process.name));
    let (answered, answer) = oneshot::channel();
    tokio::spawn(travel(Arc::clone(&world), Arc::clone(process), way, serve, answered));
    // A process that is killed here leaves its letter on the way all the same.
    process.step().await;
    let patience = process.pass_quietly(world.options.patience);
    let came = tokio::select! {
        biased;
        came = answer => came.unwrap_or_else(|_| Err(unknown())),
        () = patience => Err(unknown()),
    };
    process.step().await;
    if let Err(error) = &came {
        world.log(format_args!("{} {name}: {error}", process.name));
    }
    came
}

/// Stops the machine, perhaps, between the permit's yes and the first byte. When nothing but a window protects, this
/// cannot be distinguished from a request that is long on its way, and the window has to cover it.
fn stall(process: &Process) {
    let world = &process.world;
    if world.unlucky(world.options.luck.stalls) {
        world.count("fault: stalls after the permit said yes");
        let longest = world.options.way_max.as_secs().max(1);
        let until = world.now() + world.network().seconds(1, longest);
        process.body.sleep_until(until);
    }
}

async fn travel<T, S, W>(
    world: Arc<World>,
    process: Arc<Process>,
    way: LetterLuck,
    serve: S,
    answered: oneshot::Sender<Result<T, CallError>>,
) where
    S: Fn(Duration) -> W,
    W: Future<Output = Result<T, CallError>>,
{
    world.timeline.pass(way.there).await;
    // A packet that was let go before the network broke arrives; one that meets the break is lost.
    if way.lost || process.body.is_cut_off(world.now()) {
        return never(answered).await;
    }
    if way.busy {
        let retry_after = if world.network().coin() { Some(world.network().seconds(1, 30)) } else { None };
        world.timeline.pass(way.back).await;
        _ = answered.send(Err(Books::not_processed(retry_after)));
        return;
    }
    if way.error_before {
        world.timeline.pass(way.back).await;
        _ = answered.send(Err(unknown()));
        return;
    }
    let answer = serve(way.work).await;
    let first = async {
        world.timeline.pass(way.back).await;
        if way.answer_lost || process.body.is_cut_off(world.now()) {
            return never(answered).await;
        }
        let answer = if way.gateway { Err(from_gateway()) } else { answer };
        _ = answered.send(answer);
    };
    let second = async {
        if let Some(later) = way.again_after {
            world.timeline.pass(later).await;
            // Nobody hears the answer to the second copy.
            _ = serve(way.work).await;
        }
    };
    tokio::join!(first, second);
}

/// Never answers: the caller runs out of patience.
async fn never<T>(answered: oneshot::Sender<T>) {
    let mut answered = answered;
    answered.closed().await;
}
