//! The login for PostgreSQL's own programs, as libpq's variables. A password belongs only in the environment of the
//! started program; its command line would show it to everybody on the host.

use std::borrow::Cow;
use std::path::Path;

use secrecy::SecretString;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgSslMode;

use super::Source;

/// Where systems keep their trusted certificates: libpq does not look there by itself, unlike our driver.
const ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/opt/homebrew/etc/ca-certificates/cert.pem",
];

impl Source {
    /// The libpq variables of a program that is started without any others. `name` is its `application_name`.
    pub fn environment(&self, name: &str) -> Vec<(&'static str, SecretString)> {
        let options = self.options();
        let host = match options.get_socket() {
            Some(folder) => folder.display().to_string(),
            // A URL has an IPv6 address in brackets.
            None => options.get_host().to_owned(),
        };
        let mut variables = vec![
            ("PGHOST", host),
            ("PGPORT", options.get_port().to_string()),
            ("PGUSER", options.get_username().to_owned()),
            ("PGDATABASE", self.database().to_owned()),
            ("PGAPPNAME", name.to_owned()),
            ("PGCONNECT_TIMEOUT", "10".to_owned()),
            // Our driver does not support it either, and looking for a ticket takes time.
            ("PGGSSENCMODE", "disable".to_owned()),
            // For programs that write, whatever the role's default while the application is degraded.
            ("PGOPTIONS", "-c default_transaction_read_only=off".to_owned()),
        ];
        variables.extend(self.hidden());
        let verifies = matches!(options.get_ssl_mode(), PgSslMode::VerifyCa | PgSslMode::VerifyFull);
        if verifies && !variables.iter().any(|(name, _)| *name == "PGSSLROOTCERT") {
            let trusted = ROOTS.into_iter().find(|path| Path::new(path).is_file());
            variables.extend(trusted.map(|path| ("PGSSLROOTCERT", path.to_owned())));
        }
        variables.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect()
    }

    /// Options that sqlx exposes only in a URL. Names that would not fit into one are left out of it.
    fn hidden(&self) -> Vec<(&'static str, String)> {
        let url = self.options().clone().host("host").username("user").database("database").to_url_lossy();
        let password = url.password().map(|encoded| format!("password={encoded}")).unwrap_or_default();
        let pairs = url.query_pairs().chain(url::form_urlencoded::parse(password.as_bytes()));
        let variable = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            // libpq accepts certificates and keys only as files, and would print a value that is not a file name.
            let file = || value.strip_prefix("file: ").map(str::to_owned);
            Some(match &*name {
                "password" => ("PGPASSWORD", value.into_owned()),
                "sslmode" => ("PGSSLMODE", value.into_owned()),
                "sslrootcert" => ("PGSSLROOTCERT", file()?),
                "sslcert" => ("PGSSLCERT", file()?),
                "sslkey" => ("PGSSLKEY", file()?),
                _ => return None,
            })
        };
        pairs.filter_map(variable).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use secrecy::ExposeSecret;

    use super::*;

    fn variable(url: &str, name: &str) -> Option<String> {
        let variables = Source::parse(&url.to_owned().into()).unwrap().environment("us");
        let value = variables.into_iter().find(|(other, _)| *other == name)?.1;
        Some(value.expose_secret().to_owned())
    }

    #[test]
    fn libpq_gets_the_parts_of_a_url() {
        let url = "postgres://o%2Fd%40d:p%25%2B%20%26w%3D@db.example:6432/a%20b?sslmode=require&sslcert=/c&sslkey=/k";
        for (name, value) in [
            ("PGHOST", "db.example"),
            ("PGPORT", "6432"),
            ("PGUSER", "o/d@d"),
            ("PGPASSWORD", "p%+ &w="),
            ("PGDATABASE", "a b"),
            ("PGSSLMODE", "require"),
            ("PGSSLCERT", "/c"),
            ("PGSSLKEY", "/k"),
            ("PGAPPNAME", "us"),
        ] {
            assert_eq!(variable(url, name).as_deref(), Some(value), "{name}");
        }
    }

    #[test]
    fn hosts_of_every_form_are_understood() {
        for (url, host) in [
            ("postgres://u@[::1]:5433/d", "::1"),
            ("postgres://u@h/d?hostaddr=::1", "::1"),
            ("postgres://u@/d?host=/run/postgresql", "/run/postgresql"),
        ] {
            assert_eq!(variable(url, "PGHOST").as_deref(), Some(host), "{url}");
        }
        assert_eq!(variable("postgres://u@h/d", "PGDATABASE").as_deref(), Some("d"));
        assert_eq!(variable("postgres://u@h", "PGDATABASE").as_deref(), Some("u"));
    }
}
