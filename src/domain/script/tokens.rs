//! The tokens of a piece of SQL, for those who look for something in it that must not stand in quotes or comments.

use squawk_lexer::{TokenKind, tokenize};

#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub kind: TokenKind,
    /// Where it begins.
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

    /// A name in quotes, or a literal: whatever it holds is no SQL.
    pub fn is_quoted(&self) -> bool {
        matches!(self.kind, TokenKind::QuotedIdent { .. } | TokenKind::Literal { .. })
    }
}

/// All of them, blanks and comments, too.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut end = 0;
    tokenize(text).map(move |token| {
        let at = end;
        end += token.len as usize;
        Token { kind: token.kind, at, text: text.get(at..end).unwrap_or_default() }
    })
}
