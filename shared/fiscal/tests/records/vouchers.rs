//! Meal vouchers, and the note of a service.

use crate::sale::{cents, line, paid};
use fiscal::copy::note_due;
use fiscal::ticket::{DELIVERY_FEE, Line, Means, Payment};
use fiscal::time::Date;
use fiscal::vat::{Class, Mode};
use fiscal::vouchers::{Asked, Rules, VouchersRefused, check, eligible};

const SATURDAY: Date = Date { year: 2026, month: 11, day: 21 };
const SUNDAY: Date = Date { year: 2026, month: 11, day: 22 };
const ARMISTICE: Date = Date { year: 2026, month: 11, day: 11 };
const EASTER_MONDAY: Date = Date { year: 2027, month: 3, day: 29 };

fn rules() -> Rules {
    let paper_until = Some(Date { year: 2027, month: 2, day: 28 });
    Rules { daily_cap: cents(2_500), on_sundays_and_holidays: false, paper_until }
}

/// Pizza, wine, a T-shirt and the delivery.
fn lines() -> Vec<Line> {
    let mut fee = line(4, "Livraison", 250, 1, Class::ImmediateFood, 1_000);
    fee.sku = DELIVERY_FEE.to_owned();
    vec![
        line(1, "Pizza", 1_500, 2, Class::ImmediateFood, 1_000),
        line(2, "Chianti", 1_200, 1, Class::Alcohol, 2_000),
        line(3, "T-shirt", 1_500, 1, Class::NonFood, 2_000),
        fee,
    ]
}

fn paper(cents: i64) -> Payment {
    paid(Means::MealVoucher, cents, 0)
}

fn ask(date: Date, payments: &[Payment], used_today: i64) -> Result<(), VouchersRefused> {
    let (lines, used_today) = (lines(), cents(used_today));
    check(&rules(), &Asked { lines: &lines, payments, date, used_today, day_allowed: false })
}

#[test]
fn wine_clothes_and_delivery_are_not_paid_with_vouchers() {
    assert_eq!(eligible(&lines()), cents(3_000));
    assert_eq!(eligible(&lines()[1..]), cents(0));
    for class in Class::ALL {
        let pays = eligible(&[line(1, "x", 100, 1, class, 0)]) != cents(0);
        assert_eq!(pays, !matches!(class, Class::Alcohol | Class::NonFood), "{class:?}");
    }
}

#[test]
fn twenty_six_euros_of_vouchers_are_refused_and_twenty_five_are_not() {
    assert_eq!(ask(SATURDAY, &[paper(2_500)], 0), Ok(()));
    let over = |left| Err(VouchersRefused::OverCap { left: cents(left) });
    assert_eq!(ask(SATURDAY, &[paper(2_600)], 0), over(2_500));
    assert_eq!(
        ask(SATURDAY, &[paper(1_300), paid(Means::MealVoucherCard, 1_300, 0)], 0),
        over(2_500)
    );
    assert_eq!(ask(SATURDAY, &[paper(900)], 1_601), over(899));
    assert_eq!(ask(SATURDAY, &[paper(1)], 9_999), over(0));
    let left = Payment { tendered: cents(2_501), forfeited: cents(1), vouchers: 2, ..paper(2_500) };
    assert_eq!(ask(SATURDAY, &[left], 0), over(2_500), "what is left of a voucher is used up too");
}

#[test]
fn vouchers_pay_no_more_than_what_may_be_eaten() {
    let lines = &lines()[..2];
    let only_wine = Asked {
        lines: &lines[1..],
        payments: &[paper(1)],
        date: SATURDAY,
        used_today: cents(0),
        day_allowed: false,
    };
    let over = |eligible| Err(VouchersRefused::OverEligible { eligible: cents(eligible) });
    assert_eq!(check(&rules(), &only_wine), over(0));
    let rules = Rules { daily_cap: cents(10_000), ..rules() };
    let all = Asked { lines, payments: &[paper(3_001)], ..only_wine };
    assert_eq!(check(&rules, &all), over(3_000));
    assert_eq!(check(&rules, &Asked { payments: &[paper(3_000)], ..all }), Ok(()));
}

#[test]
fn on_sundays_and_holidays_somebody_gives_a_reason() {
    let lines = lines();
    for date in [SUNDAY, ARMISTICE, EASTER_MONDAY] {
        let card = [paid(Means::MealVoucherCard, 100, 0)];
        assert_eq!(ask(date, &card, 0), Err(VouchersRefused::NotToday), "{date:?}");
        let used_today = cents(0);
        let asked = Asked { lines: &lines, payments: &card, date, used_today, day_allowed: true };
        assert_eq!(check(&rules(), &asked), Ok(()));
        let open = Rules { on_sundays_and_holidays: true, ..rules() };
        assert_eq!(check(&open, &Asked { day_allowed: false, ..asked }), Ok(()));
    }
}

#[test]
fn paper_ends_on_its_day_and_cards_go_on() {
    let last = rules().paper_until.unwrap();
    let until = Rules { on_sundays_and_holidays: true, ..rules() };
    let lines = lines();
    let ask = |date: Date, payment: Payment| {
        let payments = [payment];
        let used_today = cents(0);
        check(
            &until,
            &Asked { lines: &lines, payments: &payments, date, used_today, day_allowed: false },
        )
    };
    assert_eq!(ask(last, paper(100)), Ok(()));
    let ended = Err(VouchersRefused::PaperEnded { until: last });
    assert_eq!(ask(last.plus_days(1), paper(100)), ended);
    assert_eq!(ask(last.plus_days(1), paid(Means::MealVoucherCard, 100, 0)), Ok(()));
}

#[test]
fn the_first_reason_wins_and_a_sale_without_vouchers_is_not_asked() {
    let lines = lines();
    let date = Date { year: 2027, month: 3, day: 28 };
    let all_wrong = [paper(9_000)];
    let asked = Asked {
        lines: &lines,
        payments: &all_wrong,
        date,
        used_today: cents(0),
        day_allowed: false,
    };
    let until = rules().paper_until.unwrap();
    for (rules, refused) in [
        (Rules { daily_cap: cents(0), ..rules() }, VouchersRefused::NotTaken),
        (rules(), VouchersRefused::PaperEnded { until }),
        (Rules { paper_until: None, ..rules() }, VouchersRefused::NotToday),
        (
            Rules { paper_until: None, on_sundays_and_holidays: true, ..rules() },
            VouchersRefused::OverEligible { eligible: cents(3_000) },
        ),
    ] {
        assert_eq!(check(&rules, &asked), Err(refused));
        let cash = [paid(Means::Cash, 9_000, 0)];
        assert_eq!(check(&rules, &Asked { payments: &cash, ..asked }), Ok(()));
    }
}

#[test]
fn a_note_is_due_for_what_is_eaten_here_from_25_euros_on() {
    for (mode, total, due) in [
        (Mode::OnSite, 2_499, false),
        (Mode::OnSite, 2_500, true),
        (Mode::TakeAway, 9_999, false),
        (Mode::Delivery, 9_999, false),
    ] {
        assert_eq!(note_due(mode, cents(total)), due, "{mode:?} {total}");
    }
}
