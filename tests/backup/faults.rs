//! What goes wrong with a backup: the programs, the disk, the operator who stops it, and what becomes of it later.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use schemawarden::domain::confidential::full;
use schemawarden::effects::backup::{self, BackupError, BackupSpec};
use tokio_util::sync::CancellationToken;

use super::{community, content, names, over_tcp, restore, store, take, to_folder};
use crate::support::{Database, SmallDisk, client, eventually, processes_in, psql};

/// Puts programs into `folder` that are the real ones, but that `pg_dump` does as the shell script says, which finds the
/// real one in `$real`. Asked for its version, it tells the truth.
pub fn programs(folder: &Path, pg_dump: &str) {
    let write = |name: &str, script: &str| {
        let real = client(name);
        let text = format!(
            "#!/bin/sh\nreal='{}'\n[ \"$1\" = --version ] && exec \"$real\" --version\n{script}\n",
            real.display()
        );
        write_program(&folder.join(name), &text);
    };
    write("pg_dump", pg_dump);
    write("pg_restore", "exec \"$real\" \"$@\"");
    write("psql", "exec \"$real\" \"$@\"");
}

/// By a process of its own: a program cannot be started while any process has it open for writing, and what other tests
/// start in this moment inherits what we have open.
fn write_program(path: &Path, text: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", "printf %s \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh"]).arg(path).arg(text);
    assert!(shell.status().unwrap().success());
}

#[tokio::test]
async fn a_dump_that_fails_is_no_backup_and_says_why() {
    let ((folder, spec), database, bin) = (store(), community(), tempfile::tempdir().unwrap());
    let spec = BackupSpec { bin_dir: Some(bin.path().into()), ..spec };
    for (script, message) in [
        (
            "echo half; { echo 'pg_dump: warning: w'; echo 'pg_dump: error: query failed: ERROR:  lost'; \
             echo 'DETAIL:  Key (email)=(ada@example.com)'; echo 'pg_dump: detail: Query was: x'; } >&2; exit 1",
            "pg_dump failed: query failed: ERROR:  lost; detail: Query was: x",
        ),
        (
            "\"$real\" \"$@\" | head -c 50000; kill -9 $$",
            "pg_dump failed: it ended with signal: 9 (SIGKILL) and no word",
        ),
        ("echo no archive", "cannot be read by pg_restore: input file does not appear to be a valid archive"),
        ("\"$real\" \"$@\" | head -c 300", "cannot be read by pg_restore: "),
        ("yes 'pg_dump: error: again and again' | head -n 1000000 >&2; exit 1", "pg_dump failed: again and again; "),
    ] {
        programs(bin.path(), script);
        let error = full(&take(&spec, &database, &[]).await.unwrap_err().to_string()).into_owned();
        assert!(error.contains(message) && error.len() < 1000, "{error}");
        assert!(names(folder.path()).is_empty(), "{script}");
    }
}

#[tokio::test]
async fn a_role_that_may_not_read_everything_gets_no_backup() {
    let ((folder, spec), database) = (store(), community());
    database.run(&format!("create role {0}_reader login password 'hunter2'", database.name));
    let url = database.url();
    let address = url.split_once('@').unwrap().1;
    let source =
        schemawarden::pg::Source::parse(&format!("postgres://{}_reader:hunter2@{address}", database.name).into());
    let stop = CancellationToken::new();
    let error = backup::take(&spec, &source.unwrap(), "t", "r", &[], &|_| {}, &stop).await.unwrap_err().to_string();
    assert!(error.contains("permission denied for table") && !error.contains("hunter2"), "{error}");
    assert!(names(folder.path()).is_empty());
    psql("postgres", &format!("drop role {}_reader", database.name));
}

