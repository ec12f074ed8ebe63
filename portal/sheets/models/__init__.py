"""The records of documents by mail: the page that offers one, and the requests of readers."""

from portal.sheets.models.pages import SheetPage
from portal.sheets.models.requests import LINK_LIFE, MOST_OPENINGS, ConsentText, SheetRequest

__all__ = ["LINK_LIFE", "MOST_OPENINGS", "ConsentText", "SheetPage", "SheetRequest"]
