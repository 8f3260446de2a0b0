fn main() {
    let mut args = std::env::args().skip(1);
    let from: u64 = args.next().and_then(|it| it.parse().ok()).unwrap_or(0);
    let count: u64 = args.next().and_then(|it| it.parse().ok()).unwrap_or(1);
    let keep = args.next().is_some();
    for seed in from..from + count {
        let began = std::time::Instant::now();
        let out = sim::run(sim::Setting { seed, faults: sim::Faults::None, mutant: None, keeps_trace: keep });
        for line in &out.lines { println!("{line}"); }
        println!("seed {seed} {:?} size {:?} entries {} commands {} trace {:02x?} {:?}", began.elapsed(), out.size, out.entries, out.commands, &out.trace[..4], out.failure);
    }
}
