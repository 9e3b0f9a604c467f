//! What the judge knows of SQL: where a statement of a script ends, and what of its text has no meaning. It shares no
//! code with the program that is judged.

use std::iter::Peekable;
use std::str::CharIndices;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// White space and comments.
    Space,
    Word,
    /// Strings, quoted identifiers, dollar quotes.
    Quoted,
    Other,
}

type Token<'a> = (Kind, &'a str);

/// A statement of a dump, without what it does not mean by its order.
pub struct Statement {
    /// All of it, or that of a table around its columns and constraints.
    pub text: String,
    /// The columns and constraints of a table.
    pub items: Vec<String>,
}

/// The statements of a script, without those of psql and the comments between them.
pub fn split(script: &str) -> Vec<Statement> {
    texts(script).iter().map(|text| Statement::new(text)).collect()
}

fn texts(script: &str) -> Vec<String> {
    let (mut found, mut text) = (Vec::new(), String::new());
    let (mut depth, mut atomic, mut after_begin) = (0, 0, false);
    for (kind, token) in tokens(&without_psql(script)) {
        if kind == Kind::Space {
            if !text.is_empty() {
                text.push_str(token);
            }
            continue;
        }
        let word = if kind == Kind::Word { token.to_uppercase() } else { String::new() };
        match word.as_str() {
            "ATOMIC" if after_begin => atomic = 1,
            "CASE" if atomic > 0 => atomic += 1,
            "END" if atomic > 0 => atomic -= 1,
            _ => {}
        }
        after_begin = word == "BEGIN";
        match token {
            "(" => depth += 1,
            ")" => depth -= 1,
            ";" if depth == 0 && atomic == 0 => {
                found.push(std::mem::take(&mut text));
                continue;
            }
            _ => {}
        }
        text.push_str(token);
    }
    found.push(text.trim_end().to_owned());
    found.retain(|text| !text.is_empty());
    found
}

/// Lines that psql reads itself: `\restrict` and `\unrestrict`. No dump holds other data at the start of a line there.
fn without_psql(script: &str) -> String {
    let own = |line: &&str| !line.starts_with("\\restrict ") && !line.starts_with("\\unrestrict ");
    script.split_inclusive('\n').filter(own).collect()
}

impl Statement {
    fn new(text: &str) -> Self {
        let text = &without_names_of_not_null(text);
        let mut parts: Vec<Token> = tokens(text).collect();
        let sorted = sorted_options(&parts);
        if ["CREATE TABLE ", "CREATE UNLOGGED TABLE ", "CREATE FOREIGN TABLE "].iter().any(|it| text.starts_with(it)) {
            parts = tokens(&sorted).collect();
            if let Some(statement) = Self::table(&parts) {
                return statement;
            }
        }
        Self { text: sorted, items: Vec::new() }
    }

    /// The first parentheses of a table hold its columns, unless words of another clause come before.
    fn table(parts: &[Token]) -> Option<Self> {
        let open = parts.iter().position(|(_, token)| *token == "(")?;
        let other = |(kind, token): &Token| *kind == Kind::Word && ["PARTITION", "INHERITS", "OF"].contains(token);
        if parts.iter().take(open).any(other) {
            return None;
        }
        let close = open + closing(&parts[open..])?;
        let text = format!("{}(…){}", joined(&parts[..open]), joined(&parts[close + 1..]));
        Some(Self { text, items: list(&parts[open + 1..close]) })
    }
}

/// Where the parenthesis that opens at the start is closed.
fn closing(parts: &[Token]) -> Option<usize> {
    let mut depth = 0;
    parts.iter().position(|(_, token)| {
        depth += match *token {
            "(" => 1,
            ")" => -1,
            _ => 0,
        };
        depth == 0
    })
}

/// Splits at commas outside parentheses.
fn list(parts: &[Token]) -> Vec<String> {
    let (mut items, mut depth) = (vec![String::new()], 0);
    for (_, token) in parts {
        match *token {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        items.last_mut().unwrap().push_str(token);
    }
    items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

fn joined(parts: &[Token]) -> String {
    parts.iter().map(|(_, token)| *token).collect()
}

/// Since 18 a NOT NULL is a constraint, and a dump says its name where it is not the usual one of its table and column.
fn without_names_of_not_null(text: &str) -> String {
    let parts: Vec<Token> = tokens(text).collect();
    let (mut text, mut rest) = (String::new(), parts.as_slice());
    while let [(_, token), after @ ..] = rest {
        rest = match rest {
            [(Kind::Word, "CONSTRAINT"), _, _name, _, named @ ..]
                if matches!(named, [(_, "NOT"), _, (_, "NULL"), ..]) =>
            {
                named
            }
            _ => {
                text.push_str(token);
                after
            }
        };
    }
    text
}

/// The text with the options of each `WITH (…)` in alphabetical order.
fn sorted_options(parts: &[Token]) -> String {
    let (mut text, mut rest) = (String::new(), parts);
    while let [(_, token), after @ ..] = rest {
        text.push_str(token);
        rest = after;
        if let ("WITH", [(Kind::Space, space), (_, "("), ..]) = (*token, rest) {
            let close = 1 + closing(&rest[1..]).unwrap();
            let mut options = list(&rest[2..close]);
            options.sort();
            text.push_str(&format!("{space}({})", options.join(", ")));
            rest = &rest[close + 1..];
        }
    }
    text
}

fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let (kind, length) = first(rest)?;
        let (token, after) = rest.split_at(length);
        rest = after;
        Some((kind, token))
    })
}

/// The kind and the length of the first token.
fn first(sql: &str) -> Option<(Kind, usize)> {
    let next = sql.chars().next()?;
    let end = |found: Option<usize>| found.unwrap_or(sql.len());
    let from_word = |char: char| char.is_alphanumeric() || char == '_' || char == '$';
    Some(match next {
        _ if next.is_whitespace() => (Kind::Space, end(sql.find(|char: char| !char.is_whitespace()))),
        _ if sql.starts_with("--") => (Kind::Space, end(sql.find('\n'))),
        _ if sql.starts_with("/*") => (Kind::Space, comment(sql)),
        '\'' => (Kind::Quoted, quoted(sql, '\'', false)),
        '"' => (Kind::Quoted, quoted(sql, '"', false)),
        'e' | 'E' if sql[1..].starts_with('\'') => (Kind::Quoted, 1 + quoted(&sql[1..], '\'', true)),
        '$' => dollar(sql).map_or((Kind::Other, 1), |length| (Kind::Quoted, length)),
        _ if next.is_alphabetic() || next == '_' => (Kind::Word, end(sql.find(|char| !from_word(char)))),
        _ => (Kind::Other, next.len_utf8()),
    })
}

/// The length of a comment that may hold comments.
fn comment(sql: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < sql.len() {
        let rest = &sql[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().unwrap().len_utf8();
        }
    }
    sql.len()
}

/// The length of what `quote` opens; doubled it stands for itself.
fn quoted(sql: &str, quote: char, backslashes: bool) -> usize {
    let mut chars: Peekable<CharIndices> = sql.char_indices().peekable();
    chars.next();
    while let Some((at, char)) = chars.next() {
        if backslashes && char == '\\' {
            chars.next();
        } else if char == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    sql.len()
}

/// The length of a dollar quote, if one opens here.
fn dollar(sql: &str) -> Option<usize> {
    let tag = &sql[..sql[1..].find('$')? + 2];
    let name = &tag[1..tag.len() - 1];
    let valid = name.chars().all(|char| char.is_alphanumeric() || char == '_');
    if !valid || name.starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    Some(tag.len() + sql[tag.len()..].find(tag)? + tag.len())
}
