"""Admin views for letters to registered people: an event's letters, a letter with its approval, and its form."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.widgets import HeaderButton

from events.newsroom.policies import may_see_registrations, permitted_event
from events.pages import EventPage
from events.records import EventLetter, Occurrence, Registration
from events.records.letters import OPEN, dates_with_seats
from events.registration.letters import approve, may_send_back, refusal_of_approval, send_back, send_test, submit
from events.registration.links import site_of
from portal.content.publication import PublicationRefusedError
from portal.content.readers.form_fields import LineField
from portal.content.records.clocks import SiteClocks
from portal.editorial.approval.independence import may_approve_texts
from portal.editorial.approval.refusals import show_refusal
from portal.platform.languages import language_choices
from portal.platform.newsroom_views import NewsroomView, crumb
from portal.platform.rate_limits import RateLimit

LETTERS = gettext_lazy("Letters to registered people")
TESTS = RateLimit("letter-test", 10, timedelta(hours=1))


class LetterForm(forms.ModelForm):
    """A letter to the people of all dates or of one, in all languages or in one of those used."""

    date = forms.ChoiceField(label=pgettext_lazy("of an event", "Date"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Registered in"), required=False)
    subject = LineField(label=gettext_lazy("Subject"), max_length=150)

    class Meta:
        model = EventLetter
        fields = ["subject", "text"]
        widgets = {"text": forms.Textarea({"rows": 12})}

    field_order = ["date", "language", "subject", "text"]

    def __init__(self, *args: Any, event: EventPage, **kwargs: Any):
        super().__init__(*args, **kwargs)
        clocks = SiteClocks([event.path])
        choices = [(str(key), clocks.when(date, event.path)) for key, date in dates_with_seats(event).items()]
        if self.instance.date and str(self.instance.date_id) not in dict(choices):
            choices.append((str(self.instance.date_id), self.instance.date.date_key))
        self.fields["date"].choices = [("", _("All dates that are not over")), *choices]  # type: ignore[attr-defined]
        self.initial["date"] = str(self.instance.date_id or "")
        used = Registration.objects.of_event(event).confirmed().order_by("language").values_list("language", flat=True)
        names = dict(language_choices())
        languages = [(code, names.get(code, code)) for code in dict.fromkeys([*used, self.instance.language]) if code]
        self.fields["language"].choices = [("", _("All languages")), *languages]  # type: ignore[attr-defined]
        self.initial["language"] = self.instance.language
        added = _("Title, date and place of “%(event)s” and the link to cancel are added.")
        self.fields["text"].help_text = added % {"event": event.get_admin_display_title()}
        keys = Occurrence.objects.filter(event__translation_key=event.translation_key).values("key").distinct()
        if keys.count() < 2 and not self.instance.date_id:
            del self.fields["date"]
        if len(languages) < 2 and not self.instance.language:
            del self.fields["language"]

    def save_draft(self, user: Any) -> bool:
        """Save the letter as a draft, which ends a submission; return False if it was approved meanwhile."""
        letter: EventLetter = self.instance
        values = {name: self.cleaned_data[name] for name in ("subject", "text")}
        values["date_id"] = int(self.cleaned_data["date"]) if self.cleaned_data.get("date") else None
        values["language"] = self.cleaned_data.get("language", "")
        values |= {"state": EventLetter.State.DRAFT, "written_by": user, "changed_at": timezone.now()}
        if letter.pk:
            return bool(EventLetter.objects.filter(pk=letter.pk, state__in=OPEN).update(**values))
        for name, value in values.items():
            setattr(letter, name, value)
        letter.save()
        return True


class LetterRemarkForm(forms.Form):
    remark = forms.CharField(
        label=gettext_lazy("What should be changed"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )


class LettersView(NewsroomView, TemplateView):
    """`event` is the event of the letter or of the list."""

    header_icon = "mail"
    page_title: Any = LETTERS
    event: EventPage

    @property
    def page_subtitle(self) -> str:  # type: ignore[override]
        return self.event.get_admin_display_title()

    def breadcrumbs(self) -> list[dict[str, Any]]:
        if not may_see_registrations(self.request.user, self.event):
            return [crumb(LETTERS)]
        return [
            crumb(_("Registrations"), reverse("registrations:list", args=[self.event.pk])),
            crumb(LETTERS, reverse("registrations:letters", args=[self.event.pk])),
        ]


class LetterList(LettersView):
    template_name = "events/newsroom/letters.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.event = permitted_event(request.user, kwargs["event_id"])

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("registrations:add_letter", args=[self.event.pk])
        return [HeaderButton(_("Write a letter"), url=url, icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        letters = EventLetter.objects.of_event(self.event).select_related("written_by", "approved_by")
        return super().get_context_data(**kwargs) | {"letters": letters}


class NewLetter(LettersView):
    template_name = "editorial/site_admin/form.html"
    letter: EventLetter

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.event = permitted_event(request.user, kwargs["event_id"])
        self.letter = EventLetter(event=self.event, site=site_of(self.event))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or LetterForm(instance=self.letter, event=self.event)
        letters = reverse("registrations:letters", args=[self.event.pk])
        back = reverse("registrations:letter", args=[self.letter.pk]) if self.letter.pk else letters
        return super().get_context_data(**kwargs) | {"form": form, "list_url": back}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LetterForm(request.POST, instance=self.letter, event=self.event)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if form.save_draft(request.user):
            messages.success(request, _("The letter is saved. Nobody gets it yet."))
        else:
            messages.error(request, _("The letter was approved meanwhile: it was not changed."))
        return redirect("registrations:letter", self.letter.pk)


class ChangeLetter(NewLetter):
    """Only the author may change a letter, so that a second person approves it."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super(NewLetter, self).setup(request, *args, **kwargs)
        self.letter = get_object_or_404(EventLetter.objects.select_related("event"), pk=kwargs["key"])
        self.event = permitted_event(request.user, self.letter.event_id)
        if not may_change(self.letter, request.user):
            raise PermissionDenied


