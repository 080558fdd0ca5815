package dev.brig.cli.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the words of a plain command line, and hands any other to [PicocliReader].
///
/// Plain is: every option is known, is spelled in full, and has the value it needs; flags have
/// none; the number of operands is right; help is not asked for.
///
/// @param <O> the enum of the command's options
public final class ArgumentReader<O extends Option> {
  private static final String END_OF_OPTIONS = "--";

  private final Syntax<O> syntax;
  private final List<String> words;
  private final List<Reading.Setting<O>> settings = new ArrayList<>();
  private final List<String> operands = new ArrayList<>();
  private int next;

  private ArgumentReader(Syntax<O> syntax, List<String> words) {
    this.syntax = syntax;
    this.words = words;
  }

  /// Reads the words after the command's name.
  ///
  /// @throws dev.brig.error.UsageException naming the word that is wrong
  public static <O extends Option> Reading<O> read(Syntax<O> syntax, List<String> words) {
    Optional<Reading<O>> plain = readPlain(syntax, words);
    return plain.isPresent() ? plain.get() : PicocliReader.read(syntax, words);
  }

  /// Returns what a plain line says, or nothing if the line is not plain.
  static <O extends Option> Optional<Reading<O>> readPlain(Syntax<O> syntax, List<String> words) {
    ArgumentReader<O> reader = new ArgumentReader<>(syntax, words);
    boolean plain = reader.readWords();
    int count = reader.operands.size();
    if (!plain || count < syntax.operands().countMin() || count > syntax.operands().countMax()) {
      return Optional.empty();
    }
    return Optional.of(new Reading.Arguments<>(reader.settings, reader.operands));
  }

  private boolean readWords() {
    while (next < words.size()) {
      String word = words.get(next++);
      if (word.equals(END_OF_OPTIONS)) {
        return readRest();
      }
      if (isOperand(word)) {
        operands.add(word);
        if (syntax.operands().order() == Operands.Order.OPTIONS_FIRST) {
          return readRest();
        }
      } else if (!(word.startsWith("--") ? readLong(word) : readCluster(word))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOperand(String word) {
    return word.length() < 2 || word.charAt(0) != '-';
  }

  private boolean readRest() {
    operands.addAll(words.subList(next, words.size()));
    next = words.size();
    return true;
  }

  private boolean readLong(String word) {
    int equals = word.indexOf('=');
    Optional<O> option = find(equals < 0 ? word : word.substring(0, equals));
    if (option.isEmpty()) {
      return false;
    }
    if (equals >= 0) {
      return !option.get().isFlag() && set(option.get(), word.substring(equals + 1));
    }
    return option.get().isFlag() ? set(option.get(), "true") : setFromNext(option.get());
  }

  /// Reads `-it`, `-eNAME=value` and mixtures of the two: flags, then at most one option with its
  /// value.
  private boolean readCluster(String word) {
    for (int at = 1; at < word.length(); at++) {
      Optional<O> option = find("-" + word.charAt(at));
      if (option.isEmpty()) {
        return false;
      }
      if (!option.get().isFlag()) {
        String value = word.substring(at + 1);
        // "-e=x": people mean "x"; picocli decides, so that there is one answer
        return !value.startsWith("=")
            && (value.isEmpty() ? setFromNext(option.get()) : set(option.get(), value));
      }
      set(option.get(), "true");
    }
    return true;
  }

  private boolean setFromNext(O option) {
    return next < words.size()
        && !words.get(next).equals(END_OF_OPTIONS)
        && set(option, words.get(next++));
  }

  private boolean set(O option, String value) {
    settings.add(new Reading.Setting<>(option, value));
    return true;
  }

  private Optional<O> find(String spelling) {
    for (O option : syntax.options()) {
      if (option.isSpelled(spelling)) {
        return Optional.of(option);
      }
    }
    return Optional.empty();
  }
}
