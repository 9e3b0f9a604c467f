//! Lists of migrations that tools keep next to them. Gives paths in order, with their line in the list.
//!
//! Pure.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
struct Journal {
    entries: Vec<JournalEntry>,
}

#[derive(Deserialize)]
struct JournalEntry {
    tag: String,
}

/// Drizzle's `meta/_journal.json`: in the order of its entries.
pub fn drizzle(text: &str) -> Result<Vec<(usize, String)>, String> {
    let journal: Journal = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(journal.entries.into_iter().zip(1..).map(|(entry, number)| (number, format!("{}.sql", entry.tag))).collect())
}

/// Sqitch's plan: one change per line, with its dependencies and its planner; `@tag` lines, pragmas and comments in
/// between. The older script of a reworked change is named after the first tag behind it.
pub fn sqitch(text: &str) -> Result<Vec<(usize, String)>, String> {
    let lines = || text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let name = |line: &str| line.split_whitespace().next().unwrap_or_default().trim_start_matches('+').to_owned();
    let is_change = |line: &str| !line.is_empty() && !line.starts_with(['#', '%', '@']);
    if let Some((line, number)) = lines().find(|(line, _)| line.starts_with('-')) {
        return Err(format!("line {number}: `{line}` undoes a change"));
    }
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    for (line, number) in lines().filter(|(line, _)| is_change(line)) {
        last.insert(name(line), number);
    }
    let mut scripts = Vec::new();
    for (line, number) in lines().filter(|(line, _)| is_change(line)) {
        let change = name(line);
        let tag = lines().find(|(line, later)| *later > number && line.starts_with('@'));
        let script = match tag.filter(|_| last.get(&change) != Some(&number)) {
            Some((tag, _)) => format!("deploy/{change}{}.sql", name(tag)),
            None => format!("deploy/{change}.sql"),
        };
        scripts.push((number, script));
    }
    Ok(scripts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn plans_and_journals_give_the_order() {
        let plan = "%syntax-version=1.0.0\n%project=flipr\n\nappschema 2013-01-01T00:00:00Z A <a@b> # it\n\
                    +users [appschema] 2013-01-01T00:00:00Z A <a@b>\n@v1.0 2013-01-01T00:00:00Z A <a@b>\n\n\
                    users [users@v1.0] 2013-01-02T00:00:00Z A <a@b>\n";
        let scripts: Vec<_> = sqitch(plan).unwrap();
        let expected = [(4, "deploy/appschema.sql"), (5, "deploy/users@v1.0.sql"), (8, "deploy/users.sql")];
        assert_eq!(scripts, expected.map(|(line, path)| (line, path.to_owned())));
        assert!(sqitch("-users 2013").is_err());
        let journal = r#"{"version":"7","entries":[{"idx":0,"tag":"0001_b"},{"idx":1,"tag":"0000_a"}]}"#;
        assert_eq!(drizzle(journal).unwrap(), [(1, "0001_b.sql".into()), (2, "0000_a.sql".into())]);
        assert!(drizzle("{}").is_err());
    }
}