/// A name that is on no command line, and nothing of ours in the environment.
#[tokio::test]
async fn the_password_is_in_the_environment_of_the_program_and_nowhere_else() {
    let ((folder, spec), database, bin) = (store(), community(), tempfile::tempdir().unwrap());
    programs(
        bin.path(),
        &format!(
            "env | sort >{0}/env; tr '\\0' ' ' </proc/$$/cmdline >{0}/line; exec \"$real\" \"$@\"",
            bin.path().display()
        ),
    );
    let spec = BackupSpec { bin_dir: Some(bin.path().into()), ..spec };
    take(&spec, &database, &[]).await.unwrap();
    let url: url::Url = database.url().parse().unwrap();
    let (line, env) = (fs::read_to_string(bin.path().join("line")), fs::read_to_string(bin.path().join("env")));
    let (line, env) = (line.unwrap(), env.unwrap());
    assert!(env.contains(&format!("PGPASSWORD={}\n", url.password().unwrap())), "{env}");
    assert!(line.contains("--lock-wait-timeout=30000") && !line.contains(url.password().unwrap()), "{line}");
    let known = [
        "HOME",
        "LC_ALL",
        "LD_LIBRARY_PATH",
        "PATH",
        "PGAPPNAME",
        "PGCONNECT_TIMEOUT",
        "PGDATABASE",
        "PGGSSENCMODE",
        "PGHOST",
        "PGOPTIONS",
        "PGPASSWORD",
        "PGPORT",
        "PGSSLMODE",
        "PGUSER",
        "PWD",
        "OLDPWD",
        "SHLVL",
        "_",
    ];
    for name in env.lines().map(|line| line.split('=').next().unwrap()) {
        assert!(known.contains(&name), "{name} is inherited");
    }
    assert_eq!(names(folder.path()).len(), 1);
}

#[tokio::test]
async fn programs_that_do_not_fit_the_server_are_found_out_before() {
    let ((_folder, spec), database, bin) = (store(), community(), tempfile::tempdir().unwrap());
    let spec = BackupSpec { bin_dir: Some(bin.path().into()), ..spec };
    let check = async || backup::check(&spec, &over_tcp(&database), &[]).await.unwrap_err().to_string();
    let server = crate::support::postgres().version() / 10_000;
    assert!(
        check()
            .await
            .starts_with(&format!("no pg_dump, pg_restore and psql that fit PostgreSQL {server}: none found in"))
    );
    for name in ["pg_dump", "pg_restore", "psql"] {
        write_program(&bin.path().join(name), &format!("#!/bin/sh\necho '{name} (PostgreSQL) 13.4 (Debian)'\n"));
    }
    let old = check().await;
    assert!(old.contains("/pg_dump is of 13. They must not be older than the server"), "{old}");
}

