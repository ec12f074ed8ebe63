"""Runs random newsroom actions and compares responses after each; the environment sets their number and the seed."""

import os
import sys
from random import Random

from time_machine import travel

from tests.page_cache import acts_beside, clock
from tests.page_cache.judge import Judge
from tests.page_cache.workers import Worker
from tests.page_cache.world import NothingLeftError, build

ACTS = int(os.environ.get("JUDGE_ACTS", "20"))
SEED = int(os.environ.get("JUDGE_SEED") or Random().randrange(1_000_000))
START = "2026-06-15T08:58:00+00:00"


def judged(workers: list[Worker]) -> Judge:
    sys.stdout.write(f"JUDGE_SEED={SEED} JUDGE_ACTS={ACTS}\n")
    chance = Random(SEED)
    with travel(START, tick=False) as time:
        judge = Judge(build(chance), workers)
        chosen = acts_beside.acts[:]
        for number in range(ACTS):
            if number % len(chosen) == 0:
                chance.shuffle(chosen)
            try:
                act = chosen[number % len(chosen)](judge.world) or "nothing"
            except NothingLeftError:
                continue
            judge.look(act, judge.some(2))
            for _step in range(chance.randrange(3)):
                step = clock.step(judge.world, time)
                judge.look(step, judge.some(1))
            if number % 25 == 24:
                sys.stdout.write(f"{number + 1} acts, {judge.compared} responses, {judge.wrong}\n")
                sys.stdout.flush()
        judge.look("the end", judge.all(60))
        # Nothing has changed since then, so cached responses are compared after any actions.
        for _again in range(2):
            judge.look("nothing", [])
    sys.stdout.write(f"{judge.compared} responses compared, {judge.hits} of them cached, {len(judge.wrong)} wrong\n")
    return judge
