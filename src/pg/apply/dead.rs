//! Dead indexes: what a build that was interrupted leaves behind. It is invalid, is kept up to date at every write
//! nonetheless, and `IF NOT EXISTS` takes it for the real one.
//!
//! Dropped is only what has the name that the statement gives it, on the same table, while nobody is building there.

use sqlx::Row as _;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgConnection, PgRow};

use super::Run;
use super::event::Event;
use super::hand::Failure;
use crate::name::QName;
use crate::plan::statement::Concurrent;
use crate::plan::{Condition, Limits};

struct Dead {
    oid: Oid,
    index: QName,
    table: QName,
    can_lock: bool,
}

impl Run<'_> {
    /// Before a build is begun, and after one has failed. Gives whether there was anything that looked dead: if it was
    /// another session's build, it is the real thing by now.
    pub(super) async fn drop_dead(&mut self, concurrent: &Concurrent, limits: &Limits) -> Result<bool, Failure> {
        let found = self.dead(concurrent, limits).await?;
        for dead in &found {
            if self.is_still_dead(dead, limits).await? {
                let sql = format!("drop index concurrently if exists {}", dead.index);
                self.hand.execute(&mut self.watch, limits, sql).await?;
                let (step, index) = (self.watch.place.clone(), dead.index.to_string());
                (self.watch.tell)(Event::DroppedDead { step, index });
            }
        }
        Ok(!found.is_empty())
    }

    async fn dead(&mut self, concurrent: &Concurrent, limits: &Limits) -> Result<Vec<Dead>, Failure> {
        let (on, name) = match concurrent {
            Concurrent::Create { index: Some(index), table } => (table.to_string(), Some(index.as_str())),
            Concurrent::Reindex { what: Some(what), .. } => (what.to_string(), None),
            // The server chose a name that we do not know, or a drop that failed is simply repeated.
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
        self.hand.run(&mut self.watch, limits, work).await
    }

    /// A build that another session has under way looks the same. It holds a lock that conflicts with this one.
    async fn is_still_dead(&mut self, dead: &Dead, limits: &Limits) -> Result<bool, Failure> {
        let oid = dead.oid.0;
        let invalid = format!("exists (select from pg_catalog.pg_index where indexrelid = {oid} and not indisvalid)");
        let mut sql = String::from("begin");
        if dead.can_lock {
            sql += &format!("; lock table only {} in share update exclusive mode", dead.table);
        }
        sql += &format!("; select array[{}]", Condition::new(invalid));
        let answer = self.hand.execute(&mut self.watch, limits, sql).await;
        self.hand.roll_back().await?;
        Ok(answer?.holds == Some(vec![true]))
    }
}

fn dead(row: &PgRow) -> Result<Dead, sqlx::Error> {
    let name =
        |schema, name| Ok::<_, sqlx::Error>(QName::new(row.try_get::<&str, _>(schema)?, row.try_get::<&str, _>(name)?));
    Ok(Dead {
        oid: row.try_get("oid")?,
        index: name("schema", "name")?,
        table: name("table_schema", "table_name")?,
        can_lock: row.try_get("can_lock")?,
    })
}
