"""A procedure in plain words: the one source for start page, desk, preview and documentation."""

from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from directory.models import Body, Organisation
from federation.texts import Text, TextsField, joined
from membership.models import Asked, Procedure, Question

Line = str | Text  # a sentence of ours, or words of the federation's own
Passage = tuple[str, list[Line]]


def in_words(procedure: Procedure) -> list[Passage]:
    """The whole procedure as sentences under short headings, in the reader's language."""
    return [
        (_("Who may ask"), _who_may_ask(procedure)),
        (_("What is needed"), _what_is_needed(procedure)),
        (_("Who is heard"), who_is_heard(procedure)),
        (_("Who decides"), _who_decides(procedure)),
        (_("How long it takes"), _how_long(procedure)),
        (_("If the answer is no"), _if_no(procedure)),
    ]


def diff(old: Procedure, new: Procedure) -> list[tuple[str, list[Line], list[Line]]]:
    """What differs: heading, sentences that no longer hold, sentences that hold now."""
    changes = []
    for (heading, before), (_same, after) in zip(in_words(old), in_words(new), strict=True):
        gone = [line for line in before if line not in after]
        come = [line for line in after if line not in before]
        if gone or come:
            changes.append((heading, gone, come))
    texts = _changed_texts(old, new)
    if texts:
        changes.append((_("Texts"), [], texts))
    return changes


# --- the passages ---------------------------------------------------------------------------


def _who_may_ask(rules: Procedure) -> list[Line]:
    kinds = [kind for kind in Organisation.Kind if kind.value in rules.open_to]
    lines: list[Line] = []
    if len(kinds) == len(Organisation.Kind):
        lines.append(_("Any organisation may ask, of whatever kind."))
    else:
        lines.append(_("These may ask: %(kinds)s.") % {"kinds": joined(k.label for k in kinds)})
    if rules.status.is_one_per_country:
        lines.append(_("There is one for each country."))
        if rules.waiver_body:
            lines.append(
                _("Who may admit a second one in a country, with the reason on record: %(body)s.")
                % {"body": Body(rules.waiver_body).label}
            )
    return lines


ASKED: dict[tuple[str, str], Promise] = {
    ("asks_members", Asked.REQUIRED): gettext_lazy("The number of members must be given."),
    ("asks_members", Asked.OPTIONAL): gettext_lazy("The number of members may be given."),
    ("asks_affiliations", Asked.REQUIRED): gettext_lazy("Other affiliations must be named."),
    ("asks_affiliations", Asked.OPTIONAL): gettext_lazy("Other affiliations may be named."),
    ("asks_documents", Asked.REQUIRED): gettext_lazy("Documents must be added."),
    ("asks_documents", Asked.OPTIONAL): gettext_lazy("Documents may be added."),
}


def _what_is_needed(rules: Procedure) -> list[Line]:
    lines: list[Line] = [
        str(ASKED[name, asked])
        for name in ("asks_members", "asks_affiliations", "asks_documents")
        if (asked := getattr(rules, name)) != Asked.NO
    ]
    if rules.asks_documents != Asked.NO and rules.which_documents:
        lines.append(rules.which_documents)
    if rules.sponsors:
        lines.append(
            ngettext(
                "%(number)s section must vouch for the organisation.",
                "%(number)s sections must vouch for the organisation.",
                rules.sponsors,
            )
            % {"number": rules.sponsors}
        )
    lines.append(
        _("The organisation agrees to a statement of the federation.")
        if rules.statement
        else _("The organisation agrees with the aims of the federation.")
    )
    return [*lines, *(_question(question) for question in questions_of(rules))]


def questions_of(rules: Procedure) -> list[Question]:
    """Its questions in their order; those not stored yet, if it is shown before it is saved."""
    unsaved: list[Question] | None = getattr(rules, "unsaved_questions", None)
    if unsaved is not None:
        return unsaved
    found = list(rules.questions.all()) if rules.pk else []
    for question in found:
        question.procedure = rules  # with its federation, which the label asks for
    return found


def _question(question: Question) -> Text:
    """The question itself, with the word that it may stay open."""
    label = question.label
    if question.is_required:
        return label
    open_ = pgettext("question of a procedure", "may stay open")
    return Text(f"{label} ({open_})", label.language)


CONSULTED: dict[str, Promise] = {
    Procedure.Consulted.NONE: gettext_lazy("The sections are not consulted."),
    Procedure.Consulted.ALL: gettext_lazy("All sections are consulted."),
    Procedure.Consulted.COUNTRY: gettext_lazy("The sections of the same country are consulted."),
    Procedure.Consulted.REGION: gettext_lazy(
        "The sections of the same region of the world are consulted."
    ),
}
MAJORITY: dict[str, Promise] = {
    Procedure.Majority.SIMPLE: gettext_lazy("They agree if more are for it than against it."),
    Procedure.Majority.ABSOLUTE: gettext_lazy("They agree if more than half are for it."),
    Procedure.Majority.TWO_THIRDS: gettext_lazy("They agree if two thirds are for it."),
    Procedure.Majority.THREE_QUARTERS: gettext_lazy("They agree if three quarters are for it."),
    Procedure.Majority.UNANIMOUS: gettext_lazy("They agree if nobody is against it."),
}
SILENCE: dict[str, Promise] = {
    Procedure.Silence.NOTHING: gettext_lazy("A section that does not reply counts for neither."),
    Procedure.Silence.FOR: gettext_lazy("A section that does not reply counts as agreeing."),
    Procedure.Silence.AGAINST: gettext_lazy("A section that does not reply counts as refusing."),
}


