from django.urls import include, path

from knutpunkten.desk import (
    account,
    begin,
    case_page,
    contacts,
    hand_on,
    lists,
    reads,
    remind,
    search,
    shared,
    start,
    withdrawal_call,
    write_knowledge,
)

urlpatterns = [
    path("", start.start, name="start"),
    path("arenden/", lists.cases, name="cases"),
    path("arenden/ny/", begin.new_referral, name="new_referral"),
    path("arenden/<uuid:case_id>/", case_page.case, name="case"),
    path("arenden/<uuid:case_id>/handelser/", case_page.events, name="events"),
    path("arenden/<uuid:case_id>/vem-har-last/", reads.case_reads, name="case_reads"),
    path("arenden/<uuid:case_id>/paminn/<slug:actor>/", remind.remind_actor, name="remind_actor"),
    path("arenden/<uuid:case_id>/delat/", shared.shared, name="shared"),
    path("arenden/<uuid:case_id>/uppgifter/", write_knowledge.knowledge, name="knowledge"),
    path("paminn/", remind.remind_several, name="remind_several"),
    path("att-lamna-vidare/", hand_on.to_hand_on, name="to_hand_on"),
    path("aterkallande/", withdrawal_call.withdrawal_call, name="withdrawal_call"),
    path("sok/", search.search, name="search"),
    path("vem-har-sett/", reads.who_has_read, name="who_has_read"),
    path("kontaktlista/", contacts.contact_list, name="contact_list"),
    path("roller/", account.hats, name="hats"),
    path("", include("knutpunkten.desk.meeting_urls")),
    path("", include("knutpunkten.desk.queue_urls")),
    path("", include("knutpunkten.desk.protected_urls")),
]
