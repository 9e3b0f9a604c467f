//! A restore that would end so again is not tried again, and says what a human does.

use super::*;
use crate::backup::faults::programs;

/// What the daemon says before each further try.
const AGAIN: &str = "phases: retrying";

async fn is_left_to_a_human(site: &Site, first: &str, told: &str, tries: usize) {
    let before = site.daemon.log().matches(AGAIN).count();
    let back = site.take_back(first, true).await;
    let (end, journal) = site.ended(&back).await;
    assert_eq!(end, "needs_human", "{journal:?}\n{}", site.daemon.log());
    let said = said(&journal, "rollback");
    let ways = [
        told.to_owned(),
        format!("`schemawarden rollback --remediation {first} --from-backup`"),
        format!("`schemawarden resolve --remediation {back}`"),
    ];
    for way in &ways {
        assert!(said.contains(way.as_str()), "no {way} in {said}");
    }
    assert_eq!(site.daemon.log().matches(AGAIN).count() - before, tries - 1, "{}", site.daemon.log());
    let report = site.daemon.text(&format!("/api/v1/remediations/{back}/report.md")).await;
    assert!(
        report.contains(&format!("schemawarden rollback --remediation {first} --from-backup   # again")),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_would_be_refused_again_is_left_to_a_human_at_once() {
    let bin = tempfile::tempdir().unwrap();
    programs(bin.path(), "exec \"$real\" \"$@\"");
    let backup = Some(format!("folder = 'backups'\nbin_dir = '{}'", bin.path().display()));
    let site = Site::start(&Wish { backup, ..Wish::default() }).await;
    let first = site.remediate().await;
    let (end, journal) = site.ended(&first).await;
    assert_eq!(end, "done", "{journal:?}\n{}", site.daemon.log());

    // The server refuses it, after more warnings than are kept.
    site.database.run(
        "create function deny() returns event_trigger language plpgsql as
         $$begin for i in 1..20 loop raise warning '%', i; end loop; raise 'not now'; end$$;
         create event trigger deny on sql_drop execute function deny()",
    );
    is_left_to_a_human(&site, &first, "(SQLSTATE P0001)", 1).await;
    site.database.run("drop event trigger deny; drop function deny()");

    // A program fails: it may be its host's fault once, and not when it says the same again.
    let pg_restore = bin.path().join("pg_restore");
    let real = std::fs::read_to_string(&pg_restore).unwrap();
    let fails = "case \" $* \" in *' --clean '*) echo 'pg_restore: error: it is broken' >&2; exit 1;; esac\nexec";
    std::fs::write(&pg_restore, real.replace("\nexec", &format!("\n{fails}"))).unwrap();
    is_left_to_a_human(&site, &first, "pg_restore failed: it is broken", 2).await;
    assert!(site.holds(), "nothing was put back");
    std::fs::write(&pg_restore, real).unwrap();

    let (end, journal) = site.ended(&site.take_back(&first, true).await).await;
    assert_eq!(end, "done", "{journal:?}\n{}", site.daemon.log());
    is_the_same(&site.before, &site.database);
}
