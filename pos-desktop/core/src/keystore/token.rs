//! A PKCS#11 token (OASIS PKCS #11 v2.40): a card, a module on a network, or SoftHSM2. It is opened for
//! one wrapping or unwrapping and let go of: a card may be taken out while the till sells.

use super::{IV_BYTES, KeyStoreError};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The label of this program's key in a token.
const LABEL: &[u8] = b"ocpizza wrapping key";
/// Bytes of the token's AES key.
const AES_BYTES: u64 = 32;
/// Bits of the tag that shows whether wrapped bytes are what they were.
const TAG_BITS: u64 = 128;

/// A module is initialised and finalised for the whole process: one at a time does.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What `keystore.json` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    module: String,
    token: String,
    pin_file: String,
}

/// Which token, and how it is opened.
#[derive(Debug)]
pub(super) struct Token {
    /// The PKCS#11 library that its maker gives.
    module: PathBuf,
    /// Its label.
    label: String,
    /// The file whose first line is the user's PIN.
    pin_file: PathBuf,
}

impl Token {
    /// Reads the setting. A PIN file of a relative name is in the data folder.
    pub(super) fn read(bytes: &[u8], folder: &Path) -> Result<Self, serde_json::Error> {
        let Setting { module, token, pin_file } = serde_json::from_slice(bytes)?;
        Ok(Self { module: module.into(), label: token, pin_file: folder.join(pin_file) })
    }

    pub(super) fn wrap(
        &self,
        bound_to: &[u8],
        secret: &[u8; 32],
        mut iv: [u8; IV_BYTES],
    ) -> Result<Vec<u8>, KeyStoreError> {
        self.with_session(|session| {
            let key = match find(session)? {
                Some(key) => key,
                None => generate(session)?,
            };
            never_leaves(session, key)?;
            let used = iv;
            let parameters = GcmParams::new(&mut iv, bound_to, TAG_BITS.into())?;
            let sealed = session.encrypt(&Mechanism::AesGcm(parameters), key, secret)?;
            Ok([used.as_slice(), &sealed].concat())
        })
    }

    pub(super) fn unwrap(&self, bound_to: &[u8], bytes: &[u8]) -> Result<[u8; 32], KeyStoreError> {
        let (iv, sealed) = bytes.split_first_chunk::<IV_BYTES>().ok_or(KeyStoreError::Altered)?;
        self.with_session(|session| {
            let key = find(session)?.ok_or(KeyStoreError::NoKey)?;
            never_leaves(session, key)?;
            let mut iv = *iv;
            let parameters = GcmParams::new(&mut iv, bound_to, TAG_BITS.into())?;
            let opened = session.decrypt(&Mechanism::AesGcm(parameters), key, sealed);
            let opened = opened.map_err(|error| {
                tracing::error!(%error, "the token does not unwrap the key");
                KeyStoreError::Altered
            })?;
            <[u8; 32]>::try_from(opened).map_err(|_| KeyStoreError::Altered)
        })
    }

    /// Opens the token as its user, and lets go of it after `work`.
    fn with_session<T>(
        &self,
        work: impl FnOnce(&Session) -> Result<T, KeyStoreError>,
    ) -> Result<T, KeyStoreError> {
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let pin = fs::read_to_string(&self.pin_file).map_err(KeyStoreError::PinFile)?;
        let pin = AuthPin::new(pin.lines().next().unwrap_or_default().into());
        let module = Pkcs11::new(&self.module)?;
        module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        let done = self.session(&module, &pin).and_then(|session| work(&session));
        // What was done stands: a module that does not end in order is none of the till's business.
        if let Err(error) = module.finalize() {
            tracing::warn!(%error, "the token's module did not end in order");
        }
        done
    }

    fn session(&self, module: &Pkcs11, pin: &AuthPin) -> Result<Session, KeyStoreError> {
        for slot in module.get_slots_with_initialized_token()? {
            if module.get_token_info(slot)?.label().trim_end() == self.label {
                let session = module.open_rw_session(slot)?;
                session.login(UserType::User, Some(pin))?;
                return Ok(session);
            }
        }
        Err(KeyStoreError::NoToken(self.label.clone()))
    }
}

/// This program's key in the token.
fn find(session: &Session) -> Result<Option<ObjectHandle>, KeyStoreError> {
    let found = session.find_objects(&[
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Token(true),
        Attribute::Label(LABEL.to_vec()),
    ])?;
    Ok(found.first().copied())
}

fn generate(session: &Session) -> Result<ObjectHandle, KeyStoreError> {
    let template = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Modifiable(false),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
        Attribute::ValueLen(AES_BYTES.into()),
        Attribute::Label(LABEL.to_vec()),
    ];
    Ok(session.generate_key(&Mechanism::AesKeyGen, &template)?)
}

/// Refuses a key that could leave the token now, or could ever.
fn never_leaves(session: &Session, key: ObjectHandle) -> Result<(), KeyStoreError> {
    let asked = [AttributeType::AlwaysSensitive, AttributeType::NeverExtractable];
    let said = session.get_attributes(key, &asked)?;
    let stays = said.contains(&Attribute::AlwaysSensitive(true))
        && said.contains(&Attribute::NeverExtractable(true));
    if stays { Ok(()) } else { Err(KeyStoreError::CanLeave) }
}
