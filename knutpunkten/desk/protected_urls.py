from django.urls import path

from knutpunkten.desk import protected

urlpatterns = [
    path("skyddade/", protected.protected_cases, name="protected_cases"),
    path("skyddade/<uuid:case_id>/<uuid:unit_id>/", protected.name_reader, name="name_reader"),
    path("skyddade/<uuid:case_id>/<uuid:unit_id>/avsluta/<uuid:reader_id>/", protected.end_reader, name="end_reader"),
    path("arenden/<uuid:case_id>/skydda/", protected.protect, name="protect"),
    path("arenden/<uuid:case_id>/skyddet-upphort/", protected.end_protection, name="end_protection"),
]
