//! The invoice as Cross Industry Invoice (UN/CEFACT D22B), in the order its schema fixes. Names of
//! rules and terms are those of EN 16931 and its validation artefacts.

mod xml;

use super::price::{decimal, quantity, unit_micros};
use super::{
    Address, Buyer, Invoice, InvoiceLine, Kind, Operation, PaymentMeans, RateTotal, Seller, Vat,
    words,
};
use fiscal::Money;
use fiscal::time::Date;
use fiscal::vat::Rate;
use xml::Xml;

/// The profile (BT-24).
const PROFILE: &str = "urn:cen.eu:en16931:2017";
/// A piece, of UN/ECE recommendation 20.
const PIECE: &str = "C62";
/// Schemes of identifiers, ISO 6523: SIREN, SIRET, and the address at the French directory.
const SIREN: &str = "0002";
const SIRET: &str = "0009";
const DIRECTORY: &str = "0225";

/// The invoice, whose facts were checked.
pub(super) fn write(invoice: &Invoice) -> String {
    let mut xml = Xml::begin();
    let name = "rsm:CrossIndustryInvoice";
    xml.open_with(
        name,
        &[
            ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
            ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
            (
                "xmlns:ram",
                "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
            ),
            ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
        ],
    );
    context(&mut xml, invoice);
    document(&mut xml, invoice);
    xml.within("rsm:SupplyChainTradeTransaction", |xml| {
        for (line, number) in invoice.lines.iter().zip(1_u32..) {
            item(xml, line, number);
        }
        xml.within("ram:ApplicableHeaderTradeAgreement", |xml| agreement(xml, invoice));
        xml.within("ram:ApplicableHeaderTradeDelivery", |xml| delivery(xml, invoice));
        xml.within("ram:ApplicableHeaderTradeSettlement", |xml| settlement(xml, invoice));
    });
    xml.close(name);
    xml.end()
}

fn context(xml: &mut Xml, invoice: &Invoice) {
    // Who is to send which invoice to whom, of the French reform (BT-23): what is sold, and
    // whether it was paid when the invoice was made.
    let paid = invoice.left_to_pay() == Money::ZERO;
    let process = match (invoice.operation, paid) {
        (Operation::Goods, false) => "B1",
        (Operation::Goods, true) => "B2",
        (Operation::Services, false) => "S1",
        (Operation::Services, true) => "S2",
        (Operation::Mixed, false) => "M1",
        (Operation::Mixed, true) => "M2",
    };
    xml.within("rsm:ExchangedDocumentContext", |xml| {
        xml.within("ram:BusinessProcessSpecifiedDocumentContextParameter", |xml| {
            xml.leaf("ram:ID", process);
        });
        xml.within("ram:GuidelineSpecifiedDocumentContextParameter", |xml| {
            xml.leaf("ram:ID", PROFILE);
        });
    });
}

fn document(xml: &mut Xml, invoice: &Invoice) {
    xml.within("rsm:ExchangedDocument", |xml| {
        xml.leaf("ram:ID", &invoice.number);
        let code = match invoice.kind {
            Kind::Invoice => "380",
            Kind::CreditNote { .. } => "381",
        };
        xml.leaf("ram:TypeCode", code);
        xml.within("ram:IssueDateTime", |xml| day(xml, "udt:DateTimeString", invoice.issued));
        note(xml, &words::legal_identity(&invoice.seller), "REG");
        for ticket in &invoice.tickets {
            note(xml, &words::ticket(ticket), "");
        }
        if let Kind::CreditNote { reason, .. } = &invoice.kind {
            note(xml, reason, "");
        }
        if invoice.vat_on_debits {
            note(xml, words::VAT_ON_DEBITS, "");
        }
        for it in &invoice.notes {
            note(xml, it, "");
        }
        if invoice.buyer.is_company() {
            note(xml, words::RECOVERY, "PMT");
            note(xml, &words::late(invoice.late_rate), "PMD");
            note(xml, words::DISCOUNT, "AAB");
        }
    });
}

/// A note and its subject by UNTDID 4451 (BG-1).
fn note(xml: &mut Xml, content: &str, subject: &str) {
    if content.trim().is_empty() {
        return;
    }
    xml.within("ram:IncludedNote", |xml| {
        xml.leaf("ram:Content", content);
        xml.leaf_unless_empty("ram:SubjectCode", subject);
    });
}

fn item(xml: &mut Xml, line: &InvoiceLine, number: u32) {
    xml.within("ram:IncludedSupplyChainTradeLineItem", |xml| {
        xml.within("ram:AssociatedDocumentLineDocument", |xml| {
            xml.leaf("ram:LineID", &number.to_string());
        });
        xml.within("ram:SpecifiedTradeProduct", |xml| {
            xml.leaf("ram:Name", &line.label);
            xml.leaf_unless_empty("ram:Description", &line.details.join(" ; "));
        });
        xml.within("ram:SpecifiedLineTradeAgreement", |xml| {
            xml.within("ram:NetPriceProductTradePrice", |xml| {
                xml.leaf("ram:ChargeAmount", &decimal(unit_micros(line)));
            });
        });
        xml.within("ram:SpecifiedLineTradeDelivery", |xml| {
            xml.leaf_with("ram:BilledQuantity", &[("unitCode", PIECE)], &quantity(line));
        });
        xml.within("ram:SpecifiedLineTradeSettlement", |xml| {
            xml.within("ram:ApplicableTradeTax", |xml| {
                xml.leaf("ram:TypeCode", "VAT");
                xml.leaf("ram:CategoryCode", category(line.vat));
                percentage(xml, line.vat);
            });
            xml.within("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
                xml.leaf("ram:LineTotalAmount", &amount(line.net));
            });
        });
    });
}

