//! A printer as it is being set.

use leptos::prelude::*;
use pos_api::{PaperKind, PrinterRoad, PrinterSettings};

/// The settings, a signal each.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    /// Its number in the list.
    pub(super) number: u32,
    pub(super) name: RwSignal<String>,
    /// The way; its place stands in `place`.
    pub(super) road: RwSignal<PrinterRoad>,
    /// Host, device or queue.
    pub(super) place: RwSignal<String>,
    pub(super) baud: RwSignal<u32>,
    pub(super) wide: RwSignal<bool>,
    pub(super) answers: RwSignal<bool>,
    pub(super) drawer: RwSignal<bool>,
    pub(super) papers: RwSignal<Vec<PaperKind>>,
}

/// The speed of most receipt printers.
const USUAL_BAUD: u32 = 19_200;

impl Draft {
    /// As it is set now.
    pub(super) fn of(number: u32, printer: &PrinterSettings) -> Self {
        let (place, baud) = match &printer.road {
            PrinterRoad::Network { host } => (host, USUAL_BAUD),
            PrinterRoad::Usb { device } => (device, USUAL_BAUD),
            PrinterRoad::Serial { device, baud } => (device, *baud),
            PrinterRoad::Spooler { queue } => (queue, USUAL_BAUD),
        };
        Self {
            number,
            name: RwSignal::new(printer.name.clone()),
            place: RwSignal::new(place.clone()),
            road: RwSignal::new(printer.road.clone()),
            baud: RwSignal::new(baud),
            wide: RwSignal::new(printer.wide),
            answers: RwSignal::new(printer.answers),
            drawer: RwSignal::new(printer.drawer),
            papers: RwSignal::new(printer.papers.clone()),
        }
    }

    /// As it will be set.
    pub(super) fn settings(self) -> PrinterSettings {
        let place = self.place.with(|text| text.trim().to_owned());
        PrinterSettings {
            name: self.name.with(|text| text.trim().to_owned()),
            road: self.road.with(|road| match road {
                PrinterRoad::Network { .. } => PrinterRoad::Network { host: place },
                PrinterRoad::Usb { .. } => PrinterRoad::Usb { device: place },
                PrinterRoad::Serial { .. } => {
                    PrinterRoad::Serial { device: place, baud: self.baud.get() }
                }
                PrinterRoad::Spooler { .. } => PrinterRoad::Spooler { queue: place },
            }),
            wide: self.wide.get(),
            answers: self.answers.get(),
            drawer: self.drawer.get(),
            papers: self.papers.get(),
        }
    }

    /// Puts a paper on this printer, or takes it off.
    pub(super) fn turn(self, paper: PaperKind) {
        self.papers.update(|papers| {
            if papers.contains(&paper) {
                papers.retain(|it| *it != paper);
            } else {
                papers.push(paper);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;
    use leptos::prelude::Owner;
    use pos_api::{PrinterRoad, PrinterSettings};

    #[test]
    fn what_is_not_touched_is_kept() {
        let owner = Owner::new();
        owner.with(|| {
            let counter = PrinterSettings::counter("192.168.1.50".to_owned(), true);
            let serial = PrinterSettings {
                road: PrinterRoad::Serial { device: "COM3".to_owned(), baud: 9_600 },
                ..counter.clone()
            };
            for printer in [counter, serial] {
                assert_eq!(Draft::of(0, &printer).settings(), printer);
            }
        });
    }
}
