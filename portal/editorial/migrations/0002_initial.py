
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('editorial', '0001_initial'),
        ('media', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='embargoedfile',
            name='document',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='media.document'),
        ),
        migrations.AddField(
            model_name='embargoedfile',
            name='image',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='media.image'),
        ),
        migrations.AddField(
            model_name='embargoedfile',
            name='page',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.WAGTAIL_PAGE_MODEL),
        ),
        migrations.AddField(
            model_name='foureyestask',
            name='groups',
            field=models.ManyToManyField(help_text='Pages/snippets at this step in a workflow will be moderated or approved by these groups of users', to='auth.group', verbose_name='groups'),
        ),
        migrations.AddField(
            model_name='guestremark',
            name='revision',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision'),
        ),
        migrations.AddField(
            model_name='reviewinvitation',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewinvitation',
            name='page',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_invitations', to=settings.WAGTAIL_PAGE_MODEL),
        ),
        migrations.AddField(
            model_name='guestremark',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='editorial.reviewinvitation'),
        ),
        migrations.AddField(
            model_name='rolegroup',
            name='group',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='newsroom_role', to='auth.group'),
        ),
        migrations.AddField(
            model_name='rolegroup',
            name='section',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='newsroom_roles', to=settings.WAGTAIL_PAGE_MODEL),
        ),
        migrations.AddField(
            model_name='rolegroup',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='newsroom_roles', to='wagtailcore.site'),
        ),
        migrations.AddField(
            model_name='scheduletrouble',
            name='page',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schedule_troubles', to=settings.WAGTAIL_PAGE_MODEL),
        ),
        migrations.AddConstraint(
            model_name='embargoedfile',
            constraint=models.CheckConstraint(condition=models.Q(('image', None), ('document', None), _connector='XOR'), name='editorial_one_file_under_embargo'),
        ),
        migrations.AddIndex(
            model_name='reviewinvitation',
            index=models.Index(fields=['page', '-created_at'], name='editorial_guests_of_a_page'),
        ),
        migrations.AddConstraint(
            model_name='rolegroup',
            constraint=models.UniqueConstraint(fields=('site', 'role', 'section'), name='editorial_one_group_per_section_role'),
        ),
        migrations.AddConstraint(
            model_name='rolegroup',
            constraint=models.UniqueConstraint(condition=models.Q(('section', None)), fields=('site', 'role'), name='editorial_one_group_per_role'),
        ),
        migrations.AddConstraint(
            model_name='scheduletrouble',
            constraint=models.UniqueConstraint(fields=('page', 'revision_key', 'due_at'), name='editorial_one_trouble_for_a_plan'),
        ),
    ]
