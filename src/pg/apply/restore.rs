//! Puts stored values back into rows that are found by their key, and whose columns are still NULL.
//!
//! A row that was changed since is left as it is. A row that triggers or constraints refuse is counted, and the
//! server's message is reported.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Row as _};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::lease::Lease;
use super::observer::Observer;
use super::retry::Retry;
use super::session::{Failure, Session};
use super::watch::Watch;
use super::{ApplyError, OnEvent};
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::application::Application;
use crate::domain::plan::context::Until;
use crate::domain::plan::{Context, Limits};
use crate::pg::survey::application::application;
use crate::pg::{Guards, Source, connect};

const BATCH: usize = 500;

/// Why rows cannot be put back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error("{table} has no column {column}, whose values were kept: add it first")]
    NoColumn { table: QName, column: Name },
    #[error(
        "nothing was put back in {table}: {code}, with the rights of a superuser; give a --fix-url whose role is no \
         superuser and a member of that owner (sql/roles.sql)"
    )]
    OthersCode { table: QName, code: String },
    #[error("there is no table {0}, whose values were kept")]
    NoTable(QName),
    #[error("a row that was kept of {0} cannot be read: the state store was changed by hand")]
    Unreadable(QName),
    #[error("gave up putting back rows of {table}: {reason}; rows already put back stay, and it can be run again")]
    GaveUp { table: QName, reason: String },
}

/// What happened to the stored rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutBack {
    pub put_back: u64,
    /// They have the stored values already, or a later copy of the same row was used.
    pub already: u64,
    /// They were given other values since.
    pub changed: u64,
    /// There is no row with the key.
    pub missing: u64,
    /// A trigger or a constraint refused them.
    pub refused: u64,
    /// The first refusal's message.
    pub refusal: Option<String>,
}

impl PutBack {
    pub fn add(&mut self, other: Self) {
        self.put_back += other.put_back;
        self.already += other.already;
        self.changed += other.changed;
        self.missing += other.missing;
        self.refused += other.refused;
        self.refusal = self.refusal.take().or(other.refusal);
    }
}

/// A stored row.
#[derive(Debug, Deserialize)]
struct Kept {
    key: BTreeMap<String, Value>,
    old: BTreeMap<String, Value>,
}

/// A column of the table now.
struct Column {
    data_type: String,
    has_equality: bool,
}

/// A table now.
struct Table {
    /// Its own rows in FROM and UPDATE (`ONLY`): its inheritance children may have rows with the same key.
    rows: String,
    columns: BTreeMap<Name, Column>,
}

/// Rows with the same columns, and the same NULL columns in their key, are put back by one statement.
#[derive(PartialEq, Eq)]
struct Shape {
    /// With whether it is NULL.
    key: Vec<(Name, bool)>,
    old: Vec<Name>,
}

/// The session that puts rows back, which holds the lease on the database meanwhile.
pub struct Restorer<'a> {
    lease: Lease,
    session: Session,
    watch: Watch<'a>,
    role: Name,
    application: Application,
}

impl std::fmt::Debug for Restorer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Restorer").field("session", &self.session).finish_non_exhaustive()
    }
}

impl<'a> Restorer<'a> {
    pub async fn open(source: &Source, on_event: OnEvent<'a>, stop: &CancellationToken) -> Result<Self, ApplyError> {
        let lease = Lease::take(source).await?;
        let role = source.options().get_username();
        let mut connection = connect(source, &Guards::default()).await.map_err(ApplyError::Pg)?;
        let application = application(&mut connection, role).await.map_err(ApplyError::Pg)?;
        connection.close().await;
        let session = Session::open(source, None).await?;
        let mut watch = Watch::new(Observer::open(source).await?, stop, on_event, 1);
        watch.turn_to(0, "put kept values back");
        Ok(Self { lease, session, watch, role: role.into(), application })
    }

    pub async fn close(self) {
        self.session.close().await;
        self.watch.observer.close().await;
        self.lease.close().await;
    }

    /// Puts back rows of `table` as they were stored, the latest first.
    pub async fn put_back(&mut self, table: &QName, rows: &[String]) -> Result<PutBack, RestoreError> {
        let now = self.look(table).await?;
        let context = self.context(table).await?;
        let mut total = PutBack::default();
        for batch in rows.chunks(BATCH) {
            let kept: Vec<Kept> = batch
                .iter()
                .map(|row| serde_json::from_str(row).map_err(|_| RestoreError::Unreadable(table.clone())))
                .collect::<Result<_, _>>()?;
            let shapes: Vec<Shape> = kept.iter().map(Shape::of).collect();
            let mut begin = 0;
            for alike in shapes.chunk_by(Shape::eq) {
                let rows = batch.get(begin..begin + alike.len()).unwrap_or_default();
                begin += alike.len();
                if let Some(shape) = alike.first() {
                    let sql = shape.sql(table, &now)?;
                    total.add(self.batch(table, (&sql, &context), rows).await?);
                }
            }
        }
        Ok(total)
    }

