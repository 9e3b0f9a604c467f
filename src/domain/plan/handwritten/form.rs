//! Locks and costs of a statement as far as its text shows them, for statements that were not planned.
//!
//! Facts from PostgreSQL's manual ("Explicit Locking", ALTER TABLE). Where the text does not decide, the worse case is
//! assumed: a statement of no known form cannot be undone, and its locks are not known.

use crate::domain::lock::LockMode;
use crate::domain::plan::Hazard;
use crate::domain::plan::statement::{Part, Parts, Written};

/// What is known of a statement.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub locks: Vec<(Written, LockMode)>,
    pub reads: Reads,
    pub hazards: Vec<(Hazard, String)>,
    /// The server refuses it inside a transaction block.
    pub alone: bool,
    /// It waits for older snapshots, and no other session waits for it.
    pub concurrent: bool,
}

/// How much of the tables it touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reads {
    #[default]
    Catalog,
    Table,
    Rewrites,
}

impl Form {
    fn lock(mut self, table: Option<Written>, mode: LockMode) -> Self {
        self.locks.extend(table.map(|table| (table, mode)));
        self
    }

    fn costing(mut self, hazard: Hazard, what: impl Into<String>) -> Self {
        if !self.hazards.iter().any(|(known, _)| *known == hazard) {
            self.hazards.push((hazard, what.into()));
        }
        match hazard {
            Hazard::TableRewrite => self.reading(Reads::Rewrites),
            Hazard::BlockingScan => self.reading(Reads::Table),
            Hazard::DataLoss | Hazard::NotReversible | Hazard::OthersCode => self,
        }
    }

    fn reading(mut self, reads: Reads) -> Self {
        self.reads = self.reads.max(reads);
        self
    }

    fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    fn concurrently(mut self) -> Self {
        self.concurrent = true;
        self.alone()
    }

    fn unknown() -> Self {
        Self::default().costing(Hazard::NotReversible, "its text does not show what it does")
    }
}

pub(super) fn of(sql: &str) -> Form {
    let mut parts = Parts::of(sql);
    let first = parts.skip();
    let Some(Part::Word(first)) = first else { return Form::unknown() };
    match first.as_str() {
        "alter" => alter(parts),
        "create" => create(parts),
        "drop" => drop_of(parts),
        "truncate" => {
            parts.take(&["table"]);
            lost(parts, LockMode::AccessExclusive, "all rows")
        }
        "delete" if parts.take(&["from"]) => lost(parts, LockMode::RowExclusive, "rows"),
        "update" => lost(parts, LockMode::RowExclusive, "the old values of rows"),
        "merge" if parts.take(&["into"]) => lost(parts, LockMode::RowExclusive, "the old values of rows"),
        "insert" if parts.take(&["into"]) => {
            let overwrites = parts.has_all(&["do", "update"]);
            let form = Form::default().lock(parts.name(), LockMode::RowExclusive).reading(Reads::Table);
            if overwrites { form.costing(Hazard::DataLoss, "the old values of rows") } else { form }
        }
        "with" if ["update", "delete", "merge"].iter().any(|word| parts.has(word)) => {
            Form::unknown().costing(Hazard::DataLoss, "rows, or their old values").reading(Reads::Table)
        }
        "vacuum" => {
            let form = Form::default().alone().reading(Reads::Table);
            if parts.has("full") { form.costing(Hazard::TableRewrite, "the tables") } else { form }
        }
        "analyze" | "analyse" => {
            Form::default().lock(parts.name(), LockMode::ShareUpdateExclusive).reading(Reads::Table)
        }
        "cluster" => Form::default().costing(Hazard::TableRewrite, "the tables").alone(),
        "reindex" => reindex(&parts),
        "refresh" => {
            parts.take(&["materialized", "view"]);
            let mode = if parts.take(&["concurrently"]) { LockMode::Exclusive } else { LockMode::AccessExclusive };
            let name = parts.name();
            Form::default().lock(name, mode).costing(Hazard::BlockingScan, "what the view reads")
        }
        "comment" | "grant" | "revoke" | "lock" | "security" => Form::default(),
        "set" if parts.take(&["constraints"]) => Form::default(),
        _ => Form::unknown(),
    }
}

fn lost(mut parts: Parts, mode: LockMode, what: &str) -> Form {
    let mut form = Form::default().reading(Reads::Table);
    parts.take(&["only"]);
    loop {
        let name = parts.name();
        let of = name.as_ref().map_or_else(|| what.to_owned(), |name| format!("{what} of {name}"));
        form = form.lock(name, mode).costing(Hazard::DataLoss, of);
        // TRUNCATE takes a list of tables.
        if mode != LockMode::AccessExclusive || !parts.symbol(',') {
            return form;
        }
    }
}

