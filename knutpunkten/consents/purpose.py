"""What a consent is for: the sentence it begins with, and how it is shown of a person who is protected since (W5)."""

from knutpunkten.cases.models import Case
from knutpunkten.consents.models import Consent


def purpose_of(case: Case, person: str) -> str:
    if case.is_consultation:
        return (
            f"Att {person} och handläggaren ska få råd från flera myndigheter vid ett möte hos {case.programme.name}."
        )
    return (
        f"Att {person} ska få stöd från flera myndigheter på vägen mot arbete eller studier, "
        f"genom {case.programme.name}, utan att behöva börja om hos var och en."
    )


def purpose_shown(consent: Consent, case: Case) -> str:
    """The purpose as it was written; the product's own sentence without the first name of somebody who is protected."""
    if not case.is_protected:
        return consent.purpose
    return consent.purpose.replace(purpose_of(case, case.first_name), purpose_of(case, case.name_in_text))
