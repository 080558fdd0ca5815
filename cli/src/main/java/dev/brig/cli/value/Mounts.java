package dev.brig.cli.value;

import dev.brig.cli.bundle.MountOption;
import dev.brig.cli.bundle.MountOption.Kind;
import java.util.ArrayList;
import java.util.List;

/// What `--volume`, `--mount` and `--tmpfs` take.
public final class Mounts {
  private static final String FLAGS =
      " ro rw suid nosuid dev nodev exec noexec atime noatime diratime nodiratime relatime"
          + " norelatime strictatime ";
  private static final String BIND_WORDS =
      " bind rbind private rprivate shared rshared slave rslave idmap ";
  private static final String COPY_WORDS = " tmpcopyup notmpcopyup ";
  private static final String VOLUME_WORDS = " copy nocopy ";
  // Labels of SELinux, which brig does not set: as podman, where SELinux is off.
  private static final String LABEL_WORDS = " z Z ";

  private Mounts() {}

  /// Reads `[SOURCE:]TARGET[:OPTION,...]`: a source with a slash in it, or beginning with a dot, is
  /// a path of the host, any other the name of a volume; without a source the volume has no name.
  public static MountOption volume(String option, String text) {
    int first = text.indexOf(':');
    if (first < 0) {
      return checked(option, text, new MountOption(Kind.VOLUME, "", text, List.of()));
    }
    int second = text.indexOf(':', first + 1);
    String source = text.substring(0, first);
    String target = text.substring(first + 1, second < 0 ? text.length() : second);
    if (source.isEmpty() || target.isEmpty()) {
      throw Wrong.value(option, text, "source and target must not be empty");
    }
    List<String> words = second < 0 ? List.of() : words(text.substring(second + 1));
    Kind kind = source.indexOf('/') >= 0 || source.startsWith(".") ? Kind.BIND : Kind.VOLUME;
    String more = kind == Kind.VOLUME ? VOLUME_WORDS : "";
    checkWords(option, text, words, FLAGS + BIND_WORDS + LABEL_WORDS + more);
    List<String> kept = new ArrayList<>(words);
    // A copy is what a volume gets without a word, too.
    kept.removeIf(word -> word.equals("z") || word.equals("Z") || word.equals("copy"));
    return checked(option, text, new MountOption(kind, source, target, kept));
  }

  /// Reads `PATH[:OPTION,...]`, where options of tmpfs(5) such as `size=64m` are allowed beside
  /// flags.
  public static MountOption tmpfs(String option, String text) {
    int colon = text.indexOf(':');
    String target = colon < 0 ? text : text.substring(0, colon);
    List<String> words = colon < 0 ? List.of() : words(text.substring(colon + 1));
    for (String word : words) {
      if (word.indexOf('=') < 0) {
        checkWords(option, text, List.of(word), FLAGS + COPY_WORDS);
      } else {
        checkTmpfsParameter(option, text, word);
      }
    }
    return checked(option, text, new MountOption(Kind.TMPFS, "", target, words));
  }

