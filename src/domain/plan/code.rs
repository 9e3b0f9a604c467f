//! Which functions a step causes the server to call, and as which role: functions of triggers and event triggers, and
//! those that expressions call, both of the table as it is and of the plan's own statements.
//!
//! Derived from the step's effects, the names in its expressions and the server's catalogs. A function that is called
//! only by another function is not seen. What follows from it is decided in [`super::session`].

use std::collections::{BTreeMap, BTreeSet};

use super::application::{Application, Caller, Code};
use super::statement::{Part, Parts};
use super::{Effect, Plan, Situation, Step, Work};
use crate::domain::catalog::Object;
use crate::domain::name::{Name, QName};

/// What a statement does that causes the server to call functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It writes rows of a table.
    Rows(QName),
    /// It computes with the rows of a table, as the role that sends it.
    Validates(QName, Name),
    Adds(QName),
    Retypes(QName),
    Attaches(QName),
    Domain(QName),
    /// It runs a query, and the role that sends it will own the result.
    Query,
    /// Written by hand: it may call everything that its tables can call.
    Anything,
    /// The server itself switches to the table's owner, and the code cannot switch back.
    Guarded,
    /// DDL: event triggers may fire.
    Defines,
    /// Nothing is called.
    Quiet,
}

impl Form {
    pub(super) fn of(step: &Step, by_hand: bool) -> Self {
        if let Work::Batches { table, .. } = &step.work {
            return Self::Rows(table.clone());
        }
        if by_hand {
            return Self::of_words(&step.sql);
        }
        step.effects.iter().find_map(Self::of_effect).unwrap_or(Self::Defines)
    }

    fn of_effect(effect: &Effect) -> Option<Self> {
        Some(match effect {
            Effect::Alter(Object::Domain(domain)) => Self::Domain(domain.clone()),
            Effect::Convert(Object::Column(table, _)) => Self::Retypes(table.clone()),
            Effect::Validate(Object::Constraint(table, constraint)) => {
                Self::Validates(table.clone(), constraint.clone())
            }
            Effect::Create(Object::Constraint(table, _) | Object::Column(table, _)) => Self::Adds(table.clone()),
            Effect::Attach(Object::Table(table), _) => Self::Attaches(table.clone()),
            Effect::Create(Object::MaterializedView(_)) => Self::Query,
            Effect::Create(Object::Index(..)) | Effect::Rebuild(_) => Self::Guarded,
            Effect::SetValue(_) | Effect::Analyze(_) => Self::Quiet,
            _ => return None,
        })
    }

    /// Nothing else is known of a statement that was written by hand.
    fn of_words(sql: &str) -> Self {
        let mut parts = Parts::of(sql);
        if parts.take(&["analyze"]) {
            return Self::Quiet;
        }
        let guarded = [&["reindex"][..], &["refresh"], &["cluster"]];
        let is_guarded = makes_index(sql) || guarded.iter().any(|words| parts.clone().take(words));
        if is_guarded { Self::Guarded } else { Self::Anything }
    }

    /// The object whose owner the statement is sent as.
    pub(super) fn on(&self) -> Option<Object> {
        match self {
            Self::Rows(table)
            | Self::Validates(table, _)
            | Self::Adds(table)
            | Self::Retypes(table)
            | Self::Attaches(table) => Some(Object::Table(table.clone())),
            Self::Domain(name) => Some(Object::Domain(name.clone())),
            Self::Query | Self::Anything | Self::Guarded | Self::Defines | Self::Quiet => None,
        }
    }

    fn fires_event_triggers(&self) -> bool {
        !matches!(self, Self::Rows(_) | Self::Quiet)
    }
}

fn makes_index(sql: &str) -> bool {
    let parts = Parts::of(sql);
    [&["create", "index"][..], &["create", "unique", "index"]].iter().any(|words| parts.clone().take(words))
}

/// The schema-qualified names in a statement.
pub(super) fn mentioned(sql: &str) -> BTreeSet<QName> {
    let parts = Parts::of(sql);
    let name = |part: &Part| match part {
        Part::Word(name) | Part::Quoted(name) => Some(Name::from(name.as_str())),
        Part::Symbol(_) | Part::Other => None,
    };
    let pair = |parts: &[Part]| match parts {
        [schema, Part::Symbol('.'), own] => Some(QName { schema: name(schema)?, name: name(own)? }),
        _ => None,
    };
    parts.rest().windows(3).filter_map(pair).collect()
}

struct Statement {
    sql: String,
    /// Its expressions are evaluated whenever the table is read to build indexes or statistics.
    is_index: bool,
}

/// The functions that can be called, and the names in the plan's statements.
pub(super) struct Called<'a> {
    application: &'a Application,
    named: BTreeMap<&'a QName, Vec<&'a Code>>,
    /// Functions that the plan creates: they come from the operator.
    made: BTreeMap<&'a QName, Code>,
    /// Statements of the steps, by the tables that they lock.
    by_table: BTreeMap<QName, Vec<Statement>>,
    /// The statement that adds a constraint, by table or domain and constraint.
    added: BTreeMap<(QName, Name), String>,
    by_hand: bool,
}

