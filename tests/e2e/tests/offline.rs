//! Days without the internet arrive at the centre by themselves once it is back, every one of them.
//! How long a week takes is `./dev bench`'s to say.

use e2e::{Away, Cluster, Programs, catch_up};
use std::time::Duration;

#[tokio::test]
async fn what_was_sold_offline_arrives_whole() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(&folder.path().join("postgres")).unwrap();
    let (programs, database) = (Programs::built().unwrap(), cluster.database("centre").unwrap());
    let away = Away { days: 7, orders: 105 };
    // Long enough for any machine: it is asked whether, not when.
    let bound = Duration::from_secs(600);
    let level = catch_up(&programs, &database, folder.path(), away, bound).await.unwrap();
    assert!(105 * 3 < level.entries, "{level:?}");
}
