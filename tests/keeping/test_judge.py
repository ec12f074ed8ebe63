"""After whatever newsrooms do, and at whatever moment, readers are given exactly what would be rendered for them now."""

import pytest

from tests.keeping.judging import ACTS, SEED, judged
from tests.keeping.workers import WorkerHere


@pytest.mark.django_db
def test_kept_answers_are_those_of_a_process_that_knows_nothing(settings):
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    judge = judged([WorkerHere(), WorkerHere()])

    assert judge.hits > ACTS
    assert judge.wrong == [], f"JUDGE_SEED={SEED}\n" + "\n".join(judge.wrong[:20])
