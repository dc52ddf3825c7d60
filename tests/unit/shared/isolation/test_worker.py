"""A worker answers orders over its socket until that is closed, and never outlives its parent."""

import os
import pickle
import socket
import subprocess
import sys

from shared.isolation.worker import LENGTH, framed

_PROGRAM = f"import sys; sys.path[:] = {sys.path!r}; from shared.isolation.worker import serve; serve(%d, %d)"


def started(parent, setup):
    ours, theirs = socket.socketpair()
    with theirs:
        program = _PROGRAM % (theirs.fileno(), parent)
        process = subprocess.Popen(
            [sys.executable, "-c", program], pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, text=True
        )
    ours.sendall(setup)
    return process, ours.makefile("rwb", buffering=0)


def answer_from(channel):
    (size,) = LENGTH.unpack(channel.read(LENGTH.size))
    received = b""
    while len(received) < size:
        received += channel.read(size - len(received))
    return pickle.loads(received)


def test_a_worker_says_that_it_is_ready_answers_in_order_and_ends_with_its_socket():
    process, channel = started(os.getpid(), framed((512, None)))

    ready = answer_from(channel)
    channel.write(framed((divmod, (17, 5), {})) + framed((divmod, (1, 0), {})))
    answers = [answer_from(channel), answer_from(channel)]
    channel.close()

    assert ready == (True, None)
    assert answers[0] == (True, (3, 2))
    assert (answers[1][0], type(answers[1][1])) == (False, ZeroDivisionError)
    assert process.wait(10) == 0


def test_a_worker_whose_parent_is_gone_ends_before_it_is_ready():
    process, channel = started(1, framed((512, None)))

    with channel:
        _, said = process.communicate(timeout=10)

    assert process.returncode == 1
    assert "the parent has died" in said


def test_a_socket_that_is_closed_before_the_setup_ends_the_worker():
    process, channel = started(os.getpid(), b"")

    channel.close()

    assert process.wait(10) == 0
