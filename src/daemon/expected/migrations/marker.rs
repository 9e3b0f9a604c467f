//! Markers: the comments by which a migration tool finds its way through a file. A marker is data, matched piece by piece.
//!
//! Pure. What is a comment, and what is text in a string or in a routine's body, the tokenizer has decided before.

/// A comment that means something to a tool.
#[derive(Clone, Copy, Debug)]
pub struct Marker {
    /// What it looks like, from its first dash.
    pub form: &'static [Piece],
    pub place: Place,
    pub turn: Turn,
}

/// Where on its line a marker may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the first column.
    Start,
    /// After blanks.
    Indented,
    /// Also after SQL.
    Anywhere,
}

/// What follows from a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// From here on it is run.
    Up,
    /// From here on it undoes, and is not run.
    Down,
    /// From here on it is neither.
    Off,
    /// A statement ends here, with or without a semicolon.
    End,
    /// What follows in the comment ends statements from here on.
    Delimiter,
    /// What follows in the comment says for which servers the part is.
    Servers,
    /// From here on variables are replaced, or are no longer.
    Variables(bool),
    /// Nothing that was read before is run: this file begins again.
    Afresh,
    /// What the tool does here is not done, and changes little.
    Told(&'static str),
    /// What the tool does here cannot be done.
    Refused(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// This text.
    Is(&'static str),
    /// This text in any case.
    Like(&'static str),
    /// Any number of these characters, also none.
    Many(&'static str),
    /// At least one blank.
    Blank,
    /// Anything up to this text, in any case.
    Then(&'static str),
    /// A blank, or nothing more.
    Edge,
    /// Nothing more but blanks.
    End,
}

const BLANKS: [char; 2] = [' ', '\t'];

impl Marker {
    /// What follows the marker, where the comment is one.
    pub fn find<'c>(&self, before: &str, comment: &'c str) -> Option<&'c str> {
        let fits = match self.place {
            Place::Start => before.is_empty(),
            Place::Indented => before.trim().is_empty(),
            Place::Anywhere => true,
        };
        self.form.iter().try_fold(comment, |rest, piece| piece.take(rest)).filter(|_| fits)
    }
}

impl Piece {
    fn take<'c>(&self, rest: &'c str) -> Option<&'c str> {
        match self {
            Self::Is(text) => rest.strip_prefix(text),
            Self::Like(text) => {
                let (start, rest) = rest.split_at_checked(text.len())?;
                start.eq_ignore_ascii_case(text).then_some(rest)
            }
            Self::Many(of) => Some(rest.trim_start_matches(|c| of.contains(c))),
            Self::Blank => rest.strip_prefix(BLANKS).map(|rest| rest.trim_start_matches(BLANKS)),
            Self::Then(text) => {
                let at = rest.to_ascii_lowercase().find(&text.to_ascii_lowercase())?;
                rest.get(at + text.len()..)
            }
            Self::Edge => (rest.is_empty() || rest.starts_with(BLANKS)).then_some(rest),
            Self::End => rest.trim().is_empty().then_some(rest),
        }
    }
}

/// Words by which people and tools say that something undoes.
pub const UNDO: [&str; 9] =
    ["down", "downs", "undo", "undone", "rollback", "rollbacks", "revert", "reverse", "downgrade"];

/// What may stand beside such a word in a heading. Anything else makes it a sentence about something.
const BESIDE: [&str; 28] = [
    "migrate",
    "migration",
    "migrations",
    "migrator",
    "goose",
    "micrate",
    "rambler",
    "dbmate",
    "sql",
    "schema",
    "db",
    "database",
    "up",
    "section",
    "part",
    "script",
    "scripts",
    "begin",
    "start",
    "here",
    "below",
    "above",
    "drop",
    "create",
    "step",
    "steps",
    "changes",
    "this",
];

/// Whether a comment reads as the heading of a part that undoes: `-- down`, `--!Downs`, `-- ROLLBACK script`.
pub fn looks_undoing(comment: &str) -> bool {
    let words: Vec<String> =
        comment.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_lowercase).collect();
    let is_undo = |word: &&String| UNDO.contains(&word.as_str());
    words.iter().any(|word| is_undo(&word))
        && words.iter().all(|word| is_undo(&word) || BESIDE.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_undo_parts_are_told_from_sentences() {
        for heading in [
            "-- down",
            "--DOWN migration",
            "-- migrate:down",
            "--  +goose   Down",
            "-- +migrate Down",
            "---- create above / drop below ----".replace("drop", "undo").as_str(),
            "-- !Downs",
            "-- //@UNDO",
            "-- ==== DOWN ====",
            "-- rambler down",
            "--- Rollback script:",
            "-- revert this migration",
        ] {
            assert!(looks_undoing(heading), "{heading}");
        }
        for sentence in [
            "-- migrate:up",
            "-- counts down to zero",
            "-- Name: undo; Type: FUNCTION; Schema: public; Owner: -",
            "--rollback drop table t;",
            "-- the rollback of a payment",
            "--",
        ] {
            assert!(!looks_undoing(sentence), "{sentence}");
        }
    }

    #[test]
    fn pieces_match_one_after_the_other() {
        let marker = Marker {
            form: &[
                Piece::Is("--"),
                Piece::Many(" \t"),
                Piece::Like("+goose"),
                Piece::Blank,
                Piece::Like("down"),
                Piece::End,
            ],
            place: Place::Start,
            turn: Turn::Down,
        };
        for comment in ["-- +goose Down", "--+goose Down", "--\t +GOOSE  down  "] {
            assert!(marker.find("", comment).is_some(), "{comment}");
        }
        for (before, comment) in [("", "-- +gooseDown"), ("", "-- +goose Down!"), (" ", "-- +goose Down"), ("", "--ä")]
        {
            assert!(marker.find(before, comment).is_none(), "{comment}");
        }
    }
}
