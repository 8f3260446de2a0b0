//! What the centre says in its journal of a shop: which blobs hold, and who may write.

use crate::catalogue::BrokenBlob;
use alloc::string::String;
use alloc::vec::Vec;
use journal::{BlobHash, JournalId};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Something that the centre said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A blob holds from now on.
    Published(Published),
    /// A workstation belongs to the shop.
    WorkstationListed(WorkstationListed),
    /// A workstation no longer does.
    WorkstationRevoked(WorkstationRevoked),
}

/// What a published blob is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum What {
    /// A [`crate::catalogue::Catalogue`].
    #[n(0)]
    Menu,
    /// A [`crate::staff::StaffList`].
    #[n(1)]
    Staff,
    /// A [`crate::shop::Shop`].
    #[n(2)]
    Shop,
}

/// A blob holds from now on, whole, in place of the one of its sort before.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Published {
    /// What it is.
    #[n(0)]
    pub what: What,
    /// Its name.
    #[n(1)]
    pub sha256: BlobHash,
    /// Its version, as it says itself.
    #[n(2)]
    pub number: u32,
}

/// A workstation belongs to the shop.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct WorkstationListed {
    /// Its journal.
    #[n(0)]
    pub journal: JournalId,
    /// Its public key as SEC 1 bytes, which its seals are checked with.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub public_key: Vec<u8>,
    /// What it is for.
    #[n(2)]
    pub role: WorkstationRole,
    /// What people call it: "C1".
    #[n(3)]
    pub label: String,
}

/// What a workstation is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum WorkstationRole {
    /// It takes orders and money.
    #[n(0)]
    Till,
    /// It shows what to make.
    #[n(1)]
    Kitchen,
}

/// A workstation no longer belongs to the shop.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct WorkstationRevoked {
    /// Its journal.
    #[n(0)]
    pub journal: JournalId,
}

impl Published {
    /// Whether a blob is the one that was published.
    ///
    /// # Errors
    ///
    /// [`BrokenBlob`] where its bytes have another name.
    pub fn check(&self, bytes: &[u8]) -> Result<(), BrokenBlob> {
        if BlobHash::of(bytes) == self.sha256 {
            return Ok(());
        }
        Err(BrokenBlob(match self.what {
            What::Menu => "catalogue",
            What::Staff => "staff list",
            What::Shop => "shop",
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Published, What};
    use crate::catalogue::BrokenBlob;
    use crate::samples::{shop, staff};
    use crate::shop::Shop;
    use crate::staff::StaffList;
    use alloc::format;
    use journal::BlobHash;

    #[test]
    fn blobs_are_read_back_and_keep_their_names() {
        let (staff, shop) = (staff(), shop());
        assert_eq!(StaffList::decode(&staff.encode()), Ok(staff.clone()));
        assert_eq!(Shop::decode(&shop.encode()), Ok(shop.clone()));
        assert_eq!(Shop::decode(b"shop"), Err(BrokenBlob("shop")));
        assert_eq!(
            BlobHash::of(&staff.encode()).hex(),
            "3657938c15b5f81d21b7e5c33ba2e16fb7b6917ad7510947a99213fc96b3b4a3"
        );
        assert_eq!(
            BlobHash::of(&shop.encode()).hex(),
            "2e79247b0f79daf7e6924db5302809f1bbc303b0ba07108c9412765752ee2f11"
        );
    }

    #[test]
    fn bytes_of_another_name_are_not_what_was_published() {
        let bytes = staff().encode();
        let published =
            Published { what: What::Staff, sha256: BlobHash::of(&bytes), number: staff().number };
        assert_eq!(published.check(&bytes), Ok(()));
        assert_eq!(published.check(&shop().encode()), Err(BrokenBlob("staff list")));
    }

    #[test]
    fn a_shop_says_who_sells_in_every_document() {
        let issuer = shop().issuer("OC Pizza", "abc");
        assert_eq!((issuer.shop_name.as_str(), issuer.siren.as_str()), ("Odéon", "123456782"));
        assert_eq!(issuer.fiscal_version, fiscal::VERSION);
        assert_eq!((shop().lead_ms(), shop().preparation_ms()), (1_500_000, 1_200_000));
    }

    #[test]
    fn a_pin_never_shows_in_a_log() {
        assert!(!format!("{:?}", staff()).contains("argon2id"));
    }
}
