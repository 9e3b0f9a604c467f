//! Other users of this host get nothing: folders, sockets and files are private from the moment they are made.
//!
//! Whoever attacks here is another user in earnest, which needs root to become one; without it, permissions alone are
//! looked at.

use std::fs::{self, Permissions};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use schemawarden::effects::backup::{self, BackupSpec, BackupWhat, Store};
use schemawarden::pg::Source;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use crate::cli::{Answer, run};
use crate::support::{
    Database, Program, client, eventually, file, free_port, http_get, open_folder, postgres, schemawarden,
    scratch_server,
};

/// A user that owns nothing, and has no entry in `/etc/passwd`.
const STRANGER: &str = "61234";
const UMASKS: [&str; 2] = ["000", "022"];

/// `command` as another user, with nothing of ours. `None`: we cannot become one.
fn as_user(uid: &str, command: &str) -> Option<Command> {
    if !rustix::process::geteuid().is_root() {
        println!("not root: nobody else can be tried, and only permissions are looked at");
        return None;
    }
    let mut other = Command::new("setpriv");
    other.args(["--reuid", uid, "--regid", uid, "--clear-groups", "sh", "-c", command]).current_dir("/");
    Some(other)
}

/// The program under another umask than ours.
fn under(umask: &str, arguments: &[&str]) -> Command {
    let program = schemawarden();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")]).arg(program.get_program()).args(arguments);
    for (name, value) in program.get_envs() {
        if value.is_none() {
            command.env_remove(name);
        }
    }
    command
}

