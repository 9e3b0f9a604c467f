//! Orders and roles as the tools document them.

use super::*;

/// The files that are run, in order.
fn order<'p>(rule: fn(&str) -> Role, paths: &[&'p str]) -> Vec<&'p str> {
    let run = |path: &&'p str| match rule(path) {
        Role::Run(order) | Role::Baseline(order) => Some((order, *path)),
        Role::Undo | Role::Not(_) => None,
    };
    let mut found: Vec<_> = paths.iter().filter_map(run).collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

#[test]
fn flyway_goes_by_version_then_repeats() {
    let paths = [
        "R__b_view.sql",
        "R__a.sql",
        "V10__j.sql",
        "V2__b.sql",
        "sub/V1.1__c.sql",
        "V1_1_1__d.sql",
        "V1__a.sql",
        "U1__a.sql",
        "afterMigrate.sql",
        "V3__c.SQL",
        "Vx__y.sql",
        "notes.sql",
        "B1__base.sql",
    ];
    let run = [
        "B1__base.sql",
        "V1__a.sql",
        "sub/V1.1__c.sql",
        "V1_1_1__d.sql",
        "V2__b.sql",
        "V10__j.sql",
        "R__a.sql",
        "R__b_view.sql",
    ];
    assert_eq!(order(flyway, &paths), run);
    assert_eq!(flyway("U1__a.sql"), Role::Undo);
    assert_eq!(flyway("afterMigrate.sql"), CALLBACK);
    assert!(matches!(flyway("B1__base.sql"), Role::Baseline(_)));
    assert_eq!(flyway("V1.0__a.sql"), flyway("V1__b.sql"));
}

#[test]
fn numbers_are_numbers_where_the_tool_counts_and_letters_where_it_does_not() {
    let paths = ["10_c.sql", "2_b.sql", "001_a.sql", "x_y.sql", "sub/3_d.sql"];
    assert_eq!(order(underscored, &paths), ["001_a.sql", "2_b.sql", "10_c.sql"]);
    assert_eq!(order(digits_by_letter, &paths), ["001_a.sql", "10_c.sql", "2_b.sql"]);
    assert_eq!(order(number_or_name, &paths), ["001_a.sql", "2_b.sql", "10_c.sql", "x_y.sql"]);
    assert_eq!(order(by_letter, &paths), ["001_a.sql", "10_c.sql", "2_b.sql", "x_y.sql"]);
    assert_eq!(order(path_by_letter, &paths), ["001_a.sql", "10_c.sql", "2_b.sql", "sub/3_d.sql", "x_y.sql"]);
    assert_eq!(order(bootstrapped, &["2_b.sql", "1_a.sql", "bootstrap.sql"]), ["bootstrap.sql", "1_a.sql", "2_b.sql"]);
    assert_eq!(order(bare, &["10.sql", "9.sql", "01.sql", "9_x.sql"]), ["01.sql", "9.sql", "10.sql"]);
    let natural_paths = ["10_c.sql", "2_b.SQL", "002_a.sql", "x/1.sql"];
    assert_eq!(order(natural, &natural_paths), ["002_a.sql", "2_b.SQL", "10_c.sql"]);
    assert_eq!(order(natural_path, &natural_paths).len(), 4);
}

#[test]
fn files_and_folders_that_undo_are_not_run() {
    let paths = ["10_b.up.sql", "9_a.up.sql", "9_a.down.sql", "3_plain.sql"];
    assert_eq!(order(up_down, &paths), ["9_a.up.sql", "10_b.up.sql"]);
    assert_eq!(order(up_down_or_plain, &paths), ["3_plain.sql", "9_a.up.sql", "10_b.up.sql"]);
    assert_eq!(up_down("9_a.down.sql"), Role::Undo);
    let diesel = ["2020-02-01-000000_b/up.sql", "00000000000000_a/up.sql", "2020-02-01-000000_b/down.sql"];
    assert_eq!(order(up_folders, &diesel), ["00000000000000_a/up.sql", "2020-02-01-000000_b/up.sql"]);
    let prisma = ["20200201_b/migration.sql", "20200101_a/migration.sql", "20200101_a/down.sql", "x.sql"];
    assert_eq!(order(migration_folders, &prisma), ["20200101_a/migration.sql", "20200201_b/migration.sql"]);
    assert_eq!(order(refinery, &["U10__c.sql", "V2__b.sql", "V1__a.sql"]), ["V1__a.sql", "V2__b.sql", "U10__c.sql"]);
    assert_eq!(order(structure, &["structure.sql", "seeds.sql"]), ["structure.sql"]);
}

#[test]
fn names_that_undo_say_what_they_undo() {
    for (name, undone) in [
        ("1_a_down.sql", "1_a_up.sql"),
        ("1_a-down.sql", "1_a.sql"),
        ("1_a.rollback.sql", "1_a.sql"),
        ("1.undo.a.sql", "1.do.a.sql"),
        ("x/rollback.sql", "x/deploy.sql"),
        ("1_a.DOWN.SQL", "1_a.UP.SQL"),
    ] {
        assert!(undoing(name).is_some_and(|names| names.iter().any(|it| it == undone)), "{name}");
    }
    for name in ["1_down_payments.sql", "1_a.up.sql", "countdown.sql", "down.txt"] {
        assert_eq!(undoing(name), None, "{name}");
    }
    assert_eq!(order(pairs, &["10_b.sql", "2_a.sql", "2_a_down.sql"]), ["2_a.sql", "10_b.sql"]);
}
