//! The parts of a script besides its statements: comments, and meta commands of psql.

use super::{Scanner, ScriptError, Statement};

/// A comment from `--` to the end of its line, outside of strings, quoted names and block comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment<'a> {
    /// From 1.
    pub line: usize,
    /// The text before it on its line.
    pub before: &'a str,
    /// From its first dash, without trailing blanks.
    pub text: &'a str,
}

/// A meta command of psql that is not carried out here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta<'a> {
    pub line: usize,
    pub command: &'a str,
    pub arguments: &'a str,
}

/// The parts of a script, each in the order of their lines.
#[derive(Debug, Default)]
pub struct Outline<'a> {
    pub comments: Vec<Comment<'a>>,
    pub metas: Vec<Meta<'a>>,
    pub statements: Vec<Statement<'a>>,
    /// Why the rest is missing.
    pub error: Option<ScriptError>,
}

/// Reads up to the first error.
pub fn outline(text: &str) -> Outline<'_> {
    let mut scanner = Scanner::new(text, false);
    let mut statements = Vec::new();
    let mut error = None;
    while scanner.at < text.len() && error.is_none() {
        match scanner.next() {
            Ok(next) => statements.extend(next),
            Err(found) => error = Some(found),
        }
    }
    let metas = std::mem::take(&mut scanner.metas);
    let mut line = 1;
    let mut counted = 0;
    let comments = std::mem::take(&mut scanner.comments).into_iter().filter_map(|(start, end)| {
        line += text.get(counted..start)?.matches('\n').count();
        counted = start;
        let before = text.get(..start)?.rsplit('\n').next()?.trim_start_matches('\u{feff}');
        Some(Comment { line, before, text: text.get(start..end)?.trim_end() })
    });
    Outline { comments: comments.collect(), metas, statements, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_those_outside_of_everything_else() {
        let text = "\u{feff}-- one\r\nselect '\n-- no\n', $$\n-- no\n$$ /*\n-- no\n*/ \"\n-- no\"; -- two \n\
                    \\connect app\ncopy t from stdin;\n-- no ' \n\\.\n  --three\n\\c - u\ncreate table \"a";
        let outline = outline(text);
        let found: Vec<_> = outline.comments.iter().map(|it| (it.line, it.before, it.text)).collect();
        assert_eq!(found, [(1, "", "-- one"), (9, "-- no\"; ", "-- two"), (14, "  ", "--three")]);
        let metas: Vec<_> = outline.metas.iter().map(|it| (it.line, it.command, it.arguments)).collect();
        assert_eq!(metas, [(10, "connect", "app"), (15, "c", "- u")]);
        assert_eq!(outline.statements.len(), 1);
        assert_eq!(outline.error.map(|error| error.line), Some(16));
    }
}
