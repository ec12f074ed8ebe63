"""Each role sees the topics and people of its own site and of the network, where it saw those of every site."""

from django.db import migrations

SEEN = ["view_topic", "view_person"]
PEOPLE = {
    "editor": ["add_person", "change_person"],
    "reviewer": ["add_person", "change_person"],
    "approver": ["add_person", "change_person"],
    "siteadmin": [
        *("add_person", "change_person", "delete_person"),
        *("add_topic", "change_topic", "delete_topic"),
    ],
}


def bind_to_the_site(apps, schema_editor):
    role_groups = apps.get_model("editorial", "RoleGroup").objects.all()
    held = apps.get_model("wagtailcore", "GroupSitePermission").objects
    permissions = {
        permission.codename: permission
        for permission in apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="core", content_type__model__in=["topic", "person"]
        )
    }
    for role_group in role_groups.select_related("group"):
        role_group.group.permissions.remove(*(permissions[name] for name in SEEN if name in permissions))
        for name in [*SEEN, *PEOPLE.get(role_group.role, ())]:
            if name in permissions:
                held.get_or_create(group=role_group.group, site_id=role_group.site_id, permission=permissions[name])


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("core", "0010_give_topics_and_people_to_sites"),
        ("editorial", "0006_note_what_translations_render"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(bind_to_the_site, migrations.RunPython.noop)]
