//! Asks PostgreSQL to print expressions, leaving out relations that are locked.
//!
//! Each statement has a savepoint: if another session takes an ACCESS EXCLUSIVE lock between the look at pg_locks and
//! the statement, the lock timeout ends the statement, the newly locked relations are left out, and it is repeated.
//! Whether an object has an expression at all is known from its raw row, so an expression that is missing here is busy.

use std::collections::{BTreeMap, HashMap};

use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection as _, FromRow};

use super::defined::{self, PrintedRow};
use super::{Error, Interner, Reader};
use crate::domain::catalog::{Defined, Definition, Event, Firing, Kind, Object, Place, Relation, Timing, Trigger};
use crate::domain::name::QName;
use crate::pg::row::row;

/// How often a statement is asked again after its lock timeout.
const ATTEMPTS: u32 = 3;
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// The kinds that are known by the one statement that creates them, if that contains expressions.
const DEFINED: [(Kind, &str); 4] = [
    (Kind::Policy, include_str!("../../../sql/catalog/policies.sql")),
    (Kind::Rule, include_str!("../../../sql/catalog/rules.sql")),
    (Kind::Statistics, include_str!("../../../sql/catalog/statistics.sql")),
    (Kind::Publication, include_str!("../../../sql/catalog/publications.sql")),
];

/// What PostgreSQL printed, by the oid of the object that it belongs to.
pub(super) struct Printed {
    pub(super) busy: Vec<Oid>,
    /// An object was dropped before it was printed: the read should be repeated.
    pub(super) moved: bool,
    /// (relation, column number)
    defaults: HashMap<(Oid, i16), Definition>,
    checks: HashMap<Oid, Definition>,
    /// index to predicate and expression keys
    indexes: HashMap<Oid, (Option<Definition>, Vec<Definition>)>,
    views: HashMap<Oid, Definition>,
    /// relation to partition key and bound
    partitions: HashMap<Oid, (Option<String>, Option<String>)>,
    routines: HashMap<Oid, String>,
    triggers: HashMap<Oid, Vec<Trigger>>,
    /// Policies, rules, statistics and publications.
    pub(super) defined: BTreeMap<Object, Defined>,
}

row! {
    struct DefaultRow {
        relation: Oid,
        number: i16,
        expression: Option<String>,
    }
}

row! {
    struct CheckRow {
        oid: Oid,
        relation: Oid,
        expression: Option<String>,
    }
}

row! {
    struct IndexRow {
        index: Oid,
        relation: Oid,
        predicate: Option<String>,
        has_predicate: bool,
        /// `None` for keys that are columns.
        keys: Vec<Option<String>>,
    }
}

row! {
    struct ViewRow {
        oid: Oid,
        query: Option<String>,
    }
}

row! {
    struct PartitionRow {
        relation: Oid,
        key: Option<String>,
        bound: Option<String>,
        has_key: bool,
        has_bound: bool,
    }
}

row! {
    struct AtomicRoutineRow {
        oid: Oid,
        definition: Option<String>,
    }
}

row! {
    struct TriggerRow {
        relation: Oid,
        name: String,
        definition: Option<String>,
        /// `tgtype`
        type_code: i16,
        /// Columns of UPDATE OF.
        columns: Vec<String>,
        conditional: bool,
        function_schema: String,
        function: String,
        enabled: i8,
        /// It only exists because a parent has it.
        inherited: bool,
    }
}

impl IndexRow {
    fn is_gone(&self) -> bool {
        self.has_predicate && self.predicate.is_none() || self.keys.iter().any(Option::is_none)
    }
}

impl PartitionRow {
    fn is_gone(&self) -> bool {
        self.has_key && self.key.is_none() || self.has_bound && self.bound.is_none()
    }
}

