import asyncio
import os
import pickle
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import pytest_asyncio

from shared.errors import InvalidInput, LimitExceeded, TemporaryFailure
from shared.isolation.pool import IsolatedPool
from tests.processes import is_running

pytestmark = pytest.mark.asyncio(loop_scope="module")


def double(number):
    return 2 * number


def own_pid():
    return os.getpid()


def stick_in_c():
    return re.match(r"(a+)+$", "a" * 64 + "b")


def swell():
    return len(bytearray(10**10))


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(name):
    raise InvalidInput(f"not a page: {name}")


class Stubborn(Exception):
    def __init__(self, said, *, by):
        super().__init__(said)


def be_stubborn():
    raise Stubborn("no", by="a mule")


def be_late():
    raise TimeoutError("of its own")


def unpicklable():
    return lambda: None


def reverse(value):
    return value[::-1]


def fail_to_start():
    raise ImportError("there is no such module")


_warm_ups = []


def remember():
    _warm_ups.append(os.getpid())


def warm_ups():
    return len(_warm_ups)


# One pool and one loop for the module: a worker takes half a second to start.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    async with IsolatedPool(workers=2, time_limit_s=0.5, memory_limit_mb=512, max_tasks=100, warm_up=remember) as pool:
        yield pool


@pytest.mark.parametrize("guilty", [stick_in_c, swell, die])
async def test_an_item_that_exceeds_its_limits_fails_alone_while_its_neighbours_finish(pool, guilty):
    neighbours = [pool.run(double, n) for n in range(20)]

    failure, *results = await asyncio.gather(pool.run(guilty), *neighbours, return_exceptions=True)

    assert isinstance(failure, LimitExceeded)
    assert results == [2 * n for n in range(20)]


async def test_the_failure_names_the_function_and_the_limit(pool):
    with pytest.raises(LimitExceeded, match=r"swell took more than 512 MB"):
        await pool.run(swell)


async def test_the_exception_of_a_function_comes_through(pool):
    with pytest.raises(InvalidInput, match="not a page: picture"):
        await pool.run(refuse, "picture")


async def test_the_traceback_of_a_function_comes_with_its_exception(pool):
    with pytest.raises(InvalidInput) as failure:
        await pool.run(refuse, "picture")

    assert "in refuse" in failure.value.__notes__[0]


async def test_an_exception_that_cannot_be_taken_elsewhere_comes_as_its_words(pool):
    with pytest.raises(RuntimeError, match=r"Stubborn\('no'\)"):
        await pool.run(be_stubborn)


async def test_what_cannot_be_pickled_is_refused_and_its_worker_goes_on(pool):
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError)):
        await pool.run(unpicklable)

    assert await pool.run(double, 2) == 4


async def test_large_items_and_results_go_there_and_back(pool):
    large = bytes(range(256)) * 40_000

    assert await pool.run(reverse, large) == large[::-1]


async def test_a_time_out_of_the_function_s_own_is_no_limit_of_the_pool(pool):
    with pytest.raises(TimeoutError, match="of its own"):
        await pool.run(be_late)


async def test_each_worker_is_warmed_up_once(pool):
    assert await pool.run(warm_ups) == 1


async def test_cancelling_an_item_frees_its_worker():
    async with IsolatedPool(workers=1, time_limit_s=60, memory_limit_mb=512, max_tasks=100) as pool:
        await pool.run(double, 1)
        stuck = asyncio.create_task(pool.run(stick_in_c))
        await asyncio.sleep(0)

        stuck.cancel()

        assert await pool.run(double, 2) == 4


@pytest.mark.slow
async def test_a_worker_is_replaced_after_its_number_of_items():
    async with IsolatedPool(workers=1, time_limit_s=5, memory_limit_mb=512, max_tasks=1) as pool:
        first = await pool.run(own_pid)
        second = await pool.run(own_pid)

    assert first != second


async def test_a_worker_that_is_killed_while_idle_is_no_matter():
    async with IsolatedPool(workers=1, time_limit_s=5, memory_limit_mb=512, max_tasks=100) as pool:
        pid = await pool.run(own_pid)

        os.kill(pid, signal.SIGKILL)

        assert await pool.run(double, 2) == 4


@pytest.mark.slow
async def test_a_stuck_worker_dies_with_its_parent(tmp_path):
    program = tmp_path / "program.py"
    root = Path(__file__).parents[4]
    program.write_text(
        textwrap.dedent(
            """
            import asyncio, os, signal, sys
            sys.path.insert(0, {root!r})
            from shared.isolation.pool import IsolatedPool
            from tests.unit.shared.isolation.test_pool import double, stick_in_c

            async def main():
                async with IsolatedPool(workers=2, time_limit_s=60, memory_limit_mb=512, max_tasks=100) as pool:
                    stuck = asyncio.create_task(pool.run(stick_in_c))
                    print(await pool.run(double, 2), flush=True)
                    os.kill(os.getpid(), signal.SIGKILL)

            if __name__ == "__main__":
                asyncio.run(main())
            """.replace("{root!r}", repr(str(root)))
        )
    )
    process = await asyncio.create_subprocess_exec(sys.executable, str(program), stdout=subprocess.PIPE)

    # Reading ends when the last process that holds the pipe has died.
    output, _ = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == -signal.SIGKILL
    assert output == b"4\n"


async def test_where_no_worker_gets_ready_the_item_may_be_tried_again_later():
    async with IsolatedPool(
        workers=1, time_limit_s=5, memory_limit_mb=512, max_tasks=100, warm_up=fail_to_start
    ) as pool:
        with pytest.raises(TemporaryFailure, match="no worker could be started for double"):
            await pool.run(double, 2)


async def test_no_process_is_left_of_a_pool_that_was_closed():
    async with IsolatedPool(workers=2, time_limit_s=5, memory_limit_mb=512, max_tasks=100) as pool:
        pids = await asyncio.gather(pool.run(own_pid), pool.run(own_pid))

    assert [is_running(pid) for pid in pids] == [False, False]


async def test_a_pool_that_is_not_open_takes_nothing():
    pool = IsolatedPool(workers=1, time_limit_s=5, memory_limit_mb=512, max_tasks=100)

    with pytest.raises(RuntimeError, match="not open"):
        await pool.run(double, 2)