#[tokio::test]
async fn folders_without_room_are_found_out_before_and_full_ones_on_the_way() {
    let (database, folder, bin) = (community(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let missing = to_folder(&folder.path().join("missing"));
    let error = backup::check(&missing, &over_tcp(&database), &[]).await.unwrap_err();
    assert!(matches!(error, BackupError::Folder { .. }), "{error}");

    let Some(disk) = SmallDisk::mount("1m") else { return };
    let spec = to_folder(disk.path());
    let small = backup::check(&spec, &over_tcp(&database), &[]).await.unwrap_err();
    let refused = take(&spec, &database, &[]).await.unwrap_err();
    assert!(matches!(small, BackupError::Space { free: ..1_048_577, .. }), "{small}");
    assert!(matches!(refused, BackupError::Space { .. }), "{refused}");

    // It has room for the database, and not for a dump that is larger.
    let Some(disk) = SmallDisk::mount("16m") else { return };
    programs(
        bin.path(),
        "for argument; do case $argument in --file=*) exec >\"${argument#*=}/toc.dat\";; esac; done; \
                          cat /dev/zero 2>/dev/null || { echo 'pg_dump: error: could not write: No space left on device' >&2; exit 1; }",
    );
    for jobs in [1, 2] {
        let spec = BackupSpec { bin_dir: Some(bin.path().into()), jobs, ..to_folder(disk.path()) };
        let full = take(&spec, &database, &[]).await.unwrap_err();
        let left = names(disk.path());
        assert!(matches!(full, BackupError::Full { .. }) && left.is_empty(), "{full} {left:?}");
    }
}

#[tokio::test]
async fn stopped_or_dropped_nothing_stays() {
    let ((folder, spec), database, bin) = (store(), community(), tempfile::tempdir().unwrap());
    programs(bin.path(), "echo begun; sleep 300 & wait");
    for jobs in [1, 2] {
        let spec = BackupSpec { bin_dir: Some(bin.path().into()), jobs, ..spec.clone() };
        let stop = CancellationToken::new();
        let running = async || eventually("it runs", async || (names(folder.path()).len() == 1).then_some(())).await;
        let source = over_tcp(&database);
        let begun = Instant::now();
        let (stopped, ()) = tokio::join!(backup::take(&spec, &source, "t", "r", &[], &|_| {}, &stop), async {
            running().await;
            stop.cancel();
        });
        assert!(matches!(stopped, Err(BackupError::Stopped)));
        assert!(begun.elapsed() < Duration::from_mins(1));
        assert!(names(folder.path()).is_empty());
        eventually("no program is left", async || processes_in(bin.path()).is_empty().then_some(())).await;

        let stop = CancellationToken::new();
        tokio::select! {
            _ = backup::take(&spec, &source, "t", "r", &[], &|_| {}, &stop) => panic!("it ended"),
            () = running() => {}
        }
        assert!(names(folder.path()).is_empty());
        eventually("it has ended", async || processes_in(bin.path()).is_empty().then_some(())).await;
    }
}

/// Somebody changes a definition: the backup waits, and does not hang when it is stopped.
#[tokio::test]
async fn stopped_while_it_waits_for_a_lock_the_server_forgets_it_too() {
    let ((folder, spec), database) = (store(), community());
    let mut other = schemawarden::pg::connect::open(&database.source, database.source.options()).await.unwrap();
    sqlx::raw_sql("begin; lock table posts").execute(&mut other).await.unwrap();
    let sessions = || {
        psql(
            "postgres",
            &format!(
                "select count(*) from pg_stat_activity where datname = '{}' and application_name = 'schemawarden backup'",
                database.name
            ),
        )
    };
    let (stop, source) = (CancellationToken::new(), over_tcp(&database));
    let (stopped, ()) = tokio::join!(backup::take(&spec, &source, "t", "r", &[], &|_| {}, &stop), async {
        eventually("pg_dump is seen", async || (sessions() == "1\n").then_some(())).await;
        stop.cancel();
    });
    assert!(matches!(stopped, Err(BackupError::Stopped)));
    eventually("its session is gone", async || (sessions() == "0\n").then_some(())).await;
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn what_a_crash_has_left_is_removed_by_the_next_backup() {
    let ((folder, spec), database) = (store(), community());
    let left = ["community.20261101T000000Z.r.partial", "other.20261101T000000Z.r.partial", "notes.partial"];
    for name in left {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    let backup = take(&spec, &database, &[]).await.unwrap();
    let name = Path::new(&backup.location).file_name().unwrap().to_str().unwrap();
    assert_eq!(names(folder.path()), [name, left[2], left[1]]);
}

#[tokio::test]
async fn a_backup_that_was_changed_is_not_put_back() {
    let ((_folder, spec), database) = (store(), community());
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run("delete from credit_txns");
    let now = content(&database);
    let mut file = fs::OpenOptions::new().read(true).write(true).open(&backup.location).unwrap();
    let mut byte = [0];
    file.seek(SeekFrom::End(-5000)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::End(-5000)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
    let changed = restore(&spec, &backup, &database).await.unwrap_err();
    assert!(matches!(changed, BackupError::Damaged { .. }), "{changed}");
    file.set_len(backup.bytes / 2).unwrap();
    let cut = restore(&spec, &backup, &database).await.unwrap_err();
    assert!(matches!(cut, BackupError::Damaged { .. }), "{cut}");
    fs::remove_file(&backup.location).unwrap();
    let gone = restore(&spec, &backup, &database).await.unwrap_err();
    assert!(matches!(gone, BackupError::Folder { .. }), "{gone}");
    assert_eq!(content(&database), now);
}

#[tokio::test]
async fn a_restore_that_fails_changes_nothing() {
    let ((_folder, spec), database) = (store(), community());
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run(
        "alter table scores add post_id bigint references posts;
         create function deny() returns event_trigger language plpgsql as $$begin raise 'not now'; end$$;
         create event trigger deny on sql_drop execute function deny()",
    );
    let (now, catalogs) = (content(&database), database.catalog_rows());
    let error = full(&restore(&spec, &backup, &database).await.unwrap_err().to_string()).into_owned();
    assert_eq!(error, "nothing was put back, and nothing is changed: ERROR:  not now (SQLSTATE P0001)");
    assert_eq!((content(&database), database.catalog_rows()), (now, catalogs));
}

/// psql would take the end of its input for the end of the script.
#[tokio::test]
async fn an_archive_that_ends_too_early_changes_nothing() {
    let ((_folder, spec), database, bin) = (store(), community(), tempfile::tempdir().unwrap());
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run("delete from credit_txns");
    let now = content(&database);
    programs(bin.path(), "exit 1");
    let pg_restore = bin.path().join("pg_restore");
    let script = fs::read_to_string(&pg_restore).unwrap();
    let breaks_off = "case \" $* \" in *' --clean '*) \"$real\" \"$@\" | head -c 200000; exit 1;; esac\nexec";
    let script = script.replace("\nexec \"$real\" \"$@\"", &format!("\n{breaks_off} \"$real\" \"$@\""));
    write_program(&pg_restore, &script);
    let spec = BackupSpec { bin_dir: Some(bin.path().into()), ..spec };
    let error = full(&restore(&spec, &backup, &database).await.unwrap_err().to_string()).into_owned();
    // Whoever notices first.
    let is_told = ["pg_restore failed: ", "nothing was put back, and nothing is changed: "];
    assert!(is_told.iter().any(|told| error.starts_with(told)), "{error}");
    assert_eq!(content(&database), now);
}

/// An application that does not end its transaction; its operator gives up.
#[tokio::test]
async fn a_restore_that_waits_for_long_or_is_stopped_changes_nothing() {
    let ((_folder, spec), database) = (store(), community());
    let backup = take(&spec, &database, &[]).await.unwrap();
    let mut other = schemawarden::pg::connect::open(&database.source, database.source.options()).await.unwrap();
    sqlx::raw_sql("begin; select * from scores limit 1").execute(&mut other).await.unwrap();
    let catalogs = database.catalog_rows();
    let waiting = format!(
        "select count(*) from pg_stat_activity where datname = '{}' and application_name = 'schemawarden backup'",
        database.name
    );
    // Nobody waits for long behind a restore that waits.
    let begun = Instant::now();
    let error = full(&restore(&spec, &backup, &database).await.unwrap_err().to_string()).into_owned();
    assert_eq!(
        error,
        "nothing was put back, and nothing is changed: ERROR:  canceling statement due to lock timeout (SQLSTATE 55P03)"
    );
    assert!(begun.elapsed() < Duration::from_mins(1));
    assert_eq!(database.catalog_rows(), catalogs);

    let (stop, source) = (CancellationToken::new(), over_tcp(&database));
    let (stopped, ()) = tokio::join!(backup::restore(&spec, &backup, &source, &stop), async {
        let locked = format!("{waiting} and wait_event_type = 'Lock'");
        eventually("it waits", async || (psql("postgres", &locked) == "1\n").then_some(())).await;
        stop.cancel();
    });
    assert!(matches!(stopped, Err(BackupError::Stopped)));
    eventually("its session is gone", async || (psql("postgres", &waiting) == "0\n").then_some(())).await;
    assert_eq!(database.catalog_rows(), catalogs);
}

/// As a database is while its application is degraded.
#[tokio::test]
async fn a_database_that_is_read_only_by_default_can_be_put_back() {
    let ((_folder, spec), database): (_, Database) = (store(), community());
    let before = content(&database);
    let backup = take(&spec, &database, &[]).await.unwrap();
    database.run(&format!(
        "delete from credit_txns; alter database {} set default_transaction_read_only = on",
        database.name
    ));
    restore(&spec, &backup, &database).await.unwrap();
    assert_eq!(content(&database), before);
}
