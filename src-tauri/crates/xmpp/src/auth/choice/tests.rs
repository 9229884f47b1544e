use std::num::NonZeroU32;
use std::sync::Arc;

use super::super::keys::ScramKeys;
use super::*;

fn offer(mechanisms: &[&str], exporter: bool) -> Offer {
    Offer {
        mechanisms: mechanisms.iter().map(|name| (*name).to_owned()).collect(),
        bindings: exporter.then(|| "tls-exporter".to_owned()).into_iter().collect(),
    }
}

fn by_password() -> Authentication {
    Authentication::with_password("pencil".to_owned())
}

fn by_keys(hash: ScramHash) -> Authentication {
    let keys = ScramKeys::derive(hash, "pencil", b"salt".to_vec(), NonZeroU32::new(4096).unwrap());
    let mut authentication = by_password();
    authentication.credential = Credential::Keys(Arc::new(keys));
    authentication.known.strongest = Some(Mechanism::Scram(hash));
    authentication
}

fn chosen(offer: &Offer, authentication: &Authentication) -> Result<(String, Option<Binding>), Declined> {
    choose(offer, Some(vec![7]), authentication).map(|choice| match choice {
        Choice::Scram { mechanism, binding, .. } => (mechanism, Some(binding)),
        Choice::Plain => ("PLAIN".to_owned(), None),
    })
}

fn named(name: &str, binding: Binding) -> Result<(String, Option<Binding>), Declined> {
    Ok((name.to_owned(), Some(binding)))
}

fn bound() -> Binding {
    Binding::Exporter(vec![7])
}

#[test]
fn the_strongest_hash_wins() {
    let mongooseim = offer(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"], false);
    assert_eq!(
        chosen(&mongooseim, &by_password()),
        named("SCRAM-SHA-512", Binding::NotOffered)
    );
}

#[test]
fn binding_is_used_only_where_the_server_announces_the_type() {
    let names = ["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"];
    assert_eq!(
        chosen(&offer(&names, true), &by_password()),
        named("SCRAM-SHA-1-PLUS", bound())
    );
    assert_eq!(
        chosen(&offer(&names, false), &by_password()),
        named("SCRAM-SHA-256", Binding::NotSupported)
    );
}

#[test]
fn plain_is_used_only_where_somebody_has_allowed_it_and_nothing_better_is_offered() {
    let only_plain = offer(&["DIGEST-MD5", "PLAIN"], false);
    assert_eq!(chosen(&only_plain, &by_password()), Err(Declined::OnlyPlain));
    let allowing = by_password().allowing_plain();
    assert_eq!(chosen(&only_plain, &allowing), Ok(("PLAIN".into(), None)));
    assert_eq!(
        chosen(&offer(&["PLAIN", "SCRAM-SHA-1"], false), &allowing),
        named("SCRAM-SHA-1", Binding::NotOffered)
    );
    let strange = offer(&["DIGEST-MD5", "ANONYMOUS", "X-OAUTH2"], false);
    assert_eq!(chosen(&strange, &allowing), Err(Declined::NothingKnown));
    assert_eq!(chosen(&Offer::default(), &allowing), Err(Declined::NothingKnown));
}

#[test]
fn a_server_that_did_scram_gets_neither_the_password_nor_a_weaker_hash() {
    let mut before = by_password().allowing_plain();
    before.known.strongest = Some(Mechanism::Scram(ScramHash::Sha256));
    for weaker in [&["PLAIN"][..], &["SCRAM-SHA-1"], &["PLAIN", "SCRAM-SHA-1"]] {
        assert_eq!(
            chosen(&offer(weaker, false), &before),
            Err(Declined::Weaker),
            "{weaker:?}"
        );
        assert_eq!(
            chosen(&offer(weaker, false), &by_keys(ScramHash::Sha256)),
            Err(Declined::Weaker),
            "{weaker:?}"
        );
    }
    assert_eq!(
        chosen(&offer(&["SCRAM-SHA-512"], false), &before),
        named("SCRAM-SHA-512", Binding::NotOffered)
    );
}

#[test]
fn a_server_that_offered_binding_is_never_given_the_password() {
    let mut before = by_password().allowing_plain();
    before.known.binding = BindingSeen::Offered;
    assert_eq!(chosen(&offer(&["PLAIN"], false), &before), Err(Declined::Weaker));
}

#[test]
fn a_session_that_was_bound_is_bound_again_or_refused() {
    let mut before = by_password();
    before.known.binding = BindingSeen::Used;
    let names = ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
    assert_eq!(
        chosen(&offer(&names, true), &before),
        named("SCRAM-SHA-256-PLUS", bound())
    );
    assert_eq!(chosen(&offer(&names, false), &before), Err(Declined::Weaker));
    assert_eq!(chosen(&offer(&names[..1], true), &before), Err(Declined::Weaker));
    let without_exporter = choose(&offer(&names, true), None, &before);
    assert_eq!(without_exporter, Err(Declined::Weaker));
}

#[test]
fn keys_are_used_as_long_as_their_hash_is_offered_and_with_binding_once_there_is_one() {
    let keys = by_keys(ScramHash::Sha256);
    let both = offer(&["SCRAM-SHA-256", "SCRAM-SHA-512"], false);
    assert_eq!(chosen(&both, &keys), named("SCRAM-SHA-256", Binding::NotOffered));
    let binding = offer(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"], true);
    assert_eq!(chosen(&binding, &keys), named("SCRAM-SHA-256-PLUS", bound()));
    let stronger = offer(&["SCRAM-SHA-512", "PLAIN"], false);
    assert_eq!(chosen(&stronger, &keys), Err(Declined::PasswordNeeded));
}

#[test]
fn the_flag_that_a_server_refuses_is_not_sent_again_unless_it_has_ever_offered_binding() {
    let plain_scram = offer(&["SCRAM-SHA-1"], false);
    let mut authentication = by_password();
    for flag in [UnboundFlag::Refused, UnboundFlag::InDoubt] {
        authentication.known.unbound_flag = flag;
        authentication.known.binding = BindingSeen::NotOffered;
        assert_eq!(
            chosen(&plain_scram, &authentication),
            named("SCRAM-SHA-1", Binding::NotSupported)
        );
        authentication.known.binding = BindingSeen::Offered;
        assert_eq!(
            chosen(&plain_scram, &authentication),
            named("SCRAM-SHA-1", Binding::NotOffered)
        );
    }
}

#[test]
fn an_offer_is_read_from_the_features() {
    let features: Element = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
        <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>\
        <sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/>\
        </sasl-channel-binding></stream:features>"
        .parse()
        .unwrap();
    assert_eq!(Offer::read(&features), offer(&["SCRAM-SHA-1"], true));
}

#[test]
fn an_offer_is_listed_in_order_whatever_the_order_of_the_server() {
    assert_eq!(offer(&["B", "A"], false).listed(), "A\u{1e}B");
    assert_eq!(offer(&["B", "A"], true).listed(), "A\u{1e}B\u{1f}tls-exporter");
}
