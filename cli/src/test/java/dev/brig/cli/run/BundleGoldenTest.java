package dev.brig.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cli.bundle.Bundle;
import dev.brig.cli.bundle.BundleFacts;
import dev.brig.cli.bundle.CapabilityNames;
import dev.brig.cli.bundle.DeviceNumbers;
import dev.brig.cli.bundle.GroupFile;
import dev.brig.cli.bundle.PasswdFile;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.bundle.SpecFactory;
import dev.brig.cli.bundle.UserLookup;
import dev.brig.cli.bundle.Volume;
import dev.brig.cli.syntax.ArgumentReader;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.image.ImageConfig;
import dev.brig.runtime.spec.ConsoleSize;
import dev.brig.runtime.spec.LinuxDeviceType;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.SpecValidator;
import dev.brig.runtime.spec.SpecWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// From options to config.json: each `golden/bundle/NAME.args` is what stands behind `brig run`,
/// one word to a line, and `NAME.txt` is what comes of it. `-Dgolden.update=true` writes the latter
/// anew.
///
/// A first line `# rootless` makes the caller an ordinary user. The image `app` has a
/// configuration, `numeric` has a user by number, any other name has none.
class BundleGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/bundle");
  private static final String ID = "0123456789abcdef".repeat(4);

  private static final ImageConfig APP =
      new ImageConfig(
          "app:staff",
          List.of("PATH=/opt/app/bin:/bin", "LANG=C.UTF-8"),
          List.of("/opt/app/serve"),
          List.of("--port", "8080"),
          "/srv",
          List.of("/var/lib/app"),
          "SIGINT",
          Map.of("maker", "brig", "org.opencontainers.image.author", "a label wins"),
          List.of("80/tcp", "53/udp"),
          "{\"Test\":[\"CMD\",\"true\"]}",
          "amd64",
          "linux",
          new ImageConfig.Origin("somebody", "2026-01-02T03:04:05Z", "v2"));

  static Stream<String> cases() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(GOLDEN)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".args"))
          .forEach(file -> names.add(file.substring(0, file.length() - ".args".length())));
    }
    return names.stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void becomesTheConfigurationOnRecord(String name) throws IOException {
    List<String> lines = Files.readAllLines(GOLDEN.resolve(name + ".args"));
    boolean rootless = lines.getFirst().equals("# rootless");
    lines.removeIf(line -> line.startsWith("#"));

    String text = text(bundle(lines, rootless));

    Path golden = GOLDEN.resolve(name + ".txt");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, text);
    }
    assertThat(text).isEqualTo(Files.readString(golden));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isAValidConfiguration(String name) throws IOException {
    List<String> lines = Files.readAllLines(GOLDEN.resolve(name + ".args"));
    boolean rootless = lines.getFirst().equals("# rootless");
    lines.removeIf(line -> line.startsWith("#"));

    SpecValidator.validate(bundle(lines, rootless).spec());
  }

  @Test
  void everyOptionOfRunIsTakenBySomebody() {
    for (RunOption option : RunOption.values()) {
      String value = option.isFlag() ? "true" : SAMPLES.getOrDefault(option, "1");
      Reading.Arguments<RunOption> arguments =
          new Reading.Arguments<>(List.of(new Reading.Setting<>(option, value)), List.of("x"));

      try {
        assertThat(RunOptionsReader.read(arguments, Map.of())).isNotNull();
      } catch (UsageException | UnsupportedException e) {
        assertThat(e.getMessage()).contains("--");
      }
    }
  }

  private static final Map<RunOption, String> SAMPLES =
      Map.of(RunOption.NETWORK, "none", RunOption.PLATFORM, "linux/amd64");

  private static Bundle bundle(List<String> words, boolean rootless) {
    Reading<RunOption> reading = ArgumentReader.read(RunSyntax.run(), words);
    Reading.Arguments<RunOption> arguments = (Reading.Arguments<RunOption>) reading;
    RunOptions options = RunOptionsReader.read(arguments, Map.of("FROM_CALLER", "yes"));
    ImageConfig image = image(arguments.operands().getFirst());
    return SpecFactory.make(image, options, facts(rootless));
  }

  private static ImageConfig image(String name) {
    return switch (name) {
      case "app" -> APP;
      case "numeric" -> ofUser("4294967294:29");
      default -> ImageConfig.empty();
    };
  }

  private static ImageConfig ofUser(String user) {
    return new ImageConfig(
        user,
        List.of("EMPTY=", "BARE"),
        List.of(),
        List.of("id"),
        "",
        List.of(),
        "",
        Map.of(),
        List.of(),
        "",
        "",
        "",
        ImageConfig.Origin.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"4294967295", "4294967296", "99999999999999999999", "0:4294967295", "x", "0:x"})
  void aUserThatLinuxOrTheImageDoesNotHaveIsRefused(String user) {
    RunOptions options =
        RunOptionsReader.read(
            (Reading.Arguments<RunOption>)
                ArgumentReader.read(RunSyntax.run(), List.of("image", "id")),
            Map.of());

    assertThatThrownBy(() -> SpecFactory.make(ofUser(user), options, facts(false)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(user);
  }

  @Test
  void aNumberIsNeverTakenForAName() {
    UserLookup users =
        new UserLookup(
            PasswdFile.parse("1000:x:0:0::/root:/bin/sh\n4294967296:x:0:0::/root:/bin/sh\n"),
            GroupFile.parse("7:x:0:\n"));

    assertThat(users.resolve("1000:7", List.of()))
        .isEqualTo(new UserLookup.Identity(1000, 7, List.of(), "/"));
    assertThatThrownBy(() -> users.resolve("4294967296", List.of()))
        .isInstanceOf(UsageException.class);
  }

  private static BundleFacts facts(boolean rootless) {
    BundleFacts.Places places =
        new BundleFacts.Places(
            "/var/lib/brig/containers/" + ID + "/rootfs",
            "/var/lib/brig/containers/" + ID,
            "/var/lib/brig/volumes",
            "/home/me",
            "/brig/" + ID);
    List<LinuxIdMapping> ids =
        rootless
            ? List.of(new LinuxIdMapping(0, 1000, 1), new LinuxIdMapping(1, 100000, 65536))
            : List.of(new LinuxIdMapping(0, 0, 0xffff_ffffL));
    BundleFacts.Caller caller =
        new BundleFacts.Caller(
            rootless ? BundleFacts.Privilege.ROOTLESS : BundleFacts.Privilege.ROOT,
            ids,
            ids,
            CapabilityNames.all().stream()
                .filter(name -> !name.equals("CAP_SYS_RESOURCE"))
                .toList(),
            new ConsoleSize(24, 80),
            "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}\n");
    UserLookup users =
        new UserLookup(
            PasswdFile.parse("root:x:0:0:root:/root:/bin/sh\napp:x:101:102::/opt/app:/bin/sh\n"),
            GroupFile.parse("root:x:0:\nstaff:x:50:\naudio:x:29:root,app\n"));
    Map<String, DeviceNumbers> devices =
        Map.of(
            "/dev/fuse", new DeviceNumbers(LinuxDeviceType.CHARACTER, 10, 229, 0666),
            "/dev/sda", new DeviceNumbers(LinuxDeviceType.BLOCK, 8, 0, 0660));
    return new BundleFacts(
        ID,
        places,
        caller,
        users,
        devices,
        Map.of("/dev/kvm", new DeviceNumbers(LinuxDeviceType.CHARACTER, 10, 232, 0660)),
        new BundleFacts.HostFiles("127.0.0.1 host.example\n", "nameserver 10.0.0.1\n"),
        BundleFacts.Tree.IMAGE);
  }

  private static String text(Bundle bundle) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> file : new TreeMap<>(bundle.files()).entrySet()) {
      text.append("== ").append(file.getKey()).append('\n').append(file.getValue());
    }
    for (Volume volume : bundle.volumes()) {
      text.append("== volume ").append(volume.name()).append(": ");
      text.append(volume.directory()).append(' ').append(volume.bond());
      text.append(' ').append(volume.filling()).append('\n');
    }
    return text.append("== config.json\n").append(SpecWriter.write(bundle.spec())).toString();
  }
}
