//! Reaches the rows behind the network, as the engine's lease asks for them: it is the counterpart of the labels or
//! unique fields of `connectors`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::ports::{CallError, Created, RowId, UniqueRow, UniqueRows};

use crate::books::nonce_of;
use crate::network::{Kind, call};
use crate::process::Process;
use crate::world::World;

pub(crate) struct Rows {
    process: Arc<Process>,
    /// True: the row deleted now is broken on purpose.
    breaking: Arc<AtomicBool>,
    /// True: a planted bug takes a row of somebody else away at first sight.
    rash: bool,
    /// The nonces that this process has written itself, for the planted bug.
    own: Mutex<Vec<String>>,
}

impl Rows {
    pub(crate) fn new(process: Arc<Process>, breaking: Arc<AtomicBool>, rash: bool) -> Self {
        Self { process, breaking, rash, own: Mutex::default() }
    }

    async fn call<T: Send + 'static>(
        &self,
        kind: Kind,
        name: &'static str,
        act: impl Fn(&World, Duration) -> T + Send + Sync + 'static,
    ) -> Result<T, CallError> {
        let (world, act) = (Arc::clone(&self.process.world), Arc::new(act));
        let serve = move |_| {
            let (world, act) = (Arc::clone(&world), Arc::clone(&act));
            async move { Ok(act(&world, world.now())) }
        };
        call(&self.process, kind, name, || Ok(()), serve).await
    }

    fn is_own(&self, row: &UniqueRow) -> bool {
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        nonce_of(&row.text).is_some_and(|nonce| own.contains(&nonce))
    }
}

#[async_trait]
impl UniqueRows for Rows {
    async fn create(&self, _code: &str, text: &str) -> Result<Created, CallError> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).extend(nonce_of(text));
        let text = text.to_owned();
        self.call(Kind::Holds, "create row", move |world, now| {
            let created = world.books().create_row(now, &text);
            world.log(format_args!("  rows: {created:?} for {}", nonce_of(&text).unwrap_or_default()));
            created
        })
        .await
    }

    async fn read(&self, _code: &str) -> Result<Option<UniqueRow>, CallError> {
        let row = self.call(Kind::Reads, "read row", |world, now| world.books().read_row(now)).await?;
        match row {
            Some(row) if self.rash && !self.is_own(&row) => {
                let world = &self.process.world;
                world.books().delete_row(world.now(), &row.id, false);
                Ok(None)
            }
            row => Ok(row),
        }
    }

    async fn update(&self, id: &RowId, text: &str) -> Result<bool, CallError> {
        let (id, text) = (id.clone(), text.to_owned());
        self.call(Kind::Holds, "update row", move |world, now| {
            let updated = world.books().update_row(now, &id, &text);
            world.log(format_args!("  rows: update of {}: {updated}", id.as_str()));
            updated
        })
        .await
    }

    async fn delete(&self, id: &RowId) -> Result<bool, CallError> {
        let (id, breaking) = (id.clone(), self.breaking.load(Ordering::Relaxed));
        self.call(Kind::Holds, "delete row", move |world, now| {
            let deleted = world.books().delete_row(now, &id, breaking);
            world.log(format_args!("  rows: delete of {}: {deleted}", id.as_str()));
            deleted
        })
        .await
    }
}
