//! The imports of a file of the library, read by Rust's own grammar: `use` items and qualified paths, also those within
//! macros. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, Path, UseTree, Visibility};

/// The path of a module from the root of the library, e.g. `["pg", "read"]`.
type Module = Vec<String>;

/// The module that a file holds, e.g. of `src/pg/read.rs`.
pub fn module(path: &str) -> Module {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
}

/// The files that `text`, the source of `module`, imports from.
pub fn of(module: &Module, text: &str, files: &BTreeMap<Module, &str>) -> BTreeSet<String> {
    let file = syn::parse_file(text).unwrap();
    let children = file.items.iter().filter_map(|item| match item {
        Item::Mod(child) if child.content.is_none() => Some(child.ident.to_string()),
        _ => None,
    });
    let mut found = Found { module, children: children.collect(), paths: Vec::new(), within: 0 };
    found.visit_file(&file);
    let files =
        found.paths.iter().filter_map(|path| (1..=path.len()).rev().find_map(|length| files.get(&path[..length])));
    files.filter(|path| self::module(path) != *module).map(|path| (*path).to_owned()).collect()
}

struct Found<'m> {
    module: &'m Module,
    /// The modules that the file declares: a path may begin with one of them.
    children: BTreeSet<String>,
    paths: Vec<Module>,
    /// How many modules within the file are open.
    within: usize,
}

impl Found<'_> {
    /// Takes down a path as it is written. What begins with neither a module of the library nor one beside it is somebody
    /// else's.
    fn path(&mut self, written: &[String]) {
        let Some(first) = written.first() else { return };
        let mut from: Module = match first.as_str() {
            "crate" | "schemawarden" => Vec::new(),
            "self" => self.module.clone(),
            "super" if self.within > 0 => self.module.clone(),
            "super" => self.module[..self.module.len() - 1].to_vec(),
            child if written.len() > 1 && self.children.contains(child) => [&self.module[..], &written[..1]].concat(),
            _ => return,
        };
        for part in &written[1..] {
            match part.as_str() {
                "super" => drop(from.pop()),
                "self" => {}
                part => from.push(part.to_owned()),
            }
        }
        self.paths.push(from);
    }

    fn tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |part: String| [before, &[part]].concat();
        match tree {
            UseTree::Path(path) => self.tree(&with(path.ident.to_string()), &path.tree),
            UseTree::Name(name) => self.path(&with(name.ident.to_string())),
            UseTree::Rename(name) => self.path(&with(name.ident.to_string())),
            UseTree::Glob(_) => self.path(before),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
        }
    }

    /// Paths in the arguments of a macro, which are no syntax yet.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if path.last().is_none_or(String::is_empty) => {
                    path.retain(|part: &String| !part.is_empty());
                    path.push(ident.to_string());
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    if path.last().is_some_and(|part| !part.is_empty()) {
                        path.push(String::new());
                    }
                }
                other => {
                    self.path(&path.split_off(0).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>());
                    match other {
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        TokenTree::Ident(ident) => path.push(ident.to_string()),
                        TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                    }
                }
            }
        }
        self.path(&path.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>());
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Found<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.within += 1;
        visit::visit_item_mod(self, item);
        self.within -= 1;
    }

    /// A module that only hands on what is below it does not use that.
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if matches!(item.vis, Visibility::Inherited) {
            self.tree(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.path(&path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, found: &'ast Macro) {
        self.tokens(found.tokens.clone());
    }
}
