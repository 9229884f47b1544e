use super::super::cost::assert_linear;
use super::*;

fn found(text: &str, names: &[(&str, u8)]) -> Vec<(usize, usize, u8)> {
    let handles: Vec<Handle<u8>> = names
        .iter()
        .flat_map(|(name, whose)| Handle::of(name, *whose))
        .collect();
    let mut found: Vec<(usize, usize, u8)> = find(text, &handles)
        .into_iter()
        .map(|found| (found.begin, found.end, found.whose))
        .collect();
    found.dedup();
    found
}

fn whose(text: &str, names: &[(&str, u8)]) -> Vec<u8> {
    found(text, names).into_iter().map(|(_, _, whose)| whose).collect()
}

#[test]
fn a_name_is_found_in_any_case_and_the_longer_one_counts() {
    let names = [("Asha", 1), ("Asha Patel", 2), ("Bén", 3)];
    assert_eq!(
        found("@asha patel and @BÉN, @Asha", &names),
        [(0, 11, 2), (16, 20, 3), (22, 27, 1)]
    );
}

#[test]
fn spelling_does_not_matter() {
    for (name, texts) in [
        (
            "Inês O'Neill",
            vec![
                "@Inês O’Neill please",
                "@ines o'neill please",
                "@ines oneill",
                "@Ine\u{302}s O\u{2bc}Neill,",
                "@INES O-NEILL",
                "@Dr Inês O'Neill",
                "@Sister Ines O'Neill's bed",
                "＠ines o'neill",
                "@inesoneill",
                "@Ines  O'Neill",
            ],
        ),
        (
            "O'NEILL, Inês",
            vec!["@Inês O'Neill", "@O'Neill, Inês", "@o'neill ines"],
        ),
        (
            "Dr Inês O'Neill (Cardiology)",
            vec!["@ines o'neill", "@Dr Inês O'Neill (Cardiology)", "@Dr. Inês O'Neill"],
        ),
        (
            "Mary Watson-Parker",
            vec!["@mary watson parker", "@Mary Watson‑Parker", "@mary watsonparker"],
        ),
        ("Łukasz Wałęsa", vec!["@lukasz walesa"]),
        ("Anna Strauß", vec!["@anna strauss", "@ANNA STRAUSS"]),
    ] {
        for text in texts {
            assert_eq!(whose(text, &[(name, 1)]), [1], "{text} for {name}");
        }
    }
}

#[test]
fn nobody_else_is_meant() {
    for (name, text) in [
        ("Ana", "@Ana-Maria please"),
        ("Ana", "@Anamaria"),
        ("Ana", "@Ana'Li"),
        ("Ana", "@ana.silva"),
        ("Ana", "@ana_silva"),
        ("ana", "@ana@ward.example"),
        ("Anna", "@Ann a question"),
        ("Anna Straus", "@Anna Strauß"),
        ("O", "@O'Neill"),
        ("Ana", "@\nAna"),
        ("Ana Silva", "@Ana\nSilva"),
        ("राम", "@राम्या"),
        ("कमल", "@कमला"),
        ("か", "@が"),
        ("👩", "@👩🏽"),
        ("👩", "@👩\u{200d}⚕️"),
        ("Ana", "x@Ana"),
        ("Ana", "é@Ana"),
        ("Ana", "e\u{301}@Ana"),
        ("Ana", "@ Ana"),
        ("Ana", "```\n@Ana\n```"),
        ("", "@"),
        ("\u{200b}", "@\u{200b}x"),
    ] {
        assert_eq!(whose(text, &[(name, 1)]), Vec::<u8>::new(), "{text} for {name}");
    }
    assert_eq!(whose("@Ana Silva please", &[("Ana", 1), ("Ana Silva", 2)]), [2]);
    assert_eq!(whose("@ana silva please", &[("Ana", 1), ("Aná Sílva", 2)]), [2]);
}

#[test]
fn a_name_ends_where_a_word_does() {
    for text in [
        "@Ana",
        "(@Ana)",
        "@Ana, please",
        "@Ana's bed",
        "@Ana’s",
        "@Ana.",
        "@Ana: yes",
        "@Ana- yes",
        "@Ana—yes",
        "@Ana👍",
        "@Ana/@Bob",
    ] {
        assert_eq!(whose(text, &[("Ana", 1)]), [1], "{text}");
    }
    assert_eq!(whose("@Ana Silva.Could you", &[("Ana Silva", 1)]), [1]);
    assert_eq!(found("@Ana\u{301}\u{200b} x", &[("Ana", 1)]), [(0, 6, 1)]);
}

