from django.db import migrations

# Tasks that may be in the queue while their modules are renamed.
MOVED_TASKS = {
    "portal.core.mail.deliver": "portal.content.mail.deliver",
    "portal.core.tasks.indexnow.announce": "portal.content.sitemaps.indexnow.announce",
}


def rename_tasks(apps, schema_editor):
    results = apps.get_model("django_tasks_database", "DBTaskResult")
    for old, new in MOVED_TASKS.items():
        results.objects.filter(task_path=old).update(task_path=new)
    # Each periodic task is recorded again, under its new name, when it next runs.
    apps.get_model("core", "PeriodicRun").objects.filter(name__startswith="portal.core.").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_forget_content_version"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [migrations.RunPython(rename_tasks, migrations.RunPython.noop, elidable=True)]
