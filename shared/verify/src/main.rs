//! `ocpizza-verify`.

fn main() {}
