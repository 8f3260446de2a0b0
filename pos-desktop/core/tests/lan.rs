//! Workstations of one shop on their LAN, with threads, files and TCP as in the shop, and no server.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails there")]

#[path = "lan_tests/centre.rs"]
mod centre;
#[path = "lan_tests/pc.rs"]
mod pc;
#[path = "lan_tests/relay.rs"]
mod relay;

#[path = "lan_tests/beside.rs"]
mod beside;
#[path = "lan_tests/damaged.rs"]
mod damaged;
#[path = "lan_tests/drill.rs"]
mod drill;
#[path = "lan_tests/early.rs"]
mod early;
#[path = "lan_tests/ending.rs"]
mod ending;
#[path = "lan_tests/folding.rs"]
mod folding;
#[path = "lan_tests/fork.rs"]
mod fork;
#[path = "lan_tests/found.rs"]
mod found;
#[path = "lan_tests/frames.rs"]
mod frames;
#[path = "lan_tests/joining.rs"]
mod joining;
#[path = "lan_tests/late.rs"]
mod late;
#[path = "lan_tests/restored.rs"]
mod restored;
#[path = "lan_tests/roles.rs"]
mod roles;
#[path = "lan_tests/sealed_line.rs"]
mod sealed_line;
#[path = "lan_tests/set_back.rs"]
mod set_back;
#[path = "lan_tests/shop.rs"]
mod shop;
