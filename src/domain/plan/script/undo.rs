//! Undo in the script: drops a constraint that an earlier step has added and the rows then violate. Otherwise it would
//! refuse rows that the application could write before.

use crate::domain::name::{dollar_quoted, literal, one_line};
use crate::domain::plan::{PutBack, Undo};

/// Stores the reason until it is reported: the undo has to be committed before the script ends.
const REASON: &str = "schemawarden.refused";

/// The body of a block that runs the statement, or undoes what would be left. Locks are requested again, each for as
/// long as the step may wait: the locks of the step itself have been released by then.
pub(super) fn or_taken_back(sql: &str, undo: &Undo) -> String {
    let what = undo.puts_back.as_ref().map_or(&undo.sql, |before| &before.sql);
    let left = literal(&format!("; what was added for it refuses new rows, do {}", one_line(what)));
    let taken = literal(&format!("; what was added for it has been taken back: {}", one_line(&undo.sql)));
    let (declared, take) = match &undo.puts_back {
        None => (
            "",
            format!(
                " EXECUTE {}; END IF;
      PERFORM set_config('{REASON}', why || {taken}, false);",
                dollar_quoted(&undo.sql)
            ),
        ),
        Some(before) => (
            "
  back text := '';",
            put_back(undo, before, &taken),
        ),
    };
    format!(
        "DECLARE
  why text;{declared}
BEGIN
  PERFORM set_config('{REASON}', '', false);
  EXECUTE {};
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF {} THEN{take}
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('{REASON}', why || {left}, false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END",
        dollar_quoted(sql),
        undo.only_if,
    )
}

/// The old constraint is restored; if it cannot be added, at least the new one is dropped.
fn put_back(undo: &Undo, before: &PutBack, taken: &str) -> String {
    let back = literal(&format!(
        "; what was added for it has been taken back, and what was there before put back: {}",
        one_line(&before.sql)
    ));
    format!(
        "
        BEGIN
          EXECUTE {};
          back := {back};
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN RAISE;
        WHEN OTHERS THEN
          back := {taken} || '; what was there before could not be put back: ' || SQLERRM;
          EXECUTE {};
        END;
      END IF;
      PERFORM set_config('{REASON}', why || back, false);",
        dollar_quoted(&before.sql),
        dollar_quoted(&undo.sql),
    )
}

/// The body of a block that validates the restored constraint if it was valid. It scans, so the locks under which the
/// constraint was restored have been released before.
pub(super) fn validated(before: &PutBack) -> Option<String> {
    let sql = before.validate.as_ref()?;
    let not_valid = literal(&format!("; it is NOT VALID now, which {} ends: ", one_line(sql)));
    Some(format!(
        "BEGIN
  IF current_setting('{REASON}', true) <> '' AND {} THEN EXECUTE {}; END IF;
EXCEPTION WHEN OTHERS THEN
  PERFORM set_config('{REASON}', current_setting('{REASON}') || {not_valid} || SQLERRM, false);
END",
        before.is_not_valid,
        dollar_quoted(sql),
    ))
}

/// The body of a block that ends the script with the reason, if there is one.
pub(super) fn refused(title: &str) -> String {
    let title = literal(&format!("{}: ", one_line(title)));
    format!(
        "BEGIN IF current_setting('{REASON}', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = {title} || \
         current_setting('{REASON}'), HINT = 'Correct the rows, and plan again.'; END IF; END"
    )
}
