//! Splits an SQL script into its statements, as psql does, so that each can be run, and its line reported.
//!
//! The script may be pg_dump's: psql's meta commands and COPY data are left out. The SQL is only classified by its
//! first words; the server judges it. Nothing is fetched, run or followed here.

mod outline;
pub mod tokens;

use squawk_lexer::{LiteralKind, Token, TokenKind, tokenize};

pub use outline::{Comment, Meta, Outline, outline};

/// Meta commands of psql that do not change the schema. Any other could, and is refused.
#[rustfmt::skip]
const HARMLESS_META: [&str; 15] = [
    "a", "c", "connect", "copy", "echo", "encoding", "f", "pset", "qecho", "restrict", "set", "timing", "unrestrict", "unset",
    "warn",
];

/// How many words outside of parentheses are kept to classify a statement.
const WORDS: usize = 64;

/// One statement, without its semicolon and without the comments around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    pub sql: &'a str,
    /// Line of its first word, from 1.
    pub line: usize,
    pub kind: StatementKind,
}

/// The class of a statement, as far as running it in a scratch database requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// A setting of the session, or of the transaction.
    Set,
    /// Ownership or privileges of an object, and nothing else.
    Access,
    /// Not part of a database's schema: databases, roles, tablespaces, subscriptions, the server's settings, LISTEN,
    /// and `client_encoding`, because the file was read as UTF-8.
    Outside,
    /// The rest: the schema itself.
    Schema,
}

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{problem}")]
pub struct ScriptError {
    pub line: usize,
    pub problem: ScriptProblem,
}

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ScriptProblem {
    #[error("this {0} is not closed before the end of the file")]
    Unterminated(&'static str),
    #[error(
        "psql's \\{0} is not supported: leave it out, or write what it does in SQL (the files of \\i can be listed in \
         `expected` as a glob or a folder)"
    )]
    Meta(String),
    #[error("\\{0} is a command of psql, and no SQL: leave it out, or write what it does in SQL")]
    PsqlMeta(String),
    #[error("COPY … FROM stdin reads its data from psql: write INSERT, or load the data before")]
    PsqlData,
    #[error("this COPY reads data to the end of the file: the line \\. that ends it is missing")]
    CopyData,
    #[error("more follows on the line of COPY … FROM stdin: its data must begin on the next line")]
    CopyLine,
}

/// The statements of a script, in order. COPY moves data, not schema: it is left out with its data.
pub fn split(text: &str) -> Result<Vec<Statement<'_>>, ScriptError> {
    split_as(text, false)
}

/// The statements of a script of which nothing may be left out: psql's meta commands are errors.
pub fn split_strictly(text: &str) -> Result<Vec<Statement<'_>>, ScriptError> {
    split_as(text, true)
}

fn split_as(text: &str, strict: bool) -> Result<Vec<Statement<'_>>, ScriptError> {
    let mut scanner = Scanner::new(text, strict);
    let mut statements = Vec::new();
    while scanner.at < text.len() {
        statements.extend(scanner.next()?);
    }
    Ok(statements)
}

struct Scanner<'a> {
    text: &'a str,
    /// Everything before this offset is done.
    at: usize,
    /// Lines are counted up to this offset.
    counted: usize,
    line: usize,
    strict: bool,
    /// Comments that begin with `--`: start and end.
    comments: Vec<(usize, usize)>,
    metas: Vec<Meta<'a>>,
}

