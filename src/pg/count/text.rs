//! The SQL of a count over a reference, written from the templates in `sql/count`. Pure: text in, text out.

use super::look::{Column, Leaf, Side};
use crate::domain::name::{QName, literal};

/// Which rows of the child a statement reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rows<'a> {
    All,
    /// The blocks `from..to` of one leaf; up to its end if `to` is `None`.
    Blocks {
        leaf: &'a Leaf,
        from: u64,
        to: Option<u64>,
    },
}

/// Both sides of a reference, with equally many columns.
#[derive(Debug)]
pub(super) struct Reference {
    pub child: Side,
    pub parent: Side,
}

impl Reference {
    /// Rows of `rows` without a parent, by whether a key column is NULL.
    pub fn rows(&self, rows: Rows<'_>, sorted: bool) -> String {
        let source = self.from(rows);
        let order = format!("order by {}", self.positions());
        fill(
            include_str!("../../../sql/count/rows.sql"),
            &[
                ("any_null", &self.any_null()),
                ("keys", &self.keys()),
                ("rows", &source),
                ("sorted", if sorted { &order } else { "" }),
                ("parent", &self.parent.relation.to_string()),
                ("match", &self.matching()),
            ],
        )
    }

    /// Rows of `rows` with a NULL in a key column.
    pub fn nulls(&self, rows: Rows<'_>) -> String {
        let template = include_str!("../../../sql/count/nulls.sql");
        fill(template, &[("keys", &self.keys()), ("rows", &self.from(rows)), ("any_null", &self.any_null())])
    }

    /// The next `groups` distinct keys after the key `after`, or from the first one.
    pub fn walk(&self, after: Option<&[String]>, groups: u64) -> String {
        let names: Vec<String> = self.numbered(|_, key| key.to_owned());
        let field = |i: usize, _: &str| format!("pg_catalog.row_to_json(greatest[1]) ->> 'f{i}' as b{i}");
        let (key, bound) = match self.child.columns.as_slice() {
            [column] if column.has_max => ("k1".to_owned(), "greatest::text as b1".to_owned()),
            [_] => ("array[k1]".to_owned(), "greatest[1]::text as b1".to_owned()),
            _ => (format!("array[row({})]", names.join(", ")), self.numbered(field).join(", ")),
        };
        let after_child = self.after_child(after);
        let after_parent = after.map_or("true".to_owned(), |after| self.beyond("p", &self.parent, after));
        let first_parent = self.parent.columns.first().map(|column| format!("p.{} is null", column.name));
        fill(
            include_str!("../../../sql/count/walk.sql"),
            &[
                ("bound", &bound),
                ("key", &key),
                ("keys", &self.keys()),
                ("unmatched", &first_parent.unwrap_or_default()),
                ("child", &self.child.relation.to_string()),
                ("same", &self.same()),
                ("after_child", &after_child),
                ("positions", &self.positions()),
                ("groups", &groups.to_string()),
                ("parent", &self.parent.relation.to_string()),
                ("match", &self.matching()),
                ("after_parent", &after_parent),
            ],
        )
    }

    /// The key after `after`, as text in b1, b2 …; no row: it was the last one.
    pub fn next_key(&self, after: Option<&[String]>) -> String {
        let columns = self.child.columns.iter().map(|column| format!("r.{}", column.name));
        let columns: Vec<String> = columns.collect();
        let texts = columns.iter().zip(1..).map(|(column, i)| format!("{column}::text as b{i}"));
        let texts: Vec<String> = texts.collect();
        format!(
            "select {} from {} r where {} order by {} limit 1",
            texts.join(", "),
            self.child.relation,
            self.after_child(after),
            columns.join(", ")
        )
    }

    /// Rows of the child, and of the parent, with exactly this key.
    pub fn with_key(&self, key: &[String]) -> (String, String) {
        let equal = |alias: &str, side: &Side| {
            let terms = side.columns.iter().zip(&self.child.columns).zip(key).map(|((column, child), value)| {
                column.equals(alias, &format!("{}::{}", literal(value), child.data_type))
            });
            terms.collect::<Vec<_>>().join(" and ")
        };
        (equal("r", &self.child), equal("p", &self.parent))
    }

    pub fn sample(&self, percent: f64, sorted: bool) -> String {
        let order = format!("order by {}", self.positions());
        fill(
            include_str!("../../../sql/count/sample.sql"),
            &[
                ("keys", &self.keys()),
                ("child", &self.child.relation.to_string()),
                ("percent", &percent.to_string()),
                ("sorted", if sorted { &order } else { "" }),
                ("any_null", &self.any_null()),
                ("parent", &self.parent.relation.to_string()),
                ("match", &self.matching()),
            ],
        )
    }

