# Runs a command in a pseudo terminal of a given size.
# usage: python3 terminal.py COLUMNS ROWS COMMAND...
#
# Its standard input takes lines of JSON: {"keys": "q"}, {"size": [40, 10]} or {"signal": 15}. What the terminal gets goes to
# its standard output as it is; at the end a line of JSON on stderr has the exit code and whether the terminal's modes are
# those of the beginning.

import fcntl, json, os, pty, select, struct, sys, termios


def resize(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


columns, rows, *command = sys.argv[1:]
main, terminal = pty.openpty()
resize(main, int(columns), int(rows))
before = termios.tcgetattr(terminal)
child = os.fork()
if child == 0:
    os.login_tty(terminal)
    os.execvp(command[0], command)

rest = b""
sources = [0, main]
while True:
    ready, _, _ = select.select(sources, [], [], 0.05)
    if main in ready:
        data = os.read(main, 65536)
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    if 0 in ready:
        data = os.read(0, 65536)
        if not data:
            # The reader of the output is gone.
            os.kill(child, 9)
            sources.remove(0)
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "keys" in order:
                os.write(main, order["keys"].encode())
            if "size" in order:
                resize(main, *order["size"])
            if "signal" in order:
                os.kill(child, order["signal"])
    if not ready:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break

same = termios.tcgetattr(terminal) == before
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "same": same}), file=sys.stderr)
