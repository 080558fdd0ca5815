package dev.brig.cli.guest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.brig.cli.command.Context;
import dev.brig.cli.output.NewFile;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.image.layer.FdOutput;
import dev.brig.linux.Fd;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.Signal;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.StopPolicy;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A virtual machine's memory and devices in a file, with which it goes on where it was.
///
/// The file is QEMU's migration stream. What follows that is brig's: the words that its emulator
/// was started with, a JSON array; their length in bytes, 32 bits; eight bytes that say so.
public final class MachineSnapshot {
  private static final String SOCKET = "migration";
  private static final String INCOMING = "incoming";
  private static final byte[] MAGIC = "brig-vm1".getBytes(StandardCharsets.US_ASCII);
  private static final StopPolicy AT_ONCE = new StopPolicy(Signal.SIGKILL.number(), 10);
  private static final int WORDS_BYTES_MAX = 1 << 20;

  private final Context context;

  /// Makes one.
  public MachineSnapshot(Context context) {
    this.context = context;
  }

  /// What becomes of a machine that was saved.
  public enum After {
    /// It is ended.
    END,
    /// It goes on.
    GO_ON
  }

  /// Saves a container's machine. It runs until its memory is written, but for the last moment.
  ///
  /// @param target the file; what is there is replaced when all is written
  /// @return how large the file is, in bytes
  /// @throws UsageException if the file can't be written
  public long save(Container container, Path target, After after) {
    if (Files.isDirectory(target)) {
      throw new UsageException("snapshot to " + target, "it is a directory", "name a file in it");
    }
    try (LiveMachine machine = LiveMachine.alone(context, container, "snapshot");
        NewFile file = NewFile.of(context.kernel(), target.toString(), 0600)) {
      write(container, machine, new FdOutput(context.kernel().files(), file.fd()));
      file.finish();
      if (after == After.GO_ON) {
        var _ = machine.qmp().execute("cont");
      } else {
        var _ = context.lifecycle().stop(container, AT_ONCE);
      }
      return Files.size(target);
    } catch (IOException e) {
      throw unwritable(target, e);
    } catch (KernelException e) {
      throw e.during("snapshot to " + target);
    }
  }

  private static UsageException unwritable(Path target, IOException cause) {
    return new UsageException(
        "snapshot to " + target, "it can't be written: " + cause.getMessage(), "see df");
  }

  private void write(Container container, LiveMachine machine, OutputStream out)
      throws IOException {
    OpenFlag[] flags = {OpenFlag.O_PATH, OpenFlag.O_DIRECTORY};
    Path directory = container.paths().directory();
    Files.deleteIfExists(directory.resolve(SOCKET));
    // A socket's address has room for about a hundred characters.
    try (Fd fd = context.kernel().files().openat(Fd.CWD, directory.toString(), flags);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of("/proc/self/fd/" + fd.number() + "/" + SOCKET));
      CompletableFuture<Void> copied = CompletableFuture.runAsync(() -> copy(server, out));
      migrate(machine, copied);
      byte[] words =
          words(context.containers().spec(container.id()))
              .toString()
              .getBytes(StandardCharsets.UTF_8);
      out.write(words);
      out.write(ByteBuffer.allocate(Integer.BYTES).putInt(words.length).array());
      out.write(MAGIC);
    } catch (CompletionException e) {
      if (e.getCause() instanceof KernelException cause) {
        throw cause;
      }
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      Files.deleteIfExists(directory.resolve(SOCKET));
    }
  }

  private static void migrate(LiveMachine machine, CompletableFuture<Void> copied) {
    try {
      var _ = machine.migrate("unix:" + SOCKET, LiveMachine.Taker.FILE);
    } catch (UnsupportedException e) {
      if (copied.isCompletedExceptionally()) {
        // What went wrong here is the reason why nobody took what the emulator wrote.
        copied.join();
      }
      throw e;
    }
    copied.join();
  }

  private static void copy(ServerSocketChannel server, OutputStream out) {
    try (SocketChannel from = server.accept()) {
      var _ = Channels.newInputStream(from).transferTo(out);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /// Returns the words that start a machine's emulator.
  private static JsonArray words(Spec spec) {
    JsonArray words = new JsonArray();
    for (String word : Objects.requireNonNull(spec.process()).args()) {
      words.add(word);
    }
    return words;
  }

  /// Returns the configuration with which a container goes on from a file.
  ///
  /// @param spec the container's
  /// @throws UsageException if the file is none, or of a machine that is not like this one
  public Spec from(Container container, Spec spec, Path file) {
    Process process = spec.process();
    if (process == null || !LiveMachine.isMachine(container)) {
      throw LiveMachine.notMachine("restore", container);
    }
    String difference = difference(saved(file), words(spec));
    if (!difference.isEmpty()) {
      throw new UsageException(
          "restore " + container.name(),
          file + " is of a machine with other options: " + difference,
          "make a container with the same ones: brig create --isolation vm …");
    }
    Path link = container.paths().directory().resolve(INCOMING);
    try {
      Files.deleteIfExists(link);
      var _ = Files.createSymbolicLink(link, file.toAbsolutePath());
    } catch (IOException e) {
      throw new UnsupportedException(
          "restore " + container.name(), link + " can't be made: " + e.getMessage(), "see df");
    }
    List<String> command = new ArrayList<>(process.args());
    command.addAll(List.of("-incoming", "exec:exec cat " + INCOMING));
    return spec.toBuilder().process(process.toBuilder().args(command).build()).build();
  }

  private static String difference(JsonArray there, JsonArray here) {
    for (int i = 0; i < Math.max(there.size(), here.size()); i++) {
      String that = i < there.size() ? there.get(i).getAsString() : "nothing";
      String own = i < here.size() ? here.get(i).getAsString() : "nothing";
      if (!that.equals(own)) {
        return that + " there, " + own + " here";
      }
    }
    return "";
  }

  private static JsonArray saved(Path file) {
    int end = Integer.BYTES + MAGIC.length;
    try (var channel = Files.newByteChannel(file)) {
      ByteBuffer last = ByteBuffer.allocate(end);
      if (channel.size() > end) {
        channel.position(channel.size() - end);
        while (last.hasRemaining() && channel.read(last) > 0) {
          // On.
        }
      }
      int length = last.getInt(0);
      boolean known = ByteBuffer.wrap(MAGIC).equals(last.slice(Integer.BYTES, MAGIC.length));
      if (known && length > 0 && length < WORDS_BYTES_MAX && length < channel.size() - end) {
        channel.position(channel.size() - end - length);
        byte[] words = Channels.newInputStream(channel).readNBytes(length);
        JsonElement parsed = JsonParser.parseString(new String(words, StandardCharsets.UTF_8));
        return parsed.getAsJsonArray();
      }
    } catch (IOException e) {
      throw new UsageException("restore from " + file, "it can't be read: " + e.getMessage(), "");
    } catch (JsonParseException | IllegalStateException _) {
      // Ignored: it is none, as is said below.
    }
    throw new UsageException(
        "restore from " + file,
        "it is no virtual machine's snapshot, or cut off",
        "brig snapshot --to FILE CONTAINER makes one");
  }
}
