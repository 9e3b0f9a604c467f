//! What is in an archive, by what `pg_restore --list` says, and what of a live database would keep it from being put
//! back. Runs nothing.

use std::collections::BTreeSet;

use crate::name::QName;
use crate::pg::dump::Standing;

/// The entries of an archive.
pub(super) struct Archive<'a> {
    /// As they are listed: `3399; 2606 16523 FK CONSTRAINT public posts posts_author_id_fkey owner`.
    lines: Vec<&'a str>,
    /// Without the numbers in front, sorted.
    entries: BTreeSet<&'a str>,
}

/// What has to go before tables can be dropped, as statements.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InTheWay {
    /// All foreign keys to what the archive puts back; most of them it puts back too.
    pub keys: Vec<String>,
    /// Those of them that it does not know, and views that it does not know.
    pub newer: Vec<String>,
}

impl<'a> Archive<'a> {
    pub fn read(list: &'a str) -> Self {
        let lines: Vec<_> = list.lines().filter(|line| !line.starts_with(';') && entry(line).is_some()).collect();
        Self { entries: lines.iter().filter_map(|line| entry(line)).collect(), lines }
    }

    /// As lists for `pg_restore --use-list`: everything else, and the foreign keys with what is said about constraints.
    pub fn without_and_with_keys(&self) -> (String, String) {
        let is_key = |line: &&&str| {
            let entry = entry(line).unwrap_or_default();
            entry.starts_with("FK CONSTRAINT ")
                || entry.starts_with("COMMENT ") && entry.split(' ').nth(2) == Some("CONSTRAINT")
        };
        let (keys, others): (Vec<&&str>, Vec<&&str>) = self.lines.iter().partition(is_key);
        let text = |lines: Vec<&&str>| lines.into_iter().copied().collect::<Vec<_>>().join("\n");
        (text(others), text(keys))
    }

    fn holds(&self, what: &str, name: &QName, part: &str) -> bool {
        let begin = format!("{what} {} {} {part}", name.schema.as_str(), name.name.as_str());
        self.entries.range(begin.as_str()..).next().is_some_and(|entry| entry.starts_with(&begin))
    }

    fn holds_relation(&self, name: &QName) -> bool {
        ["TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW"].iter().any(|what| self.holds(what, name, ""))
    }

    /// Of all keys and views of a database.
    pub fn in_the_way(&self, standing: &[Standing]) -> InTheWay {
        let mut found = InTheWay { keys: Vec::new(), newer: Vec::new() };
        for it in standing.iter().filter(|it| self.holds_relation(&it.needs)) {
            let Some(key) = &it.key else { continue };
            let statement = format!("alter table if exists {} drop constraint if exists {key}", it.on);
            if !self.holds("FK CONSTRAINT", &it.on, &format!("{} ", key.as_str())) {
                found.newer.push(statement.clone());
            }
            found.keys.push(statement);
        }
        let views = self.newer_views(standing);
        if !views.is_empty() {
            // In one statement: they may stand on one another.
            let views: Vec<_> = views.iter().map(ToString::to_string).collect();
            found.newer.push(format!("drop view if exists {}", views.join(", ")));
        }
        found
    }

    fn newer_views<'b>(&self, standing: &'b [Standing]) -> BTreeSet<&'b QName> {
        let mut views = BTreeSet::new();
        loop {
            let before = views.len();
            for it in standing.iter().filter(|it| it.key.is_none() && !self.holds_relation(&it.on)) {
                if self.holds_relation(&it.needs) || views.contains(&it.needs) {
                    views.insert(&it.on);
                }
            }
            if views.len() == before {
                return views;
            }
        }
    }
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

    #[test]
    fn what_is_in_the_way_of_an_archive_is_found() {
        let public = |name: &str| QName::new("public", name);
        let key =
            |on: &str, key: &str, needs: &str| Standing { on: public(on), key: Some(key.into()), needs: public(needs) };
        let view = |on: &str, needs: &str| Standing { on: public(on), key: None, needs: public(needs) };
        let standing = [
            key("my reactions", "reactions_fkey", "posts"),
            key("newer", "newer_posts_fkey", "posts"),
            key("newer", "newer_newer_fkey", "newer"),
            key("newer", "newer_post_fkey", "post"),
            view("totals", "posts"),
            view("of_totals", "new_totals"),
            view("new_totals", "my reactions"),
            view("elsewhere", "newer"),
        ];
        let statement = |on, key| format!("alter table if exists public.{on} drop constraint if exists {key}");
        let newer = statement("newer", "newer_posts_fkey");
        assert_eq!(
            Archive::read(LIST).in_the_way(&standing),
            InTheWay {
                keys: vec![statement("\"my reactions\"", "reactions_fkey"), newer.clone()],
                newer: vec![newer, "drop view if exists public.new_totals, public.of_totals".into()],
            }
        );
    }

    #[test]
    fn keys_come_apart_from_the_rest() {
        let (others, keys) = Archive::read(LIST).without_and_with_keys();
        let numbers =
            |list: &str| list.lines().map(|line| line.split(';').next().map(str::to_owned)).collect::<Option<Vec<_>>>();
        assert_eq!(numbers(&others), Some(["215", "216", "217", "3401"].map(str::to_owned).into()));
        assert_eq!(numbers(&keys), Some(["3399", "3400"].map(str::to_owned).into()));
    }
}
