//! Whatever is changed in a ticket is seen, and whatever bytes come in, nothing panics.

use crate::sale::{draft, key, series};
use fiscal::ticket::{Base, BrokenTicket, Ticket};
use proptest::prelude::*;

fn ticket() -> Ticket {
    series().issue(&draft(), &key()).unwrap().0
}

#[test]
fn any_bit_of_the_body_that_is_flipped_is_seen() {
    let body = ticket().encode();
    let key = key().public_key();
    let passes = |body: &[u8]| Ticket::decode(body).is_some_and(|it| it.check(&key, None).is_ok());
    assert!(passes(&body));
    for place in 0..body.len() {
        for bit in 0..8 {
            let mut altered = body.clone();
            altered[place] ^= 1 << bit;
            assert!(!passes(&altered), "bit {bit} of byte {place}");
        }
        assert!(!passes(&body[..place]), "cut at {place}");
    }
    assert!(!passes(&[body.as_slice(), &[0]].concat()), "a byte more");
}

/// A document changed, with its hash put right in the base string, and the base string signed
/// again by whoever holds the key: what is wrong in itself is still seen.
#[test]
fn a_document_that_does_not_add_up_is_seen_even_when_it_is_signed() {
    for (from, to, broken) in [
        (r#""ttc":1250,"unit"#, r#""ttc":1249,"unit"#, "lines or payments are wrong"),
        (r#""change":350"#, r#""change":349"#, "lines or payments are wrong"),
        (r#""net_ht":1136"#, r#""net_ht":1135"#, "the totals are not"),
        (r#""ttc":1250,"vat":114"#, r#""ttc":1250,"vat":113"#, "the totals are not"),
        (r#""total_vat":135"#, r#""total_vat":134"#, "the totals are not"),
        (r#""line_count":2"#, r#""line_count":3"#, "the totals are not"),
        (r#""total_ttc":1650"#, r#""total_ttc":1651"#, "the total differs"),
        (r#""vat_bp":550},{"#, r#""vat_bp":560},{"#, "the breakdown by rate differs"),
        (r#""seq":1,"#, r#""seq":2,"#, "the sequence differs"),
        (r#""offset_min":60"#, r#""offset_min":61"#, "the time differs"),
        (r#"19:05:00""#, r#"19:06:00""#, "the time differs"),
        (r#""type":"VENTE""#, r#""type":"AVOIR""#, "the type differs"),
        (r#""type":"VENTE""#, r#""type":"DON""#, "the document is not a ticket's"),
        (r#""schema":"TICKET-1""#, r#""schema":"TICKET-2""#, "the document is not a ticket's"),
        (r#""line_count":2"#, r#""line_count": 2"#, "the document is not canonical"),
        (r#""line_count":2"#, r#""line_count":2.0"#, "the document is not canonical"),
        (r#""till":"P01-C1""#, r#""till":"P01-C2""#, "the till differs"),
    ] {
        let mut ticket = ticket();
        let old = Base::content_hash(&ticket.document);
        assert!(ticket.document.contains(from), "{from} in {}", ticket.document);
        ticket.document = ticket.document.replacen(from, to, 1);
        let new = Base::content_hash(&ticket.document);
        ticket.base = ticket.base.replace(&old, &new);
        let found = ticket.check(&key().public_key(), None).unwrap_err();
        assert!(found.to_string().starts_with(broken), "{to}: {found}");
    }
}

/// A later version may say more: what it says is signed, and the rest is checked as ever.
#[test]
fn a_field_of_a_later_version_is_let_through() {
    let mut ticket = ticket();
    ticket.document = ticket.document.replacen(r#""order":"#, r#""option":[],"order":"#, 1);
    let mut base = Base::parse(&ticket.base).unwrap();
    base.content = Base::content_hash(&ticket.document);
    ticket.base = base.to_string();
    // Everything but the signature, which is looked at last.
    assert_eq!(ticket.check(&key().public_key(), None), Err(BrokenTicket::Signature));
}

#[test]
fn a_document_that_was_not_signed_is_seen() {
    let mut ticket = ticket();
    ticket.document = ticket.document.replace("Reine", "Royale");
    let found = ticket.check(&key().public_key(), None);
    assert_eq!(found, Err(BrokenTicket::OtherDocument));
}

#[test]
fn amounts_at_the_ends_of_the_range_are_refused_without_a_panic() {
    let ticket = ticket();
    for (from, to) in [
        (r#""amount":1650"#, r#""amount":9007199254740991"#),
        (r#""tendered":2000"#, r#""tendered":-9007199254740991"#),
        (r#""unit_ttc":1250"#, r#""unit_ttc":9007199254740991"#),
        (r#""qty_m":1000"#, r#""qty_m":4294967295"#),
        (r#""total_ttc":1650"#, r#""total_ttc":-9223372036854775808"#),
        (r#""utc_ms":1795284300000"#, r#""utc_ms":-9007199254740991"#),
    ] {
        let mut altered = ticket.clone();
        altered.document = ticket.document.replacen(from, to, 1);
        assert_ne!(altered.document, ticket.document, "{from}");
        let hash = Base::content_hash;
        altered.base = ticket.base.replace(&hash(&ticket.document), &hash(&altered.document));
        assert!(altered.check(&key().public_key(), None).is_err(), "{to}");
    }
}

proptest! {
    #[test]
    fn random_bytes_are_no_ticket_and_no_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Ticket::decode(&body).is_none_or(|it| it.check(&key().public_key(), None).is_err()));
    }

    #[test]
    fn random_texts_in_a_tickets_fields_are_no_panic(
        number in ".{0,20}",
        document in r#"[\[\]{}",:0-9a-z\\-]{0,80}"#,
        base in "TK1,[a-z]{1,3},[0-9]{1,20},([0-9]{1,5}:-?[0-9]{1,20}\\|?){1,3}(,-?[0-9]{1,20}){3}(,[a-zé]{0,3}){5},[NO],.{0,3}",
        signature in "[A-Za-z0-9_é-]{0,90}",
    ) {
        let ticket = Ticket { number, document, base, signature };
        prop_assert!(ticket.check(&key().public_key(), None).is_err());
        prop_assert!(series().after(&ticket).is_err());
        prop_assert!(ticket.extract().chars().count() <= 4);
        prop_assert_eq!(Ticket::decode(&ticket.encode()), Some(ticket));
    }
}
