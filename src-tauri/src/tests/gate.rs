use std::time::{Duration, Instant};

use serde_json::json;
use tauri::ipc::InvokeBody;
use wardline_sdk::view::CommandError;

use crate::commands::bounds::BOUNDS;
use crate::commands::gate::{Gate, Size, size_of};

fn refused(reference: &str) -> Result<(), CommandError> {
    Err(CommandError::Internal {
        reference: reference.to_owned(),
    })
}

#[test]
fn text_is_counted_wherever_it_stands() {
    let body = InvokeBody::Json(json!({ "ab": ["cde", { "f": "gh" }], "i": 7, "j": null }));
    assert_eq!(size_of(&body), Size { text: 10, values: 7 });
    assert_eq!(size_of(&InvokeBody::Raw(vec![0; 9])), Size { text: 9, values: 0 });
}

#[test]
fn each_command_may_be_called_as_often_as_its_line_says_and_again_later() {
    let nothing = InvokeBody::Json(json!({}));
    for bounds in BOUNDS {
        let (gate, now) = (Gate::default(), Instant::now());
        for _ in 0..bounds.burst {
            assert_eq!(gate.admit(bounds.command, &nothing, now), Ok(()), "{}", bounds.command);
        }
        assert_eq!(
            gate.admit(bounds.command, &nothing, now),
            refused("calls-too-many"),
            "{}",
            bounds.command
        );
        let later = now + Duration::from_secs(1);
        for _ in 0..bounds.per_second.min(bounds.burst) {
            assert_eq!(
                gate.admit(bounds.command, &nothing, later),
                Ok(()),
                "{}",
                bounds.command
            );
        }
        assert_eq!(gate.admit(bounds.command, &nothing, later), refused("calls-too-many"));
    }
}

#[test]
fn each_command_may_carry_as_much_as_its_line_says_and_no_more() {
    for bounds in BOUNDS {
        let (gate, now) = (Gate::default(), Instant::now());
        let fits = InvokeBody::Raw(vec![0; bounds.text]);
        let exceeds = InvokeBody::Raw(vec![0; bounds.text + 1]);
        assert_eq!(gate.admit(bounds.command, &fits, now), Ok(()), "{}", bounds.command);
        assert_eq!(
            gate.admit(bounds.command, &exceeds, now),
            refused("call-too-large"),
            "{}",
            bounds.command
        );
        let many = InvokeBody::Json(json!(vec![0; bounds.values]));
        assert_eq!(
            gate.admit(bounds.command, &many, now),
            refused("call-too-large"),
            "{}",
            bounds.command
        );
    }
}

#[test]
fn one_command_that_is_called_too_often_leaves_the_others_alone() {
    let (gate, now, nothing) = (Gate::default(), Instant::now(), InvokeBody::Json(json!({})));
    while gate.admit("open_link", &nothing, now).is_ok() {}
    assert_eq!(gate.admit("send", &nothing, now), Ok(()));
    assert_eq!(
        gate.admit("no_such_command", &nothing, now),
        Ok(()),
        "refused by whoever dispatches"
    );
}
