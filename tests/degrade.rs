//! Degraded mode by the database itself: its effects on a logged-in application, on a real server.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use schemawarden::domain::name::Name;
use schemawarden::effects::degrade::{DatabaseSwitch, Switch};
use schemawarden::pg::connect::{connect, open};
use schemawarden::pg::{Guards, Source};
use sqlx::postgres::PgConnection;

use crate::support::{Database, postgres, psql};

const SOON: Duration = Duration::from_secs(20);

/// The role of a test's application. Its name needs quotes.
struct Role {
    name: Name,
    /// Keeps the role's settings and rights; dropped before the role.
    database: Option<Database>,
}

impl Role {
    fn create() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = Name::from(format!("App {}", NUMBER.fetch_add(1, Ordering::Relaxed)).as_str());
        let database = Database::with("create table posts (id int); grant all on posts to public");
        psql("postgres", &format!("create role {name} login password 'x'"));
        Self { name, database: Some(database) }
    }

    fn database(&self) -> &Database {
        self.database.as_ref().unwrap()
    }

    fn source(&self) -> Source {
        as_role(&self.database().source, self.name.as_str())
    }

    async fn session(&self) -> PgConnection {
        open(&self.source(), self.source().options()).await.unwrap()
    }

    fn switch(&self) -> Switch {
        self.switch_by(&self.database().source)
    }

    fn switch_by(&self, source: &Source) -> Switch {
        Switch::Database(DatabaseSwitch { source: source.clone(), role: self.name.clone() })
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        self.database = None;
        if !std::thread::panicking() {
            psql("postgres", &format!("drop role {}", self.name));
        }
    }
}

fn as_role(source: &Source, role: &str) -> Source {
    Source::from_options(source.options().clone().username(role).password("x"))
}

/// The SQLSTATE, or that it worked.
async fn writes(session: &mut PgConnection) -> Result<(), String> {
    let done = sqlx::query("insert into posts values (1)").execute(session).await;
    done.map(|_| ()).map_err(|error| match error {
        sqlx::Error::Database(server) => server.code().unwrap_or_default().into_owned(),
        _ => "gone".into(),
    })
}

#[tokio::test]
async fn the_application_can_read_and_cannot_write_until_it_may_again() {
    let role = Role::create();
    let (switch, mut before) = (role.switch(), role.session().await);
    writes(&mut before).await.unwrap();
    switch.confirm(true, SOON).await.unwrap();
    assert!(switch.is_degraded().await.unwrap());
    assert!(writes(&mut before).await.is_err_and(|code| code != "25006"), "its session was ended");
    let mut during = role.session().await;
    assert_eq!(writes(&mut during).await, Err("25006".into()));
    sqlx::query("select id from posts").fetch_all(&mut during).await.unwrap();

    // Other roles, and this role in other databases, are not affected.
    let mut owner = open(&role.database().source, role.database().source.options()).await.unwrap();
    writes(&mut owner).await.unwrap();
    let settings = "select count(*) from pg_db_role_setting";
    let everywhere = format!("{settings} where setdatabase = 0 and setrole = '{}'::regrole", role.name);
    assert_eq!(psql(&role.database().name, &everywhere).trim(), "0");

    switch.confirm(false, SOON).await.unwrap();
    assert!(!switch.is_degraded().await.unwrap());
    assert!(writes(&mut during).await.is_err_and(|code| code != "25006"), "its session was ended");
    writes(&mut role.session().await).await.unwrap();
    let database = format!("d join pg_database on oid = setdatabase where datname = '{}'", role.database().name);
    assert_eq!(psql("postgres", &format!("{settings} {database}")).trim(), "0", "nothing of it is left");
}

