"""Template tags for story lists."""

from django import template

from articles.feeds.choice import FeedLink, feed_links as feeds_of

register = template.Library()


@register.simple_tag(takes_context=True)
def feed_links(context: template.Context) -> list[FeedLink]:
    edition = context.get("edition")
    if edition is None:
        return []
    chosen = getattr(context.get("filter"), "cleaned_data", {})
    # A feed has at most one kind and one topic.
    kinds, topics = chosen.get("kind", ()), chosen.get("topic", ())
    kind = kinds[0] if len(kinds) == 1 else ""
    topic = edition.topic_at(topics[0]) if len(topics) == 1 else context.get("topic")
    return feeds_of(edition, context.get("page"), kind, topic, tuple(context.get("authors") or ()))
