"""OpenSearch or Elasticsearch, for networks that outgrow one database: the index as documents of one server.

The terms come from here (`search.analysis`), so that the server cuts them at spaces only and finds what the databases
find. Entries and what results show stay in the database; the document of an entry has its key as its id.
"""

import json
import logging
from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from search.engines.base import RANKED, RANKED_TITLES, WEIGHTS, Candidate, EntryDraft, Match, QueryPart, Tally
from search.models import IndexEntry
from search.query.parse import Clause

logger = logging.getLogger(__name__)

FIELDS = ("title", "summary", "names", "text")
MOST_GROUPS = 10_000
TIMEOUT = 5

# How the index is made: every text is terms with spaces between, in their order.
MAPPING: dict[str, Any] = {
    "settings": {"index": {"number_of_shards": 1, "max_result_window": 100_000}},
    "mappings": {
        "dynamic": "strict",
        "properties": {
            **{name: {"type": "text", "analyzer": "whitespace"} for name in (*FIELDS, "start")},
            **{name: {"type": "keyword"} for name in ("scope", "title_key")},
            **{name: {"type": "long"} for name in ("key", "page", "shelf", "topic_set")},
            **{name: {"type": "date"} for name in ("visible_from", "hidden_at", "ends_at")},
        },
    },
}


class OpenSearchEngine:
    def __init__(self, url: str):
        parts = urlsplit(url)
        self.base = f"{parts.scheme}://{parts.hostname}:{parts.port or 9200}"
        self.index = parts.path.strip("/") or "portal"
        user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self.headers = {"Content-Type": "application/json"}
        if parts.username:
            self.headers["Authorization"] = f"Basic {b64encode(user.encode()).decode()}"

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
        request = Request(f"{self.base}/{path}", data=data, headers=self.headers, method=method)  # noqa: S310 - set by us
        with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            return json.loads(response.read() or b"{}")

    def create(self) -> None:
        """Make the index where there is none."""
        known = self.call("GET", f"_cat/indices/{self.index}*?format=json")
        if not any(each["index"] == self.index for each in known):  # type: ignore[index]
            self.call("PUT", self.index, MAPPING)

    def write(self, entries: Sequence[IndexEntry], drafts: Sequence[EntryDraft]) -> None:
        IndexEntry.objects.bulk_create(entries)
        lines = []
        for entry, draft in zip(entries, drafts, strict=True):
            found = document(draft, entry.shelf_id, entry.topic_set_id)
            lines += [{"index": {"_id": str(draft.key)}}, found]
        self._bulk(lines)

    def remove(self, pages: Collection[int]) -> None:
        self.discard(list(IndexEntry.objects.filter(pk__in=pages).values_list("key", flat=True)))

    def discard(self, keys: Collection[int]) -> None:
        self._bulk([{"delete": {"_id": str(key)}} for key in keys])

    def _bulk(self, lines: list[dict[str, Any]]) -> None:
        if not lines:
            return
        text = "".join(json.dumps(line, default=str) + "\n" for line in lines)
        try:
            # Found within the request that publishes, as in the databases.
            self.call("POST", f"{self.index}/_bulk?refresh=true", text)
        except OSError:
            # Publishing goes on without the server; `check_search` mends what it missed.
            logger.exception("The search server did not take %d lines", len(lines))

    def tally(self, shelves: Match, topic_sets: Match) -> Tally:
        return Tally(self._counted("shelf", shelves), self._counted("topic_set", topic_sets))

    def _counted(self, field: str, match: Match) -> list[tuple[int, int]]:
        groups = {"groups": {"terms": {"field": field, "size": MOST_GROUPS}}}
        answer = self.call("POST", f"{self.index}/_search", {"size": 0, "query": query(match), "aggs": groups})
        return [(each["key"], each["doc_count"]) for each in answer["aggregations"]["groups"]["buckets"]]

    def candidates(self, match: Match, newest: Sequence[int] | None) -> list[Candidate]:
        first = self._ranked(query(match), RANKED)
        titled = self._ranked(query(match, ["title"]), RANKED_TITLES)
        in_title = {each["key"] for each, _score in titled}
        found = {each["key"]: (each, score) for each, score in [*titled, *first]}
        return [
            Candidate(key, score, key in in_title, each["title_key"], _coming(each["ends_at"], match.now))
            for key, (each, score) in found.items()
        ]

    def _ranked(self, asked: dict[str, Any], most: int) -> list[tuple[dict[str, Any], float]]:
        body = {
            "size": most,
            "query": asked,
            "sort": [{"key": "desc"}],
            "track_scores": True,
            "_source": ["key", "title_key", "ends_at"],
        }
        hits = self.call("POST", f"{self.index}/_search", body)["hits"]["hits"]
        return [(hit["_source"], hit["_score"] or 0.0) for hit in hits]

    def completions(self, words: Sequence[str], home: int, now: datetime, most: int) -> list[int]:
        *whole, last = words
        titled = [*({"term": {"start": word}} for word in whole), {"prefix": {"start": last}}]
        asked = {"bool": {"filter": [{"term": {"scope": f"h{home}"}}, *titled, *visible(now)]}}
        body = {"size": most, "query": asked, "sort": [{"key": "desc"}], "_source": ["key"]}
        hits = self.call("POST", f"{self.index}/_search", body)["hits"]["hits"]
        return [hit["_source"]["key"] for hit in hits]

    def keys(self) -> set[int]:
        return set(self._all_keys())

    def _all_keys(self) -> Iterator[int]:
        after: list[int] | None = None
        while True:
            body: dict[str, Any] = {
                "size": 10_000,
                "sort": [{"key": "asc"}],
                "_source": False,
                "query": {"match_all": {}},
            }
            hits = self.call("POST", f"{self.index}/_search", body | ({"search_after": after} if after else {}))
            if not hits["hits"]["hits"]:
                return
            for hit in hits["hits"]["hits"]:
                yield int(hit["_id"])
            after = hits["hits"]["hits"][-1]["sort"]

    def settle(self) -> None:
        self.call("POST", f"{self.index}/_refresh")


