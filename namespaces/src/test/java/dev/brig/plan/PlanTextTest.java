package dev.brig.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Syscall;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PlanTextTest {
  private static final Slot FD = new Slot("fd");
  private static final Slot FAILED = Plan.FAILED_STEP;
  private static final Buffer EVENT = new Buffer("event", 16);
  private static final Label END = new Label("the end");
  private static final Operand.Format PATH =
      new Operand.Format(
          List.of(
              new Operand.Text("/proc/self/fd/"), new Operand.Value(FD), new Operand.Text("/\n")));

  @ParameterizedTest
  @MethodSource
  void writesOperations(Op op, String text) {
    assertThat(PlanText.text(op)).isEqualTo(text);
  }

  static Stream<Arguments> writesOperations() {
    Operand two = new Operand.Num(2, "two");
    return Stream.of(
        Arguments.of(new Op.Mark(END), "the end:"),
        Arguments.of(new Op.Jump(END), "go to the end"),
        Arguments.of(new Op.Branch(FD, Condition.AT_LEAST, -1, END), "if <fd> >= -1 go to the end"),
        Arguments.of(
            new Op.Guard("container", END), "in process container, failures go to the end"),
        Arguments.of(new Op.Load(FD, EVENT, 4, 2), "<fd> = u16 event[4]"),
        Arguments.of(new Op.LoadAt(FD, EVENT, FAILED, 8), "<fd> = u64 event[<failed step>]"),
        Arguments.of(new Op.Store(FD, EVENT, 0, 1), "u8 event[0] = <fd>"),
        Arguments.of(new Op.Assign(FD, two), "<fd> = two"),
        Arguments.of(
            new Op.Compute(FD, FAILED, Arithmetic.SHIFT_LEFT, new Operand.Value(FD)),
            "<fd> = <failed step> << <fd>"));
  }

  @ParameterizedTest
  @MethodSource
  void writesWhatIsKnownOnlyWhenTheProgramRunsInAngleBrackets(Operand operand, String text) {
    Op call = new Op.Call(Syscall.WRITE, List.of(operand), FD, new OnError.Ignore());

    assertThat(PlanText.text(call)).isEqualTo("write(" + text + ")");
  }

  static Stream<Arguments> writesWhatIsKnownOnlyWhenTheProgramRunsInAngleBrackets() {
    return Stream.of(
        Arguments.of(new Operand.Value(FD), "<fd>"),
        Arguments.of(new Operand.SlotAddress(FD), "<&fd>"),
        Arguments.of(new Operand.BufferAddress(EVENT), "<event>"),
        Arguments.of(new Operand.BufferAddress(EVENT, 8), "<event+8>"),
        Arguments.of(new Operand.BufferAt(EVENT, FD), "<event+fd>"),
        Arguments.of(PATH, "\"/proc/self/fd/<fd>/\\n\""),
        Arguments.of(new Operand.FormatLength(PATH), "<length>"),
        Arguments.of(new Operand.Environment(), "<environment>"),
        Arguments.of(new Operand.StepText(FAILED), "<text of failed step>"),
        Arguments.of(new Operand.StepTextLength(FAILED), "<length of text of failed step>"),
        Arguments.of(new Operand.ErrnoText(FD), "<name of fd>"),
        Arguments.of(new Operand.ErrnoTextLength(FD), "<length of name of fd>"));
  }

  @ParameterizedTest
  @MethodSource
  void escapesStringsAsStraceDoes(String value, String text) {
    assertThat(PlanText.text(new Operand.Text(value))).isEqualTo(text);
  }

  static Stream<Arguments> escapesStringsAsStraceDoes() {
    return Stream.of(
        Arguments.of("", "\"\""),
        Arguments.of("a\"b\\c", "\"a\\\"b\\\\c\""),
        Arguments.of("\t\n\u000b\f\r", "\"\\t\\n\\v\\f\\r\""),
        Arguments.of("\1x\0012\1778", "\"\\1x\\0012\\1778\""),
        Arguments.of("é", "\"\\303\\251\""),
        Arguments.of("\uDCFF", "\"\\377\""));
  }
}