#[test]
fn addresses_and_parts_of_words_are_no_mentions() {
    let names = [("asha", 1)];
    assert_eq!(found("mail x@asha or @ashas, @ asha", &names), []);
    assert_eq!(found("(@Asha)", &names), [(1, 6, 1)]);
}

#[test]
fn of_two_people_of_one_name_the_one_that_is_spelled_so_is_meant_else_both() {
    assert_eq!(whose("@Asha", &[("Asha", 1), ("asha", 2)]), [1, 2]);
    assert_eq!(whose("@Inês", &[("Ines", 1), ("Inês", 2)]), [2]);
    assert_eq!(whose("@INÉS", &[("Ines", 1), ("Inês", 2)]), [1, 2]);
}

#[test]
fn one_of_two_people_of_one_name_is_meant_by_name_and_address() {
    let people = [
        ("Sam Lee", "sam@w.example"),
        ("Sam lee", "s.lee2@w.example"),
        ("Bob", "bob@w.example"),
        ("Dr O'Neill", r"o\27neill@w.example"),
        ("O’Neill", "neill@w.example"),
    ];
    let written = handles(&people);
    assert_eq!(written[0], ("Sam Lee (sam)".into(), "sam@w.example"));
    assert_eq!(written[2], ("Bob".into(), "bob@w.example"));
    assert_eq!(written[3].0, "Dr O'Neill (o'neill)");
    let names: Vec<Handle<&str>> = people
        .iter()
        .flat_map(|(name, whose)| Handle::of(name, *whose))
        .chain(written.iter().map(|(handle, whose)| Handle::new(handle, *whose)))
        .collect();
    let whose = |text: &str| {
        let mut whose: Vec<&str> = find(text, &names).into_iter().map(|found| found.whose).collect();
        whose.dedup();
        whose
    };
    assert_eq!(whose("@Sam Lee (s.lee2), please"), ["s.lee2@w.example"]);
    assert_eq!(whose("@sam lee (sam) and @Bob"), ["sam@w.example", "bob@w.example"]);
    assert_eq!(whose("@SAM LEE!"), ["sam@w.example", "s.lee2@w.example"]);
    assert_eq!(whose("@Dr O'Neill (o'neill) x"), [r"o\27neill@w.example"]);
}

#[test]
fn places_that_overlap_or_lie_outside_are_left_out() {
    let place = |begin, end, whom| Place { begin, end, whom };
    let ordered = in_order(
        vec![
            place(6, 9, Mentioned::Other),
            place(0, 5, Mentioned::Other),
            place(0, 5, Mentioned::Me),
            place(4, 7, Mentioned::Me),
            place(9, 99, Mentioned::Me),
            place(3, 3, Mentioned::Me),
        ],
        "0123456789",
    );
    assert_eq!(ordered, [place(0, 5, Mentioned::Me), place(6, 9, Mentioned::Other)]);
}

#[test]
fn a_place_in_the_middle_of_a_character_takes_in_the_whole() {
    let place = |begin, end| Place {
        begin,
        end,
        whom: Mentioned::Me,
    };
    assert_eq!(in_order(vec![place(0, 4)], "@Ana\u{301} x"), [place(0, 5)]);
    assert_eq!(in_order(vec![place(2, 4)], "e\u{301}\u{302}@Ana"), [place(0, 4)]);
}

#[test]
fn the_cost_grows_with_the_text() {
    let names: Vec<Handle<u8>> = ["Ana", "Anaaaaaaaaa", "Dr a a a a", "a"]
        .iter()
        .flat_map(|name| Handle::of(name, 1))
        .collect();
    for pattern in ["@", "@a", "@a ", "@Dr ", "```\n", "@\u{301}", "a\u{301}"] {
        assert_linear("find", pattern, |text| drop(find(text, &names)));
        let places = |text: &str| {
            (0..text.len())
                .map(|at| Place {
                    begin: at,
                    end: at + 1,
                    whom: Mentioned::Me,
                })
                .collect()
        };
        assert_linear("places", pattern, |text| drop(in_order(places(text), text)));
    }
}
