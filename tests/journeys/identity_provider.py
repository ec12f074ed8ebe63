"""django-allauth's own identity provider (OpenID Connect), as a program.

Its arguments are its port, the URL to which it redirects people, and a folder for its database.
"""

import sys
from pathlib import Path

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import run
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

CLIENT, SECRET = "portal", "a secret of the client"
# The person who signs in there; the name is the value of a claim (`preferred_username`).
PERSON, PASSWORD, ADDRESS = "redaction", "un mot de passe", "jeanne@region.example"
PEM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def serve(port: int, back: str, folder: Path) -> None:
    settings.configure(
        SECRET_KEY="of a provider for tests",
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        IDP_OIDC_PRIVATE_KEY=rsa.generate_private_key(65537, 2048).private_bytes(*PEM).decode(),
    )
    django.setup()
    settings.ROOT_URLCONF = (path("accounts/", include("allauth.account.urls")), path("", include("allauth.idp.urls")))
    call_command("migrate", verbosity=0)
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User

    user = User.objects.create_user(PERSON, ADDRESS, PASSWORD, first_name="Jeanne", last_name="Colin")
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)
    client = Client(id=CLIENT, name="Portal", scopes="openid\nprofile\nemail", redirect_uris=back, skip_consent=True)
    client.set_secret(SECRET)
    client.save()
    run("127.0.0.1", port, get_wsgi_application(), threading=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
