//! The layers of the workspace: no crate rests on one above it, or on one beside it.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// What each crate may rest on, of this workspace.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("nn-tensor", &[]),
    ("nn-layers", &["nn-tensor"]),
    ("nn-data", &["nn-tensor"]),
    ("nn-optim", &["nn-layers", "nn-tensor"]),
    ("nn-train", &["nn-data", "nn-layers", "nn-optim", "nn-tensor"]),
    ("nn-plot", &["nn-data", "nn-layers", "nn-optim", "nn-tensor"]),
    ("nn", &["nn-data", "nn-layers", "nn-optim", "nn-plot", "nn-tensor", "nn-train"]),
    ("nn-reference", &[]),
];

#[test]
fn the_crates_rest_on_each_other_as_the_architecture_says() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();

    let mut graph: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let mut within: Vec<&str> = dependencies
            .filter(|dependency| dependency["kind"].is_null() && !dependency["path"].is_null())
            .map(|dependency| dependency["name"].as_str().unwrap())
            .collect();
        within.sort_unstable();
        graph.insert(name, within);
    }
    for (name, allowed) in ALLOWED {
        assert_eq!(graph[name], allowed, "{name}");
    }
    // Whatever else there is stands on top: examples and benches, on which nothing rests.
    for (name, dependencies) in &graph {
        let known = ALLOWED.iter().any(|(crate_name, _)| crate_name == name);
        assert!(known || ["nn-benches", "nn-examples"].contains(name), "{name} has no place");
        assert!(
            !dependencies.iter().any(|on| on.starts_with("nn-benches") || *on == "nn-examples")
        );
    }
}
