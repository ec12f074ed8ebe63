"""The URLs of the newsletter's admin views."""

from django.urls import path

from portal.newsletter.newsroom import confirming, imports, issues, subscribers

urlpatterns = [
    path("newsletter/", issues.NewsletterOverview.as_view(), name="newsletter_overview"),
    path("newsletter/<int:key>/new/", issues.NewIssue.as_view(), name="newsletter_new_issue"),
    path("newsletter/issues/<int:key>/", issues.IssueMail.as_view(), name="newsletter_issue_mail"),
    path("newsletter/issues/<int:key>/fill/", issues.FillIssue.as_view(), name="newsletter_fill_issue"),
    path("newsletter/issues/<int:key>/confirm/", confirming.ConfirmSending.as_view(), name="newsletter_confirm"),
    path("newsletter/issues/<int:key>/test/", issues.send_test, name="newsletter_test_issue"),
    path("newsletter/sendings/<int:key>/", issues.SendingReport.as_view(), name="newsletter_sending"),
    path("newsletter/sendings/<int:key>/<slug:action>/", issues.control_sending, name="newsletter_control"),
    path("newsletter/subscribers/", subscribers.SubscriberList.as_view(), name="newsletter_subscribers"),
    path("newsletter/subscribers/import/", imports.ImportView.as_view(), name="newsletter_import"),
    path("newsletter/subscribers/import/<int:key>/", imports.OneListView.as_view(), name="newsletter_list"),
    path("newsletter/subscribers/import/<int:key>/left-out/", imports.refused_lines, name="newsletter_list_refused"),
    path("newsletter/subscribers/<int:key>/", subscribers.SubscriberDetail.as_view(), name="newsletter_subscriber"),
    path("newsletter/subscribers/<int:key>/data/", subscribers.export_subscriber, name="newsletter_subscriber_data"),
    path("newsletter/subscribers/<int:key>/leave/", subscribers.unsubscribe, name="newsletter_unsubscribe"),
    path("newsletter/subscribers/<int:key>/erase/", subscribers.erase, name="newsletter_erase"),
]
