//! Markers: the comments that structure a file for a migration tool. A marker is data, matched piece by piece.
//!
//! Pure. The tokenizer has already separated comments from strings and routine bodies.

/// A comment with a meaning for a tool.
#[derive(Clone, Copy, Debug)]
pub struct Marker {
    /// Its form, from the first dash on.
    pub form: &'static [Piece],
    pub place: Place,
    pub turn: Turn,
}

/// Where on a line a marker may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the first column.
    Start,
    /// After blanks.
    Indented,
    /// Also after SQL.
    Anywhere,
}

/// The effect of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// What follows is run.
    Up,
    /// What follows undoes the migration, and is not run.
    Down,
    /// What follows belongs to neither part.
    Off,
    /// A statement ends here, with or without a semicolon.
    End,
    /// The rest of the comment is the new statement delimiter.
    Delimiter,
    /// The rest of the comment lists the servers that the part is for.
    Servers,
    /// Turns the substitution of variables on or off.
    Variables(bool),
    /// Everything read so far is discarded; the expectation restarts with this file.
    Checkpoint,
    /// The tool acts here, and the daemon does not; the reader gets a note. The effect on the schema is small.
    NotDone(&'static str),
    /// The tool acts here in a way that the daemon cannot reproduce; the file is refused.
    Refused(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// This text.
    Is(&'static str),
    /// This text in any case.
    Like(&'static str),
    /// Any number of these characters, including none.
    Many(&'static str),
    /// At least one blank.
    Blank,
    /// Anything up to and including this text, in any case.
    Then(&'static str),
    /// A blank, or the end of the comment.
    Edge,
    /// Only blanks up to the end.
    End,
}

const BLANKS: [char; 2] = [' ', '\t'];

impl Marker {
    /// If the comment matches, what follows the marker in it.
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

/// Words that mark an undo part in headings of people and tools.
pub const UNDO: [&str; 9] =
    ["down", "downs", "undo", "undone", "rollback", "rollbacks", "revert", "reverse", "downgrade"];

/// Words that may accompany one of these in a heading. With any other word, the comment is a sentence.
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

/// Whether a comment reads like the heading of an undo part: `-- down`, `--!Downs`, `-- ROLLBACK script`.
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
    fn headings_of_undo_parts_differ_from_sentences() {
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
