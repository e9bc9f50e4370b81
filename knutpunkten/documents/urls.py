from django.urls import path

from knutpunkten.documents import views

urlpatterns = [
    path("filer/", views.upload_file, name="upload_file"),
    path("filer/<uuid:file_id>/", views.file, name="file"),
    path("filer/<uuid:file_id>/ta-bort/", views.remove, name="remove_file"),
]