/// All that is in `folder`, and it.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    let mut at = 0;
    while let Some(path) = found.get(at).cloned() {
        at += 1;
        if path.symlink_metadata().is_ok_and(|it| it.is_dir()) {
            // A server's files come and go.
            found.extend(fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    }
    found
}

/// Nobody else may do anything with what is in `folder`; and a stranger who tries it in earnest reads nothing.
fn is_closed(folder: &Path) {
    let open: Vec<_> = tree(folder)
        .into_iter()
        .filter_map(|path| Some((path.symlink_metadata().ok()?.mode(), path)))
        .filter(|(mode, _)| mode & 0o077 != 0)
        .map(|(mode, path)| format!("{} {mode:o}", path.display()))
        .collect();
    assert!(open.is_empty(), "{open:#?}");
    let Some(mut stranger) = as_user(STRANGER, &format!("find '{}' -type f -exec cat {{}} +", folder.display())) else {
        return;
    };
    let read = stranger.output().unwrap();
    assert!(!read.status.success() && read.stdout.is_empty(), "{}", String::from_utf8_lossy(&read.stdout));
}

/// Logs in without a password, as `uid` would.
fn is_refused(uid: &str, host: &str, port: u16) {
    let psql = client("psql").display().to_string();
    let line = format!("'{psql}' -XAtwq -h '{host}' -p {port} -U postgres -d postgres -c 'select 4711'");
    let Some(mut other) = as_user(uid, &line) else { return };
    let tried = other.output().unwrap();
    let said = String::from_utf8_lossy(&tried.stderr);
    assert!(!tried.status.success() && tried.stdout.is_empty(), "uid {uid} at {host}");
    assert!(said.contains("Permission denied") || said.contains("no password supplied"), "uid {uid} at {host}: {said}");
}

/// The folder of the server that lives in `temp`, once it has its socket.
async fn server_folder(temp: &Path) -> PathBuf {
    eventually("the server has its socket", async || {
        let socket = |path: &PathBuf| path.metadata().is_ok_and(|it| it.file_type().is_socket());
        tree(temp).into_iter().find(socket)?.parent().map(Path::to_owned)
    })
    .await
}

#[tokio::test]
async fn the_demo_and_its_server_are_closed_whatever_the_umask() {
    for umask in UMASKS {
        let (temp, own) = (open_folder(), tempfile::tempdir().unwrap());
        let mut command = under(umask, &["demo", "--listen", "127.0.0.1:0"]);
        command.env("TMPDIR", temp.path());
        let mut demo = Program::start(command, &own.path().join("output"));
        let server = server_folder(temp.path()).await;
        let said = eventually("it says what to open", async || Some(demo.output()).filter(|it| it.contains("Ctrl-C")));
        let said = said.await;
        let folders: Vec<_> = fs::read_dir(temp.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(folders.len(), 2, "{folders:?}");
        for folder in &folders {
            is_closed(folder);
        }

        let port = said.split("127.0.0.1:").find_map(|rest| rest.split_once("/community?")?.0.parse().ok()).unwrap();
        for uid in [STRANGER, &server.metadata().unwrap().uid().to_string()] {
            is_refused(uid, &server.display().to_string(), port);
            is_refused(uid, "127.0.0.1", port);
        }
        demo.signal("INT");
        demo.ended().await;
    }
}

#[test]
fn the_server_runs_as_nobody_of_consequence_and_leaves_no_core() {
    let (pid, owner) = (postgres().pid(), PathBuf::from(format!("/proc/{}", postgres().pid())));
    let uid = owner.metadata().unwrap().uid();
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let production = passwd.lines().find_map(|line| line.strip_prefix("postgres:")?.split(':').nth(1)?.parse().ok());
    assert_ne!(uid, 0);
    if rustix::process::geteuid().is_root() {
        assert_ne!(Some(uid), production);
    }
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
}

/// What root writes into a folder of another user may be anywhere: that user can put a link there first. So all of it
/// must have been there, and be that user's, before the folder was; and root reads nothing from there.
#[test]
fn nothing_is_written_into_a_folder_that_was_given_away() {
    let url = postgres().source("postgres");
    let folder = url.options().get_socket().unwrap();
    let owner = folder.metadata().unwrap().uid();
    for path in tree(folder) {
        if let Ok(it) = path.symlink_metadata() {
            assert_eq!(it.uid(), owner, "{}", path.display());
        }
    }
    assert!(!folder.join("log").exists());
    is_closed(folder);
}

/// A sticky folder keeps its users apart; in another one, anybody can put a link where our folder was.
#[tokio::test]
async fn a_folder_where_others_replace_things_is_not_used_for_temporary_ones() {
    let loose = open_folder();
    fs::set_permissions(loose.path(), Permissions::from_mode(0o777)).unwrap();
    let database = Database::with("create table a (id int)");
    let expected = loose.path().join("e.sql");
    fs::write(&expected, "create table a (id int);").unwrap();
    let seen = AtomicBool::new(false);
    let (mut command, own) =
        (under("000", &["check", "--database-url", &database.url()]), tempfile::tempdir().unwrap());
    command.arg("--expected").arg(&expected).env("TMPDIR", loose.path());
    let mut program = Program::start(command, &own.path().join("output"));
    let ended = async { program.ended().await.0 };
    let looks = async {
        loop {
            let names = fs::read_dir(loose.path()).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
            if names.into_iter().any(|name| name.starts_with("schemawarden-")) {
                seen.store(true, Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let status = tokio::select! { status = ended => status, () = looks => unreachable!() };
    assert!(status.success() && !seen.into_inner(), "{}", fs::read_to_string(own.path().join("output")).unwrap());
}

#[tokio::test]
async fn the_state_store_is_closed_whatever_the_umask_and_whatever_it_was() {
    let database = Database::with("create table a (id int)");
    for umask in UMASKS {
        let folder = open_folder();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("e.sql"), "create table a (id int);").unwrap();
        fs::write(path("old.db"), "").unwrap();
        fs::set_permissions(path("old.db"), Permissions::from_mode(0o664)).unwrap();
        for (state, was_wide) in [("new/state.db", false), ("old.db", true)] {
            let port = free_port();
            let config = format!(
                "[server]\nlisten = '127.0.0.1:{port}'\n[state]\npath = '{state}'\n[scratch]\nurl = '{}'\n[[target]]\n\
                 name = 'a'\nurl = '{}'\nexpected = 'e.sql'\n",
                scratch_server().url("postgres").expose_secret(),
                database.url(),
            );
            fs::write(path("c.toml"), config).unwrap();
            let config = path("c.toml").display().to_string();
            let daemon = Program::start(under(umask, &["serve", "--config", &config]), &path("log"));
            eventually("it is ready", async || {
                http_get(&format!("http://127.0.0.1:{port}/-/ready")).await.filter(|(status, _)| *status == 200)
            })
            .await;
            let files: Vec<_> = ["", "-wal", "-shm"].iter().map(|ending| path(&format!("{state}{ending}"))).collect();
            for file in &files {
                assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600, "{}", file.display());
                if let Some(mut stranger) = as_user(STRANGER, &format!("cat '{}'", file.display())) {
                    assert!(!stranger.output().unwrap().status.success());
                }
            }
            if !was_wide {
                is_closed(&path("new"));
            }
            let told = "other users of this host could use the state store (mode 664): now they cannot";
            assert_eq!(daemon.output().contains(told), was_wide, "{}", daemon.output());
            let limits = fs::read_to_string(format!("/proc/{}/limits", daemon.pid())).unwrap();
            assert!(limits.lines().any(|it| it.split_whitespace().eq("Max core file size 0 0 bytes".split(' '))));
        }
    }
}

/// Both forms, also the files that pg_dump makes by itself; the folder is the operator's, and as wide as he likes.
#[tokio::test]
async fn backups_are_closed_in_an_open_folder() {
    let database = Database::with(&fs::read_to_string(file("sql/community/outdated.sql")).unwrap());
    let source = Source::parse(&database.url().into()).unwrap();
    for jobs in [1, 2] {
        let folder = open_folder();
        let to = Store::Folder(folder.path().into());
        let spec = BackupSpec { to, what: BackupWhat::Whole, jobs, keep: 3, bin_dir: None };
        let taken = backup::take(&spec, &source, "a", "r-1", &[], &|_| {}, &CancellationToken::new()).await.unwrap();
        is_closed(Path::new(&taken.location));
    }
}

/// `schemawarden config validate`, or `serve`, of a configuration with one target.
fn command(which: &[&str], folder: &Path, top: &str, target: &str) -> Answer {
    let config = format!(
        "{top}\n[[target]]\nname = 'a'\nurl = 'postgres://u@127.0.0.1:1/d'\n{}{target}\n",
        if target.contains("expected =") { "" } else { "expected = 'e.sql'\n" }
    );
    fs::write(folder.join("c.toml"), config).unwrap();
    run(schemawarden().args(which).arg("--config").arg(folder.join("c.toml")))
}

#[test]
fn what_a_configuration_names_and_cannot_be_used_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("e.sql"), "select 1;").unwrap();
    fs::write(path("nul"), "postgres://h/d\0x").unwrap();
    fs::create_dir(path("folder")).unwrap();
    fs::File::create(path("huge")).unwrap().set_len(1 << 40).unwrap();
    assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    symlink(path("pipe"), path("link")).unwrap();
    let validate = |top: &str, target: &str| command(&["config", "validate"], folder.path(), top, target);

    let probe = |file: &str| format!("[[target.probe]]\nname = 'p'\nfile = '{file}'");
    let regular = "only regular files are read";
    for (top, target, said) in [
        ("[state]\npath = 'folder'", String::new(), "c.toml:2:8: the state path"),
        ("[state]\npath = 'pipe'", String::new(), "is no regular file"),
        ("[state]\npath = 'e.sql/state.db'", String::new(), "cannot be used"),
        ("", "[target.backup]\nfolder = 'none'".into(), "none does not exist: make it"),
        ("", "[target.backup]\nfolder = 'e.sql'".into(), "e.sql is no folder"),
        ("", "[target.backup]\nfolder = 'folder'\nbin_dir = 'none'".into(), "none is not a folder"),
        ("", probe("/dev/zero"), regular),
        ("", probe("pipe"), regular),
        ("", probe("link"), regular),
        ("", probe("folder"), "it is a folder"),
        ("", probe("huge"), "it is larger than"),
        ("", probe("e.sql") + "\n" + &probe("e.sql"), "a second probe named `p`"),
        ("", "fix = '/dev/zero'".into(), regular),
        ("", "fix = 'huge'".into(), "it is larger than"),
        ("", "fix = 'folder'".into(), "it is a folder"),
        ("", "expected = '/dev/zero'".into(), regular),
        ("", "expected = 'pipe'".into(), regular),
        ("", "expected = 'huge'".into(), "is larger than"),
        ("", "expected = 'a[.sql'".into(), "`a[.sql` is not a glob"),
        ("", "password_file = '/dev/zero'".into(), regular),
        ("", "password_file = 'nul'".into(), "nul holds a NUL character"),
        ("[[policy]]\nobject = 'a['\naction = 'info'", String::new(), "`a[` is not a glob"),
        ("[state]\nurl = 'postgres://u:a%00b@h/d'", String::new(), "NUL character (%00)"),
        ("[scratch]\nurl = \"postgres://h/d\\u0000\"", String::new(), "NUL character"),
        ("[alertmanager]\nurls = ['http://h/%00']", String::new(), "NUL character (%00)"),
        ("", "schemas = [\"a\\u0000\"]".into(), "NUL character"),
        ("[server]\ntls_cert = '/dev/zero'\ntls_key = 'pipe'", String::new(), regular),
        (
            "",
            "[target.smoke]\n[[target.smoke.request]]\nname = 'r'\nurl = 'http://h/'\n[[target.smoke.request]]\n\
             name = 'r'\nurl = 'http://h/'"
                .into(),
            "a second smoke request named `r`",
        ),
    ] {
        let answer = validate(top, &target);
        answer.fails_with(&["c.toml:", said]);
        assert!(!answer.err.contains('\0'), "{:?}", answer.err);
    }
    let answer = validate("", "[target.backup]\nfolder = 'folder'");
    assert_eq!(answer.code, 0, "{}", answer.both());
    // The daemon refuses it as well; whoever only asks for a plan need not be able to write there.
    command(&["serve"], folder.path(), "", "[target.backup]\nfolder = 'none'").fails_with(&["none does not exist"]);
    let check = command(&["check"], folder.path(), "", "[target.backup]\nfolder = 'none'");
    assert!(!check.both().contains("does not exist"), "{}", check.both());
    // A configuration that is no file.
    for (name, said) in [("/dev/zero", regular), ("folder", "it is a folder"), ("pipe", regular)] {
        run(schemawarden().args(["config", "validate", "--config"]).arg(path(name))).fails_with(&[said]);
    }
}

/// Root can write everywhere; so another user looks at what is root's.
#[test]
fn places_that_cannot_be_written_to_are_refused_to_the_daemon_alone() {
    let folder = open_folder();
    let path = |name: &str| folder.path().join(name);
    fs::copy(schemawarden().get_program(), path("schemawarden")).unwrap();
    fs::create_dir(path("roots")).unwrap();
    fs::set_permissions(path("roots"), Permissions::from_mode(0o755)).unwrap();
    fs::write(path("roots/state.db"), "").unwrap();
    fs::write(path("e.sql"), "create table a (id int);").unwrap();
    for (top, target, said) in [
        ("[state]\npath = 'roots/new/state.db'", "", "cannot be made"),
        ("[state]\npath = 'roots/state.db'", "", "cannot be written to by this user"),
        ("", "[target.backup]\nfolder = 'roots'", "cannot be written to by this user"),
    ] {
        command(&["config", "validate"], folder.path(), top, target);
        fs::set_permissions(path("c.toml"), Permissions::from_mode(0o644)).unwrap();
        let at = folder.path().display();
        for (which, refused) in [("config validate", true), ("check", false)] {
            let line = format!("'{at}/schemawarden' {which} --config '{at}/c.toml'");
            let Some(mut other) = as_user(STRANGER, &line) else { return };
            let answer = run(&mut other);
            assert_eq!((answer.code, answer.err.contains(said)), (2, refused), "{}", answer.both());
        }
    }
}

#[test]
fn places_where_others_replace_things_are_told() {
    let folder = open_folder();
    for (mode, told) in [(0o1777, 0), (0o777, 2)] {
        fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
        fs::create_dir_all(folder.path().join("backups")).unwrap();
        fs::write(folder.path().join("e.sql"), "select 1;").unwrap();
        let answer = command(&["config", "validate"], folder.path(), "", "[target.backup]\nfolder = 'backups'");
        let found = answer.err.matches("every user of this host can write to").count();
        assert_eq!((answer.code, found), (0, told), "{}", answer.both());
    }
}

#[test]
fn what_differs_invisibly_is_seen() {
    let function = |newline: &str, body: &str| {
        format!("create function f() returns int language sql as $$\nselect/*{body}*/ 1;{newline}$$;")
    };
    let database = Database::with(&function("\r\n", " "));
    let folder = tempfile::tempdir().unwrap();
    let expected = folder.path().join("e.sql");
    let check = |more: &[&str]| {
        let mut command = schemawarden();
        command.args(["check", "--database-url", &database.url(), "--expected"]).arg(&expected).args(more);
        run(&mut command)
    };
    for (text, shown_expected, shown_live) in [
        (function("\n", " "), "expected select/* */ 1;\n", "live     select/* */ 1;\\r\n"),
        (function(" \n", " "), "expected select/* */ 1;\\x20\n", "live     select/* */ 1;\\r\n"),
        (function("\r\n", "\u{a0}"), "expected select/*\\u{a0}*/ 1;\\r\n", "live     select/* */ 1;\\r\n"),
    ] {
        fs::write(&expected, text).unwrap();
        let answer = check(&[]);
        assert!(answer.out.contains(shown_expected) && answer.out.contains(shown_live), "{}", answer.both());
    }
    let live = check(&["--format", "json"]).json()["targets"][0]["drift"][0]["live"].as_str().unwrap().to_owned();
    assert!(live.contains("select/* */ 1;\r\n"), "{live:?}");
}

/// A scratch server's data folder is kept for the next one: for nobody else, and never trusted where others may write.
#[test]
fn a_kept_data_folder_is_ours_alone_and_a_broken_one_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("schemawarden");
    let expected = folder.path().join("expected.sql");
    fs::write(&expected, "create table posts (id int primary key);").unwrap();
    let live = Database::with("create table posts (id int primary key);");
    let holds = || {
        let mut command = schemawarden();
        command.args(["check", "--database-url", &live.url(), "--expected"]).arg(&expected);
        let answer = run(command.env("XDG_CACHE_HOME", folder.path()));
        assert_eq!(answer.code, 0, "{}", answer.both());
    };
    holds();
    let kept: Vec<PathBuf> = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [archive] = kept.try_into().expect("one archive and nothing else");
    is_closed(&cache);
    let made = fs::metadata(&archive).unwrap();
    holds();
    assert_eq!(fs::metadata(&archive).unwrap().ino(), made.ino(), "it was used, and not made again");
    fs::write(&archive, &fs::read(&archive).unwrap()[..1 << 20]).unwrap();
    holds();
    assert_eq!(fs::metadata(&archive).unwrap().len(), made.len(), "made again");
    // A server that starts from it and cannot be used.
    let damage =
        "mkdir d && tar -xf \"$0\" -C d && find d -name 1255 -exec truncate -s 0 {} + && tar -cf \"$0\" -C d data";
    let damaged = Command::new("sh").args(["-ec", damage]).arg(&archive).current_dir(folder.path()).status().unwrap();
    assert!(damaged.success());
    holds();
    holds();
    // What others may have put there is neither used nor replaced.
    fs::write(&archive, "theirs").unwrap();
    fs::set_permissions(&cache, Permissions::from_mode(0o777)).unwrap();
    holds();
    assert_eq!(fs::read(&archive).unwrap(), b"theirs");
    fs::set_permissions(&cache, Permissions::from_mode(0o700)).unwrap();
    fs::remove_file(&archive).unwrap();
    symlink(folder.path().join("elsewhere"), &archive).unwrap();
    holds();
    assert!(!folder.path().join("elsewhere").exists());
    assert!(fs::symlink_metadata(&archive).unwrap().is_file(), "a link is replaced");
}
