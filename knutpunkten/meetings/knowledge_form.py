"""What a unit is asked before the meeting: what it knows, with its files, and which of it is disclosed (S6, W1)."""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from knutpunkten.cases.forms import StepForm
from knutpunkten.cases.models import Answer, Category, Level, Party
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.rules import with_knowledge
from knutpunkten.meetings.knowledge import Heading, Known, shown_in, words_in
from knutpunkten.meetings.models import Knowledge
from knutpunkten.meetings.rules import KNOWN_CATEGORIES, living_parties, receivers, written_by
from knutpunkten.ui.enumerations import enumeration
from knutpunkten.ui.fields import SpokenErrors
from knutpunkten.ui.forms import overtaken
from knutpunkten.ui.seen import packed, unpacked

WRITTEN_AND_UNKNOWN = "Lämna ut det ni skrivit om %s, eller ta bort det om personen inte är aktuell hos er"

STILL_DISCLOSED = "Uppgiften är fortfarande utlämnad."
UNCHANGED = f"Inget är ändrat. {STILL_DISCLOSED}"


@dataclass(frozen=True)
class Part:
    """One category on the page of what a unit knows: its fields, or what is disclosed already."""

    category: Category
    text: Any
    can_contribute: Any
    row: Knowledge | None
    readers: list[Party]
    share: Any
    files: list[StoredFile]
    is_overwritten: bool

    @property
    def share_words(self) -> str:
        return given_words(self.category, self.files, is_text_given=self.text is not None)


def given_words(category: Category, files: list[StoredFile], *, is_text_given: bool) -> str:
    """Arbetsmarknad och filen Intyg.pdf; of a text that is disclosed already, the new files alone."""
    new = files_words(files)
    if not is_text_given:
        return new
    return f"{category.label.lower()} och {new}" if new else category.label.lower()


def files_words(files: list[StoredFile]) -> str:
    """Those of the files that are not disclosed: filen Intyg.pdf; filerna Intyg.pdf och Plan.pdf."""
    names = [file.name for file in files if file.disclosed_at is None]
    return f"{'filen' if len(names) == 1 else 'filerna'} {enumeration(names)}" if names else ""


class BoxOfItsOwn(forms.CheckboxSelectMultiple):
    """A box is known by what it gives out, not by its place: there are fewer of them when something is disclosed.

    Nor does the browser tick it: one that goes back would find the tick on the box that has come in its place.
    """

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"] |= {"id": f"id_{name}_{value}", "autocomplete": "off"}
        return option


