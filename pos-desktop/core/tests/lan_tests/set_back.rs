//! A centre that was set back goes on in a new journal, and the shop goes on believing it.

use crate::centre::Centre;
use crate::pc::Pc;
use pos_api::Role;
use pos_core::store::publications;

fn menu_number(pc: &Pc) -> u32 {
    pc.with(|it| {
        let menu = it.store().read(|tx| {
            let hash = publications::menu_hash(tx)?.expect("the centre published one");
            publications::menu(tx, hash)
        });
        menu.unwrap().unwrap().number
    })
}

#[test]
fn what_the_centre_says_in_a_new_journal_holds() {
    let mut centre = Centre::new();
    let pc = Pc::new(&mut centre, "C1", Role::Till);
    let before = menu_number(&pc);
    centre.goes_on();
    centre.publish_next_menu();
    centre.tell(&pc);
    assert_eq!(menu_number(&pc), before + 1);
}

#[test]
fn what_another_says_as_if_it_were_the_centre_does_not() {
    let mut centre = Centre::new();
    let pc = Pc::new(&mut centre, "C1", Role::Till);
    let before = menu_number(&pc);
    centre.is_another();
    centre.goes_on();
    centre.publish_next_menu();
    centre.tell(&pc);
    assert_eq!(menu_number(&pc), before);
}
