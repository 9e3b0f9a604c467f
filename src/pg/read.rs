//! Reading a catalog: raw rows first, PostgreSQL's own spelling of expressions second.
//!
//! One repeatable-read, read-only transaction; the number of statements does not depend on the number of objects.
//! Reading raw rows never waits. Printing an expression waits behind an ACCESS EXCLUSIVE lock on its relation: such
//! relations are looked up first and left out, and what could not be read is [`Definition::Busy`]. Nothing here
//! compares or judges.

pub(super) mod classes;
mod columns;
mod comments;
mod constraints;
mod defined;
mod dependencies;
mod indexes;
mod others;
mod printed;
mod privileges;
mod relations;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use sqlx::postgres::types::Oid;

use super::row::row;
use super::{Connection, Error};
use crate::domain::catalog::{Catalog, Definition, Enabled, Relation};
use crate::domain::name::{Name, QName};
use constraints::Columns;

/// How often a read is repeated because concurrent DDL made it fail.
const ATTEMPTS: u32 = 5;

/// Reads the named schemas, or all but the system's own.
pub async fn read(connection: &mut Connection, schemas: Option<&[String]>) -> Result<Catalog, Error> {
    let mut attempt = 1;
    loop {
        match read_once(connection, schemas).await {
            Ok((_, true)) if attempt < ATTEMPTS => attempt += 1,
            Err(error) if attempt < ATTEMPTS && catalog_moved(&error) => attempt += 1,
            result => return result.map(|(catalog, _)| catalog),
        }
    }
}

/// Printing functions use the newest catalog, not the snapshot: for an object that was dropped meanwhile they raise an
/// internal error ("cache lookup failed", "could not open relation"), or an unknown name.
fn catalog_moved(error: &Error) -> bool {
    matches!(error.code(), Some("XX000" | "42P01" | "42703" | "42704" | "42883"))
}

/// The catalog, and whether concurrent DDL prevented printing some of it.
async fn read_once(connection: &mut Connection, schemas: Option<&[String]>) -> Result<(Catalog, bool), Error> {
    let server_version = connection.server_version;
    let mut transaction = connection.session.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut reader = Reader::new(&mut transaction, schemas).await?;
    let mut catalog = Catalog { server_version, ..Catalog::default() };

    if reader.any.defaults {
        reader.volatile_defaults().await?;
    }
    let mut relations = reader.relations().await?;
    let shapes = reader.columns().await?;
    let columns = Columns { relations: &relations, shapes: &shapes };
    let mut constraints = reader.constraints(&columns).await?;
    let mut indexes = reader.indexes(&relations, &shapes).await?;
    reader.others(&mut catalog, &columns).await?;
    reader.defined(&mut catalog).await?;
    if reader.any.comments {
        reader.comments(&mut catalog).await?;
    }
    reader.privileges(&mut catalog).await?;
    reader.owners(&mut catalog).await?;
    reader.dependencies(&mut catalog, &columns).await?;
    let mut printed = reader.printed().await?;
    reader.routines(&mut catalog, &printed).await?;
    transaction.rollback().await?;

    for (object, defined) in std::mem::take(&mut printed.defined) {
        if defined.definition == Definition::Busy {
            catalog.busy.extend(object.relation().or(defined.table.as_ref()).cloned());
        }
        catalog.defined.insert(object, defined);
    }
    for (oid, shape) in shapes {
        if let Some(found) = relations.get_mut(&oid) {
            found.relation.columns = shape.into_columns(&printed, oid);
        }
    }
    for (oid, Found { name, mut relation }) in relations {
        let of_relation = constraints.remove(&oid).unwrap_or_default();
        relation.constraints = of_relation.into_iter().map(|raw| raw.print(&printed)).collect();
        let of_relation = indexes.remove(&oid).unwrap_or_default();
        relation.indexes = of_relation.into_iter().map(|raw| raw.print(&printed)).collect();
        printed.complete(oid, &mut relation);
        relation.constraints.sort_by(|a, b| a.name.cmp(&b.name));
        relation.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        relation.triggers.sort_by(|a, b| a.name.cmp(&b.name));
        // A view is busy if a relation that it reads is.
        if printed.busy.contains(&oid) || relation.query == Some(Definition::Busy) {
            catalog.busy.insert(name.clone());
        }
        catalog.relations.insert(name, relation);
    }
    Ok((catalog, printed.moved))
}

row! {
    struct SchemaRow {
        oid: Oid,
        name: String,
    }
}

row! {
    struct VolatileRow {
        of: Oid,
        number: i16,
    }
}

row! {
    #[derive(Clone, Copy)]
    struct AnyRow {
        comments: bool,
        defaults: bool,
    }
}

/// What the parts of a read share.
struct Reader<'t> {
    session: &'t mut PgConnection,
    any: AnyRow,
    /// The watched schemas.
    namespaces: HashMap<Oid, Name>,
    namespace_oids: Vec<Oid>,
    /// Whether all schemas are watched.
    everything: bool,
    /// Defaults that may give each row a different value: (relation, column number) or (domain, 0).
    volatile: HashSet<(Oid, i16)>,
    names: Interner,
}

/// A relation that is being read.
struct Found {
    name: QName,
    relation: Relation,
}

impl<'t> Reader<'t> {
    async fn new(session: &'t mut PgConnection, schemas: Option<&[String]>) -> Result<Self, Error> {
        let rows: Vec<SchemaRow> = sqlx::query_as(include_str!("../../sql/catalog/schemas.sql"))
            .bind(schemas)
            .fetch_all(&mut *session)
            .await?;
        let any = sqlx::query_as(include_str!("../../sql/catalog/any.sql")).fetch_one(&mut *session).await?;
        let mut names = Interner::default();
        let namespaces: HashMap<_, _> = rows.iter().map(|row| (row.oid, names.name(&row.name))).collect();
        let namespace_oids = namespaces.keys().copied().collect();
        Ok(Self {
            session,
            any,
            namespaces,
            namespace_oids,
            everything: schemas.is_none(),
            volatile: HashSet::new(),
            names,
        })
    }

    async fn volatile_defaults(&mut self) -> Result<(), Error> {
        let rows: Vec<VolatileRow> = sqlx::query_as(include_str!("../../sql/catalog/volatile_defaults.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        self.volatile = rows.into_iter().map(|row| (row.of, row.number)).collect();
        Ok(())
    }

    /// `None` for an object of a schema that is not watched.
    fn qualified(&mut self, namespace: Oid, name: &str) -> Option<QName> {
        let schema = self.namespaces.get(&namespace)?.clone();
        Some(QName { schema, name: self.names.name(name) })
    }
}

/// State of a trigger, a rule or an event trigger.
fn enabled(code: i8) -> Enabled {
    match code.cast_unsigned() {
        b'D' => Enabled::Disabled,
        b'R' => Enabled::Replica,
        b'A' => Enabled::Always,
        _ => Enabled::Origin,
    }
}

/// One copy of each text, however often it occurs: 10,000 tables have few distinct column names and types.
#[derive(Default)]
struct Interner(HashSet<Arc<str>>);

impl Interner {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.0.insert(Arc::clone(&new));
        new
    }

    fn name(&mut self, text: &str) -> Name {
        self.text(text).into()
    }

    fn definition(&mut self, text: &str) -> Definition {
        Definition::Known(self.text(text))
    }

    /// Options, `name=value`, in a stable order.
    fn options(&mut self, options: Option<Vec<String>>) -> Vec<Arc<str>> {
        let mut options: Vec<_> = options.into_iter().flatten().map(|option| self.text(&option)).collect();
        options.sort();
        options
    }
}
