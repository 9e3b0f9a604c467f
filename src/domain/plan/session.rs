//! Assigns each step its session: a step that runs the application's code, or that converts values, is sent as the
//! table's owner and with the settings of that role's sessions. Reports who owns the code: as a hazard if a superuser
//! would run it, otherwise as a warning.
//!
//! SET ROLE is no security boundary: code that runs after it can leave the role, and then has the rights of the
//! session's login role.

use std::collections::{BTreeMap, BTreeSet};

use super::application::{Application, Caller, Code};
use super::code::{Called, Form};
use super::context::{Context, SEARCH_PATH};
use super::statement::Parts;
use super::words::listed;
use super::{Blocked, Cost, Effect, Hazard, Plan, Requirement, Segment, Situation, Step, Work};
use crate::domain::catalog::{Catalog, Object, RowSecurity};
use crate::domain::name::{Name, QName};

pub(super) fn settle(plan: &mut Plan, situation: &Situation<'_>) {
    // The server was not asked.
    let Some(fixing) = &situation.survey.rights.role else { return };
    let application = &situation.survey.application;
    let called = Called::new(plan, situation);
    let superuser = application.sessions.get(fixing).is_some_and(|session| session.superuser);
    let by_hand = plan.is_by_hand();
    let mut judge = Judge { situation, application, fixing, superuser, by_hand, found: Found::default() };
    for step in plan.segments.iter_mut().flat_map(Segment::steps_mut) {
        judge.step(step, &called);
        if application.asked_by_superuser {
            judge.refuse_questions(&mut step.requires, &called);
            judge.refuse_questions(&mut step.keeps, &called);
        }
    }
    if application.asked_by_superuser {
        judge.refuse_questions(&mut plan.requires, &called);
    }
    judge.owners(plan);
    let Found { blocked, warnings, .. } = judge.into_found();
    plan.blocked.extend(blocked);
    plan.warnings.extend(warnings);
}

/// Facts to report about the plan as a whole.
#[derive(Default)]
struct Found {
    blocked: Vec<Blocked>,
    warnings: Vec<String>,
    others: BTreeSet<Code>,
    shadowed: BTreeSet<String>,
}

struct Judge<'a> {
    situation: &'a Situation<'a>,
    application: &'a Application,
    fixing: &'a Name,
    superuser: bool,
    by_hand: bool,
    found: Found,
}

