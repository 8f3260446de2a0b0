//! Names, telephone numbers and addresses of people who do not exist, where the shops are.

use crate::dice::Dice;
use domain::card::Address;

/// Somebody who orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// As they give it.
    pub name: String,
    /// As they give it.
    pub phone: String,
    /// Where they live.
    pub address: Address,
}

/// Where a shop delivers: streets of a town that are there, numbers that may not be.
struct Town {
    name: &'static str,
    postcode: &'static str,
    streets: &'static [&'static str],
}

const FIRST_NAMES: &[&str] = &[
    "Adam",
    "Adèle",
    "Agnès",
    "Alice",
    "Amandine",
    "Amélie",
    "Anaïs",
    "Antoine",
    "Arthur",
    "Aurélie",
    "Baptiste",
    "Benoît",
    "Bérénice",
    "Camille",
    "Cécile",
    "Chloé",
    "Clément",
    "Céline",
    "Damien",
    "David",
    "Djibril",
    "Élodie",
    "Emma",
    "Éric",
    "Fatima",
    "Florian",
    "François",
    "Gaëlle",
    "Gabriel",
    "Guillaume",
    "Hélène",
    "Hugo",
    "Inès",
    "Isabelle",
    "Jean-Baptiste",
    "Jérôme",
    "Julie",
    "Karim",
    "Léa",
    "Lionel",
    "Louise",
    "Lucas",
    "Malika",
    "Manon",
    "Marc",
    "Margaux",
    "Mathilde",
    "Mehdi",
    "Mélanie",
    "Michaël",
    "Nathalie",
    "Nicolas",
    "Noémie",
    "Océane",
    "Olivier",
    "Pauline",
    "Perrine",
    "Quentin",
    "Rachid",
    "Raphaël",
    "Romain",
    "Sabrina",
    "Salomé",
    "Samuel",
    "Sarah",
    "Sébastien",
    "Sophie",
    "Stéphane",
    "Thérèse",
    "Thibault",
    "Valentin",
    "Véronique",
    "Yacine",
    "Yann",
    "Zoé",
];

const LAST_NAMES: &[&str] = &[
    "Bailleul",
    "Barbier",
    "Becquart",
    "Benali",
    "Bernard",
    "Boulanger",
    "Bouchez",
    "Carlier",
    "Caron",
    "Cauchy",
    "Clément",
    "Coquelle",
    "Da Silva",
    "Debruyne",
    "Decroix",
    "Degand",
    "Delannoy",
    "Delattre",
    "Delcroix",
    "Deleplanque",
    "Demeyère",
    "Denis",
    "Desmet",
    "Dhaene",
    "Diallo",
    "Dubois",
    "Duchêne",
    "Dufour",
    "Duhamel",
    "Dumont",
    "Durieux",
    "El Amrani",
    "Évrard",
    "Ferreira",
    "Flament",
    "Fontaine",
    "Gauthier",
    "Goubet",
    "Hennebelle",
    "Herbaut",
    "Hochart",
    "Jacquemin",
    "Kaczmarek",
    "Kowalski",
    "Lambert",
    "Lecœur",
    "Leclercq",
    "Lefebvre",
    "Legrand",
    "Lemaire",
    "Leroy",
    "Lesage",
    "Maes",
    "Mahieu",
    "Martin",
    "Masson",
    "Mercier",
    "Morel",
    "N’Diaye",
    "Nowak",
    "Petit",
    "Pruvost",
    "Rousseau",
    "Saïdi",
    "Segard",
    "Six",
    "Tahon",
    "Thellier",
    "Van den Bossche",
    "Vandamme",
    "Vanhoutte",
    "Vasseur",
    "Verhaeghe",
    "Wattel",
    "Wojciechowski",
    "Ziani",
];

/// One for each shop, in the order of the shops' codes.
const TOWNS: &[Town] = &[
    Town {
        name: "Lille",
        postcode: "59000",
        streets: &[
            "rue Solférino",
            "rue Nationale",
            "boulevard Vauban",
            "rue Colbert",
            "rue d’Isly",
            "rue Gambetta",
            "rue des Postes",
            "rue Masséna",
            "boulevard Victor-Hugo",
            "rue de Wazemmes",
            "rue Jules-Guesde",
            "rue Brûle-Maison",
            "place Sébastopol",
        ],
    },
    Town {
        name: "Roubaix",
        postcode: "59100",
        streets: &[
            "avenue Jean-Lebas",
            "rue de Lannoy",
            "Grande-Rue",
            "boulevard de Strasbourg",
            "rue du Maréchal-Foch",
            "rue de l’Épeule",
            "rue Pellart",
            "rue d’Alger",
            "boulevard Gambetta",
            "rue Saint-Jean",
        ],
    },
    Town {
        name: "Tourcoing",
        postcode: "59200",
        streets: &[
            "rue de Gand",
            "rue de Lille",
            "rue du Dronckaert",
            "boulevard Gambetta",
            "rue de Guisnes",
            "rue Nationale",
            "chaussée Pierre-Curie",
            "rue de Menin",
            "rue du Brun-Pain",
            "rue des Carliers",
        ],
    },
    Town {
        name: "Villeneuve-d’Ascq",
        postcode: "59650",
        streets: &[
            "rue Jean-Jaurès",
            "boulevard de Tournai",
            "rue des Fusillés",
            "rue du Général-Leclerc",
            "chemin des Visiteurs",
            "rue de la Station",
            "avenue du Pont-de-Bois",
            "rue Pasteur",
            "allée Chardin",
            "rue Yves-Decugis",
        ],
    },
    Town {
        name: "Marcq-en-Barœul",
        postcode: "59700",
        streets: &[
            "boulevard Clemenceau",
            "avenue Foch",
            "rue Nationale",
            "rue du Docteur-Charles-Bernard",
            "avenue de la Marne",
            "rue Raymond-Derain",
            "rue de la Briqueterie",
            "rue Gabriel-Péri",
            "avenue Delattre-de-Tassigny",
            "rue du Quesne",
        ],
    },
];

/// What a number that Arcep keeps for fiction begins with (decision 2018-0881): it rings
/// nowhere. Four digits follow.
const FICTION: &[&str] = &["01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49", "06 39 98"];

const ACCESS: &[&str] = &[
    "",
    "",
    "",
    "",
    "2e étage gauche",
    "Code 19B4",
    "Bâtiment C, 4e étage, porte 42",
    "Sonner chez le voisin",
    "Interphone en panne, appeler",
    "Au fond de la cour",
    "Résidence des Lilas, entrée 3, code 2580A",
];

/// Somebody who lives where the shop of this place in the list delivers; any place will do.
pub fn somebody(dice: &mut Dice, shop: usize) -> Somebody {
    let name = format!("{} {}", dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES));
    Somebody { name, phone: phone(dice), address: address(dice, shop) }
}

/// A number that rings nowhere. Most people give a mobile.
pub fn phone(dice: &mut Dice) -> String {
    let prefix = if dice.percent(70) { "06 39 98" } else { dice.pick(FICTION) };
    format!("{prefix} {:02} {:02}", dice.below(100), dice.below(100))
}

fn address(dice: &mut Dice, shop: usize) -> Address {
    let town = &TOWNS[shop % TOWNS.len()];
    let also = match dice.below(20) {
        0 => " bis",
        1 => " ter",
        _ => "",
    };
    Address {
        street: format!("{}{also} {}", dice.between(1, 240), dice.pick(town.streets)),
        postcode: town.postcode.to_owned(),
        city: town.name.to_owned(),
        access: (*dice.pick(ACCESS)).to_owned(),
    }
}
