//! Days and moments.

const WEEKDAYS: [&str; 7] =
    ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"];
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// "samedi 21 novembre 2026" for "2026-11-21"; what is no date stays as it is.
pub(crate) fn day(iso: &str) -> String {
    let Some((year, month, date)) = parse(iso) else { return iso.to_owned() };
    let name = MONTHS.get(month - 1).copied().unwrap_or_default();
    let date_said = if date == 1 { "1er".to_owned() } else { date.to_string() };
    format!("{} {date_said} {name} {year}", weekday(year, month, date))
}

/// A closing's label: "samedi 21 novembre 2026", "novembre 2026", "année 2026".
pub(crate) fn period(label: &str) -> String {
    match label.split('-').collect::<Vec<_>>().as_slice() {
        [year] if is_number(year) => format!("année {year}"),
        [year, month] if is_number(year) => {
            let name = month.parse().ok().and_then(|it: usize| MONTHS.get(it.checked_sub(1)?));
            name.map_or_else(|| label.to_owned(), |name| format!("{name} {year}"))
        }
        _ => day(label),
    }
}

/// "21/11 19:12" for "2026-11-21 19:12".
pub(crate) fn moment(text: &str) -> String {
    let Some((iso, time)) = text.split_once(' ') else { return text.to_owned() };
    parse(iso)
        .map_or_else(|| text.to_owned(), |(_, month, date)| format!("{date:02}/{month:02} {time}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_digit())
}

/// Year, month 1 to 12, day 1 to 31.
fn parse(iso: &str) -> Option<(usize, usize, usize)> {
    let mut parts = iso.splitn(3, '-').map(str::parse::<usize>);
    let (year, month, date) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&date) && year > 1_582)
        .then_some((year, month, date))
}

/// By Sakamoto's congruence for the Gregorian calendar.
fn weekday(year: usize, month: usize, date: usize) -> &'static str {
    const SHIFTS: [usize; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 { year - 1 } else { year };
    let shift = SHIFTS.get(month - 1).copied().unwrap_or_default();
    let at = (year + year / 4 - year / 100 + year / 400 + shift + date) % 7;
    WEEKDAYS.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{day, moment, period};

    #[test]
    fn a_day_is_said_with_its_weekday() {
        assert_eq!(day("2026-11-21"), "samedi 21 novembre 2026");
        assert_eq!(day("2024-03-01"), "vendredi 1er mars 2024");
        assert_eq!(day("demain"), "demain");
    }

    #[test]
    fn closings_and_moments_are_short() {
        assert_eq!(period("2026-11"), "novembre 2026");
        assert_eq!(period("2026"), "année 2026");
        assert_eq!(period("2026-11-21"), "samedi 21 novembre 2026");
        assert_eq!(moment("2026-11-21 19:12"), "21/11 19:12");
    }
}
