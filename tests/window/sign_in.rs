//! Each way in which signing in fails says what is the matter, and keeps nothing.

use wardline_test_support::servers::Account;

use crate::app::App;
use crate::computer::Computer;
use crate::ward::{Ward, trouble};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said_and_the_right_one_then_signs_in() {
    let ward = Ward::open().await;
    let computer = Computer::new();
    let app = App::start(&computer).await;
    let wrong = Account {
        password: "not-the-password".to_owned(),
        ..ward.alice.clone()
    };
    ward.fill_in(&app, &wrong).await;
    app.fill("signin-ca", &ward.authority()).await;
    app.click("signin-submit").await;
    let (code, words) = trouble(&app, "signin-error").await;
    assert_eq!(code, "notAuthorised");
    assert!(words.contains("The address or the password is not right."), "{words}");
    assert_eq!(computer.databases().len(), 0, "a refused sign-in made a database");

    app.fill("signin-password", &ward.alice.password).await;
    app.click("signin-submit").await;
    app.until_screen("inbox").await;
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_whose_server_does_not_exist_is_said() {
    let computer = Computer::new();
    let app = App::start(&computer).await;
    app.fill("signin-address", "alice@no-such-hospital.invalid").await;
    app.fill("signin-password", "any").await;
    app.click("signin-submit").await;
    let (code, words) = trouble(&app, "signin-error").await;
    assert_eq!(code, "serverNotFound", "{words}");
    assert!(words.contains("No server was found for this address."), "{words}");
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_said() {
    let mut ward = Ward::open().await;
    ward.server.stop().await;
    let computer = Computer::new();
    let app = App::start(&computer).await;
    ward.submit_sign_in(&app).await;
    let (code, words) = trouble(&app, "signin-error").await;
    assert_eq!(code, "serverUnreachable", "{words}");
    assert!(words.contains("The server does not answer."), "{words}");
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_said() {
    let ward = Ward::open().await;
    let computer = Computer::new();
    let app = App::start(&computer).await;
    for security in ["directTls", "startTls"] {
        ward.fill_in(&app, &ward.alice).await;
        app.choose("signin-security", security).await;
        if security == "startTls" {
            let port = ward.server.endpoint().starttls_port.unwrap();
            app.fill("signin-port", &port.to_string()).await;
        }
        app.click("signin-submit").await;
        let (code, words) = trouble(&app, "signin-error").await;
        assert_eq!(code, "certificateUnknownIssuer", "{security}: {words}");
        assert!(words.contains("identity could not be checked"), "{words}");
    }
    assert_eq!(computer.databases().len(), 0, "a refused sign-in made a database");

    // Over STARTTLS too, the extra certificate is what was missing.
    app.fill("signin-ca", &ward.authority()).await;
    app.click("signin-submit").await;
    app.until_screen("inbox").await;
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_right_is_refused_before_a_server_is_asked() {
    let computer = Computer::new();
    let app = App::start(&computer).await;
    app.fill("signin-address", "not an address").await;
    app.fill("signin-password", "any").await;
    app.click("signin-submit").await;
    assert_eq!(trouble(&app, "signin-error").await.0, "addressMalformed");

    app.fill("signin-address", "alice@ward.example").await;
    app.click("signin-options").await;
    app.fill("signin-ca", "/no/such/file.pem").await;
    app.click("signin-submit").await;
    app.until_text_in("signin-error", "The extra certificate file could not be used.")
        .await;

    app.fill("signin-host", "localhost").await;
    app.fill("signin-port", "99999").await;
    app.click("signin-submit").await;
    app.until_text_in("signin-mistake", "The port must be a number").await;
    app.close(&computer).await;
}
