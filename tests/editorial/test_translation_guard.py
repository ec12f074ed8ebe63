"""Every view of wagtail-localize checks permission on the page, and publishes only through the publication gate."""

from copy import deepcopy
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from home.models import SectionPage
from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import (
    change,
    locale,
    make_article,
    make_image,
    make_member,
    make_private,
    make_topic,
    newsroom_client,
    publish,
)
from tests.editorial.actions import confirm_passages, post, reload
from tests.refusals import is_refused


@pytest.fixture(scope="module")
def module_admin(module_network):
    return make_member("admin", is_superuser=True)


@pytest.fixture
def admin(module_admin, network):
    return deepcopy(module_admin)


def begun(ground, admin, **facts):
    """Start a German translation of a story that is edited in wagtail-localize's editor."""
    facts = {"lead_image": make_image(), "lead_image_alt": "Une scierie", **facts}
    story = make_article(ground.sections["fr"], "Secret de fabrique", standfirst="Un secret.", **facts)
    confirm_passages(actions.start(story, ground.homes["de"].locale, admin))
    translation = Translation.objects.get(source__object_id=story.translation_key)
    Translation.objects.filter(pk=translation.pk).update(enabled=True)
    translation.refresh_from_db()
    return translation


@pytest.fixture(scope="module")
def module_translations(module_network, module_admin):
    return begun(module_network.lorraine, module_admin), begun(module_network.saar, module_admin)


@pytest.fixture
def foreign(module_translations, network):
    return deepcopy(module_translations[1])


@pytest.fixture
def own(module_translations, network):
    return deepcopy(module_translations[0])


def title_of(translation) -> StringSegment:
    return translation.source.stringsegment_set.get(context__path="title")


def calls(translation) -> dict[str, tuple[str, str, dict]]:
    """Return method, address and data of a request to each view for a translation and its page."""
    segment = title_of(translation)
    override = translation.source.overridablesegment_set.first()
    source_page = translation.source.get_source_instance()
    target = translation.get_target_instance()

    def at(name, *args):
        return reverse(f"wagtail_localize:{name}", args=args)

    return {
        "submit_page_translation": ("post", at("submit_page_translation", source_page.pk), {"locales": []}),
        "update_translations": (
            "post",
            at("update_translations", translation.source_id),
            {"publish_translations": "on"},
        ),
        "edit_string_translation": (
            "put",
            at("edit_string_translation", translation.pk, segment.pk),
            {"value": "Gekapert"},
        ),
        "edit_override": ("put", at("edit_override", translation.pk, override.pk), {"value": "1"}),
        "download_pofile": ("get", at("download_pofile", translation.pk), {}),
        "upload_pofile": (
            "post",
            at("upload_pofile", translation.pk),
            {"file": SimpleUploadedFile("x.po", str(translation.export_po()).encode())},
        ),
        "machine_translate": ("post", at("machine_translate", translation.pk), {}),
        "preview_translation": ("get", at("preview_translation", translation.pk), {}),
        "stop_translation": ("post", at("stop_translation", translation.pk), {}),
        "convert_to_alias": ("post", at("convert_to_alias", target.pk), {}),
    }


VIEWS = [
    "submit_page_translation",
    "update_translations",
    "edit_string_translation",
    "edit_override",
    "download_pofile",
    "upload_pofile",
    "machine_translate",
    "preview_translation",
    "stop_translation",
    "convert_to_alias",
]
# Views for snippets, and views without a page: tested below or elsewhere.
OTHERS = {
    "javascript_catalog",
    "submit_snippet_translation",
    "translations_report",
    "translations_report_results",
    "snippets_api_listing",
    "snippets_api_detail",
}


def call(client, translation, view):
    method, address, data = calls(translation)[view]
    if method == "put":
        return client.put(
            address, "&".join(f"{key}={value}" for key, value in data.items()), "application/x-www-form-urlencoded"
        )
    return getattr(client, method)(address, data)


def test_every_view_of_wagtail_localize_is_listed():
    """A view of a new version has to be guarded, and listed above."""
    _prefix, inner = get_resolver().namespace_dict["wagtail_localize"]
    assert {name for name in inner.reverse_dict if isinstance(name, str)} == {*VIEWS, *OTHERS}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.SITE_ADMINISTRATOR])
