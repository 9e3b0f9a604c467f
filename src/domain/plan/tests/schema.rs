//! Small schemas as lines of text, which resemble DDL and are no SQL: the text of a definition is kept as written.
//!
//! ```text
//! table t (id integer!, a text = 'x')        ! is NOT NULL, = a default, := a generated value, # an identity
//! partitioned table t (id integer!)          by RANGE (id)
//! part p of t: FOR VALUES FROM (1) TO (9)    with the columns of t
//! primary t (id)                             named t_pkey
//! unique t (a, b)                            named t_a_b_key
//! foreign c (x) -> p (id) CASCADE            named c_x_fkey
//! check t positive: (a > 0)
//! index t (a)                                named t_a_idx; `unique index t (a)`
//! view v: SELECT 1
//! function f(integer): body
//! trigger t guard: f()
//! sequence s, enum e: a, b, domain d integer: (VALUE > 0), schema s, extension x 1.0
//! v needs t.a                                a dependency
//! ```

use crate::domain::catalog::types::Check;
use crate::domain::catalog::{
    Catalog, Column, Constraint, ConstraintKind, Deferrable, Domain, Enum, Event, Extension, Firing, Generated,
    Identity, Index, IndexKey, Object, Partition, ReferentialAction, Relation, RelationKind, Routine, RoutineKind,
    Schema, Sequence, Signature, Timing, Trigger,
};
use crate::domain::name::{Name, QName};

/// An error is the line that was not understood.
pub(super) fn read<'l>(lines: impl Iterator<Item = &'l str>) -> Result<Catalog, String> {
    let mut catalog = Catalog { server_version: 150_000, ..Catalog::default() };
    catalog.schemas.insert("public".into(), Schema {});
    for line in lines {
        add(&mut catalog, line.trim()).ok_or(line)?;
    }
    Ok(catalog)
}

fn own(name: &str) -> QName {
    let (schema, name) = name.trim().split_once('.').unwrap_or(("public", name.trim()));
    QName::new(schema, name)
}

fn names(list: &str) -> Vec<Name> {
    list.split(',').map(|name| Name::from(name.trim())).collect()
}

/// `t (a, b) rest`.
fn parts(text: &str) -> Option<(QName, &str, &str)> {
    let (name, rest) = text.split_once(" (")?;
    let (list, rest) = rest.split_once(')')?;
    Some((own(name), list, rest.trim()))
}

fn add(catalog: &mut Catalog, line: &str) -> Option<()> {
    if let Some((dependent, needed)) = line.split_once(" needs ") {
        let pair = (object(catalog, dependent)?, object(catalog, needed)?);
        catalog.dependencies.insert(pair);
        return Some(());
    }
    let (word, rest) = line.split_once(' ')?;
    match word {
        "table" => table(catalog, rest, false),
        "partitioned" => table(catalog, rest.strip_prefix("table ")?, true),
        "part" => part(catalog, rest),
        "primary" | "unique" if !rest.starts_with("index ") => key(catalog, word, rest),
        "unique" => index(catalog, rest.strip_prefix("index ")?, true),
        "index" => index(catalog, rest, false),
        "foreign" => foreign(catalog, rest),
        "check" => {
            let (of, expression) = rest.split_once(": ")?;
            let (of, name) = of.split_once(' ')?;
            let kind = ConstraintKind::Check { expression: expression.into(), no_inherit: false };
            constrain(catalog, &own(of), name.into(), kind)
        }
        "view" => {
            let (name, query) = rest.split_once(": ")?;
            let view = Relation { kind: RelationKind::View, query: Some(query.into()), ..Relation::default() };
            catalog.relations.insert(own(name), view);
            Some(())
        }
        "function" => function(catalog, rest),
        "trigger" => trigger(catalog, rest),
        "sequence" => {
            catalog.sequences.insert(own(rest), sequence());
            Some(())
        }
        "enum" => {
            let (name, labels) = rest.split_once(": ")?;
            let labels = labels.split(", ").map(str::to_owned).collect();
            catalog.enums.insert(own(name), Enum { labels });
            Some(())
        }
        "domain" => domain(catalog, rest),
        "schema" => {
            catalog.schemas.insert(rest.into(), Schema {});
            Some(())
        }
        "extension" => {
            let (name, version) = rest.split_once(' ')?;
            let extension = Extension { schema: "public".into(), version: Some(version.into()) };
            catalog.extensions.insert(name.into(), extension);
            Some(())
        }
        _ => None,
    }
}

