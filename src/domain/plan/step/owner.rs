//! Owners of objects.

use crate::domain::catalog::Object;
use crate::domain::name::Name;
use crate::domain::plan::condition;
use crate::domain::plan::{Effect, Step};
use crate::domain::render;

pub(in crate::domain::plan) fn give(object: &Object, owner: &Name) -> Option<Step> {
    let action = format!("set the owner of {object} to {owner}");
    Some(Step::new(
        Effect::SetOwner(object.clone(), owner.clone()),
        action,
        render::owner_to(object, owner)?,
        condition::owner(object, owner),
    ))
}
