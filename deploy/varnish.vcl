# Varnish in front of Portal: /etc/varnish/default.vcl. Needs Debian's packages varnish and varnish-modules.
# In the portal's settings: SHARED_CACHE_SECONDS=86400, SHARED_CACHE_PURGE=varnish://127.0.0.1:6081, TRUSTED_PROXY=yes. The TLS proxy in front of
# Varnish sets X-Forwarded-Proto, and counts as another proxy (TRUSTED_PROXIES=2).
vcl 4.1;

import std;
import xkey;

backend portal {
    .host = "127.0.0.1";
    .port = "8000";
    .first_byte_timeout = 90s;
    .probe = {
        .url = "/-/live";
        .interval = 2s;
        .timeout = 2s;
        .window = 3;
        .threshold = 2;
        .initial = 2;
    }
}

acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        # A request through the TLS proxy on this machine comes from outside.
        if (client.ip !~ purgers || req.http.X-Forwarded-Proto) {
            return (synth(403, "Forbidden"));
        }
        if (req.http.xkey-purge) {
            set req.http.n-gone = xkey.purge(req.http.xkey-purge);
            return (synth(200, "Purged " + req.http.n-gone));
        }
        # SHARED_CACHE_PURGE=http://127.0.0.1:6081 purges all of a host.
        ban("obj.http.x-host == " + req.http.host);
        return (synth(200, "Purged"));
    }
    # Public responses depend on no cookie; with one of these a response may be personal. Readers with `uncounted` object to
    # being counted: the portal must see that cookie.
    if (req.http.Cookie ~ "(sessionid|csrftoken|django_language|messages|uncounted)=") {
        return (pass);
    }
    unset req.http.Cookie;
    # Browsers get a feed as plain XML.
    if (req.url ~ "\.(rss|atom)(\?|$)") {
        if (req.http.Accept ~ "text/html") {
            set req.http.Accept = "text/html";
        } else {
            unset req.http.Accept;
        }
    }
    # A stale response is served only while the portal is down, and no longer than it allows.
    if (std.healthy(req.backend_hint)) {
        set req.grace = 0s;
    }
}

sub vcl_hash {
    # URLs in a response have the scheme of the request.
    hash_data(req.http.X-Forwarded-Proto);
}

sub vcl_backend_response {
    set beresp.http.x-host = bereq.http.host;
    if (beresp.http.Surrogate-Key) {
        set beresp.http.xkey = beresp.http.Surrogate-Key;
    }
    set beresp.grace = 0s;
    # Only responses that allow it are stored; all others are requested each time, without waiting for each other.
    if (beresp.http.Cache-Control !~ "s-maxage=" && beresp.http.Cache-Control !~ "immutable") {
        set beresp.uncacheable = true;
        set beresp.ttl = 120s;
        return (deliver);
    }
    if (beresp.http.Cache-Control ~ "stale-if-error=") {
        set beresp.grace = std.duration(regsub(beresp.http.Cache-Control, "^.*stale-if-error=(\d+).*$", "\1s"), 0s);
    }
}

sub vcl_deliver {
    unset resp.http.xkey;
    unset resp.http.Surrogate-Key;
    unset resp.http.x-host;
}
