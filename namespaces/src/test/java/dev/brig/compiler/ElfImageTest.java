package dev.brig.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.Operand.BufferAddress;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ElfImageTest {
  private static final int BUFFER_BYTES = 100_000;

  /// A program header of elf(5).
  private record Segment(
      int type,
      int flags,
      long offset,
      long address,
      long fileBytes,
      long memoryBytes,
      long align) {
    static Segment read(ByteBuffer image, int number) {
      int at = (int) image.getLong(32) + number * image.getShort(54);
      return new Segment(
          image.getInt(at),
          image.getInt(at + 4),
          image.getLong(at + 8),
          image.getLong(at + 16),
          image.getLong(at + 32),
          image.getLong(at + 40),
          image.getLong(at + 48));
    }

    long firstPage() {
      return address / align;
    }

    long lastPage() {
      return (address + memoryBytes - 1) / align;
    }
  }

  @ParameterizedTest
  @EnumSource
  void isAStaticExecutableOfItsMachine(Machine machine) {
    ByteBuffer image = image(machine, 1);

    assertThat(image.getInt(0)).isEqualTo(0x464c457f);
    assertThat(image.getShort(16)).as("type").isEqualTo((short) 2);
    assertThat(image.getShort(18))
        .as("machine")
        .isEqualTo((short) (machine == Machine.X86_64 ? 62 : 183));
    assertThat(image.getShort(56)).as("segments").isEqualTo((short) 3);
    assertThat(image.getShort(60)).as("sections").isZero();
  }

  @ParameterizedTest
  @EnumSource
  void hasNoPageThatIsBothWritableAndExecutable(Machine machine) {
    // Every position of the border between the segments within a page.
    for (int calls = 1; calls < 600; calls += 7) {
      ByteBuffer image = image(machine, calls);
      Segment code = Segment.read(image, 0);
      Segment data = Segment.read(image, 1);
      Segment stack = Segment.read(image, 2);

      assertThat(code.flags).as("code: read, execute").isEqualTo(5);
      assertThat(data.flags).as("data: read, write").isEqualTo(6);
      assertThat(stack.type).as("PT_GNU_STACK").isEqualTo(0x6474e551);
      assertThat(stack.flags).as("stack: read, write").isEqualTo(6);
      assertThat(code.lastPage()).isLessThan(data.firstPage());
      assertThat(code.offset % code.align).isEqualTo(code.address % code.align);
      assertThat(data.offset % data.align).isEqualTo(data.address % data.align);
      assertThat(data.offset + data.fileBytes).as("length of the file").isEqualTo(image.capacity());
      long entry = image.getLong(24);
      assertThat(entry).isBetween(code.address, code.address + code.fileBytes);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsBuffersOutOfTheFile(Machine machine) {
    ByteBuffer image = image(machine, 1);

    Segment data = Segment.read(image, 1);
    assertThat(data.memoryBytes).isGreaterThan(BUFFER_BYTES);
    assertThat(image.capacity()).isLessThan(2000);
  }

  @ParameterizedTest
  @EnumSource
  void isTheSameEachTime(Machine machine) {
    assertThat(image(machine, 9)).isEqualTo(image(machine, 9));
  }

  private static ByteBuffer image(Machine machine, int calls) {
    TestPlan plan = new TestPlan();
    Buffer buffer = new Buffer("big", BUFFER_BYTES);
    for (int i = 0; i < calls; i++) {
      plan.call(Syscall.GETCWD, new BufferAddress(buffer), new Num(BUFFER_BYTES));
    }
    Plan whole = plan.exit(0).bare();
    byte[] image = Compiler.compile(whole, new CompileOptions(machine)).image();
    return ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
  }
}
