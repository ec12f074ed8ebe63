"""The blocks of WordPress's block editor."""

import pytest

from portal.moving.converting.bodies import convert_body
from portal.moving.converting.converted import Media
from portal.moving.converting.editor_blocks import DYNAMIC, EMPTY, RULES, STATIC
from portal.moving.converting.gutenberg import parse_blocks
from tests.moving.converting.reading import OLD, blocks, kinds, notes, only

# The block library of WordPress 6.8.
CORE = [
    "archives",
    "audio",
    "avatar",
    "block",
    "button",
    "buttons",
    "calendar",
    "categories",
    "code",
    "column",
    "columns",
    "comment-author-name",
    "comment-content",
    "comment-date",
    "comment-edit-link",
    "comment-reply-link",
    "comment-template",
    "comments",
    "comments-pagination",
    "comments-pagination-next",
    "comments-pagination-numbers",
    "comments-pagination-previous",
    "comments-title",
    "cover",
    "details",
    "embed",
    "file",
    "footnotes",
    "freeform",
    "gallery",
    "group",
    "heading",
    "home-link",
    "html",
    "image",
    "latest-comments",
    "latest-posts",
    "legacy-widget",
    "list",
    "list-item",
    "loginout",
    "media-text",
    "missing",
    "more",
    "navigation",
    "navigation-link",
    "navigation-submenu",
    "nextpage",
    "page-list",
    "page-list-item",
    "paragraph",
    "pattern",
    "post-author",
    "post-author-biography",
    "post-author-name",
    "post-comments-form",
    "post-content",
    "post-date",
    "post-excerpt",
    "post-featured-image",
    "post-navigation-link",
    "post-template",
    "post-terms",
    "post-title",
    "preformatted",
    "pullquote",
    "query",
    "query-no-results",
    "query-pagination",
    "query-pagination-next",
    "query-pagination-numbers",
    "query-pagination-previous",
    "query-title",
    "query-total",
    "quote",
    "read-more",
    "rss",
    "search",
    "separator",
    "shortcode",
    "site-logo",
    "site-tagline",
    "site-title",
    "social-link",
    "social-links",
    "spacer",
    "table",
    "tag-cloud",
    "template-part",
    "term-description",
    "text-columns",
    "verse",
    "video",
    "widget-group",
]


@pytest.mark.parametrize("name", CORE)
def test_every_block_of_wordpress_is_known(name):
    assert f"core/{name}" in STATIC | EMPTY | DYNAMIC | RULES.keys()


def test_comments_make_a_tree():
    found = parse_blocks('a<!-- wp:group {"x":1} --><div><!-- wp:spacer /--></div><!-- /wp:group -->b')

    assert [part if isinstance(part, str) else part.name for part in found.parts] == ["a", "core/group", "b"]
    assert found.blocks[0].attributes == {"x": 1}
    assert found.blocks[0].blocks[0].name == "core/spacer"


def test_block_that_is_never_closed_ends_with_the_text():
    assert (
        only("<!-- wp:group --><!-- wp:paragraph --><p>Un</p><!-- /wp:group --><p>Deux</p>") == "<p>Un</p><p>Deux</p>"
    )


def test_stray_closing_comment_is_ignored():
    assert only("<!-- /wp:group --><!-- wp:paragraph --><p>Un</p><!-- /wp:paragraph -->") == "<p>Un</p>"


def test_broken_attributes_lose_nothing_else():
    assert only('<!-- wp:paragraph {"a": --><p>Un</p><!-- /wp:paragraph -->') == "<p>Un</p>"


def test_classic_text_between_blocks_has_paragraphs():
    assert (
        only("Un\n\nDeux\n<!-- wp:paragraph --><p>Trois</p><!-- /wp:paragraph -->")
        == "<p>Un</p><p>Deux</p><p>Trois</p>"
    )


def test_embed_is_a_video_with_its_caption():
    text = (
        '<!-- wp:embed {"url":"https://youtu.be/abcdefghijk","providerNameSlug":"youtube"} --><figure class="wp-block-embed">'
        '<div class="wp-block-embed__wrapper">\nhttps://youtu.be/abcdefghijk\n</div><figcaption>Le film</figcaption>'
        "</figure><!-- /wp:embed -->"
    )

    assert (only(text)["title"], only(text)["url"]) == ("Le film", "https://www.youtube.com/watch?v=abcdefghijk")


def test_cover_shows_its_background():
    text = (
        f'<!-- wp:cover {{"url":"{OLD}/a.jpg","id":5}} --><div class="wp-block-cover" style="background-image:url(x)">'
        "<p>Sur l’image</p></div><!-- /wp:cover -->"
    )

    assert blocks(text)[0][1]["image"] == Media(f"{OLD}/a.jpg", 5)
    assert blocks(text)[1] == ("paragraph", "<p>Sur l’image</p>")


def test_file_is_a_download():
    text = (
        '<!-- wp:file {"id":9,"href":"/a.pdf"} --><div class="wp-block-file"><a href="/a.pdf">Le guide</a>'
        '<a href="/a.pdf" class="wp-block-file__button" download>Télécharger</a></div><!-- /wp:file -->'
    )

    assert only(text) == {"document": Media(f"{OLD}/a.pdf", 9), "title": "Le guide"}


