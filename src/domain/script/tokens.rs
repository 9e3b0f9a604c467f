//! The tokens of an SQL text, for searches that must skip quoted text and comments.

use squawk_lexer::{TokenKind, tokenize};

#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub kind: TokenKind,
    /// Its offset.
    pub at: usize,
    pub text: &'a str,
}

impl Token<'_> {
    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }

    pub fn is_blank(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } | TokenKind::Eof
        )
    }

    /// A quoted name or a literal, whose content is not SQL.
    pub fn is_quoted(&self) -> bool {
        matches!(self.kind, TokenKind::QuotedIdent { .. } | TokenKind::Literal { .. })
    }
}

/// All tokens, including blanks and comments.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut end = 0;
    tokenize(text).map(move |token| {
        let at = end;
        end += token.len as usize;
        Token { kind: token.kind, at, text: text.get(at..end).unwrap_or_default() }
    })
}
