//! Whether rows are still there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Database, psql};

/// table, column, type with the attributes that it is composed of; of the columns that are not computed.
const COLUMNS: &str = "
    select format('%I.%I%s%I%s%s %s', n.nspname, c.relname, chr(31), a.attname, chr(31),
        format_type(a.atttypid, a.atttypmod),
        (select array_agg(format('%I %s', attname, format_type(atttypid, atttypmod)) order by attnum)
            from pg_attribute
            where attrelid = (select typrelid from pg_type where oid = a.atttypid) and attnum > 0 and not attisdropped))
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        and n.nspname not in ('pg_catalog', 'information_schema')
        and position(chr(10) in n.nspname || c.relname || a.attname) = 0
    order by 1";

/// Every row that was there is there, as far as its columns have kept their types: those who changed them know what they do.
pub fn rows_are_kept(was: &Database, is: &Database) -> Result<(), String> {
    let columns = |database: &Database| -> BTreeSet<String> {
        psql(&database.name, COLUMNS).lines().map(ToOwned::to_owned).collect()
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for column in columns(was).intersection(&columns(is)) {
        let mut parts = column.split('\u{1f}');
        tables.entry(parts.next().unwrap().into()).or_default().push(parts.next().unwrap().into());
    }
    for (table, columns) in tables {
        let rows = format!("select row({})::text from only {table} order by 1", columns.join(", "));
        let [before, after] = [was, is].map(|database| psql(&database.name, &rows));
        let mut left: Vec<&str> = after.lines().collect();
        for row in before.lines() {
            let Some(at) = left.iter().position(|kept| *kept == row) else {
                return Err(format!("of {table} a row is lost: {row}"));
            };
            left.swap_remove(at);
        }
    }
    Ok(())
}

const TABLES: &str = "
    select c.oid::regclass from pg_class c
    where c.relkind = 'r' and c.relpersistence <> 't'
        and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    order by 1";

/// Every table but these has the rows that it had, and no others, whatever the order of its columns.
pub fn rows_are_equal(was: &Database, is: &Database, but: &[&str]) -> Result<(), String> {
    for table in psql(&was.name, TABLES).lines().filter(|table| !but.contains(table)) {
        let rows = format!("select to_jsonb(t)::text from only {table} t order by 1");
        let [before, after] = [was, is].map(|database| psql(&database.name, &rows));
        if before != after {
            return Err(format!("{table} had\n{before}and has\n{after}"));
        }
    }
    Ok(())
}
