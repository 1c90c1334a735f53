//! What is put out and what becomes of it.

use super::*;

#[tokio::test]
async fn a_delivery_keeps_its_bytes_and_its_state_over_a_crash() {
    let fixture = Fixture::new().await;
    told_story(&fixture.store).await;
    let id = put_out(&fixture.store, "abc").await;
    assert_eq!(fixture.store.due_subscribers(now()).await.expect("due"), [SubscriberKey::Journal]);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(transaction.intend(id).await.expect("intended"));
    transaction.commit().await.expect("committed");
    let fixture = fixture.reopen().await;
    let open =
        fixture.store.open_deliveries(&Way::Mail, now(), later(1440), DeliveryId(0), 10).await.expect("open");
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].state, open[0].attempts), (DeliveryState::InDoubt, 0));
    assert_eq!(open[0].bytes, b"bytes");
    assert_eq!(open[0].message_id.to_string(), "<abc@example.org>");
    assert!(
        fixture.store.open_deliveries(&Way::Mail, now(), later(1440), id, 10).await.expect("open").is_empty(),
        "only those after"
    );
}

#[tokio::test]
async fn a_settled_delivery_is_open_only_where_it_waits_and_only_when_due() {
    let fixture = Fixture::new().await;
    told_story(&fixture.store).await;
    let id = put_out(&fixture.store, "abc").await;
    let settle = async |state, due| {
        let mut transaction = fixture.store.begin().await.expect("a transaction");
        let settled = Settled { state, due, attempted: true, answer: "450 later" };
        transaction.settle(id, settled).await.expect("settled");
        transaction.commit().await.expect("committed");
    };
    settle(DeliveryState::Pending, later(5)).await;
    assert!(
        fixture
            .store
            .open_deliveries(&Way::Mail, later(4), later(1440), DeliveryId(0), 10)
            .await
            .expect("open")
            .is_empty()
    );
    assert_eq!(
        fixture
            .store
            .open_deliveries(&Way::Mail, later(5), later(1440), DeliveryId(0), 10)
            .await
            .expect("open")[0]
            .attempts,
        1
    );
    let recipient = Recipient::Smtp("desk@example.org".parse().expect("an address"));
    assert_eq!(fixture.store.next_attempts().await.expect("next"), [(recipient, later(5))]);
    settle(DeliveryState::Sent, later(6)).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(!transaction.intend(id).await.expect("asked"), "it is no longer open");
    drop(transaction);
    assert!(
        fixture
            .store
            .open_deliveries(&Way::Mail, later(9), later(1440), DeliveryId(0), 10)
            .await
            .expect("open")
            .is_empty()
    );
    let listed = fixture.store.list_deliveries(None, None, 10).await.expect("listed");
    assert_eq!((listed[0].state, listed[0].attempts, listed[0].alerts), (DeliveryState::Sent, 2, 1));
    assert_eq!(fixture.store.delivery_counts().await.expect("counted"), [(DeliveryState::Sent, 1)]);
    assert!(
        fixture
            .store
            .list_deliveries(Some(DeliveryState::Refused), None, 10)
            .await
            .expect("listed")
            .is_empty()
    );
}

#[tokio::test]
async fn open_deliveries_to_someone_who_was_removed_are_given_up() {
    let fixture = Fixture::new().await;
    told_story(&fixture.store).await;
    put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert_eq!(transaction.give_up_deliveries_to_others(&[reader()], now()).await.expect("asked"), 0);
    assert_eq!(transaction.give_up_deliveries_to_others(&[], now()).await.expect("asked"), 1);
    transaction.commit().await.expect("committed");
    assert_eq!(fixture.store.delivery_counts().await.expect("counted"), [(DeliveryState::GivenUp, 1)]);
}

#[tokio::test]
async fn the_same_message_is_put_out_once() {
    let fixture = Fixture::new().await;
    told_story(&fixture.store).await;
    let first = put_out(&fixture.store, "abc").await;
    assert_eq!(put_out(&fixture.store, "abc").await, first);
    assert_ne!(put_out(&fixture.store, "def").await, first);
}
