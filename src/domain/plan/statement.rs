//! One SQL statement as its tokens: enough to see which objects it is about, never what it means.
//!
//! For handwritten statements, and for the few of ours that the executor treats specially (CONCURRENTLY). Names are
//! found where the grammar has them; everything else is left to the server.

use squawk_lexer::TokenKind;

use crate::domain::name::Name;
use crate::domain::script::tokens::tokens;

/// One token other than white space and comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A keyword or a name, folded to lower case as the server does.
    Word(String),
    /// A name in quotes, without them.
    Quoted(String),
    Symbol(char),
    /// A literal, a number, an operator.
    Other,
}

impl Part {
    pub fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }

    fn as_name(&self) -> Option<Name> {
        match self {
            Self::Word(name) | Self::Quoted(name) => Some(Name::from(name.as_str())),
            Self::Symbol(_) | Self::Other => None,
        }
    }
}

/// A name as written, with or without a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Written {
    pub schema: Option<Name>,
    pub name: Name,
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

/// A cursor over the tokens of one statement.
#[derive(Clone, Debug)]
pub struct Parts {
    parts: Vec<Part>,
    at: usize,
}

impl From<Vec<Part>> for Parts {
    fn from(parts: Vec<Part>) -> Self {
        Self { parts, at: 0 }
    }
}

impl Parts {
    pub fn of(sql: &str) -> Self {
        let parts = tokens(sql).filter(|token| !token.is_blank()).map(|token| match token.kind {
            // The server folds only ASCII letters in encodings with several bytes per letter.
            TokenKind::Ident => Part::Word(token.text.to_ascii_lowercase()),
            TokenKind::QuotedIdent { uescape: false, .. } => Part::Quoted(unquote(token.text)),
            TokenKind::OpenParen => Part::Symbol('('),
            TokenKind::CloseParen => Part::Symbol(')'),
            TokenKind::Comma => Part::Symbol(','),
            TokenKind::Dot => Part::Symbol('.'),
            TokenKind::Semi => Part::Symbol(';'),
            TokenKind::Eq => Part::Symbol('='),
            _ => Part::Other,
        });
        Self { parts: parts.collect(), at: 0 }
    }

    pub fn rest(&self) -> &[Part] {
        self.parts.get(self.at..).unwrap_or_default()
    }

    /// Whether a word occurs in the remaining tokens.
    pub fn has(&self, word: &str) -> bool {
        self.rest().iter().any(|part| part.is(word))
    }

    /// Whether these words follow each other in the remaining tokens.
    pub fn has_all(&self, words: &[&str]) -> bool {
        self.rest().windows(words.len()).any(|parts| parts.iter().zip(words).all(|(part, word)| part.is(word)))
    }

    pub fn has_symbol(&self, symbol: char) -> bool {
        self.rest().contains(&Part::Symbol(symbol))
    }

    /// Skips `words` if they come next; all of them, or none.
    pub fn take(&mut self, words: &[&str]) -> bool {
        let next = self.rest().get(..words.len());
        let found = next.is_some_and(|next| next.iter().zip(words).all(|(part, word)| part.is(word)));
        if found {
            self.at += words.len();
        }
        found
    }

    /// Skips a symbol if it comes next.
    pub fn symbol(&mut self, symbol: char) -> bool {
        let found = self.rest().first() == Some(&Part::Symbol(symbol));
        self.at += usize::from(found);
        found
    }

    /// Skips the next token, and returns it.
    pub fn skip(&mut self) -> Option<Part> {
        let part = self.rest().first().cloned();
        self.at += usize::from(part.is_some());
        part
    }

    /// Reads a name. Of three parts the first, the database, is ignored, as the server does.
    pub fn name(&mut self) -> Option<Written> {
        let mut written = Written { schema: None, name: self.rest().first()?.as_name()? };
        self.at += 1;
        while self.symbol('.') {
            let name = self.rest().first()?.as_name()?;
            self.at += 1;
            written = Written { schema: Some(written.name), name };
        }
        Some(written)
    }
}

fn unquote(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    inner.replace("\"\"", "\"")
}