impl Judge<'_> {
    fn step(&mut self, step: &mut Step, called: &Called<'_>) {
        let form = Form::of(step, self.by_hand);
        let code = called.by(step, &form);
        let owner = self.owner(step, &form);
        let times = self.converts_times(step);
        let computes = !matches!(form, Form::Defines | Form::Quiet) || times;
        let session = owner.as_ref().unwrap_or(self.fixing).clone();
        let with_path = !code.is_empty() && !self.by_hand;
        let mut settings =
            if computes || with_path { self.application.settings(Some(&session), with_path) } else { BTreeMap::new() };
        if with_path {
            self.keep_names(step, &session, &mut settings);
        }
        let own = code.iter().any(|code| !code.extension && !matches!(code.by, Caller::EventTrigger { .. }));
        let role = owner.clone().filter(|owner| own && self.can_be_sent_as(owner, &form));
        if role.is_none() && session != *self.fixing {
            name_the_user(&mut settings, &session);
        }
        step.context = Context { role: role.or_else(|| step.context.role.take()), settings };
        if times {
            self.found.warnings.push(format!(
                "`{}` converts dates and times with the settings of the table owner's sessions: {}",
                step.action,
                self.application.times(Some(&session))
            ));
        }
        self.others(step, &form, owner.as_ref(), &code);
    }

    /// Reports who owns the code, and what it could do.
    fn others(&mut self, step: &mut Step, form: &Form, owner: Option<&Name>, code: &BTreeSet<&Code>) {
        let foreign = code.iter().filter(|code| code.owner != *self.fixing && !code.extension);
        self.found.others.extend(foreign.map(|code| (*code).clone()));
        // For what the server runs as the table's owner, only event triggers remain.
        let guarded = matches!(form, Form::Guarded | Form::Quiet);
        let is_loose = |code: &&&Code| !guarded || matches!(code.by, Caller::EventTrigger { .. });
        let loose: Vec<&Code> = code.iter().filter(|code| code.is_of_others()).filter(is_loose).copied().collect();
        if loose.is_empty() {
            return;
        }
        let code_owners: BTreeSet<&Name> = loose.iter().map(|code| &code.owner).collect();
        let owners = code_owners.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if self.superuser {
            let what = format!(
                "{}, with the rights of {}, a superuser: apply with a fix_url whose role is no superuser and a \
                 member of \
                 {owners} (sql/roles.sql)",
                named(&loose),
                self.fixing
            );
            step.hazards.push(Cost::new(Hazard::OthersCode, what));
            return;
        }
        if let Some(owner) = owner.filter(|owner| *owner != self.fixing && !self.becomes(owner))
            && loose.iter().any(|code| !matches!(code.by, Caller::EventTrigger { .. }))
        {
            let object = form.on().map(|object| object.to_string()).unwrap_or_default();
            self.found.blocked.push(Blocked {
                reason: format!("{}, with the rights of {}: it cannot become {owner}", named(&loose), self.fixing),
                advice: format!("GRANT {owner} TO {}, or apply as {owner} (fix_url)", self.fixing),
                object,
                rows: None,
                sample: Vec::new(),
                statements: Vec::new(),
            });
        }
        let sessions = self.application.sessions.iter();
        let reached: Vec<_> = sessions
            .filter(|(name, session)| session.becomes && *name != self.fixing && !code_owners.contains(name))
            .map(|(name, _)| name.to_string())
            .collect();
        if !reached.is_empty() {
            let reached = reached.join(", ");
            let what = format!(
                "{}, which could SET ROLE to {reached}, too, because {} is a member: apply with a fix_url whose role \
                 is a member \
                 of {owners} alone (sql/roles.sql)",
                named(&loose),
                self.fixing
            );
            step.hazards.push(Cost::new(Hazard::OthersCode, what));
        }
    }

    /// A question would call the code in the session that asks, before an operator has allowed anything.
    fn refuse_questions(&mut self, asked: &mut Vec<Requirement>, called: &Called<'_>) {
        asked.retain(|requirement| {
            let code = called.in_question(&requirement.count);
            let loose: Vec<&Code> = code.into_iter().filter(|code| code.is_of_others()).collect();
            if !loose.is_empty() {
                self.found.blocked.push(Blocked {
                    object: requirement.object.clone(),
                    reason: format!(
                        "whether {} was not counted: {}, with the rights of the role that plans, a superuser",
                        requirement.problem,
                        named(&loose)
                    ),
                    rows: None,
                    sample: Vec::new(),
                    advice: "let a role plan that is no superuser (url, or --database-url), and apply with --fix-url"
                        .into(),
                    statements: Vec::new(),
                });
            }
            loose.is_empty()
        });
    }

    /// The owner of what the statement computes with; otherwise the only owner of what it locks.
    fn owner(&self, step: &Step, form: &Form) -> Option<Name> {
        if let Some(on) = form.on() {
            return self.situation.live.owner(&on).cloned();
        }
        if !matches!(form, Form::Guarded | Form::Quiet) {
            return None;
        }
        let owner = |name: &QName| {
            let relation = self.situation.live.relations.get(name)?;
            self.situation.live.owner(&relation.kind.object(name.clone())).cloned()
        };
        step.locks.first().and_then(|lock| owner(&lock.table))
    }

    fn becomes(&self, owner: &Name) -> bool {
        self.application.sessions.get(owner).is_some_and(|session| session.becomes)
    }

    /// If row security applies to the owner, the owner would see only a part of the rows.
    fn can_be_sent_as(&self, owner: &Name, form: &Form) -> bool {
        let bound = match form.on() {
            Some(Object::Table(table)) => {
                let relation = self.situation.live.relations.get(&table);
                relation.is_some_and(|relation| relation.row_security == RowSecurity::Forced)
            }
            _ => false,
        };
        owner != self.fixing && self.becomes(owner) && !bound
    }

    /// Our statements contain expressions as PostgreSQL prints them with a search path of only pg_catalog. If another
    /// function of such a name could be found first, names keep that meaning.
    fn keep_names(&mut self, step: &Step, session: &Name, settings: &mut BTreeMap<String, String>) {
        let shadows = self.application.shadows_in(&self.application.path(Some(session)));
        if shadows.is_empty() || is_plain(step) {
            return;
        }
        settings.remove(SEARCH_PATH);
        let describe =
            |shadow: &&super::application::Shadow| format!("{}.{} of {}", shadow.schema, shadow.name, shadow.owner);
        self.found.shadowed.extend(shadows.iter().map(describe));
    }

    /// Whether the step changes the type of a column by a conversion that depends on the session.
    fn converts_times(&self, step: &Step) -> bool {
        let is_of_session = |data_type: &str| SESSION_TYPES.iter().any(|it| data_type.starts_with(it));
        step.effects.iter().any(|effect| {
            let Effect::Convert(Object::Column(table, name)) = effect else { return false };
            let of = |catalog: &Catalog| {
                let columns = &catalog.relations.get(table)?.columns;
                columns.iter().find(|column| column.name == *name).map(|column| column.data_type.clone())
            };
            let Some((from, to)) = of(self.situation.live).zip(of(self.situation.expected)) else { return false };
            kind_of_time(&from) != kind_of_time(&to) && (is_of_session(&from) || is_of_session(&to))
        })
    }

    /// The owners of the tables that the plan changes as a superuser.
    fn owners(&mut self, plan: &Plan) {
        if !self.superuser {
            return;
        }
        let tables: BTreeSet<&QName> = plan.steps().flat_map(|step| &step.locks).map(|lock| &lock.table).collect();
        let owner = |table: &QName| self.situation.live.owner(&Object::Table(table.clone()));
        let is_other = |owner: &&Name| self.application.sessions.get(*owner).is_some_and(|session| !session.superuser);
        let owners: BTreeSet<&Name> = tables.into_iter().filter_map(owner).filter(is_other).collect();
        if !owners.is_empty() {
            let owners = owners.into_iter().map(Name::to_string).collect::<Vec<_>>().join(", ");
            self.found.warnings.push(format!(
                "{} is to carry out the plan as a superuser, and tables in it belong to {owners}, whose code could \
                 then do \
                 what a superuser may: better a fix_url whose role is no superuser and a member of {owners} \
                 (sql/roles.sql)",
                self.fixing
            ));
        }
    }

    fn into_found(mut self) -> Found {
        if !self.superuser && !self.found.others.is_empty() {
            let others: Vec<&Code> = self.found.others.iter().collect();
            self.found.warnings.push(format!("the plan runs code that other roles own: {}", named(&others)));
        }
        if !self.found.shadowed.is_empty() {
            let names = listed(self.found.shadowed.iter());
            self.found.warnings.push(format!(
                "{names} have the same names as objects of pg_catalog: steps with expressions run with search_path = \
                 pg_catalog, and code of the application that needs another search_path fails in them"
            ));
        }
        self.found
    }
}