def who_is_heard(rules: Procedure) -> list[Line]:
    lines: list[Line] = [str(CONSULTED[rules.consulted])]
    if rules.consulted == Procedure.Consulted.NONE:
        return lines
    lines.append(_days(rules.consultation_days, "reply"))
    if rules.quorum:
        lines.append(
            _("The result counts only if at least %(percent)s%% of them reply.")
            % {"percent": rules.quorum}
        )
    lines += [str(MAJORITY[rules.majority]), str(SILENCE[rules.silence])]
    lines.append(
        _("Abstentions count in the total.")
        if rules.abstentions_count
        else _("Abstentions do not count in the total.")
    )
    if rules.objection_blocks:
        lines.append(_("One objection with its grounds is enough to block it."))
    lines.append(
        _("The result binds whoever decides.")
        if rules.is_binding
        else _("Whoever decides hears the result and is not bound by it.")
    )
    if rules.publishes_replies:
        lines.append(_("The applicant sees afterwards which section said what."))
    return lines


DECIDES: dict[str, Promise] = {
    Body.CONGRESS: gettext_lazy("The congress decides."),
    Body.REFERENDUM: gettext_lazy("A referendum decides."),
    Body.PLENARY: gettext_lazy("The plenary decides."),
    Body.SECRETARIAT: gettext_lazy("The secretariat decides."),
    Body.ASSEMBLY: gettext_lazy("The assembly decides."),
    Body.COMMITTEE: gettext_lazy("The organising committee decides."),
    "": gettext_lazy("Which body decides is not laid down; the record will name it."),
}
SUSPENDS = gettext_lazy("Until a meeting has decided, the secretariat may suspend it.")
EFFECTIVE: dict[str, Promise] = {
    Procedure.Effective.DECISION: gettext_lazy("The status begins on the day of the decision."),
    Procedure.Effective.CHOSEN: gettext_lazy("The status begins on the day that the body names."),
    Procedure.Effective.MONTH: gettext_lazy(
        "The status begins on the first day of the month after the decision."
    ),
    Procedure.Effective.YEAR: gettext_lazy(
        "The status begins on the first day of the year after the decision."
    ),
}


def _who_decides(rules: Procedure) -> list[Line]:
    lines: list[Line] = [str(DECIDES[rules.body])]
    bodies = [body for body in Body if body.value in rules.defers_to]
    if bodies and len(bodies) < len(Body):
        lines.append(
            _("It may be put off to a coming meeting of: %(bodies)s.")
            % {"bodies": joined(body.label for body in bodies)}
        )
    elif bodies:
        lines.append(_("It may be put off to a coming meeting of any body."))
    if rules.body:
        lines.append(
            _("The same holds when an organisation with this status is suspended or put out.")
        )
    if rules.body not in ("", Body.SECRETARIAT):
        lines.append(str(SUSPENDS))
    if rules.needs_second:
        lines.append(_("A second coordinator confirms what the first has recorded."))
    return [*lines, str(EFFECTIVE[rules.effective])]


def _how_long(rules: Procedure) -> list[Line]:
    return [
        _days(rules.decision_days, "decide"),
        _days(rules.answer_days, "answer"),
        *([_("Without an answer in that time the request ends.")] if rules.lapses else []),
    ]


def _if_no(rules: Procedure) -> list[Line]:
    again = _("The organisation may ask again later.")
    if not rules.appeal_body:
        return [_("There is no appeal."), again]
    return [
        _("The organisation may appeal once. Who decides on the appeal: %(body)s.")
        % {"body": Body(rules.appeal_body).label},
        _days(rules.appeal_days, "appeal"),
        again,
    ]


def _days(number: int, what: str) -> str:
    sentence = {
        "reply": ngettext(
            "They have %(number)s day to reply.", "They have %(number)s days to reply.", number
        ),
        "decide": ngettext(
            "It is usually decided within %(number)s day.",
            "It is usually decided within %(number)s days.",
            number,
        ),
        "answer": ngettext(
            "A question to the applicant is answered within %(number)s day.",
            "A question to the applicant is answered within %(number)s days.",
            number,
        ),
        "appeal": ngettext(
            "There is %(number)s day to appeal.", "There are %(number)s days to appeal.", number
        ),
    }[what]
    return sentence % {"number": number}


# --- texts in several languages -------------------------------------------------------------


def _changed_texts(old: Procedure, new: Procedure) -> list[Line]:
    """Which texts differ in which languages: sentences show those of one language alone."""
    lines = _texts_of(old, new, "")
    before = {question.key: question for question in questions_of(old)}
    for question in questions_of(new):
        if question.key in before:
            lines += _texts_of(before[question.key], question, f"{question.label}: ")
    if _order(old) != _order(new) and set(_order(old)) == set(_order(new)):
        lines.append(_("The order of the questions changed."))
    return lines


def _order(rules: Procedure) -> list[str]:
    return [question.key for question in questions_of(rules)]


def _texts_of(old: Any, new: Any, prefix: str) -> list[Line]:
    lines: list[Line] = []
    for field in old._meta.concrete_fields:
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after:
            continue
        if isinstance(field, TextsField):
            codes = sorted(
                {code for code in {**before, **after} if before.get(code) != after.get(code)}
            )
            named = joined(map(_language, codes))
            lines.append(f"{prefix}{field.verbose_name} ({named})")
        elif prefix and field.name in ("kind", "is_required"):
            lines.append(f"{prefix}{field.verbose_name}")
    return lines


def _language(code: str) -> str:
    return get_language_info(code)["name_local"] if code in dict(settings.LANGUAGES) else code
