//! Asks what a plan requires of the rows: counts violations, and takes a sample of them. Read-only, bounded, and rolled
//! back: the expression may call the application's functions, and a NOTIFY is sent only by a COMMIT.
//!
//! A question without an answer blocks the plan as well, so that no plan starts that may fail half way.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgRow;
use tokio::time::Instant;

use super::connect::Unfinished;
use super::row::only;
use super::{Connection, Error, Guards, Source, connect};
use crate::domain::confidential::mark;
use crate::domain::plan::context::Until;
use crate::domain::plan::{About, Blocked, Context, Requirement, Unmet};

/// Limit for each question. A large table is scanned.
const LIMIT: Duration = Duration::from_mins(10);
const SAMPLE: usize = 5;
/// An undefined table, column, function or type.
const UNDEFINED: [&str; 4] = ["42P01", "42703", "42883", "42704"];

/// The requirements that do not hold. An error: the server could not be asked.
pub async fn ask(
    source: &Source,
    guards: &Guards,
    requirements: BTreeSet<(&Requirement, Context, About)>,
) -> Result<Vec<Unmet>, Error> {
    if requirements.is_empty() {
        return Ok(Vec::new());
    }
    let mut connection = connect(source, &Guards { statement_timeout: LIMIT, ..*guards }).await?;
    // If the future is dropped, the query is cancelled on the server.
    let mut unfinished = Unfinished { source: Some(source.clone()), pid: connection.pid };
    // A policy that hides rows makes the question fail, instead of its answer wrong.
    sqlx::query("set row_security = off").execute(&mut connection.session).await?;
    let mut unmet = Vec::new();
    for (requirement, context, about) in requirements {
        set(&mut connection, &context.enter(Until::Changed)).await?;
        let found = one(&mut connection, requirement, about).await?;
        unmet.extend(found.map(|found| Unmet { requirement: requirement.clone(), found }));
        set(&mut connection, &context.leave()).await?;
    }
    unfinished.source = None;
    connection.close().await;
    Ok(unmet)
}

async fn set(connection: &mut Connection, settings: &[String]) -> Result<(), Error> {
    if !settings.is_empty() {
        sqlx::raw_sql(AssertSqlSafe(settings.join(";\n"))).execute(&mut connection.session).await?;
    }
    Ok(())
}

async fn one(connection: &mut Connection, requirement: &Requirement, about: About) -> Result<Option<Blocked>, Error> {
    let blocked = |reason, rows, sample| {
        let (object, advice) = (requirement.object.clone(), requirement.advice.clone());
        Some(Blocked { object, reason, rows, sample, advice, statements: Vec::new() })
    };
    let begun = Instant::now();
    let rows = match fetch(connection, requirement.count.clone()).await {
        Ok(rows) => {
            let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
            u64::try_from(only::<i64>(row)?).unwrap_or(0)
        }
        // An earlier step creates what the question names, so that it cannot be answered yet. The step itself will find
        // out, if it is about rows; an error about a function that is not on our search path says nothing about values.
        Err(Error::Server { code, .. })
            if UNDEFINED.contains(&&*code)
                && (about == About::Rows || !is_understood(connection, &requirement.count).await?) =>
        {
            return Ok(None);
        }
        Err(Error::Server { code, message }) if code == "42501" && sees_a_part(connection, requirement).await? => {
            let advice = "let a role plan that sees all rows: a superuser, one with BYPASSRLS, or the table's owner \
                where row \
                          level security is not forced";
            let reason = format!(
                "whether {} could not be counted: row level security hides rows from the role that plans, which \
                 cannot see \
                 all rows ({message})",
                requirement.problem
            );
            let object = requirement.object.clone();
            return Ok(Some(Blocked {
                object,
                reason,
                rows: None,
                sample: Vec::new(),
                advice: advice.into(),
                statements: Vec::new(),
            }));
        }
        Err(Error::Server { code, message }) => {
            return Ok(blocked(refused(requirement, &code, &message, begun.elapsed()), None, Vec::new()));
        }
        Err(error) => return Err(error),
    };
    if rows == 0 {
        return Ok(None);
    }
    let sample = match &requirement.sample {
        Some(sample) => sampled(connection, sample).await?,
        None => Vec::new(),
    };
    Ok(blocked(requirement.problem.clone(), Some(rows), sample))
}

/// In its own transaction that ends with ROLLBACK.
async fn fetch(connection: &mut Connection, sql: String) -> Result<Vec<PgRow>, Error> {
    sqlx::raw_sql("begin transaction read only").execute(&mut connection.session).await?;
    let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut connection.session).await;
    let rolled_back = sqlx::raw_sql("rollback").execute(&mut connection.session).await;
    let rows = rows?;
    rolled_back?;
    Ok(rows)
}

/// Whether all objects that the question itself names exist.
async fn is_understood(connection: &mut Connection, question: &str) -> Result<bool, Error> {
    match fetch(connection, format!("explain {question}")).await {
        Ok(_) => Ok(true),
        Err(Error::Server { code, .. }) => Ok(!UNDEFINED.contains(&&*code)),
        Err(error) => Err(error),
    }
}

/// Whether the question was refused because row security hides rows; it can still be asked of the visible ones.
async fn sees_a_part(connection: &mut Connection, requirement: &Requirement) -> Result<bool, Error> {
    sqlx::query("set row_security = on").execute(&mut connection.session).await?;
    let answer = fetch(connection, requirement.count.clone()).await;
    sqlx::query("set row_security = off").execute(&mut connection.session).await?;
    match answer {
        Ok(_) => Ok(true),
        Err(Error::Server { code, .. }) => Ok(code != "42501"),
        Err(error) => Err(error),
    }
}

/// A failed sample is left out: the count blocks the plan.
async fn sampled(connection: &mut Connection, sample: &str) -> Result<Vec<String>, Error> {
    let sql = format!("select * from ({sample}\n) as sample limit {SAMPLE}");
    let rows = match fetch(connection, sql).await {
        Ok(rows) => rows,
        Err(Error::Server { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let texts = rows.iter().map(only::<Option<String>>);
    Ok(texts.map(|text| text.map(|text| mark(text.as_deref().unwrap_or("NULL"), "…"))).collect::<Result<_, _>>()?)
}

fn refused(requirement: &Requirement, code: &str, message: &str, elapsed: Duration) -> String {
    let problem = &requirement.problem;
    match code {
        "42501" => {
            format!("whether {problem} could not be counted: {message}. Grant SELECT on it to the role that plans")
        }
        "55P03" => {
            format!("whether {problem} could not be counted: another session holds a lock that it would wait for")
        }
        "57014" if elapsed >= LIMIT => format!("whether {problem} could not be counted within {} s", LIMIT.as_secs()),
        "57014" => format!("whether {problem} could not be counted: it was cancelled on the server"),
        _ if code.starts_with("22") => format!("{problem}: {message} (SQLSTATE {code})"),
        _ => format!("whether {problem} could not be counted: {message} (SQLSTATE {code})"),
    }
}
