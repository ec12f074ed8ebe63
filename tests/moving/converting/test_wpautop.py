"""Paragraphs of the classic editor."""

import pytest

from portal.moving.converting.wpautop import wpautop


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("un", "<p>un</p>\n"),
        ("un\n\ndeux", "<p>un</p>\n<p>deux</p>\n"),
        ("un\r\n\r\ndeux", "<p>un</p>\n<p>deux</p>\n"),
        ("un\ndeux", "<p>un<br />\ndeux</p>\n"),
        ("un<br><br/>deux", "<p>un</p>\n<p>deux</p>\n"),
        ("<p>un</p>\n<p>deux</p>", "<p>un</p>\n<p>deux</p>\n"),
        ("un\n<h2>Titre</h2>\ndeux", "<p>un</p>\n<h2>Titre</h2>\n<p>deux</p>\n"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("<blockquote>un\n\ndeux</blockquote>", "<blockquote><p>un</p>\n<p>deux</p></blockquote>\n"),
        ("<pre>a\n\nb</pre>\nc", "<pre>a\n\nb</pre>\n<p>c</p>\n"),
        ("a\n<!--more-->\nb", "<p>a<br />\n<!--more--><br />\nb</p>\n"),
        ('<a\nhref="x">a</a>', '<p><a\nhref="x">a</a></p>\n'),
        ("<div>un</div>", "<div>un</div>\n"),
    ],
)
def test_paragraphs_are_those_of_wordpress(text, html):
    assert wpautop(text) == html