    /// All in one statement; one by one if that is refused.
    async fn batch(&mut self, table: &QName, sql: (&str, &Context), rows: &[String]) -> Result<PutBack, RestoreError> {
        match self.update(table, sql, rows).await? {
            Ok(result) => Ok(result),
            Err(refusal) if rows.len() == 1 => Ok(PutBack { refused: 1, refusal: Some(refusal), ..PutBack::default() }),
            Err(_) => {
                let mut total = PutBack::default();
                for row in rows {
                    total.add(match self.update(table, sql, std::slice::from_ref(row)).await? {
                        Ok(result) => result,
                        Err(refusal) => PutBack { refused: 1, refusal: Some(refusal), ..PutBack::default() },
                    });
                }
                Ok(total)
            }
        }
    }

    /// The inner error is the server's message about these rows.
    async fn update(
        &mut self,
        table: &QName,
        (sql, context): (&str, &Context),
        rows: &[String],
    ) -> Result<Result<PutBack, String>, RestoreError> {
        let mut tries = Retry::new(Limits::BATCH);
        loop {
            self.lease.hold().await?;
            let failure = match self.once((sql, context), rows).await {
                Ok(result) => return Ok(Ok(result)),
                Err(failure) => failure,
            };
            // If the rollback fails as well, the next statement reports the error.
            let _ = self.session.roll_back().await;
            let pause = if failure.is_passing() { tries.pause() } else { None };
            match (failure, pause) {
                (_, Some(pause)) => sleep(pause).await,
                (Failure::Refused { message, .. }, None) if tries.attempt < tries.of() => return Ok(Err(message)),
                (failure, None) => {
                    return Err(RestoreError::GaveUp { table: table.clone(), reason: failure.to_string() });
                }
            }
            tries.attempt += 1;
        }
    }

    async fn once(&mut self, (sql, context): (&str, &Context), rows: &[String]) -> Result<PutBack, Failure> {
        let begin = [vec!["begin".to_owned()], context.enter(Until::Commit)].concat().join(";");
        self.session.execute(&mut self.watch, &Limits::BATCH, begin).await?;
        let (sql, rows) = (AssertSqlSafe(sql.to_owned()), format!("[{}]", rows.join(",")));
        let work = async |session: &mut PgConnection| {
            let row = sqlx::query(sql).persistent(false).bind(rows).fetch_one(session).await?;
            put_back(&row)
        };
        let done = self.session.run(&mut self.watch, &Limits::BATCH, work).await?;
        let commit = [vec!["commit".to_owned()], context.leave()].concat().join(";");
        self.session.execute(&mut self.watch, &Limits::BATCH, commit).await?;
        Ok(done)
    }

    /// The role and settings for the application's code that the rows trigger.
    async fn context(&mut self, table: &QName) -> Result<Context, RestoreError> {
        let work = async |session: &mut PgConnection| {
            let query = sqlx::query_scalar::<_, Option<String>>(include_str!("../../../sql/apply/owner.sql"));
            query.bind(table.to_string()).fetch_optional(session).await
        };
        let owner = self.session.run(&mut self.watch, &Limits::SHORT, work).await;
        let owner =
            owner.map_err(|failure| RestoreError::GaveUp { table: table.clone(), reason: failure.to_string() })?;
        let owner = owner.flatten().map(|owner| Name::from(owner.as_str()));
        let context = self.application.to_update(&self.role, table, owner.as_ref());
        context.map_err(|code| RestoreError::OthersCode { table: table.clone(), code })
    }

