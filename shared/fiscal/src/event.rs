//! The event log (« journal des événements techniques », JET): what happened to the till that is no
//! sale. It never holds anything about a person but an operator's code.

use crate::record::{Document, Head, SeriesKind};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

macro_rules! events {
    ($($variant:ident $symbol:literal $nf525:expr, $doc:literal;)+) => {
        /// What happened. The symbol stands in documents and base strings; certified vendors publish
        /// the number that NF525 gives some of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum EventCode {
            $(
                #[doc = $doc]
                #[serde(rename = $symbol)]
                $variant,
            )+
        }

        impl EventCode {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in documents.
            #[must_use]
            pub const fn symbol(self) -> &'static str {
                match self { $(Self::$variant => $symbol,)+ }
            }

            /// The number that NF525 gives it, where one is public.
            #[must_use]
            pub const fn nf525(self) -> Option<u16> {
                match self { $(Self::$variant => $nf525,)+ }
            }
        }
    };
}

events! {
    JetInit "JET_INIT" Some(260), "A journal was opened. Data: `key`, `version`.";
    AppStart "APP_START" None, "The program started. Data: `build`, `unclean` (1 where the last run did not end in order).";
    AppStop "APP_STOP" None, "The program ended in order.";
    Login "LOGIN" Some(80), "Somebody signed in. Data: `method`.";
    Logout "LOGOUT" Some(40), "Somebody signed out.";
    LoginLock "LOGIN_LOCK" None, "Too many wrong PINs. Data: `failures`.";
    RightsChange "RIGHTS_CHANGE" None, "Users or roles changed. Data: `list`.";
    SessionOpen "SESSION_OPEN" None, "A business day began. Data: `day` (its number), `date`, `float` (cents in the drawer).";
    DrawerCount "DRAWER_COUNT" Some(170), "The drawer was counted. Data: `counted`, `theoretical`, `difference` in cents.";
    DrawerOpenNoSale "DRAWER_OPEN_NO_SALE" None, "The drawer was opened with no sale. Data: `reason`.";
    CashIn "CASH_IN" None, "Cash was put in the drawer. Data: `amount` in cents, `reason`.";
    CashOut "CASH_OUT" None, "Cash was taken from the drawer. Data: `amount` in cents, `reason`.";
    XReport "X_REPORT" None, "The day's figures were read (lecture X). Data: `total`, `hash`.";
    CloseDay "CLOSE_DAY" Some(50), "A day was closed. Data: `closing`, `perpetual`.";
    CloseMonth "CLOSE_MONTH" Some(50), "A month was closed. Data: `closing`, `perpetual`.";
    CloseYear "CLOSE_YEAR" Some(60), "A year was closed. Data: `closing`, `perpetual`.";
    CloseAuto "CLOSE_AUTO" None, "The program closed a day that was forgotten. Data: `closing`.";
    CloseLate "CLOSE_LATE" None, "A day was closed after its end. Data: `closing`.";
    ArchivePeriod "ARCHIVE_PERIOD" Some(20), "A period was archived. Data: `archive`, `manifest`.";
    ArchiveYear "ARCHIVE_YEAR" Some(30), "A year was archived. Data: `archive`, `manifest`.";
    ArchiveVerify "ARCHIVE_VERIFY" None, "An archive was verified. Data: `archive`, `result`.";
    ArchiveDownload "ARCHIVE_DOWNLOAD" None, "An archive was copied out. Data: `archive`.";
    Purge "PURGE" None, "Bodies that need not be kept were deleted. Data: `from`, `to`, `count`, `archive`.";
    FiscalExport "FISCAL_EXPORT" None, "Figures were exported. Data: `what`, `period`.";
    AuditAccess "AUDIT_ACCESS" None, "The tax audit screen was opened. Data: `scope`.";
    LineCancel "LINE_CANCEL" Some(410), "A line of an order was cancelled before payment. Data: `order`, `amount`, `reason`.";
    OrderCancel "ORDER_CANCEL" Some(320), "An unpaid order was cancelled. Data: `order`, `amount`, `reason`.";
    RefundLine "REFUND_LINE" Some(190), "A line of a ticket was given back. Data: `ticket`, `credit_note`, `line`, `amount`.";
    TicketVoid "TICKET_VOID" Some(190), "A whole ticket was given back. Data: `ticket`, `credit_note`, `amount`.";
    PaymentCorrection "PAYMENT_CORRECTION" None, "A means of payment was corrected. Data: `ticket`, `correction`, `before`, `after`.";
    DiscountManual "DISCOUNT_MANUAL" None, "Somebody gave a discount. Data: `order`, `amount`, `reason`.";
    PriceOverride "PRICE_OVERRIDE" None, "Somebody set a price. Data: `order`, `before`, `after`, `reason`.";
    FreeItem "FREE_ITEM" None, "Something was given free. Data: `order`, `amount`, `reason`.";
    ManagerOverride "MANAGER_OVERRIDE" None, "A manager allowed what the operator may not. Data: `what`, `manager`.";
    Duplicate "DUPLICATE" None, "A duplicate was made. Data: `duplicate`, `ticket`.";
    ProformaPrint "PROFORMA_PRINT" None, "A provisional document was printed. Data: `document`, `order`.";
    TrainingStart "TRAINING_START" None, "Training began. Data: `supervisor`, `journal`.";
    TrainingEnd "TRAINING_END" None, "Training ended. Data: `supervisor`, `journal`.";
    OfflineStart "OFFLINE_START" None, "The centre could not be reached any more. Data: `seq`.";
    OfflineEnd "OFFLINE_END" None, "The centre was reached again. Data: `from`, `to`, `minutes`.";
    SyncReject "SYNC_REJECT" None, "Another refused our entries. Data: `peer`, `why`.";
    AnchorMismatch "ANCHOR_MISMATCH" None, "A witness knows another history of this journal. Data: `expected`, `found`, `witness`.";
    RestoreDetected "RESTORE_DETECTED" None, "The file is older than a witness. Data: `expected`, `found`, `witness`.";
    RestoreAcknowledged "RESTORE_ACKNOWLEDGED" None, "A manager took note of a restored file. Data: `journal`.";
    IntegrityOk "INTEGRITY_OK" None, "A check found nothing wrong. Data: `from`, `to`, `entries`.";
    IntegrityFail "INTEGRITY_FAIL" Some(90), "A check found something wrong. Data: `first`, `count`.";
    ClockAnomaly "CLOCK_ANOMALY" None, "The clock went back, or leapt; or a manager called a day otherwise than the program. Data: `before`, `after` in ms; or dates.";
    TimeZoneChange "TZ_CHANGE" None, "The shop's time zone changed. Data: `before`, `after`.";
    ConfigChange "CONFIG_CHANGE" Some(250), "A fiscal setting changed. Data: `what`, `before`, `after`.";
    VatTableChange "VAT_TABLE_CHANGE" None, "The shop's VAT rates changed. Data: `before`, `after` (hashes).";
    ProductTaxClassChange "PRODUCT_TAXCLASS_CHANGE" None, "A product's tax class changed. Data: `product`, `before`, `after`.";
    SoftwareUpdateMinor "SW_UPDATE_MINOR" None, "A new version, same fiscal core. Data: `before`, `after`.";
    SoftwareUpdateMajor "SW_UPDATE_MAJOR" None, "A new fiscal core. Data: `before`, `after`.";
    KeyCreate "KEY_CREATE" None, "A signing key was made. Data: `key`, `kept` (`file`, or `pkcs11` where a token wraps it).";
    KeyLost "KEY_LOST" None, "The signing key could not be opened before this start. Data: `key`, `kept`.";
    DegradedModeStart "DEGRADED_MODE_START" None, "Keystore or printer failed. Data: `what`.";
    DegradedModeEnd "DEGRADED_MODE_END" None, "It works again. Data: `what`.";
    PrintFail "PRINT_FAIL" None, "A paper could not be printed. Data: `paper`, `cause`.";
    ReceiptSent "RECEIPT_SENT" None, "A receipt was given otherwise than on paper. Data: `ticket`, `medium`.";
    NegativeCashAlert "NEGATIVE_CASH_ALERT" None, "More cash would leave the drawer than is in it. Data: `theoretical`, `amount`.";
    CashLimitRefused "CASH_LIMIT_REFUSED" None, "A cash payment above the legal ceiling was refused. Data: `amount`.";
    NoteHandedOver "NOTE_HANDED_OVER" None, "The note of a service of 25 € or more was handed over. Data: `order`, `document`.";
    VoucherOverride "VOUCHER_OVERRIDE" None, "Meal vouchers were taken on a day that needs a reason. Data: `reason`.";
    PersonalDataErased "PERSONAL_DATA_ERASED" None, "A customer's card was erased. Data: `card`.";
}

