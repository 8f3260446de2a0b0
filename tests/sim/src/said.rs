//! What was asked and answered, in a few words.

use pos_api::{Code, Command, Reply};

/// Whether a code says that the workstation is broken and not that the request is.
pub(crate) fn is_fault(code: &Code) -> bool {
    matches!(
        code,
        Code::Unexpected
            | Code::Storage
            | Code::DiskFull
            | Code::Damaged
            | Code::KeyStore
            | Code::NewerDatabase
            | Code::CentreUnreachable
            | Code::NoMenu
    )
}

/// The command's name: what stands first when it is written out.
pub(crate) fn name(command: &Command) -> String {
    let text = format!("{command:?}");
    text.chars().take_while(|it| it.is_alphanumeric() || *it == '(').take(40).collect()
}

/// What a reply says, short.
pub(crate) fn told(reply: &Reply) -> String {
    match reply {
        Reply::Paid(paid) => format!("{} {} {}", paid.label, paid.ticket, paid.total.cents()),
        Reply::Order { label, .. } => label.clone(),
        Reply::Corrected { ticket, total } => format!("{ticket} {}", total.cents()),
        Reply::Basket(basket) => format!("basket {}", basket.total.cents()),
        Reply::Closing(closing) => format!("{} {}", closing.number, closing.total.cents()),
        Reply::Queued { job } => format!("job {job}"),
        Reply::Done => "done".to_owned(),
        Reply::Session(_)
        | Reply::File { .. }
        | Reply::Link { .. }
        | Reply::Verified { .. }
        | Reply::Purged { .. } => "answered".to_owned(),
    }
}
