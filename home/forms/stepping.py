"""Conditions and steps of a reader's form. The server decides; a script only hides fields sooner.

The form contains all answers, those of other steps in hidden fields. So nothing is stored, and going back loses
nothing. Each post is validated again.
"""

from enum import StrEnum
from typing import Any, NamedTuple

from django import forms

from home.forms.files import FilesField
from portal.content.readers.form_guard import GuardedForm

# Field names that editors choose contain no hyphen.
STEP, GO = "form-step", "form-go"


class ShownIf(NamedTuple):
    """A field applies only if the earlier field `name` has this value; an empty value means a ticked box."""

    name: str
    label: str
    value: str


class Go(StrEnum):
    BACK = "back"
    NEXT = "next"
    SEND = "send"


class SteppedForm(GuardedForm):
    """A form whose fields have a `step` (from 0) and may have a `condition`."""

    # For the template.
    step_name, go_name = STEP, GO

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.step = self._posted_step()
        self.go = self._wanted()

    @property
    def steps(self) -> list[int]:
        """The steps with an applicable field."""
        applicable = {
            self._step_of(name) for name in self.fields if self.is_applicable(name) and not self[name].is_hidden
        }
        return sorted(applicable) or [0]

    @property
    def has_steps(self) -> bool:
        return any(map(self._step_of, self.fields))

    @property
    def ends_here(self) -> bool:
        """Whether the shown step is the last one, whatever its answers are; for the label of the button."""
        later = [name for name in self.fields if self._step_of(name) > self.step]
        return not any(self.is_applicable(name) or self._is_undecided(name) for name in later)

    def _is_undecided(self, name: str) -> bool:
        condition = self._condition_of(name)
        return bool(condition and condition.name in self.fields and self._step_of(condition.name) >= self.step)

    @property
    def number_of_steps(self) -> int:
        return len(self.steps)

    @property
    def step_number(self) -> int:
        return self.steps.index(self.step) + 1 if self.step in self.steps else 1

    @property
    def is_last_step(self) -> bool:
        return self.step >= self.steps[-1]

    @property
    def is_first_step(self) -> bool:
        return self.step <= self.steps[0]

    @property
    def is_sent(self) -> bool:
        return self.go is Go.SEND

    def move(self) -> None:
        """Show the step before or after this one. Going back ignores errors."""
        if self.go is Go.BACK:
            self.errors.clear()
            self.step = max(step for step in self.steps if step < self.step)
        elif self.go is Go.NEXT and not self.errors:
            self.step = min(step for step in self.steps if step > self.step)

    def full_clean(self) -> None:
        every = self.fields
        for name, field in every.items() if self.is_bound else ():
            if isinstance(field, FilesField):
                field.recall(self[name].data)
        names = [
            name for name in every if self.is_applicable(name) and (self.is_sent or self._step_of(name) == self.step)
        ]
        self.fields = {name: every[name] for name in names}
        try:
            super().full_clean()
        finally:
            self.fields = every
        wrong = [self._step_of(name) for name in self.errors if name in every]
        if self.is_sent and wrong:
            self.step = min(wrong)

    def is_applicable(self, name: str) -> bool:
        condition = self._condition_of(name)
        if condition is None or condition.name not in self.fields:
            return True
        if not self.is_bound:
            return True
        return self.is_applicable(condition.name) and self._has_value(condition)

    def _has_value(self, condition: ShownIf) -> bool:
        value = self[condition.name].data
        if isinstance(value, list):
            return condition.value in value
        return value is True if isinstance(value, bool) else value == condition.value

    def _is_shown(self, name: str) -> bool:
        if self._step_of(name) != self.step:
            return False
        condition = self._condition_of(name)
        if condition and condition.name in self.fields and self._step_of(condition.name) == self.step:
            # Without scripts, the reader may still change the earlier answer.
            return self._is_shown(condition.name)
        return self.is_applicable(name)

    def visible_fields(self) -> list[forms.BoundField]:
        return [field for field in super().visible_fields() if self._is_shown(field.name)]

    @property
    def carried_fields(self) -> list[forms.BoundField]:
        """Fields whose answers the form contains without showing them."""
        shown = {field.name for field in self.visible_fields()}
        carried = (field for field in super().visible_fields() if field.name not in shown)
        return list(carried)

    @property
    def has_conditions(self) -> bool:
        return any(self._condition_of(field.name) for field in self.visible_fields())

    def _wanted(self) -> Go:
        """The requested action; the next step or sending if no button was pressed, for example after Enter."""
        if self.is_bound and self.data.get(GO) == Go.BACK and not self.is_first_step:
            return Go.BACK
        return Go.SEND if self.is_last_step else Go.NEXT

    def _posted_step(self) -> int:
        sent = self.data.get(STEP, "") if self.is_bound else ""
        last = max(map(self._step_of, self.fields), default=0)
        return min(int(sent), last) if sent.isascii() and sent.isdecimal() and len(sent) < 4 else self._without_step()

    def _without_step(self) -> int:
        """The step if the post names none, because the form has one step or is sent as a whole."""
        return self.steps[-1] if self.is_bound else self.steps[0]

    def _step_of(self, name: str) -> int:
        return int(getattr(self.fields[name], "step", 0))

    def _condition_of(self, name: str) -> ShownIf | None:
        return getattr(self.fields[name], "condition", None)
