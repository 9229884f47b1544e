use super::*;

#[test]
fn a_sign_in_never_prints_its_secrets() {
    let sign_in = SignIn {
        address: "alice@ward.example".into(),
        password: String::from("hunter2").into(),
        server: ServerLocation::Automatic,
        extra_ca_file: None,
        plain: PlainSignIn::Refused,
        key_protection: KeyProtection::Passphrase {
            passphrase: String::from("hunter2").into(),
        },
    };
    let printed = format!("{sign_in:?} {:?}", sign_in.key_protection);
    assert!(!printed.contains("hunter2") && !printed.contains("alice"), "{printed}");
}
