"""The addresses of search below each language."""

from django.urls import re_path

from search import views
from search.addresses import OTHER, WORDS

app_name = "search"

WORD = f"(?P<word>{'|'.join(sorted({*WORDS.values(), OTHER}))})"

urlpatterns = [
    re_path(rf"^{WORD}/$", views.results, name="results"),
    re_path(rf"^{WORD}/suggestions\.json$", views.suggest, name="suggest"),
    re_path(rf"^{WORD}/opensearch\.xml$", views.description, name="description"),
]
