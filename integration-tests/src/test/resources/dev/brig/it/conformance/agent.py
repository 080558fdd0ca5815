"""A seccomp agent: takes one message over a socket, tells what is in it, and answers the first call with ENOMEDIUM.

agent.py SOCKET
"""
import array
import fcntl
import json
import os
import socket
import struct
import sys

NOTIF_RECV = 0xC0502100
NOTIF_SEND = 0xC0182101
ENOMEDIUM = 123

listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1] + ".new")
listener.listen(1)
os.rename(sys.argv[1] + ".new", sys.argv[1])
connection, _ = listener.accept()
text, control, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(16))
descriptors = array.array("i", control[0][2])
more = True
while more:
    more = connection.recv(65536)
    text += more
message = json.loads(text)
print("one message, one descriptor" if len(descriptors) == 1 else "%d descriptors" % len(descriptors))
print("fds:", *message["fds"])
print("metadata:", message["metadata"])
print("state:", *[key for key in ("id", "status", "bundle", "pid", "annotations") if key in message["state"]])
print("the connection is closed", flush=True)
request = bytearray(80)
fcntl.ioctl(descriptors[0], NOTIF_RECV, request)
answer = struct.pack("QqiI", struct.unpack_from("Q", request)[0], 0, -ENOMEDIUM, 0)
fcntl.ioctl(descriptors[0], NOTIF_SEND, answer)
