from django.urls import path

from knutpunkten.review import views

urlpatterns = [
    path("", views.log_review, name="log_review"),
    path("konton/", views.accounts, name="reviewed_accounts"),
    path("konton/<uuid:user_id>/", views.account, name="reviewed_account"),
    path("person/", views.look_up, name="look_up_person"),
    path("person/<uuid:person_id>/", views.person, name="reviewed_person"),
    path("<uuid:item_id>/", views.item, name="review_item"),
]
