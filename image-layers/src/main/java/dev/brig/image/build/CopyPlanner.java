package dev.brig.image.build;

import dev.brig.image.build.CopyRequest.TextFile;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Works out what a COPY or ADD puts where: a pure function of two trees and the instruction.
///
/// The rules are those of the reference: a directory's contents are copied and not itself, a file
/// goes into what ends in a slash or is a directory already, links are followed where a source is
/// named and copied where they are found below it.
///
/// @see <a href="https://docs.docker.com/reference/dockerfile/#copy">COPY</a>
public final class CopyPlanner {
  private static final int FILE_MODE = 0644;
  private static final int SET_IDS = 06000;

  private final CopyRequest request;
  private final SourceFinder finder;
  private final TreeView source;
  private final TargetTree target;
  private final Predicate<String> archives;
  private final Owner owner;
  private final IgnoreFile excludes;
  private final int mode;
  private final Map<String, String> links = new HashMap<>();

  /// Whom the copies belong to.
  ///
  /// @param uid the user's number
  /// @param gid the group's number
  public record Owner(long uid, long gid) {
    /// User 0 of group 0.
    public static final Owner ROOT = new Owner(0, 0);
  }

  /// Makes a planner.
  ///
  /// @param request the instruction
  /// @param source what is copied from
  /// @param target the root of the image that is copied into
  /// @param owner whom the copies belong to
  /// @param timeSeconds the time of directories that are made, in seconds since 1970
  /// @param archives tells of a source's path whether an ADD unpacks it
  public CopyPlanner(
      CopyRequest request,
      Source source,
      TreeView target,
      Owner owner,
      long timeSeconds,
      Predicate<String> archives) {
    this.request = request;
    this.source = source.tree();
    this.finder = new SourceFinder(request, source);
    this.target = new TargetTree(request, target, owner, timeSeconds);
    this.archives = archives;
    this.owner = owner;
    this.excludes = IgnoreFile.of(request.place(), request.options().excludes());
    this.mode = mode(request);
  }

  /// What is copied from.
  ///
  /// @param what what to call it in messages: `the context`, `stage build`
  /// @param tree its files
  /// @param ignore what of it is left out
  public record Source(String what, TreeView tree, IgnoreFile ignore) {}

