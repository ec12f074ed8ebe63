"""Every list of every form is filled slowly, saved incomplete, finished, moved and deleted, without duplicates.

The forms are found by their models, so a new list is included, and one that the test cannot fill fails by name.
"""

import pytest
from wagtail.models import Task

from tests.builders import (
    make_article,
    make_document,
    make_draft,
    make_event,
    make_form_page,
    make_gated_document,
    make_image,
    make_member,
    make_person,
    make_topic,
    newsroom_client,
)
from tests.editorial.rows.forms import (
    PAGES,
    RECORDS,
    ProviderForm,
    forms_of_other_lists,
    opened_record,
    page_lists,
    record_of,
)
from tests.editorial.rows.lists import lists_of, walk
from tests.editorial.rows.window import Window
from tests.maps.makers import make_outline


@pytest.fixture(scope="module")
def module_admin(module_network, module_newsrooms):
    """A network administrator, who can choose among several records for each field."""
    ground = module_network.lorraine
    for number in range(4):
        make_person(f"Personne {number}")
        make_topic(f"Sujet {number}")
        make_event(ground.calendar)
        make_outline(f"Fond {number}")
        make_form_page(ground.home, f"Formulaire {number}")
        Task.objects.create(name=f"Étape {number}")
    make_image()
    make_document()
    make_gated_document(ground)
    return make_member("admin", is_superuser=True)


@pytest.fixture
def administrator(lorraine, module_admin):
    return newsroom_client(lorraine, module_admin)


def page_in(model, lorraine, is_live: bool):
    page = record_of(model, lorraine)
    # Newer stories, which the form can choose as related ones.
    for _story in range(4):
        make_article(lorraine.section)
    return page if is_live else make_draft(page)


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_lists_of_a_draft_are_saved_as_they_are_shown(lorraine, administrator, model):
    window = Window(administrator, page_in(model, lorraine, is_live=False))

    walk(window, lists_of(window))


# Only rows of inline lists have their own tables, which do not change until the publication.
@pytest.mark.parametrize("model", [model for model in PAGES if page_lists(model)], ids=lambda model: model.__name__)
def test_inline_lists_of_a_live_page_are_saved_as_they_are_shown(lorraine, administrator, model):
    window = Window(administrator, page_in(model, lorraine, is_live=True))

    walk(window, [each for each in lists_of(window) if each.whole in window.lists])


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_lists_of_other_forms_are_saved_as_they_are_shown(lorraine, administrator, module_admin, model):
    form = opened_record(administrator, module_admin, record_of(model, lorraine))

    walk(form, lists_of(form))


def test_roles_of_a_provider_are_saved_as_they_are_shown(administrator):
    form = ProviderForm(administrator)

    walk(form, lists_of(form))


def test_no_other_form_has_a_list_of_our_own(administrator):
    # Photo rows are the blocks of the recap, in which nothing is added: `test_recap_photos` fills them.
    assert forms_of_other_lists() == {"ClaimedRoleForm", "PhotoForm"}
