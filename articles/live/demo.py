"""The entries of the demo's live coverage, written by two people and approved by a third."""

from datetime import datetime, timedelta
from itertools import cycle

from django.contrib.auth import get_user_model
from wagtail.models import Site

from articles.live.approving import approve, submit
from articles.live.pages import LivePage
from articles.live.records import LiveEntry, LiveText
from portal.editorial.roles import Role, group_of

# Minutes before the demo is loaded, the title and the text.
TEXTS = (
    (
        190,
        "Le programme de la journée",
        (
            "<p>Quarante-deux ateliers, cinq parcours, une carte : chacun commence où il veut. Les visites "
            "de <b>Pompey</b> et de <b>Mirecourt</b> sont les seules sur inscription.</p>"
        ),
    ),
    (
        150,
        "Longwy : la première étincelle",
        (
            "<p>Dans la halle du lycée des métiers, seize apprentis soudent une passerelle de trois mètres devant deux "
            "cents visiteurs. Elle traversera le ruisseau de la cité scolaire dès la semaine prochaine.</p>"
        ),
    ),
    (
        120,
        "",
        (
            "<p>Les deux navettes de Nancy sont pleines. L’organisation en ajoute une, dans une demi-heure, "
            "devant la gare.</p>"
        ),
    ),
    (
        95,
        "Mirecourt : l’épicéa passe de main en main",
        (
            "<p>Une luthière fait choisir aux enfants la planche de leur futur violon, les yeux fermés, en tapant "
            "dessus. « La bonne, c’est celle qui répond », dit-elle. Ils se trompent rarement.</p>"
        ),
    ),
    (
        70,
        "Pompey : une roue dentée en onze minutes",
        (
            "<p>De la barre d’acier à la pièce contrôlée, sans presser personne. La question qui revient : combien "
            "gagne-t-on ? La réponse est affichée à l’entrée, avec les quatre postes à pourvoir :</p>"
            "<ul><li>deux tailleurs d’engrenages ;</li><li>une contrôleuse ou un contrôleur ;</li>"
            "<li>une ou un apprenti.</li></ul>"
        ),
    ),
    (
        40,
        "",
        (
            "<p>À Épinal, la scierie Grandclerc a couvert les vitres du séchoir solaire pour montrer qu’il "
            "tourne encore : la chaleur emmagasinée suffit pour des heures.</p>"
        ),
    ),
    (
        15,
        "Déjà neuf mille visiteurs",
        (
            "<p>C’est le compte des organisateurs à mi-parcours, autant que l’an dernier à la fermeture. À Toul, la "
            "file fait le tour de la caserne.</p>"
        ),
    ),
)
WAITING = "<p>À Thionville, la fonderie annonce une coulée dans une heure.</p>"
CORRECTION = TEXTS[2][2].replace("une demi-heure", "un quart d’heure")


def load_demo(site: Site, now: datetime) -> None:
    page = LivePage.objects.filter(path__startswith=site.root_page.path, locale=site.root_page.locale).first()
    if page is None:
        return
    people = get_user_model().objects.order_by("pk")
    editor, administrator, approver = (
        people.filter(groups=group_of(site, role)).first()
        for role in (Role.EDITOR, Role.SITE_ADMINISTRATOR, Role.APPROVER)
    )
    for (minutes, title, text), author in zip(TEXTS, cycle((editor, administrator)), strict=False):
        _publish(submit(page, author, title, text), approver, now - timedelta(minutes=minutes))
    entries = list(LiveEntry.objects.filter(page=page).order_by("pk"))
    _publish(submit(page, editor, "", CORRECTION, entries[2]), approver, now - timedelta(minutes=110))
    LiveEntry.objects.filter(pk=entries[0].pk).update(is_pinned=True)
    submit(page, editor, "", WAITING)


def _publish(text: LiveText, approver: object, at: datetime) -> None:
    approve(text, approver, at)
    LiveText.objects.filter(pk=text.pk).update(written_at=at - timedelta(minutes=2))
    LiveEntry.objects.filter(pk=text.entry_id).update(created_at=at - timedelta(minutes=2))
