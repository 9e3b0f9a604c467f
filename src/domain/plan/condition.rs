//! Conditions: what a step ensures, as a boolean SQL expression over the system catalogs.
//!
//! The executor asks it before and after the step, and the psql script contains it as its guard: one text for both
//! uses. No expression is ever NULL, and all names are qualified.
//!
//! A condition on an expression says only that its text has changed: what PostgreSQL will print for a new expression is
//! not known before it has been stored.

mod privilege;

use std::fmt::{self, Display};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::catalog::{Address, Object, Privilege, Row, Signature};
use crate::domain::name::{Name, QName, literal};

pub use privilege::{Has, owner, privileges};

/// A boolean question whose answer is never NULL. `Display` is the only renderer of its SQL, and it is stored in that
/// form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// A row exists: a table of `pg_catalog` (or a join that starts with one), and a WHERE clause.
    Exists(String),
    /// Any boolean expression.
    Sql(String),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(from) => write!(f, "exists (select from {from})"),
            Self::Sql(expression) => f.write_str(expression),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::All(parts) => f.write_str(&Self::joined(parts, " and ")),
            Self::Any(parts) => write!(f, "({})", Self::joined(parts, " or ")),
        }
    }
}

impl Condition {
    /// Any boolean expression that is never NULL.
    pub fn new(expression: impl Into<String>) -> Self {
        Self::Sql(expression.into())
    }

    pub fn and(self, other: &Self) -> Self {
        match self {
            Self::All(parts) => Self::All([parts, vec![other.clone()]].concat()),
            first => Self::All(vec![first, other.clone()]),
        }
    }

    pub fn or(self, other: &Self) -> Self {
        match self {
            Self::Any(parts) => Self::Any([parts, vec![other.clone()]].concat()),
            first => Self::Any(vec![first, other.clone()]),
        }
    }

    /// The same question for a server that prints these texts in another way: each pair is a definition's text, and the
    /// text on that server.
    pub fn with_texts(self, texts: &[(String, String)]) -> Self {
        let respell = |sql: String| texts.iter().fold(sql, |sql, (old, new)| sql.replace(&literal(old), &literal(new)));
        let all = |parts: Vec<Self>| parts.into_iter().map(|part| part.with_texts(texts)).collect();
        match self {
            Self::Exists(from) => Self::Exists(respell(from)),
            Self::Sql(expression) => Self::Sql(respell(expression)),
            Self::Not(inner) => Self::Not(Box::new(inner.with_texts(texts))),
            Self::All(parts) => Self::All(all(parts)),
            Self::Any(parts) => Self::Any(all(parts)),
        }
    }

    fn joined(parts: &[Self], word: &str) -> String {
        let part = |part: &Self| match part {
            Self::Exists(_) | Self::Not(_) | Self::Any(_) => part.to_string(),
            Self::Sql(_) | Self::All(_) => format!("({part})"),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(word)
    }

    fn exists(from: &str) -> Self {
        Self::Exists(from.to_owned())
    }
}

impl std::ops::Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::Sql)
    }
}

/// The oid of a relation, or NULL.
pub fn regclass(relation: &QName) -> String {
    format!("to_regclass({})", literal(&relation.to_string()))
}

fn text(name: &Name) -> String {
    literal(name.as_str())
}

/// The object exists.
pub fn exists(object: &Object) -> Condition {
    match object {
        Object::Type(name) | Object::Domain(name) => {
            Condition::Sql(format!("to_regtype({}) is not null", literal(&name.to_string())))
        }
        Object::Sequence(_) => row(object, "relkind in ('S')"),
        Object::View(_) => row(object, "relkind in ('v')"),
        Object::MaterializedView(_) => row(object, "relkind in ('m')"),
        Object::Table(_) => row(object, "relkind in ('r', 'p')"),
        Object::Comment(of) => !comment(of, None),
        Object::Privileges(of, grantee) => !privileges(of, grantee, Has::None(&Privilege::ALL)),
        other => row(other, "true"),
    }
}

/// The object exists, and `is` holds for its row in its system catalog.
pub fn row(object: &Object, is: &str) -> Condition {
    let Some(row) = object.class().row else { return Condition::new("false") };
    match (object, object.address()) {
        (Object::Type(name) | Object::Domain(name), _) => domain(name, is),
        (Object::Sequence(name) | Object::Table(name) | Object::View(name) | Object::MaterializedView(name), _) => {
            relation(name, is)
        }
        (Object::Index(table, name), _) => index(table, name, is),
        (_, Address::Routine(signature)) => routine(signature, is),
        (_, Address::Database(name)) => there_is(row, None, name, is),
        (_, Address::Schema(name)) => {
            there_is(row, Some(format!("to_regnamespace({})", literal(&name.schema.to_string()))), &name.name, is)
        }
        (_, Address::Member(relation, name)) => there_is(row, Some(regclass(relation)), name, is),
        (_, Address::Said(_)) => Condition::new("false"),
    }
}

