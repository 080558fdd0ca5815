package dev.brig.runtime.compile;

import dev.brig.namespaces.Abi;
import dev.brig.namespaces.MountChange;
import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.namespaces.MountRequest.Filling;
import dev.brig.namespaces.MountRequest.Parameter;
import dev.brig.plan.Operand.Num;
import java.util.ArrayList;
import java.util.List;

/// The options of a mount, sorted into attributes, propagation and the filesystem's own parameters;
/// config.md#linux-mount-options.
///
/// @param change what of the mount itself changes, without a propagation type if none is said
/// @param below what of it and of all below it changes
/// @param kind what is to be done
/// @param depth how far a bind mount reaches
/// @param ids whose ids the files have
/// @param filling whether a new filesystem begins with what it covers
/// @param parameters what is the filesystem's
record MountOptions(
    MountChange change,
    MountChange below,
    Kind kind,
    Depth depth,
    IdOption ids,
    Filling filling,
    List<Parameter> parameters) {

  /// What is to be done.
  enum Kind {
    /// A filesystem is mounted.
    NEW,
    /// A file or directory of the host is shown.
    BIND,
    /// A filesystem changes that is mounted already.
    REMOUNT,
    /// A mount changes.
    REMOUNT_BIND
  }

  /// Whose ids the files have.
  enum IdOption {
    /// Nothing is said.
    UNSAID,
    /// Those of a mapping.
    MAPPED,
    /// Those of a mapping, in all mounts below as well.
    MAPPED_BELOW
  }

  static MountOptions parse(List<String> options) {
    Reader reader = new Reader();
    for (String option : options) {
      reader.read(option);
    }
    return reader.result();
  }

  /// Returns the names of the options that brig applies itself, sorted.
  static List<String> names() {
    return MountWord.names();
  }

  /// Returns all attributes that a new mount gets: there is nothing below it.
  Num attributes() {
    long set = change.set().value() | below.set().value();
    long taken = change.cleared().value() & ~MountWord.ATIME & ~change.set().value();
    return Abi.mountAttributes(set & ~taken);
  }

  /// Returns what changes of a mount that has none below it.
  MountChange changeAlone() {
    long cleared = below.cleared().value() | change.cleared().value();
    long set = (below.set().value() & ~change.cleared().value()) | change.set().value();
    return new MountChange(Abi.mountAttributes(set), Abi.mountAttributes(cleared), propagation());
  }

  /// Returns the propagation type, whatever it extends to, or zero if none is said.
  Num propagation() {
    return change.propagation().value() != 0 ? change.propagation() : below.propagation();
  }

  /// Collects what the options say, of which the last prevails.
  private static final class Reader {
    private final Flags own = new Flags();
    private final Flags all = new Flags();
    private boolean bind;
    private boolean remount;
    private Depth depth = Depth.SINGLE;
    private IdOption ids = IdOption.UNSAID;
    private Filling filling = Filling.EMPTY;
    private final List<Parameter> parameters = new ArrayList<>();

    private void read(String option) {
      MountWord word = MountWord.of(option);
      if (word == null) {
        parameters.add(parameter(option));
        return;
      }
      switch (word.effect()) {
        case NOTHING -> {}
        case SET -> own.set(word.bits());
        case CLEAR -> own.clear(word.bits());
        case SET_BELOW -> all.set(word.bits());
        case CLEAR_BELOW -> all.clear(word.bits());
        case TIMES -> own.keepTimes(word.bits());
        case TIMES_NO_LONGER -> own.forgetTimes(word.bits());
        case TIMES_BELOW -> all.keepTimes(word.bits());
        case TIMES_BELOW_NO_LONGER -> all.forgetTimes(word.bits());
        case SUPERBLOCK -> parameters.add(new Parameter(option, ""));
        case SUPERBLOCK_UNSET -> parameters.removeIf(each -> unsets(option, each.key()));
        case PROPAGATE -> own.propagation = propagation(word);
        case PROPAGATE_BELOW -> all.propagation = propagation(word);
        case BIND -> bind = true;
        case BIND_BELOW -> {
          bind = true;
          depth = Depth.RECURSIVE;
        }
        case IDMAP -> ids = IdOption.MAPPED;
        case IDMAP_BELOW -> ids = IdOption.MAPPED_BELOW;
        case COPY_UP -> filling = Filling.COPIED;
        case REMOUNT -> remount = true;
      }
    }

    private MountOptions result() {
      Kind kind = remount ? (bind ? Kind.REMOUNT_BIND : Kind.REMOUNT) : bind ? Kind.BIND : Kind.NEW;
      return new MountOptions(own.change(), all.change(), kind, depth, ids, filling, parameters);
    }

    private static boolean unsets(String option, String set) {
      return switch (option) {
        case "async" -> set.equals("sync");
        case "loud" -> set.equals("silent");
        default -> option.equals("no" + set);
      };
    }

    private static Num propagation(MountWord word) {
      String name =
          word.effect() == MountWord.Effect.PROPAGATE ? word.name() : word.name().substring(1);
      return new Num(word.bits(), "MS_" + upper(name));
    }

    private static String upper(String name) {
      return switch (name) {
        case "private" -> "PRIVATE";
        case "slave" -> "SLAVE";
        case "shared" -> "SHARED";
        default -> "UNBINDABLE";
      };
    }

    private static Parameter parameter(String option) {
      int equals = option.indexOf('=');
      return equals < 0
          ? new Parameter(option, "")
          : new Parameter(option.substring(0, equals), option.substring(equals + 1));
    }
  }

  /// Attributes that are set and cleared.
  private static final class Flags {
    private long set;
    private long cleared;
    private Num propagation = Abi.ZERO;

    private void set(long bits) {
      set |= bits;
      cleared &= ~bits;
    }

    private void clear(long bits) {
      set &= ~bits;
      cleared |= bits;
    }

    /// Access times are one choice of three; mount_setattr(2).
    private void keepTimes(long bits) {
      set = (set & ~MountWord.ATIME) | bits;
      cleared |= MountWord.ATIME;
    }

    private void forgetTimes(long bits) {
      if ((set & MountWord.ATIME & ~bits) == 0) {
        keepTimes(0);
      }
    }

    private MountChange change() {
      return new MountChange(Abi.mountAttributes(set), Abi.mountAttributes(cleared), propagation);
    }
  }
}
