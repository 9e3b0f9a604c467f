//! What may be a row's value: told to holders of a token and at the terminal, and never to strangers, nor in what is kept for
//! good. Here is how it is marked, and what each of them reads; nothing else decides it.
//!
//! A server's words go a long way, through errors that quote errors, into journals, reports and pages, and only where they
//! leave the program is it known who reads them. So they are marked inside the text itself, by characters that Unicode
//! keeps for a program's own use, together with what stands in their place for everybody else. Where text leaves, [`public`]
//! or [`full`] takes the marks away: the answers of `http`, alerts, the log, the command line, and the state store, which
//! keeps both apart.

use std::borrow::Cow;
use std::io::{self, Write};

/// Then follow the words, then what everybody reads instead.
const OPEN: char = '\u{fdd0}';
const INSTEAD: char = '\u{fdd1}';
const CLOSE: char = '\u{fdd2}';

/// All marks, as UTF-8, begin so.
const FIRST_BYTES: [u8; 2] = [0xef, 0xb7];

/// Marks `words`. Strangers read `instead`.
pub fn mark(words: &str, instead: &str) -> String {
    format!("{OPEN}{}{INSTEAD}{}{CLOSE}", bare(words), bare(instead))
}

/// As everybody may read it.
pub fn public(text: &str) -> Cow<'_, str> {
    render(text, false)
}

/// As holders of a token read it.
pub fn full(text: &str) -> Cow<'_, str> {
    render(text, true)
}

/// The same of a text in which `Debug` has escaped the marks, as it does in log lines.
pub fn public_line(line: &str) -> String {
    let marks = [OPEN, INSTEAD, CLOSE].map(|mark| (mark.escape_unicode().to_string(), mark));
    let line = marks.iter().fold(line.to_owned(), |line, (escaped, mark)| line.replace(escaped, &mark.to_string()));
    public(&line).into_owned()
}

/// Whether there is anything to take away, in UTF-8.
pub fn is_marked(bytes: &[u8]) -> bool {
    bytes.windows(FIRST_BYTES.len()).any(|pair| pair == FIRST_BYTES)
}

/// Marks in a name or in the words themselves would hide, or show, what is not theirs.
fn bare(text: &str) -> Cow<'_, str> {
    if is_marked(text.as_bytes()) { text.replace([OPEN, INSTEAD, CLOSE], "").into() } else { text.into() }
}

fn render(text: &str, full: bool) -> Cow<'_, str> {
    if !is_marked(text.as_bytes()) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once(CLOSE) {
        // The innermost one, for a mark that somebody has put into a name may stand before it.
        match head.rsplit_once(OPEN).and_then(|(before, marked)| Some((before, marked.split_once(INSTEAD)?))) {
            Some((before, (words, instead))) => {
                out.push_str(&bare(before));
                out.push_str(if full { words } else { instead });
            }
            None => out.push_str(&bare(head)),
        }
        rest = tail;
    }
    out.push_str(&bare(rest));
    out.into()
}

/// Shows the words in what is written through it, whole or in pieces. Pieces begin and end with whole characters.
#[derive(Debug)]
pub struct Full<W> {
    to: W,
    /// Between [`INSTEAD`] and [`CLOSE`].
    skips: bool,
}

impl<W: Write> Full<W> {
    pub fn new(to: W) -> Self {
        Self { to, skips: false }
    }
}

impl<W: Write> Write for Full<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) if self.skips || is_marked(bytes) => text,
            Ok(_) | Err(_) => return self.to.write_all(bytes).map(|()| bytes.len()),
        };
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                OPEN => {}
                INSTEAD => self.skips = true,
                CLOSE => self.skips = false,
                c if !self.skips => shown.push(c),
                _ => {}
            }
        }
        self.to.write_all(shown.as_bytes()).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_reads_what_is_meant_for_him() {
        let text = format!("probe `p`: {} (SQLSTATE {})", mark("no \"secret\"", "raised"), "P0001");
        assert_eq!(full(&text), "probe `p`: no \"secret\" (SQLSTATE P0001)");
        assert_eq!(public(&text), "probe `p`: raised (SQLSTATE P0001)");
        assert_eq!(public_line(&format!("error={text:?}")), "error=\"probe `p`: raised (SQLSTATE P0001)\"");
        let json = serde_json::to_string(&[&text, &text]).unwrap();
        let read: Vec<String> = serde_json::from_str(&public(&json)).unwrap();
        assert_eq!(read, [public(&text), public(&text)]);
        assert!(!is_marked(public(&json).as_bytes()) && !is_marked(full(&json).as_bytes()));
    }

    #[test]
    fn marks_of_others_neither_hide_nor_show() {
        let mean = "a\u{fdd0}b\u{fdd1}c\u{fdd2}d";
        assert_eq!(public(&mark(mean, "x")), "x");
        assert_eq!(full(&mark(mean, "x")), "abcd");
        // In a name before, after, or without an end.
        for name in ["\u{fdd0}n", "n\u{fdd1}", "\u{fdd2}n", "\u{fdd0}\u{fdd1}n"] {
            let text = format!("{name}: {} {name}", mark("secret", "x"));
            assert_eq!(public(&text), "n: x n");
            assert_eq!(full(&text), "n: secret n");
        }
    }

    #[test]
    fn pieces_are_shown_like_the_whole() {
        let text = format!("a{}b{}", mark("1", "x"), mark("ä2", "y"));
        let mut out = Full::new(Vec::new());
        for c in text.chars() {
            write!(out, "{c}").unwrap();
        }
        assert_eq!(String::from_utf8(out.to).unwrap(), full(&text));
    }
}
