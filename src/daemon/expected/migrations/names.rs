//! File names by the rules of each migration tool: whether a file is run, and in what order.
//!
//! Pure. Paths are relative to the folder, with `/`.

use super::marker::UNDO;

/// What a tool does with a file of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    Run(Order),
    /// Replaces all migrations up to its own version.
    Baseline(Order),
    /// Undoes a migration.
    Undo,
    /// Not run, with the reason.
    Not(&'static str),
}

/// A sort key, compared field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    rank: u8,
    /// Two files must not have the same version if the tool forbids it.
    pub version: Vec<Number>,
    text: Vec<Part>,
}

/// A number of any length: its count of digits without leading zeros, and the digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(usize, String);

/// A part of a name. Numbers compare as numbers: `2_posts.sql` comes before `10_votes.sql`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(Number),
    Text(String),
}

const FOREIGN: Role = Role::Not("not a name of a migration");
const DEEPER: Role = Role::Not("in a subfolder");
const CALLBACK: Role = Role::Not("a callback");

impl Number {
    fn new(digits: &str) -> Option<Self> {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let digits = digits.trim_start_matches('0');
        is_number.then(|| Self(digits.len(), digits.to_owned()))
    }
}

impl Order {
    fn text(text: &str) -> Self {
        Self { text: vec![Part::Text(text.to_owned())], ..Self::default() }
    }

    fn version(numbers: Vec<Number>, text: &str) -> Self {
        Self { version: numbers, ..Self::text(text) }
    }

    fn ranked(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    fn natural(path: &str) -> Self {
        let mut text = Vec::new();
        let mut rest = path;
        while !rest.is_empty() {
            let (digits, after) = leading_digits(rest);
            let (word, after) = after.split_at(after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len()));
            text.extend(Number::new(digits).map(Part::Number));
            text.push(Part::Text(word.into()));
            rest = after;
        }
        text.push(Part::Text(path.into()));
        Self { text, ..Self::default() }
    }
}

fn leading_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The name without `.sql`, of a file in the folder itself.
fn stem(path: &str) -> Result<&str, Role> {
    if path.contains('/') {
        return Err(DEEPER);
    }
    path.strip_suffix(".sql").ok_or(FOREIGN)
}

/// The leading number, and what follows it.
fn numbered(stem: &str) -> Option<(Number, &str)> {
    let (digits, rest) = leading_digits(stem);
    Some((Number::new(digits)?, rest))
}

/// `1_a.sql`, in numeric order.
pub fn underscored(path: &str) -> Role {
    match stem(path).map(|stem| (stem, numbered(stem))) {
        Ok((stem, Some((number, rest)))) if rest.starts_with('_') => Role::Run(Order::version(vec![number], stem)),
        Ok(_) => FOREIGN,
        Err(role) => role,
    }
}

/// A bare number.
pub fn bare(path: &str) -> Role {
    match stem(path).map(numbered) {
        Ok(Some((number, ""))) => Role::Run(Order::version(vec![number], "")),
        Ok(_) => FOREIGN,
        Err(role) => role,
    }
}

/// By number if the name begins with one, then by name.
pub fn number_or_name(path: &str) -> Role {
    match stem(path).map(|stem| (stem, numbered(stem))) {
        Ok((stem, Some((number, _)))) => Role::Run(Order::version(vec![number], stem)),
        Ok((stem, None)) => Role::Run(Order::text(stem).ranked(1)),
        Err(role) => role,
    }
}

/// Alphabetically; the name begins with a digit.
pub fn digits_by_letter(path: &str) -> Role {
    match stem(path) {
        Ok(stem) if stem.starts_with(|c: char| c.is_ascii_digit()) => Role::Run(Order::text(path)),
        Ok(_) => FOREIGN,
        Err(role) => role,
    }
}

/// Alphabetically.
pub fn by_letter(path: &str) -> Role {
    stem(path).map_or_else(|role| role, |_| Role::Run(Order::text(path)))
}

/// Alphabetically, subfolders included.
pub fn path_by_letter(path: &str) -> Role {
    path.strip_suffix(".sql").map_or(FOREIGN, |_| Role::Run(Order::text(path)))
}

/// In natural order: numbers as numbers, letters as letters.
pub fn natural(path: &str) -> Role {
    if path.contains('/') { DEEPER } else { Role::Run(Order::natural(path)) }
}

/// In natural order, in any folder: a glob or a list has named the files.
pub fn natural_path(path: &str) -> Role {
    Role::Run(Order::natural(path))
}

/// Pairs of files, of which one undoes the other.
pub fn pairs(path: &str) -> Role {
    match natural(path) {
        Role::Run(_) if undoing(path).is_some() => Role::Undo,
        role => role,
    }
}

