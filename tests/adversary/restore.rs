//! Code that is in a backup, and the rights of the role that restores it.

use crate::remediate::{Site, Wish, phases, said};
use crate::support::psql;

/// What nothing can prevent is told before anything is changed, and is not done unless it was allowed by name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_runs_no_code_of_others_as_a_superuser_unless_allowed_by_name() {
    let site = Site::start(&Wish::default()).await;
    let owner = format!("owner_of_{}", site.database.name);
    psql("postgres", &format!("create role {owner}"));
    // It tells the rights that it is called with.
    site.database.run(&format!(
        "create table theirs (a int); insert into theirs values (1);
         create sequence risen; grant all on sequence risen to public;
         create function f(int) returns boolean language plpgsql as $$begin
             if (select rolsuper from pg_roles where rolname = current_user) then
                 perform nextval('public.risen');
             end if;
             return true; end$$;
         alter function f owner to {owner};
         alter table theirs add check (f(a)), owner to {owner};
         select setval('risen', 1, false)"
    ));
    let risen = || psql(&site.database.name, "select is_called from risen");
    let first = site.remediate().await;
    let (end, journal) = site.ended(&first).await;
    assert_eq!(end, "done", "{journal:?}");
    let told = said(&journal, "gate");
    assert!(told.contains(&owner) && told.contains("runs the checks and generated columns"), "{told}");

    let refused = async || {
        let (end, journal) = site.ended(&site.take_back(&first, true).await).await;
        assert_eq!((end.as_str(), phases(&journal)), ("refused", vec!["gate failed".to_owned()]), "{journal:?}");
        let told = said(&journal, "gate");
        for part in [
            "the backup holds tables or functions of others",
            &owner,
            "others_code",
            "sql/roles.sql",
            "--from-backup --allow others_code",
        ] {
            assert!(told.contains(part), "no {part} in {told}");
        }
        assert_eq!(risen(), "f\n");
    };
    refused().await;
    // Nothing of theirs is there any more, but in the backup.
    site.database.run("drop table theirs; drop function f");
    refused().await;

    let allowed = site.take_back_allowing(&first, true, &["others_code"]).await;
    let (end, journal) = site.ended(&allowed).await;
    assert_eq!(end, "done", "{journal:?}\n{}", site.daemon.log());
    assert_eq!(psql(&site.database.name, "select a from theirs"), "1\n");
}
