"""Takes the terminal of a container from a console socket and prints what is written to it, until nobody has it open any more.

console.py SOCKET
"""
import array
import os
import socket
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1] + ".new")
listener.listen(1)
# Whoever sees the name can connect.
os.rename(sys.argv[1] + ".new", sys.argv[1])
connection, _ = listener.accept()
_, control, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(4))
master = array.array("i", control[0][2][:4])[0]
while True:
    try:
        text = os.read(master, 4096)
    except OSError:
        break
    if not text:
        break
    sys.stdout.write(text.decode().replace("\r", ""))
    sys.stdout.flush()
