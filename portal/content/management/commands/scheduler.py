import logging
import os
import signal
from threading import Event, Thread
from time import monotonic

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from portal.platform.caching.purge_watch import PurgeWatch, is_configured
from portal.platform.measuring import metrics
from portal.platform.records.maintenance import SchedulerPause
from portal.platform.tasks.durable import BACKEND
from portal.platform.tasks.periodic import run_due

# Sending emails is mostly waiting, so several threads send at once. So newsletters do not delay confirmations.
THREADS = 3

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run the periodic tasks and the task queue (scheduled publishing, mail, …): continuously, or once from cron."

    def add_arguments(self, parser):
        parser.add_argument(
            "--once", action="store_true", help="Run what is due and exit, with status 1 if anything failed."
        )
        parser.add_argument("--interval", type=float, default=5, help="Seconds between two runs (default: 5).")
        parser.add_argument(
            "--periodic-only",
            action="store_true",
            help="Leave the queue to `db_worker --backend durable`.",
        )
        parser.add_argument(
            "--threads", type=int, default=THREADS, help=f"Number of queued tasks to run at once (default: {THREADS})."
        )
        parser.add_argument("--until-orphaned", action="store_true", help="Exit when the parent process exits.")

    def handle(self, *args, once, interval, periodic_only, until_orphaned, threads, **options):
        # Not for a call within another process, such as a test.
        if getattr(self, "_called_from_command_line", False):
            metrics.start(metrics.SCHEDULER, keep=once)
        if once:
            if SchedulerPause.read_only():
                self.stdout.write("The installation is read-only: nothing was run.")
                return
            failed = run_due(timezone.now())
            if is_configured():
                PurgeWatch().purge_if_due()
            if not periodic_only:
                self.worker(once, interval).run()
            if failed:
                raise CommandError(f"failed: {', '.join(failed)}")
            return
        self.stopped = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopped.set())
        parent = os.getppid() if until_orphaned else None
        if is_configured():
            # This must react within a second of a change, so it does not wait for the periodic tasks.
            Thread(target=PurgeWatch().run, args=[self.stopped], daemon=True).start()
        running = {}
        if not periodic_only:
            running = {worker: self.start(worker) for worker in (self.worker(once, interval) for _ in range(threads))}
        while not self.stopped.is_set() and (parent is None or os.getppid() == parent):
            self.run_periodic_tasks()
            is_paused = self.is_paused()
            for worker, thread in running.items():
                # A worker finishes its task first.
                worker.running = not is_paused
                if not (is_paused or thread.is_alive()):
                    # The worker stops if, for example, the database is unavailable.
                    running[worker] = self.start(worker)
            self.stopped.wait(interval)
        for worker in running:
            worker.running = False
        until = monotonic() + 30
        for thread in running.values():
            thread.join(max(0, until - monotonic()))

    def run_periodic_tasks(self) -> None:
        close_old_connections()
        try:
            run_due(timezone.now())
        except Exception:
            # The database may be unavailable; the next run may succeed.
            logger.exception("The periodic tasks cannot be run")

    @staticmethod
    def is_paused() -> bool:
        """Whether no task may be taken from the queue, because the installation is read-only."""
        try:
            return SchedulerPause.read_only() is not None
        except DatabaseError:
            return False

    @staticmethod
    def worker(batch: bool, interval: float) -> Worker:
        return Worker(
            queue_names=["*"],
            interval=min(interval, 1),
            batch=batch,
            backend_name=BACKEND,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    @staticmethod
    def start(worker: Worker) -> Thread:
        def work() -> None:
            try:
                worker.run()
            except Exception:
                # For example, the database is unavailable; the next run restarts the worker.
                logger.exception("The task queue cannot be processed")
            finally:
                connections.close_all()

        thread = Thread(target=work, daemon=True)
        thread.start()
        return thread