impl Reader<'_> {
    pub(super) async fn printed(&mut self) -> Result<Printed, Error> {
        let mut asker = Asker {
            moved: false,
            busy: busy(self.session).await?,
            namespaces: &self.namespace_oids,
            session: self.session,
        };
        let defaults: Vec<DefaultRow> = asker.ask(include_str!("../../../sql/catalog/defaults.sql")).await?;
        let checks: Vec<CheckRow> = asker.ask(include_str!("../../../sql/catalog/checks.sql")).await?;
        let indexes: Vec<IndexRow> = asker.ask(include_str!("../../../sql/catalog/index_expressions.sql")).await?;
        let views: Vec<ViewRow> = asker.ask(include_str!("../../../sql/catalog/views.sql")).await?;
        let partitions: Vec<PartitionRow> = asker.ask(include_str!("../../../sql/catalog/partitions.sql")).await?;
        let routines: Vec<AtomicRoutineRow> =
            asker.ask(include_str!("../../../sql/catalog/atomic_routines.sql")).await?;
        let trigger_rows: Vec<TriggerRow> = asker.ask(include_str!("../../../sql/catalog/triggers.sql")).await?;
        let mut definitions: Vec<(Kind, PrintedRow)> = Vec::new();
        for (kind, sql) in DEFINED {
            let is_in_no_schema = matches!(kind.facts().class.place, Place::Database(_));
            if self.everything || !is_in_no_schema {
                definitions.extend(asker.ask(sql).await?.into_iter().map(|row| (kind, row)));
            }
        }
        let (mut busy, mut moved) = (asker.busy, asker.moved);
        // What has been dropped meanwhile prints as NULL. Until that is certain, its relation counts as busy.
        let mut gone: Vec<Oid> = Vec::new();
        gone.extend(defaults.iter().filter(|row| row.expression.is_none()).map(|row| row.relation));
        gone.extend(checks.iter().filter(|row| row.expression.is_none()).map(|row| row.relation));
        gone.extend(indexes.iter().filter(|row| row.is_gone()).map(|row| row.relation));
        gone.extend(views.iter().filter(|row| row.query.is_none()).map(|row| row.oid));
        gone.extend(partitions.iter().filter(|row| row.is_gone()).map(|row| row.relation));
        let unprinted = trigger_rows.iter().filter(|row| row.definition.is_none() && !busy.contains(&row.relation));
        gone.extend(unprinted.map(|row| row.relation));
        let unprinted = definitions.iter().filter(|(_, row)| row.definition.is_none() && !row.busy);
        gone.extend(unprinted.map(|(_, row)| row.relation));
        moved |= !gone.is_empty() || routines.iter().any(|row| row.definition.is_none());
        busy.extend(gone);
        let mut triggers: HashMap<Oid, Vec<Trigger>> = HashMap::new();
        for row in trigger_rows {
            triggers.entry(row.relation).or_default().push(Trigger {
                name: self.names.name(&row.name),
                definition: row.definition.as_deref().map_or(Definition::Busy, Definition::from),
                firing: Some(firing(&mut self.names, &row)),
                enabled: super::enabled(row.enabled),
                inherited: row.inherited,
            });
        }
        let defined =
            definitions.iter().filter_map(|(kind, row)| defined::printed(&mut self.names, *kind, row)).collect();
        let mut spelled = |text: Option<String>| text.map(|text| self.names.definition(&text));
        let mut of_index = |row: IndexRow| {
            let keys = row.keys.into_iter().map(|key| spelled(key).unwrap_or(Definition::Busy)).collect();
            (row.index, (spelled(row.predicate), keys))
        };
        let indexes = indexes.into_iter().map(&mut of_index).collect();
        let of_column = |row: DefaultRow| Some(((row.relation, row.number), spelled(row.expression)?));
        Ok(Printed {
            busy,
            moved,
            defaults: defaults.into_iter().filter_map(of_column).collect(),
            checks: checks.into_iter().filter_map(|row| Some((row.oid, spelled(row.expression)?))).collect(),
            indexes,
            views: views.into_iter().filter_map(|row| Some((row.oid, spelled(row.query)?))).collect(),
            partitions: partitions.into_iter().map(|row| (row.relation, (row.key, row.bound))).collect(),
            routines: routines.into_iter().filter_map(|row| Some((row.oid, row.definition?))).collect(),
            triggers,
            defined,
        })
    }
}

impl Printed {
    pub(super) fn default(&self, relation: Oid, column: i16) -> Definition {
        self.defaults.get(&(relation, column)).cloned().unwrap_or(Definition::Busy)
    }

    pub(super) fn check(&self, constraint: Oid) -> Definition {
        self.checks.get(&constraint).cloned().unwrap_or(Definition::Busy)
    }

