//! Taking back in the script what a step before has added and the rows then refuse. Left behind, it would refuse rows that
//! the application could write before.

use crate::domain::name::{dollar_quoted, literal, one_line};
use crate::domain::plan::Undo;

/// Where the reason lies until it has been told: what is taken back has to be committed before the script ends.
const REASON: &str = "schemawarden.refused";

/// The body of a block that does this, or takes back what would be left. Locks are asked for again, each time for as long
/// as the step may wait for them: those of the step itself are gone by then.
pub(super) fn or_taken_back(sql: &str, undo: &Undo) -> String {
    let back = literal(&format!("; what was added for it has been taken back: {}", one_line(&undo.sql)));
    let left = literal(&format!("; what was added for it refuses new rows, do {}", one_line(&undo.sql)));
    format!(
        "DECLARE
  why text;
BEGIN
  PERFORM set_config('{REASON}', '', false);
  EXECUTE {};
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) NOT IN ('22', '23', 'P0') THEN RAISE; END IF;
  why := SQLERRM;
  FOR attempt IN 1..8 LOOP
    BEGIN
      IF {} THEN EXECUTE {}; END IF;
      PERFORM set_config('{REASON}', why || {back}, false);
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM set_config('{REASON}', why || {left}, false);
      PERFORM pg_sleep(attempt * 0.25);
    END;
  END LOOP;
END",
        dollar_quoted(sql),
        undo.only_if,
        dollar_quoted(&undo.sql),
    )
}

/// The body of a block that ends the script with the reason, where there is one.
pub(super) fn refused(title: &str) -> String {
    let title = literal(&format!("{}: ", one_line(title)));
    format!(
        "BEGIN IF current_setting('{REASON}', true) <> '' THEN RAISE EXCEPTION USING MESSAGE = {title} || \
         current_setting('{REASON}'), HINT = 'Correct the rows, and plan again.'; END IF; END"
    )
}
