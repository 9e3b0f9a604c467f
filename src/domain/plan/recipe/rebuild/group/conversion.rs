//! Whether values survive a change of type. A value survives if it is the same, as text, after the conversion there and
//! back. That the server accepts the statement proves nothing: casts silently round, truncate, pad and normalise.

use crate::domain::catalog::Column;
use crate::domain::name::QName;
use crate::domain::plan::Requirement;
use crate::domain::plan::type_change::{cuts, plain, uncut};

/// The conversion of a column from its current type to its new one.
pub(super) struct Conversion<'c> {
    pub table: &'c QName,
    pub column: &'c Column,
    /// Types as they can be asked about before the plan: a domain by its base type, where it does not exist yet.
    pub from: &'c str,
    pub to: &'c str,
    /// The USING expression, or the cast that the server applies without it.
    pub using: String,
    /// Whether the server has a cast from `to` to `from`. Otherwise the printed texts are compared.
    pub has_way_back: bool,
}

impl Conversion<'_> {
    /// Values that make the statement fail, where a cast in a question would truncate them instead.
    pub fn fits(&self) -> Option<Requirement> {
        let is_cut_by_using = self.using.ends_with(self.to);
        (cuts(self.to) && !is_cut_by_using).then(|| {
            let (using, to) = (&self.using, self.to);
            let refused =
                format!("{} is distinct from {}", printed(using, to), printed(&format!("({using})::{to}"), to));
            self.question(&refused, &format!("do not fit {to}"), "change these values, or")
        })
    }

    /// Values that would be replaced by others. Errors other than truncation are found here as well.
    pub fn survives(&self) -> Requirement {
        let (using, to, name) = (&self.using, self.to, &self.column.name);
        // A cast back that truncates would hide a value that has become longer.
        let from = if cuts(self.from) { uncut(to, self.from) } else { self.from.to_owned() };
        let back = if self.has_way_back { format!("({using})::{to}::{from}") } else { format!("({using})::{to}") };
        let as_it_came = if self.has_way_back { self.from } else { to };
        let (back, now) = (printed(&back, as_it_came), printed(&name.to_string(), self.from));
        let changed = format!("{back} is distinct from {now}");
        self.question(
            &changed,
            &format!("are not the same after the conversion to {to} and back"),
            "allow data_loss where it may be lost, change these values, or",
        )
    }

    fn question(&self, wrong: &str, problem: &str, advice: &str) -> Requirement {
        let (table, name) = (self.table, &self.column.name);
        let rows = format!("from {table} where {name} is not null and {wrong}");
        Requirement {
            object: format!("{table}.{name}"),
            problem: format!("values of {table}.{name} {problem}"),
            count: format!("select count(*) {rows}"),
            sample: Some(format!("select distinct {name}::text {rows} limit 5")),
            advice: format!("{advice} keep {} in the expectation", self.from),
        }
    }
}

/// A value as text. The blanks that pad a `character` are not part of the value: a cast to text drops them, but the
/// output of an array of them does not.
fn printed(value: &str, data_type: &str) -> String {
    let through = if data_type.ends_with("[]") && plain(data_type) == "character" { "::text[]" } else { "" };
    format!("({value}){through}::text")
}
