//! The content of an archive, as `pg_restore --list` prints it, and the live objects that would block its restore. Runs
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::pg::dump::{Belonging, Standing, Thing};

/// The entries of an archive.
pub(super) struct Archive<'a> {
    /// As listed: `3399; 2606 16523 FK CONSTRAINT public posts posts_author_id_fkey owner`.
    lines: Vec<&'a str>,
    /// Without the leading numbers, sorted.
    entries: BTreeSet<&'a str>,
    holds: Holds,
}

/// Whether an object that is not in the archive must be newer than the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Everything,
    /// Some tables, with the keys and views that depend on them. What is not in it may be older.
    Tables,
}

/// Statements before and after an archive is restored.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct InTheWay {
    /// The tables that are changed, to be locked.
    pub tables: BTreeSet<String>,
    /// Drops everything that depends on an object of the archive, so that the archive's own drops succeed.
    pub drop: Vec<String>,
    /// Those of them that drop an object which is not in the archive.
    pub newer: Vec<String>,
    /// Recreates objects of the archive's tables that are not in the archive.
    pub after: Vec<String>,
}

impl<'a> Archive<'a> {
    pub fn read(list: &'a str, holds: Holds) -> Self {
        let lines: Vec<_> = list.lines().filter(|line| !line.starts_with(';') && entry(line).is_some()).collect();
        Self { entries: lines.iter().filter_map(|line| entry(line)).collect(), lines, holds }
    }

    /// As lists for `pg_restore --use-list`: everything but the foreign keys, and the foreign keys with the comments on
    /// constraints. An existing schema is not dropped, because it may hold newer objects.
    pub fn without_and_with_keys(&self, standing: &Standing) -> (String, String) {
        let schemas: BTreeSet<_> =
            standing.things.iter().filter(|it| it.r#type == "schema").map(Thing::begin).collect();
        let stays = |line: &&&str| {
            let entry = entry(line).unwrap_or_default();
            !entry.starts_with("SCHEMA - ") || !schemas.iter().any(|schema| entry.starts_with(schema.as_str()))
        };
        let is_key = |line: &&&str| {
            let entry = entry(line).unwrap_or_default();
            entry.starts_with("FK CONSTRAINT ")
                || entry.starts_with("COMMENT ") && entry.split(' ').nth(2) == Some("CONSTRAINT")
        };
        let (keys, others): (Vec<&&str>, Vec<&&str>) = self.lines.iter().filter(stays).partition(is_key);
        let text = |lines: Vec<&&str>| lines.into_iter().copied().collect::<Vec<_>>().join("\n");
        (text(others), text(keys))
    }

    /// Whether the archive has a table, a domain or a routine of this role. The owner is the last word of an entry.
    pub fn has_code_of(&self, role: &str) -> bool {
        const WITH_CODE: [&str; 5] = ["TABLE ", "DOMAIN ", "FUNCTION ", "PROCEDURE ", "AGGREGATE "];
        let is_code = |entry: &&&str| WITH_CODE.iter().any(|kind| entry.starts_with(kind));
        let owned = |entry: &&str| entry.strip_suffix(role).is_some_and(|rest| rest.ends_with(' '));
        self.entries.iter().filter(is_code).any(owned)
    }

    fn has(&self, tag: &str) -> bool {
        let begin = format!("{tag} ");
        self.entries.range(begin.as_str()..).next().is_some_and(|entry| entry.starts_with(&begin))
    }

    /// Whether the restore drops and recreates it.
    fn holds(&self, thing: &Thing) -> bool {
        thing.tag.as_ref().or(thing.relation.as_ref()).is_some_and(|tag| self.has(tag))
    }

    /// `Err`: an object that depends on the archive's tables, is not in the archive, and may be as old as it.
    pub fn in_the_way(&self, standing: &Standing) -> Result<InTheWay, String> {
        let held: BTreeSet<&str> =
            standing.things.iter().filter(|it| self.holds(it)).map(|it| it.id.as_str()).collect();
        let mut found = InTheWay::default();
        for thing in order(&standing.things, &held) {
            let Some(statement) = &thing.statement else { continue };
            if !held.contains(thing.id.as_str()) {
                if self.holds == Holds::Tables && !thing.would_be_held() {
                    return Err(format!(
                        "the backup is of some tables, what stands on them would be lost, and is not in it: {} {}. \
                         Drop it, and make it again afterwards",
                        thing.r#type,
                        thing.name()
                    ));
                }
                found.newer.push(statement.clone());
            }
            found.drop.push(statement.clone());
            found.tables.extend(thing.lockable.clone());
        }
        let held = standing.things.iter().filter(|it| held.contains(it.id.as_str()));
        found.tables.extend(held.filter_map(|it| it.lockable.clone()));
        let lost = |it: &&Belonging| {
            // In an archive of everything, missing statistics are newer than it, and are dropped like newer indexes.
            let is_wanted = self.holds == Holds::Tables || !it.tag.starts_with("STATISTICS ");
            is_wanted && self.has(&it.relation) && !self.has(&it.tag)
        };
        found.after = standing.belongings.iter().filter(lost).map(|it| it.statement.clone()).collect();
        Ok(found)
    }
}

impl Thing {
    fn begin(&self) -> String {
        format!("{} ", self.tag.as_deref().unwrap_or_default())
    }