def may_change(letter: EventLetter, user: Any) -> bool:
    return letter.is_open and letter.written_by_id == user.pk and may_see_registrations(user, letter.event)


class LetterView(LettersView):
    """One letter. POST submits, approves, sends back, tests or deletes it."""

    template_name = "events/newsroom/letter.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = EventLetter.objects.select_related("event", "site", "written_by", "approved_by")
        self.letter = get_object_or_404(found, pk=kwargs["key"])
        self.event = self.letter.event
        if not (may_see_registrations(request.user, self.event) or may_approve_texts(self.event, request.user)):
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        letter, user = self.letter, self.request.user
        date = dates_with_seats(self.event).get(letter.date_id)
        return super().get_context_data(**kwargs) | {
            "letter": letter,
            "event": self.event,
            "when": SiteClocks([self.event.path]).when(date, self.event.path) if date else "",
            "language": dict(language_choices()).get(letter.language, letter.language),
            "number": letter.recipients().count() if letter.is_open else letter.copies,
            "seen": letter.seen_hash() if letter.is_waiting else "",
            "may_change": may_change(letter, user),
            "refusal": refusal_of_approval(letter, user) if letter.is_waiting else "",
            "remark_form": (kwargs.get("remark_form") or LetterRemarkForm()) if may_send_back(letter, user) else None,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        letter, action = self.letter, request.POST.get("action")
        if action == "approve":
            try:
                approve(letter, request.user, request.POST.get("seen", ""), timezone.now())
                messages.success(request, _("The letter is approved and is being sent."))
            except PublicationRefusedError as refusal:
                show_refusal(request, refusal)
        elif action == "return":
            return self._send_back()
        elif action == "test":
            self._send_test()
        elif action not in ("submit", "delete"):
            raise Http404
        elif not may_change(letter, request.user):
            raise PermissionDenied
        elif action == "submit":
            if submit(letter, request.user):
                messages.success(request, _("The letter waits for approval by a second person."))
        else:
            EventLetter.objects.filter(pk=letter.pk, state__in=OPEN).delete()
            messages.success(request, _("The letter was deleted."))
            return redirect("registrations:letters", self.event.pk)
        return redirect("registrations:letter", letter.pk)

    def _send_back(self) -> HttpResponse:
        if self.letter.is_waiting and not may_send_back(self.letter, self.request.user):
            raise PermissionDenied
        form = LetterRemarkForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(remark_form=form), status=422)
        seen = self.request.POST.get("seen", "")
        try:
            send_back(self.letter, self.request.user, seen, form.cleaned_data["remark"])
            messages.success(self.request, _("The letter was sent back to its author."))
        except PublicationRefusedError as refusal:
            show_refusal(self.request, refusal)
            self.letter.refresh_from_db()
            if may_send_back(self.letter, self.request.user):
                # The remark stays in the form, below the letter as it is now.
                return self.render_to_response(self.get_context_data(remark_form=form), status=422)
        return redirect("registrations:letter", self.letter.pk)

    def _send_test(self) -> None:
        address = getattr(self.request.user, "email", "")
        if not address:
            messages.error(self.request, _("Your account has no e-mail address."))
        elif not TESTS.allows(self.request.user.pk):
            messages.error(self.request, _("Too many tests were sent just now. Please try again in an hour."))
        else:
            send_test(self.letter, self.request.user)
            messages.success(self.request, _("A test is on its way to %(address)s.") % {"address": address})