/// A view, a function, a column `t.a`, a constraint, an index or a trigger `t.name`.
fn object(catalog: &Catalog, written: &str) -> Option<Object> {
    let written = written.trim();
    if let Some((name, arguments)) = written.split_once('(') {
        let arguments = arguments.trim_end_matches(')').to_owned();
        return Some(Object::Routine(Signature { name: own(name), arguments }));
    }
    if let Some((table, name)) = written.split_once('.') {
        let (table, name) = (own(table), Name::from(name));
        let relation = catalog.relations.get(&table)?;
        return Some(if relation.constraints.iter().any(|it| it.name == name) {
            Object::Constraint(table, name)
        } else if relation.indexes.iter().any(|it| it.name == name) {
            Object::Index(table, name)
        } else if relation.triggers.iter().any(|it| it.name == name) {
            Object::Trigger(table, name)
        } else {
            Object::Column(table, name)
        });
    }
    let name = own(written);
    let relation = catalog.relations.get(&name).map(|it| it.kind.object(name.clone()));
    relation.or_else(|| catalog.enums.contains_key(&name).then_some(Object::Type(name)))
}

fn table(catalog: &mut Catalog, text: &str, partitioned: bool) -> Option<()> {
    let (name, columns) = text.split_once(" (")?;
    let columns = columns.strip_suffix(')')?.split(", ").map(column).collect::<Option<Vec<_>>>()?;
    let partition_key = partitioned.then(|| "RANGE (id)".into());
    catalog.relations.insert(own(name), Relation { partition_key, columns, ..Relation::default() });
    Some(())
}

fn column(text: &str) -> Option<Column> {
    let (text, generated) = match text.split_once(" := ") {
        Some((text, expression)) => (text, Some(Generated::Stored(expression.into()))),
        None => (text, None),
    };
    let (text, default) = text.split_once(" = ").map_or((text, None), |(text, default)| (text, Some(default)));
    let (name, data_type) = text.split_once(' ')?;
    let identity = data_type.ends_with('#').then_some(Identity::ByDefault);
    let data_type = data_type.trim_end_matches('#');
    Some(Column {
        name: name.into(),
        not_null: data_type.ends_with('!') || identity.is_some(),
        not_null_constraint: None,
        data_type: data_type.trim_end_matches('!').into(),
        default: default.map(Into::into),
        // It is volatile in the tests if it calls a function.
        volatile: default.map(|default| default.contains('(')),
        generated,
        identity,
        collation: None,
        options: Vec::new(),
        inherited: false,
    })
}

fn part(catalog: &mut Catalog, text: &str) -> Option<()> {
    let (names, bound) = text.split_once(": ")?;
    let (name, parent) = names.split_once(" of ")?;
    let parent = own(parent);
    let of = catalog.relations.get(&parent)?;
    let columns = of.columns.iter().map(|column| Column { inherited: true, ..column.clone() }).collect();
    let partition_of = Some(Partition { parent, bound: bound.into(), detach_pending: false });
    catalog.relations.insert(own(name), Relation { partition_of, columns, ..Relation::default() });
    Some(())
}

fn constrain(catalog: &mut Catalog, table: &QName, name: Name, kind: ConstraintKind) -> Option<()> {
    let constraint = Constraint {
        name,
        kind,
        deferrable: Deferrable::Not,
        options: Vec::new(),
        tablespace: None,
        validated: true,
        enforced: true,
        inherited: false,
    };
    catalog.relations.get_mut(table)?.constraints.push(constraint);
    Some(())
}

fn key(catalog: &mut Catalog, word: &str, text: &str) -> Option<()> {
    let (table, list, _) = parts(text)?;
    let (columns, include) = (names(list), Vec::new());
    let joined = columns.iter().map(Name::as_str).collect::<Vec<_>>().join("_");
    if word == "primary" {
        let name = format!("{}_pkey", table.name.as_str());
        let kind = ConstraintKind::Primary { columns, include, without_overlaps: false };
        return constrain(catalog, &table, (&*name).into(), kind);
    }
    let name = format!("{}_{joined}_key", table.name.as_str());
    let kind = ConstraintKind::Unique { columns, include, nulls_not_distinct: false, without_overlaps: false };
    constrain(catalog, &table, (&*name).into(), kind)
}

