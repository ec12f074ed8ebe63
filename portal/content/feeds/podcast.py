"""A podcast feed: RSS with the elements of Apple's and of the Podcasting 2.0 namespace.

In addition to the keys of `portal.content.feeds.formats`, an item has `episode`, and the feed has `podcast`.
"""

from dataclasses import dataclass
from typing import Any

from portal.content.feeds.formats import RssFeed
from portal.recordings.times import written_time

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"


@dataclass(frozen=True)
class Podcast:
    """What a site says about its podcast. `cover` is a URL, or empty."""

    author: str
    email: str
    category: str
    cover: str
    is_explicit: bool


@dataclass(frozen=True)
class Episode:
    """`transcripts` are the URL, media type and language of each file with captions."""

    seconds: int | None
    cover: str
    transcripts: tuple[tuple[str, str, str], ...]


class PodcastFeed(RssFeed):
    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:itunes": ITUNES, "xmlns:podcast": PODCAST}

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        podcast: Podcast = self.feed["podcast"]
        handler.addQuickElement("itunes:author", podcast.author)
        if podcast.email:
            handler.startElement("itunes:owner", {})
            handler.addQuickElement("itunes:name", podcast.author)
            handler.addQuickElement("itunes:email", podcast.email)
            handler.endElement("itunes:owner")
        handler.addQuickElement("itunes:category", "", {"text": podcast.category})
        handler.addQuickElement("itunes:explicit", "true" if podcast.is_explicit else "false")
        handler.addQuickElement("itunes:type", "episodic")
        if podcast.cover:
            handler.addQuickElement("itunes:image", "", {"href": podcast.cover})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        episode: Episode = item["episode"]
        if item["authors"]:
            handler.addQuickElement("itunes:author", ", ".join(item["authors"]))
        if episode.seconds:
            handler.addQuickElement("itunes:duration", written_time(episode.seconds))
        if episode.cover:
            handler.addQuickElement("itunes:image", "", {"href": episode.cover})
        for url, media_type, language in episode.transcripts:
            handler.addQuickElement(
                "podcast:transcript", "", {"url": url, "type": media_type, "language": language, "rel": "captions"}
            )
