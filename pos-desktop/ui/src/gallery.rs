//! The gallery's answers are those of `pos-api`: a scene that a screen could never be given would be
//! a picture of nothing.

use pos_api::{Answer, Failure, Reply};
use serde_json::{Value, json};
use std::{fs, path::Path};

#[test]
fn every_scene_is_made_of_answers_that_the_workstation_could_give() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("gallery");
    let read = |path: &Path| -> Value {
        serde_json::from_slice(&fs::read(path).unwrap()).expect("a scene is JSON")
    };
    let answers = |path: &Path, of: &Value| {
        for (name, value) in of.as_object().expect("answers by name") {
            let answer = match name.as_str() {
                "Workstations" | "Joining" | "Histories" | "Drills" | "Backups" => {
                    json!({ "Mesh": { name: value } })
                }
                _ => json!({ name: value }),
            };
            if let Err(error) = serde_json::from_value::<Answer>(answer) {
                panic!("{}: {name}: {error}", path.display());
            }
        }
    };
    let base = folder.join("base.json");
    answers(&base, &read(&base));
    let scenes = fs::read_dir(folder.join("scenes")).unwrap();
    for path in scenes.map(|entry| entry.unwrap().path()) {
        let scene = read(&path);
        answers(&path, &scene["answers"]);
        for (name, value) in scene["commands"].as_object().expect("replies by name") {
            let reply = serde_json::from_value::<Reply>(value.clone());
            assert!(reply.is_ok(), "{}: {name}: {reply:?}", path.display());
        }
        for (name, value) in scene["refuse"].as_object().expect("refusals by name") {
            let failure = serde_json::from_value::<Failure>(value.clone());
            assert!(failure.is_ok(), "{}: {name}: {failure:?}", path.display());
        }
    }
}
