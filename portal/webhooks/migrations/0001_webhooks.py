import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='For your own list.', max_length=80, verbose_name='name')),
                ('url', models.URLField(max_length=500, verbose_name='address')),
                ('format', models.CharField(choices=[('standard', 'Standard Webhooks: for n8n and your own programs'), ('chat', 'A line of text for a chat: Mattermost, Matrix (Hookshot), Slack')], default='standard', max_length=12, verbose_name='format')),
                ('events', models.JSONField(default=list, verbose_name='messages')),
                ('is_active', models.BooleanField(default=True, help_text='While it is paused, nothing is sent or stored.', verbose_name='active')),
                ('secret', models.TextField(editable=False)),
                ('problem', models.CharField(blank=True, editable=False, max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to='wagtailcore.site', verbose_name='site')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['site', 'name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event', models.CharField(max_length=30)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('given up', 'given up')], default='waiting', max_length=12)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('tried_at', models.DateTimeField(null=True)),
                ('status', models.PositiveIntegerField(default=0)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.webhook')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReportedPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page_key', models.BigIntegerField()),
                ('values', models.JSONField()),
                ('correction', models.CharField(blank=True, max_length=340)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.site')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('site', 'page_key'), name='webhooks_reported_page_once_per_site')],
            },
        ),
    ]
