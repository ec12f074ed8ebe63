"""Private names of libraries that we use still exist, and no others are used; docs/differences-from-wagtail.md."""

import ast
import re

import pytest
from django.conf import settings
from wagtail import signals
from wagtail.models import Page, ReferenceIndex

from portal.content import upstream
from portal.editorial.mails import signal_connections
from tests.builders import SampleSite, make_article
from tests.project.test_structure import modules

WRAPPED = ("portal.content.upstream", "search.admin_backend")
# Documented private names of Python and Django.
DOCUMENTED = {"_meta", "_state", "_default_manager", "_base_manager", "_replace", "_asdict", "_fields"}


def test_private_names_of_libraries_are_used_in_listed_modules_only():
    """A name with an underscore belongs to the module or class if the file defines it."""
    found = []
    for module, (path, tree) in modules().items():
        source = path.read_text()
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or not re.fullmatch(r"_[a-z]\w*", node.attr):
                continue
            is_own = re.search(
                rf"(def {node.attr}\b|\w\.{node.attr}\b\s*=[^=]|self\.{node.attr}\b|cls\.{node.attr}\b|^\s*{node.attr}\b\s*[:=])",
                source,
                re.M,
            )
            if node.attr not in DOCUMENTED and not is_own and not module.startswith(WRAPPED):
                found.append(f"{module}: {node.attr}")

    assert found == []


def test_differences_document_lists_each_private_name():
    text = (settings.BASE_DIR / "docs" / "differences-from-wagtail.md").read_text()
    tree = modules()["portal.content.upstream"][1]
    names = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and re.fullmatch(r"_[a-z]\w*", n.attr)}

    assert [name for name in sorted(names - DOCUMENTED) if f"`{name}`" not in text] == []


@pytest.mark.django_db
def test_cached_parent_of_a_page_is_used(django_assert_num_queries, lorraine: SampleSite):
    page = Page.objects.get(pk=make_article(lorraine.section, "Une usine").pk)
    upstream.set_parent(page, lorraine.section)

    with django_assert_num_queries(0):
        assert page.get_parent() is lorraine.section


@pytest.mark.django_db
def test_references_of_a_page_equal_those_of_the_index(lorraine: SampleSite):
    page = make_article(lorraine.section, "Une usine").specific
    stored = ReferenceIndex.get_references_for_object(page).values_list("to_object_id", "content_path_hash")

    found = {(key, upstream.content_path_hash(path)) for _type, key, _model_path, path in upstream.references_in(page)}
    assert found == {(key, value.hex) for key, value in stored}
    assert found


def test_replaced_notifiers_exist_in_wagtail():
    """Each of these receivers would send a second email besides ours."""
    ids = {
        key[0] for signal in (signals.task_submitted, signals.workflow_submitted) for key, *_rest in signal.receivers
    }

    assert {value for name, value in vars(signal_connections).items() if name.isupper()} & ids
