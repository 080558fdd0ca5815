package dev.brig.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which part of brig may know which other, read from the class files.
class ArchitectureTest {
  /// Packages that compute: values in, values out.
  private static final String[] PURE = {
    "dev.brig.error..",
    "dev.brig.plan..",
    "dev.brig.compiler..",
    "dev.brig.namespaces..",
    "dev.brig.runtime.attack..",
    "dev.brig.runtime.compile..",
    "dev.brig.runtime.probe..",
    "dev.brig.cli.bundle..",
    "dev.brig.cli.compare.statistics..",
    "dev.brig.cli.compare.result..",
    "dev.brig.image.build..",
  };

  /// What of `java.io` has no file, stream of the process or clock behind it.
  private static final Set<String> BYTES_IN_MEMORY =
      Set.of(
          "java.io.ByteArrayOutputStream",
          "java.io.ByteArrayInputStream",
          "java.io.OutputStream",
          "java.io.InputStream",
          "java.io.StringReader",
          "java.io.StringWriter",
          "java.io.Reader",
          "java.io.Writer",
          "java.io.Serializable",
          "java.io.IOException",
          "java.io.UncheckedIOException");

  private static final JavaClasses BRIG =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.brig");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.brig.error",
        "dev.brig.linux",
        "dev.brig.plan",
        "dev.brig.compiler",
        "dev.brig.namespaces",
        "dev.brig.cgroups",
        "dev.brig.image",
        "dev.brig.image.build",
        "dev.brig.runtime.spec",
        "dev.brig.runtime.compile",
        "dev.brig.runtime.container",
        "dev.brig.cli",
        "dev.brig.cli.bundle",
        "dev.brig.cli.compare.statistics",
        "dev.brig.cli.compare.result",
        "dev.brig.runtime.probe",
      })
  void classesOfEveryPartWereRead(String name) {
    // A rule over nothing passes.
    assertThat(BRIG.that(resideInAPackage(name))).isNotEmpty();
  }

  @Test
  void modulesKnowOnlyThoseBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("error")
        .definedBy("dev.brig.error..")
        .layer("linux")
        .definedBy("dev.brig.linux..")
        .layer("plan")
        .definedBy("dev.brig.plan..")
        .layer("compiler")
        .definedBy("dev.brig.compiler..")
        .layer("namespaces")
        .definedBy("dev.brig.namespaces..")
        .layer("cgroups")
        .definedBy("dev.brig.cgroups..")
        .layer("image-layers")
        .definedBy("dev.brig.image..", "dev.brig.store..", "dev.brig.layer..")
        .layer("runtime")
        .definedBy("dev.brig.runtime..")
        .layer("cli")
        .definedBy("dev.brig.cli..")
        .whereLayer("error")
        .mayNotAccessAnyLayer()
        .whereLayer("linux")
        .mayOnlyAccessLayers("error")
        .whereLayer("plan")
        .mayOnlyAccessLayers("error", "linux")
        .whereLayer("compiler")
        .mayOnlyAccessLayers("error", "linux", "plan")
        .whereLayer("namespaces")
        .mayOnlyAccessLayers("error", "linux", "plan", "compiler")
        .whereLayer("cgroups")
        .mayOnlyAccessLayers("error", "linux", "plan", "compiler", "namespaces")
        .whereLayer("image-layers")
        .mayOnlyAccessLayers("error", "linux", "plan", "compiler", "namespaces")
        .whereLayer("runtime")
        .mayOnlyAccessLayers("error", "linux", "plan", "compiler", "namespaces", "cgroups")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(BRIG);
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("dev.brig.(**)").should().beFreeOfCycles().check(BRIG);
  }

  @Test
  void onlyTheSeamTouchesNativeCode() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.brig.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jnr..", "com.kenai.jffi..", "java.lang.foreign..")
        .check(BRIG);
  }

  @Test
  void onlyTheCommandLineTouchesTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.brig.cli..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .accessField(System.class, "in")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .check(BRIG);
  }

  @Test
  void nothingIsLogged() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.logging..", "org.slf4j..")
        .check(BRIG);
  }

  @Test
  void staticStateIsConstant() {
    fields()
        .that()
        .areStatic()
        .and()
        .areNotAnnotatedWith(TempDir.class)
        .should()
        .beFinal()
        .because("JUnit sets a folder that a class's tests share, and nothing else varies")
        .check(BRIG);
  }

  @Test
  void plannersReadNoFile() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe("reach files or the network", ArchitectureTest::isOutside))
        .orShould()
        .callMethod(Path.class, "toRealPath", LinkOption[].class)
        .orShould()
        .callMethod(Path.class, "toFile")
        .check(BRIG);
  }

  private static boolean isOutside(JavaClass type) {
    return switch (type.getPackageName()) {
      case "java.io" -> !BYTES_IN_MEMORY.contains(type.getName());
      case "java.nio.file" -> !type.getName().equals(Path.class.getName());
      default ->
          type.getPackageName().startsWith("java.nio.file.")
              || type.getPackageName().startsWith("java.nio.channels")
              || type.getPackageName().startsWith("java.net");
    };
  }

  @Test
  void plannersKnowNoClockEnvironmentOrProcess() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "reads the clock, chance, the environment or another process",
                ArchitectureTest::isWorldly))
        .check(BRIG);
  }

  private static boolean isWorldly(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    return switch (owner) {
      case "java.lang.System" ->
          !Set.of("arraycopy", "identityHashCode", "lineSeparator").contains(name);
      case "java.lang.Runtime",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.util.Random",
          "java.util.concurrent.ThreadLocalRandom",
          "java.security.SecureRandom" ->
          true;
      case "java.util.UUID" -> name.equals("randomUUID");
      default ->
          owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system"));
    };
  }

  @Test
  void onlyReportsOfComparisonsDraw() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.brig.cli.compare.report..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jfree..", "java.awt..", "javax.swing..")
        .check(BRIG);
  }

  @Test
  void onlyTheSeamOfPlannersIsPassedAround() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("dev.brig.linux.Kernel")
        .check(BRIG);
  }
}
