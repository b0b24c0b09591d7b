//! Runs `init`: makes a workspace.

use postonce_connectors::{SystemClock, Workspace, workspace};
use postonce_engine::ports::Clock as _;
use postonce_practice::{self as practice, Wish};
use serde_json::json;

use crate::args::{Args, Init};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) fn init(args: &Args, init: &Init, output: &Output) -> Result<Status, Failure> {
    let dir = args.workspace_dir()?;
    let made = if init.practice {
        let today = SystemClock::start().now().date_naive();
        practice::make(&dir, &Wish { port: init.port, records: init.records, seed: init.seed, newest: today })?
    } else {
        Workspace::create(&dir, &workspace::plain())?
    };
    if output.json {
        output.document(&json!({ "workspace": made.dir(), "practice": made.is_practice() }));
    }
    output.say(format!("{}: {}", output.word(words::MADE), made.dir().display()));
    let (next, command) = if init.practice {
        (words::NEXT_SYNC, &["sync"][..])
    } else {
        (words::NEXT_EDIT, &["secret", "set", "accounting-token"][..])
    };
    output.say(format!("{} {}", output.word(next), output.call(command)));
    Ok(Status::Done)
}
