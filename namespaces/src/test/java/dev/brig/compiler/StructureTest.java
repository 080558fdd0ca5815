package dev.brig.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.compiler.Programs.Run;
import dev.brig.linux.Errno;
import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Address;
import dev.brig.plan.Operand.Array;
import dev.brig.plan.Operand.BufferAddress;
import dev.brig.plan.Operand.BufferAt;
import dev.brig.plan.Operand.Data;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.FormatLength;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.SlotAddress;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.Operand.Text;
import dev.brig.plan.Operand.Value;
import dev.brig.plan.Plan;
import dev.brig.plan.Slot;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StructureTest {
  private static final Num AT_FDCWD = new Num(-100, "AT_FDCWD");
  private static final Num NULL = new Num(0, "NULL");
  private static final Slot FD = new Slot("fd");
  private static final Slot COUNT = new Slot("count");
  private static final Buffer CHUNK = new Buffer("chunk", 128);

  @ParameterizedTest
  @EnumSource
  void fillsTheFieldsThatHoldSlotsRightBeforeTheCall(Machine machine) {
    Format number = new Format(List.of(new Value(COUNT), new Text(" of two\n")));
    Array vector =
        new Array(
            List.of(
                part(new Text("line "), new Num(5)),
                part(number, new FormatLength(number)),
                part(new Text("line and more"), new Value(COUNT))));
    TestPlan plan = new TestPlan();
    for (int i = 1; i <= 2; i++) {
      plan.set(COUNT, i).call(Syscall.WRITEV, new Num(1), vector, new Num(3));
    }

    Run run = Programs.run(plan.exit(0).plan(), machine);

    assertThat(run).isEqualTo(new Run(0, "line 1 of two\nlline 2 of two\nli"));
  }

  @ParameterizedTest
  @EnumSource
  void fillsAStructureAnewEachTimeInALoop(Machine machine) {
    Label again = new Label("again");
    Slot length = new Slot("length");
    Plan plan =
        new TestPlan()
            .set(length, 1)
            .add(new Op.Mark(again))
            .call(
                Syscall.WRITEV,
                new Num(1),
                new Array(List.of(part(new Text("abc"), new Value(length)))),
                new Num(1))
            .compute(length, length, Arithmetic.ADD, new Num(1))
            .add(new Op.Branch(length, Condition.LESS, 4, again))
            .exit(0)
            .plan();

    Run run = Programs.run(plan, machine);

    assertThat(run).isEqualTo(new Run(0, "aababc"));
  }

  @Test
  void opensAFileByAPathWithANumberAndAnOpenHow() {
    Format path = new Format(List.of(new Text("/proc/self/fd/"), new Value(FD)));
    Struct how =
        new Struct(
            List.of(
                new Field("flags", 8, new Num(0, "O_RDONLY")),
                new Field("mode", 8, new Num(0)),
                new Field("resolve", 8, new Num(0))));
    Plan plan =
        new TestPlan()
            .call(FD, Syscall.MEMFD_CREATE, new Text("test"), new Num(0))
            .call(Syscall.WRITE, new Value(FD), new Text("content"), new Num(7))
            .call(FD, Syscall.OPENAT2, AT_FDCWD, path, how, new Num(24))
            .call(COUNT, Syscall.READ, new Value(FD), new BufferAddress(CHUNK), new Num(128))
            .write(new BufferAddress(CHUNK), new Value(COUNT))
            .exit(0)
            .plan();

    Run run = Programs.run(plan, Machine.X86_64);

    assertThat(run).isEqualTo(new Run(0, "content"));
  }

  @ParameterizedTest
  @EnumSource
  void passesArgumentsAndTheEnvironmentToAnotherProgram(Machine machine) {
    Array arguments =
        new Array(
            List.of(
                new Text("sh"),
                new Text("-c"),
                new Text("echo \"$0 $BRIG_TEST\""),
                new Text("it is"),
                NULL));
    Plan plan =
        new TestPlan()
            .call(Syscall.EXECVE, new Text("/bin/sh"), arguments, new Operand.Environment())
            .plan();

    Run run = Programs.run(plan, machine);

    assertThat(run).isEqualTo(new Run(0, "it is passed on\n"));
  }

  @ParameterizedTest
  @EnumSource
  void passesADescriptorInAMessageWithNestedStructures(Machine machine) {
    Buffer pair = new Buffer("pair", 8);
    Slot left = new Slot("left");
    Slot right = new Slot("right");
    Struct rights =
        new Struct(
            List.of(
                new Field("cmsg_len", 8, new Num(20)),
                new Field("cmsg_level", 4, new Num(1, "SOL_SOCKET")),
                new Field("cmsg_type", 4, new Num(1, "SCM_RIGHTS")),
                new Field("fd", 4, new Num(1)),
                new Field("padding", 4, new Num(0))));
    Buffer received = new Buffer("received", 24);
    Plan plan =
        new TestPlan()
            .call(Syscall.SOCKETPAIR, new Num(1), new Num(2), new Num(0), new BufferAddress(pair))
            .load(left, pair, 0, 4)
            .load(right, pair, 4, 4)
            .call(
                Syscall.SENDMSG,
                new Value(left),
                message(new Text("ping"), new Address(rights), 24),
                new Num(0))
            .call(
                Syscall.RECVMSG,
                new Value(right),
                message(new BufferAddress(CHUNK), new BufferAddress(received), 24),
                new Num(0))
            .load(FD, received, 16, 4)
            .call(Syscall.WRITE, new Value(FD), new BufferAddress(CHUNK), new Num(4))
            .exit(0)
            .plan();

    Run run = Programs.run(plan, machine);

    assertThat(run).isEqualTo(new Run(0, "ping"));
  }

  @ParameterizedTest
  @EnumSource
  void receivesRepeatedlyIntoTheSameStructure(Machine machine) {
    Buffer pair = new Buffer("pair", 8);
    Slot left = new Slot("left");
    Slot right = new Slot("right");
    Label again = new Label("again");
    Buffer name = new Buffer("name", 16);
    TestPlan plan =
        new TestPlan()
            .call(Syscall.SOCKETPAIR, new Num(1), new Num(2), new Num(0), new BufferAddress(pair))
            .load(left, pair, 0, 4)
            .load(right, pair, 4, 4)
            .add(new Op.Mark(again))
            .call(Syscall.SENDTO, new Value(left), new Text("pong"), new Num(4), NULL, NULL, NULL)
            // The kernel sets msg_controllen to 0, as there are no messages: it must be 16 again.
            .call(
                Syscall.RECVMSG,
                new Value(right),
                message(new BufferAddress(CHUNK), new BufferAddress(name), 16),
                new Num(0))
            .compute(COUNT, COUNT, Arithmetic.ADD, new Num(1))
            .add(new Op.Branch(COUNT, Condition.LESS, 2, again))
            .write(new BufferAddress(CHUNK), new Num(4));

    Run run = Programs.run(plan.exit(0).plan(), machine);

    assertThat(run).isEqualTo(new Run(0, "pong"));
  }

  @ParameterizedTest
  @EnumSource
  void letsTheKernelStoreAResultInASlot(Machine machine) {
    Slot pair = new Slot("pair");
    Plan plan =
        new TestPlan()
            .call(Syscall.PIPE2, new SlotAddress(pair), new Num(0))
            .compute(FD, pair, Arithmetic.SHIFT_RIGHT, new Num(32))
            .call(COUNT, Syscall.WRITE, new Value(FD), new Text("through"), new Num(7))
            .compute(FD, pair, Arithmetic.AND, new Num(0xffffffffL))
            .call(Syscall.READ, new Value(FD), new BufferAddress(CHUNK), new Num(128))
            .set(FD, 3)
            .write(new BufferAt(CHUNK, FD), new Num(4))
            .write(new BufferAddress(CHUNK, 1), new Num(2))
            .exit(0)
            .plan();

    Run run = Programs.run(plan, machine);

    assertThat(run).isEqualTo(new Run(0, "oughhr"));
  }

  @ParameterizedTest
  @EnumSource
  void writesConstantBytes(Machine machine) {
    byte[] bytes = {'a', 0, 'b'};
    Plan plan = new TestPlan().write(new Data(bytes, "bytes"), new Num(3)).exit(0).plan();

    Run run = Programs.run(plan, machine);

    assertThat(run).isEqualTo(new Run(0, "a\0b"));
  }

  @ParameterizedTest
  @EnumSource
  void writesNumbersUnsignedAndTextsWithoutPieces(Machine machine) {
    TestPlan plan = new TestPlan();
    long[] numbers = {0, 9, 10, 99, 100, 4294967296L, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    for (long number : numbers) {
      plan.set(COUNT, number)
          .print(new Value(COUNT), new Text(""), new Text("/"), new Value(COUNT), new Text("é\n"));
    }
    plan.print().print(new Text(""));

    Run run = Programs.run(plan.exit(0).plan(), machine);

    StringBuilder expected = new StringBuilder();
    for (long number : numbers) {
      String decimal = Long.toUnsignedString(number);
      expected.append(decimal).append('/').append(decimal).append("é\n");
    }
    assertThat(run).isEqualTo(new Run(0, expected.toString()));
  }

  @ParameterizedTest
  @EnumSource
  void keepsMoreSlotsThanShortDisplacementsReach(Machine machine) {
    TestPlan plan = new TestPlan();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      plan.set(new Slot("s" + i), i);
    }
    for (int i = 0; i < 100; i++) {
      plan.show(new Slot("s" + i));
      expected.append(i).append('\n');
    }

    Run run = Programs.run(plan.exit(0).plan(), machine);

    assertThat(run).isEqualTo(new Run(0, expected.toString()));
  }

  @Test
  void refusesANumberThatDoesNotFitItsField() {
    Struct struct = new Struct(List.of(new Field("mode", 2, new Num(0x1_0000))));
    Plan plan = new TestPlan().call(Syscall.WRITE, new Num(1), struct).exit(0).plan();

    assertThatThrownBy(() -> Compiler.compile(plan, new CompileOptions(Machine.X86_64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("65536 in 2 bytes");
  }

  @Test
  void takesNumbersOfAFieldAsSignedOrUnsigned() {
    Struct struct =
        new Struct(
            List.of(
                new Field("a", 2, new Num(0xffff)),
                new Field("b", 2, new Num(-0x8000)),
                new Field("c", 4, new Num(-1)),
                new Field("d", 8, new Num(-1))));
    Plan plan = new TestPlan().write(struct, new Num(16)).exit(0).plan();

    byte[] image = Compiler.compile(plan, new CompileOptions(Machine.X86_64)).image();

    byte[] end = Arrays.copyOfRange(image, image.length - 16, image.length);
    assertThat(end)
        .containsExactly(-1, -1, 0, -128, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  }

  @Test
  void refusesAPointerInANarrowField() {
    Struct struct = new Struct(List.of(new Field("path", 4, new Text("/"))));
    Plan plan = new TestPlan().call(Syscall.WRITE, new Num(1), struct).exit(0).plan();

    assertThatThrownBy(() -> Compiler.compile(plan, new CompileOptions(Machine.X86_64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a pointer in 4 bytes");
  }

  @Test
  void refusesABufferWithTwoSizes() {
    Plan plan =
        new TestPlan()
            .write(new BufferAddress(new Buffer("chunk", 8)), new Num(8))
            .write(new BufferAddress(new Buffer("chunk", 9)), new Num(8))
            .exit(0)
            .plan();

    assertThatThrownBy(() -> Compiler.compile(plan, new CompileOptions(Machine.X86_64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("buffer with two sizes: chunk");
  }

  @Test
  void refusesAnAccessOutsideItsBuffer() {
    Plan plan = new TestPlan().load(COUNT, new Buffer("chunk", 8), 1, 8).exit(0).plan();

    assertThatThrownBy(() -> Compiler.compile(plan, new CompileOptions(Machine.X86_64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("access to bytes 1 to 9 of 8");
  }

  @Test
  void ignoresErrorsOnlyWhereThePlanSaysSo() {
    Plan plan =
        new TestPlan()
            .call(COUNT, new OnError.Ignore(), Syscall.CLOSE, new Num(-1))
            .add(new Op.Branch(COUNT, Condition.EQUAL, -Errno.EBADF.number(), new Label("end")))
            .exit(1)
            .add(new Op.Mark(new Label("end")))
            .exit(0)
            .plan();

    assertThat(Programs.run(plan, Machine.X86_64).status()).isZero();
  }

  private static Struct part(Operand base, Operand length) {
    return new Struct(List.of(new Field("iov_base", 8, base), new Field("iov_len", 8, length)));
  }

  private static Struct message(Operand data, Operand control, int controlBytes) {
    Struct part = part(data, new Num(4));
    return new Struct(
        List.of(
            new Field("msg_name", 8, NULL),
            new Field("msg_namelen", 8, new Num(0)),
            new Field("msg_iov", 8, new Address(new Array(List.of(part)))),
            new Field("msg_iovlen", 8, new Num(1)),
            new Field("msg_control", 8, control),
            new Field("msg_controllen", 8, new Num(controlBytes)),
            new Field("msg_flags", 8, new Num(0))));
  }
}
