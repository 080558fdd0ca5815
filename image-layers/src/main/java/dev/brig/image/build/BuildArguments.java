package dev.brig.image.build;

import dev.brig.image.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The variables that a build is given, and those that every build has.
///
/// @param given what `--build-arg` says
/// @param platform what is built for, and on
/// @see <a href="https://docs.docker.com/reference/dockerfile/#predefined-args">predefined ARGs</a>
public record BuildArguments(Variables given, Platform platform) {
  /// Arguments that need no ARG, and that are in no history and no key.
  private static final Set<String> PROXIES =
      Set.of("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

  static boolean isProxy(String name) {
    return PROXIES.contains(name.toUpperCase(Locale.ROOT));
  }

  /// Returns the variables that a FROM can use: the platform's, then those of the ARGs before it.
  ///
  /// @param file the build file
  public Variables global(BuildFile file) {
    Variables all = platforms();
    for (Instruction.Arg arg : file.globals()) {
      for (Instruction.Assignment variable : arg.variables()) {
        Expander expander = new Expander(arg.place(), all, file.escape());
        String value = variable.value();
        String given = given().values().get(variable.name());
        if (given != null) {
          all = all.with(variable.name(), given);
        } else if (value != null) {
          all = all.with(variable.name(), expander.word(value));
        }
      }
    }
    return all;
  }

  private Variables platforms() {
    Variables all = Variables.none();
    for (String prefix : new String[] {"TARGET", "BUILD"}) {
      all =
          all.with(prefix + "PLATFORM", platform.toString())
              .with(prefix + "OS", platform.os())
              .with(prefix + "ARCH", platform.architecture())
              .with(prefix + "VARIANT", platform.variant());
    }
    return all;
  }

  /// Returns the proxies that were given, `NAME=VALUE`.
  List<String> proxies() {
    List<String> proxies = new ArrayList<>();
    for (Map.Entry<String, String> variable : given.values().entrySet()) {
      if (isProxy(variable.getKey())) {
        proxies.add(variable.getKey() + "=" + variable.getValue());
      }
    }
    return proxies;
  }

  /// Returns the arguments that no ARG of the file takes, sorted: most likely misspelled.
  ///
  /// @param file the build file
  public List<String> unused(BuildFile file) {
    Set<String> names = new TreeSet<>(given.values().keySet());
    names.removeIf(BuildArguments::isProxy);
    names.remove("SOURCE_DATE_EPOCH");
    for (Instruction.Arg arg : file.globals()) {
      arg.variables().forEach(variable -> names.remove(variable.name()));
    }
    for (Stage stage : file.stages()) {
      for (Instruction instruction : stage.instructions()) {
        if (instruction instanceof Instruction.Arg arg) {
          arg.variables().forEach(variable -> names.remove(variable.name()));
        }
      }
    }
    return List.copyOf(names);
  }
}