    async fn look(&mut self, table: &QName) -> Result<Table, RestoreError> {
        let work = async |session: &mut PgConnection| {
            let query = sqlx::query(include_str!("../../../sql/apply/columns.sql")).bind(table.to_string());
            let rows = query.fetch_all(session).await?;
            let columns = rows.iter().map(|row| {
                let column = Column { data_type: row.try_get("type")?, has_equality: row.try_get("has_equality")? };
                Ok((row.try_get::<&str, _>("name")?.into(), column))
            });
            let columns = columns.collect::<Result<BTreeMap<Name, Column>, sqlx::Error>>()?;
            let is_partitioned = rows.first().map(|row| row.try_get("is_partitioned")).transpose()?;
            Ok((columns, is_partitioned.unwrap_or(false)))
        };
        let look = self.session.run(&mut self.watch, &Limits::SHORT, work).await;
        let (columns, is_partitioned) =
            look.map_err(|failure| RestoreError::GaveUp { table: table.clone(), reason: failure.to_string() })?;
        if columns.is_empty() {
            return Err(RestoreError::NoTable(table.clone()));
        }
        let rows = if is_partitioned { table.to_string() } else { format!("ONLY {table}") };
        Ok(Table { rows, columns })
    }
}

fn put_back(row: &PgRow) -> Result<PutBack, sqlx::Error> {
    let count = |column| row.try_get::<i64, _>(column).map(|count| u64::try_from(count).unwrap_or(0));
    Ok(PutBack {
        put_back: count("put_back")?,
        already: count("already")?,
        changed: count("changed")?,
        missing: count("missing")?,
        ..PutBack::default()
    })
}

impl Shape {
    fn of(row: &Kept) -> Self {
        Self {
            // Without a key all unchanged columns identify the row.
            key: (row.key.iter())
                .filter(|(name, _)| !row.old.contains_key(*name))
                .map(|(name, value)| (Name::from(name.as_str()), value.is_null()))
                .collect(),
            old: row.old.keys().map(|name| Name::from(name.as_str())).collect(),
        }
    }

    /// Its parameter `$1` is an array of stored rows as JSON text.
    fn sql(&self, table: &QName, Table { rows, columns }: &Table) -> Result<String, RestoreError> {
        let (mut values, mut found, mut same, mut free, mut set) = (vec![], vec![], vec![], vec![], vec![]);
        let mut value = |part: &str, alias: &str, name: &Name| {
            let missing = || RestoreError::NoColumn { table: table.clone(), column: name.clone() };
            let column = columns.get(name).ok_or_else(missing)?;
            let (column_name, name, data_type) = (name, literal(name.as_str()), &column.data_type);
            // Arrays and composite values may have been stored as JSON.
            values.push(format!(
                "case when pg_catalog.jsonb_typeof(e.value -> '{part}' -> {name}) in ('array', 'object')
                    then (pg_catalog.jsonb_populate_record(null::{table},
                        pg_catalog.jsonb_build_object({name}, e.value -> '{part}' -> {name}))).{column_name}
                    else (e.value -> '{part}' ->> {name})::{data_type} end as {alias}"
            ));
            Ok::<_, RestoreError>(column.has_equality)
        };
        for (number, (name, is_null)) in self.key.iter().enumerate() {
            found.push(match (*is_null, value("key", &format!("k{number}"), name)?) {
                (true, _) => format!("t.{name} is null"),
                (false, true) => format!("t.{name} = k.k{number}"),
                (false, false) => format!("t.{name}::text = k.k{number}::text"),
            });
        }
        for (number, name) in self.old.iter().enumerate() {
            value("old", &format!("o{number}"), name)?;
            // As text, because not every type has an equality operator.
            same.push(format!("t.{name}::text is not distinct from k.o{number}::text"));
            free.push(format!("(t.{name} is null or t.{name}::text = k.o{number}::text)"));
            set.push(format!("{name} = k.o{number}"));
        }
        if found.is_empty() {
            // Nothing identifies its rows.
            found.push("false".into());
        }
        let (values, set) = (values.join(", "), set.join(", "));
        let (found, same, free) = (found.join(" and "), same.join(" and "), free.join(" and "));
        Ok(format!(
            "with kept as materialized (
                select distinct on (e.value -> 'key') e.n, {values}
                from pg_catalog.jsonb_array_elements($1::jsonb) with ordinality as e (value, n)
                order by e.value -> 'key', e.n
            ), found as materialized (
                select k.n, bool_and({same}) as same from kept k join {rows} t on {found} group by k.n
            ), done as (
                update {rows} t set {set} from kept k where {found} and {free} and not ({same}) returning k.n
            ), counts as (
                select
                    (select count(distinct n) from done) as put_back,
                    (select count(*) from found where same and n not in (select n from done))
                        + pg_catalog.jsonb_array_length($1::jsonb) - (select count(*) from kept) as already,
                    (select count(*) from kept) - (select count(*) from found) as missing
            )
            select put_back, already, missing,
                pg_catalog.jsonb_array_length($1::jsonb) - put_back - already - missing as changed
            from counts"
        ))
    }
}