fn reindex(parts: &Parts) -> Form {
    let form = Form::default().reading(Reads::Table).alone();
    if parts.has("concurrently") { form.concurrently() } else { form.costing(Hazard::BlockingScan, "the tables") }
}

fn drop_of(mut parts: Parts) -> Form {
    if parts.take(&["index", "concurrently"]) {
        return Form::default().concurrently();
    }
    let cascade = parts.has("cascade");
    let form = match parts.skip() {
        Some(Part::Word(kind)) if kind == "table" => {
            parts.take(&["if", "exists"]);
            return lost(parts, LockMode::AccessExclusive, "the table, all rows").with_catalog_only();
        }
        Some(Part::Word(kind)) => match kind.as_str() {
            "database" | "tablespace" | "subscription" => Form::default().costing(Hazard::DataLoss, kind).alone(),
            "owned" | "sequence" | "schema" | "extension" => {
                Form::default().costing(Hazard::DataLoss, format!("the {kind}"))
            }
            _ => Form::default().costing(Hazard::NotReversible, format!("the {kind} is gone")),
        },
        _ => Form::unknown(),
    };
    if cascade { form.costing(Hazard::DataLoss, "whatever depends on it") } else { form }
}

fn create(mut parts: Parts) -> Form {
    if parts.take(&["or", "replace"]) {
        return Form::default().costing(Hazard::NotReversible, "the definition that it replaces");
    }
    parts.take(&["unique"]);
    if parts.take(&["index"]) {
        let concurrently = parts.take(&["concurrently"]);
        parts.take(&["if", "not", "exists"]);
        if !parts.take(&["on"]) {
            parts.name();
            parts.take(&["on"]);
        }
        parts.take(&["only"]);
        let table = parts.name();
        return if concurrently {
            Form::default().lock(table, LockMode::ShareUpdateExclusive).reading(Reads::Table).concurrently()
        } else {
            Form::default()
                .lock(table, LockMode::Share)
                .costing(Hazard::BlockingScan, "the table, while writes are blocked")
        };
    }
    match parts.skip() {
        Some(Part::Word(kind)) => match kind.as_str() {
            "database" | "tablespace" | "subscription" => Form::default().alone(),
            "trigger" | "constraint" | "policy" | "rule" => {
                let on = parts.rest().iter().position(|part| part.is("on")).unwrap_or_default();
                for _ in 0..=on {
                    parts.skip();
                }
                let weak = matches!(kind.as_str(), "trigger" | "constraint");
                let mode = if weak { LockMode::ShareRowExclusive } else { LockMode::AccessExclusive };
                Form::default().lock(parts.name(), mode)
            }
            _ => Form::default(),
        },
        _ => Form::unknown(),
    }
}

fn alter(mut parts: Parts) -> Form {
    if parts.take(&["system"]) {
        return Form::unknown().alone();
    }
    if !parts.take(&["table"]) {
        let lasting = ["database", "tablespace", "subscription"].iter().any(|kind| parts.take(&[kind]));
        let known = !lasting
            && ["type", "sequence", "view", "index", "function", "schema", "default"]
                .iter()
                .any(|kind| parts.take(&[kind]));
        let known =
            known && (parts.has_all(&["add", "value"]) || parts.has_all(&["owner", "to"]) || parts.has("rename"));
        return if known { Form::default() } else { Form::unknown() };
    }
    parts.take(&["if", "exists"]);
    parts.take(&["only"]);
    let table = parts.name();
    let (mut form, mut strongest) = (Form::default(), LockMode::ShareUpdateExclusive);
    for action in actions(parts) {
        let (mode, next) = change(action, form);
        (form, strongest) = (next, strongest.max(mode));
    }
    form.lock(table, strongest)
}

/// The parts between commas that are not in parentheses.
fn actions(mut parts: Parts) -> Vec<Parts> {
    let (mut actions, mut current, mut depth) = (Vec::new(), Vec::new(), 0_usize);
    while let Some(part) = parts.skip() {
        match part {
            Part::Symbol('(') => depth += 1,
            Part::Symbol(')') => depth = depth.saturating_sub(1),
            Part::Symbol(',') if depth == 0 => {
                actions.push(Parts::from(std::mem::take(&mut current)));
                continue;
            }
            _ => {}
        }
        current.push(part);
    }
    actions.push(Parts::from(current));
    actions
}