impl<'a> Called<'a> {
    pub(super) fn new(plan: &Plan, situation: &'a Situation<'a>) -> Self {
        let application = &situation.survey.application;
        let mut named: BTreeMap<&QName, Vec<&Code>> = BTreeMap::new();
        for code in &application.code {
            if let Caller::Named { name, .. } = &code.by {
                named.entry(name).or_default().push(code);
            }
        }
        let role = situation.survey.rights.role.clone().unwrap_or_else(|| "".into());
        let made = situation.expected.routines.keys().map(|signature| &signature.name);
        let made = made.filter(|name| !named.contains_key(name)).map(|name| {
            let by = Caller::Named { name: name.clone(), what: None };
            (name, Code { by, function: name.clone(), owner: role.clone(), trusted: true, extension: false })
        });
        let made = made.collect();
        let mut by_table: BTreeMap<QName, Vec<Statement>> = BTreeMap::new();
        let mut added = BTreeMap::new();
        for step in plan.steps() {
            for effect in &step.effects {
                if let Effect::Create(Object::Constraint(on, name))
                | Effect::AddNotValid(Object::Constraint(on, name)) = effect
                {
                    added.insert((on.clone(), name.clone()), step.sql.clone());
                }
            }
            let is_index = |effect: &Effect| match effect {
                Effect::Create(object) => matches!(object, Object::Index(..) | Object::Statistics(_)),
                Effect::Unknown => makes_index(&step.sql),
                _ => false,
            };
            let is_index = step.effects.iter().any(is_index);
            for lock in &step.locks {
                by_table.entry(lock.table.clone()).or_default().push(Statement { sql: step.sql.clone(), is_index });
            }
        }
        Self { application, named, made, by_table, added, by_hand: plan.is_by_hand() }
    }

    /// The functions that the step causes the server to call.
    pub(super) fn by(&self, step: &Step, form: &Form) -> BTreeSet<&Code> {
        let locked = || step.locks.iter().map(|lock| &lock.table);
        let mut called: BTreeSet<&Code> = match form {
            Form::Rows(table) => {
                let fired = self.application.code.iter().filter(|code| code.fires_on_update_of(table));
                let computed = self.of_tables([table]).filter(|code| !code.is_cast_of(table));
                fired.chain(computed).chain(self.to_come([table], |_| true)).collect()
            }
            Form::Validates(table, constraint) => {
                let what = format!("constraint {}", constraint.as_str());
                let is_it = |code: &&Code| matches!(&code.by, Caller::Table { what: own, .. } if *own == what);
                let added = self.added.get(&(table.clone(), constraint.clone()));
                let added = added.into_iter().flat_map(|sql| self.in_text(sql));
                self.of_tables(locked()).filter(is_it).chain(added).collect()
            }
            Form::Retypes(_) => self.of_tables(locked()).chain(self.to_come(locked(), |_| true)).collect(),
            Form::Guarded | Form::Quiet => {
                let is_read = |code: &&Code| {
                    let Caller::Table { what, .. } = &code.by else { return false };
                    what.starts_with("index ") || what.starts_with("statistics ")
                };
                self.of_tables(locked()).filter(is_read).chain(self.to_come(locked(), |it| it.is_index)).collect()
            }
            Form::Attaches(_) => {
                let is_key = |code: &&Code| matches!(&code.by, Caller::Table { what, .. } if what == "partition key");
                self.of_tables(locked()).filter(is_key).collect()
            }
            Form::Anything => {
                let tables: BTreeSet<&QName> = locked().collect();
                let is_on = |code: &&Code| match &code.by {
                    Caller::Trigger { table, .. } | Caller::Table { table, .. } => tables.contains(table),
                    Caller::EventTrigger { .. } | Caller::Named { .. } | Caller::Operator { .. } => false,
                };
                self.application.code.iter().filter(is_on).collect()
            }
            Form::Domain(domain) => {
                let added = self.added.iter().filter(|((of, _), _)| of == domain);
                added.flat_map(|(_, sql)| self.in_text(sql)).chain(self.named(domain)).collect()
            }
            Form::Adds(_) | Form::Query | Form::Defines => BTreeSet::new(),
        };
        if !matches!(form, Form::Defines) {
            called.extend(self.in_text(&step.sql));
        }
        if form.fires_event_triggers() {
            let fires = |code: &&Code| matches!(code.by, Caller::EventTrigger { .. });
            called.extend(self.application.code.iter().filter(fires));
        }
        called
    }

    /// The functions that a question calls: those in its text, and the casts of columns of the tables that it reads.
    pub(super) fn in_question(&self, sql: &str) -> BTreeSet<&Code> {
        let read = mentioned(sql);
        let casts = self.application.code.iter().filter(|code| read.iter().any(|table| code.is_cast_of(table)));
        self.in_text(sql).into_iter().chain(casts).collect()
    }

    /// The functions that the text of a statement calls.
    pub(super) fn in_text(&self, sql: &str) -> BTreeSet<&Code> {
        let mut called: BTreeSet<&Code> = mentioned(sql).iter().flat_map(|name| self.named(name)).collect();
        if sql.contains("OPERATOR(") {
            let is_in = |code: &&Code| matches!(&code.by, Caller::Operator { written } if sql.contains(written));
            called.extend(self.application.code.iter().filter(is_in));
        }
        called
    }

    fn named(&self, name: &QName) -> impl Iterator<Item = &Code> {
        let live = self.named.get(name).into_iter().flatten().copied();
        live.chain(self.made.get(name).filter(|_| !self.by_hand))
    }

    /// Of the plan's statements on these tables, the names that resolve to such functions.
    fn to_come<'t>(
        &self,
        tables: impl IntoIterator<Item = &'t QName>,
        meant: impl Fn(&Statement) -> bool,
    ) -> BTreeSet<&Code> {
        let statements = tables.into_iter().filter_map(|table| self.by_table.get(table)).flatten();
        statements.filter(|it| meant(it)).flat_map(|it| self.in_text(&it.sql)).collect()
    }

    fn of_tables<'t>(&self, tables: impl IntoIterator<Item = &'t QName>) -> impl Iterator<Item = &Code> {
        let tables: BTreeSet<&QName> = tables.into_iter().collect();
        let is_of = move |code: &&Code| tables.iter().any(|table| code.is_in_expression_of(table));
        self.application.code.iter().filter(is_of)
    }
}
