//! Two texts side by side, reduced to the lines that differ. Invisible characters are escaped.

use std::iter::zip;

use crate::domain::name::printable;

/// Stands for a side that does not exist.
const NONE: &str = "(none)";
const WITHOUT: &str = "(without these lines)";
const EMPTY: &str = "(empty line)";

/// The lines of each text that the other one does not have. Neither list is ever empty.
pub fn apart(one: Option<&str>, other: Option<&str>) -> [Vec<String>; 2] {
    let (Some(one), Some(other)) = (one, other) else {
        return [one, other].map(|text| shown(&lines(text.unwrap_or(NONE)), &[]));
    };
    let (one, other) = (lines(one), lines(other));
    let (mut left, mut right) = (one.as_slice(), other.as_slice());
    if left != right {
        let head = zip(left, right).take_while(|(a, b)| a == b).count();
        (left, right) = (left.get(head..).unwrap_or_default(), right.get(head..).unwrap_or_default());
        let tail = zip(left.iter().rev(), right.iter().rev()).take_while(|(a, b)| a == b).count();
        let cut = |side: &'_ [_]| side.len().saturating_sub(tail);
        (left, right) = (left.get(..cut(left)).unwrap_or_default(), right.get(..cut(right)).unwrap_or_default());
    }
    let (mine, theirs) = (only(left, right), only(right, left));
    if mine.is_empty() && theirs.is_empty() {
        // The same lines, in another order or number.
        return [shown(left, right), shown(right, left)];
    }
    [shown(&mine, &theirs), shown(&theirs, &mine)]
}

/// Not `str::lines`, which ignores the difference of CR LF and LF, and of a missing final LF.
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

fn only<'t>(side: &[&'t str], other: &[&str]) -> Vec<&'t str> {
    side.iter().copied().filter(|line| !other.contains(line)).collect()
}

fn shown(side: &[&str], other: &[&str]) -> Vec<String> {
    if side.is_empty() {
        return vec![WITHOUT.into()];
    }
    let show = |line: &&str| {
        let bare = visible(line);
        let looks_like_another = other.iter().any(|theirs| theirs != line && visible(theirs) == bare);
        match (line.is_empty(), bare.is_empty() || looks_like_another) {
            (true, _) => EMPTY.to_owned(),
            (false, true) => spelled(line),
            (false, false) => printable(line).into_owned(),
        }
    };
    side.iter().map(show).collect()
}

fn visible(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c)).collect()
}

/// In addition to white space and control characters: characters without width, and bidirectional marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Every invisible character as an escape; blanks only at the end of the line.
fn spelled(line: &str) -> String {
    let text = line.trim_end_matches(' ');
    let escape = |c: char| c != ' ' && (c.is_whitespace() || c.is_control() || is_invisible(c));
    let mut out: String =
        text.chars().map(|c| if escape(c) { c.escape_default().to_string() } else { c.into() }).collect();
    out.push_str(&"\\x20".repeat(line.len() - text.len()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_lines(one: &str, other: &str) -> [String; 2] {
        apart(Some(one), Some(other)).map(|lines| lines.join("|"))
    }

    #[test]
    fn invisible_characters_are_escaped() {
        for (one, other, one_lines, other_lines) in [
            ("a\nb\n", "a\r\nb\r\n", "a|b", "a\\r|b\\r"),
            ("a\r\nb", "a\nb", "a\\r", "a"),
            ("a\nb", "a\n\tb", "b", "\\tb"),
            ("a\n    b", "a\n\tb", "    b", "\\tb"),
            ("a\nb", "a\nb  ", "b", "b\\x20\\x20"),
            ("select 1", "select\u{a0}1", "select 1", "select\\u{a0}1"),
            ("ab", "a\u{200b}b", "ab", "a\\u{200b}b"),
            ("\u{feff}ab\nc", "ab\nc", "\\u{feff}ab", "ab"),
            ("a\nb", "a\nb\n", "(without these lines)", "(empty line)"),
            ("a\n\nb", "a\n \nb", "(empty line)", "\\x20"),
            ("a\nb\nc", "a\nc\nb", "b|c", "c|b"),
            ("a\nb", "a\nb\nb", "(without these lines)", "b"),
            ("a", "a\nb", "(without these lines)", "b"),
            ("x\na b\ny", "x\n\tc\ny", "a b", "\tc"),
            ("\u{1b}[2Ja", "b", "\\u{1b}[2Ja", "b"),
            ("a\nb", "a\nb", "a|b", "a|b"),
        ] {
            assert_eq!(shown_lines(one, other), [one_lines, other_lines], "{one:?} {other:?}");
            assert_eq!(shown_lines(other, one), [other_lines, one_lines], "{other:?} {one:?}");
        }
    }

    #[test]
    fn a_missing_side_leaves_the_other_one_complete() {
        let whole = || vec!["a\\r".to_owned(), "(empty line)".into(), "b".into()];
        assert_eq!(apart(None, Some("a\r\n\nb")), [vec![NONE.to_owned()], whole()]);
        assert_eq!(apart(Some("a\r\n\nb"), None), [whole(), vec![NONE.to_owned()]]);
    }
}
