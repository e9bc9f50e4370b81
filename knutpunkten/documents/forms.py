"""Enclosing a file: which, and what it is about; and a scan of a signed paper. The content is checked in ``uploads``."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from knutpunkten.cases.models import Category
from knutpunkten.documents.uploads import SCANS, CheckedUpload, UploadRefused, check_scan, check_upload
from knutpunkten.ui.fields import ChoiceField, SpokenErrors

# An investigation is about something; what everybody in a consent reads is no place for it.
ABOUT = [(c.value, c.label) for c in Category if c not in (Category.BASIC, Category.PLANNING)]


class ScanField(forms.FileField):
    """A scan of a signed paper, a PDF or a picture, checked by its content; cleans to a CheckedUpload or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.ClearableFileInput(attrs={"accept": ",".join(SCANS)}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> CheckedUpload | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return check_scan(file)
        except UploadRefused as refusal:
            raise ValidationError(refusal.sentence, code="refused") from refusal


class FileForm(SpokenErrors, forms.Form):
    """One file and its category, which decides who reads it (S5, W1)."""

    file = forms.FileField(
        label="Fil",
        help_text="PDF, PNG, JPEG, DOCX eller ODT, högst 10 MB.",
        error_messages={"required": "Välj en fil att bifoga"},
    )
    category = ChoiceField(
        label="Vad handlar den om?",
        help_text="Bara de parter som samtycket ger del av det här får läsa filen.",
        choices=ABOUT,
        error_messages={"required": "Välj vad filen handlar om"},
    )

    def clean_file(self) -> CheckedUpload:
        try:
            return check_upload(self.cleaned_data["file"])
        except UploadRefused as refused:
            raise ValidationError(refused.sentence) from refused
