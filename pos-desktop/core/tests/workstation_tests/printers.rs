//! The printers of a shop: which there may be, and what comes out of which.

use crate::shop::Shop;
use pos_api::{
    Answer, Code, Command, PaperKind, PrintJobView, PrinterRoad, PrinterSettings, PrinterView,
    Query, Reply,
};

fn printer(name: &str, road: PrinterRoad, papers: &[PaperKind]) -> PrinterSettings {
    PrinterSettings {
        name: name.to_owned(),
        road,
        wide: true,
        answers: true,
        drawer: false,
        papers: papers.to_vec(),
    }
}

fn usb(device: &str) -> PrinterRoad {
    PrinterRoad::Usb { device: device.to_owned() }
}

fn serial(device: &str, baud: u32) -> PrinterRoad {
    PrinterRoad::Serial { device: device.to_owned(), baud }
}

fn spooler(queue: &str) -> PrinterRoad {
    PrinterRoad::Spooler { queue: queue.to_owned() }
}

fn host(host: &str) -> PrinterRoad {
    PrinterRoad::Network { host: host.to_owned() }
}

/// A counter's and a kitchen's.
fn two() -> Vec<PrinterSettings> {
    vec![
        printer("comptoir", usb("/dev/usb/lp0"), &[PaperKind::Receipt, PaperKind::Closing]),
        printer("cuisine", serial("/dev/ttyUSB0", 19_200), &[PaperKind::Kitchen]),
    ]
}

fn jobs(shop: &mut Shop) -> Vec<PrintJobView> {
    let Answer::PrintJobs(jobs) = shop.ask(Query::PrintJobs) else { panic!() };
    jobs
}

#[test]
fn printers_are_kept_as_they_are_set() {
    let mut shop = Shop::open();
    let mut set = two();
    set.push(printer(" bar ", spooler("EPSON_TM-T20"), &[]));
    set.push(printer("livraison", host("10.0.0.9"), &[PaperKind::Label]));
    shop.run(Command::SetPrinters(set.clone()));
    set[2].name = "bar".to_owned();
    set[3].road = host("10.0.0.9:9100");
    let Answer::Settings(settings) = shop.ask(Query::Settings) else { panic!() };
    assert_eq!(settings.printers, set);
    let Answer::Printers(lines) = shop.ask(Query::Printers) else { panic!() };
    let seen: Vec<_> = lines.iter().map(|it| (&*it.settings.name, &it.state)).collect();
    let unknown = &PrinterView::Unknown;
    let names = ["comptoir", "cuisine", "bar", "livraison"];
    assert_eq!(seen, names.map(|it| (it, unknown)), "nobody has asked them yet");

    shop.run(Command::SetPrinters(Vec::new()));
    let Answer::Settings(settings) = shop.ask(Query::Settings) else { panic!() };
    assert_eq!(settings.printers, []);
}

#[test]
fn printers_that_do_not_go_together_are_refused() {
    let mut shop = Shop::open();
    let change = |change: fn(&mut Vec<PrinterSettings>)| {
        let mut set = two();
        change(&mut set);
        Command::SetPrinters(set)
    };
    for wrong in [
        change(|set| set[1].name = " comptoir ".to_owned()),
        change(|set| set[1].name = " ".to_owned()),
        change(|set| set[1].name = "x".repeat(25)),
        change(|set| set[1].papers.push(PaperKind::Receipt)),
        change(|set| set.iter_mut().for_each(|it| it.drawer = true)),
    ] {
        assert_eq!(shop.try_run(wrong), Err(Code::Printers));
    }
    let Answer::Settings(settings) = shop.ask(Query::Settings) else { panic!() };
    assert_eq!(settings.printers, [], "nothing of it is kept");
}

#[test]
fn a_road_that_leads_nowhere_is_refused() {
    let mut shop = Shop::open();
    for road in [
        host("pas une adresse"),
        host("1.2.3.4.5"),
        usb("lp0"),
        usb("/dev/../etc/passwd"),
        usb("/home/caisse/fichier"),
        serial("/dev/ttyS0", 300),
        serial("", 9_600),
        spooler("-o"),
        spooler("tickets; rm"),
        spooler(""),
    ] {
        let set = vec![printer("comptoir", road.clone(), &[])];
        assert_eq!(shop.try_run(Command::SetPrinters(set)), Err(Code::Address), "{road:?}");
    }
}

#[test]
fn each_paper_comes_out_of_the_printer_that_has_it() {
    let mut shop = Shop::open();
    assert_eq!(shop.try_run(Command::PrintNotice), Err(Code::NoPrinter));
    shop.run(Command::SetPrinters(two()));
    shop.run(Command::PrintNotice);
    for name in ["cuisine", "comptoir"] {
        shop.run(Command::TestPrinter { printer: name.to_owned() });
    }
    let to: Vec<String> = jobs(&mut shop).into_iter().map(|job| job.printer).collect();
    assert_eq!(to, ["comptoir", "cuisine", "comptoir"]);
    let unknown = Command::TestPrinter { printer: "cave".to_owned() };
    assert_eq!(shop.try_run(unknown), Err(Code::NoPrinter));
}

#[test]
fn what_waits_for_a_dead_printer_is_sent_to_another_and_keeps_its_order() {
    let mut shop = Shop::open();
    shop.run(Command::SetPrinters(two()));
    for _ in 0..2 {
        shop.run(Command::PrintNotice);
    }
    let before: Vec<i64> = jobs(&mut shop).iter().map(|job| job.job).collect();
    let reroute = |from: &str, to: &str| Command::Reroute { from: from.into(), to: to.into() };
    assert_eq!(shop.try_run(reroute("comptoir", "cave")), Err(Code::NoPrinter));
    assert_eq!(shop.try_run(reroute("comptoir", "comptoir")), Ok(Reply::Done));
    // The counter's printer is taken away altogether: what waited for it can still be printed.
    shop.run(Command::SetPrinters(two().split_off(1)));
    shop.run(reroute("comptoir", "cuisine"));
    let after = jobs(&mut shop);
    assert_eq!(after.iter().map(|job| job.job).collect::<Vec<_>>(), before);
    assert!(after.iter().all(|job| job.printer == "cuisine" && !job.unsure), "{after:?}");
    let Answer::Printers(lines) = shop.ask(Query::Printers) else { panic!() };
    assert_eq!(lines[0].waiting, 2);
}

#[test]
fn a_receipt_names_the_software_and_its_fiscal_version() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let ticket = shop.pay(10_000).unwrap().ticket;
    let Answer::Receipt(receipt) = shop.ask(Query::Receipt { ticket }) else { panic!() };
    let flowing = receipt.paper.join(" ");
    let flowing = flowing.split_whitespace().collect::<Vec<_>>().join(" ");
    for must in ["Logiciel ", " - version fiscale ", " - signature "] {
        assert!(flowing.contains(must), "{must} is missing in {flowing}");
    }
}
