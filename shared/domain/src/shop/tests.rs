use super::{DeliveryFee, MealVoucherRules, Shop};
use crate::samples::shop;
use fiscal::Money;
use fiscal::time::Date;
use fiscal::vat::{Class, Mode, NoRate, Rate, Row, Table, Territory};

const TODAY: Date = Date { year: 2026, month: 11, day: 21 };

fn all_said() -> Shop {
    Shop {
        vat: Some(Table::new([row(TODAY, 600)].into())),
        fiscal_year_end_month: Some(6),
        meal_vouchers: Some(MealVoucherRules {
            daily_cap: Money::from_cents(1_900),
            on_sundays_and_holidays: true,
            paper_until: Some(TODAY),
        }),
        accepts_cheques: Some(false),
        delivery_fee: Some(DeliveryFee {
            amount: Money::from_cents(250),
            free_from: Some(Money::from_cents(3_000)),
        }),
        ..shop()
    }
}

fn row(from: Date, basis_points: u16) -> Row {
    let (class, mode) = (Class::ClosedDrink, Mode::TakeAway);
    Row { class, mode, territory: Territory::Metropolitan, from, rate: Rate(basis_points) }
}

#[test]
fn what_a_shop_does_not_say_is_as_usual() {
    let shop = shop();
    assert_eq!((shop.fiscal_year_end_month(), shop.accepts_cheques()), (12, true));
    let vouchers = shop.meal_voucher_rules();
    assert_eq!((vouchers.daily_cap.cents(), vouchers.on_sundays_and_holidays), (2_500, false));
    assert!(vouchers.takes_paper_on(TODAY));
    assert_eq!(shop.delivery_fee_for(Money::from_cents(1_000)), Money::ZERO);
    assert_eq!(Shop { fiscal_year_end_month: Some(13), ..shop }.fiscal_year_end_month(), 12);
}

#[test]
fn what_a_shop_says_holds() {
    let shop = all_said();
    assert_eq!((shop.fiscal_year_end_month(), shop.accepts_cheques()), (6, false));
    let vouchers = shop.meal_voucher_rules();
    assert_eq!((vouchers.daily_cap.cents(), vouchers.on_sundays_and_holidays), (1_900, true));
    let tomorrow = Date { day: TODAY.day + 1, ..TODAY };
    assert_eq!((vouchers.takes_paper_on(TODAY), vouchers.takes_paper_on(tomorrow)), (true, false));
    let fee = |cents| shop.delivery_fee_for(Money::from_cents(cents)).cents();
    assert_eq!(fee(0), 0, "what is given away is brought for nothing");
    assert_eq!((fee(1), fee(2_999), fee(3_000)), (250, 250, 0));
}

#[test]
fn a_shop_is_read_back_whole_and_an_older_one_with_nothing_more() {
    for shop in [shop(), all_said()] {
        assert_eq!(Shop::decode(&shop.encode()).unwrap(), shop);
        let json = serde_json::to_vec(&shop).unwrap();
        assert_eq!(serde_json::from_slice::<Shop>(&json).unwrap(), shop);
    }
    // An array of the nine fields that there were before.
    assert_eq!(shop().encode()[0], 0x89);
}

#[test]
fn a_can_taken_away_is_at_5_5_and_drunk_in_the_shop_at_10() {
    let rate = |mode| shop().vat_rate(Class::ClosedDrink, mode, TODAY);
    assert_eq!((rate(Mode::TakeAway), rate(Mode::OnSite)), (Ok(Rate(550)), Ok(Rate(1_000))));
}

#[test]
fn a_rate_that_the_shop_publishes_changes_between_two_business_days() {
    let from = Date { year: 2027, month: 1, day: 1 };
    let shop = Shop { vat: Some(Table::new([row(TODAY, 550), row(from, 600)].into())), ..shop() };
    let rate = |date| shop.vat_rate(Class::ClosedDrink, Mode::TakeAway, date);
    let eve = Date { year: 2026, month: 12, day: 31 };
    assert_eq!((rate(eve), rate(from)), (Ok(Rate(550)), Ok(Rate(600))));
    // Its own table stands for all it sells: what is not in it has no rate.
    let (class, mode, territory) = (Class::Alcohol, Mode::TakeAway, Territory::Metropolitan);
    assert_eq!(shop.vat_rate(class, mode, from), Err(NoRate { class, mode, territory }));
}

#[test]
fn a_clock_that_is_wrong_by_decades_refuses_no_sale() {
    for year in [1970, 2010, 2036, 2199] {
        let date = Date { year, month: 1, day: 1 };
        for class in Class::ALL {
            let rate = |date| shop().vat_rate(class, Mode::TakeAway, date);
            assert_eq!(rate(date), rate(TODAY), "{class:?} in {year}");
            assert!(rate(date).is_ok(), "{class:?} in {year}");
        }
    }
}

#[test]
fn in_corsica_a_shop_sells_by_its_own_table_only() {
    let (class, mode, territory) = (Class::ImmediateFood, Mode::OnSite, Territory::Corsica);
    let mut shop = Shop { territory, ..shop() };
    assert_eq!(shop.vat_rate(class, mode, TODAY), Err(NoRate { class, mode, territory }));
    let row = Row { class, mode, territory, from: TODAY, rate: Rate(1_000) };
    shop.vat = Some(Table::new([row].into()));
    assert_eq!(shop.vat_rate(class, mode, TODAY), Ok(Rate(1_000)));
}
