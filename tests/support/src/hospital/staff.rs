//! Who works at the sample hospital. All of them are invented.

use super::portrait::{Hair, Look};

/// One member of staff.
#[derive(Debug, Clone)]
pub struct Person {
    /// The part of the address before the `@`.
    pub name: String,
    /// Given and family name.
    pub full_name: String,
    /// What they do.
    pub role: String,
    /// The ward or department.
    pub ward: String,
    /// How they look, for the portrait.
    pub(super) look: Look,
}

/// The person at whose desk the app is opened.
pub const USER: &str = "asha";

/// Everybody.
#[must_use]
pub(super) fn everybody() -> Vec<Person> {
    let person = |name: &str, full_name: &str, role: &str, ward: &str, look: Look| Person {
        name: name.to_owned(),
        full_name: full_name.to_owned(),
        role: role.to_owned(),
        ward: ward.to_owned(),
        look,
    };
    let look = Look::plain;
    vec![
        person(
            "asha",
            "Asha Verma",
            "Cardiology registrar",
            "Cardiology",
            look(BROWN, BLACK, Hair::Long, TEAL),
        ),
        person(
            "daniel",
            "Daniel Okafor",
            "Charge nurse",
            "Coronary care",
            look(DEEP, BLACK, Hair::Short, NAVY).beard(),
        ),
        person(
            "priya",
            "Priya Nair",
            "Consultant cardiologist",
            "Cardiology",
            look(TAN, GREY, Hair::Bob, PLUM).glasses(),
        ),
        person(
            "tom",
            "Tom Gallagher",
            "Foundation doctor",
            "Ward 7",
            look(ROSE, GINGER, Hair::Quiff, GREEN),
        ),
        person(
            "mei",
            "Mei Lin Chen",
            "Ward pharmacist",
            "Pharmacy",
            look(LIGHT, BLACK, Hair::Fringe, MINT).glasses(),
        ),
        person(
            "sarah",
            "Sarah Whitfield",
            "Ward sister",
            "Ward 7",
            look(ROSE, BLONDE, Hair::Bun, NAVY),
        ),
        person(
            "kwame",
            "Kwame Mensah",
            "Site manager",
            "Operations",
            look(DEEP, GREY, Hair::Bald, SLATE).beard().glasses(),
        ),
        person(
            "fatima",
            "Fatima Al-Sayed",
            "Medical registrar",
            "Acute medicine",
            look(TAN, INDIGO, Hair::Scarf, TEAL),
        ),
        person(
            "rhys",
            "Rhys Morgan",
            "Cardiac physiologist",
            "Echo lab",
            look(LIGHT, AUBURN, Hair::Quiff, BLUE).beard(),
        ),
        person(
            "elena",
            "Elena Petrova",
            "Anaesthetic registrar",
            "Intensive care",
            look(LIGHT, AUBURN, Hair::Long, GREEN),
        ),
        person(
            "joao",
            "João Ferreira",
            "Physiotherapist",
            "Therapies",
            look(TAN, BLACK, Hair::Curls, MINT),
        ),
        person(
            "grace",
            "Grace Adeyemi",
            "Staff nurse",
            "Coronary care",
            look(DEEP, BLACK, Hair::Curls, BLUE),
        ),
        person(
            "hamish",
            "Hamish Fraser",
            "Radiographer",
            "Imaging",
            look(ROSE, GREY, Hair::Short, PLUM).glasses(),
        ),
        person(
            "nadia",
            "Nadia Hussain",
            "Microbiology registrar",
            "Microbiology",
            look(BROWN, WINE, Hair::Scarf, SLATE),
        ),
        person(
            "ben",
            "Ben Carter",
            "Portering team lead",
            "Portering",
            look(LIGHT, BLONDE, Hair::Short, GREEN).beard(),
        ),
        person(
            "lucy",
            "Lucy Thornton",
            "Heart failure nurse",
            "Heart failure service",
            look(ROSE, GINGER, Hair::Bob, BLUE),
        ),
    ]
}

const DEEP: u32 = 0x7a4a2e;
const BROWN: u32 = 0xa86b45;
const TAN: u32 = 0xd09a6e;
const LIGHT: u32 = 0xf0c8a4;
const ROSE: u32 = 0xf6d3bd;
const BLACK: u32 = 0x2a2120;
const GREY: u32 = 0x9a9a9e;
const GINGER: u32 = 0xc86a32;
const AUBURN: u32 = 0x6b3a22;
const BLONDE: u32 = 0xd9b062;
const INDIGO: u32 = 0x3f518c;
const WINE: u32 = 0x8c3b5a;
const TEAL: u32 = 0x1a8a8c;
const NAVY: u32 = 0x1f3f77;
const PLUM: u32 = 0x6d3f78;
const GREEN: u32 = 0x3c8a5a;
const MINT: u32 = 0x5bb5a2;
const SLATE: u32 = 0x4c6272;
const BLUE: u32 = 0x2f7fc9;
