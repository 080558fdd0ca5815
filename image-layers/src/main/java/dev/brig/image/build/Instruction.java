package dev.brig.image.build;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An instruction of a build file, taken apart, its variables not yet replaced.
public sealed interface Instruction {

  /// Returns where it stands.
  Place place();

  /// Returns how it is written, in one line, for people.
  String text();

  /// A name and perhaps a value.
  ///
  /// @param name the name
  /// @param value the value, or null where none was written
  record Assignment(String name, @Nullable String value) {}

  /// FROM: a stage begins.
  ///
  /// @param image an image or an earlier stage
  /// @param name the stage's name, or empty
  /// @param platform what `--platform` says, or empty
  record From(Place place, String text, String image, String name, String platform)
      implements Instruction {}

  /// ARG: variables that only the build knows.
  ///
  /// @param variables names with their default values
  record Arg(Place place, String text, List<Assignment> variables) implements Instruction {
    /// Copies the list.
    public Arg {
      variables = List.copyOf(variables);
    }
  }

  /// ENV or LABEL.
  ///
  /// @param kind which of them
  /// @param pairs names and values
  record Pairs(Place place, String text, Pairs.Kind kind, List<Assignment> pairs)
      implements Instruction {
    /// Copies the list.
    public Pairs {
      pairs = List.copyOf(pairs);
    }

    /// What is set.
    public enum Kind {
      /// Variables of the image's environment.
      ENV,
      /// Labels of the image.
      LABEL
    }
  }

  /// RUN.
  ///
  /// @param command what runs
  /// @param mounts the values of `--mount`
  /// @param network the value of `--network`, or empty
  record Run(Place place, String text, Command command, List<String> mounts, String network)
      implements Instruction {
    /// Copies the list.
    public Run {
      mounts = List.copyOf(mounts);
    }
  }

  /// COPY or ADD.
  ///
  /// @param kind which of them
  /// @param options its options
  /// @param sources what is copied: paths, or words of documents
  /// @param target where it goes
  /// @param documents the documents below it
  record Copy(
      Place place,
      String text,
      Copy.Kind kind,
      CopyOptions options,
      List<String> sources,
      String target,
      List<Heredoc> documents)
      implements Instruction {
    /// Copies the lists.
    public Copy {
      sources = List.copyOf(sources);
      documents = List.copyOf(documents);
    }

    /// Which of the two.
    public enum Kind {
      /// Copies files.
      COPY,
      /// Copies files and unpacks archives.
      ADD
    }
  }

  /// The options of COPY and ADD.
  ///
  /// @param from the stage, image or named context that is copied from, or empty
  /// @param chown the owner, or empty
  /// @param chmod the mode, or empty
  /// @param excludes patterns of what is left out
  /// @param parents whether the sources' directories are kept
  record CopyOptions(
      String from, String chown, String chmod, List<String> excludes, boolean parents) {
    /// No options.
    public static final CopyOptions NONE =
        new CopyOptions("", "", "", List.of(), /* parents= */ false);

    /// Copies the list.
    public CopyOptions {
      excludes = List.copyOf(excludes);
    }
  }

  /// CMD or ENTRYPOINT.
  ///
  /// @param kind which of them
  /// @param command what runs
  record Start(Place place, String text, Start.Kind kind, Command command) implements Instruction {
    /// Which of the two.
    public enum Kind {
      /// The command, or the arguments of the entry point.
      CMD,
      /// What the command begins with.
      ENTRYPOINT
    }
  }

  /// An instruction with one text.
  ///
  /// @param kind which
  /// @param argument the text
  record Single(Place place, String text, Single.Kind kind, String argument)
      implements Instruction {
    /// Which.
    public enum Kind {
      /// The working directory.
      WORKDIR,
      /// Who runs what follows.
      USER,
      /// What asks a container to end.
      STOPSIGNAL,
      /// Who made the image.
      MAINTAINER
    }
  }

  /// EXPOSE or VOLUME.
  ///
  /// @param kind which of them
  /// @param words ports or paths
  record Listing(Place place, String text, Listing.Kind kind, List<String> words)
      implements Instruction {
    /// Copies the list.
    public Listing {
      words = List.copyOf(words);
    }

    /// Which of the two.
    public enum Kind {
      /// Ports.
      EXPOSE,
      /// Paths that are meant to be volumes.
      VOLUME
    }
  }

  /// SHELL.
  ///
  /// @param words the shell with its options
  record Shell(Place place, String text, List<String> words) implements Instruction {
    /// Copies the list.
    public Shell {
      words = List.copyOf(words);
    }
  }

  /// HEALTHCHECK.
  ///
  /// @param check the command, or null for NONE
  /// @param times interval, timeout, start period and start interval in nanoseconds by Docker's
  ///   names, those that were given
  /// @param retries how many failures are allowed, or 0 if it was not said
  record Healthcheck(
      Place place,
      String text,
      @Nullable Command check,
      List<Map.Entry<String, Long>> times,
      int retries)
      implements Instruction {
    /// Copies the list.
    public Healthcheck {
      times = List.copyOf(times);
    }
  }

  /// ONBUILD: an instruction for builds that begin with this image.
  ///
  /// @param trigger the instruction as it is written
  record OnBuild(Place place, String text, String trigger) implements Instruction {}
}
