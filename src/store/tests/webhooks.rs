//! Webhooks as subscribers and as recipients.

use super::*;

fn webhook(name: &str) -> WebhookName {
    name.parse().expect("a name")
}

async fn put_out(store: &Store, recipient: &Recipient, id: &str, due: Timestamp) {
    let mut transaction = store.begin().await.expect("a transaction");
    let new = NewDelivery {
        purpose: Purpose::Alerts,
        recipient,
        message_id: &MessageId::new(id, "webhook").expect("an id"),
        subject: "x",
        bytes: b"{}",
        alerts: &[],
        about: None,
        now: due,
    };
    transaction.insert_delivery(new).await.expect("put out");
    transaction.commit().await.expect("committed");
}

#[tokio::test]
async fn a_webhook_is_owed_alerts_under_its_name_and_loses_them_when_it_is_removed() {
    let fixture = Fixture::new().await;
    let story = told_story(&fixture.store).await;
    let key = SubscriberKey::Webhook(webhook("Desk bot"));
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(transaction.owe(story, &key, &watches(), now(), now()).await.expect("owed"));
    let alerts = transaction.due_alerts(&key, now()).await.expect("due");
    assert_eq!(alerts[0].subscriber, key);
    assert_eq!(alerts[0].story.language, Some(Language::ENGLISH));
    transaction.commit().await.expect("committed");
    let due = fixture.store.due_subscribers(now()).await.expect("due");
    assert_eq!(due, [SubscriberKey::Journal, reader(), key.clone()]);

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let present = [SubscriberKey::Journal, reader(), SubscriberKey::Webhook(webhook("Another"))];
    assert_eq!(transaction.cancel_alerts_of_others(&present).await.expect("cancelled"), 1);
    assert!(transaction.due_alerts(&key, now()).await.expect("due").is_empty());
}

#[tokio::test]
async fn each_webhook_is_a_way_out_of_its_own() {
    let fixture = Fixture::new().await;
    let (one, other) = (Recipient::Webhook(webhook("One")), Recipient::Webhook(webhook("desk@example.org")));
    let mail = |address: &str| Recipient::Smtp(address.parse().expect("an address"));
    put_out(&fixture.store, &one, "a", later(1)).await;
    put_out(&fixture.store, &other, "b", later(2)).await;
    put_out(&fixture.store, &mail("desk@example.org"), "c", later(4)).await;
    put_out(&fixture.store, &mail("a@example.org"), "d", later(3)).await;
    let mut next = fixture.store.next_attempts().await.expect("next");
    next.sort_by_key(|(_, due)| *due);
    assert_eq!(next, [(one.clone(), later(1)), (other.clone(), later(2)), (mail("a@example.org"), later(3))]);

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let present =
        [mail("desk@example.org").subscriber(), mail("a@example.org").subscriber(), one.subscriber()];
    assert_eq!(transaction.give_up_deliveries_to_others(&present, now()).await.expect("given up"), 1);
    transaction.commit().await.expect("committed");
    let given_up =
        fixture.store.list_deliveries(Some(DeliveryState::GivenUp), None, 10).await.expect("listed");
    assert_eq!(given_up.iter().map(|delivery| &delivery.recipient).collect::<Vec<_>>(), [&other]);
}

#[tokio::test]
async fn what_waits_is_found_by_its_way_out_and_where_a_wrong_clock_put_it_off() {
    let fixture = Fixture::new().await;
    let mail = Recipient::Smtp("desk@example.org".parse().expect("an address"));
    let bot = Recipient::Webhook(webhook("One"));
    put_out(&fixture.store, &mail, "a", later(1)).await;
    put_out(&fixture.store, &bot, "b", later(1)).await;
    put_out(&fixture.store, &mail, "c", later(5)).await;
    put_out(&fixture.store, &mail, "d", later(50)).await;
    let open = async |way: Way| {
        let open = fixture.store.open_deliveries(&way, later(2), later(20), DeliveryId(0), 10).await;
        open.expect("open").iter().map(|delivery| delivery.message_id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(open(Way::Mail).await, ["<a@webhook>", "<d@webhook>"]);
    assert_eq!(open(bot.way()).await, ["<b@webhook>"]);
    assert!(open(Way::Webhook(webhook("Two"))).await.is_empty());
}

#[tokio::test]
async fn mail_leaves_by_the_way_that_is_configured_now() {
    let fixture = Fixture::new().await;
    let mail = Recipient::Smtp("desk@example.org".parse().expect("an address"));
    let file = Recipient::File("desk@example.org".parse().expect("an address"));
    put_out(&fixture.store, &mail, "a", now()).await;
    put_out(&fixture.store, &file, "b", now()).await;
    put_out(&fixture.store, &Recipient::Webhook(webhook("One")), "c", now()).await;
    let redirect = async |by_server| {
        let mut transaction = fixture.store.begin().await.expect("a transaction");
        let redirected = transaction.redirect_mail(by_server).await.expect("redirected");
        transaction.commit().await.expect("committed");
        redirected
    };
    assert_eq!(redirect(false).await, 1);
    let open = fixture.store.open_deliveries(&Way::Mail, now(), later(9), DeliveryId(0), 10).await;
    let open: Vec<_> = open.expect("open").into_iter().map(|one| (one.recipient, one.bytes)).collect();
    assert_eq!(open, [(file.clone(), b"{}".to_vec()), (file, b"{}".to_vec())]);
    assert_eq!(redirect(true).await, 2);
    assert_eq!(redirect(true).await, 0);
}