/// Types whose input or output depends on the session's TimeZone, DateStyle, IntervalStyle or bytea_output.
const SESSION_TYPES: [&str; 5] = ["date", "time", "interval", "bytea", "xml"];

/// Conversions between types of one kind do not depend on the session.
fn kind_of_time(data_type: &str) -> &str {
    match data_type.split(['(', '[']).next().unwrap_or_default().trim() {
        "timestamp" | "date" => "local",
        _ if data_type.starts_with("timestamp") && data_type.ends_with("without time zone") => "local",
        _ if data_type.starts_with("timestamp") && data_type.ends_with("with time zone") => "absolute",
        base => base,
    }
}

/// Whether it contains only names with a schema, so that none is looked up.
fn is_plain(step: &Step) -> bool {
    let keeps = matches!(step.work, Work::Batches { keep: Some(_), .. });
    let validates = step.effects.iter().any(|effect| matches!(effect, Effect::Validate(_)));
    keeps || validates || !Parts::of(&step.sql).has_symbol('(')
}

/// If the session's role is not its login role, the schema of that role has to be named.
fn name_the_user(settings: &mut BTreeMap<String, String>, role: &Name) {
    if let Some(path) = settings.get_mut(SEARCH_PATH) {
        let names = super::context::path(path).into_iter();
        let names = names.map(|name| if name.as_str() == "$user" { role.clone() } else { name });
        *path = names.map(|name| name.to_string()).collect::<Vec<_>>().join(", ");
    }
}

fn named(code: &[&Code]) -> String {
    listed(code.iter().map(|code| code.description()))
}
