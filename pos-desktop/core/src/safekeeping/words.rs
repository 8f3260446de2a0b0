//! The French of what is put on disks: a folder's name, and the page that lies beside the shop's file.

use fiscal::time::Date;

/// What the folder is called into which a damaged file is put: "abimé-2026-11-22-1912".
pub(super) fn set_aside(day: Date, hour_minute: &str) -> String {
    format!("abimé-{}-{}", day.iso(), hour_minute.replace(':', ""))
}

/// What lies beside the shop's file, for whoever opens it.
pub(super) fn read_me(shop: &str, label: &str, time: &str, program: &str) -> String {
    format!(
        "\
OC PIZZA — LE MAGASIN {shop}, TEL QUE LE POSTE {label} LE CONNAISSAIT LE {time}
Écrit par {program}.

Ce fichier ZIP contient :

  caisse.sqlite   tout ce que le poste avait enregistré : les journaux de tous les postes du
                  magasin, les tickets, les clôtures, les menus, les fiches des clients.
  archives/       les archives fiscales que ce poste a faites.
  LISEZMOI.txt    cette page.

CE QU’ON PEUT EN FAIRE

  Le vérifier : sortir caisse.sqlite du ZIP, puis lancer
      ocpizza-verify caisse.sqlite
  Le programme de vérification relit chaque enregistrement et dit si quelque chose manque ou a été
  changé. Il ne demande ni la caisse, ni internet.

  Le lire : caisse.sqlite est un fichier SQLite 3, que de nombreux programmes ouvrent.

CE QU’ON NE PEUT PAS EN FAIRE

  Vendre dessus. La clé avec laquelle le poste signe n’y est pas, et ne doit pas y être : une copie
  qui vendrait donnerait deux fois les mêmes numéros. Pour remplacer un poste, appelez le siège.

À GARDER COMME UN SECRET

  Les fiches des clients (noms, téléphones, adresses) sont dans caisse.sqlite. Gardez ce fichier sous
  clé, ne l’envoyez pas par courriel, détruisez-le quand il ne sert plus.
"
    )
}
