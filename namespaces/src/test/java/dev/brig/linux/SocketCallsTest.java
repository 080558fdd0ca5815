package dev.brig.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.linux.SocketCalls.Pipe;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketCallsTest {
  private final Kernel kernel = Kernel.ofThisMachine();
  private final SocketCalls sockets = kernel.sockets();

  private String received(Fd socket) {
    ByteBuffer bytes = ByteBuffer.allocate(100);
    int count = kernel.files().read(socket, bytes);
    return new String(bytes.array(), 0, count, UTF_8);
  }

  @Test
  void passesWholeMessagesToAPath(@TempDir Path folder) {
    passes(folder.resolve("socket").toString());
  }

  @Test
  void passesWholeMessagesToAnAbstractName() {
    passes("@brig-test-" + kernel.processes().pid());
  }

  private void passes(String path) {
    try (Fd receiver = sockets.datagrams();
        Fd sender = sockets.datagrams()) {
      sockets.bind(receiver, path);
      sockets.connect(sender, path);

      sockets.send(sender, "one\ntwo".getBytes(UTF_8));
      sockets.send(sender, "three".getBytes(UTF_8));

      assertThat(List.of(received(receiver), received(receiver)))
          .containsExactly("one\ntwo", "three");
    }
  }

  @Test
  void passesADescriptorThatLivesUntilItsMessageIsRead() {
    String name = "@brig-test-passed-" + kernel.processes().pid();
    Pipe pipe = sockets.pipe();
    try (Fd receiver = sockets.datagrams();
        Fd sender = sockets.datagrams();
        Fd reader = pipe.reader()) {
      sockets.bind(receiver, name);
      sockets.connect(sender, name);
      try (Fd writer = pipe.writer()) {
        sockets.send(sender, "BARRIER=1".getBytes(UTF_8), writer);
      }

      assertThat(kernel.events().awaitReadable(Duration.ZERO, reader)).isNegative();
      assertThat(received(receiver)).isEqualTo("BARRIER=1");
      assertThat(kernel.events().awaitReadable(Duration.ofSeconds(5), reader)).isZero();
    }
  }

  @Test
  void refusesAPathThatAnAddressHasNoRoomFor() {
    try (Fd socket = sockets.datagrams()) {
      assertThatThrownBy(() -> sockets.bind(socket, "/" + "x".repeat(107)))
          .isInstanceOfSatisfying(
              KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENAMETOOLONG));
    }
  }
}