/// A row of this name exists in that schema or relation, and `is` holds for it.
fn there_is(row: Row, inside: Option<String>, name: &Name, is: &str) -> Condition {
    let inside = row.inside.zip(inside).map(|(column, inside)| format!("{column} = {inside} and ")).unwrap_or_default();
    let only = if row.only.is_empty() { String::new() } else { format!("{} and ", row.only) };
    Condition::exists(&format!("{} where {inside}{} = {} and {only}{is}", row.catalog, row.name, text(name)))
}

/// The object exists, and has this comment, or none.
pub fn comment(object: &Object, said: Option<&str>) -> Condition {
    let is = |call: &str| match said {
        Some(said) => format!("{call} = {}", literal(said)),
        None => format!("{call} is null"),
    };
    match object {
        Object::Column(..) => row(object, &is("col_description(attrelid, attnum)")),
        Object::Index(..) => row(object, &is("obj_description(indexrelid, 'pg_class')")),
        Object::Comment(of) | Object::Privileges(of, _) => comment(of, said),
        _ => {
            let catalog = object.class().row.map_or("", |row| row.catalog);
            let is = is(&format!("obj_description(oid, '{catalog}')"));
            match object {
                Object::Constraint(on, name) => row(object, &is).or(&domain_check(on, name, &is)),
                _ => row(object, &is),
            }
        }
    }
}

/// The object does not exist.
pub fn absent(object: &Object) -> Condition {
    !exists(object)
}

/// A relation exists for which `is`, a condition on a row of pg_class, holds.
pub fn relation(name: &QName, is: &str) -> Condition {
    Condition::exists(&format!("pg_class where oid = {} and {is}", regclass(name)))
}

/// A column exists for which `is`, a condition on a row of pg_attribute, holds.
pub fn column(table: &QName, name: &Name, is: &str) -> Condition {
    row(&Object::column(table, name), is)
}

/// A constraint exists for which `is`, a condition on a row of pg_constraint, holds.
pub fn constraint(table: &QName, name: &Name, is: &str) -> Condition {
    row(&Object::constraint(table, name), is)
}

/// An index exists for which `is`, a condition on a row of pg_index, holds.
pub fn index(table: &QName, name: &Name, is: &str) -> Condition {
    let index = QName { schema: table.schema.clone(), name: name.clone() };
    Condition::exists(&format!(
        "pg_index where indexrelid = {} and indrelid = {} and {is}",
        regclass(&index),
        regclass(table)
    ))
}

/// The index was built after the routine was created or last changed: its row in pg_index was written later.
pub fn is_newer(table: &QName, name: &Name, than: &Signature) -> Condition {
    let age = format!(
        "(select age(xmin) from pg_proc where pronamespace = to_regnamespace({}) and proname = {} and \
         oidvectortypes(proargtypes) = {})",
        literal(&than.name.schema.to_string()),
        text(&than.name.name),
        literal(&than.arguments)
    );
    index(table, name, &format!("indisvalid and age(xmin) < {age}"))
}

/// A trigger exists for which `is`, a condition on a row of pg_trigger, holds.
pub fn trigger(table: &QName, name: &Name, is: &str) -> Condition {
    row(&Object::Trigger(table.clone(), name.clone()), is)
}

/// A routine exists for which `is`, a condition on a row of pg_proc, holds.
pub fn routine(signature: &Signature, is: &str) -> Condition {
    // Not `to_regprocedure`: before PostgreSQL 16 it fails where a type is missing.
    Condition::exists(&format!(
        "pg_proc where pronamespace = to_regnamespace({}) and proname = {} and oidvectortypes(proargtypes) = {} and {is}",
        literal(&signature.name.schema.to_string()),
        text(&signature.name.name),
        literal(&signature.arguments)
    ))
}

/// A condition on a row of pg_constraint: its `key` (`conkey` or `confkey`) is these columns, in this order, of the
/// relation in its column `relation`.
pub fn key_columns(key: &str, relation: &str, columns: &[Name]) -> String {
    let names: Vec<_> = columns.iter().map(text).collect();
    format!(
        "array(select a.attname::text from unnest({key}) with ordinality k (num, nth) join pg_attribute a on a.attrelid = \
         {relation} and a.attnum = k.num order by k.nth) = array[{}]::text[]",
        names.join(", ")
    )
}

