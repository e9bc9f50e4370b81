from django.urls import path

from knutpunkten.review import views

urlpatterns = [
    path("", views.log_review, name="log_review"),
    path("konton/", views.accounts, name="reviewed_accounts"),
    path("konton/<uuid:user_id>/", views.account, name="reviewed_account"),
    path("<uuid:item_id>/", views.item, name="review_item"),
]
