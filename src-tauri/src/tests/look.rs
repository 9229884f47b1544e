use crate::look::Look;

fn look(json: &str) -> serde_json::Result<Look> {
    serde_json::from_str(json)
}

#[tokio::test]
async fn a_saved_look_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not there yet").join("look.json");
    let saved = look(r#"{"theme":"dark","textSize":125}"#).unwrap();
    saved.write(path.clone()).await.unwrap();
    assert_eq!(Look::read(&path), saved);
}

#[test]
fn a_missing_or_damaged_file_gives_the_usual_look() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("look.json");
    assert_eq!(Look::read(&path), Look::default());
    std::fs::write(&path, r#"{"theme":"dark","textSize":9000}"#).unwrap();
    assert_eq!(Look::read(&path), Look::default());
}

#[test]
fn only_sensible_looks_are_taken() {
    assert!(look(r#"{"theme":"sepia","textSize":100}"#).is_err());
    assert!(look(r#"{"theme":"light","textSize":99}"#).is_err());
    assert!(look(r#"{"theme":"light","textSize":201}"#).is_err());
    assert!(look(r#"{"theme":"light","textSize":200}"#).is_ok());
}

#[test]
fn the_page_is_handed_the_look_as_data() {
    let script = look(r#"{"theme":"dark","textSize":150}"#).unwrap().script();
    assert!(
        script.contains(r#"Object.freeze({"theme":"dark","textSize":150})"#),
        "{script}"
    );
}