/// The current statement.
#[derive(Default)]
struct Draft {
    /// Its first offset; `None` before its first token.
    start: Option<usize>,
    /// The offset behind its last token other than a comment.
    end: usize,
    parentheses: usize,
    /// Open BEGIN ATOMIC and CASE blocks.
    blocks: usize,
    after_begin: bool,
    /// Its first words and commas, in lower case; `"` stands for a quoted name.
    words: Vec<String>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, strict: bool) -> Self {
        Self { text, at: 0, counted: 0, line: 1, strict, comments: Vec::new(), metas: Vec::new() }
    }

    /// Advances over the next statement, meta command or the end. Gives a statement that is to be run.
    fn next(&mut self) -> Result<Option<Statement<'a>>, ScriptError> {
        let mut draft = Draft::default();
        // A new lexer each time, because what follows COPY is data and not SQL.
        for token in tokenize(self.rest()) {
            let start = self.at;
            self.at += token.len as usize;
            if let Some(what) = unterminated(token.kind) {
                return Err(self.error(start, ScriptProblem::Unterminated(what)));
            }
            match token.kind {
                TokenKind::Whitespace | TokenKind::BlockComment { .. } => {}
                TokenKind::LineComment => self.comments.push((start, self.at)),
                TokenKind::Semi if draft.is_complete() => return self.finish(&draft),
                TokenKind::Unknown if self.slice(start, self.at) == "\\" => {
                    return self.meta(start, draft.start.is_some()).map(|()| None);
                }
                _ => draft.take(token, start, self.slice(start, self.at)),
            }
        }
        self.finish(&draft)
    }

    fn finish(&mut self, draft: &Draft) -> Result<Option<Statement<'a>>, ScriptError> {
        let Some(start) = draft.start else {
            return Ok(None);
        };
        let words: Vec<_> = draft.words.iter().map(String::as_str).collect();
        let reads_data = words.windows(2).any(|pair| pair == ["from", "stdin"]);
        if words.first() == Some(&"copy") && self.strict && reads_data {
            return Err(self.error(start, ScriptProblem::PsqlData));
        }
        if words.first() == Some(&"copy") && !self.strict {
            if reads_data {
                self.skip_copy_data(start)?;
            }
            return Ok(None);
        }
        let line = self.line_of(start);
        Ok(Some(Statement { sql: self.slice(start, draft.end), line, kind: classify(&words) }))
    }

    /// Skips the line of a meta command that begins at `start`.
    fn meta(&mut self, start: usize, within_statement: bool) -> Result<(), ScriptError> {
        let line = self.take_line();
        let command = line.split([' ', '\t', '\r', '\\', ';']).next().unwrap_or_default();
        if self.strict {
            return Err(self.error(start, ScriptProblem::PsqlMeta(command.into())));
        }
        if within_statement || !HARMLESS_META.contains(&command) {
            return Err(self.error(start, ScriptProblem::Meta(command.into())));
        }
        let at = self.line_of(start);
        self.metas.push(Meta { line: at, command, arguments: line.get(command.len()..).unwrap_or_default().trim() });
        let line = line.to_ascii_lowercase();
        if command == "copy" && ["from stdin", "from pstdin"].iter().any(|data| line.contains(data)) {
            self.skip_lines_of_data(start)?;
        }
        Ok(())
    }

    fn skip_copy_data(&mut self, start: usize) -> Result<(), ScriptError> {
        if !self.take_line().trim().is_empty() {
            return Err(self.error(start, ScriptProblem::CopyLine));
        }
        self.skip_lines_of_data(start)
    }

    fn skip_lines_of_data(&mut self, start: usize) -> Result<(), ScriptError> {
        while self.at < self.text.len() {
            if self.take_line().trim_end_matches('\r') == "\\." {
                return Ok(());
            }
        }
        Err(self.error(start, ScriptProblem::CopyData))
    }

    /// The rest of the line, without its end.
    fn take_line(&mut self) -> &'a str {
        let rest = self.rest();
        let (line, length) = rest.split_once('\n').map_or((rest, rest.len()), |(line, _)| (line, line.len() + 1));
        self.at += length;
        line
    }

    fn rest(&self) -> &'a str {
        self.slice(self.at, self.text.len())
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Offsets only grow, so that all calls together read the text once.
    fn line_of(&mut self, offset: usize) -> usize {
        self.line += self.slice(self.counted, offset).matches('\n').count();
        self.counted = offset;
        self.line
    }

    fn error(&mut self, offset: usize, problem: ScriptProblem) -> ScriptError {
        ScriptError { line: self.line_of(offset), problem }
    }
}