fn foreign(catalog: &mut Catalog, text: &str) -> Option<()> {
    let (child, parent) = text.split_once(" -> ")?;
    let ((child, columns, _), (parent, parent_columns, action)) = (parts(child)?, parts(parent)?);
    let on_delete = match action {
        "" => ReferentialAction::NoAction,
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        _ => return None,
    };
    let name = format!("{}_{}_fkey", child.name.as_str(), columns.replace(", ", "_"));
    let kind = ConstraintKind::Foreign {
        columns: names(columns),
        parent,
        parent_columns: names(parent_columns),
        match_full: false,
        on_update: ReferentialAction::NoAction,
        on_delete,
        on_delete_columns: Vec::new(),
        period: false,
    };
    constrain(catalog, &child, (&*name).into(), kind)
}

fn index(catalog: &mut Catalog, text: &str, unique: bool) -> Option<()> {
    let (table, list, predicate) = parts(text)?;
    let key = |name: &Name| IndexKey {
        expression: name.as_str().into(),
        collation: None,
        opclass: None,
        descending: false,
        nulls_first: false,
    };
    let name = format!("{}_{}_idx", table.name.as_str(), list.replace(", ", "_"));
    let index = Index {
        name: (&*name).into(),
        method: "btree".into(),
        unique,
        nulls_not_distinct: false,
        keys: names(list).iter().map(key).collect(),
        include: Vec::new(),
        predicate: predicate.strip_prefix("WHERE ").map(Into::into),
        options: Vec::new(),
        statistics: Vec::new(),
        tablespace: None,
        valid: predicate != "dead",
        inherited: false,
    };
    catalog.relations.get_mut(&table)?.indexes.push(index);
    Some(())
}

fn function(catalog: &mut Catalog, text: &str) -> Option<()> {
    let (head, body) = text.split_once(": ")?;
    let (name, arguments) = head.strip_suffix(')')?.split_once('(')?;
    let signature = Signature { name: own(name), arguments: arguments.into() };
    let definition = format!("CREATE OR REPLACE FUNCTION {signature}\n RETURNS integer\nAS $$ {body} $$");
    let (kind, returns) = (RoutineKind::Function, "integer".to_owned());
    let routine = Routine { kind, returns, definition: (&*definition).into(), is_trigger: false };
    catalog.routines.insert(signature, routine);
    Some(())
}

fn trigger(catalog: &mut Catalog, text: &str) -> Option<()> {
    let (of, call) = text.split_once(": ")?;
    let (table, name) = of.split_once(' ')?;
    let table = own(table);
    let definition =
        format!("CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION public.{call}");
    let trigger = Trigger {
        name: name.into(),
        definition: (&*definition).into(),
        firing: Some(Firing {
            timing: Timing::Before,
            events: [Event::Update].into(),
            for_each_row: true,
            columns: Vec::new(),
            conditional: false,
            function: own(call.split('(').next()?),
        }),
        enabled: crate::domain::catalog::Enabled::Origin,
        inherited: false,
    };
    catalog.relations.get_mut(&table)?.triggers.push(trigger);
    Some(())
}

fn sequence() -> Sequence {
    Sequence {
        data_type: "bigint".into(),
        start: 1,
        increment: 1,
        min: 1,
        max: i64::MAX,
        cache: 1,
        cycle: false,
        owned_by: None,
        identity: false,
        unlogged: false,
    }
}

fn domain(catalog: &mut Catalog, text: &str) -> Option<()> {
    let (head, check) = text.split_once(": ").unwrap_or((text, ""));
    let (name, base_type) = head.split_once(' ')?;
    let checks = (!check.is_empty()).then(|| ("d_check".into(), Check { expression: check.into(), validated: true }));
    let (not_null, checks) = (base_type.ends_with('!'), checks.into_iter().collect());
    let base_type = base_type.trim_end_matches('!').into();
    catalog
        .domains
        .insert(own(name), Domain { base_type, not_null, default: None, volatile: None, collation: None, checks });
    Some(())
}
