package dev.brig.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds the code of the emitters against listings that say, for each case, the bytes and the
/// instructions.
///
/// The listings lie in the resources. `-Dgolden.update=true` writes them anew with the
/// disassembler's words.
final class EmissionTest {
  private static final Assembly.Layout LAYOUT =
      new Assembly.Layout(0x400100, 0x405008, 0x506010, 0x507020, 0x508030);
  private static final int COLUMN = 28;

  @TempDir Path directory;

  /// @param name of the case
  /// @param bytes of an instruction, in hexadecimal
  /// @param text of it, empty where there is no disassembler
  private record Line(String name, String bytes, String text) {}

  @ParameterizedTest
  @EnumSource
  void writesTheBytesOfTheListing(Machine machine) throws IOException {
    StringBuilder expected = new StringBuilder();
    for (Line line : listing(machine)) {
      expected.append(line.bytes);
    }

    String actual = HexFormat.of().formatHex(code(machine, new ArrayList<>()));

    assertThat(actual).isEqualTo(expected.toString());
  }

  @ParameterizedTest
  @EnumSource
  void writesTheInstructionsThatADisassemblerReads(Machine machine) throws IOException {
    requireDisassembler(machine);
    List<Line> actual = disassemble(machine);

    if (Boolean.getBoolean("golden.update")) {
      write(machine, actual);
    }

    assertThat(actual).containsExactlyElementsOf(listing(machine));
  }

  private static byte[] code(Machine machine, List<Integer> starts) {
    Assembly assembly = new Assembly();
    int label = assembly.label();
    Emitter emitter =
        machine == Machine.X86_64 ? new X86_64Emitter(assembly) : new Aarch64Emitter(assembly);
    assembly.mark(label);
    for (EmissionCases.Case one : EmissionCases.all()) {
      starts.add(assembly.text.size());
      one.code().accept(emitter);
    }
    assembly.link(LAYOUT);
    return assembly.text.toArray();
  }

  private List<Line> disassemble(Machine machine) throws IOException {
    List<Integer> starts = new ArrayList<>();
    byte[] code = code(machine, starts);
    Path file = Files.write(directory.resolve("code"), code);
    List<String> command = new ArrayList<>(disassembler(machine));
    command.addAll(List.of("-D", "-b", "binary", "-z", "--no-show-raw-insn", "--adjust-vma", "0"));
    command.add(file.toString());
    List<Integer> positions = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (String line : Programs.run(command, null).output().lines().toList()) {
      int colon = line.indexOf(":\t");
      if (colon > 0) {
        positions.add(Integer.parseInt(line.substring(0, colon).strip(), 16));
        // Versions of the disassembler differ in the comments they add.
        String text = line.substring(colon + 2).replaceAll("\\s+", " ");
        texts.add(text.replaceFirst("(//|;).*", "").strip());
      }
    }
    positions.add(code.length);
    List<Line> lines = new ArrayList<>();
    int number = -1;
    for (int i = 0; i < texts.size(); i++) {
      while (number + 1 < starts.size() && starts.get(number + 1) <= positions.get(i)) {
        number++;
      }
      String bytes = HexFormat.of().formatHex(code, positions.get(i), positions.get(i + 1));
      lines.add(new Line(EmissionCases.all().get(number).name(), bytes, texts.get(i)));
    }
    return lines;
  }

  private static List<String> disassembler(Machine machine) {
    return switch (machine) {
      case X86_64 -> List.of("/usr/bin/objdump", "-m", "i386:x86-64", "-M", "intel");
      case AARCH64 -> List.of("/usr/bin/aarch64-linux-gnu-objdump", "-m", "aarch64");
    };
  }

  private static void requireDisassembler(Machine machine) {
    String objdump = disassembler(machine).getFirst();
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of(objdump)),
        "SKIPPED: no " + objdump + " (Debian: binutils, binutils-aarch64-linux-gnu)");
  }

  private static String resource(Machine machine) {
    return "listing-" + machine.name().toLowerCase(Locale.ROOT) + ".txt";
  }

  private static List<Line> listing(Machine machine) throws IOException {
    List<Line> lines = new ArrayList<>();
    String name = "";
    try (var in = EmissionTest.class.getResourceAsStream(resource(machine))) {
      assertThat(in).as(resource(machine)).isNotNull();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.startsWith("    ")) {
          String text = line.substring(Math.min(line.length(), COLUMN)).strip();
          lines.add(new Line(name, line.substring(4, COLUMN).strip(), text));
        } else {
          name = line;
        }
      }
    }
    return lines;
  }

  private static void write(Machine machine, List<Line> lines) throws IOException {
    StringBuilder listing = new StringBuilder();
    String name = "";
    for (Line line : lines) {
      if (!line.name.equals(name)) {
        name = line.name;
        listing.append(name).append('\n');
      }
      StringBuilder row = new StringBuilder("    ").append(line.bytes);
      row.append(" ".repeat(Math.max(0, COLUMN - row.length()))).append(line.text);
      listing.append(row).append('\n');
    }
    Files.writeString(Path.of("src/test/resources/dev/brig/compiler", resource(machine)), listing);
  }
}
