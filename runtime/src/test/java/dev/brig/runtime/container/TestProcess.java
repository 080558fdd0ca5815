package dev.brig.runtime.container;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Other Java processes with the classes of the tests.
final class TestProcess {
  static final String JAVA = System.getProperty("java.home") + "/bin/java";
  static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  private TestProcess() {}

  /// Starts a program of the tests.
  static Process start(Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                JAVA,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                CLASS_PATH,
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
