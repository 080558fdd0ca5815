package dev.brig.cli.guest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.brig.cli.command.Context;
import dev.brig.error.BrigException;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A conversation with a machine's emulator.
///
/// @see <a href="https://www.qemu.org/docs/master/interop/qmp-spec.html">the QEMU Machine
///   Protocol</a>
final class Qmp implements AutoCloseable {
  private static final String STEP = "virtual machine";

  private final SocketChannel channel;
  private final BufferedReader answers;

  private Qmp(SocketChannel channel) {
    this.channel = channel;
    this.answers = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
  }

  /// Opens a conversation.
  ///
  /// @param directory where the socket is
  /// @param name its name there
  /// @throws IOException if nobody listens on it
  static Qmp open(Context context, Path directory, String name) throws IOException {
    OpenFlag[] flags = {OpenFlag.O_PATH, OpenFlag.O_DIRECTORY};
    // A socket's address has room for about a hundred characters.
    try (Fd fd = context.kernel().files().openat(Fd.CWD, directory.toString(), flags)) {
      SocketChannel channel =
          SocketChannel.open(
              UnixDomainSocketAddress.of("/proc/self/fd/" + fd.number() + "/" + name));
      Qmp qmp = new Qmp(channel);
      try {
        var _ = qmp.line();
        var _ = qmp.execute("qmp_capabilities", new JsonObject());
        return qmp;
      } catch (IOException | BrigException e) {
        qmp.close();
        throw e;
      }
    }
  }

  /// Has something done, and returns what came of it.
  ///
  /// @throws UnsupportedException if the emulator refuses, with its reason
  JsonObject execute(String command, JsonObject arguments) {
    try {
      send(command, arguments);
      while (true) {
        JsonObject answer = line();
        if (answer.has("return")) {
          JsonElement result = answer.get("return");
          return result.isJsonObject() ? result.getAsJsonObject() : answer;
        }
        if (answer.has("error")) {
          String reason = answer.getAsJsonObject("error").get("desc").getAsString();
          throw new UnsupportedException(STEP, command + ": " + reason, "");
        }
        // Else it tells an event.
      }
    } catch (IOException e) {
      throw new UnsupportedException(
          STEP,
          "its emulator does not answer: " + e.getMessage(),
          "brig ps -a shows whether it runs");
    }
  }

  private void send(String command, JsonObject arguments) throws IOException {
    JsonObject request = new JsonObject();
    request.addProperty("execute", command);
    request.add("arguments", arguments);
    ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private JsonObject line() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("it has ended");
    }
    try {
      return JsonParser.parseString(line).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException("not understood: " + line, e);
    }
  }

  /// Has something done that takes no arguments.
  JsonObject execute(String command) {
    return execute(command, new JsonObject());
  }

  /// Has something done that takes one argument.
  JsonObject execute(String command, String name, String value) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty(name, value);
    return execute(command, arguments);
  }

  /// Returns what the machine is doing: `running`, `inmigrate`, `postmigrate` …
  String status() {
    return execute("query-status").get("status").getAsString();
  }

  /// Tells the emulator to end, and waits until it does.
  void quit() {
    try {
      send("quit", new JsonObject());
      while (answers.readLine() != null) {
        // The answer, or an event.
      }
    } catch (IOException _) {
      // It has ended, and this is how it shows.
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // Nothing was to be written any more.
    }
  }
}
