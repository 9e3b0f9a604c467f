//! A new column with a different value in each row: first the column, then its default for new rows, then the existing
//! rows in batches.

use super::{adding, check_not_null, exclusive, not_null, serial, unchecked};
use crate::domain::catalog::{Column, Grantee, Identity, Object, Privilege};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{autocommit, create, remove, transaction};
use crate::domain::plan::condition::{self, Condition, Has};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step::{reloptions, sequence};
use crate::domain::plan::{Effect, Segment, Step, Values, Work};
use crate::domain::render;

/// For a default that gives each row its own value: the column first, then the default for new rows, then the old rows.
pub(super) fn in_batches(planner: &mut Planner<'_>, table: &QName, wanted: &Column) -> Vec<Segment> {
    let name = &wanted.name;
    let plain = Column { default: None, not_null: false, identity: None, ..wanted.clone() };
    let sql = format!("ALTER TABLE {table} ADD COLUMN {}", render::column(table, &plain, planner.on.expected));
    let mut first = Vec::new();
    let owned = serial(planner, table, name);
    // An identity's sequence is created with the identity, which needs NOT NULL: until then a helper sequence provides
    // the numbers.
    let counter =
        wanted.identity.map(|_| QName { schema: table.schema.clone(), name: scaffold::name(table, name, "seq") });
    let default = match (&counter, &wanted.default) {
        (Some(counter), _) => format!("nextval({}::regclass)", literal(&counter.to_string())),
        (None, Some(default)) => default.to_string(),
        (None, None) => return Vec::new(),
    };
    match (&counter, owned) {
        (Some(counter), _) => {
            first.extend(counting(table, name, counter));
        }
        (None, Some((sequence, it))) if !planner.on.live.sequences.contains_key(sequence) => {
            let sql = render::create_sequence(sequence, it);
            first.push(create(&Object::Sequence(sequence.clone()), "sequence", sql));
        }
        (None, _) => {}
    }
    first.push(exclusive(planner, table, adding(table, &plain, sql)));
    let has_default = condition::column(table, name, "(atthasdef or attidentity <> '')");
    // The check also marks the column as unfilled, for the next run, should this one be interrupted.
    first.push(check_not_null(planner, table, name, &has_default));
    let set_default = Step::new(
        Effect::Alter(Object::column(table, name)),
        format!("set the default of {table}.{name}"),
        format!("ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default}"),
        has_default,
    );
    first.push(exclusive(planner, table, set_default));
    if let (None, Some((sequence, _))) = (&counter, owned) {
        first.extend(sequence::own(planner, sequence, table, name));
    }
    first.extend(reloptions::of_new_column(table, wanted));
    let mut segments = vec![transaction(first)];
    for leaf in planner.leaves(table) {
        planner.require_checks(&leaf, &[], &format!("ONLY {leaf}"));
        segments.push(autocommit(filling(&leaf, name, &default)));
    }
    if wanted.not_null {
        // The check exists from the beginning.
        segments.extend(not_null(planner, table, wanted).into_iter().skip(1));
    } else {
        segments.push(transaction(vec![unchecked(planner, table, name)]));
    }
    if let (Some(counter), Some(identity)) = (&counter, wanted.identity) {
        segments.push(transaction(become_identity(planner, table, wanted, identity, counter)));
    }
    segments
}

/// The helper sequence of a column that is to be an identity.
fn counting(table: &QName, name: &Name, counter: &QName) -> [Step; 2] {
    let sequence = Object::Sequence(counter.clone());
    let done = condition::column(table, name, "attidentity <> ''");
    let created = create(&sequence, "sequence", format!("CREATE SEQUENCE {counter}"));
    // A role that may insert rows needs no privilege on an identity's sequence, but needs one on this sequence.
    let may = condition::privileges(&sequence, &Grantee::Public, Has::All(&[Privilege::Usage]));
    let granted = Step::new(
        Effect::SetPrivileges(sequence.clone(), Grantee::Public),
        format!("grant usage on sequence {counter} to PUBLIC"),
        format!("GRANT USAGE ON SEQUENCE {counter} TO PUBLIC"),
        may.or(&done),
    );
    [Step { ensures: Some(condition::exists(&sequence).or(&done)), ..created }, granted]
}

/// Gives each row of the table without a value a value of its own.
fn filling(leaf: &QName, name: &Name, default: &str) -> Step {
    let step = Step::new(
        Effect::WriteRows(leaf.clone()),
        format!("fill {leaf}.{name}"),
        format!(
            "UPDATE ONLY {leaf} SET {name} = {default} WHERE ctid >= $1::tid AND ctid < $2::tid AND {name} IS NULL"
        ),
        // A nullable column may keep NULLs: whether it was filled shows in the first row only.
        Condition::new(format!("not exists (select from ONLY {leaf} where {name} is null)")),
    )
    .locking(leaf, LockMode::RowExclusive);
    Step { work: Work::Batches { table: leaf.clone(), keep: None }, ..step }
}

/// The identity's sequence continues where the helper sequence ended.
fn become_identity(
    planner: &Planner<'_>,
    table: &QName,
    wanted: &Column,
    identity: Identity,
    counter: &QName,
) -> Vec<Step> {
    let name = &wanted.name;
    let is_identity = condition::column(table, name, "attidentity <> ''");
    let drop_default = Step::new(
        Effect::Alter(Object::column(table, name)),
        format!("drop the default of {table}.{name}"),
        format!("ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT"),
        condition::column(table, name, "(not atthasdef or attidentity <> '')"),
    );
    let make = Step::new(
        Effect::Alter(Object::column(table, name)),
        format!("make {table}.{name} an identity column"),
        format!(
            "ALTER TABLE {table} ALTER COLUMN {name} ADD {}",
            render::identity(planner.on.expected, table, name, identity)
        ),
        is_identity,
    );
    let own = render::owned_sequence(planner.on.expected, table, name).map_or(counter, |(own, _)| own);
    let at = sequence::go_on((own, counter), table, name);
    let drop = remove(&Object::Sequence(counter.clone()), "sequence", format!("DROP SEQUENCE {counter}"))
        .dropping(Values::Own);
    vec![exclusive(planner, table, drop_default), exclusive(planner, table, make), at, drop]
}
