//! Inserts the rows of `plan::sample` into the copy that a plan is rehearsed on, and keeps those that the server
//! accepts and that satisfy the plan's requirements.
//!
//! Never runs anywhere but in scratch. A table without rows is reported, and is no failure.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::{ScratchDatabase, session};
use crate::domain::plan::sample::Sample;
use crate::domain::plan::{Plan, Requirement, Work};
use crate::pg::Error;
use crate::pg::apply::ApplyError;

/// The most questions that are asked table by table.
const QUESTIONS: usize = 2_000;

/// What is known about the rows in a rehearsal.
#[derive(Debug)]
pub struct Rows {
    wanted: bool,
    made: bool,
    unfilled: Vec<String>,
}

impl Rows {
    pub fn wanted() -> Self {
        Self { wanted: true, made: false, unfilled: Vec::new() }
    }

    pub fn are_wanted(&self) -> bool {
        self.wanted
    }

    /// Whether the rehearsal has to be repeated, without rows.
    pub fn are_unfit(&self) -> bool {
        self.made && !self.wanted
    }

    /// Tables without rows, and why. Each is returned once.
    pub fn unfilled(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unfilled)
    }

    /// If a step that reads or converts rows finds an invalid value (SQLSTATE 22…, 23…), the reason is the sample rows,
    /// and not the live ones, about which the plan has asked. If rows are written, every error counts except a dangling
    /// reference (23503): rows that triggers write may reference tables that have no rows here.
    pub fn judge(&mut self, error: &ApplyError, plan: &Plan) {
        let ApplyError::Failed { step: place, code: Some(code), reason, .. } = error else { return };
        let step = plan.steps().nth(place.number.saturating_sub(1));
        let writes = step.is_some_and(|step| matches!(step.work, Work::Batches { .. }));
        let is_unfit = code == "23503" || !writes && (code.starts_with("22") || code.starts_with("23"));
        if self.made && is_unfit {
            self.wanted = false;
            self.unfilled =
                vec![format!("it was held without rows: those that were made do not fit {place} ({reason})")];
        }
    }
}

/// All or none of a table's rows.
pub async fn make(database: &ScratchDatabase, samples: &[Sample], plan: &Plan, rows: &mut Rows) -> Result<(), Error> {
    if samples.is_empty() {
        return Ok(());
    }
    let requirements: Vec<&Requirement> = plan.requirements().into_iter().map(|(it, ..)| it).collect();
    let mut session = session(database.source(), None).await?;
    let mut transaction = session.begin().await?;
    execute(&mut transaction, "SET LOCAL statement_timeout = '2s'").await?;
    // All at once, which usually works; otherwise one table after the other, to keep those that fit.
    execute(&mut transaction, "SAVEPOINT all_rows").await?;
    let mut unfilled = Vec::new();
    for sample in samples {
        unfilled.extend(fill(&mut transaction, sample, &[]).await?);
    }
    if !hold(&mut transaction, &requirements).await? {
        execute(&mut transaction, "ROLLBACK TO SAVEPOINT all_rows").await?;
        unfilled.clear();
        for sample in samples {
            if samples.len() * requirements.len() > QUESTIONS {
                unfilled.push(format!("{}: the rows that were made are not what the plan requires", sample.table));
            } else {
                unfilled.extend(fill(&mut transaction, sample, &requirements).await?);
            }
        }
    }
    transaction.commit().await?;
    session.close().await?;
    rows.made = unfilled.len() < samples.len();
    rows.unfilled = unfilled;
    Ok(())
}

/// Why the table has no rows.
async fn fill(
    session: &mut PgConnection,
    sample: &Sample,
    requirements: &[&Requirement],
) -> Result<Option<String>, Error> {
    let mut why = "nothing is known to make for its columns".to_owned();
    for attempt in &sample.attempts {
        execute(session, "SAVEPOINT rows").await?;
        match attempted(session, sample, attempt).await {
            Ok(0) => "no row that was made meets its checks".clone_into(&mut why),
            Ok(_) if hold(session, requirements).await? => {
                execute(session, "RELEASE SAVEPOINT rows").await?;
                return Ok(None);
            }
            Ok(_) => "the rows that were made are not what the plan requires".clone_into(&mut why),
            Err(error @ Error::Server { .. }) => why = error.to_string(),
            Err(error) => return Err(error),
        }
        execute(session, "ROLLBACK TO SAVEPOINT rows; RELEASE SAVEPOINT rows").await?;
    }
    Ok(Some(format!("no rows could be made in {}: {why}", sample.table)))
}

/// The number of rows afterwards.
async fn attempted(session: &mut PgConnection, sample: &Sample, attempt: &str) -> Result<u64, Error> {
    for statement in &sample.before {
        execute(session, statement).await?;
    }
    let rows = execute(session, attempt).await?;
    if !sample.after.is_empty() {
        // A table with deferred events cannot be altered.
        execute(session, "SET CONSTRAINTS ALL IMMEDIATE").await?;
    }
    for statement in &sample.after {
        execute(session, statement).await?;
    }
    Ok(rows)
}

/// Whether the rows satisfy the plan's requirements. Requirements on objects that the plan creates first cannot be
/// asked yet.
async fn hold(session: &mut PgConnection, requirements: &[&Requirement]) -> Result<bool, Error> {
    for requirement in requirements {
        execute(session, "SAVEPOINT question").await?;
        let asked = sqlx::query_scalar::<_, i64>(AssertSqlSafe(requirement.count.clone())).persistent(false);
        let wrong = match asked.fetch_one(&mut *session).await.map_err(Error::from) {
            Ok(rows) => rows > 0,
            Err(Error::Server { code, .. }) => code.starts_with("22"),
            Err(error) => return Err(error),
        };
        execute(session, "ROLLBACK TO SAVEPOINT question; RELEASE SAVEPOINT question").await?;
        if wrong {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn execute(session: &mut PgConnection, sql: &str) -> Result<u64, Error> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(session).await?;
    Ok(done.rows_affected())
}