def test_translation_of_another_sites_page_is_refused(lorraine, newsroom, foreign, settings, view, role):
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
        "CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"
    }
    before = foreign.get_target_instance().latest_revision_id

    response = call(newsroom_client(lorraine, newsroom[role]), foreign, view)

    assert is_refused(response)
    assert "Secret" not in response.content.decode()
    foreign.refresh_from_db()
    target = foreign.get_target_instance()
    assert foreign.enabled
    assert (target.latest_revision_id, target.alias_of_id, target.live) == (before, None, False)
    assert not StringTranslation.objects.exists()


@pytest.mark.parametrize(
    ("view", "status"),
    [
        ("edit_string_translation", 201),
        ("download_pofile", 200),
        ("preview_translation", 200),
        ("stop_translation", 302),
    ],
)
def test_translation_of_an_own_page_is_changed(lorraine, newsroom, own, view, status):
    response = call(newsroom_client(lorraine, newsroom[Role.EDITOR]), own, view)

    assert response.status_code == status
    assert not is_refused(response)
    if view == "edit_string_translation":
        assert StringTranslation.objects.get().data == "Gekapert"


@pytest.mark.parametrize("view", ["convert_to_alias", "update_translations"])
def test_editor_publishes_nothing(lorraine, newsroom, own, view):
    call(newsroom_client(lorraine, newsroom[Role.EDITOR]), own, view)

    target = own.get_target_instance()
    assert (target.live, target.alias_of_id) == (False, None)


def test_publish_button_of_the_translation_editor_submits(lorraine, newsroom, own):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    call(client, own, "edit_string_translation")

    post(client, "edit", own.get_target_instance().pk, action="publish")

    target = own.get_target_instance()
    assert not target.live
    assert target.workflow_in_progress
    assert target.get_latest_revision_as_object().title == "Gekapert"


def test_new_string_is_hidden_until_it_is_published(lorraine, newsroom, admin, own):
    target = own.get_target_instance()
    target.get_latest_revision().publish(user=newsroom[Role.APPROVER])
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    call(client, own, "edit_string_translation")

    post(client, "edit", target.pk, action="publish")

    assert "Gekapert" not in lorraine.reader().get(lorraine.address(reload(target))).content.decode()


@pytest.mark.parametrize(
    "code",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>Lies</a>",
        "<a id='a9'>Lies</a>",
        "<b onclick='alert(1)'>Lies</b>",
        "<p><iframe src='//x.example'></iframe></p>",
    ],
)
def test_code_in_a_string_is_escaped(lorraine, newsroom, admin, code):
    own = begun(lorraine, admin, body=[("paragraph", "<p>Un secret de <b>famille</b>.</p>")])
    paragraph = own.source.stringsegment_set.get(context__path__startswith="body.")
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    for segment in (paragraph, title_of(own)):
        address = reverse("wagtail_localize:edit_string_translation", args=[own.pk, segment.pk])
        body = urlencode({"value": f"Zeile {code}"})
        assert client.put(address, body, "application/x-www-form-urlencoded").status_code == 201
    target = own.get_target_instance()

    preview = client.get(reverse("wagtail_localize:preview_translation", args=[own.pk]))
    assert preview.status_code == 200
    assert post(client, "edit", target.pk, action="publish").status_code == 302
    newest = reload(target).get_latest_revision()
    newest.publish(user=newsroom[Role.APPROVER])

    shown = lorraine.reader().get(lorraine.address(reload(target))).content.decode()
    assert "alert(1)" not in shown.replace("&lt;script&gt;alert(1)", "").replace("&lt;img src=x onerror=alert(1)", "")
    assert "x.example" not in shown


def test_update_publishes_through_the_gate(lorraine, newsroom, own):
    approver = newsroom[Role.APPROVER]
    change(own.source.get_source_instance(), body=[("paragraph", "<p>Un autre secret.</p>")])

    call(newsroom_client(lorraine, approver), own, "update_translations")

    target = own.get_target_instance()
    assert not target.live
    assert target.get_latest_revision().user == approver


