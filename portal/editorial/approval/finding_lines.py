"""The lines in which a checklist shows its findings: pictures without a description share one."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from portal.editorial.approval.checklist import Finding

# Pictures without alternative text: a gallery or a recap may have a dozen of them.
SHARED = "alt"


@dataclass(frozen=True)
class FindingLine:
    """One line, which leads to its `first` finding. `others` are the further findings that it stands for."""

    first: Finding
    others: tuple[Finding, ...] = ()

    @property
    def message(self) -> str:
        if not self.others:
            return self.first.message
        number = 1 + len(self.others)
        text = ngettext("%(number)d picture has no description.", "%(number)d pictures have no description.", number)
        return text % {"number": number}


def in_lines(findings: list[Finding]) -> list[FindingLine]:
    """The findings in their order; a shared line is at the place of its first finding."""
    shared = [finding for finding in findings if finding.code == SHARED]
    return [
        FindingLine(finding, tuple(shared[1:]) if finding.code == SHARED else ())
        for finding in findings
        if finding not in shared[1:]
    ]
