//! One rebuild group as one transaction: drop, change, create again.

mod alter;
mod conversion;
mod proof;
mod reordered;
mod unique;

use std::collections::{BTreeMap, BTreeSet};

use alter::drop_old;

use super::{How, Node, dropped_relation};
use crate::domain::catalog::{
    Catalog, Column, Constraint, ConstraintKind, Definition, Generated, Object, RelationKind,
};
use crate::domain::drift::Scope;
use crate::domain::lock::{Lock, LockMode};
use crate::domain::name::{Name, QName};
use crate::domain::plan::action::{Action, Rank, locked, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::lookup::needs;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::again::{bottom_up, successor, with_columns};
use crate::domain::plan::step::{comment, constraint, defined, foreign, privilege, reloptions, routine, trigger, view};
use crate::domain::plan::{Effect, Hazard, Segment, Step, Values};
use crate::domain::render;

pub(super) fn add(planner: &mut Planner<'_>, group: &[Node]) {
    let rebuild = RebuildGroup { planner, group, done: done(planner, group) };
    let (mut steps, blocked) = (rebuild.steps(), rebuild.blocked());
    let (before, after) = (rebuild.dead_before(), rebuild.afterwards());
    for (object, reason) in blocked {
        planner.block(&object, reason, "change it by hand, e.g. create a new object beside the old one");
    }
    let tables: BTreeSet<QName> = group
        .iter()
        .filter_map(|node| match &node.object {
            Object::Column(table, _)
            | Object::Constraint(table, _)
            | Object::Index(table, _)
            | Object::Policy(table, _) => Some(table.clone()),
            _ => None,
        })
        .collect();
    let lock_first = tables.iter().map(|table| Lock::new(table, LockMode::AccessExclusive)).collect();
    if let Some(first) = steps.first_mut() {
        for table in &tables {
            *first = first.clone().exclusive(table);
        }
    }
    let (mut makes, mut unmakes, mut recreated) = (Vec::new(), Vec::new(), Vec::new());
    for node in group {
        planner.handle(node.object.clone());
        match successor(planner, &node.object) {
            Some((catalog, replacement)) => {
                if replacement != node.object {
                    planner.handle(replacement.clone());
                    unmakes.push(node.object.clone());
                }
                makes.push(replacement);
                let is_kept = matches!(node.how, How::Type | How::Default);
                recreated.extend(Some(node.object.clone()).filter(|_| !is_kept));
                if let Some(relation) =
                    node.object.relation().and_then(|name| Some((name, catalog.relations.get(name)?)))
                    && relation.1.kind != RelationKind::Table
                {
                    makes.extend(view::makes(relation.0, relation.1));
                    recreated.extend(view::makes(relation.0, relation.1));
                    for object in view::makes(relation.0, relation.1) {
                        planner.handle(object);
                    }
                }
            }
            None => unmakes.push(node.object.clone()),
        }
    }
    let types = group.iter().filter(|node| node.how == How::Type).map(|node| node.object.clone());
    let replaces: Vec<Object> = recreated.iter().cloned().chain(types).collect();
    // Comments of indexes are set after the indexes exist.
    recreated.retain(|object| !matches!(object, Object::Index(..)));
    recreated.dedup();
    steps.extend(comment::again(planner, &recreated));
    steps.extend(privilege::again(planner, &recreated));
    let mut segments = before;
    segments.push(locked(lock_first, steps));
    segments.extend(after);
    let touched: Vec<Object> = group.iter().flat_map(|node| with_columns(planner, &node.object)).collect();
    let dependents = touched.iter().flat_map(|object| planner.lookup.dependents(object));
    let dropped_first: BTreeSet<Object> = dependents.filter_map(|it| dropped_relation(planner, it)).collect();
    let action = Action::new(Rank::Rebuild, segments).making(makes).unmaking(unmakes).needing(dropped_first);
    planner.add(Action { replaces, ..action });
}

pub(super) struct RebuildGroup<'p, 'a> {
    pub(super) planner: &'p Planner<'a>,
    pub(super) group: &'p [Node],
    /// Holds once the whole transaction has been committed.
    pub(super) done: Condition,
}

/// Every cause of the group is as expected.
fn done(planner: &Planner<'_>, group: &[Node]) -> Condition {
    let conditions = group.iter().filter(|node| node.is_cause).filter_map(|node| match (&node.object, node.how) {
        (Object::Column(table, name), How::Type) => {
            let wanted = planner.expected_column(table, name)?;
            Some(condition::column_type(table, name, &wanted.data_type, wanted.collation.as_ref()))
        }
        (Object::Column(table, name), _) => {
            let wanted = planner.expected_column(table, name)?;
            let found = planner.live_column(table, name)?;
            Some(generation(table, wanted, found))
        }
        (Object::View(name) | Object::MaterializedView(name), _) => {
            let (wanted, found) = (planner.expected_relation(name)?, planner.live_relation(name)?);
            if wanted.kind != found.kind {
                return Some(condition::exists(&wanted.kind.object(name.clone())));
            }
            let query = found.query.as_ref().filter(|_| wanted.query != found.query)?;
            Some(condition::query_is_not(name, &query.to_string()))
        }
        (object, How::Recreate) if planner.on.live.defined.contains_key(object) => {
            Some(defined::is_new(object, planner.on.live.defined.get(object)?))
        }
        (object @ Object::Routine(_), _) if successor(planner, object).is_none() => Some(condition::absent(object)),
        (Object::Routine(signature), _) => Some(routine::is_new(signature, planner.on.live.routines.get(signature)?)),
        (Object::Domain(name), _) => {
            Some(condition::domain_over(name, &planner.on.expected.domains.get(name)?.base_type))
        }
        (Object::Type(name), _) => Some(condition::labels(name, &planner.on.expected.enums.get(name)?.labels)),
        _ => None,
    });
    conditions.reduce(|all, next| all.and(&next)).unwrap_or_else(|| Condition::new("false"))
}

/// The column has the expected type and generation.
fn generation(table: &QName, wanted: &Column, found: &Column) -> Condition {
    let code = match &wanted.generated {
        None => "attgenerated = ''",
        Some(Generated::Stored(_)) => "attgenerated = 's'",
        Some(Generated::Virtual(_)) => "attgenerated = 'v'",
    };
    let is = condition::column(table, &wanted.name, code).and(&condition::column_type(
        table,
        &wanted.name,
        &wanted.data_type,
        wanted.collation.as_ref(),
    ));
    let expression = |column: &Column| match &column.generated {
        Some(Generated::Stored(it) | Generated::Virtual(it)) => Some(it.to_string()),
        None => None,
    };
    match (expression(found), expression(wanted)) {
        (Some(old), Some(new)) if old != new => is.and(&condition::default_is_not(table, &wanted.name, &old)),
        (Some(_) | None, _) => is,
    }
}

impl RebuildGroup<'_, '_> {
    fn steps(&self) -> Vec<Step> {
        let order = self.bottom_up();
        let mut steps = Vec::new();
        for node in order.iter().rev() {
            steps.extend(self.down(node));
        }
        for node in order.iter().filter(|node| node.how == How::Succeeded) {
            steps.extend(self.succeed(node));
        }
        steps.extend(self.alter());
        for node in &order {
            steps.extend(self.up(node));
        }
        steps.extend(order.iter().filter(|node| node.how == How::Succeeded).copied().filter_map(drop_old));
        steps
    }

    /// The group in order of dependency: what others depend on first.
    fn bottom_up(&self) -> Vec<&Node> {
        let nodes: BTreeMap<&Object, &Node> = self.group.iter().map(|node| (&node.object, node)).collect();
        let order = bottom_up(self.planner, nodes.keys().copied().collect());
        order.into_iter().filter_map(|object| nodes.get(object).copied()).collect()
    }

    pub(super) fn until_done(&self, ensures: &Condition) -> Condition {
        ensures.clone().or(&self.done)
    }

    fn down(&self, node: &Node) -> Option<Step> {
        let live = self.planner.on.live;
        let step = match (&node.object, node.how) {
            (object, How::Recreate) if live.defined.contains_key(object) => {
                defined::dropped(object, live.defined.get(object)?)
            }
            (Object::View(name) | Object::MaterializedView(name), _) => view::dropped(name, live.relations.get(name)?),
            (Object::Routine(signature), _) => routine::dropped(signature, live.routines.get(signature)?),
            (Object::Trigger(table, name), _) => {
                remove(&node.object, "trigger", format!("DROP TRIGGER {name} ON {table}")).exclusive(table)
            }
            (Object::Constraint(table, name), _) => {
                constraint::dropped(self.planner, table, self.planner.live_constraint(table, name)?)
            }
            (Object::Index(table, name), _) => {
                let index = QName { schema: table.schema.clone(), name: name.clone() };
                let step = remove(&node.object, "index", format!("DROP INDEX {index}")).exclusive(table);
                self.superseding(step, &node.object)
            }
            (Object::Column(table, name), How::Default) => Step::new(
                Effect::Alter(Object::column(table, name)),
                format!("drop the default of {table}.{name}"),
                format!("ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT"),
                condition::column(table, name, "not atthasdef"),
            )
            .exclusive(table),
            (Object::Column(table, name), How::Recreate) => self.column_down(table, name)?,
            _ => return None,
        };
        // An object that is not created again is lost.
        let is_lost = !matches!(node.object, Object::Column(..)) && successor(self.planner, &node.object).is_none();
        let what = format!("{} {}", node.object.word(), node.object);
        let step = if is_lost { step.costing(Hazard::DataLoss, what) } else { step };
        let ensures = step.ensures.as_ref().map(|ensures| self.until_done(ensures));
        Some(Step { ensures, ..step })
    }

    /// A generated column is dropped with its values, which are computed again. Others keep their values.
    fn column_down(&self, table: &QName, name: &Name) -> Option<Step> {
        let (found, wanted) = (self.planner.live_column(table, name)?, self.planner.expected_column(table, name));
        if found.generated.is_some() && wanted.is_some_and(|wanted| wanted.generated.is_none()) {
            return Some(
                Step::new(
                    Effect::Alter(Object::column(table, name)),
                    format!("drop the generation expression from {table}.{name}"),
                    format!("ALTER TABLE {table} ALTER COLUMN {name} DROP EXPRESSION"),
                    condition::column(table, name, "attgenerated = ''"),
                )
                .exclusive(table),
            );
        }
        let object = Object::Column(table.clone(), name.clone());
        let step = remove(&object, "column", format!("ALTER TABLE {table} DROP COLUMN {name}"))
            .exclusive(table)
            .irreversible("the values of a dropped column are lost");
        Some(if found.generated.is_some() {
            step.dropping(Values::Computed)
        } else {
            step.costing(Hazard::DataLoss, format!("column {object} and its values, which will be generated"))
        })
    }

    fn up(&self, node: &Node) -> Vec<Step> {
        let Some((catalog, replacement)) = successor(self.planner, &node.object) else { return Vec::new() };
        match (&replacement, node.how) {
            (object, How::Recreate) if catalog.defined.contains_key(object) => {
                catalog.defined.get(object).map(|it| defined::created(object, it)).unwrap_or_default()
            }
            (Object::View(name) | Object::MaterializedView(name), _) => {
                catalog.relations.get(name).map(|it| view::created(self.planner, name, it)).unwrap_or_default()
            }
            (Object::Routine(signature), _) => {
                let step = catalog.routines.get(signature).map(|it| routine::created(signature, it));
                step.into_iter().collect()
            }
            (Object::Trigger(table, name), _) => {
                let triggers = catalog.relations.get(table).into_iter().flat_map(|relation| &relation.triggers);
                let found = triggers.filter(|trigger| trigger.name == *name);
                found.flat_map(|it| trigger::created(self.planner, table, it)).collect()
            }
            (Object::Constraint(table, name), _) => {
                let wanted = find_constraint(catalog, table, name);
                let step = wanted.map(|it| {
                    self.constraint_holds(table, it).into_iter().fold(put_up(self.planner, table, it), Step::requiring)
                });
                step.into_iter().collect()
            }
            (Object::Column(table, name), How::Default) => {
                let column = catalog.relations.get(table).and_then(|it| it.columns.iter().find(|it| it.name == *name));
                let default = column.and_then(|column| column.default.as_ref()).and_then(Definition::known);
                let set = default.map(|default| {
                    Step::new(
                        Effect::Alter(Object::column(table, name)),
                        format!("set the default of {table}.{name}"),
                        format!("ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default}"),
                        condition::column(table, name, "atthasdef"),
                    )
                    .exclusive(table)
                });
                set.into_iter().collect()
            }
            (Object::Column(table, name), How::Recreate) => self.column_up(catalog, table, name),
            (Object::Index(table, name), How::Recreate) => self.unique_index(catalog, table, name),
            _ => Vec::new(),
        }
    }

    fn column_up(&self, catalog: &Catalog, table: &QName, name: &Name) -> Vec<Step> {
        let columns = catalog.relations.get(table).into_iter().flat_map(|relation| &relation.columns);
        let Some(column) = columns.into_iter().find(|column| column.name == *name) else { return Vec::new() };
        let default = match (&column.generated, &column.default) {
            (None, Some(default)) => {
                let step = Step::new(
                    Effect::Alter(Object::column(table, name)),
                    format!("set the default of {table}.{name}"),
                    format!("ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default}"),
                    condition::column(table, name, "atthasdef and attgenerated = ''"),
                );
                return vec![step.exclusive(table)];
            }
            (None, None) => return Vec::new(),
            (Some(_), _) => render::column(table, column, catalog),
        };
        let step = Step::new(
            Effect::Create(Object::column(table, name)),
            format!("add column {table}.{name}"),
            format!("ALTER TABLE {table} ADD COLUMN {default}"),
            condition::column(table, name, "attgenerated <> ''"),
        )
        .exclusive(table);
        let step = match &column.generated {
            Some(Generated::Stored(_)) => self.planner.rewrite(step, table),
            Some(Generated::Virtual(_)) | None => step,
        };
        let step = self.planner.computed_values_fit(table, column).into_iter().fold(step, Step::requiring);
        [vec![step], reloptions::of_new_column(table, column)].concat()
    }

    /// Work that needs no lock: validation, and indexes that are not unique.
    fn afterwards(&self) -> Vec<Segment> {
        let mut segments = Vec::new();
        for node in self.group {
            let Some((catalog, replacement)) = successor(self.planner, &node.object) else { continue };
            match &replacement {
                Object::Constraint(table, name) => {
                    let Some(it) = find_constraint(catalog, table, name).filter(|it| it.validated) else { continue };
                    if matches!(it.kind, ConstraintKind::Check { .. } | ConstraintKind::Foreign { .. }) {
                        let step = constraint::validate(table, it, name, "true");
                        segments.push(transaction(vec![Step { undo: self.undo(&node.object, table, it), ..step }]));
                    }
                }
                Object::Index(table, name) => segments.extend(self.index_afterwards(catalog, table, name)),
                _ => {}
            }
        }
        segments
    }

    /// The object would be created unchanged, and reads something that will no longer exist.
    fn misses(&self, object: &Object) -> bool {
        let as_it_was =
            successor(self.planner, object).is_some_and(|(catalog, _)| std::ptr::eq(catalog, self.planner.on.live));
        as_it_was
            && needs(self.planner.on.live, object).any(|on| {
                let Object::Column(relation, name) = on else { return false };
                let wanted = self.planner.expected_relation(relation);
                wanted.is_some_and(|it| it.query.is_some() && !it.columns.iter().any(|column| column.name == *name))
            })
    }

    /// A check would be created unchanged, on a column that it was not written for.
    fn reads_what_changes(&self, table: &QName, name: &Name) -> bool {
        let is_check = |it: &Constraint| matches!(it.kind, ConstraintKind::Check { .. });
        self.planner.live_constraint(table, name).is_some_and(is_check)
            && self.planner.on.scope == Scope::Declared
            && self.planner.expected_constraint(table, name).is_none()
            && self.group.iter().any(|node| node.how == How::Type && node.object.relation() == Some(table))
    }

    /// Objects that cannot be created again, and why.
    fn blocked(&self) -> Vec<(String, String)> {
        let no = |node: &&Node| match &node.object {
            Object::Constraint(table, name) if self.reads_what_changes(table, name) => Some(
                "it is not declared, and reads a column whose type changes: drop it, or declare it as it should be",
            ),
            Object::Domain(_) if node.how != How::Succeeded => Some("a domain depends on an object that has to change"),
            Object::Type(_) if node.how != How::Succeeded && !node.is_cause => {
                Some("a type depends on an object that has to change")
            }
            Object::View(_) | Object::MaterializedView(_) | Object::Routine(_) if self.misses(&node.object) => {
                Some("it is not declared, and reads a column that is dropped")
            }
            Object::Column(table, name) if node.how == How::Type => {
                // An object that depends on a type that changes, and that is not expected at all.
                let unknown = self.planner.live_column(table, name).is_none();
                unknown.then_some("the column is not there")
            }
            _ => None,
        };
        let blocked = self.group.iter().filter_map(|node| Some((node.object.to_string(), no(&node)?.to_owned())));
        blocked.chain(self.unasked_in_another_order()).chain(self.unasked_inside()).collect()
    }
}

fn find_constraint<'c>(catalog: &'c Catalog, table: &QName, name: &Name) -> Option<&'c Constraint> {
    catalog.relations.get(table)?.constraints.iter().find(|constraint| constraint.name == *name)
}

fn put_up(planner: &Planner<'_>, table: &QName, wanted: &Constraint) -> Step {
    let name = &wanted.name;
    let object = Object::constraint(table, name);
    let (effect, not_valid, is) = match &wanted.kind {
        ConstraintKind::Foreign { .. } => {
            (Effect::AddNotValid(object), constraint::without_a_look(planner, wanted), foreign::is_so(wanted))
        }
        ConstraintKind::Check { .. } => {
            (Effect::AddNotValid(object), constraint::without_a_look(planner, wanted), "true".to_owned())
        }
        ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion { .. } => {
            (Effect::Create(object), "", "true".to_owned())
        }
    };
    let step = Step::new(
        effect,
        format!("add constraint {table}.{name} again"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {name} {}{not_valid}", wanted.definition()),
        condition::constraint(table, name, &is),
    );
    match &wanted.kind {
        ConstraintKind::Foreign { parent, .. } => {
            step.locking(table, LockMode::ShareRowExclusive).locking(parent, LockMode::ShareRowExclusive)
        }
        ConstraintKind::Primary { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => step.exclusive(table),
    }
}
