//! `POST /v1/enrol`: a new workstation is taken in, with a one-time code.

use crate::app::{App, From};
use crate::code::Code;
use crate::error::Error;
use crate::exchange::{cbor, named_sender, read_body, refusal};
use crate::store::{self, Tx};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use replication::{
    Enrol, EnrolRefused, EnrolReply, Enrolled, Refusal, Replays, Reply, RequestHash, Role,
    open_request, seal_reply,
};

/// Takes a workstation in, or says why not.
///
/// # Errors
///
/// [`Error`] where there is no answer: the workstation asks again with the same code.
pub async fn enrol(
    State(app): State<App>,
    from: From,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let body = read_body(body)?;
    let answer = match read(&body) {
        Ok(request) => decide(&app, from, &request).await?.encode(),
        Err(refusal) => Reply::Refused(refusal).encode(),
    };
    let now_ms = app.clock.now_ms();
    Ok(cbor(seal_reply(app.centre.key(), RequestHash::of(&body), now_ms, answer)?))
}

/// Opens the request, which is signed by the very key that it asks to enrol.
fn read(envelope: &[u8]) -> Result<Enrol, Refusal> {
    let key = named_sender(envelope)?;
    let opened =
        open_request(envelope, |it| *it == key, &mut Replays::default()).map_err(refusal)?;
    let request = Enrol::decode(&opened.body).map_err(|_| Refusal::Unreadable)?;
    if request.public_key == opened.from { Ok(request) } else { Err(Refusal::BadSignature) }
}

async fn decide(app: &App, from: From, request: &Enrol) -> Result<EnrolReply, Error> {
    let now_ms = app.clock.now_ms();
    if !app.attempts.may_guess(from.0, now_ms) {
        return Ok(EnrolReply::Refused(EnrolRefused::TooManyAttempts));
    }
    let mut tx = app.store.centre().await?;
    match take_in(app, &mut tx, request, now_ms).await? {
        Ok(enrolled) => {
            tx.commit().await?;
            app.attempts.right(from.0);
            app.live.changed(&enrolled.shop);
            tracing::info!(shop = enrolled.shop, label = enrolled.label, "a workstation enrolled");
            Ok(EnrolReply::Enrolled(enrolled))
        }
        Err(refused) => {
            if refused != EnrolRefused::CodeUnknown {
                app.attempts.forgive_one(from.0);
            }
            tracing::info!(%refused, "a workstation was not enrolled");
            Ok(EnrolReply::Refused(refused))
        }
    }
}

async fn take_in(
    app: &App,
    tx: &mut Tx,
    request: &Enrol,
    now_ms: i64,
) -> Result<Result<Enrolled, EnrolRefused>, Error> {
    let key = &request.public_key;
    let Some(typed) = Code::typed(&request.code) else {
        return Ok(Err(EnrolRefused::CodeUnknown));
    };
    let hash = typed.hash();
    let Some(code) = store::enrolment::lock(tx, &hash).await? else {
        return Ok(Err(EnrolRefused::CodeUnknown));
    };
    let again = code.used_by.as_deref() == Some(key.as_bytes());
    if let Err(refused) = usable(&code, again, request.role, now_ms) {
        return Ok(Err(refused));
    }
    let shop = code.shop.as_str();
    if let Some(there) = store::workstation::with_key(tx, key).await?
        && (there.revoked || there.shop != shop)
    {
        return Ok(Err(EnrolRefused::KeyRevoked));
    }
    if !again {
        if store::workstation::label_in_use(tx, shop, &code.label).await? {
            return Ok(Err(EnrolRefused::Label));
        }
        store::workstation::save(tx, shop, key, &code.role, &code.label, now_ms).await?;
        store::enrolment::spend(tx, &hash, key, now_ms).await?;
    }
    let centre_journal = app.centre.journal(tx, shop, now_ms).await?;
    Ok(Ok(Enrolled {
        shop: code.shop,
        label: code.label,
        centre_key: app.centre.key().public_key(),
        centre_journal,
        time_ms: now_ms,
    }))
}

/// In the order of [`EnrolRefused`].
fn usable(
    code: &store::enrolment::Code,
    again: bool,
    role: Role,
    now_ms: i64,
) -> Result<(), EnrolRefused> {
    if code.used_by.is_some() && !again {
        return Err(EnrolRefused::CodeUsed);
    }
    if code.expires_ms <= now_ms && !again {
        return Err(EnrolRefused::CodeExpired);
    }
    if code.role != role_str(role) {
        return Err(EnrolRefused::WrongRole);
    }
    Ok(())
}

/// A role, as the database has it.
#[must_use]
pub const fn role_str(role: Role) -> &'static str {
    match role {
        Role::Till => "till",
        Role::Kitchen => "kitchen",
    }
}

/// Whether this may be a workstation's label: one to six capital letters and digits. The centre's
/// own is nobody else's.
#[must_use]
pub fn is_label(label: &str) -> bool {
    (1..=6).contains(&label.len())
        && label.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
        && label != crate::centre::LABEL
}