/// One action of ALTER TABLE.
fn change(mut action: Parts, form: Form) -> (LockMode, Form) {
    use LockMode::{AccessExclusive, ShareRowExclusive, ShareUpdateExclusive};
    let lasting = action.has_all(&["not", "valid"]) || action.has_all(&["using", "index"]);
    if action.take(&["validate"]) {
        return (ShareUpdateExclusive, form.reading(Reads::Table));
    }
    if action.take(&["add"]) {
        return add(action, form, lasting);
    }
    if action.take(&["drop"]) {
        return if action.take(&["constraint"]) {
            (AccessExclusive, form.costing(Hazard::NotReversible, "the constraint is gone"))
        } else {
            action.take(&["column"]);
            action.take(&["if", "exists"]);
            let column = action.name().map(|column| column.to_string()).unwrap_or_default();
            (AccessExclusive, form.costing(Hazard::DataLoss, format!("column {column}")))
        };
    }
    if action.take(&["alter", "constraint"]) {
        return (AccessExclusive, form);
    }
    if action.take(&["alter"]) {
        action.take(&["column"]);
        action.name();
        if action.take(&["type"]) || action.take(&["set", "data", "type"]) {
            return (AccessExclusive, form.costing(Hazard::TableRewrite, "the table"));
        }
        if action.take(&["set", "not", "null"]) {
            return (
                AccessExclusive,
                form.costing(Hazard::BlockingScan, "the table, while reads and writes are blocked"),
            );
        }
        return (if action.has("statistics") { ShareUpdateExclusive } else { AccessExclusive }, form);
    }
    let rewrites = ["tablespace", "logged", "unlogged"].iter().any(|word| action.has(word))
        || action.has_all(&["access", "method"]);
    if action.take(&["set"]) && rewrites {
        return (AccessExclusive, form.costing(Hazard::TableRewrite, "the table"));
    }
    if action.take(&["attach"]) {
        return (
            ShareUpdateExclusive,
            form.costing(Hazard::BlockingScan, "the partition, while all access to it is blocked"),
        );
    }
    if action.take(&["detach"]) {
        return if action.has("concurrently") {
            (ShareUpdateExclusive, form.concurrently())
        } else {
            (AccessExclusive, form)
        };
    }
    if action.take(&["enable", "trigger"]) || action.take(&["disable", "trigger"]) {
        return (ShareRowExclusive, form);
    }
    let known = ["rename", "owner", "enable", "disable", "force", "no", "replica", "reset", "inherit"];
    let known = known.iter().any(|word| action.take(&[word])) || action.rest().first() == Some(&Part::Symbol('('));
    (AccessExclusive, if known { form } else { form.costing(Hazard::NotReversible, "an action that is not known") })
}

fn add(mut action: Parts, mut form: Form, lasting: bool) -> (LockMode, Form) {
    use LockMode::{AccessExclusive, ShareRowExclusive};
    let named = action.take(&["constraint"]);
    if named {
        action.name();
    }
    let kinds = ["check", "unique", "primary", "foreign", "exclude"];
    let is_constraint = named || action.rest().first().is_some_and(|part| kinds.iter().any(|kind| part.is(kind)));
    let foreign = action.has("references");
    if foreign && let Some(at) = action.rest().iter().position(|part| part.is("references")) {
        let mut rest = action.clone();
        for _ in 0..=at {
            rest.skip();
        }
        form = form.lock(rest.name(), ShareRowExclusive);
    }
    if is_constraint {
        let mode = if foreign { ShareRowExclusive } else { AccessExclusive };
        let form =
            if lasting { form } else { form.costing(Hazard::BlockingScan, "the table, while writes are blocked") };
        return (mode, form);
    }
    // A column. A volatile default may differ for each row; a constant one is stored once.
    let rest = action.rest();
    let default = rest.iter().position(|part| part.is("default")).and_then(|at| rest.get(at..)).unwrap_or_default();
    let computed = default.contains(&Part::Symbol('('))
        || ["serial", "bigserial", "smallserial", "identity", "stored"].iter().any(|word| action.has(word));
    if computed {
        form = form.costing(Hazard::TableRewrite, "the table");
    } else if foreign || action.has("unique") || action.has("primary") || action.has("check") {
        form = form.costing(Hazard::BlockingScan, "the table, while writes are blocked");
    }
    (AccessExclusive, form)
}

impl Form {
    /// Dropping reads no rows, whatever it loses.
    fn with_catalog_only(mut self) -> Self {
        self.reads = Reads::Catalog;
        self
    }
}
