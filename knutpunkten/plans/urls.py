"""Addresses of mapping and plan, within a case."""

from django.urls import path

from knutpunkten.plans import mapping_views, views

urlpatterns = [
    path("kartlaggning/", mapping_views.mapping, name="mapping"),
    path("kartlaggning/<slug:area>/", mapping_views.save_area, name="save_area"),
    path("kartlaggning/<slug:area>/lamna-ut/", mapping_views.disclose_area, name="disclose_area"),
    path("plan/", views.plan, name="plan"),
    path("plan/borja/", views.begin_plan, name="begin_plan"),
    path("plan/skriv/", views.edit_plan, name="edit_plan"),
    path("plan/jamfor/", views.compare_plans, name="compare_plans"),
    path("plan/delmal/<uuid:lineage>/", views.mark_sub_goal, name="mark_sub_goal"),
    path("plan/delmal/<uuid:lineage>/paminn/", views.remind, name="remind_sub_goal"),
    path("plan.pdf", views.plan_pdf, name="plan_pdf"),
]
