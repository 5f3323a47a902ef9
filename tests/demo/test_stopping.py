"""Programs of ours stop when they are told to, whatever they do at that moment."""

from tests.services.processes import run

SIGNALS = 200
# It polls without a pause, so that a signal meets every step of the waiting, and is sent one by
# its own alarm clock, which the handler of SIGTERM answers.
WAITING = f"""
import pathlib, processes, secrets, signal
processes.POLL_INTERVAL = 0
stopped = 0
for _ in range({SIGNALS}):
    programs = processes.Programs(pathlib.Path(), {{}})
    programs.stop_on_signals()
    signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGTERM))
    signal.setitimer(signal.ITIMER_REAL, (1 + secrets.randbelow(2_000)) / 1_000_000)
    try:
        programs.watch()
    except processes.StoppedError:
        stopped += 1
print(stopped)
"""


def test_a_signal_at_any_moment_ends_the_wait() -> None:
    finished = run(["python", "-c", WAITING], {"PYTHONPATH": "examples"})

    assert (finished.returncode, finished.stdout) == (0, f"{SIGNALS}\n"), finished.stderr