fn agreement(xml: &mut Xml, invoice: &Invoice) {
    xml.leaf_unless_empty("ram:BuyerReference", &invoice.buyer.reference);
    // BR-O-02: what is outside the scope of VAT carries nobody's VAT number.
    let outside = invoice.lines.iter().any(|it| it.vat == Vat::NotApplicable);
    xml.within("ram:SellerTradeParty", |xml| seller(xml, &invoice.seller, outside));
    xml.within("ram:BuyerTradeParty", |xml| buyer(xml, &invoice.buyer, outside));
    if let Some(ticket) = invoice.tickets.first() {
        xml.within("ram:AdditionalReferencedDocument", |xml| {
            xml.leaf("ram:IssuerAssignedID", &ticket.number);
            xml.leaf("ram:TypeCode", "130");
        });
    }
}

fn seller(xml: &mut Xml, seller: &Seller, outside: bool) {
    if !seller.siret.is_empty() {
        xml.leaf_with("ram:GlobalID", &[("schemeID", SIRET)], &seller.siret);
    }
    xml.leaf("ram:Name", &seller.name);
    xml.leaf_unless_empty("ram:Description", &seller.legal_form);
    xml.within("ram:SpecifiedLegalOrganization", |xml| {
        xml.leaf_with("ram:ID", &[("schemeID", SIREN)], &seller.siren);
        xml.leaf_unless_empty("ram:TradingBusinessName", &seller.trading_name);
    });
    if !seller.phone.is_empty() || !seller.email.is_empty() {
        xml.within("ram:DefinedTradeContact", |xml| {
            if !seller.phone.is_empty() {
                xml.within("ram:TelephoneUniversalCommunication", |xml| {
                    xml.leaf("ram:CompleteNumber", &seller.phone);
                });
            }
            if !seller.email.is_empty() {
                xml.within("ram:EmailURIUniversalCommunication", |xml| {
                    xml.leaf("ram:URIID", &seller.email);
                });
            }
        });
    }
    address(xml, &seller.address);
    directory(xml, &seller.siren);
    if outside {
        return;
    }
    if seller.vat_number.is_empty() {
        // BR-E-02: who is exempt is known to the tax office by something (BT-32).
        registration(xml, "FC", &seller.siren);
    } else {
        registration(xml, "VA", &seller.vat_number);
    }
}

fn buyer(xml: &mut Xml, buyer: &Buyer, outside: bool) {
    xml.leaf("ram:Name", &buyer.name);
    if !buyer.siren.is_empty() {
        xml.within("ram:SpecifiedLegalOrganization", |xml| {
            xml.leaf_with("ram:ID", &[("schemeID", SIREN)], &buyer.siren);
        });
    }
    address(xml, &buyer.address);
    directory(xml, &buyer.siren);
    if !outside && !buyer.vat_number.is_empty() {
        registration(xml, "VA", &buyer.vat_number);
    }
}

fn address(xml: &mut Xml, address: &Address) {
    xml.within("ram:PostalTradeAddress", |xml| {
        xml.leaf_unless_empty("ram:PostcodeCode", &address.postcode);
        let names = ["ram:LineOne", "ram:LineTwo", "ram:LineThree"];
        for (name, line) in names.iter().zip(&address.lines) {
            xml.leaf_unless_empty(name, line);
        }
        xml.leaf_unless_empty("ram:CityName", &address.city);
        xml.leaf("ram:CountryID", &address.country);
    });
}

/// Where a company is reached for electronic invoices (BT-34, BT-49): its SIREN, in the French
/// directory.
fn directory(xml: &mut Xml, siren: &str) {
    if !siren.is_empty() {
        xml.within("ram:URIUniversalCommunication", |xml| {
            xml.leaf_with("ram:URIID", &[("schemeID", DIRECTORY)], siren);
        });
    }
}

/// What the tax office knows somebody by: the VAT number, `VA`, or another, `FC`.
fn registration(xml: &mut Xml, scheme: &str, number: &str) {
    xml.within("ram:SpecifiedTaxRegistration", |xml| {
        xml.leaf_with("ram:ID", &[("schemeID", scheme)], number);
    });
}

fn delivery(xml: &mut Xml, invoice: &Invoice) {
    if let Some(place) = &invoice.delivered_to {
        xml.within("ram:ShipToTradeParty", |xml| {
            xml.leaf("ram:Name", &invoice.buyer.name);
            address(xml, place);
        });
    }
    xml.within("ram:ActualDeliverySupplyChainEvent", |xml| {
        xml.within("ram:OccurrenceDateTime", |xml| {
            day(xml, "udt:DateTimeString", invoice.delivered);
        });
    });
}