    /// Whether a backup of the tables that it depends on would contain it, if it existed then.
    fn would_be_held(&self) -> bool {
        matches!(self.r#type.as_str(), "view" | "materialized view" | "sequence")
            || self.tag.as_ref().is_some_and(|tag| tag.starts_with("FK CONSTRAINT "))
    }

    /// For people.
    fn name(&self) -> &str {
        let statement = self.statement.as_deref().unwrap_or_default();
        statement.split_once(" if exists ").map_or(statement, |(_, name)| name)
    }
}

/// All objects that depend on an object of the archive, directly or not, in the order of their drops: each before what
/// it depends on and before its whole, because a drop of the whole drops its parts and a later drop of a part would
/// fail.
fn order<'a>(things: &'a [Thing], held: &BTreeSet<&'a str>) -> Vec<&'a Thing> {
    let mut on: BTreeMap<&str, Vec<&Thing>> = BTreeMap::new();
    for thing in things {
        for need in &thing.needs {
            on.entry(need).or_default().push(thing);
        }
    }
    let mut going: BTreeMap<&str, &Thing> = BTreeMap::new();
    let mut open: Vec<&str> = held.iter().copied().collect();
    while let Some(id) = open.pop() {
        for thing in on.get(id).into_iter().flatten() {
            if going.insert(&thing.id, thing).is_none() {
                open.push(&thing.id);
            }
        }
    }
    for thing in things.iter().filter(|thing| going.contains_key(thing.id.as_str())) {
        if let Some(whole) = &thing.part_of {
            on.entry(whole).or_default().push(thing);
        }
    }
    let (mut found, mut seen, mut roots) = (Vec::new(), BTreeSet::new(), held.iter().copied());
    // An entry is written after all that goes before it; `true` marks the second visit.
    let mut open: Vec<(&str, bool)> = Vec::new();
    while let Some((id, is_left)) = open.pop().or_else(|| roots.next().map(|id| (id, false))) {
        if is_left {
            found.extend(going.get(id).copied());
        } else if seen.insert(id) {
            open.push((id, true));
            open.extend(on.get(id).into_iter().flatten().rev().map(|it| (it.id.as_str(), false)));
        }
    }
    found
}

fn entry(line: &str) -> Option<&str> {
    line.split_once("; ")?.1.splitn(3, ' ').nth(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = ";\n; Archive created at 2026-11-23\n;     Dumped by pg_dump version: 15.18\n;\n\
                        215; 1259 16447 TABLE public posts postgres\n\
                        216; 1259 16448 TABLE public my reactions postgres\n\
                        217; 1259 16449 VIEW public totals postgres\n\
                        3399; 2606 16523 FK CONSTRAINT public my reactions reactions_fkey postgres\n\
                        3400; 0 0 COMMENT public CONSTRAINT reactions_fkey ON \"my reactions\" postgres\n\
                        3401; 0 0 COMMENT public TABLE posts postgres\n";

    fn thing(r#type: &str, name: &str, needs: &[&str]) -> Thing {
        Thing {
            id: name.into(),
            r#type: r#type.into(),
            tag: Some(format!("{} public {name}", r#type.to_uppercase())),
            relation: None,
            part_of: None,
            lockable: (r#type == "table").then(|| name.into()),
            statement: Some(format!("drop {type} if exists {name}")),
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        }
    }

    #[test]
    fn dependents_of_an_archive_are_dropped_first() {
        let part = Thing { tag: None, relation: Some("TABLE public posts".into()), ..thing("trigger", "tr", &["f"]) };
        let mut things = vec![
            thing("table", "posts", &[]),
            thing("table", "my reactions", &[]),
            thing("view", "totals", &["posts"]),
            thing("view", "a", &["totals", "c"]),
            thing("view", "c", &["my reactions"]),
            thing("table", "newer", &[]),
            thing("view", "elsewhere", &["newer"]),
            thing("function", "f", &["a"]),
            part,
        ];
        let standing = |things: &[Thing]| Standing { things: things.into(), belongings: Vec::new() };
        let drop = |of: &[(&str, &str)]| {
            of.iter().map(|(kind, name)| format!("drop {kind} if exists {name}")).collect::<Vec<_>>()
        };
        let (views, function) = ([("view", "a"), ("view", "c")], [("function", "f")]);
        let all = [[("trigger", "tr")].as_slice(), &function, &views, &[("view", "totals")]].concat();
        let expected = InTheWay {
            tables: ["my reactions", "posts"].map(str::to_owned).into(),
            drop: drop(&all),
            newer: drop(&[function.as_slice(), &views].concat()),
            after: Vec::new(),
        };
        assert_eq!(Archive::read(LIST, Holds::Everything).in_the_way(&standing(&things)), Ok(expected));

        let tables = Archive::read(LIST, Holds::Tables);
        let refused = tables.in_the_way(&standing(&things));
        assert!(refused.as_ref().is_err_and(|reason| reason.contains("and is not in it: function f.")), "{refused:?}");
        things.truncate(7);
        let newer = tables.in_the_way(&standing(&things)).map(|found| found.newer);
        assert_eq!(newer, Ok(drop(&views)));
    }

    #[test]
    fn a_part_goes_before_its_whole() {
        let list = "1; 3079 2 EXTENSION - citext \n2; 1247 3 DOMAIN public email postgres\n";
        let part = |r#type: &str, name: &str, needs: &[&str]| Thing {
            tag: None,
            relation: Some("DOMAIN public email".into()),
            part_of: Some("email".into()),
            ..thing(r#type, name, needs)
        };
        let extension = Thing { tag: Some("EXTENSION - citext".into()), ..thing("extension", "citext", &[]) };
        for reversed in [false, true] {
            let mut things = vec![
                extension.clone(),
                thing("domain", "email", &["citext"]),
                part("constraint", "email_check", &["citext"]),
                part("constraint", "elsewhere", &["other"]),
            ];
            if reversed {
                things.reverse();
            }
            let standing = Standing { things, belongings: Vec::new() };
            let found = Archive::read(list, Holds::Everything).in_the_way(&standing).unwrap_or_default();
            assert_eq!(found.drop, ["drop constraint if exists email_check", "drop domain if exists email"]);
            assert!(found.newer.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn keys_come_apart_from_the_rest() {
        let schemas = ["other", "public"]
            .map(|name| Thing { tag: Some(format!("SCHEMA - {name}")), ..thing("schema", name, &[]) });
        let standing = Standing { things: schemas.into(), belongings: Vec::new() };
        let list = format!("1; 2615 2 SCHEMA - other owner\n2; 2615 3 SCHEMA - others owner\n{LIST}");
        let (others, keys) = Archive::read(&list, Holds::Everything).without_and_with_keys(&standing);
        let numbers =
            |list: &str| list.lines().map(|line| line.split(';').next().map(str::to_owned)).collect::<Option<Vec<_>>>();
        assert_eq!(numbers(&others), Some(["2", "215", "216", "217", "3401"].map(str::to_owned).into()));
        assert_eq!(numbers(&keys), Some(["3399", "3400"].map(str::to_owned).into()));
    }
}