    pub(super) fn predicate(&self, index: Oid) -> Definition {
        self.indexes.get(&index).and_then(|(predicate, _)| predicate.clone()).unwrap_or(Definition::Busy)
    }

    pub(super) fn index_expression(&self, index: Oid, nth: usize) -> Definition {
        self.indexes.get(&index).and_then(|(_, keys)| keys.get(nth).cloned()).unwrap_or(Definition::Busy)
    }

    pub(super) fn routine(&self, routine: Oid) -> Definition {
        known(self.routines.get(&routine))
    }

    /// Fills in the expressions that the raw row announced.
    pub(super) fn complete(&mut self, oid: Oid, relation: &mut Relation) {
        let (key, bound) = self.partitions.remove(&oid).unwrap_or_default();
        if let Some(place) = &mut relation.partition_key {
            *place = known(key.as_ref());
        }
        if let Some(partition) = &mut relation.partition_of {
            partition.bound = known(bound.as_ref());
        }
        if let Some(query) = &mut relation.query {
            *query = self.views.remove(&oid).unwrap_or(Definition::Busy);
        }
        relation.triggers = self.triggers.remove(&oid).unwrap_or_default();
    }
}

/// The bits of `tgtype` (src/include/catalog/pg_trigger.h).
fn firing(names: &mut Interner, row: &TriggerRow) -> Firing {
    let has = |bit: i16| row.type_code & bit != 0;
    let events = [(1 << 2, Event::Insert), (1 << 3, Event::Delete), (1 << 4, Event::Update), (1 << 5, Event::Truncate)];
    Firing {
        timing: match (has(1 << 1), has(1 << 6)) {
            (_, true) => Timing::InsteadOf,
            (true, false) => Timing::Before,
            (false, false) => Timing::After,
        },
        events: events.into_iter().filter(|(bit, _)| has(*bit)).map(|(_, event)| event).collect(),
        for_each_row: has(1),
        columns: row.columns.iter().map(|name| names.name(name)).collect(),
        conditional: row.conditional,
        function: QName { schema: names.name(&row.function_schema), name: names.name(&row.function) },
    }
}

fn known(text: Option<&String>) -> Definition {
    text.map_or(Definition::Busy, |text| text.as_str().into())
}

/// Runs statements with savepoints, and collects the busy relations.
struct Asker<'a> {
    session: &'a mut PgConnection,
    namespaces: &'a [Oid],
    busy: Vec<Oid>,
    moved: bool,
}

impl Asker<'_> {
    /// `sql` takes the watched schemas as $1 and the busy relations as $2.
    async fn ask<T>(&mut self, sql: &'static str) -> Result<Vec<T>, Error>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        for _ in 0..ATTEMPTS {
            let mut savepoint = self.session.begin().await?;
            let asked = sqlx::query_as(sql).bind(self.namespaces).bind(&self.busy).fetch_all(&mut *savepoint).await;
            match asked.map_err(Error::from) {
                Ok(rows) => {
                    savepoint.commit().await?;
                    return Ok(rows);
                }
                Err(error) if error.code() == Some(LOCK_NOT_AVAILABLE) => {
                    savepoint.rollback().await?;
                    // Relations that were busy before stay left out, so that each round makes progress.
                    self.busy.extend(busy(self.session).await?);
                }
                Err(error) if super::catalog_moved(&error) => {
                    savepoint.rollback().await?;
                    let gone = gone(self.session, self.namespaces).await?;
                    if gone.iter().all(|oid| self.busy.contains(oid)) {
                        return Err(error);
                    }
                    self.moved = true;
                    self.busy.extend(gone);
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contended)
    }
}

/// Relations that have been dropped since the snapshot was taken.
async fn gone(session: &mut PgConnection, namespaces: &[Oid]) -> Result<Vec<Oid>, Error> {
    let sql = include_str!("../../../sql/catalog/gone.sql");
    Ok(sqlx::query_scalar(sql).bind(namespaces).fetch_all(session).await?)
}

/// Relations whose definitions cannot be printed right now without waiting.
async fn busy(session: &mut PgConnection) -> Result<Vec<Oid>, Error> {
    Ok(sqlx::query_scalar(include_str!("../../../sql/catalog/busy.sql")).fetch_all(session).await?)
}