  /// Reads `type=bind|volume|tmpfs|ramfs|devpts,src=...,dst=...[,ro][,...]`.
  public static MountOption mount(String option, String text) {
    String type = "volume";
    String source = "";
    String target = "";
    List<String> words = new ArrayList<>();
    for (String part : words(text)) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      switch (key) {
        case "type" -> type = value;
        case "source", "src" -> source = value;
        case "target", "destination", "dst" -> target = value;
        case "readonly", "ro" -> words.add(flag(option, text, value, "ro", "rw"));
        case "bind-propagation" -> words.add(oneOf(option, text, value, BIND_WORDS));
        case "bind-nonrecursive" -> words.add(flag(option, text, value, "bind", "rbind"));
        case "idmap" -> {
          if (flag(option, text, value, "idmap", "").equals("idmap")) {
            words.add("idmap");
          }
        }
        case "tmpfs-size" -> words.add("size=" + Sizes.parse(option, value));
        case "tmpfs-mode" -> words.add("mode=" + value);
        case "volume-nocopy" -> words.add(flag(option, text, value, "nocopy", "copy"));
        case "copy", "nocopy", "tmpcopyup", "notmpcopyup" -> words.add(key);
        case "relabel" -> oneOf(option, text, value, " shared private ");
        case "size", "mode", "uid", "gid", "max", "nr_inodes" -> words.add(part);
        default -> words.add(oneOf(option, text, part, FLAGS));
      }
    }
    Kind kind =
        switch (type) {
          case "bind" -> Kind.BIND;
          case "volume" -> Kind.VOLUME;
          case "tmpfs" -> Kind.TMPFS;
          case "ramfs" -> Kind.RAMFS;
          case "devpts" -> Kind.DEVPTS;
          default ->
              throw Wrong.value(
                  option, text, "the type must be one of bind, volume, tmpfs, ramfs and devpts");
        };
    checkKind(option, text, kind, source, words);
    return checked(option, text, new MountOption(kind, source, target, words));
  }

  private static void checkKind(
      String option, String text, Kind kind, String source, List<String> words) {
    for (String word : words) {
      checkWord(option, text, kind, word);
    }
    boolean hasSource = kind == Kind.BIND || kind == Kind.VOLUME;
    if (!hasSource && !source.isEmpty()) {
      throw Wrong.value(option, text, "only a bind mount or a volume has a source");
    }
    if (kind == Kind.BIND && source.isEmpty()) {
      throw Wrong.value(option, text, "needs a source: src=...");
    }
  }

  private static void checkWord(String option, String text, Kind kind, String word) {
    boolean parameter = word.indexOf('=') >= 0;
    switch (kind) {
      case BIND, VOLUME -> {
        if (parameter) {
          throw Wrong.value(option, text, "tmpfs-size and tmpfs-mode are for type=tmpfs");
        }
        String more = kind == Kind.VOLUME ? VOLUME_WORDS : "";
        checkWords(option, text, List.of(word), FLAGS + BIND_WORDS + more);
      }
      case TMPFS -> {
        if (parameter) {
          checkTmpfsParameter(option, text, word);
        } else {
          checkWords(option, text, List.of(word), FLAGS + COPY_WORDS);
        }
      }
      case RAMFS, DEVPTS -> {
        String key = parameter ? word.substring(0, word.indexOf('=') + 1) : word;
        String known = kind == Kind.RAMFS ? " mode= " : " mode= uid= gid= max= ";
        checkWords(option, text, List.of(key), FLAGS + known);
      }
    }
  }

  private static MountOption checked(String option, String text, MountOption mount) {
    String target = Paths.inside(option, text, mount.target());
    if (target.equals("/")) {
      throw Wrong.value(option, text, "nothing can be mounted over the container's root");
    }
    boolean named = mount.kind() == Kind.VOLUME && !mount.source().isEmpty();
    if (named && !Names.isName(mount.source())) {
      throw Wrong.value(option, text, "not the name of a volume; " + Names.ALLOWED);
    }
    List<String> words = new ArrayList<>(mount.options());
    words.remove("copy");
    return new MountOption(mount.kind(), mount.source(), target, words);
  }

  private static void checkTmpfsParameter(String option, String text, String word) {
    String key = word.substring(0, word.indexOf('='));
    String value = word.substring(key.length() + 1);
    boolean good =
        switch (key) {
          case "size", "nr_blocks", "nr_inodes" -> isTmpfsSize(value);
          case "mode" -> isOctal(value);
          case "uid", "gid" -> Sizes.isNumber(value, 10);
          default -> false;
        };
    if (!good) {
      throw Wrong.value(
          option,
          text,
          Wrong.quoted(word) + " is not one of size=64m, nr_inodes=N, mode=1777, uid=N, gid=N");
    }
  }

  private static boolean isTmpfsSize(String value) {
    int end = value.length();
    if (end > 0 && "kmgKMG%".indexOf(value.charAt(end - 1)) >= 0) {
      end--;
    }
    return Sizes.isNumber(value.substring(0, end), 15);
  }

  private static boolean isOctal(String value) {
    return Sizes.isNumber(value, 5) && value.indexOf('8') < 0 && value.indexOf('9') < 0;
  }

  private static String flag(String option, String text, String value, String on, String off) {
    return switch (value) {
      case "", "true", "1" -> on;
      case "false", "0" -> off;
      default -> throw Wrong.value(option, text, Wrong.quoted(value) + " is not true or false");
    };
  }

  private static String oneOf(String option, String text, String word, String allowed) {
    checkWords(option, text, List.of(word), allowed);
    return word;
  }

  private static void checkWords(String option, String text, List<String> words, String allowed) {
    for (String word : words) {
      if (word.isEmpty() || word.indexOf(' ') >= 0 || !allowed.contains(" " + word + " ")) {
        throw Wrong.value(
            option, text, Wrong.quoted(word) + " is not one of:" + allowed.stripTrailing());
      }
    }
  }

  private static List<String> words(String text) {
    return List.of(text.split(",", -1));
  }
}
