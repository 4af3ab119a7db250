"""Pages about rounds, articles, reviews, feeds and jobs."""

from django.urls import path

from funding.views import (
    alert_feed,
    alerts,
    articles,
    changes,
    changing,
    conflicts,
    design,
    doubts,
    entry,
    exits,
    export,
    feeds,
    history,
    jobs,
    marks,
    merging,
    overview_files,
    own_rates,
    reports,
    review_rules,
    reviews,
    round_page,
    rounds,
    searches,
    sources,
    splitting,
    valuations,
    watching,
)

app_name = "funding"
urlpatterns = [
    # Rounds
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/new/", entry.round_new, name="round_new"),
    path("rounds/<int:pk>/", round_page.round_detail, name="round_detail"),
    path("rounds/<int:pk>/change/", changing.round_change, name="round_change"),
    path("exits/new/", exits.exit_new, name="exit_new"),
    path("exits/<int:pk>/change/", changing.exit_change, name="exit_change"),
    path("valuations/new/", valuations.valuation_new, name="valuation_new"),
    # Sources
    path("sources/<int:pk>/", sources.source_detail, name="source_detail"),
    path("evidence/", sources.evidence, name="evidence"),
    path("statements/<int:pk>/mark/", marks.statement_mark, name="statement_mark"),
    path("design/", design.design, name="design"),
    path("conflicts/", conflicts.conflict_list, name="conflict_list"),
    # Articles on their way in
    path("articles/", articles.article_list, name="article_list"),
    path("articles/<int:pk>/", articles.article_detail, name="article_detail"),
    # Feeds
    path("feeds/new/", feeds.feed_new, name="feed_new"),
    path("feeds/<int:pk>/fetch/", feeds.feed_fetch, name="feed_fetch"),
    path("feeds/<int:pk>/pause/", feeds.feed_pause, name="feed_pause"),
    path("feeds/<int:pk>/delete/", feeds.feed_delete, name="feed_delete"),
    # Jobs
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/retry/", jobs.job_retry, name="job_retry"),
    # Rates
    path("rates/", own_rates.rates, name="rates"),
    path("rates/remove/", own_rates.rates_remove, name="rates_remove"),
    # Review
    path("review/", reviews.review_inbox, name="review_inbox"),
    path("review/accept/", review_rules.review_accept, name="review_accept"),
    path("review/rules/", review_rules.review_rules, name="review_rules"),
    path("review/audit/", review_rules.review_audit, name="review_audit"),
    path("review/<int:pk>/", reviews.review_detail, name="review_detail"),
    path("review/<int:pk>/decide/", reviews.review_decide, name="review_decide"),
    # Changes
    path("changes/", changes.change_list, name="change_list"),
    path("companies/<slug:slug>/changes/", changes.company_changes, name="company_changes"),
    path("changes/<int:pk>/undo/", reviews.change_undo, name="change_undo"),
    # Doubts
    path("doubts/", doubts.doubt_list, name="doubt_list"),
    path("doubts/<int:pk>/different/", doubts.doubt_different, name="doubt_different"),
    path("doubts/<int:pk>/later/", doubts.doubt_later, name="doubt_later"),
    # History
    path("companies/<slug:slug>/history/", history.company_history, name="company_history"),
    path("investors/<slug:slug>/history/", history.investor_history, name="investor_history"),
    path("rounds/<int:pk>/history/", history.round_history, name="round_history"),
    # Merge and split
    path("companies/<slug:slug>/merge/", merging.company_merge, name="company_merge"),
    path("companies/<slug:slug>/split/", splitting.company_split, name="company_split"),
    path("investors/<slug:slug>/merge/", merging.investor_merge, name="investor_merge"),
    path("investors/<slug:slug>/split/", splitting.investor_split, name="investor_split"),
    path("rounds/<int:pk>/merge/", merging.round_merge, name="round_merge"),
    path("rounds/<int:pk>/split/", splitting.round_split, name="round_split"),
    # Lists
    path("lists/", watching.watch_overview, name="watch_overview"),
    path("lists/new/", watching.watch_list_new, name="watch_list_new"),
    path("lists/watch/", watching.watch, name="watch"),
    path("lists/<int:pk>/", watching.watch_list, name="watch_list"),
    path("lists/<int:pk>/edit/", watching.watch_list_edit, name="watch_list_edit"),
    path("lists/<int:pk>/delete/", watching.watch_list_delete, name="watch_list_delete"),
    path("lists/entries/<int:pk>/", watching.watch_entry_note, name="watch_entry_note"),
    path("lists/searches/new/", searches.search_new, name="search_new"),
    path("lists/searches/<int:pk>/", searches.search_detail, name="search_detail"),
    path("lists/searches/<int:pk>/delete/", searches.search_delete, name="search_delete"),
    # Alerts
    path("lists/alerts/new/", alerts.alert_new, name="alert_new"),
    path("lists/alerts/<int:pk>/", alerts.alert_detail, name="alert_detail"),
    path("lists/alerts/<int:pk>/pause/", alerts.alert_pause, name="alert_pause"),
    path("lists/alerts/<int:pk>/renew/", alerts.alert_renew, name="alert_renew"),
    path("lists/alerts/<int:pk>/delete/", alerts.alert_delete, name="alert_delete"),
    path("lists/deliveries/<int:pk>/again/", alerts.delivery_again, name="delivery_again"),
    path("lists/digest/", alerts.digest_hour, name="digest_hour"),
    path("alerts/<str:token>.atom", alert_feed.alert_feed, name="alert_feed"),
    path("alerts/stop/<str:token>/", alerts.alert_stop, name="alert_stop"),
    # Reports
    path("reports/", reports.report_list, name="report_list"),
    path("reports/new/", reports.report_new, name="report_new"),
    path("reports/<int:pk>/", reports.report_detail, name="report_detail"),
    path("reports/<int:pk>/edit/", reports.report_edit, name="report_edit"),
    path("reports/<int:pk>/schedule/", reports.report_schedule, name="report_schedule"),
    path("reports/<int:pk>/run/", reports.report_run, name="report_run"),
    path("reports/<int:pk>/delete/", reports.report_delete, name="report_delete"),
    path("reports/runs/<int:pk>/again/", reports.report_run_again, name="report_run_again"),
    # Exports
    path("overview/<slug:table>.csv", overview_files.overview_csv, name="overview_csv"),
    path("export/<str:rows>.csv", export.export, {"form": "csv"}, name="export"),
    path("export/<str:rows>.<str:form>", export.export, name="export"),
]