  private static int mode(CopyRequest request) {
    String text = request.options().chmod();
    if (text.isEmpty()) {
      return -1;
    }
    try {
      int mode = Integer.parseInt(text, 8);
      if (mode >= 0 && mode <= 07777) {
        return mode;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw request.place().wrong("--chmod=" + text + " is not an octal mode", "write --chmod=755");
  }

  /// Returns the entries of the layer, directories before what is in them; none if nothing is
  /// copied.
  ///
  /// @throws dev.brig.error.UsageException if a source is not there or something is in the way
  public List<CopyEntry> plan() {
    List<SourceFinder.Named> sources = finder.find();
    boolean several = sources.size() + request.files().size() > 1;
    boolean directory = request.isIntoDirectory() || target.isDirectory(request.target());
    if (several && !directory) {
      throw request
          .place()
          .wrong(
              request.kind()
                  + ": several sources, and the target "
                  + request.target()
                  + " is no directory",
              "end the target in a slash: " + request.target() + "/");
    }
    for (SourceFinder.Named named : sources) {
      copy(named, directory);
      links.clear();
    }
    for (TextFile file : request.files()) {
      String path =
          directory
              ? PathWalk.join(target.directory(request.target()), file.name())
              : target.place(request.target());
      byte[] bytes = file.text().getBytes(StandardCharsets.UTF_8);
      Attributes attributes =
          new Attributes(
              mode < 0 ? FILE_MODE : mode,
              owner.uid(),
              owner.gid(),
              target.timeSeconds(),
              0,
              Map.of());
      TarEntry entry = new TarEntry(path, new TarContent.RegularFile(bytes.length), attributes);
      target.put(path, new CopyEntry.FromText(entry, file.text()), entry);
    }
    return target.entries();
  }

  private void copy(SourceFinder.Named named, boolean directory) {
    TreeView.Node node = named.node();
    String base = named.parent().isEmpty() ? "" : named.parent() + "/";
    String into = request.target() + (base.isEmpty() ? "" : "/" + base);
    if (node.isDirectory()) {
      String whole = request.options().parents() ? into + "/" + named.name() : into;
      String path = target.directory(whole);
      contents(named.path(), path, "");
      return;
    }
    if (excludes.excludes(named.name())) {
      return;
    }
    boolean archive =
        request.kind() == Instruction.Copy.Kind.ADD
            && node.content() instanceof TarContent.RegularFile
            && archives.test(named.path());
    if (archive) {
      target.unpack(named.path(), target.directory(into));
      return;
    }
    String path =
        directory || request.options().parents()
            ? PathWalk.join(target.directory(into), named.name())
            : target.place(request.target());
    put(named.path(), path, node);
  }

  /// Copies what is in a directory.
  ///
  /// @param from the directory's path in the source
  /// @param to its path in the target
  /// @param below its path below the source that was named, for `--exclude`
  private void contents(String from, String to, String below) {
    for (String name : source.list(from)) {
      String path = PathWalk.join(from, name);
      String inner = PathWalk.join(below, name);
      TreeView.Node node = source.look(path).orElse(null);
      boolean out = node == null || finder.isIgnored(path) || excludes.excludes(inner);
      if (node == null || (out && !(node.isDirectory() && mayHoldMore()))) {
        continue;
      }
      if (!node.isDirectory()) {
        put(path, PathWalk.join(to, name), node);
      } else if (!out) {
        String place = target.subdirectory(PathWalk.join(to, name), attributes(node));
        contents(path, place, inner);
      } else {
        takenBack(path, PathWalk.join(to, name), inner, node);
      }
    }
  }

  private boolean mayHoldMore() {
    return finder.mayTakeBack() || excludes.mayTakeBack();
  }

  /// Copies what is taken back in below a directory that is left out; without such a thing the
  /// directory itself does not appear.
  private void takenBack(String from, String to, String below, TreeView.Node node) {
    if (holdsMore(from, below)) {
      contents(from, target.subdirectory(to, attributes(node)), below);
    }
  }

  private boolean holdsMore(String from, String below) {
    for (String name : source.list(from)) {
      String path = PathWalk.join(from, name);
      String inner = PathWalk.join(below, name);
      if (!finder.isIgnored(path) && !excludes.excludes(inner)) {
        return true;
      }
      boolean directory = source.look(path).map(TreeView.Node::isDirectory).orElse(false);
      if (directory && holdsMore(path, inner)) {
        return true;
      }
    }
    return false;
  }

  private void put(String from, String path, TreeView.Node node) {
    Attributes attributes = attributes(node);
    String earlier = node.inode().isEmpty() ? null : links.putIfAbsent(node.inode(), path);
    // With several sources a later one may take the place of the first name.
    if (earlier != null && request.sources().size() == 1) {
      TarEntry link = new TarEntry(path, new TarContent.HardLink(earlier), attributes);
      target.put(path, new CopyEntry.Plain(link), link);
      return;
    }
    TarEntry entry = new TarEntry(path, node.content(), attributes);
    boolean data = node.content() instanceof TarContent.RegularFile(long size, var _) && size > 0;
    target.put(
        path, data ? new CopyEntry.FromSource(entry, from) : new CopyEntry.Plain(entry), entry);
  }

  private Attributes attributes(TreeView.Node node) {
    Attributes original = node.attributes();
    boolean link = node.content() instanceof TarContent.Symlink;
    // As podman and docker have it: what another stage made belongs to whom it gave it to.
    boolean keeps = !request.options().from().isEmpty() && request.options().chown().isEmpty();
    return new Attributes(
        mode < 0 || link ? kept(original.mode()) : mode,
        keeps ? original.uid() : owner.uid(),
        keeps ? original.gid() : owner.gid(),
        original.mtimeSeconds(),
        original.mtimeNanos(),
        original.xattrs());
  }

  // As podman has it: what is set-user-id on the machine that builds is not so in the image, unless
  // --chmod or an earlier stage says it.
  private int kept(int original) {
    return request.options().from().isEmpty() ? original & ~SET_IDS : original;
  }

  /// Returns the entries that make a directory, and those above it, where it is not there: WORKDIR.
  ///
  /// @param place the instruction's place
  /// @param path the directory
  /// @param tree the root of the image
  /// @param owner whom what is made belongs to
  /// @param timeSeconds the time of what is made, in seconds since 1970
  public static List<CopyEntry> directory(
      Place place, String path, TreeView tree, Owner owner, long timeSeconds) {
    CopyRequest request =
        new CopyRequest(
            place,
            Instruction.Copy.Kind.COPY,
            Instruction.CopyOptions.NONE,
            List.of(),
            path,
            List.of());
    TargetTree target = new TargetTree(request, tree, owner, timeSeconds);
    if (target.isDirectory(path)) {
      return List.of();
    }
    var _ = target.directory(path);
    return target.entries();
  }

  /// Returns the parts of a path.
  static List<String> split(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (!part.isEmpty()) {
        parts.add(part);
      }
    }
    return parts;
  }
}
