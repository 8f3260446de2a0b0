//! What of a publication that comes into force concerns the tax office: noted once, when this
//! workstation begins to work by it.

use super::{Turn, Workstation};
use crate::store::{StoreError, journals, publications, settings};
use domain::catalogue::Catalogue;
use domain::publication::What;
use domain::shop::Shop;
use fiscal::event::{EventCode, data};
use journal::BlobHash;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The setting that holds which publications were compared last.
const COMPARED: &str = "compared_publications";

/// What a change of the sheet is no event for: its number, and how long the kitchen takes.
const NOT_FISCAL: [&str; 3] = ["number", "lead_minutes", "preparation_minutes"];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Compared {
    shop: Option<BlobHash>,
    menu: Option<BlobHash>,
    staff: Option<BlobHash>,
}

/// The bytes of a publication before and after.
type Both = (Vec<u8>, Vec<u8>);

impl Workstation {
    /// Compares what is published now with what was when this was last called.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(super) fn compare_publications(&mut self) -> Result<(), StoreError> {
        if self.identity().is_none() {
            return Ok(());
        }
        let (before, now) = self.store.read(|tx| {
            let now = Compared {
                shop: publications::hash(tx, What::Shop)?,
                menu: publications::hash(tx, What::Menu)?,
                staff: publications::hash(tx, What::Staff)?,
            };
            Ok::<_, StoreError>((settings::get::<Compared>(tx, COMPARED)?.unwrap_or_default(), now))
        })?;
        if before == now {
            return Ok(());
        }
        self.turn(|turn| {
            turn.shop_changed(before.shop, now.shop)?;
            turn.menu_changed(before.menu, now.menu)?;
            turn.staff_changed(before.staff, now.staff)?;
            settings::set(turn.tx, COMPARED, &now)
        })
    }
}

impl Turn<'_> {
    /// The bytes of a publication before and after; `None` where it is the first, or the same.
    fn both(
        &self,
        before: Option<BlobHash>,
        after: Option<BlobHash>,
    ) -> Result<Option<Both>, StoreError> {
        let (Some(before), Some(after)) = (before, after) else {
            return Ok(None);
        };
        if before == after {
            return Ok(None);
        }
        Ok(journals::blob(self.tx, before)?.zip(journals::blob(self.tx, after)?))
    }

    fn shop_changed(
        &mut self,
        before: Option<BlobHash>,
        after: Option<BlobHash>,
    ) -> Result<(), StoreError> {
        let Some((before, after)) = self.both(before, after)? else {
            return Ok(());
        };
        let (Ok(before), Ok(after)) = (Shop::decode(&before), Shop::decode(&after)) else {
            return Ok(());
        };
        if before.timezone != after.timezone {
            let members = data([
                ("before", before.timezone.clone().into()),
                ("after", after.timezone.clone().into()),
            ]);
            self.note(EventCode::TimeZoneChange, members)?;
        }
        let (before, after) = (members_of(&before), members_of(&after));
        let names = before.keys().chain(after.keys().filter(|it| !before.contains_key(*it)));
        for name in names.filter(|it| !NOT_FISCAL.contains(&it.as_str()) && *it != "timezone") {
            let (before, after) = (before.get(name), after.get(name));
            if before == after {
                continue;
            }
            let text = |it: Option<&Value>| it.map(Value::to_string).unwrap_or_default();
            let (before, after) = (text(before), text(after));
            if name == "vat" {
                let hash = |it: &str| BlobHash::of(it.as_bytes()).hex();
                let members =
                    data([("before", hash(&before).into()), ("after", hash(&after).into())]);
                self.note(EventCode::VatTableChange, members)?;
                continue;
            }
            let members = data([
                ("what", name.clone().into()),
                ("before", before.into()),
                ("after", after.into()),
            ]);
            self.note(EventCode::ConfigChange, members)?;
        }
        Ok(())
    }

    fn menu_changed(
        &mut self,
        before: Option<BlobHash>,
        after: Option<BlobHash>,
    ) -> Result<(), StoreError> {
        let Some((before, after)) = self.both(before, after)? else {
            return Ok(());
        };
        let (Ok(before), Ok(after)) = (Catalogue::decode(&before), Catalogue::decode(&after))
        else {
            return Ok(());
        };
        for product in &after.products {
            let class = before.product(&product.code).map(|it| it.class);
            let Some(class) = class.filter(|class| *class != product.class) else {
                continue;
            };
            let name = |class| serde_json::to_value(class).map_or_else(|_| String::new(), symbol);
            let members = data([
                ("product", product.code.to_string().into()),
                ("before", name(class).into()),
                ("after", name(product.class).into()),
            ]);
            self.note(EventCode::ProductTaxClassChange, members)?;
        }
        Ok(())
    }

    fn staff_changed(
        &mut self,
        before: Option<BlobHash>,
        after: Option<BlobHash>,
    ) -> Result<(), StoreError> {
        if before.is_none() || before == after {
            return Ok(());
        }
        let list = publications::staff(self.tx)?.map_or(0, |staff| staff.number);
        self.note(EventCode::RightsChange, data([("list", i64::from(list).into())]))
    }
}

/// The sheet by its members' names.
fn members_of(shop: &Shop) -> serde_json::Map<String, Value> {
    match serde_json::to_value(shop) {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => serde_json::Map::new(),
    }
}

/// The name of a class in documents.
fn symbol(value: Value) -> String {
    if let Value::String(name) = value { name } else { value.to_string() }
}
