//! The names of backups: `target.time.remediation.dump`, or `.dir` for a folder of files. Only a name of this form is
//! recognised, so that no other file is ever removed.

use chrono::{DateTime, NaiveDateTime, Utc};

const TIME: &str = "%Y%m%dT%H%M%SZ";

/// Suffix of an incomplete backup.
pub(super) const PARTIAL: &str = "partial";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One file, `pg_dump -Fc`.
    Custom,
    /// A folder of files, `pg_dump -Fd`.
    Directory,
}

impl Form {
    fn extension(self) -> &'static str {
        match self {
            Self::Custom => "dump",
            Self::Directory => "dir",
        }
    }

    /// The form of a backup of any target.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Custom, Self::Directory].into_iter().find(|form| name.ends_with(&format!(".{}", form.extension())))
    }
}

/// Names of one target sort by time.
pub(super) fn name(target: &str, at: DateTime<Utc>, remediation: &str, form: Form) -> String {
    format!("{}.{}.{}.{}", encoded(target), at.format(TIME), encoded(remediation), form.extension())
}

/// Whether it is the name of a complete backup of this target.
pub(super) fn is_backup(target: &str, name: &str) -> bool {
    parts(target, name).is_some_and(|end| matches!(end, "dump" | "dir"))
}

/// Whether it is the name of an incomplete backup of this target.
pub(super) fn is_leftover(target: &str, name: &str) -> bool {
    parts(target, name).is_some_and(|end| end == PARTIAL)
}

/// The part behind the third dot, if the rest has our form.
fn parts<'a>(target: &str, name: &'a str) -> Option<&'a str> {
    let rest = name.strip_prefix(&encoded(target))?.strip_prefix('.')?;
    let (time, rest) = rest.split_once('.')?;
    NaiveDateTime::parse_from_str(time, TIME).ok()?;
    let (remediation, end) = rest.split_once('.')?;
    (!remediation.is_empty() && remediation.bytes().all(is_plain)).then_some(end)
}

/// Encodes a text, so that different texts have different names: dots, slashes and other special bytes are escaped.
fn encoded(text: &str) -> String {
    let spell = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("={byte:02X}") };
    text.bytes().map(spell).collect()
}

fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether the byte needs no escape.
fn is_plain(byte: u8) -> bool {
    plain(byte) || byte == b'='
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_our_names_are_recognised() {
        let at = "2026-11-23T13:43:05Z".parse().unwrap();
        let named = name("community", at, "018f-a.b/c", Form::Custom);
        assert_eq!(named, "community.20261123T134305Z.018f-a=2Eb=2Fc.dump");
        assert!(is_backup("community", &named));
        assert!(is_backup("a.b/c d", &name("a.b/c d", at, "x", Form::Directory)));
        for other in [
            "community.dump",
            "community.2026.x.dump",
            "community.20261123T134305Z.x.dump.gz",
            "community.20261123T134305Z.x.partial",
            "community.20261123T134305Z..dump",
            "community.20261123T134305Z.x y.dump",
            "community.20261123T134305Z.x.dump~",
            "community2.20261123T134305Z.x.dump",
            "notes.txt",
        ] {
            assert!(!is_backup("community", other), "{other}");
        }
        assert!(is_leftover("community", "community.20261123T134305Z.x.partial"));
        // The name of another target that begins with this target's name.
        let other = name("community.20261123T134305Z", at, "x", Form::Custom);
        assert!(!is_backup("community", &other));
    }

    #[test]
    fn names_sort_by_time() {
        let at = |time: &str| name("t", time.parse().unwrap(), "z", Form::Custom);
        assert!(at("2026-09-30T23:59:59Z") < at("2026-10-01T00:00:00Z"));
    }
}