/// What a member of an event's data is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Datum {
    /// A count, or an amount in cents.
    Number(i64),
    /// A code, a number of a document.
    Text(String),
}

impl From<i64> for Datum {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What an event's document holds beside its code, by name.
pub type Data = BTreeMap<String, Datum>;

/// The data of these members.
#[must_use]
pub fn data<const N: usize>(members: [(&str, Datum); N]) -> Data {
    members.into_iter().map(|(name, datum)| (name.to_owned(), datum)).collect()
}

/// An event: `JE1,till,seq,code,yyyyMMddHHmmss,±hhmm,operator,content,N|O,previous`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDocument {
    /// What every document says.
    #[serde(flatten)]
    pub head: Head,
    /// What happened.
    pub code: EventCode,
    /// What is known of it.
    pub data: Data,
}

impl EventDocument {
    /// The number of that name; `None` where there is none.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.data.get(name)? {
            Datum::Number(number) => Some(*number),
            Datum::Text(_) => None,
        }
    }

    /// The text of that name; `None` where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.data.get(name)? {
            Datum::Text(text) => Some(text),
            Datum::Number(_) => None,
        }
    }
}

impl Document for EventDocument {
    const SCHEMA: &'static str = "EVENEMENT-1";
    const SERIES: SeriesKind = SeriesKind::Event;

    fn head(&self) -> &Head {
        &self.head
    }

    fn signed_fields(&self) -> Vec<String> {
        let moment = self.head.moment();
        vec![
            self.code.symbol().to_owned(),
            moment.stamp(),
            moment.offset(),
            self.head.operator.clone(),
        ]
    }

    fn adds_up(&self) -> bool {
        true
    }
}