pub fn flyway(path: &str) -> Role {
    let Some(name) = path.rsplit('/').next().and_then(|name| name.strip_suffix(".sql")) else { return FOREIGN };
    if let Some(description) = name.strip_prefix("R__") {
        return Role::Run(Order::text(&description.replace('_', " ")).ranked(2));
    }
    if ["before", "after"].iter().any(|event| name.starts_with(event)) {
        return CALLBACK;
    }
    let versioned = |rest: &str| {
        let version = rest.split_once("__").map_or(rest, |(version, _)| version);
        let numbers = version.split(['.', '_']).map(Number::new).collect::<Option<Vec<_>>>()?;
        let length = numbers.iter().rposition(|number| number.0 > 0).map_or(0, |last| last + 1);
        Some(Order::version(numbers.into_iter().take(length).collect(), ""))
    };
    match (name.chars().next(), name.get(1..).and_then(versioned)) {
        (Some('V'), Some(order)) => Role::Run(order),
        (Some('B'), Some(order)) => Role::Baseline(order),
        (Some('U'), Some(_)) => Role::Undo,
        _ => FOREIGN,
    }
}

/// `V1__a.sql` and `U2__b.sql` are both run.
pub fn refinery(path: &str) -> Role {
    let version = |stem: &str| {
        let (version, _) = stem.strip_prefix(['V', 'U'])?.split_once("__")?;
        Number::new(version)
    };
    match stem(path).map(version) {
        Ok(Some(number)) => Role::Run(Order::version(vec![number], "")),
        Ok(None) => FOREIGN,
        Err(role) => role,
    }
}

/// `1_a.up.sql` is run, `1_a.down.sql` is not.
pub fn up_down(path: &str) -> Role {
    let Ok(stem) = stem(path) else { return by_letter(path) };
    let direction = stem.rsplit_once('.').map(|(_, direction)| direction);
    match (numbered(stem), direction) {
        (Some((number, rest)), Some("up")) if rest.starts_with('_') => Role::Run(Order::version(vec![number], "")),
        (Some(_), Some("down")) => Role::Undo,
        _ => FOREIGN,
    }
}

/// The same, and `1_a.sql` is also run.
pub fn up_down_or_plain(path: &str) -> Role {
    match up_down(path) {
        Role::Not(_) => underscored(path),
        role => role,
    }
}

/// `2020-01-01-000000_a/up.sql` in the order of the folders.
pub fn up_folders(path: &str) -> Role {
    match path.rsplit_once('/') {
        Some((folder, "up.sql")) => Role::Run(Order::text(&folder.replace('-', ""))),
        Some((_, "down.sql")) => Role::Undo,
        _ => FOREIGN,
    }
}

/// `20200101000000_a/migration.sql` in the order of the folders.
pub fn migration_folders(path: &str) -> Role {
    match path.rsplit_once('/') {
        Some((folder, "migration.sql")) => Role::Run(Order::text(folder)),
        Some((_, "down.sql")) => Role::Undo,
        _ => FOREIGN,
    }
}

/// `bootstrap.sql`, then by number.
pub fn bootstrapped(path: &str) -> Role {
    match underscored(path) {
        Role::Run(order) => Role::Run(order.ranked(1)),
        _ if path == "bootstrap.sql" => Role::Run(Order::text(path)),
        role => role,
    }
}

pub fn structure(path: &str) -> Role {
    if path == "structure.sql" { Role::Run(Order::text(path)) } else { FOREIGN }
}

/// If the name says that the file undoes something (`1_a_down.sql`, `rollback.sql`, `1.undo.a.sql`): the possible names
/// of the file that it undoes.
pub fn undoing(path: &str) -> Option<Vec<String>> {
    let name_at = path.rfind('/').map_or(0, |at| at + 1);
    let (folder, name) = path.split_at(name_at);
    let stem = name.get(..name.to_ascii_lowercase().strip_suffix(".sql")?.len())?;
    let mut at = 0;
    let mut found = None;
    for word in stem.split_inclusive(['.', '_', '-']) {
        let bare = word.trim_end_matches(['.', '_', '-']);
        let (first, last) = (at == 0, at + word.len() == stem.len());
        let bounded = last || word.ends_with('.') || first;
        if bounded && UNDO.contains(&bare.to_ascii_lowercase().as_str()) {
            found = Some((at, at + bare.len()));
        }
        at += word.len();
    }
    let (start, end) = found?;
    let (before, after) = (name.get(..start)?, name.get(end..)?);
    let mut names: Vec<String> =
        ["up", "UP", "do", "deploy", "apply", "migrate"].map(|word| format!("{folder}{before}{word}{after}")).into();
    names.push(format!("{folder}{}{after}", before.trim_end_matches(['.', '_', '-'])));
    Some(names)
}

#[cfg(test)]
mod tests;