fn settlement(xml: &mut Xml, invoice: &Invoice) {
    xml.leaf("ram:InvoiceCurrencyCode", "EUR");
    means(xml, invoice);
    for total in &invoice.rates {
        tax(xml, total, invoice.vat_on_debits);
    }
    xml.within("ram:SpecifiedTradePaymentTerms", |xml| {
        xml.leaf("ram:Description", &words::terms(invoice));
        // What is paid was due the day it was (BR-FR-CO-09).
        let last = invoice.payments.iter().map(|it| it.date).max();
        if let Some(due) = invoice.due.or(last) {
            xml.within("ram:DueDateDateTime", |xml| day(xml, "udt:DateTimeString", due));
        }
    });
    xml.within("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |xml| {
        xml.leaf("ram:LineTotalAmount", &amount(invoice.total_net));
        xml.leaf("ram:TaxBasisTotalAmount", &amount(invoice.total_net));
        let currency = [("currencyID", "EUR")];
        xml.leaf_with("ram:TaxTotalAmount", &currency, &amount(invoice.total_vat));
        xml.leaf("ram:GrandTotalAmount", &amount(invoice.total_gross));
        xml.leaf("ram:TotalPrepaidAmount", &amount(invoice.paid()));
        xml.leaf("ram:DuePayableAmount", &amount(invoice.left_to_pay()));
    });
    if let Kind::CreditNote { of, of_date, .. } = &invoice.kind {
        xml.within("ram:InvoiceReferencedDocument", |xml| {
            xml.leaf("ram:IssuerAssignedID", of);
            xml.within("ram:FormattedIssueDateTime", |xml| {
                day(xml, "qdt:DateTimeString", *of_date);
            });
        });
    }
}

/// By what it was paid (BG-16). The code is that of the largest payment and the words say the
/// rest: the standard knows one means an invoice.
fn means(xml: &mut Xml, invoice: &Invoice) {
    let Some(largest) = invoice.payments.iter().max_by_key(|it| it.amount) else { return };
    xml.within("ram:SpecifiedTradeSettlementPaymentMeans", |xml| {
        let code = match largest.means {
            PaymentMeans::Cash => "10",
            PaymentMeans::Cheque => "20",
            PaymentMeans::Card => "48",
            // Not 30, which is a transfer to come and must name the account (BR-61).
            PaymentMeans::Transfer | PaymentMeans::MealVoucher | PaymentMeans::Other => "1",
        };
        xml.leaf("ram:TypeCode", code);
        xml.leaf("ram:Information", &words::payments(&invoice.payments));
    });
}

fn tax(xml: &mut Xml, total: &RateTotal, on_debits: bool) {
    xml.within("ram:ApplicableTradeTax", |xml| {
        xml.leaf("ram:CalculatedAmount", &amount(total.tax));
        xml.leaf("ram:TypeCode", "VAT");
        xml.leaf_unless_empty("ram:ExemptionReason", words::no_vat(total.vat).unwrap_or_default());
        xml.leaf("ram:BasisAmount", &amount(total.net));
        xml.leaf("ram:CategoryCode", category(total.vat));
        let reason = match total.vat {
            Vat::Rate(_) => "",
            Vat::NotApplicable => "VATEX-EU-O",
            Vat::Exempt => "VATEX-FR-FRANCHISE",
        };
        xml.leaf_unless_empty("ram:ExemptionReasonCode", reason);
        if on_debits && matches!(total.vat, Vat::Rate(_)) {
            // When the tax is due (BT-8): 5 is the day of the invoice.
            xml.leaf("ram:DueDateTypeCode", "5");
        }
        percentage(xml, total.vat);
    });
}

/// UNTDID 5305.
fn category(vat: Vat) -> &'static str {
    match vat {
        Vat::Rate(_) => "S",
        Vat::NotApplicable => "O",
        Vat::Exempt => "E",
    }
}

/// The rate; what is outside the scope of VAT has none (BR-O-05).
fn percentage(xml: &mut Xml, vat: Vat) {
    match vat {
        Vat::Rate(rate) => xml.leaf("ram:RateApplicablePercent", &percent(rate)),
        Vat::Exempt => xml.leaf("ram:RateApplicablePercent", "0.00"),
        Vat::NotApplicable => {}
    }
}

fn percent(rate: Rate) -> String {
    format!("{}.{:02}", rate.basis_points() / 100, rate.basis_points() % 100)
}

fn amount(it: Money) -> String {
    let it = it.euros();
    let sign = if it.negative { "-" } else { "" };
    format!("{sign}{}.{:02}", it.euros, it.cents)
}

/// A day as `yyyyMMdd`, which is format 102.
fn day(xml: &mut Xml, name: &str, it: Date) {
    let text = format!("{:04}{:02}{:02}", it.year, it.month, it.day);
    xml.leaf_with(name, &[("format", "102")], &text);
}
