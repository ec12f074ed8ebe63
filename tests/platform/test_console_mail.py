"""Emails printed to the console are readable, and their links work."""

from io import StringIO

from django.core.mail import EmailMultiAlternatives

from portal.platform.operation.console_mail import EmailBackend


def test_printed_mail_has_its_links_in_one_piece():
    link = "http://localhost:8000/admin/invitation/" + "é" * 20 + "a" * 200 + "/"
    mail = EmailMultiAlternatives("Bienvenue à la rédaction", f"Votre lien : {link}", to=["julie@portal.example"])
    mail.attach("date.ics", "BEGIN:VCALENDAR", "text/calendar")
    printed = StringIO()

    EmailBackend(stream=printed).send_messages([mail])

    assert f"Votre lien : {link}\n" in printed.getvalue()
    assert "Enclosed: date.ics" in printed.getvalue()
