//! Invalid indexes that an interrupted build leaves behind. Every write still maintains such an index, and `IF NOT
//! EXISTS` accepts it as existing.
//!
//! Dropped are only those with the statement's index name, on the same table, while no session builds there.

use std::time::Duration;

use sqlx::Row as _;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgConnection, PgRow};

use tokio::time::sleep;

use super::Run;
use super::event::Event;
use super::session::Failure;
use crate::domain::name::QName;
use crate::domain::plan::statement::Concurrent;
use crate::domain::plan::{Context, Limits};

/// Pause between two looks at a transaction that is about to end.
const ENDING: Duration = Duration::from_millis(20);

struct Dead {
    oid: Oid,
    index: QName,
    table: QName,
    can_lock: bool,
}

impl Run<'_> {
    /// Before a build, and after a failed one. Gives whether there was an index that looked invalid: if another session
    /// was building it, it is valid by now.
    pub(super) async fn drop_dead(
        &mut self,
        concurrent: &Concurrent,
        context: &Context,
        limits: &Limits,
    ) -> Result<bool, Failure> {
        let found = self.dead(concurrent, limits).await?;
        for dead in &found {
            if self.is_still_dead(dead, limits).await? {
                let sql = format!("drop index concurrently if exists {}", dead.index);
                self.send_alone(context, limits, sql).await?;
                let (step, index) = (self.watch.place.clone(), dead.index.to_string());
                (self.watch.on_event)(Event::DroppedDead { step, index });
            }
        }
        Ok(!found.is_empty())
    }

    async fn dead(&mut self, concurrent: &Concurrent, limits: &Limits) -> Result<Vec<Dead>, Failure> {
        let (on, name) = match concurrent {
            Concurrent::Create { index: Some(index), table } => (table.to_string(), Some(index.as_str())),
            Concurrent::Reindex { what: Some(what), .. } => (what.to_string(), None),
            // The server chose a name that is unknown here, or a failed drop is simply repeated.
            Concurrent::Create { index: None, .. }
            | Concurrent::Reindex { what: None, .. }
            | Concurrent::Drop { .. } => {
                return Ok(Vec::new());
            }
        };
        let work = async |session: &mut PgConnection| {
            let query = sqlx::query(include_str!("../../../sql/apply/dead.sql")).bind(on).bind(name);
            query.fetch_all(session).await?.iter().map(dead).collect()
        };
        self.session.run(&mut self.watch, limits, work).await
    }

    /// An index that another session is building looks the same. That session holds a lock that conflicts with this
    /// one.
    async fn is_still_dead(&mut self, dead: &Dead, limits: &Limits) -> Result<bool, Failure> {
        let mut begin = String::from("begin");
        if dead.can_lock {
            begin += &format!("; lock table only {} in share update exclusive mode", dead.table);
        }
        let looked = self.look_twice(dead, limits, begin).await;
        self.session.roll_back().await?;
        looked
    }

    /// A build releases its lock a moment before it commits that the index is valid, so that its transaction has to be
    /// over. Checked twice, because it may end between the look's snapshot and its look at the locks.
    async fn look_twice(&mut self, dead: &Dead, limits: &Limits, begin: String) -> Result<bool, Failure> {
        let index = format!("pg_catalog.pg_index i where i.indexrelid = {}", dead.oid.0);
        let look = format!(
            "select array[
                exists (select from {index} and not i.indisvalid),
                exists (select from {index} and i.xmax in (
                    select transactionid from pg_catalog.pg_locks where locktype = 'transactionid'
                ))
            ]"
        );
        self.session.execute(&mut self.watch, limits, begin).await?;
        let mut agreed = 0;
        while agreed < 2 {
            let answer = self.session.execute(&mut self.watch, limits, look.clone()).await?;
            match answer.holds.as_deref() {
                Some([true, true]) => sleep(ENDING).await,
                Some([true, false]) => agreed += 1,
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

fn dead(row: &PgRow) -> Result<Dead, sqlx::Error> {
    let text = |column| row.try_get::<&str, _>(column);
    Ok(Dead {
        oid: row.try_get("oid")?,
        index: QName::new(text("schema")?, text("name")?),
        table: QName::new(text("table_schema")?, text("table_name")?),
        can_lock: row.try_get("can_lock")?,
    })
}
