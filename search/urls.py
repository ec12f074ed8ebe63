"""The URLs of search, below each language's prefix."""

from django.urls import re_path

from portal.content.serving.editions import SEARCH_WORDS
from search import views

app_name = "search"

WORD = f"(?P<word>{'|'.join(sorted({words['search'] for words in SEARCH_WORDS.values()}))})"

urlpatterns = [
    re_path(rf"^{WORD}/$", views.results, name="results"),
    re_path(rf"^{WORD}/opened$", views.opened, name="opened"),
    re_path(rf"^{WORD}/suggestions\.json$", views.suggest, name="suggest"),
    re_path(rf"^{WORD}/opensearch\.xml$", views.description, name="description"),
]
