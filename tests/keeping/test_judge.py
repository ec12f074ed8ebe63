"""Whatever newsrooms do, and at whatever moment, two processes answer a reader with the same bytes."""

import pytest

from tests.keeping.judging import ACTS, SEED, judged


@pytest.mark.django_db
def test_answers_are_the_same_in_every_process(settings):
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    judge = judged()

    assert judge.compared > ACTS
    assert judge.wrong == [], f"JUDGE_SEED={SEED}\n" + "\n".join(judge.wrong[:20])
