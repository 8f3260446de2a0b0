//! Ten thousand baskets add up, here; a million in `./dev full`, by the same program.

use std::process::{Command, Output};

fn baskets(words: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_baskets");
    Command::new(program).args(words).output().expect("it was built with this test")
}

#[test]
#[expect(clippy::print_stdout, reason = "the counts are what a reader of the run wants to see")]
fn ten_thousand_baskets_add_up_and_have_the_vat_that_another_program_finds() {
    let output = baskets(&["--count", "10000", "--json"]);
    let (said, wrong) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{wrong}");
    let counts: serde_json::Value = serde_json::from_str(&said).expect("one object on one line");
    assert_eq!(counts["count"], 10_000);
    println!("{}", said.trim());
}

#[test]
fn too_few_of_a_kind_is_no_proof() {
    // Of one basket, all or none has two rates: some seed's has none.
    let lacks = |seed: u32| {
        let output = baskets(&["--count", "1", "--seed", &seed.to_string()]);
        String::from_utf8_lossy(&output.stderr).contains("less than 30 %")
    };
    assert!((1..10).any(lacks));
}
