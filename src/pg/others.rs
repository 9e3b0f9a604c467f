//! Whose code would run with our rights: what other roles own in a database, asked where our role could take over the server
//! or its host. Changes nothing, and refuses nothing: what follows from it is decided where code could run.

use sqlx::postgres::PgConnection;

use super::row::row;

row! {
    /// What roles own here that have fewer rights than the one that asks. All of it is 0 where that one could not take over the
    /// server: then their code can do no more as it than it may.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Others {
        /// The role of the session.
        pub role: String,
        /// It is a superuser, or may run programs or use files on the server's host.
        pub is_mighty: bool,
        pub routines: i64,
        pub views: i64,
        /// With whatever is a part of them: checks, generated columns, triggers, policies.
        pub tables: i64,
        /// Some of the owners.
        owners: Vec<String>,
        /// All roles of the server that have fewer rights, whether or not they own anything here now.
        pub lesser: Vec<String>,
    }
}

impl Others {
    /// Asks about the role of this session.
    pub async fn ask(session: &mut PgConnection) -> Result<Self, sqlx::Error> {
        sqlx::query_as(include_str!("../../sql/others.sql")).fetch_one(session).await
    }

    /// `role "postgres" is a superuser …, and other roles (app) own tables (12), views (1) and functions (3) in this database`
    pub fn told(&self) -> String {
        format!(
            "role {:?} is a superuser, or may use files and programs of the server's host, and other roles ({}) own \
             tables ({}), views ({}) and functions ({}) in this database",
            self.role,
            self.owners.join(", "),
            self.tables,
            self.views,
            self.routines
        )
    }
}