#[tokio::test]
async fn being_told_again_is_no_harm_and_finishes_what_was_begun() {
    let role = Role::create();
    let mut before = role.session().await;
    let (name, database) = (&role.name, Name::from(role.database().name.as_str()));
    // As if this program had died in between.
    role.database().run(&format!("alter role {name} in database {database} set default_transaction_read_only = on"));
    writes(&mut before).await.unwrap();
    for _ in 0..2 {
        role.switch().confirm(true, SOON).await.unwrap();
        assert_eq!(writes(&mut role.session().await).await, Err("25006".into()));
    }
    assert!(writes(&mut before).await.is_err());
    for _ in 0..2 {
        role.switch().confirm(false, SOON).await.unwrap();
        writes(&mut role.session().await).await.unwrap();
    }
}

#[tokio::test]
async fn an_application_that_writes_nonetheless_is_found_out() {
    let role = Role::create();
    role.switch().confirm(true, SOON).await.unwrap();
    let mut stubborn = role.session().await;
    sqlx::raw_sql("begin read write; insert into posts values (2)").execute(&mut stubborn).await.unwrap();
    let error = role.switch().is_degraded().await.unwrap_err().to_string();
    assert!(error.contains("write nonetheless (pid "), "{error}");
    sqlx::raw_sql("rollback").execute(&mut stubborn).await.unwrap();
    assert!(role.switch().is_degraded().await.unwrap());
}

#[tokio::test]
async fn sessions_of_this_program_are_left_alone() {
    let role = Role::create();
    let mut watching = connect(&role.source(), &Guards::default()).await.unwrap();
    role.switch().confirm(true, SOON).await.unwrap();
    sqlx::query("select 1").execute(&mut watching.session).await.unwrap();

    // A single role for everything, which may always change its own settings.
    let by_itself = role.switch_by(&role.source());
    by_itself.confirm(false, SOON).await.unwrap();
    by_itself.confirm(true, SOON).await.unwrap();
    sqlx::query("select 1").execute(&mut watching.session).await.unwrap();
}

#[tokio::test]
async fn settings_of_the_operators_count_and_stay() {
    let role = Role::create();
    let (name, database) = (&role.name, Name::from(role.database().name.as_str()));
    psql("postgres", &format!("alter database {database} set default_transaction_read_only = on"));
    assert!(role.switch().is_degraded().await.unwrap());
    let error = role.switch().confirm(false, Duration::from_secs(1)).await.unwrap_err().to_string();
    assert!(error.contains("asked to leave degraded mode, and did not confirm it within 1 s"), "{error}");

    // The operator's exception for the application is not removed.
    psql("postgres", &format!("alter role {name} in database {database} set default_transaction_read_only = off"));
    role.switch().confirm(false, SOON).await.unwrap();
    writes(&mut role.session().await).await.unwrap();
}

#[tokio::test]
async fn what_stands_in_the_way_is_named() {
    let role = Role::create();
    let source = &role.database().source;
    let nobody = Switch::Database(DatabaseSwitch { source: source.clone(), role: Name::from("nobody") });
    let error = nobody.set(true).await.unwrap_err().to_string();
    assert!(error.starts_with("there is no role nobody at "), "{error}");

    let fixer = Role::create();
    let by_fixer = role.switch_by(&as_role(source, fixer.name.as_str()));
    let error = by_fixer.set(true).await.unwrap_err().to_string();
    assert!(error.contains("permission denied") || error.contains("must have"), "{error}");
    assert!(!by_fixer.is_degraded().await.unwrap());

    // It may change the role, but sees no sessions.
    let _session = role.session().await;
    psql("postgres", &format!("alter role {} createrole", fixer.name));
    // Since 16, CREATEROLE alone only covers roles that the role has created.
    if postgres().version() < 160_000 {
        let error = by_fixer.set(true).await.unwrap_err().to_string();
        assert!(error.contains("grant it that role, or both pg_read_all_stats"), "{error}");
        role.switch().set(false).await.unwrap();
    }
    let _session = role.session().await;
    let admin = if postgres().version() < 160_000 { "" } else { " with admin option" };
    psql("postgres", &format!("grant {} to {}{admin}", role.name, fixer.name));
    by_fixer.confirm(true, SOON).await.unwrap();
}
