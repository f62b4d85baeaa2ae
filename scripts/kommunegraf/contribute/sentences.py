"""What was answered in our own words, Danish and English, and the answer itself as a source."""

from kommunegraf.contribute.forms import word
from kommunegraf.contribute.register import Register, Row
from kommunegraf.contribute.submission import STAGES, Answer, Submission
from kommunegraf.languages import LANGUAGES, date


def who(register: Register, submission: Submission, lang: str) -> str:
    """Who answered and when, as the beginning of a sentence."""
    day = date(submission.day, lang)
    if submission.respondent:
        return word(lang, "said", "other").format(respondent=register.label(f"organisation/{submission.respondent}", lang), day=day)
    return word(lang, "said", "own").format(role=word(lang, "role", submission.role), day=day)


def of_answer(register: Register, submission: Submission, answer: Answer, lang: str) -> str:
    """What an answer about an initiative says, as the rest of the sentence that `who` begins."""
    now = submission.day.year
    parts = [word(lang, "said", answer.status).format(initiative=register.label(f"initiative/{answer.initiative}", lang))]
    if answer.since:
        ahead = answer.since > now or answer.status == "planned"
        parts.append(word(lang, "said", "starts" if ahead else "since").format(year=answer.since))
    if answer.until:
        over = answer.until < now or STAGES[answer.status] == "ended"
        parts.append(word(lang, "said", "until" if over else "stops").format(year=answer.until))
    if answer.new_partners:
        parts.append(word(lang, "said", "partners").format(names=", ".join(answer.new_partners)))
    return " ".join(parts)


def of_membership(register: Register, submission: Submission, organisation: str, former: bool, lang: str) -> str:
    """What an answer about a membership says."""
    name = register.label(f"organisation/{organisation}", lang)
    return who(register, submission, lang) + word(lang, "said", "former" if former else "member").format(organisation=name)


def source(register: Register, submission: Submission) -> Row:
    """The row of the answer as a source: who answered for which kommune, and when; a role, never a person."""
    lang = LANGUAGES[0]
    day = date(submission.day, lang)
    place = register.label(f"municipality/{submission.municipality}", lang)
    if submission.respondent:
        respondent = register.label(f"organisation/{submission.respondent}", lang)
        title = word(lang, "said", "source_about").format(respondent=respondent, place=place, day=day)
        publisher = {"publisher": submission.respondent}
    else:
        title = word(lang, "said", "source").format(place=place, role=word(lang, "role", submission.role), day=day)
        publisher = {"publisher_municipality": submission.municipality}
    return {"id": submission.source, f"title_{lang}": title, **publisher, "year": str(submission.day.year)}