/// A concurrent build, rebuild or drop, outside of any transaction block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concurrent {
    /// Without a name the server chooses one.
    Create {
        index: Option<Name>,
        table: Written,
    },
    /// An index, a table, or more.
    Reindex {
        what: Option<Written>,
        index: bool,
    },
    Drop {
        index: Written,
    },
}

impl Concurrent {
    /// `None`: the statement is none of these.
    pub fn of(sql: &str) -> Option<Self> {
        let mut parts = Parts::of(sql);
        if parts.take(&["drop", "index", "concurrently"]) {
            parts.take(&["if", "exists"]);
            return Some(Self::Drop { index: parts.name()? });
        }
        if parts.take(&["reindex"]) {
            return Self::reindex(parts);
        }
        if !(parts.take(&["create", "index", "concurrently"])
            || parts.take(&["create", "unique", "index", "concurrently"]))
        {
            return None;
        }
        parts.take(&["if", "not", "exists"]);
        let index = if parts.take(&["on"]) {
            None
        } else {
            let index = parts.name()?.name;
            parts.take(&["on"]).then_some(())?;
            Some(index)
        };
        parts.take(&["only"]);
        Some(Self::Create { index, table: parts.name()? })
    }

    /// `REINDEX [(CONCURRENTLY, …)] {INDEX | TABLE | …} [CONCURRENTLY] name`
    fn reindex(mut parts: Parts) -> Option<Self> {
        let mut concurrently = false;
        if parts.symbol('(') {
            while let Some(part) = parts.skip() {
                concurrently |= part.is("concurrently");
                if part == Part::Symbol(')') {
                    break;
                }
            }
        }
        let index = parts.skip()?.is("index");
        concurrently |= parts.take(&["concurrently"]);
        concurrently.then(|| Self::Reindex { what: parts.name(), index })
    }
}

/// The text with each occurrence of the word outside quotes replaced.
pub fn replace_word(sql: &str, word: &str, by: &str) -> String {
    tokens(sql)
        .map(|token| if token.kind == TokenKind::Ident && token.text == word { by } else { token.text })
        .collect()
}

/// The words of a statement outside quotes, as written.
pub fn bare_words(sql: &str) -> Vec<&str> {
    tokens(sql).filter(|token| token.kind == TokenKind::Ident).map(|token| token.text).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(name: &str) -> Written {
        let mut parts = Parts::of(name);
        parts.name().unwrap()
    }

    #[test]
    fn names_are_found_as_written() {
        let name = written("\"we.ird\"\"\" . Ta_ble (x)");
        assert_eq!((name.schema, name.name), (Some("we.ird\"".into()), "ta_ble".into()));
        assert_eq!(written("app.public.t").to_string(), "public.t");
        assert_eq!(written("\"select\"").to_string(), "\"select\"");
    }

    #[test]
    fn concurrent_statements_are_told_from_others() {
        let create = |index: &str, table: &str| {
            let index = (!index.is_empty()).then(|| index.into());
            Some(Concurrent::Create { index, table: written(table) })
        };
        for (sql, is) in [
            ("create index concurrently a on public.t (x)", create("a", "public.t")),
            ("/* c */ CREATE UNIQUE INDEX\nCONCURRENTLY IF NOT EXISTS \"A\"\"\" ON ONLY t (x)", create("A\"", "t")),
            ("create index concurrently on t (x)", create("", "t")),
            ("drop index concurrently if exists s.i cascade", Some(Concurrent::Drop { index: written("s.i") })),
            ("reindex index concurrently i", Some(Concurrent::Reindex { what: Some(written("i")), index: true })),
            (
                "reindex (verbose, concurrently) table s.t",
                Some(Concurrent::Reindex { what: Some(written("s.t")), index: false }),
            ),
            ("reindex table t", None),
            ("create index concurrently_not on t (x)", None),
            ("create index i on concurrently (x)", None),
            ("comment on index i is 'create index concurrently'", None),
        ] {
            assert_eq!(Concurrent::of(sql), is, "{sql}");
        }
    }
}
