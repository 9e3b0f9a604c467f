//! The part of a file that is run. The rest becomes empty lines, so that line numbers stay the same.
//!
//! Pure. Only comments are markers; a comment that looks like a marker and is none for this tool is refused, not
//! guessed.

use std::collections::{BTreeMap, BTreeSet};

use super::marker::{Turn, looks_undoing};
use super::tool::{Replaces, Tool};
use super::{Problem, Wrong};
use crate::domain::script::{Comment, outline};

/// The part of a file that is run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cut {
    pub text: String,
    /// The files before this one are not run.
    pub is_checkpoint: bool,
    /// What the tool would do and is not done here, with its line.
    pub notes: Vec<(usize, &'static str)>,
}

/// `trusting`: the operator has declared that nothing in the file is an undo part.
pub fn up(tool: &Tool, file: &str, text: &str, trusting: bool) -> Result<Cut, Problem> {
    let written = if tool.hashes { with_dashes(text) } else { text.to_owned() };
    let outline = outline(&written);
    let problem = |line, wrong| Problem { file: file.to_owned(), line: Some(line), wrong };
    if let Some(error) = outline.error {
        return Err(problem(error.line, Wrong::Script(error.problem)));
    }
    let mut comments: BTreeMap<usize, Vec<Comment<'_>>> = BTreeMap::new();
    for comment in outline.comments {
        comments.entry(comment.line).or_default().push(comment);
    }
    let starts: BTreeSet<usize> = outline.statements.iter().map(|statement| statement.line).collect();
    let mut walk = Walk {
        tool,
        turn: tool.begins,
        variables: tool.replaces != Replaces::OnDemand,
        delimiter: None,
        suspect: None,
        cut: Cut::default(),
    };
    for (line, number) in written.split_inclusive('\n').zip(1..) {
        let here = comments.get(&number).map_or(&[][..], Vec::as_slice);
        let wrong = walk.line(number, line, here);
        wrong.map_err(|wrong| problem(number, wrong))?;
        if let Some(suspect) = walk.suspect.filter(|_| !trusting && walk.turn == Turn::Up && starts.contains(&number)) {
            return Err(problem(suspect, Wrong::Suspicious { tool: tool.name }));
        }
    }
    if tool.hashes {
        walk.cut.text = walk.cut.text.replace(";;", ";");
    }
    Ok(walk.cut)
}

struct Walk<'t> {
    tool: &'t Tool,
    turn: Turn,
    variables: bool,
    /// The statement delimiter besides the semicolon.
    delimiter: Option<String>,
    /// The line of what looks like the heading of an undo part.
    suspect: Option<usize>,
    cut: Cut,
}

impl Walk<'_> {
    fn line(&mut self, number: usize, line: &str, comments: &[Comment<'_>]) -> Result<(), Wrong> {
        let (content, end) = split_end(line);
        let was_up = self.turn == Turn::Up;
        let mut ends = None;
        for comment in comments {
            let mut is_marker = false;
            for marker in self.tool.markers {
                let Some(rest) = marker.find(comment.before, comment.text) else { continue };
                is_marker = true;
                if self.takes(marker.turn, number, rest)? {
                    ends = Some(comment.before);
                }
            }
            if !is_marker && comment.before.trim().is_empty() && looks_undoing(comment.text) {
                self.suspect = Some(number);
            }
        }
        match ends {
            // A statement ends at the end of its part.
            Some(before) if was_up => {
                self.cut.text.push_str(before);
                self.cut.text.push(';');
            }
            None if self.turn == Turn::Up => {
                self.looks_resolved(content, comments)?;
                self.cut.text.push_str(&self.delimited(content));
            }
            Some(_) | None => {}
        }
        self.cut.text.push_str(end);
        Ok(())
    }

    /// Whether a statement ends here.
    fn takes(&mut self, turn: Turn, line: usize, rest: &str) -> Result<bool, Wrong> {
        match turn {
            Turn::Up | Turn::Down | Turn::Off => {
                self.turn = turn;
                self.delimiter = None;
                self.suspect = None;
            }
            Turn::End => {}
            Turn::Delimiter => {
                self.delimiter = delimiter(rest)?;
                return Ok(false);
            }
            Turn::Servers if !is_for_postgresql(rest) => self.turn = Turn::Off,
            Turn::Servers => return Ok(false),
            Turn::Variables(replaced) => {
                self.variables = replaced;
                return Ok(false);
            }
            Turn::Checkpoint => self.cut.is_checkpoint = true,
            Turn::NotDone(what) => {
                self.cut.notes.push((line, what));
                return Ok(false);
            }
            Turn::Refused(what) => return Err(Wrong::NotFollowed { tool: self.tool.name, what }),
        }
        Ok(true)
    }

    fn looks_resolved(&self, line: &str, comments: &[Comment<'_>]) -> Result<(), Wrong> {
        let Some(variable) = self.tool.variable.filter(|_| self.variables) else { return Ok(()) };
        let Some(at) = line.find(variable) else { return Ok(()) };
        let in_comment = comments.iter().any(|comment| comment.before.len() <= at);
        if in_comment && self.tool.replaces != Replaces::Everywhere {
            return Ok(());
        }
        Err(Wrong::Variable { tool: self.tool.name, variable })
    }

    fn delimited(&self, line: &str) -> String {
        let trimmed = line.trim_end();
        let without = self.delimiter.as_ref().and_then(|delimiter| {
            let (start, end) = trimmed.split_at_checked(trimmed.len().checked_sub(delimiter.len())?)?;
            // An alphanumeric delimiter counts only as a whole word.
            let is_word = delimiter.chars().all(char::is_alphanumeric);
            (end.eq_ignore_ascii_case(delimiter) && (!is_word || start.trim().is_empty())).then_some(start)
        });
        without.map_or_else(|| line.to_owned(), |start| format!("{start};"))
    }
}

/// Splits a line from its line ending.
fn split_end(line: &str) -> (&str, &str) {
    let content = line.strip_suffix('\n').unwrap_or(line);
    let content = content.strip_suffix('\r').unwrap_or(content);
    line.split_at(content.len())
}

/// `None` for the semicolon.
fn delimiter(rest: &str) -> Result<Option<String>, Wrong> {
    let word = rest.split_whitespace().next().unwrap_or_default();
    let word = word.strip_prefix("\\n").unwrap_or(word);
    match word {
        ";" => Ok(None),
        _ if word.is_empty() || word.contains(['\\', '\'', '"', '$']) => Err(Wrong::Delimiter(word.to_owned())),
        _ => Ok(Some(word.to_owned())),
    }
}

/// `dbms:postgresql,h2` or `dbms:!oracle` in the rest of the line.
fn is_for_postgresql(rest: &str) -> bool {
    let list = rest.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
    let mut servers = list.split(',').map(str::trim);
    let excluded = servers.clone().any(|name| name.eq_ignore_ascii_case("!postgresql"));
    let included =
        servers.any(|name| name.starts_with('!') || ["postgresql", "all"].contains(&&*name.to_ascii_lowercase()));
    included && !excluded
}

/// Rewrites lines that begin with `#` as SQL comments. PostgreSQL's operators that begin with `#` are kept.
pub fn with_dashes(text: &str) -> String {
    let line = |line: &str| match line.trim_start().strip_prefix('#') {
        Some(rest) if !rest.starts_with(['>', '-']) || rest.starts_with("--") => format!("--{rest}"),
        Some(_) | None => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests;