impl Draft {
    /// Whether a semicolon ends the statement: not within CREATE RULE (…; …), not within BEGIN ATOMIC … END.
    fn is_complete(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn take(&mut self, token: Token, start: usize, text: &str) {
        self.start.get_or_insert(start);
        self.end = start + text.len();
        match token.kind {
            TokenKind::OpenParen => self.parentheses += 1,
            TokenKind::CloseParen => self.parentheses = self.parentheses.saturating_sub(1),
            TokenKind::Ident if self.parentheses == 0 => {
                self.count_blocks(text);
                self.remember(text.to_ascii_lowercase());
            }
            TokenKind::Comma if self.parentheses == 0 => self.remember(",".into()),
            TokenKind::QuotedIdent { .. } if self.parentheses == 0 => self.remember("\"".into()),
            _ => {}
        }
    }

    fn remember(&mut self, word: String) {
        if self.words.len() < WORDS {
            self.words.push(word);
        }
    }

    /// As psql does, only in a routine's definition.
    fn count_blocks(&mut self, word: &str) {
        let is = |keyword| word.eq_ignore_ascii_case(keyword);
        let opens = if self.blocks == 0 { self.after_begin && is("atomic") && self.is_routine() } else { is("case") };
        if opens {
            self.blocks += 1;
        } else if is("end") {
            self.blocks = self.blocks.saturating_sub(1);
        }
        self.after_begin = is("begin");
    }

    fn is_routine(&self) -> bool {
        let words: Vec<_> = self.words.iter().take(4).map(String::as_str).collect();
        matches!(
            words.as_slice(),
            ["create", "function" | "procedure", ..] | ["create", "or", "replace", "function" | "procedure"]
        )
    }
}

fn classify(words: &[&str]) -> StatementKind {
    match words {
        ["create" | "alter" | "drop", "user", "mapping", ..] => StatementKind::Schema,
        ["set", "client_encoding" | "names", ..] | ["set", "session" | "local", "client_encoding" | "names", ..] => {
            StatementKind::Outside
        }
        ["set", ..] => StatementKind::Set,
        [
            "create" | "alter" | "drop",
            "database" | "role" | "user" | "group" | "tablespace" | "subscription" | "system",
            ..,
        ]
        | ["comment", "on", "database" | "role" | "tablespace" | "subscription", ..]
        | ["security", "label", ..]
        | ["listen", ..] => StatementKind::Outside,
        ["grant" | "revoke", rest @ ..] => {
            // Without ON it is about membership in a role.
            let object = rest.iter().position(|word| *word == "on").and_then(|at| rest.get(at + 1));
            match object {
                None | Some(&("database" | "tablespace" | "parameter")) => StatementKind::Outside,
                Some(_) => StatementKind::Access,
            }
        }
        ["alter", "default", "privileges", ..] => StatementKind::Access,
        // With a comma, there is another change in it.
        ["alter", object @ .., "owner", "to", _] if !object.contains(&",") && !object.contains(&"rename") => {
            StatementKind::Access
        }
        _ => StatementKind::Schema,
    }
}

fn unterminated(kind: TokenKind) -> Option<&'static str> {
    match kind {
        TokenKind::BlockComment { terminated: false } => Some("comment"),
        TokenKind::QuotedIdent { terminated: false, .. } => Some("quoted name"),
        TokenKind::Literal { kind: LiteralKind::DollarQuotedString { terminated: false } } => Some("dollar quote"),
        TokenKind::Literal {
            kind:
                LiteralKind::Str { terminated: false }
                | LiteralKind::NationalStr { terminated: false }
                | LiteralKind::ByteStr { terminated: false }
                | LiteralKind::BitStr { terminated: false }
                | LiteralKind::UnicodeEscStr { terminated: false }
                | LiteralKind::EscStr { terminated: false },
        } => Some("string"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn statements(text: &str) -> Vec<(usize, &str)> {
        split(text).unwrap().into_iter().map(|statement| (statement.line, statement.sql)).collect()
    }

    fn problem(text: &str) -> (usize, ScriptProblem) {
        let error = split(text).unwrap_err();
        (error.line, error.problem)
    }

    #[test]
    fn semicolons_within_something_do_not_split() {
        for statement in [
            "select ';', E'\\';', U&';', $$;$$, $a$ $$;$$ $b$;$a$, \"a;b\", x';'",
            "select 1 /* ; /* ; */ ; */ + 2 -- ;\n + 3",
            "create rule r as on insert to t do also (delete from a; delete from b)",
            "create function f() returns int begin atomic select 1; select case when true then 2 end; end",
            "CREATE OR REPLACE PROCEDURE p(a int) LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (1); END",
            "create function \"begin\"(atomic int) returns int return case when true then 1 end",
            "create function f() returns int language sql as 'begin atomic;'",
        ] {
            assert_eq!(statements(statement), [(1, statement)]);
            let two = format!("{statement} ; \n;;  {statement};");
            assert_eq!(statements(&two).len(), 2, "{two}");
        }
    }

    #[test]
    fn lines_are_those_of_the_first_word() {
        let text = "\u{feff}-- one\r\n\r\nselect\r\n  3;  select 4 ;\n/*\n*/ select\n 6\n-- end\n;\n";
        assert_eq!(statements(text), [(3, "select\r\n  3"), (4, "select 4"), (6, "select\n 6")]);
        assert_eq!(statements("begin; commit"), [(1, "begin"), (1, "commit")]);
        assert_eq!(statements(" \n--\n ; /* */"), []);
    }

    #[test]
    fn dumps_are_read_without_their_meta_lines_and_data() {
        let text = "\\restrict aB3'\n\nSET x = 1;\n\\connect \"it's\"\nCOPY public.t (a, \"b\") FROM stdin;\n\
                    it's\t$$;\n--\t/* \"\n\\\\.\t\\N\n\\.\n\nselect 1;\ncopy t from '/file' with (format csv);\n\
                    copy (select 1) to stdout;\n\\copy t from stdin\n'\n\\.\r\nselect 2;\n\n\\unrestrict aB3\n";
        assert_eq!(statements(text), [(3, "SET x = 1"), (11, "select 1"), (17, "select 2")]);
    }

    #[test]
    fn silent_loss_of_statements_is_an_error() {
        assert_eq!(problem("select 1;\nselect 'a\n;"), (2, ScriptProblem::Unterminated("string")));
        assert_eq!(problem("\n\n/* /* */ select 1;"), (3, ScriptProblem::Unterminated("comment")));
        assert_eq!(problem("select $a$ $b$;"), (1, ScriptProblem::Unterminated("dollar quote")));
        assert_eq!(problem("select \"a;"), (1, ScriptProblem::Unterminated("quoted name")));
        assert_eq!(problem("select 1;\n\\i tables.sql\n"), (2, ScriptProblem::Meta("i".into())));
        assert_eq!(problem("select\n'create table t ()' \\gexec\n"), (2, ScriptProblem::Meta("gexec".into())));
        assert_eq!(problem("\nCOPY t FROM stdin;\n1\n2\n"), (2, ScriptProblem::CopyData));
        assert_eq!(problem("COPY t FROM stdin; create table u ();\n1\n\\.\n"), (1, ScriptProblem::CopyLine));
    }

    #[test]
    fn kinds_go_by_the_first_words() {
        for (kind, statement) in [
            (StatementKind::Set, "SET transaction_timeout = 0"),
            (StatementKind::Outside, "create role app login password 'x'"),
            (StatementKind::Outside, "Alter /* */ Database x set search_path = a"),
            (StatementKind::Outside, "LISTEN x"),
            (StatementKind::Outside, "SET client_encoding = 'LATIN1'"),
            (StatementKind::Outside, "set session client_encoding to latin1"),
            (StatementKind::Outside, "SET NAMES 'LATIN1'"),
            (StatementKind::Outside, "grant a, \"on\" to b"),
            (StatementKind::Outside, "grant connect on database x to y"),
            (StatementKind::Outside, "alter system set fsync = off"),
            (StatementKind::Outside, "create subscription s connection 'host=prod' publication p"),
            (StatementKind::Access, "grant select (on, b) on table t to y"),
            (StatementKind::Access, "alter default privileges for role a revoke all on tables from public"),
            (StatementKind::Access, "ALTER FUNCTION public.f(integer, text) OWNER TO \"o'w,ner\""),
            (StatementKind::Schema, "alter table t add a int, owner to b"),
            (StatementKind::Schema, "alter table t rename owner to b"),
            (StatementKind::Schema, "create user mapping for u server s"),
            (StatementKind::Schema, "create table role ()"),
        ] {
            assert_eq!(split(statement).unwrap().first().unwrap().kind, kind, "{statement}");
        }
    }

    #[test]
    fn time_is_linear() {
        let statement = "insert into t values ('it''s', $$;$$); -- said\n";
        let text = statement.repeat(200_000);
        let begin = std::time::Instant::now();
        assert_eq!(split(&text).unwrap().len(), 200_000);
        // Tenths of a second, or minutes on a busy machine; quadratic time would be hours.
        assert!(begin.elapsed() < std::time::Duration::from_mins(10));
    }
}
