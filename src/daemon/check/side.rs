//! One database that is looked at again and again: the target, or a reference database.
//!
//! Asks the cheap questions on a connection that stays open; closes it after a full read, because reading definitions
//! leaves large caches in the server's process. Never writes, never waits longer than its guards.

use std::time::{Duration, Instant};

use crate::domain::catalog::Catalog;
use crate::pg::fingerprint::{counters, fingerprint};
use crate::pg::{self, Connection, Guards, Source};

use super::Depth;

/// How long the cheap questions may take before the server counts as hanging.
const CHEAP_LIMIT: Duration = Duration::from_secs(10);

/// What a look found.
#[derive(Debug)]
pub(super) enum Look {
    Unchanged,
    Read(Box<Catalog>),
}

#[derive(Debug)]
pub(super) struct Side {
    source: Source,
    guards: Guards,
    keep: bool,
    connection: Option<Connection>,
    known: Option<Known>,
    /// The counters alone have failed to settle the question: they stand still, or move with every temporary table.
    needs_fingerprint: bool,
}

/// What the catalog was like when it was last read in full.
#[derive(Debug)]
struct Known {
    counters: Option<String>,
    /// Taken where the counters alone do not do: it costs a tenth of the read.
    fingerprint: Option<String>,
    read_at: Instant,
}

impl Side {
    pub(super) fn new(source: Source, guards: Guards) -> Self {
        Self { source, guards, keep: true, connection: None, known: None, needs_fingerprint: false }
    }

    pub(super) fn keeps_connection(&mut self, keep: bool) {
        self.keep = keep;
    }

    /// The next look is a full read.
    pub(super) fn forget(&mut self) {
        self.known = None;
    }

    /// Looks, and tells through `reached` whether the server answered.
    pub(super) async fn look(
        &mut self,
        depth: Depth,
        full_read_every: Duration,
        schemas: Option<&[String]>,
        reached: &mut bool,
    ) -> Result<Look, pg::Error> {
        let fresh = |known: &Known| depth == Depth::Cheap && known.read_at.elapsed() < full_read_every;
        let mut known = self.known.take().filter(fresh);
        // An old connection is good for a cheap question only: a full read deserves a live one.
        if let (Some(mut connection), Some(before)) = (self.connection.take(), &mut known) {
            match tokio::time::timeout(CHEAP_LIMIT, unchanged(&mut connection, before)).await {
                Ok(Ok(true)) => {
                    *reached = true;
                    self.known = known;
                    self.connection = self.keep.then_some(connection);
                    return Ok(Look::Unchanged);
                }
                // Changed; or the connection has died since, which says nothing about the server.
                Ok(Ok(false) | Err(_)) => {}
                Err(_) => return Err(pg::Error::Timeout(CHEAP_LIMIT)),
            }
        }
        let mut connection = pg::connect(&self.source, &self.guards).await?;
        *reached = true;
        if let Some(before) = &mut known
            && unchanged(&mut connection, before).await?
        {
            self.known = known;
            self.connection = self.keep.then_some(connection);
            return Ok(Look::Unchanged);
        }
        self.needs_fingerprint |= known.is_some();
        self.connection = Some(connection);
        Ok(Look::Read(Box::new(self.read(schemas).await?)))
    }

    /// Reads in full, and remembers what the catalog is like now.
    pub(super) async fn read(&mut self, schemas: Option<&[String]>) -> Result<Catalog, pg::Error> {
        self.known = None;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => pg::connect(&self.source, &self.guards).await?,
        };
        // Each statement is bounded by the server; this bounds a server that does not answer at all.
        let limit = self.guards.statement_timeout * 2;
        let reading = async {
            // Before the read: what changes meanwhile is then seen as a change.
            let counters = counters(&mut connection).await?;
            let fingerprint = match &counters {
                Some(_) if !self.needs_fingerprint => None,
                Some(_) | None => Some(fingerprint(&mut connection).await?),
            };
            let catalog = pg::read::read(&mut connection, schemas).await?;
            Ok::<_, pg::Error>((Known { counters, fingerprint, read_at: Instant::now() }, catalog))
        };
        let read = tokio::time::timeout(limit, reading).await;
        let (known, catalog) = read.map_err(|_| pg::Error::Timeout(limit))??;
        self.known = Some(known);
        connection.close().await;
        Ok(catalog)
    }
}

/// The cheap questions: the counters, then the fingerprint.
async fn unchanged(connection: &mut Connection, known: &mut Known) -> Result<bool, pg::Error> {
    let now = counters(connection).await?;
    if now.is_some() && now == known.counters {
        tracing::debug!("unchanged, by the statistics counters");
        return Ok(true);
    }
    if let Some(before) = &known.fingerprint
        && fingerprint(connection).await? == *before
    {
        known.counters = now;
        tracing::debug!("unchanged, by the fingerprint");
        return Ok(true);
    }
    Ok(false)
}