def test_preview_of_a_file_is_not_a_second_link():
    text = (
        '<!-- wp:file {"id":9,"href":"/a.pdf","displayPreview":true} --><div class="wp-block-file">'
        '<object class="wp-block-file__embed" data="/a.pdf" type="application/pdf" aria-label="Le guide"></object>'
        '<a href="/a.pdf">Le guide</a></div><!-- /wp:file -->'
    )

    assert only(text) == {"document": Media(f"{OLD}/a.pdf", 9), "title": "Le guide"}


def test_reusable_block_shows_its_text():
    text = '<!-- wp:block {"ref":4} /-->'

    assert only(text, reusable={4: "<!-- wp:paragraph --><p>Partout</p><!-- /wp:paragraph -->"}) == "<p>Partout</p>"
    assert kinds(text) == ["passage"]


def test_use_of_a_synced_pattern_shows_its_own_words():
    pattern = (
        '<!-- wp:paragraph {"metadata":{"name":"Texte"}} --><p>Partout</p><!-- /wp:paragraph -->'
        '<!-- wp:group --><div><!-- wp:button {"metadata":{"name":"Lien"}} --><div class="wp-block-button">'
        '<a class="wp-block-button__link" href="https://a.example/">Partout</a></div><!-- /wp:button --></div><!-- /wp:group -->'
    )
    use = (
        '<!-- wp:block {"ref":4,"content":{"Texte":{"content":"Ici <em>seulement</em>"},'
        '"Lien":{"text":"Voir","url":"https://b.example/"}}} /-->'
    )

    assert blocks(use, reusable={4: pattern}) == [
        ("paragraph", "<p>Ici <i>seulement</i></p>"),
        ("button", {"label": "Voir", "page": None, "url": "https://b.example/"}),
    ]


def test_reusable_block_within_itself_ends():
    assert kinds('<!-- wp:block {"ref":4} /-->', reusable={4: '<!-- wp:block {"ref":4} /-->'}) == ["passage"]


def test_footnotes_are_a_list():
    text = '<!-- wp:paragraph --><p>Un<sup data-fn="a" class="fn"><a href="#a">1</a></sup></p><!-- /wp:paragraph --><!-- wp:footnotes /-->'

    assert only(text, footnotes='[{"content":"La <em>source</em>","id":"a"}]') == (
        "<p>Un<sup>1</sup></p><ol><li>La <i>source</i></li></ol>"
    )


def test_social_links_are_links():
    text = (
        '<!-- wp:social-links --><ul><!-- wp:social-link {"url":"https://x.com/a","service":"x"} /--></ul>'
        "<!-- /wp:social-links -->"
    )

    assert only(text) == '<p><a href="https://x.com/a">X</a></p>'


def test_content_generated_by_wordpress_is_a_passage():
    assert only('<!-- wp:latest-posts {"postsToShow":3} /-->') == {"what": "core/latest-posts", "words": ""}


def test_words_around_a_generated_list_stay():
    text = (
        '<!-- wp:query {"queryId":1} --><div class="wp-block-query"><!-- wp:heading --><h2>À lire</h2><!-- /wp:heading -->'
        "<!-- wp:paragraph --><p>Nos articles.</p><!-- /wp:paragraph --><!-- wp:post-template --><!-- wp:post-title /-->"
        "<!-- /wp:post-template --></div><!-- /wp:query -->"
    )

    assert kinds(text) == ["heading", "paragraph", "passage"]
    assert convert_body(text).words_before == 4
    assert notes(text) == [("passage", "core/post-template")]
    assert only("<!-- wp:query /-->")["what"] == "core/query"


def test_consecutive_passages_are_merged():
    assert (
        only("<!-- wp:archives /--><!-- wp:calendar /--><!-- wp:archives /-->")["what"]
        == "core/archives, core/calendar"
    )


def test_fields_of_a_plugin_block_keep_their_words():
    text = '<!-- wp:acf/teaser {"data":{"title":"Un titre","_title":"field_1","n":"3"}} /-->'

    assert blocks(text) == [("paragraph", "<p>Un titre</p>"), ("passage", {"what": "acf/teaser", "words": ""})]


def test_columns_and_groups_are_unwrapped():
    text = (
        '<!-- wp:columns --><div class="wp-block-columns"><!-- wp:column --><div><!-- wp:paragraph --><p>Un</p>'
        "<!-- /wp:paragraph --></div><!-- /wp:column --><!-- wp:column --><div><!-- wp:heading --><h2>Deux</h2>"
        "<!-- /wp:heading --></div><!-- /wp:column --></div><!-- /wp:columns -->"
    )

    assert kinds(text) == ["paragraph", "heading"]


def test_shortcode_in_a_paragraph_block_works():
    assert kinds('<!-- wp:paragraph --><p>[gallery ids="1,2"]</p><!-- /wp:paragraph -->') == ["gallery"]
