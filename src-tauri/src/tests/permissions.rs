//! Commands, permissions and the interface's calls are three lists of the same things.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::commands::bounds::BOUNDS;

const CAPABILITY: &str = include_str!("../../capabilities/main.json");
const CONFIGURATION: &str = include_str!("../../../tauri.conf.json");
const REGISTERED: &str = include_str!("../commands/mod.rs");

fn granted() -> BTreeSet<String> {
    let capability: Value = serde_json::from_str(CAPABILITY).unwrap();
    let permissions = capability["permissions"].as_array().unwrap();
    permissions
        .iter()
        .map(|permission| permission.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_command_has_its_bounds() {
    let bounded: BTreeSet<_> = BOUNDS
        .iter()
        .map(|bounds| format!("allow-{}", bounds.command.replace('_', "-")))
        .collect();
    assert_eq!(bounded, granted());
}

#[test]
fn the_interface_may_call_every_command_and_nothing_of_tauri_s() {
    let list = REGISTERED
        .split_once("generate_handler![")
        .unwrap()
        .1
        .split_once(']')
        .unwrap()
        .0;
    let registered: BTreeSet<_> = list
        .split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(|path| format!("allow-{}", path.rsplit("::").next().unwrap().replace('_', "-")))
        .collect();
    assert_eq!(granted(), registered);
}

#[test]
fn the_page_is_held_to_a_strict_policy() {
    let configuration: Value = serde_json::from_str(CONFIGURATION).unwrap();
    let security = &configuration["app"]["security"];
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(configuration["app"]["withGlobalTauri"], false);
    let policy = security["csp"].as_object().unwrap();
    for (directive, sources) in policy {
        let sources = sources.as_str().unwrap();
        for loose in ["unsafe", "*", "https:", "blob:", "data:", "asset", "localhost:"] {
            assert!(!sources.contains(loose), "{directive}: {sources}");
        }
    }
    assert_eq!(policy["default-src"], "'self'");
    assert_eq!(policy["object-src"], "'none'");
}
