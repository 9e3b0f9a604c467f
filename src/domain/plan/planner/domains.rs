//! What a domain requires of the values of a column that gets it as its type: the server checks it when the column is
//! added or its type changes, which is too late, because the plan has begun by then.

use std::collections::BTreeSet;

use crate::domain::catalog::types::Check;
use crate::domain::catalog::{Catalog, Column, Definition, Domain, Object};
use crate::domain::name::{Name, QName};
use crate::domain::plan::Requirement;
use crate::domain::plan::lookup::needs;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::statement::replace_word;

impl<'a> Planner<'a> {
    /// A domain with constraints, inside the expected type of the column.
    pub(in crate::domain::plan) fn domain_inside(&self, wanted: &Column) -> Option<QName> {
        let expected = self.on.expected;
        let first: QName = wanted.data_type.trim_end_matches("[]").parse().ok()?;
        let (mut queue, mut seen) = (vec![Object::Type(first)], BTreeSet::new());
        while let Some(object) = queue.pop() {
            for needed in needs(expected, &object) {
                match needed {
                    Object::Domain(name) => {
                        let domain = expected.domains.get(name)?;
                        if domain.not_null || domain.checks.values().any(|it| it.validated) {
                            return Some(name.clone());
                        }
                    }
                    Object::Type(_) => {}
                    _ => continue,
                }
                if seen.insert(needed.clone()) {
                    queue.push(needed.clone());
                }
            }
        }
        None
    }

    /// The domain that is the expected column's type or element type, and the domains that it is based on.
    fn domains_of(&self, wanted: &Column) -> Vec<(QName, &'a Domain)> {
        let mut found: Vec<(QName, &Domain)> = Vec::new();
        let mut data_type = wanted.data_type.to_string();
        while let Ok(name) = data_type.trim_end_matches("[]").parse::<QName>() {
            let Some(domain) = self.on.expected.domains.get(&name) else { break };
            data_type = domain.base_type.to_string();
            found.push((name, domain));
        }
        found
    }

    /// The type of the elements of an array of a domain, after all domains.
    pub(super) fn elements_of(&self, wanted: &Column) -> Option<&'a str> {
        let (_, last) = self.domains_of(wanted).into_iter().last().filter(|_| wanted.data_type.ends_with("[]"))?;
        Some(&last.base_type)
    }

    /// The expected column's default: its own, or that of the domain which is its type.
    pub(in crate::domain::plan) fn default_of<'c>(&self, wanted: &'c Column) -> Option<&'c Definition>
    where
        'a: 'c,
    {
        let of_domain = || {
            let domains = self.domains_of(wanted).into_iter().filter(|_| !wanted.data_type.ends_with("[]"));
            domains.into_iter().find_map(|(_, domain)| domain.default.as_ref())
        };
        wanted.default.as_ref().or_else(of_domain)
    }

    /// Its default may give each row a different value, or it is not known whether it does.
    pub(in crate::domain::plan) fn has_volatile_default(&self, wanted: &Column) -> bool {
        let domain = || self.domains_of(wanted).into_iter().find(|(_, domain)| domain.default.is_some());
        let volatile =
            if wanted.default.is_some() { wanted.volatile } else { domain().and_then(|(_, it)| it.volatile) };
        self.default_of(wanted).is_some() && volatile.unwrap_or(true)
    }

    /// The text of an expression in which casts to the column's domains are casts to their base types: the domains may
    /// not exist yet.
    pub(super) fn without_domains(&self, wanted: &Column, text: &str) -> String {
        let domains = self.domains_of(wanted);
        domains.iter().fold(text.to_owned(), |text, (name, domain)| {
            let cast = format!("::{name}");
            let mut pieces = text.split(&cast);
            let mut plain = pieces.next().unwrap_or_default().to_owned();
            for rest in pieces {
                let is_longer = rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
                plain.push_str("::");
                plain.push_str(if is_longer { name.to_string() } else { domain.base_type.to_string() }.as_str());
                plain.push_str(rest);
            }
            plain
        })
    }

    /// The server checks each value against the domain: adding a column of this type rewrites the table.
    pub(in crate::domain::plan) fn is_constrained(&self, wanted: &Column) -> bool {
        let domains = self.domains_of(wanted).into_iter().filter(|_| !wanted.data_type.ends_with("[]"));
        domains.into_iter().any(|(_, domain)| domain.not_null || !domain.checks.is_empty())
    }

    /// The domain accepts each `value`, as it is spelled over `rows`. For an array, each of its elements.
    pub(in crate::domain::plan) fn domain_takes(
        &self,
        table: &QName,
        wanted: &Column,
        value: &str,
        rows: &str,
    ) -> Vec<Requirement> {
        let is_array = wanted.data_type.ends_with("[]");
        let element = if is_array { "element" } else { value };
        let question = |domain: &QName, what: String, fails: String| {
            let fails = if is_array {
                format!("exists (select from unnest({value}) as elements (element) where {fails})")
            } else {
                fails
            };
            Requirement {
                object: format!("{table}.{}", wanted.name),
                problem: format!("values of {table}.{} {what} of domain {domain}, which becomes its type", wanted.name),
                count: format!("select count(*) from {rows} where {fails}"),
                sample: Some(format!("select distinct ({value})::text from {rows} where {fails} limit 5")),
                advice: "change these values, or the domain in the expectation".into(),
            }
        };
        let mut asked = Vec::new();
        for (domain, it) in self.domains_of(wanted) {
            if it.not_null {
                asked.push(question(&domain, "violate the NOT NULL".into(), format!("({element}) is null")));
            }
            // A check that stays NOT VALID is added after the column.
            let valid = it.checks.iter().filter(|(_, check)| check.validated);
            asked.extend(valid.map(|(name, check): (&Name, &Check)| {
                let fails = replace_word(&check.expression.to_string(), "VALUE", &format!("({element})"));
                question(&domain, format!("fail the check {name}"), format!("not ({fails})"))
            }));
        }
        asked
    }
}

/// The base type of a domain, after all domains.
pub(in crate::domain::plan) fn base<'c>(catalog: &'c Catalog, column: &'c Column) -> &'c str {
    let mut data_type = &*column.data_type;
    while let Some(domain) = data_type.parse::<QName>().ok().and_then(|name| catalog.domains.get(&name)) {
        data_type = &domain.base_type;
    }
    data_type
}

pub(in crate::domain::plan) fn is_enum(catalog: &Catalog, column: &Column) -> bool {
    let element = column.data_type.trim_end_matches("[]");
    element.parse::<QName>().is_ok_and(|name| catalog.enums.contains_key(&name))
}
