//! One database that is read repeatedly: the target, or a reference database.
//!
//! The cheap questions use a connection that stays open; a full read closes it, because deparsing definitions fills
//! large caches in the backend. Never writes, never waits longer than its guards.

use std::time::{Duration, Instant};

use crate::domain::catalog::Catalog;
use crate::pg::fingerprint::{counters, fingerprint};
use crate::pg::{self, Connection, Guards, Source};

use super::Depth;

/// Limit for the cheap questions, after which the server counts as hanging.
const CHEAP_LIMIT: Duration = Duration::from_secs(10);

/// Result of a look.
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
    /// The counters alone cannot decide: they do not move, or they move with every temporary table.
    needs_fingerprint: bool,
}

/// State of the catalog at the last full read.
#[derive(Debug)]
struct Known {
    counters: Option<String>,
    /// Computed only where the counters do not suffice: it costs a tenth of a full read.
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

    /// Reads what has changed. `reached` is set once the server has answered.
    pub(super) async fn look(
        &mut self,
        depth: Depth,
        full_read_every: Duration,
        schemas: Option<&[String]>,
        reached: &mut bool,
    ) -> Result<Look, pg::Error> {
        let fresh = |known: &Known| depth == Depth::Cheap && known.read_at.elapsed() < full_read_every;
        let mut known = self.known.take().filter(fresh);
        // An old connection serves only for a cheap question: a full read needs one that is known to work.
        if let (Some(mut connection), Some(before)) = (self.connection.take(), &mut known) {
            match tokio::time::timeout(CHEAP_LIMIT, unchanged(&mut connection, before)).await {
                Ok(Ok(true)) => {
                    *reached = true;
                    self.known = known;
                    self.connection = self.keep.then_some(connection);
                    return Ok(Look::Unchanged);
                }
                // Changed; or the connection has died since, which does not mean that the server is down.
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

    /// Reads in full, and keeps the fingerprint of what it read.
    pub(super) async fn read(&mut self, schemas: Option<&[String]>) -> Result<Catalog, pg::Error> {
        self.known = None;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => pg::connect(&self.source, &self.guards).await?,
        };
        // The server bounds each statement; this bounds a server that does not answer at all.
        let limit = self.guards.statement_timeout * 2;
        let reading = async {
            // Taken before the read, so that a concurrent change is seen as a change.
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
