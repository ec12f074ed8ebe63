"""Lists in the format of six services' exports, and one typed by an association.

In each, Claire receives the newsletter and nobody else does: the other lines are left out.
"""

from dataclasses import dataclass
from pathlib import Path

# A list as an association has it, in the format of Excel before 2007. Claire receives the newsletter, and Eva without a
# date of consent; Léon and Noé do not.
XLS = Path(__file__).with_name("subscribers.xls")


@dataclass(frozen=True)
class ServiceList:
    """`agreed_on` is the day of Claire's consent; empty if the service exports none. `out` is the number left out."""

    content: bytes
    agreed_on: str
    out: int
    groups: tuple[str, ...] = ()


BREVO = """\
EMAIL;NOM;PRENOM;SMS;DOUBLE_OPT-IN;OPT_IN;EMAIL_BLACKLIST;BLOCKLISTED;DATE_AJOUT;INTERESTS
claire@reader.example;Humbert;Claire;33600000000;1;1;0;FALSE;18-09-2020 12:33:04;Économie, Culture
leon@reader.example;Weiß;Léon;;1;1;1;FALSE;18-09-2020 12:33:04;Économie
eva@reader.example;Roth;Eva;;1;1;0;TRUE;18-09-2020 12:33:04;
noe@reader.example;Petit;Noé;;2;1;0;FALSE;18-09-2020 12:33:04;
"""
MAILCHIMP = (
    '"Email Address","First Name","Last Name","Phone Number",Interests,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,'
    "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,"
    'LAST_CHANGED,LEID,EUID,NOTES,TAGS\r\nclaire@reader.example,Claire,Humbert,,"Économie, Culture",2,"2023-05-04 10:00:00",'
    '1.2.3.4,"2023-05-05 11:00:00",1.2.3.4,48.1,6.2,1,2,Europe/Paris,FR,GES,,,,"2024-01-01 00:00:00",1,abc,,"""foire"""\r\n'
    'leon@reader.example,Léon,Weiß,,,2,"2023-05-04 10:00:00",1.2.3.4,"2023-05-05 11:00:00",1.2.3.4,48.1,6.2,1,2,'
    'Europe/Paris,FR,GES,"2024-02-03 09:00:00",Lettre,"No longer interested","2024-02-03 09:00:00",2,abd,,\r\n'
)
SARBACANE = """\
"Adresse e-mail";"Prénom";"Nom";"Statut";"Date d'inscription";"Date de désinscription";"NPAI";"Plainte";"Origine"
"claire@reader.example";"Claire";"Humbert";"Inscrit";"31/03/2025 09:15";"";"0";"0";"Formulaire du site"
"leon@reader.example";"Léon";"Weiß";"Désinscrit";"31/03/2025 09:15";"01/06/2025 10:00";"0";"0";""
"eva@reader.example";"Eva";"Roth";"Inscrit";"31/03/2025 09:15";"";"1";"0";""
"noe@reader.example";"Noé";"Petit";"Inscrit";"31/03/2025 09:15";"";"0";"1";""
"""
MAILJET = """\
Email,Name,ContactID,IsExcludedFromCampaigns,IsOptInPending,IsSpamComplaining,IsUnsubscribed,CreatedAt,DeliveredCount,LastActivityAt
claire@reader.example,Claire,1,false,false,false,false,2023-05-04T10:00:00Z,12,2025-03-31T08:00:00Z
leon@reader.example,Léon,2,true,false,false,false,2023-05-04T10:00:00Z,12,
eva@reader.example,Eva,3,false,true,false,false,2023-05-04T10:00:00Z,0,
noe@reader.example,Noé,4,false,false,true,false,2023-05-04T10:00:00Z,3,
mia@reader.example,Mia,5,false,false,false,true,2023-05-04T10:00:00Z,3,
"""
MAILPOET = """\
Email,"First name","Last name","Global Status","List Status",List,"Created at","Confirmed at","Confirmed IP"
claire@reader.example,Claire,Humbert,subscribed,subscribed,"La lettre","2023-05-04 10:00:00","2023-05-05 11:00:00",1.2.3.4
leon@reader.example,Léon,Weiß,unsubscribed,unsubscribed,"La lettre","2023-05-04 10:00:00","2023-05-05 11:00:00",1.2.3.4
eva@reader.example,Eva,Roth,unconfirmed,unconfirmed,"La lettre","2023-05-04 10:00:00",,
noe@reader.example,Noé,Petit,bounced,subscribed,"La lettre","2023-05-04 10:00:00","2023-05-05 11:00:00",1.2.3.4
mia@reader.example,Mia,Klein,subscribed,unsubscribed,"La lettre","2023-05-04 10:00:00","2023-05-05 11:00:00",1.2.3.4
"""
CLEVERREACH = """\
E-Mail;Registriert;Aktiviert;Deaktiviert;Quelle;Bounces;Vorname;Nachname;Tags
claire@reader.example;04.05.2023 10:00:00;05.05.2023 11:00:00;0000-00-00 00:00:00;Formular;0;Claire;Humbert;Wirtschaft
leon@reader.example;04.05.2023 10:00:00;05.05.2023 11:00:00;01.06.2025 10:00:00;Formular;0;Léon;Weiß;
eva@reader.example;04.05.2023 10:00:00;05.05.2023 11:00:00;;Formular;3;Eva;Roth;
"""
ASSOCIATION = """\
sep=;
Courriel;Nom;Prénom;Téléphone;Date de consentement;Désabonné;Remarques
claire@reader.example;Humbert;Claire;03 00 00 00 00;31/03/2025;non;œuvre au comité
leon@reader.example;Weiß;Léon;;31/03/2025;oui;
"""
LISTS = {
    "Brevo": ServiceList(BREVO.encode("utf-8-sig"), "", 3, ("Économie", "Culture")),
    "Mailchimp": ServiceList(MAILCHIMP.encode(), "2023-05-05", 1, ("Économie", "Culture", "foire")),
    "Sarbacane": ServiceList(SARBACANE.encode("cp1252"), "", 3),
    "Mailjet": ServiceList(MAILJET.encode(), "", 4),
    "MailPoet": ServiceList(MAILPOET.encode(), "2023-05-05", 4, ("La lettre",)),
    "CleverReach": ServiceList(CLEVERREACH.encode("utf-16"), "2023-05-05", 2, ("Wirtschaft",)),
    "an association": ServiceList(ASSOCIATION.replace("\n", "\r\n").encode("cp1252"), "2025-03-31", 1),
}
