"""The URLs of topic, author and venue pages and of the list of sites, below the language."""

from django.urls import re_path

from home import catalogue, catalogue_index, network_sites, venues
from portal.content.serving.editions import CATALOGUE_WORDS


def _word(which: str) -> str:
    return f"(?P<word>{'|'.join(sorted({words[which] for words in CATALOGUE_WORDS.values()}))})"


app_name = "catalogue"
urlpatterns = [
    re_path(rf"^{_word('topics')}/$", catalogue_index.topic_index, name="topics"),
    re_path(rf"^{_word('people')}/$", catalogue_index.author_index, name="authors"),
    re_path(rf"^{_word('sites')}/$", network_sites.site_index, name="sites"),
    re_path(rf"^{_word('venues')}/$", venues.venue_index, name="venues"),
    re_path(rf"^{_word('venues')}/(?P<slug>[-\w]+)/$", venues.venue_page, name="venue"),
    re_path(rf"^{_word('topics')}/(?P<slug>[-\w]+)/$", catalogue.topic_page, name="topic"),
    re_path(rf"^{_word('people')}/(?P<slug>[-\w]+)/$", catalogue.author_page, name="author"),
]
