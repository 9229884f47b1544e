//! What of a recording is about the inbox.

use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::recordings::{Section, Side, Step};
use crate::replay::Stage;

/// Plays one section.
pub(super) async fn play(stage: &mut Stage, section: &Section) {
    let asked: Vec<_> = section
        .steps
        .iter()
        .filter(|step| is_question(step))
        .map(id_of)
        .collect();
    stage.play(section, |element| concerns(element, &asked)).await;
}

fn is_question(step: &Step) -> bool {
    step.side == Side::Client && step.xml.starts_with("<iq") && step.xml.contains(ns::INBOX)
}

fn id_of(step: &Step) -> String {
    let id = step.xml.split(" id='").nth(1).and_then(|rest| rest.split('\'').next());
    id.unwrap().to_owned()
}

/// Results, news of changed properties, and answers to what was asked of the inbox.
fn concerns(element: &Element, asked: &[String]) -> bool {
    element.has_child("result", ns::INBOX)
        || element.has_child("x", ns::INBOX_CONVERSATION)
        || element.name() == "iq"
            && element
                .attr("id")
                .is_some_and(|id| asked.iter().any(|asked| asked == id))
}