class AnswerForm(SpokenErrors, StepForm):
    """What the unit knows, by category, and which of it is disclosed now; or that the person is not known there (S6).

    The unit that refers them is not asked whether they are.

    A category already disclosed is shown, not asked, unless it is being amended (``initial["amend"]``); a file that has
    come since may be disclosed to it. One that the consent lets nobody else read is not asked.

    Each category is a change of its own (``headings``): one that nobody touched on the page stays as it stands, and is
    shown so when the page is drawn again.
    """

    answer = forms.ChoiceField(
        label="Vad svarar ni?",
        choices=[(Answer.DISCLOSED, "Lämna ut det som är ikryssat"), (Answer.NOT_KNOWN, "Inte aktuell hos oss")],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj om ni lämnar ut något, eller om personen inte är aktuell hos er"},
    )
    share = forms.MultipleChoiceField(label="Vad lämnar ni ut?", widget=BoxOfItsOwn, required=False)

    def prepare(self) -> None:
        self.rows = {row.category: row for row in written_by(self.case.pk, self.who.unit_id)}
        self.overwritten: list[str] = []
        self.unasked: list[Category] = []
        self.parties = living_parties([self.case.pk], self.who.today)
        self.knows_them = self.who.unit_id == self.case.referring_unit_id
        if self.knows_them:
            self.fields["answer"].choices = [(Answer.DISCLOSED, "Lämna ut det som är ikryssat")]  # type: ignore[attr-defined]
        # What is disclosed is read from the agenda on, and so is the referral, with its question.
        self.is_read = any(p.unit_id == self.who.unit_id and p.level >= Level.TEXT for p in self.parties)
        files = with_knowledge(self.case, self.who)
        self.enclosed = {c: [file for file in files if file.category == c] for c in KNOWN_CATEGORIES}
        self.headings = self.sent() if self.is_bound else {}
        for category in KNOWN_CATEGORIES:
            if self.is_asked(category):
                self.ask(category)
        if self.is_bound:
            self.show_what_stands()
        self.shareable = [c for c in KNOWN_CATEGORIES if self.is_asked(c) or self.has_more(c)]
        self.fields["share"].choices = [(c.value, c.label) for c in self.shareable]  # type: ignore[attr-defined]
        # Written is not shared: no box is ticked but by hand. As one left them, if one was away to enclose a file.
        left = self.initial.get("ticked")
        self.fields["share"].initial = left.split(",") if left else []

    def sent(self) -> dict[str, Heading]:
        """A page that does not say what it showed is taken to have shown what stands."""
        shown = unpacked(self.data["seen"]) if "seen" in self.data else self.standing()
        given = self["share"].data if self.data.get("answer") == Answer.DISCLOSED else []
        found = {}
        for category, standing in self.standing().items():
            # Where nothing has been written yet, no page has shown anything.
            was = shown.get(category, "") if category in self.rows else standing
            found[category] = Heading(was, standing, self.typed(category, was), category in given)
        return found

    def standing(self) -> dict[str, str]:
        return {c.value: shown_in(self.rows.get(c)) for c in KNOWN_CATEGORIES}

    def typed(self, category: str, shown: str) -> str:
        """The sign of the words in the boxes; of a category that had none on the page, of those it was *shown* with."""
        if f"text_{category}" not in self.data:
            return words_in(shown)
        return Known(self.data[f"text_{category}"], self.data.get(f"can_{category}", "")).sign

    def show_what_stands(self) -> None:
        """In the boxes of each category where one has written nothing of one's own."""
        data: Any = copy(self.data)
        for category, heading in self.headings.items():
            if self.is_asked(category) and not heading.is_changed:
                for name in (f"text_{category}", f"can_{category}"):
                    data[name] = self.fields[name].initial
        self.data = data

    @property
    def not_known_at(self) -> datetime | None:
        """When the unit answered "inte aktuell hos oss"; None if it has another answer or none."""
        own = [p for p in self.parties if p.unit_id == self.who.unit_id and p.answer == Answer.NOT_KNOWN]
        return own[0].answered_at if own else None

    def is_asked(self, category: str) -> bool:
        if not self.readers_of(category):
            return False
        is_sent = f"text_{category}" in self.data and not self.headings[category].is_news
        return not self.is_disclosed(category) or is_sent or self.initial.get("amend") == category

    def is_disclosed(self, category: str) -> bool:
        row = self.rows.get(category)
        return row is not None and row.disclosed_at is not None

    def has_more(self, category: Category) -> bool:
        """Whether a file has come since, that somebody else may read."""
        return bool(self.readers_of(category)) and any(file.disclosed_at is None for file in self.enclosed[category])

    def readers_of(self, category: str) -> list[Party]:
        return receivers(self.parties, category, self.who.unit_id)

    def ask(self, category: Category) -> None:
        row = self.rows.get(category)
        self.fields[f"text_{category}"] = forms.CharField(
            label=category.label,
            max_length=4000,
            required=False,
            initial=row.text if row else "",
            help_text=f"En uppgift per rad. Bara det som är aktuellt {'för frågan' if self.is_read else 'nu'}.",
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        self.fields[f"can_{category}"] = forms.CharField(
            label="Kan bidra med",
            max_length=1000,
            required=False,
            initial=row.can_contribute if row else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    @property
    def receipt(self) -> str:
        """What was disclosed when the step was taken, in the words that stood beside the boxes."""
        if "given" not in self.cleaned_data:
            return ""
        given = [
            given_words(Category(c), self.enclosed[c], is_text_given=self.is_asked(c))
            for c in self.cleaned_data["given"]
        ]
        if given:
            return f"Du lämnade ut {enumeration(given)}. {self.read_by(self.cleaned_data['given'])}"
        return UNCHANGED if all(self.is_disclosed(c) for c in self.cleaned_data["share"]) else ""

    def read_by(self, given: list[str]) -> str:
        """Which units read what was disclosed, and from when: a sentence for all of it, or for what is read by the same."""
        # The text of a consultation is read from when it is given to the group (K4).
        when = "" if self.is_read or self.case.is_consultation else " när ärendet står på dagordningen"
        by_readers: dict[str, list[str]] = {}
        for category in given:
            readers = enumeration(party.unit.name for party in self.readers_of(category) if party.unit)
            by_readers.setdefault(readers, []).append(Category(category).label.lower())
        if len(by_readers) == 1:
            return f"{next(iter(by_readers))} läser det{when}."
        return " ".join(f"{readers} läser {enumeration(what)}{when}." for readers, what in by_readers.items())

    def parts(self) -> list[Part]:
        """The categories as the page shows them: under a heading each, so the field need not say it again."""
        for category in KNOWN_CATEGORIES:
            if self.is_asked(category):
                # On the field as it is shown, which may have been asked for already: by what it lacks.
                self[f"text_{category}"].label = "Vad vet ni?"
        chosen = {str(box.data["value"]): box for box in self["share"]}
        return [
            Part(
                category,
                self[f"text_{category}"] if self.is_asked(category) else None,
                self[f"can_{category}"] if self.is_asked(category) else None,
                self.rows.get(category),
                self.readers_of(category),
                chosen.get(category.value),
                self.enclosed[category],
                category in self.overwritten,
            )
            for category in KNOWN_CATEGORIES
        ]

    def known(self) -> dict[str, Known]:
        """What stands in the fields of the page, by category; without those that did not validate."""
        found = {}
        for category in filter(self.is_asked, self.headings):
            text, can = self.cleaned_data.get(f"text_{category}"), self.cleaned_data.get(f"can_{category}")
            if text is not None and can is not None:
                found[category] = Known(text, can)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        known = self.known()
        done = [category for category, heading in self.headings.items() if heading.is_changed or heading.is_given]
        data["known"] = {category: known[category] for category in done if category in known}
        data["seen"] = {category: heading.shown for category, heading in self.headings.items()}
        self.check_seen()
        self.check_asked()
        if data.get("answer") == Answer.DISCLOSED:
            self.check_shared(data)
        elif data.get("answer") == Answer.NOT_KNOWN:
            self.check_unknown(known)
        return data

    def check_seen(self) -> None:
        """What a colleague has written since one opened the page is read before it is written over or disclosed."""
        for category, heading in self.headings.items():
            if heading.is_overtaken and self.is_asked(category):
                since = f"{self.who_changed(category)} sedan du öppnade sidan"
                if heading.is_changed:
                    self.overwritten.append(category)
                said = since if heading.is_changed else f"{since}. Läs det innan du lämnar ut"
                self.add_error(f"text_{category}", overtaken(said))

    def check_asked(self) -> None:
        """Words of what the consent lets nobody else read any more, since one opened the page, are not saved."""
        self.unasked = [c for c in KNOWN_CATEGORIES if self.headings[c].is_changed and not self.is_asked(c)]
        if self.unasked:
            about = enumeration(category.label.lower() for category in self.unasked)
            self.add_error(None, f"Samtycket låter ingen annan läsa om {about} längre. Det du skrev där är inte sparat")

    def who_changed(self, category: str) -> str:
        """Nadja Berg har skrivit om tidigare arbete."""
        about = f"om {Category(category).label.lower()}"
        if self.headings[category].is_only_taken_back:
            return f"Din enhet har tagit tillbaka det som var utlämnat {about}"
        row = self.rows[category]
        is_disclosing = row.disclosed_at is not None and row.disclosed_at > row.written_at
        user = row.disclosed_by if row.disclosed_by and is_disclosing else row.written_by
        did = f"lämnat ut det ni vet {about}" if is_disclosing else f"skrivit {about}"
        return f"Du har {did} i ett annat fönster" if user.pk == self.who.user_id else f"{user.name} har {did}"

    def seen(self, written: Collection[str] = ()) -> str:
        """For the page to send back when it is drawn: what it shows, with those categories that are *written* as they were sent."""
        return packed(self.standing() | {category: self.headings[category].typed for category in written})

    def seen_when_saved(self, written: Collection[str]) -> str:
        """For the page to go on from where one writes: of what stands it shows one's own words, *written* now or before."""
        return packed(
            {c: h.typed if c in written or h.typed == h.standing else h.shown for c, h in self.headings.items()}
        )

    def check_unknown(self, known: dict[str, Known]) -> None:
        """Who has written what it knows has most likely pressed the wrong button: the group would be told it knows nothing."""
        if any(row.disclosed_at for row in self.rows.values()):
            self.add_error(None, "Ni har redan lämnat ut uppgifter. Ändra dem i stället")
        for category, written in known.items():
            if written.text or written.can_contribute:
                about = Category(category).label.lower()
                self.add_error(f"text_{category}" if written.text else f"can_{category}", WRITTEN_AND_UNKNOWN % about)

    def check_shared(self, data: dict[str, Any]) -> None:
        instead = "" if self.knows_them else ", eller svara ”Inte aktuell hos oss”"
        self.add_missing("share", f"Kryssa i minst en rubrik att lämna ut{instead}")
        for category in data.get("share", ()):
            # A text that is disclosed already is not asked for: it is a file that is added to it.
            self.add_missing(f"text_{category}", self.what_to_write(Category(category)))

    def what_to_write(self, category: Category) -> str:
        if files := files_words(self.enclosed[category]):
            return f"Skriv en rad om {files}, så vet de andra vad de öppnar, eller kryssa ur rubriken"
        return f"Skriv vad ni vet om {category.label.lower()}, eller kryssa ur rubriken"
