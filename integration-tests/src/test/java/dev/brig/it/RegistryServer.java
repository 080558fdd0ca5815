package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// Debian's docker-registry on a free port of loopback.
final class RegistryServer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;
  private final int port;

  private RegistryServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /// Starts a registry that keeps everything in a folder, or skips the test if the program is not
  /// installed.
  ///
  /// @param more further lines of the section `http`, and of others
  static RegistryServer start(Path folder, String more) throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isExecutable(PROGRAM), "docker-registry is not installed");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.createDirectories(folder);
    Path config = folder.resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        log: {level: info}
        storage: {filesystem: {rootdirectory: %s}}
        http:
          addr: 127.0.0.1:%d
          secret: lab
        """
                .formatted(folder.resolve("data"), port)
            + more);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(PROGRAM.toString(), "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    RegistryServer server = new RegistryServer(process, log, port);
    server.awaitListening();
    return server;
  }

  private void awaitListening() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(LIMIT);
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
        return;
      } catch (IOException e) {
        if (!process.isAlive() || Instant.now().isAfter(end)) {
          close();
          throw new AssertionError("docker-registry does not listen: " + Files.readString(log), e);
        }
        Thread.onSpinWait();
      }
    }
  }

  /// Returns `127.0.0.1:port`.
  String host() {
    return "127.0.0.1:" + port;
  }

  /// Returns the requests that were answered: `GET /v2/lab/app/manifests/1 200`.
  List<String> requests() throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("HTTP/1.1\" "))
        .map(line -> line.replaceFirst(".*\"([A-Z]+ [^ ]+) HTTP/1.1\" (\\d+).*", "$1 $2"))
        .toList();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
