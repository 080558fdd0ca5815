"""Runs a command on a pseudo-terminal and plays what a person would do.

terminal.py STEPS COMMAND...: STEPS is a JSON array of
  ["expect", TEXT]     wait until the command has written this, after what was expected before
  ["send", KEYS]       type
  ["resize", ROWS, COLUMNS]
  ["raw"]              note whether the terminal is in raw mode
  ["kill", SIGNAL]     send a signal to the process that was started
Prints JSON: status (as a shell has it), out, raw, and whether the terminal's settings are in the end
what they were.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

LIMIT_SECONDS = 90
steps = json.loads(sys.argv[1])
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)
    os.closerange(3, 100)
    os.execvp(sys.argv[2], sys.argv[2:])

out = b""
seen = 0
raw = []
deadline = time.monotonic() + LIMIT_SECONDS


def pump(seconds):
    """Takes what the command writes, for at most so long; tells whether there was something."""
    global out
    ready, _, _ = select.select([master], [], [], seconds)
    if ready:
        out += os.read(master, 65536)
    return bool(ready)


def expect(text):
    global seen
    wanted = text.encode()
    while wanted not in out[seen:]:
        if time.monotonic() > deadline:
            sys.exit("never came: %r in %r" % (text, out))
        pump(1)
    seen = out.index(wanted, seen) + len(wanted)


for step in steps:
    if step[0] == "expect":
        expect(step[1])
    elif step[0] == "send":
        os.write(master, step[1].encode())
    elif step[0] == "resize":
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", step[1], step[2], 0, 0))
    elif step[0] == "raw":
        raw.append(not termios.tcgetattr(slave)[3] & termios.ICANON)
    elif step[0] == "kill":
        os.kill(pid, getattr(signal, "SIG" + step[1]))

status = None
while status is None:
    if time.monotonic() > deadline:
        sys.exit("does not end; it wrote %r" % out)
    pump(0.1)
    ended, code = os.waitpid(pid, os.WNOHANG)
    if ended:
        status = os.waitstatus_to_exitcode(code)
while pump(0.1):
    pass
# A guard restores the settings when the process that should have is gone: any moment now.
while termios.tcgetattr(slave) != before and time.monotonic() < deadline:
    pump(0.05)
print(json.dumps({
    "status": 128 - status if status < 0 else status,
    "out": out.decode(errors="replace"),
    "raw": raw,
    "restored": termios.tcgetattr(slave) == before,
}))
