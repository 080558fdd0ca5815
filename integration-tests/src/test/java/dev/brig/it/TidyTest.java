package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The rules that the text of brig's source keeps: CONTRIBUTING.md, "Style".
///
/// With `-Dtidy.fix=true` the formatting is mended instead of reported.
class TidyTest {
  private static final int FILE_LINES_MAX = 400;
  private static final int METHOD_LINES_MAX = 50;
  private static final int PARAMETERS_MAX = 6;

  static List<String> modules() {
    return Checkout.MODULES;
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyModuleHasSourceToRead(String module) throws IOException {
    assertThat(Checkout.javaFiles(module)).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyFileIsFormatted(String module) throws IOException, FormatterException {
    Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    boolean fix = Boolean.getBoolean("tidy.fix");
    List<Path> untidy = new ArrayList<>();

    for (Path file : Checkout.javaFiles(module)) {
      String before = Files.readString(file);
      String after = formatter.formatSource(tidyImports(before));
      if (after.equals(before)) {
        continue;
      }
      if (fix) {
        Files.writeString(file, after);
      } else {
        untidy.add(Checkout.root().relativize(file));
      }
    }

    assertThat(untidy).as("files to format; the line that does it is in CONTRIBUTING.md").isEmpty();
  }

  private static String tidyImports(String source) throws FormatterException {
    return RemoveUnusedImports.removeUnusedImports(
        ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.GOOGLE));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void noFileIsTooLong(String module) throws IOException {
    List<String> tooLong = new ArrayList<>();

    for (Path file : Checkout.javaFiles(module)) {
      int lines = Files.readAllLines(file).size();
      if (lines > FILE_LINES_MAX) {
        tooLong.add(Checkout.root().relativize(file) + ": " + lines + " lines");
      }
    }

    assertThat(tooLong).as("files of more than %d lines", FILE_LINES_MAX).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void noMethodIsTooLongOrTakesTooMuch(String module) throws IOException {
    List<String> findings = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(Checkout.javaFiles(module)));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Measure(unit, positions, findings).scan(unit, null);
      }
    }

    assertThat(findings)
        .as("methods of more than %d lines or %d parameters", METHOD_LINES_MAX, PARAMETERS_MAX)
        .isEmpty();
  }

  @Test
  void aBadMethodWouldBeFound() throws IOException {
    Path folder = Files.createTempDirectory("tidy-test");
    Path file = folder.resolve("Bad.java");
    String body = "    int x = 0;\n".repeat(METHOD_LINES_MAX);
    Files.writeString(file, "class Bad {\n  void bad() {\n" + body + "  }\n}\n");
    List<String> findings = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjects(file.toString()));
      CompilationUnitTree unit = task.parse().iterator().next();
      new Measure(unit, Trees.instance(task).getSourcePositions(), findings).scan(unit, null);
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }

    assertThat(findings).singleElement().asString().contains("bad", "52 lines");
  }

  /// Visits the methods of one file and notes those that break a limit.
  private static final class Measure extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> findings;
    private final String source;

    Measure(CompilationUnitTree unit, SourcePositions positions, List<String> findings)
        throws IOException {
      this.unit = unit;
      this.source = unit.getSourceFile().getCharContent(true).toString();
      this.positions = positions;
      this.findings = findings;
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      LineMap map = unit.getLineMap();
      long first = map.getLineNumber(positions.getStartPosition(unit, method));
      long last = map.getLineNumber(positions.getEndPosition(unit, method));
      if (last - first + 1 > METHOD_LINES_MAX) {
        findings.add(place(method, first) + (last - first + 1) + " lines");
      }
      if (method.getParameters().size() > PARAMETERS_MAX
          && !isCanonical(method)
          && !isOverride(method)) {
        findings.add(place(method, first) + method.getParameters().size() + " parameters");
      }
      return super.visitMethod(method, null);
    }

    /// Whether this is a record's compact constructor: its parameters are the record's components,
    /// which a specification may have laid down.
    private boolean isCanonical(MethodTree method) {
      if (method.getReturnType() != null || !method.getName().contentEquals("<init>")) {
        return false;
      }
      long start = positions.getStartPosition(unit, method);
      long body = positions.getStartPosition(unit, method.getBody());
      return source.substring((int) start, (int) body).indexOf('(') < 0;
    }

    /// Whether somebody else has laid down what it takes.
    private static boolean isOverride(MethodTree method) {
      return method.getModifiers().getAnnotations().stream()
          .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
    }

    private String place(MethodTree method, long line) {
      return unit.getSourceFile().getName() + ":" + line + ": " + method.getName() + ": ";
    }
  }
}