def document(draft: EntryDraft, shelf: int, topic_set: int) -> dict[str, Any]:
    texts = {name: " ".join(getattr(draft, name)) for name in (*FIELDS, "start")}
    dates = {"visible_from": draft.texts.visible_from, "hidden_at": draft.hidden_at, "ends_at": draft.texts.ends_at}
    return {
        **texts,
        **{name: date.isoformat() if date else None for name, date in dates.items()},
        "scope": draft.scope,
        "title_key": draft.title_key,
        "key": draft.key,
        "page": draft.page,
        "shelf": shelf,
        "topic_set": topic_set,
    }


def query(match: Match, fields: Sequence[str] = FIELDS) -> dict[str, Any]:
    """The server's query for all that must match: what is asked for is scored, the rest only filters."""
    filters = [{"terms": {"scope": list(marks)}} for marks in match.filters.values()]
    parts = [_part(part, fields) for part in match.parts]
    return {
        "bool": {
            "must": [{"bool": {"should": parts, "minimum_should_match": 1}}],
            "filter": [*filters, *visible(match.now)],
            "must_not": [{"terms": {"scope": list(match.none)}}] if match.none else [],
        }
    }


def visible(now: datetime) -> list[dict[str, Any]]:
    """That readers may see it now: nothing says that it has not begun, or that it is over."""
    over = [
        {"range": {"visible_from": {"gt": now.isoformat()}}},
        {"range": {"hidden_at": {"lte": now.isoformat()}}},
    ]
    return [{"bool": {"must_not": over}}]


def _part(part: QueryPart, fields: Sequence[str]) -> dict[str, Any]:
    return {
        "bool": {
            "filter": [{"terms": {"scope": [f"h{home}" for home in part.homes]}}],
            "must": [_clause(clause, fields) for clause in part.terms.every],
            "must_not": [_clause(clause, FIELDS) for clause in part.terms.none],
        }
    }


def _clause(clause: Clause, fields: Sequence[str]) -> dict[str, Any]:
    weights = dict(zip(FIELDS, WEIGHTS, strict=True))
    should = [
        {"match_phrase": {field: {"query": " ".join(each), "boost": weights[field]}}}
        for each in clause.alternatives
        for field in fields
    ]
    return {"bool": {"should": should, "minimum_should_match": 1}}


def _coming(ends_at: str | None, now: datetime) -> int:
    if ends_at is None:
        return 0
    return 1 if datetime.fromisoformat(ends_at) > now else -1
