//! Reads dependencies from raw rows. Those that follow from an object's own definition are left out.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::TryStreamExt;
use sqlx::AssertSqlSafe;
use sqlx::postgres::types::Oid;

use super::classes::{DEPENDENCIES, NAMES};
use super::constraints::Columns;
use super::{Error, Reader};
use crate::domain::catalog::{Catalog, Object, RelationKind};
use crate::domain::name::QName;
use crate::pg::row::row;

/// A row of some catalog: catalog, oid, column (of a relation, else 0).
type Node = (Oid, Oid, i16);

row! {
    struct EdgeRow {
        class: Oid,
        oid: Oid,
        number: i16,
        needed_class: Oid,
        needed: Oid,
        needed_number: i16,
    }
}

row! {
    struct NameRow {
        class: Oid,
        oid: Oid,
        number: i16,
        kind: String,
        schema: Option<String>,
        name: String,
        /// A column, a constraint … of the relation, or the arguments of the routine.
        member: Option<String>,
        watched: bool,
    }
}

struct Named {
    object: Object,
    /// The view whose column it is: the column cannot be created by itself.
    comes_with: Option<Object>,
    watched: bool,
}

impl Reader<'_> {
    pub(super) async fn dependencies(&mut self, catalog: &mut Catalog, columns: &Columns<'_>) -> Result<(), Error> {
        let mut edges: Vec<(Node, Node)> = Vec::new();
        let mut rows = sqlx::query_as::<_, EdgeRow>(AssertSqlSafe(DEPENDENCIES.as_str())).fetch(&mut *self.session);
        while let Some(row) = rows.try_next().await? {
            edges.push(((row.class, row.oid, row.number), (row.needed_class, row.needed, row.needed_number)));
        }
        drop(rows);
        let named = self.named(&edges, columns).await?;
        for (dependent, needed) in edges {
            let (Some(dependent), Some(needed)) = (named.get(&dependent), named.get(&needed)) else { continue };
            let object = dependent.comes_with.as_ref().unwrap_or(&dependent.object);
            if dependent.watched && !is_said(catalog, object, &needed.object) {
                catalog.dependencies.insert((object.clone(), needed.object.clone()));
            }
        }
        let edges = &mut catalog.dependencies;
        // A dependency on columns includes one on their relation.
        let by_column = edges.iter().filter(|(_, needed)| matches!(needed, Object::Column(..)));
        let by_column: BTreeSet<(Object, QName)> =
            by_column.filter_map(|(dependent, needed)| Some((dependent.clone(), needed.relation()?.clone()))).collect();
        edges.retain(|(dependent, needed)| match needed.relation().filter(|_| needed.is_relation()) {
            Some(relation) => !by_column.contains(&(dependent.clone(), relation.clone())),
            None => true,
        });
        Ok(())
    }

    /// The objects of the nodes, without those that have no model or belong to an extension.
    async fn named(&mut self, edges: &[(Node, Node)], columns: &Columns<'_>) -> Result<HashMap<Node, Named>, Error> {
        let mut named = HashMap::new();
        let (mut classes, mut oids, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        let nodes: HashSet<Node> = edges.iter().flat_map(|(dependent, needed)| [*dependent, *needed]).collect();
        for node in nodes {
            let (class, oid, number) = node;
            match relation_or_column(columns, oid, number).filter(|_| class == PG_CLASS) {
                Some(known) => {
                    named.insert(node, known);
                }
                None => {
                    classes.push(class);
                    oids.push(oid);
                    numbers.push(number);
                }
            }
        }
        if oids.is_empty() {
            return Ok(named);
        }
        let rows: Vec<NameRow> = sqlx::query_as(AssertSqlSafe(NAMES.as_str()))
            .bind(&classes)
            .bind(&oids)
            .bind(&numbers)
            .bind(&self.namespace_oids)
            .bind(self.everything)
            .fetch_all(&mut *self.session)
            .await?;
        for NameRow { class, oid, number, kind, schema, name, member, watched } in rows {
            if let Some(object) = self.object(&kind, schema.as_deref(), &name, member.as_deref()) {
                named.insert((class, oid, number), Named { object, comes_with: None, watched });
            }
        }
        Ok(named)
    }

    /// `None` for a word that the statement does not return.
    pub(super) fn object(
        &mut self,
        kind: &str,
        schema: Option<&str>,
        name: &str,
        member: Option<&str>,
    ) -> Option<Object> {
        let schema = schema.map(|schema| self.names.name(schema));
        Object::from_parts(kind, schema, self.names.name(name), member.map(|member| self.names.name(member)))
    }
}

/// `None` if the relation is not watched.
fn relation_or_column(columns: &Columns<'_>, relation: Oid, number: i16) -> Option<Named> {
    let found = columns.relations.get(&relation)?;
    let whole = found.relation.kind.object(found.name.clone());
    if number == 0 {
        return Some(Named { object: whole, comes_with: None, watched: true });
    }
    let column = columns.shapes.get(&relation)?.column(number)?;
    let comes_with = (found.relation.kind != RelationKind::Table).then_some(whole);
    Some(Named { object: Object::Column(found.name.clone(), column.name().clone()), comes_with, watched: true })
}

/// Whether the dependency follows from the dependent's own definition: its relation, its parts, the sequence of its own
/// default.
fn is_said(catalog: &Catalog, dependent: &Object, needed: &Object) -> bool {
    let owns = |sequence: &QName| {
        let owner = catalog.sequences.get(sequence).and_then(|sequence| sequence.owned_by.clone());
        owner.is_some_and(|(table, name)| Object::Column(table, name) == *dependent)
    };
    let is_whole_beside_part = dependent.is_relation() || needed.is_relation();
    dependent == needed
        || is_whole_beside_part && dependent.relation().is_some() && dependent.relation() == needed.relation()
        || matches!(needed, Object::Sequence(sequence) if owns(sequence))
}

/// The row of pg_class itself in pg_class (src/include/catalog/pg_class.h).
const PG_CLASS: Oid = Oid(1259);
