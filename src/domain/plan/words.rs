//! Lists of names in messages of plans.

use std::fmt::Display;

/// The most names in a list.
const NAMED: usize = 5;

/// The first few, and how many more there are.
pub(super) fn listed(all: impl ExactSizeIterator<Item = impl Display>) -> String {
    let more = all.len().saturating_sub(NAMED);
    let mut named: Vec<String> = all.take(NAMED).map(|it| it.to_string()).collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_counted() {
        assert_eq!(listed([1, 2, 3, 4, 5].iter()), "1, 2, 3, 4, 5");
        assert_eq!(listed([1, 2, 3, 4, 5, 6, 7].iter()), "1, 2, 3, 4, 5, and 2 more");
    }
}
