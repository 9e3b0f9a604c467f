//! Steps that would read rows which row level security hides from the role that they are sent as. The server refuses
//! such a query (42501), in the middle of a plan, or answers it from the visible rows only: a reference to a hidden row
//! would be taken for an orphan. Requirements are asked before the plan by another role, which may see all rows.

use std::collections::BTreeSet;

use super::code::mentioned;
use super::{Blocked, Plan, Situation, Step, Work};
use crate::domain::name::QName;

/// Blocks the plan if there are any. The role of each step is already known here.
pub(super) fn block(plan: &mut Plan, situation: &Situation<'_>) {
    let rights = &situation.survey.rights;
    let Some(fixing) = &rights.role else { return };
    let mut hidden = BTreeSet::new();
    for step in plan.steps() {
        let sent_as = step.context.role.as_ref().unwrap_or(fixing);
        // Whether rows are left is asked in the session's own role.
        let asked_as = matches!(step.work, Work::Batches { .. }).then_some(fixing);
        for table in read(step) {
            let role = std::iter::once(sent_as).chain(asked_as).find(|role| rights.hides(&table, role));
            hidden.extend(role.map(|role| (table, role.clone(), step.action.clone())));
        }
    }
    plan.blocked.extend(hidden.into_iter().map(|(table, role, action)| Blocked {
        object: table.to_string(),
        reason: format!(
            "`{action}` has to see all rows of {table}, and row level security hides some from {role}, which asks for them"
        ),
        rows: None,
        sample: Vec::new(),
        advice: format!(
            "ALTER ROLE {role} BYPASSRLS, or apply with a fix_url whose role has that; where the table belongs to it, ALTER \
             TABLE {table} NO FORCE ROW LEVEL SECURITY until the plan is done"
        ), statements: Vec::new() }));
}

/// The tables whose rows the step queries, under its locks or while it writes.
fn read(step: &Step) -> BTreeSet<QName> {
    let mut tables: BTreeSet<QName> = BTreeSet::new();
    if step.guard.is_some() {
        tables.extend(step.keeps.iter().flat_map(|asked| mentioned(&asked.count)));
    }
    match &step.work {
        Work::Batches { table, keep } => {
            tables.insert(table.clone());
            tables.extend(keep.iter().chain([&step.sql]).flat_map(|sql| mentioned(sql)));
        }
        Work::Metadata | Work::Scan { .. } | Work::Rewrite { .. } => {}
    }
    tables
}
