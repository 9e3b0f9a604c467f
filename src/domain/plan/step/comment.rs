//! Comments: on an object, and on objects that are dropped and created again.

use std::collections::BTreeMap;

use crate::domain::catalog::{Catalog, Comment, Object};
use crate::domain::drift::Scope;
use crate::domain::lock::LockMode;
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Step};
use crate::domain::render;

/// Comments of objects that are dropped and created again, those of each object together.
pub(in crate::domain::plan) fn again(planner: &Planner<'_>, objects: &[Object]) -> Vec<Step> {
    let wanted = wanted(planner);
    let said = objects.iter().filter_map(|object| Some((object, *wanted.get(object)?)));
    said.filter_map(|(object, comment)| step(planner.on.expected, object, Some(comment))).collect()
}

/// The wanted comments: the expected ones, or, if comments are not compared, the current ones, and for new objects the
/// expected ones.
pub(in crate::domain::plan) fn wanted<'a>(planner: &Planner<'a>) -> BTreeMap<&'a Object, &'a Comment> {
    let (expected, live) = (&planner.on.expected.comments, &planner.on.live.comments);
    let is_compared = planner.on.scope == Scope::Whole && !expected.is_empty();
    let kept = live.iter().filter(|_| !is_compared);
    expected.iter().filter(|(object, _)| is_compared || !planner.on.live.has(object)).chain(kept).collect()
}

pub(in crate::domain::plan) fn step(catalog: &Catalog, object: &Object, wanted: Option<&Comment>) -> Option<Step> {
    let sql = render::comment_on(object, wanted, catalog)?;
    let ensures = condition::comment(object, wanted.map(|comment| &*comment.0));
    let step = Step::new(
        Effect::Alter(Object::Comment(Box::new(object.clone()))),
        format!("comment on {object}"),
        sql,
        ensures,
    );
    Some(match object {
        Object::Table(name) | Object::View(name) | Object::MaterializedView(name) | Object::Column(name, _) => {
            step.locking(name, LockMode::ShareUpdateExclusive)
        }
        _ => step,
    })
}
