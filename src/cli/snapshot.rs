//! `schemawarden snapshot`: a catalog as JSON, for expectations on hosts without a scratch server.

use std::io::Write;

use anyhow::{Context, bail};

use super::arguments::{Named, SnapshotArguments, SnapshotOf};
use super::{Outcome, terminal};
use crate::daemon::expected::{self, ExpectedSource};
use crate::domain::catalog::Catalog;
use crate::pg::scratch::ScratchConfig;
use crate::pg::{self, Guards, Source};

pub(super) async fn run(arguments: &SnapshotArguments) -> anyhow::Result<Outcome> {
    let named = arguments.what.named()?;
    let catalog = match &named {
        Named::Config(config, targets) => {
            let [target] = targets.as_slice() else { bail!("a snapshot is of one target: name it with --target") };
            let spec = config.check_spec(target);
            let schemas = spec.schemas.as_deref();
            match arguments.of.unwrap_or(SnapshotOf::Live) {
                SnapshotOf::Live => live(&spec.source, &spec.guards, schemas).await?,
                SnapshotOf::Expected => evaluate(&spec.expected, &spec.scratch, schemas).await?,
            }
        }
        Named::Database { source, expected, scratch, .. } => match (arguments.of, source, expected) {
            (Some(SnapshotOf::Live) | None, Some(source), _) => live(source, &Guards::default(), None).await?,
            (Some(SnapshotOf::Expected), _, Some(expected)) | (None, None, Some(expected)) => {
                evaluate(expected, scratch, None).await?
            }
            (Some(SnapshotOf::Live), None, _) => bail!("--of live needs --database-url (or DATABASE_URL)"),
            (Some(SnapshotOf::Expected), _, None) => bail!("--of expected needs --expected"),
            (None, None, None) => {
                bail!("name a database (--database-url URL), an expectation (--expected), or --config")
            }
        },
    };
    let json = expected::to_snapshot(&catalog)?;
    match &arguments.output {
        Some(path) => std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?,
        None => write!(terminal::stdout(), "{json}")?,
    }
    Ok(Outcome::Well)
}

async fn live(source: &Source, guards: &Guards, schemas: Option<&[String]>) -> anyhow::Result<Catalog> {
    let mut connection = pg::connect(source, guards).await?;
    let catalog = pg::read::read(&mut connection, schemas).await?;
    connection.close().await;
    Ok(catalog)
}

async fn evaluate(
    expected: &ExpectedSource,
    scratch: &ScratchConfig,
    schemas: Option<&[String]>,
) -> anyhow::Result<Catalog> {
    let evaluated = expected::load(expected, scratch, schemas).await?;
    evaluated.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    Ok(evaluated.catalog)
}
