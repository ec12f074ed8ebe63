"""The engine of OpenSearch or Elasticsearch, for networks that outgrow one database.

Text is analysed here (`search.analysis`) and the server splits at spaces only, so that it finds what the databases
find. Entries and the texts of results stay in the database; the document of an entry has its key as `_id`.
"""

import json
import logging
from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from search.engines.base import (
    MAX_RANKED_TITLES,
    WEIGHTS,
    Candidate,
    Frequencies,
    LanguageQuery,
    Match,
    MatchCounts,
    PreparedEntry,
)
from search.models import IndexEntry
from search.query.parse import QueryClause, TermSequence

logger = logging.getLogger(__name__)

FIELDS = ("title", "summary", "names", "text")
MAX_GROUPS = 10_000
TIMEOUT = 5

# Every text field holds terms in order, separated by spaces.
MAPPING: dict[str, Any] = {
    "settings": {"index": {"number_of_shards": 1, "max_result_window": 100_000}},
    "mappings": {
        "dynamic": "strict",
        "properties": {
            **{name: {"type": "text", "analyzer": "whitespace"} for name in (*FIELDS, "autocomplete")},
            **{name: {"type": "keyword"} for name in ("scope", "title_key")},
            **{name: {"type": "long"} for name in ("key", "page", "bucket", "topic_set")},
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
            answer: dict[str, Any] = json.loads(response.read() or b"{}")
        return answer

    def create_index(self) -> None:
        """Create the index if it does not exist."""
        indices = self.call("GET", f"_cat/indices/{self.index}*?format=json")
        if not any(each["index"] == self.index for each in indices):  # type: ignore[index]
            self.call("PUT", self.index, MAPPING)

    def write(self, entries: Sequence[IndexEntry], prepared: Sequence[PreparedEntry]) -> None:
        IndexEntry.objects.bulk_create(entries)
        lines: list[dict[str, Any]] = []
        for entry, terms in zip(entries, prepared, strict=True):
            lines.append({"index": {"_id": str(entry.key)}})
            lines.append(document(terms, entry.bucket_id, entry.topic_set_id))
        self._bulk(lines)

    def remove_pages(self, pages: Collection[int]) -> None:
        self.remove_keys(list(IndexEntry.objects.filter(pk__in=pages).values_list("key", flat=True)))

    def remove_keys(self, keys: Collection[int]) -> None:
        self._bulk([{"delete": {"_id": str(key)}} for key in keys])

    def _bulk(self, lines: list[dict[str, Any]]) -> None:
        if not lines:
            return
        text = "".join(json.dumps(line, default=str) + "\n" for line in lines)
        try:
            # Refresh at once, so that a page is found as soon as it is published.
            self.call("POST", f"{self.index}/_bulk?refresh=true", text)
        except OSError:
            # Publishing continues without the server; `check_search` repairs what is missing.
            logger.exception("The search server rejected %d lines of a bulk request", len(lines))

    def count(self, buckets: Match, topic_sets: Match) -> MatchCounts:
        return MatchCounts(self._counted("bucket", buckets), self._counted("topic_set", topic_sets))

    def _counted(self, field: str, match: Match) -> list[tuple[int, int]]:
        groups = {"groups": {"terms": {"field": field, "size": MAX_GROUPS}}}
        answer = self.call("POST", f"{self.index}/_search", {"size": 0, "query": match_query(match), "aggs": groups})
        return [(each["key"], each["doc_count"]) for each in answer["aggregations"]["groups"]["buckets"]]

    def candidates(self, match: Match, newest: Sequence[int] | None, frequencies: Frequencies) -> list[Candidate]:
        first = self._newest(match_query(match), match.limit)
        titled = self._newest(match_query(match, ["title"]), MAX_RANKED_TITLES)
        found = {source["key"]: (source, score) for source, score in [*titled, *first]}
        return [
            Candidate(key, score, source["title_key"], _time(source["ends_at"], match.now))
            for key, (source, score) in found.items()
        ]

    def frequencies(self, sequences: Sequence[TermSequence], homes: Sequence[int], now: datetime) -> Frequencies:
        of_homes = {"terms": {"scope": [f"h{home}" for home in homes]}}
        groups = {
            str(number): {"filter": _clause(QueryClause((sequence,)), FIELDS)}
            for number, sequence in enumerate(sequences)
        }
        body = {"size": 0, "query": {"bool": {"filter": [of_homes, *visible(now)]}}, "aggs": groups}
        answer = self.call("POST", f"{self.index}/_search", body).get("aggregations", {})
        counts = [answer.get(str(number), {}).get("doc_count", 0) for number in range(len(sequences))]
        return Frequencies(IndexEntry.objects.count(), dict(zip(sequences, counts, strict=True)))

    def _newest(self, query: dict[str, Any], limit: int) -> list[tuple[dict[str, Any], float]]:
        body = {
            "size": limit,
            "query": query,
            "sort": [{"key": "desc"}],
            "track_scores": True,
            "_source": ["key", "title_key", "ends_at"],
        }
        hits = self.call("POST", f"{self.index}/_search", body)["hits"]["hits"]
        return [(hit["_source"], hit["_score"] or 0.0) for hit in hits]

    def completions(self, words: Sequence[str], home: int, now: datetime, limit: int) -> list[int]:
        *complete, prefix = words
        titled = [*({"term": {"autocomplete": word}} for word in complete), {"prefix": {"autocomplete": prefix}}]
        query = {"bool": {"filter": [{"term": {"scope": f"h{home}"}}, *titled, *visible(now)]}}
        body = {"size": limit, "query": query, "sort": [{"key": "desc"}], "_source": ["key"]}
        hits = self.call("POST", f"{self.index}/_search", body)["hits"]["hits"]
        return [hit["_source"]["key"] for hit in hits]

    def indexed_keys(self) -> set[int]:
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

    def optimize(self) -> None:
        self.call("POST", f"{self.index}/_refresh")


def document(entry: PreparedEntry, bucket: int, topic_set: int) -> dict[str, Any]:
    texts = {name: " ".join(getattr(entry, name)) for name in (*FIELDS, "autocomplete")}
    dates = {"visible_from": entry.content.visible_from, "hidden_at": entry.hidden_at, "ends_at": entry.content.ends_at}
    return {
        **texts,
        **{name: date.isoformat() if date else None for name, date in dates.items()},
        "scope": entry.scope,
        "title_key": entry.title_key,
        "key": entry.key,
        "page": entry.page,
        "bucket": bucket,
        "topic_set": topic_set,
    }


def match_query(match: Match, fields: Sequence[str] = FIELDS) -> dict[str, Any]:
    """The condition in the query DSL: the query clauses are scored, the rest only filters."""
    filters = [{"terms": {"scope": list(tokens)}} for tokens in match.filters.values()]
    queries = [_language_query(query, fields) for query in match.queries]
    return {
        "bool": {
            "must": [{"bool": {"should": queries, "minimum_should_match": 1}}],
            "filter": [*filters, *visible(match.now)],
            "must_not": [{"terms": {"scope": list(match.excluded)}}] if match.excluded else [],
        }
    }


def visible(now: datetime) -> list[dict[str, Any]]:
    """Filters for entries that are visible at `now`; entries without the dates always are."""
    hidden = [
        {"range": {"visible_from": {"gt": now.isoformat()}}},
        {"range": {"hidden_at": {"lte": now.isoformat()}}},
    ]
    return [{"bool": {"must_not": hidden}}]


def _language_query(query: LanguageQuery, fields: Sequence[str]) -> dict[str, Any]:
    return {
        "bool": {
            "filter": [{"terms": {"scope": [f"h{home}" for home in query.homes]}}],
            "must": [_clause(clause, fields) for clause in query.terms.required],
            "should": [_clause(clause, fields) for clause in query.terms.optional],
            "must_not": [_clause(clause, FIELDS) for clause in query.terms.excluded],
        }
    }


def _clause(clause: QueryClause, fields: Sequence[str]) -> dict[str, Any]:
    weights = dict(zip(FIELDS, WEIGHTS, strict=True))
    should = [
        {"match_phrase": {field: {"query": " ".join(terms), "boost": weights[field]}}}
        for terms in clause.alternatives
        for field in fields
    ]
    return {"bool": {"should": should, "minimum_should_match": 1}}


def _time(ends_at: str | None, now: datetime) -> int:
    if ends_at is None:
        return 0
    return 1 if datetime.fromisoformat(ends_at) > now else -1