def test_translation_of_a_subtree_keeps_existing_translations(lorraine, newsroom, admin, own):
    target = own.get_target_instance()
    draft = target.get_latest_revision_as_object()
    draft.title = "Von Hand"
    draft.save_revision(user=admin)
    latest = reload(target).latest_revision_id
    # The translation of the section is an alias, so that the section can be translated again with its subtree.
    section, german = lorraine.section, lorraine.homes["de"].locale
    Page.objects.filter(pk=lorraine.sections["de"].pk).update(alias_of=section.pk)
    other = make_article(section, "Encore une")
    address = reverse("wagtail_localize:submit_page_translation", args=[section.pk])

    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    client.post(address, {"locales": [german.pk], "include_subtree": "on"})

    assert reload(target).latest_revision_id == latest
    assert not other.get_translation(german).live
    assert other.get_translation(german).alias_of_id is None


def test_editor_cannot_start_a_translation_below_another_site(lorraine, saar, newsroom):
    """The page is of the own site, and its parent's translation belongs to another site."""
    story = make_article(lorraine.section)
    english = SectionPage(title="English", locale=locale("en"), translation_key=lorraine.section.translation_key)
    publish(english, saar.homes["fr"])

    address = reverse("wagtail_localize:submit_page_translation", args=[story.pk])
    newsroom_client(lorraine, newsroom[Role.EDITOR]).post(address, {"locales": [english.locale_id]})

    assert not story.get_translations().exists()
    assert not english.get_children().exists()


@pytest.mark.parametrize(
    ("view", "body"),
    [
        ("edit_string_translation", ""),
        ("edit_string_translation", "value=%00"),
        ("edit_override", ""),
        ("edit_override", "value=%00"),
    ],
)
def test_unreadable_input_is_refused_and_changes_nothing(lorraine, newsroom, own, view, body):
    _method, address, _data = calls(own)[view]

    response = newsroom_client(lorraine, newsroom[Role.EDITOR]).put(address, body, "application/x-www-form-urlencoded")

    assert response.status_code == 400
    assert not StringTranslation.objects.exists()


@pytest.mark.parametrize("content", [None, b"", b"no file of strings", b"\x00\xff", b'msgid ""\nmsgstr "X: y"\n'])
def test_invalid_po_file_is_refused_with_a_message(lorraine, newsroom, own, content):
    data = {} if content is None else {"file": SimpleUploadedFile("x.po", content)}

    response = newsroom_client(lorraine, newsroom[Role.EDITOR]).post(
        reverse("wagtail_localize:upload_pofile", args=[own.pk]), data, follow=True
    )

    assert "valid PO file" in response.content.decode()
    assert not StringTranslation.objects.exists()


def test_text_of_the_page_stays_when_the_translation_editor_is_used_again(lorraine, newsroom, admin, own):
    editor = newsroom[Role.EDITOR]
    Translation.objects.filter(pk=own.pk).update(enabled=False)
    draft = own.get_target_instance().get_latest_revision_as_object()
    draft.title, draft.slug = "Von Hand", "von-hand"
    draft.save_revision(user=editor)
    client = newsroom_client(lorraine, editor)

    post(client, "edit", draft.pk, **{"localize-restart-translation": "1"})
    post(client, "edit", draft.pk, action="publish")

    newest = own.get_target_instance().get_latest_revision_as_object()
    assert (newest.title, newest.slug) == ("Von Hand", "von-hand")


def test_topics_are_listed_only_to_people_who_may_see_them(lorraine, newsroom):
    make_topic("Bois")
    stranger = make_member("stranger")
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    address = reverse("wagtail_localize:snippets_api_listing", args=["core", "topic"])

    assert "Bois" in newsroom_client(lorraine, newsroom[Role.EDITOR]).get(address).content.decode()
    assert "Bois" not in newsroom_client(lorraine, stranger).get(address).content.decode()


def test_topic_api_is_read_only(lorraine, newsroom):
    topic = make_topic("Bois")
    address = reverse("wagtail_localize:snippets_api_detail", args=["core", "topic", topic.pk])

    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    assert client.get(address).json()["title"] == "Bois"
    assert client.put(address, "{}", "application/json").status_code == 405
    assert client.delete(address).status_code == 405


@pytest.mark.parametrize("kind", ["own", "section"])
def test_update_keeps_the_privacy_of_a_translation(lorraine, newsroom, own, kind):
    target = own.get_target_instance()
    make_private(target if kind == "own" else target.get_parent(), password="sésame")
    change(own.source.get_source_instance(), standfirst="Un autre secret.")

    actions.update(target, newsroom[Role.EDITOR])

    assert reload(target).get_view_restrictions().exists()
