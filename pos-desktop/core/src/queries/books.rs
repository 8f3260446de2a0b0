//! « À propos », archives and alarms, as screens show them.

use crate::books::{ARCHIVES, attestation};
use crate::error::Error;
use crate::store::alarms::{self, Alarm, Raised};
use crate::store::{StoreError, books, publications, settings};
use crate::views::Desk;
use crate::workstation::BUILD;
use pos_api::{AboutView, AlarmKind, AlarmView, ArchiveLine, Code};
use std::path::{Path, PathBuf};

/// How many archives and alarms are listed.
const SHOWN: u32 = 50;

/// The folder that holds the workstation's file.
fn folder(desk: &Desk<'_>) -> PathBuf {
    let file = desk.tx.path().map_or_else(PathBuf::new, PathBuf::from);
    file.parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

pub(super) fn about(desk: &Desk<'_>) -> Result<AboutView, Error> {
    let identity = settings::identity(desk.tx)?.ok_or(Code::SetUpState)?;
    let folder = folder(desk);
    let legal = publications::shop(desk.tx)?.map(|shop| shop.legal);
    let attestation = legal.as_ref().and_then(|it| attestation::present(&folder, &it.siren));
    let company = legal.map_or_else(Vec::new, |it| {
        vec![it.legal_entity, it.siren, it.siret, it.address, it.rcs, it.vat_number]
    });
    Ok(AboutView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fiscal_version: fiscal::VERSION.to_owned(),
        build: BUILD.to_owned(),
        company: company.into_iter().filter(|it| !it.is_empty()).collect(),
        attestation,
        public_key: fiscal::archive::format::hex(identity.key.public_key().as_bytes()),
        folder: folder.display().to_string(),
    })
}

pub(super) fn archives(desk: &Desk<'_>) -> Result<Vec<ArchiveLine>, StoreError> {
    let folder = folder(desk).join(ARCHIVES);
    let archives = books::archives(desk.tx, SHOWN)?;
    let line = |it: books::Archived| ArchiveLine {
        number: it.record.number,
        period: it.document.period,
        present: folder.join(&it.document.file).is_file(),
        file: it.document.file,
    };
    Ok(archives.into_iter().map(line).collect())
}

pub(super) fn alarms(desk: &Desk<'_>) -> Result<Vec<AlarmView>, StoreError> {
    let names = publications::staff(desk.tx)?.map_or_else(Vec::new, |staff| staff.operators);
    let view = |it: Raised| {
        let name = |code: String| {
            let known = names.iter().find(|it| it.code.as_str() == code);
            known.map_or(code, |it| it.name.clone())
        };
        let local = desk.zone.moment(it.raised_ms).local();
        AlarmView {
            alarm: it.alarm,
            kind: kind(it.kind),
            time: format!("{} {:02}:{:02}", local.date().iso(), local.hour, local.minute),
            acknowledged: it.acknowledged.map(|(code, _)| name(code)),
        }
    };
    let most = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    Ok(alarms::list(desk.tx)?.into_iter().take(most).map(view).collect())
}

const fn kind(alarm: Alarm) -> AlarmKind {
    match alarm {
        Alarm::Fork => AlarmKind::Fork,
        Alarm::Restored | Alarm::Anchor => AlarmKind::Restored,
        Alarm::Broken => AlarmKind::Broken,
        Alarm::Clock => AlarmKind::Clock,
        Alarm::Refused | Alarm::Parked => AlarmKind::Refused,
    }
}
