"""The documents for engineers name existing files, modules and tests."""

import re
from weakref import ref

import pytest
from django.conf import settings
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

DOCS = sorted((settings.BASE_DIR / "docs").glob("*.md")) + [
    settings.BASE_DIR / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
]
SIGNALS = {
    "published": page_published,
    "taken down": page_unpublished,
    "moved": post_page_move,
    "new address": page_slug_changed,
}
OURS = ("portal", "home", "articles", "events", "search")


def receivers() -> str:
    """The table of receivers in docs/architecture.md, from the registry of each signal."""
    words_by_receiver: dict[str, set[str]] = {}
    for word, signal in SIGNALS.items():
        for _key, reference, *_rest in signal.receivers:
            receiver = reference() if isinstance(reference, ref) else reference
            if receiver and receiver.__module__.split(".")[0] in OURS:
                words_by_receiver.setdefault(f"{receiver.__module__}.{receiver.__qualname__}", set()).add(word)
    rows = [
        f"| `{name}` | {', '.join(word for word in SIGNALS if word in words)} |"
        for name, words in sorted(words_by_receiver.items())
    ]
    return "\n".join(["| receiver | called when a page is |", "|---|---|", *rows])


def test_table_of_receivers_equals_the_registry():
    text = (settings.BASE_DIR / "docs" / "architecture.md").read_text()

    table = text.partition("<!-- receivers -->\n")[2].partition("\n<!-- /receivers -->")[0]
    assert table == receivers()


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_links_between_documents_exist(page):
    text = page.read_text()

    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#]+)[^)]*\)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_named_files_exist(page):
    named = re.findall(r"`((?:portal|home|articles|events|search|tests|docs)/[\w/.-]+)`", page.read_text())

    assert [name for name in named if not (settings.BASE_DIR / name).exists()] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_named_modules_exist(page):
    """`portal.content.mail.enqueue` refers to the module portal/content/mail.py; its content is not checked."""
    lost = []
    for name in re.findall(
        r"`((?:portal|home|articles|events|search)(?:\.[a-z_]+)+)(?:\.[A-Z]\w+)?`", page.read_text()
    ):
        parts = name.split(".")
        paths = [settings.BASE_DIR.joinpath(*parts[:end]) for end in (len(parts), len(parts) - 1)]
        if not any(path.is_dir() or path.with_suffix(".py").exists() for path in paths):
            lost.append(name)

    assert lost == []


def test_named_tests_exist():
    named = set(re.findall(r"`(test_\w+)`", (settings.BASE_DIR / "docs" / "security.md").read_text()))
    written = "".join(path.read_text() for path in (settings.BASE_DIR / "tests").rglob("test_*.py"))

    assert sorted(name for name in named if f"def {name}(" not in written) == []