/// The column `number` of an index has this statistics target.
pub fn statistics_target(index: &QName, number: &str, target: &str) -> Condition {
    Condition::exists(&format!(
        "pg_attribute where attrelid = {} and attnum = {} and attstattarget = {}",
        regclass(index),
        literal(number),
        literal(target)
    ))
}

/// The column has a default, and its text is no longer this one.
pub fn default_is_not(table: &QName, name: &Name, old: &str) -> Condition {
    Condition::exists(&format!(
        "pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = {} and \
         a.attname = {} and pg_get_expr(d.adbin, d.adrelid) <> {}",
        regclass(table),
        text(name),
        literal(old)
    ))
}

/// The sequence has these parameters.
pub fn sequence(name: &QName, is: &crate::domain::catalog::Sequence) -> Condition {
    Condition::exists(&format!(
        "pg_sequence where seqrelid = {} and format_type(seqtypid, null) = {} and seqstart = {} and seqincrement = {} and \
         seqmin = {} and seqmax = {} and seqcache = {} and seqcycle = {}",
        regclass(name),
        literal(&is.data_type),
        is.start,
        is.increment,
        is.min,
        is.max,
        is.cache,
        is.cycle
    ))
}

/// The sequence is owned by this column, or by any.
pub fn owned(sequence: &QName, by: Option<(&QName, &Name)>) -> Condition {
    let column = by.map_or_else(String::new, |(table, column)| {
        format!(" and d.refobjid = {} and a.attname = {}", regclass(table), text(column))
    });
    Condition::exists(&format!(
        "pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = \
         'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'a' and d.objid = {}{column}",
        regclass(sequence)
    ))
}

/// The view exists, and the text of its query is no longer this one.
pub fn query_is_not(view: &QName, old: &str) -> Condition {
    relation(view, &format!("rtrim(pg_get_viewdef(oid), '; ') <> {}", literal(old)))
}

/// The column has this type, as `format_type` prints it, and this collation (`None`: the type's own).
pub fn column_type(table: &QName, name: &Name, data_type: &str, collation: Option<&QName>) -> Condition {
    let collation = match collation {
        Some(collation) => format!("to_regcollation({})", literal(&collation.to_string())),
        None => "(select typcollation from pg_type where oid = atttypid)".into(),
    };
    column(
        table,
        name,
        &format!("format_type(atttypid, atttypmod) = {} and attcollation = {collation}", literal(data_type)),
    )
}

/// The enum has these labels, in this order.
pub fn labels(name: &QName, labels: &[String]) -> Condition {
    let labels: Vec<_> = labels.iter().map(|label| literal(label)).collect();
    Condition::Sql(format!(
        "array(select enumlabel::text from pg_enum where enumtypid = to_regtype({}) order by enumsortorder) = \
         array[{}]::text[]",
        literal(&name.to_string()),
        labels.join(", ")
    ))
}

/// The enum has this label.
pub fn label(name: &QName, label: &str) -> Condition {
    Condition::exists(&format!(
        "pg_enum where enumtypid = to_regtype({}) and enumlabel = {}",
        literal(&name.to_string()),
        literal(label)
    ))
}

/// A check of the domain exists for which `is`, a condition on a row of pg_constraint, holds.
pub fn domain_check(domain: &QName, name: &Name, is: &str) -> Condition {
    Condition::exists(&format!(
        "pg_constraint where contypid = to_regtype({}) and conname = {} and {is}",
        literal(&domain.to_string()),
        text(name)
    ))
}

/// A domain exists for which `is`, a condition on a row of pg_type, holds.
pub fn domain(name: &QName, is: &str) -> Condition {
    Condition::exists(&format!("pg_type where oid = to_regtype({}) and {is}", literal(&name.to_string())))
}

/// The relation has this option; without a value: it does not have it.
pub fn option(relation: &QName, name: &str, value: Option<&str>) -> Condition {
    let (catalog, name) = match name.strip_prefix("toast.") {
        Some(name) => ("reltoastrelid", name),
        None => ("oid", name),
    };
    let option = match value {
        Some(value) => format!("{} = any (t.reloptions)", literal(&format!("{name}={value}"))),
        None => {
            format!("exists (select from unnest(t.reloptions) o where split_part(o, '=', 1) = {})", literal(name))
        }
    };
    let found = Condition::exists(&format!(
        "pg_class c join pg_class t on t.oid = c.{catalog} where c.oid = {} and {option}",
        regclass(relation)
    ));
    if value.is_some() { found } else { !found }
}

/// The base type of the domain is this one, as `format_type` prints it.
pub fn domain_over(name: &QName, base_type: &str) -> Condition {
    domain(name, &format!("format_type(typbasetype, typtypmod) = {}", literal(base_type)))
}