    /// A bound is one row comparison, which needs one operator for all columns, and a round trip through text.
    pub fn has_bounds(&self) -> bool {
        let mut columns = self.child.columns.iter().chain(&self.parent.columns);
        let first = self.child.columns.first().map(|column| &column.operators);
        columns.all(|column| column.has_bounds && column.is_known && Some(&column.operators) == first)
    }

    /// The columns, if any, that are compared through a cast of unknown origin.
    pub fn unknown_cast(&self) -> Option<String> {
        let pairs = self.child.columns.iter().zip(&self.parent.columns);
        let unknown =
            pairs.filter(|(child, parent)| child.data_type != parent.data_type && !(child.is_known && parent.is_known));
        let named: Vec<_> = unknown.map(|(child, parent)| format!("{} and {}", child.name, parent.name)).collect();
        (!named.is_empty()).then(|| named.join(", "))
    }

    pub fn from(&self, rows: Rows<'_>) -> String {
        match rows {
            Rows::All => format!("{} r", self.child.relation),
            Rows::Blocks { leaf, from, to } => blocks(&leaf.relation, from, to),
        }
    }

    fn numbered(&self, each: impl Fn(usize, &str) -> String) -> Vec<String> {
        (1..=self.child.columns.len()).map(|i| each(i, &format!("k{i}"))).collect()
    }

    fn keys(&self) -> String {
        let keys = self.child.columns.iter().enumerate().map(|(i, column)| format!("r.{} as k{}", column.name, i + 1));
        keys.collect::<Vec<_>>().join(", ")
    }

    fn positions(&self) -> String {
        self.numbered(|i, _| i.to_string()).join(", ")
    }

    fn any_null(&self) -> String {
        self.numbered(|_, key| format!("c.{key} is null")).join(" or ")
    }

    fn matching(&self) -> String {
        let columns = self.parent.columns.iter().enumerate();
        let terms = columns.map(|(i, column)| column.equals("p", &format!("c.k{}", i + 1)));
        terms.collect::<Vec<_>>().join(" and ")
    }

    fn same(&self) -> String {
        let columns = self.child.columns.iter().enumerate();
        let terms = columns.map(|(i, column)| column.equals("r", &format!("c.k{}", i + 1)));
        terms.collect::<Vec<_>>().join(" and ")
    }

    fn after_child(&self, after: Option<&[String]>) -> String {
        let not_null = self.child.columns.iter().map(|column| format!("r.{} is not null", column.name));
        let terms = not_null.chain(after.map(|after| self.beyond("r", &self.child, after)));
        terms.collect::<Vec<_>>().join(" and ")
    }

    fn beyond(&self, alias: &str, side: &Side, after: &[String]) -> String {
        let columns: Vec<String> =
            side.columns.iter().map(|column| column.typed(format!("{alias}.{}", column.name))).collect();
        let values = after.iter().zip(&self.child.columns).zip(&side.columns);
        let values = values.map(|((value, child), c)| c.typed(format!("{}::{}", literal(value), child.data_type)));
        let operators = side.columns.first().map_or("pg_catalog".into(), |column| column.operators.clone());
        let values = values.collect::<Vec<_>>().join(", ");
        format!("({}) operator({operators}.>) ({values})", columns.join(", "))
    }
}

fn blocks(leaf: &QName, from: u64, to: Option<u64>) -> String {
    let to = to.map_or(String::new(), |to| format!(" and r.ctid < '({to},0)'"));
    format!("only {leaf} r where r.ctid >= '({from},0)'{to}")
}

impl Column {
    /// Equal to `value`.
    fn equals(&self, alias: &str, value: &str) -> String {
        let column = self.typed(format!("{alias}.{}", self.name));
        format!("{column} operator({}.=) {}", self.operators, self.typed(value.to_owned()))
    }

    /// As an operand of its type's operators. In a schema other than `pg_catalog`, another role's operator may match a
    /// domain, or two different types, better than they do.
    fn typed(&self, operand: String) -> String {
        if self.operators.as_str() == "pg_catalog" { operand } else { format!("{operand}::{}", self.data_type) }
    }
}

/// Replaces each `{key}` once, from left to right: a name that looks like a key is not replaced. Comments are dropped.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let sql: Vec<&str> = template.lines().filter(|line| !line.starts_with("--")).collect();
    let sql = sql.join("\n");
    let mut parts = sql.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, after) = part.split_once('}').unwrap_or((part, ""));
        filled.push_str(values.iter().find(|(name, _)| *name == key).map_or("", |(_, value)| value));
        filled.push_str(after);
    }
    filled
}
